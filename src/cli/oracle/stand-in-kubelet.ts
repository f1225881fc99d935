// The kubelet of the tools recordings' base `node` is no kubelet: a small server that reads flags and config, logs four lines
// and listens. This is it again, so that what the tools show of it can be compared.

import { parse } from "yaml";
import { isErrno } from "../../../sandbox/kernel/errno.ts";
import type { Program, Sys, Task } from "../../../sandbox/kernel/sys.ts";
import { decode } from "../../../sandbox/kernel/text.ts";
import { parseFlags } from "../../../sandbox/kubelet/flags/parse.ts";
import { type PrivateKey, publicKeyOf } from "../../../sandbox/lib/crypto/keys.ts";
import { poolKey } from "../../../sandbox/lib/crypto/pool.ts";
import { reply, serveConnection } from "../../../sandbox/lib/http/server.ts";
import { altNamesOf, createCertificate, extension } from "../../../sandbox/lib/x509/build.ts";
import { createGoName } from "../../../sandbox/lib/x509/name.ts";

const two = (value: number, width = 2) => String(value).padStart(width, "0");

/** A klog header of now. */
function header(sys: Sys, letter: string): string {
  const date = new Date(sys.now());
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}.${two(date.getUTCMilliseconds() * 1000, 6)}`;
  return `${letter}${two(date.getUTCMonth() + 1)}${two(date.getUTCDate())} ${clock} ${String(sys.pid).padStart(7)} `;
}

function* log(sys: Sys, letter: string, text: string): Task<void> {
  yield* sys.write(2, `${header(sys, letter)}${text}\n`);
}

/** What is wrong with flags or configuration; undefined where nothing is. */
function check(sys: Sys, argv: readonly string[]): string | undefined {
  const words = argv.slice(1).filter((word) => !word.startsWith("--pod-infra-container-image"));
  const parsed = parseFlags(words, 36);
  if (parsed.error !== undefined) return parsed.error;
  if (parsed.positional.length > 0) return `unknown command ${parsed.positional[0]}`;
  const path = parsed.flags.get("config")?.value;
  if (typeof path !== "string" || path === "") return undefined;
  const bytes = sys.readFile(path);
  const failed = `failed to load kubelet config file, path: ${path}, error: failed to load Kubelet config file ${path}, error `;
  if (isErrno(bytes))
    return `${failed}failed to read kubelet config file "${path}", error: open ${path}: ${bytes.text.toLowerCase()}`;
  try {
    const config = parse(decode(bytes)) as { kind?: unknown; apiVersion?: unknown } | null;
    if (config?.kind !== "KubeletConfiguration")
      return `${failed}no kind "${config?.kind}" is registered for version "${config?.apiVersion}" in scheme`;
  } catch (problem) {
    return `${failed}${problem}`;
  }
  return undefined;
}

/** A certificate of its own, as a kubelet without one makes it. */
function identity(sys: Sys): { chain: Uint8Array[]; key: PrivateKey } {
  const key = poolKey(78, 0);
  const name = createGoName("node01@1795297483");
  const der = createCertificate(
    {
      serial: Uint8Array.of(2),
      issuer: name,
      subject: name,
      notBefore: sys.bootTime() - 3_600_000,
      notAfter: sys.bootTime() + 365 * 86_400_000,
      publicKey: publicKeyOf(key),
      extensions: [extension.altNames(altNamesOf(["node01"]))],
    },
    key,
  );
  return { chain: [der], key };
}

export const standInKubelet: Program = {
  name: "stand-in-kubelet",
  service: {
    *start(sys, argv) {
      sys.setMemory(1_230_736, 8_020, 7);
      const problem = check(sys, argv);
      if (problem !== undefined) {
        yield* log(sys, "E", `run.go:72] "command failed" err=${JSON.stringify(problem)}`);
        return 1;
      }
      yield* log(sys, "I", 'server.go:525] "Kubelet version" kubeletVersion="v1.36.0"');
      yield* log(sys, "I", 'server.go:527] "Golang settings" GOGC="" GOMAXPROCS="" GOTRACEBACK=""');
      const container = sys.machine.virtualization === "systemd-nspawn";
      const openHealth = () => sys.listen({ family: "tcp", address: "127.0.0.1", port: 10248 });
      // Go's poller takes two descriptors between the first socket and the second; which is first was a race.
      const early = container ? openHealth() : undefined;
      const openPoller = () => ["eventpoll", "eventfd"].map((kind) => sys.openAnonymous(kind));
      if (container) openPoller();
      const main = sys.listen({ family: "tcp", address: "", port: 10250 });
      if (!container) openPoller();
      const health = early ?? openHealth();
      if (isErrno(main)) {
        yield* log(
          sys,
          "E",
          'server.go:204] "Failed to listen and serve" err="listen tcp 0.0.0.0:10250: bind: address already in use"',
        );
        return 1;
      }
      sys.kept = { main, health: isErrno(health) ? -1 : health };
      yield* log(sys, "I", 'server.go:180] "Starting to listen" address="0.0.0.0" port=10250');
      yield* log(sys, "I", 'kubelet.go:408] "Starting kubelet main sync loop"');
      return undefined;
    },
    *connection(sys, fd, listener) {
      const healthy = (sys.kept as { health: number }).health === listener;
      yield* serveConnection(sys, fd, {
        ...(healthy
          ? {}
          : { tls: { identity: identity(sys), alpn: ["h2", "http/1.1"], clientAuth: "request", groups: ["x25519"] } }),
        handler: (_request, response) =>
          healthy ? reply(response, 200, undefined, "ok") : reply(response, 401, undefined, "Unauthorized\n"),
      });
    },
    signals: ["SIGTERM"],
    *signal(sys) {
      yield* sys.exit(0);
    },
  },
};
