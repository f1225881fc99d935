// verify: certificate chains against given authorities.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { parsePem } from "../../lib/crypto/pem.ts";
import { CA_BUNDLE, loadStore } from "../../lib/tls/openssl.ts";
import { type Certificate, certificatesFromPem } from "../../lib/x509/certificate.ts";
import { parseAddress } from "../../lib/x509/general-name.ts";
import { formatName } from "../../lib/x509/name.ts";
import { type Purpose, verifyOpenSsl, verifyText } from "../../lib/x509/verify-openssl.ts";
import { loadCertificate, loadCertificates } from "./load.ts";
import { chosenStyle } from "./name-options.ts";
import type { Subcommand, Tool } from "./tool.ts";

/** Errors after which the check goes on, to show what else is wrong. */
const GOES_ON = new Set([10, 18, 19, 24, 25, 26]);

/** Certificates of -CAfile, -trusted, -untrusted or -CApath; undefined where a store file holds none (and that was said). */
export function* trustedOf(tool: Tool): Task<readonly Certificate[] | undefined> {
  const file = tool.value("CAfile");
  const list: Certificate[] = [];
  if (file !== undefined) {
    const bytes = tool.sys.readFile(file);
    const found = isErrno(bytes) ? [] : certificatesFromPem(decode(bytes));
    if (found.length === 0) {
      storeComplaint(tool, file, isErrno(bytes) ? undefined : parsePem(decode(bytes)).length > 0);
      return undefined;
    }
    list.push(...found);
  }
  for (const path of tool.all("trusted"))
    list.push(...(yield* loadCertificates(tool, path, "certs of trusted certificates", "pem")));
  if (tool.has("CApath")) list.push(...loadFolder(tool, tool.value("CApath") as string));
  if (!tool.has("no-CAfile") && !tool.has("trusted") && (tool.name === "s_client" || !tool.has("CAfile")))
    list.push(...(loadStore(tool.sys, CA_BUNDLE) ?? []));
  return list;
}

function loadFolder(tool: Tool, path: string): Certificate[] {
  const entries = tool.sys.readdir(path);
  if (isErrno(entries)) return [];
  return entries.flatMap(({ name }) =>
    /^[0-9a-f]{8}\.\d+$/.test(name) ? [...(loadStore(tool.sys, `${path}/${name}`) ?? [])] : [],
  );
}

function storeComplaint(tool: Tool, file: string, hasBlocks: boolean | undefined): void {
  if (tool.name === "verify" || (tool.modern && hasBlocks !== undefined)) tool.error(`Error loading file ${file}`);
  const place = "../crypto/asn1/tasn_dec.c";
  if (hasBlocks === undefined && tool.modern && tool.name === "verify") {
    tool.queueControl(file);
    tool.queue("05880020", "X509_load_cert_file_ex", "BIO lib", "../crypto/x509/by_file.c:105");
    return;
  }
  if (hasBlocks === undefined) {
    tool.queue(
      "80000002",
      "BIO_new_file",
      "No such file or directory",
      "../crypto/bio/bss_file.c:67",
      `calling fopen(${file}, r)`,
    );
    tool.queue("10000080", "BIO_new_file", "no such file", "../crypto/bio/bss_file.c:75");
    tool.queue(
      tool.modern ? "05880020" : "05880002",
      "X509_load_cert_crl_file_ex",
      tool.modern ? "BIO lib" : "system lib",
      `../crypto/x509/by_file.c:${tool.modern ? 248 : 235}`,
    );
    return;
  }
  if (!tool.modern) {
    tool.queue("05800088", "X509_load_cert_crl_file_ex", "no certificate or crl found", "../crypto/x509/by_file.c:251");
    return;
  }
  // After PEM the file is tried as DER, whose complaint is what remains.
  if (hasBlocks) {
    tool.queue("068000A8", "asn1_check_tlen", "wrong tag", `${place}:1231`);
    tool.queue("0688010A", "asn1_item_embed_d2i", "nested asn1 error", `${place}:375`, "Type=X509");
  } else tool.queue("0680008E", "asn1_d2i_read_bio", "not enough data", "../crypto/asn1/a_d2i_fp.c:270");
  tool.queue("05800087", "X509_load_cert_file_ex", "no certificate found", "../crypto/x509/by_file.c:153");
}

export const verify: Subcommand = {
  options:
    "help verbose CApath: CAfile: CAstore: no-CAfile no-CApath no-CAstore untrusted: trusted: CRLfile: crl_download show_chain nameopt: policy: purpose: verify_name: verify_depth: auth_level: attime: verify_hostname: verify_email: verify_ip: ignore_critical issuer_checks crl_check crl_check_all policy_check explicit_policy inhibit_any inhibit_map x509_strict extended_crl use_deltas policy_print check_ss_sig trusted_first suiteB_128_only suiteB_128 suiteB_192 partial_chain no_alt_chains no_check_time allow_proxy_certs provider:",
  operands: "any",
  *run(tool) {
    const path = tool.value("CApath");
    const folder = path === undefined ? undefined : tool.sys.stat(path);
    if (folder !== undefined && (isErrno(folder) || folder.type !== "directory"))
      return tool.refuse(`Not a directory: ${path}`) ? 0 : 1;
    const address = tool.value("verify_ip");
    if (address !== undefined && parseAddress(address) === undefined) return 1;
    if (tool.has("trusted") && ["CAfile", "CApath", "CAstore"].some((key) => tool.has(key))) {
      tool.error("verify: Cannot use -trusted with -CAfile, -CApath or -CAstore");
      return 1;
    }
    const trusted = yield* trustedOf(tool);
    if (trusted === undefined) return 1;
    const untrusted: Certificate[] = [];
    for (const path of tool.all("untrusted"))
      untrusted.push(
        ...(yield* loadCertificates(
          tool,
          path,
          tool.modern ? "untrusted certificates" : "certs of untrusted certificates",
          "pem",
        )),
      );
    const purpose = tool.value("purpose");
    if (purpose !== undefined && !PURPOSES.has(purpose)) {
      tool.error(`${tool.name}: Invalid purpose ${purpose}`);
      return 1;
    }
    const files = tool.operands.length > 0 ? tool.operands : [undefined];
    let status = 0;
    for (const file of files) {
      try {
        if (!(yield* verifyFile(tool, file, trusted, untrusted))) status = 2;
      } catch (error) {
        if (!(error instanceof Error) || !("status" in error)) throw error;
        status = 2;
      }
    }
    return status;
  },
};

const PURPOSES = new Set(
  "sslclient sslserver nssslserver smimesign smimeencrypt crlsign any ocsphelper timestampsign codesign".split(" "),
);

function* verifyFile(
  tool: Tool,
  file: string | undefined,
  trusted: readonly Certificate[],
  untrusted: readonly Certificate[],
): Task<boolean> {
  const name = file ?? "stdin";
  const certificate = yield* loadCertificate(tool, file, "certificate file");
  const style = chosenStyle(tool);
  const at = tool.number("attime");
  const purpose = tool.value("purpose");
  const hostname = tool.value("verify_hostname");
  const address = tool.value("verify_ip");
  const mail = tool.value("verify_email");
  let failed = false;
  const result = verifyOpenSsl(certificate, {
    trusted,
    untrusted,
    now: at === undefined ? tool.sys.now() : at * 1000,
    purpose: (purpose === "sslclient" || purpose === "sslserver" || purpose === "crlsign" ? purpose : "any") as Purpose,
    strict: tool.has("x509_strict"),
    level: tool.number("auth_level") ?? 0,
    ...(mail === undefined ? {} : { email: mail }),
    partialChain: tool.has("partial_chain"),
    noCheckTime: tool.has("no_check_time"),
    crlCheck: tool.has("crl_check") || tool.has("crl_check_all"),
    ...(hostname === undefined ? {} : { hostname }),
    ...(address === undefined ? {} : { address }),
    onStep({ ok, code, depth, certificate: current }) {
      if (ok) return true;
      failed = true;
      tool.error(formatName(current.subject, style));
      tool.error(`error ${code} at ${depth} depth lookup: ${verifyText(code)}`);
      return GOES_ON.has(code);
    },
  });
  if (failed) {
    tool.error(`error ${name}: verification failed`);
    return false;
  }
  tool.print(`${name}: OK\n`);
  if (tool.has("show_chain")) {
    tool.print("Chain:\n");
    for (const [depth, each] of result.chain.entries())
      tool.print(
        `depth=${depth}: ${formatName(each.subject, style)}${depth < result.untrustedCount ? " (untrusted)" : ""}\n`,
      );
  }
  return true;
}
