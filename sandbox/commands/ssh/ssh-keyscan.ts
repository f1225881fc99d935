// ssh-keyscan: the host key a server shows, without logging in. fidelity: only the Ed25519 key is shown.

import { isErrno } from "../../kernel/errno.ts";
import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { concat, decode, encode } from "../../kernel/text.ts";
import { lookUpHost } from "../../lib/hosts.ts";
import { knownHostLine } from "../../lib/ssh/known-hosts.ts";
import { takeFrames, VERSION_LINE } from "../../lib/ssh/wire.ts";

const USAGE =
  "usage: ssh-keyscan [-46cDHqv] [-f file] [-O option] [-p port] [-T timeout]\n                   [-t type] [host | addrlist namelist]\n";

/** The version line and the host key that a server sends first; undefined where it does not speak. */
function* greeting(
  sys: Sys,
  address: string,
  port: number,
  timeout: number,
): Task<{ version: string; blob: string } | undefined> {
  const fd = yield* sys.connect({ family: "tcp", address, port }, { timeout });
  if (isErrno(fd)) return undefined;
  yield* sys.write(fd, VERSION_LINE);
  let pending: Uint8Array = new Uint8Array(0);
  let version: string | undefined;
  for (;;) {
    if (version === undefined) {
      const newline = pending.indexOf(10);
      if (newline >= 0) {
        version = decode(pending.subarray(0, newline)).trimEnd();
        pending = pending.slice(newline + 1);
        if (!version.startsWith("SSH-")) break;
      }
    }
    if (version !== undefined) {
      const [frame] = takeFrames(pending).frames;
      if (frame?.kind === "message" && frame.message.type === "hostkey") {
        sys.close(fd);
        return { version, blob: frame.message.blob };
      }
    }
    const bytes = yield* sys.read(fd);
    if (isErrno(bytes) || bytes.length === 0) break;
    pending = concat([pending, bytes]);
  }
  sys.close(fd);
  return undefined;
}

export const sshKeyscan: Program = {
  name: "ssh-keyscan",
  *main(sys, argv) {
    const hosts: string[] = [];
    const options: Record<string, string> = {};
    for (let i = 1; i < argv.length; i++) {
      const word = argv[i] as string;
      const [, letters = "", last = "", value = ""] = /^-([46cDHqv]*)([fOpTt]?)(.*)$/.exec(word) ?? [];
      if (!word.startsWith("-") || word === "-") hosts.push(word);
      else if (last !== "") options[last] = value || (argv[++i] ?? "");
      else if (value !== "") {
        yield* sys.write(2, `unknown option -- ${value[0]}\n${USAGE}`);
        return 1;
      }
      for (const letter of letters) options[letter] = "";
    }
    if (hosts.length === 0) {
      yield* sys.write(2, USAGE);
      return 1;
    }
    const port = Number(options.p ?? 22);
    let found = false;
    for (const host of hosts.flatMap((word) => word.split(","))) {
      const known = lookUpHost(sys, host);
      const address = known?.v4[0] ?? known?.v6[0];
      if (address === undefined) {
        yield* sys.write(2, `getaddrinfo ${host}: Temporary failure in name resolution\n`);
        continue;
      }
      const got = yield* greeting(sys, address, port, Number(options.T ?? 5) * 1000);
      if (got === undefined) continue;
      const name = port === 22 ? host : `[${host}]:${port}`;
      if (options.q === undefined) yield* sys.write(2, `# ${host}:${port} ${got.version}\n`);
      if (options.t !== undefined && !options.t.split(",").includes("ed25519")) continue;
      found = true;
      const line =
        options.H === undefined
          ? encode(`${name} ssh-ed25519 ${got.blob}\n`)
          : encode(knownHostLine(name, got.blob, sys.random(20)));
      yield* sys.write(1, line);
    }
    return found ? 0 : 1;
  },
};
