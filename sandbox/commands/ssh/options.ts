// ssh's and scp's command line, with ~/.ssh/config and /etc/ssh/ssh_config as far as they name host, user, port and keys.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { matchesGlob } from "../../lib/ssh/pattern.ts";
import { findUser } from "../../lib/users.ts";

export interface Target {
  /** As typed. */
  readonly host: string;
  /** What is looked up. */
  readonly hostName: string;
  readonly user: string;
  readonly port: number;
  readonly identities: readonly string[];
  /** Identities that were named, and so are missed aloud. */
  readonly named: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
}

export interface SshArguments {
  readonly destination: string | undefined;
  readonly command: readonly string[];
  readonly flags: ReadonlySet<string>;
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly error?: string;
}

const WITH_VALUE = "BbcDEeFIiJLlmOoPpQRSWw";
const PLAIN = "46AaCfGgKkMNnqsTtVvXxYy";

/** Options, destination, command. Options may stand before and after the destination. */
export function parseArguments(args: readonly string[]): SshArguments {
  const flags = new Set<string>();
  const values: Record<string, string[]> = {};
  let destination: string | undefined;
  let i = 0;
  for (; i < args.length; i++) {
    const word = args[i] as string;
    if (word === "--") {
      i += 1;
      if (destination === undefined) destination = args[i++];
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      if (destination !== undefined) break;
      destination = word;
      continue;
    }
    for (let j = 1; j < word.length; j++) {
      const letter = word[j] as string;
      if (WITH_VALUE.includes(letter)) {
        const value = word.slice(j + 1) || args[++i];
        if (value === undefined)
          return { destination, command: [], flags, values, error: `option requires an argument -- ${letter}` };
        values[letter] = [...(values[letter] ?? []), value];
        break;
      }
      if (!PLAIN.includes(letter))
        return { destination, command: [], flags, values, error: `unknown option -- ${letter}` };
      flags.add(letter);
    }
  }
  return { destination, command: args.slice(i), flags, values };
}

/** Settings of the configuration files for a host: the first that is found counts. */
function configured(
  sys: Sys,
  host: string,
  home: string,
  file: string | undefined,
): { settings: Record<string, string>; identities: string[] } {
  const settings: Record<string, string> = {};
  const identities: string[] = [];
  for (const path of file === undefined ? [`${home}/.ssh/config`, "/etc/ssh/ssh_config"] : [file]) {
    const bytes = sys.readFile(path);
    let applies = true;
    for (const line of isErrno(bytes) ? [] : decode(bytes).split("\n")) {
      const match = /^\s*([A-Za-z]+)(?:\s+|\s*=\s*)(.*?)\s*$/.exec(line.replace(/^\s*#.*/, ""));
      if (match === null) continue;
      const [, key = "", value = ""] = match;
      if (key.toLowerCase() === "host") {
        const patterns = value.split(/\s+/);
        applies =
          patterns.some((each) => matchesGlob(host, each)) &&
          !patterns.some((each) => each.startsWith("!") && matchesGlob(host, each.slice(1)));
      } else if (applies && key.toLowerCase() === "identityfile") identities.push(value);
      else if (applies && settings[key.toLowerCase()] === undefined) settings[key.toLowerCase()] = value;
    }
  }
  return { settings, identities };
}

/** Who and where a destination means. */
export function resolveTarget(sys: Sys, destination: string, parsed: Pick<SshArguments, "flags" | "values">): Target {
  const uri = /^ssh:\/\/(?:([^@/]+)@)?([^:/]+)(?::(\d+))?\/?$/.exec(destination);
  const at = destination.lastIndexOf("@");
  const host = uri?.[2] ?? destination.slice(at + 1);
  const own = findUser(sys, sys.info.uid);
  const home = own?.home ?? "/root";
  const overrides: Record<string, string> = {};
  for (const option of parsed.values.o ?? []) {
    const [key = "", ...rest] = option.split(/\s*[=\s]\s*/);
    overrides[key.toLowerCase()] ??= rest.join(" ");
  }
  const { settings, identities } = configured(sys, host, home, parsed.values.F?.at(-1));
  const all = { ...settings, ...overrides };
  if (parsed.flags.has("q")) all["loglevel"] = "quiet";
  const expand = (path: string) => path.replace(/^~(?=\/|$)/, home).replaceAll("%d", home);
  const named = [
    ...(parsed.values.i ?? []),
    ...(overrides.identityfile === undefined ? [] : [overrides.identityfile]),
  ].map(expand);
  const defaults = ["id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk"].map(
    (name) => `${home}/.ssh/${name}`,
  );
  // An identity that is named and missing is as good as not named.
  const own2 = [...named.filter((path) => !isErrno(sys.stat(path))), ...identities.map(expand)];
  return {
    host,
    hostName: all.hostname ?? host,
    user:
      parsed.values.l?.at(-1) ?? uri?.[1] ?? (at > 0 ? destination.slice(0, at) : (all.user ?? own?.name ?? "root")),
    port: Number(parsed.values.p?.at(-1) ?? parsed.values.P?.at(-1) ?? uri?.[3] ?? all.port ?? 22),
    identities: own2.length > 0 && all.identitiesonly === "yes" ? own2 : own2.length > 0 ? own2 : defaults,
    named,
    settings: all,
  };
}
