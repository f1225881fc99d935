// s_client: a TLS connection by hand, with all it tells of certificates, agreement and verification.

import type { Task } from "../../../kernel/sys.ts";
import { connectTls } from "../../../lib/tls/client.ts";
import { parseCipherList } from "../../../lib/tls/openssl.ts";
import type { TlsState, TlsVersion } from "../../../lib/tls/stream.ts";
import { OPENSSL_DEFAULT_SUITES, suiteNamed } from "../../../lib/tls/suites.ts";
import { parseAddress } from "../../../lib/x509/general-name.ts";
import type { Subcommand, Tool } from "../tool.ts";
import { trustedOf } from "../verify.ts";
import { connect } from "./connect.ts";
import { converse } from "./converse.ts";
import { failure } from "./failure.ts";
import { completeChain, loadIdentity } from "./identity.ts";
import { judge, type Verification } from "./judge.ts";
import { briefReport, failedReport, report } from "./report.ts";

export const sClient: Subcommand = {
  options:
    "help connect: host: port: bind: proxy: unix: 4 6 servername: noservername verify: verify_return_error verify_quiet verify_hostname: verify_ip: verifyCAfile: CAfile: CApath: no-CAfile no-CApath CAstore: no-CAstore cert: certform: cert_chain: build_chain key: keyform: pass: passin: quiet brief showcerts prexit debug msg trace state nbio crlf ign_eof no_ign_eof tls1 tls1_1 tls1_2 tls1_3 ssl3 no_tls1 no_tls1_1 no_tls1_2 no_tls1_3 no_ssl3 min_protocol: max_protocol: cipher: ciphersuites: curves: groups: sigalgs: alpn: nextprotoneg: starttls: sess_out: sess_in: reconnect status tlsextdebug no_ticket purpose: partial_chain attime: no_check_time nameopt: keylogfile: early_data: legacy_renegotiation security_debug bugs comp no_comp xmpphost: name: provider: requestCAfile: CRL: crl_check",
  operands: "one",
  run: (tool) => runClient(tool),
};

function* runClient(tool: Tool): Task<number> {
  const { sys } = tool;
  for (const name of ["starttls", "sess_out", "sess_in", "reconnect", "proxy", "unix", "msg", "debug", "trace"]) {
    if (tool.has(name)) {
      tool.error(`s_client: -${name} is not modelled in this sandbox`);
      return 1;
    }
  }
  sys.sigaction("SIGPIPE", "ignore");
  const list = tool.value("cipher");
  const old =
    list === undefined ? OPENSSL_DEFAULT_SUITES.filter((name) => !suiteNamed(name)?.tls13) : parseCipherList(list);
  if (old === undefined) {
    tool.error(`Call to SSL_CONF_cmd(-cipher, ${list}) failed`);
    tool.queue(
      "0A0000B9",
      "SSL_CTX_set_cipher_list",
      "no cipher match",
      tool.modern ? "../ssl/ssl_lib.c:3377" : "../ssl/ssl_lib.c:2795",
    );
    return 1;
  }
  if (tool.has("verify")) tool.error(`verify depth is ${tool.value("verify")}`);
  const given = yield* loadIdentity(tool);
  const trusted = yield* trustedOf(tool);
  if (trusted === undefined) return 1;
  const identity = given === undefined ? undefined : { ...given, chain: completeChain(tool, given.chain, trusted) };
  const place = yield* connect(tool);
  if (place === undefined) return 1;
  const { fd, host } = place;
  const serverName =
    tool.value("servername") ?? (/\.[^.]/.test(host) && parseAddress(host) === undefined ? host : undefined);
  const quiet = tool.has("quiet");
  const brief = tool.has("brief");
  if (!brief && !quiet) tool.print(`CONNECTED(${String(fd).padStart(8, "0")})\n`);
  const verification: Verification = { code: 0, leaf: undefined };
  let shown = false;
  const showName = () => {
    if (!shown && serverName === undefined) tool.error("Can't use SSL_get_servername");
    shown = true;
  };
  const modernSuites =
    tool.value("ciphersuites")?.split(":") ?? OPENSSL_DEFAULT_SUITES.filter((name) => suiteNamed(name)?.tls13);
  const result = yield* connectTls(sys, fd, {
    ...versions(tool),
    serverName: tool.has("noservername") ? undefined : serverName,
    cipherSuites: [...modernSuites, ...old],
    groups: [...(tool.modern ? ["X25519MLKEM768"] : []), "x25519", "secp256r1", "secp384r1", "secp521r1"],
    ...(tool.has("alpn") ? { alpn: (tool.value("alpn") as string).split(",") } : {}),
    identity,
    tickets: !tool.has("no_ticket"),
    verify(chain) {
      showName();
      verification.leaf = chain[0];
      return judge(tool, chain, trusted, verification);
    },
  });
  yield* tool.flush();
  if (!result.ok) {
    failure(tool, result.failure);
    if (!brief && !quiet) tool.print(failedReport(tool, result.failure, result.partial, verification));
    sys.close(fd);
    return 1;
  }
  const { connected } = result;
  const state = connected.stream.tls as TlsState;
  if (brief) tool.errorText(briefReport(connected, state, verification));
  else if (!quiet) tool.print(report(tool, connected, state, verification, identity));
  return yield* converse(tool, connected, state, verification, identity !== undefined, quiet, brief);
}

function versions(tool: Tool): { minVersion: TlsVersion; maxVersion: TlsVersion } {
  for (const [option, version] of [
    ["tls1", "1.0"],
    ["tls1_1", "1.1"],
    ["tls1_2", "1.2"],
    ["tls1_3", "1.3"],
  ] as const) {
    if (!tool.has(option)) continue;
    // The library's configuration allows TLS 1.2 at least; asking for less leaves nothing to offer.
    return tool.modern && version < "1.2"
      ? { minVersion: "1.2", maxVersion: version }
      : { minVersion: version, maxVersion: version };
  }
  return { minVersion: tool.has("no_tls1_2") ? "1.3" : "1.2", maxVersion: tool.has("no_tls1_3") ? "1.2" : "1.3" };
}
