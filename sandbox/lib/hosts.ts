// Names to addresses by /etc/hosts, as getaddrinfo orders them: IPv6 first. Who may wait asks name servers, too: dns.ts.

import { isErrno } from "../kernel/errno.ts";
import type { Sys } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { parseAddress } from "./x509/general-name.ts";

export interface Addresses {
  readonly v6: readonly string[];
  readonly v4: readonly string[];
}

/** Addresses of a name (or of an address in text); undefined where nobody knows it. */
export function lookUpHost(sys: Sys, name: string): Addresses | undefined {
  const literal = parseAddress(name);
  if (literal !== undefined) return literal.length === 4 ? { v4: [name], v6: [] } : { v4: [], v6: [name] };
  const file = sys.readFile("/etc/hosts");
  const v4: string[] = [];
  const v6: string[] = [];
  const wanted = name.toLowerCase().replace(/\.$/, "");
  for (const line of isErrno(file) ? [] : decode(file).split("\n")) {
    const [address = "", ...names] = line.replace(/#.*$/, "").trim().split(/\s+/);
    if (!names.some((each) => each.toLowerCase() === wanted)) continue;
    const size = parseAddress(address)?.length;
    if (size === 4 && !v4.includes(address)) v4.push(address);
    if (size === 16 && !v6.includes(address)) v6.push(address);
  }
  return v4.length + v6.length === 0 ? undefined : { v4, v6 };
}
