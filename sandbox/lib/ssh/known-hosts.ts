// known_hosts: which host has which key, with names hashed as Debian's ssh hashes them.

import { encode } from "../../kernel/text.ts";
import { fromBase64, toBase64 } from "../crypto/base64.ts";
import { hmacOf } from "../crypto/hash.ts";

export interface KnownHost {
  /** Line number from 1. */
  readonly line: number;
  readonly names: string;
  readonly type: string;
  readonly key: string;
}

export function parseKnownHosts(text: string): KnownHost[] {
  const found: KnownHost[] = [];
  text.split("\n").forEach((raw, i) => {
    const [names = "", type = "", key = ""] = raw.trim().split(/\s+/);
    if (names !== "" && !names.startsWith("#") && key !== "") found.push({ line: i + 1, names, type, key });
  });
  return found;
}

function hashed(host: string, salt: Uint8Array): string {
  return `|1|${toBase64(salt)}|${toBase64(hmacOf("sha1", salt, encode(host)))}`;
}

/** Whether an entry is about a host. */
export function namesHost(entry: KnownHost, host: string): boolean {
  if (!entry.names.startsWith("|1|")) return entry.names.split(",").includes(host);
  const salt = fromBase64(entry.names.split("|")[2] ?? "");
  return salt !== undefined && hashed(host, salt) === entry.names;
}

/** A new line for a host. */
export function knownHostLine(host: string, key: string, salt: Uint8Array, type = "ssh-ed25519"): string {
  return `${hashed(host, salt)} ${type} ${key}\n`;
}
