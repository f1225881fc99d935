// sshd's settings: its command line, its file with the drop-ins.

import { isErrno } from "../kernel/errno.ts";
import type { Sys } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";

export function readText(sys: Sys, path: string): string {
  const bytes = sys.readFile(path);
  return isErrno(bytes) ? "" : decode(bytes);
}

/** A setting of sshd_config or its drop-ins; the first line that sets it wins, as in the real one. */
export function setting(sys: Sys, key: string, fallback: string): string {
  const entries = sys.readdir("/etc/ssh/sshd_config.d");
  const names = isErrno(entries)
    ? []
    : entries
        .map((entry) => entry.name)
        .filter((name) => name.endsWith(".conf"))
        .sort();
  for (const path of [...names.map((name) => `/etc/ssh/sshd_config.d/${name}`), "/etc/ssh/sshd_config"]) {
    for (const line of readText(sys, path).split("\n")) {
      const [word = "", value = ""] = line.trim().split(/[\s=]+/);
      if (word.toLowerCase() === key.toLowerCase()) return value.toLowerCase();
    }
  }
  return fallback;
}

/** Options of sshd that take a word, those that take none, and what the command line says. */
export function readArgs(argv: readonly string[]): {
  has: Set<string>;
  ports: number[];
  settings: string[];
  bad: string | undefined;
} {
  const has = new Set<string>();
  const ports: number[] = [];
  const settings: string[] = [];
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i] ?? "";
    if (!/^-./.test(word)) return { has, ports, settings, bad: `Extra argument ${word}.` };
    for (let at = 1; at < word.length; at++) {
      const letter = word[at] ?? "";
      if ("46DdeGiqTtV".includes(letter)) has.add(letter);
      else if ("CEbcfghkopu".includes(letter)) {
        const value = word.slice(at + 1) || argv[++i];
        if (value === undefined) return { has, ports, settings, bad: `option requires an argument -- ${letter}` };
        if (letter === "p") ports.push(Number(value));
        if (letter === "o") settings.push(value);
        break;
      } else return { has, ports, settings, bad: `unknown option -- ${letter}` };
    }
  }
  return { has, ports, settings, bad: undefined };
}

export const USAGE =
  "usage: sshd [-46DdeGiqTtV] [-C connection_spec] [-c host_cert_file]\n            [-E log_file] [-f config_file] [-g login_grace_time]\n            [-h host_key_file] [-o option] [-p port] [-u len]\n";
