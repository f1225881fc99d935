// Names to addresses by /etc/hosts and then by the servers of /etc/resolv.conf. Queries travel over TCP, a line of JSON each way.
// fidelity: no UDP, no binary messages, addresses (A) only, and only servers that a service of the cluster stands for are asked.

import { isErrno } from "../kernel/errno.ts";
import type { Sys, Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { askLine } from "./ask-line.ts";
import { type Addresses, lookUpHost } from "./hosts.ts";

export interface DnsReply {
  readonly status: "NOERROR" | "NXDOMAIN" | "SERVFAIL";
  readonly addresses: readonly string[];
}

/** What /etc/resolv.conf says (resolv.conf(5)). */
export interface ResolverSettings {
  readonly servers: readonly string[];
  readonly search: readonly string[];
  readonly ndots: number;
}

const DNS_PORT = 53;

export function readResolver(sys: Sys): ResolverSettings {
  const file = sys.readFile("/etc/resolv.conf");
  const rows = (isErrno(file) ? "" : decode(file)).split("\n").map((row) => row.trim().split(/\s+/));
  const words = (key: string) => rows.findLast(([first]) => first === key)?.slice(1) ?? [];
  return {
    servers: rows.flatMap(([key, address = ""]) => (key === "nameserver" ? [address] : [])),
    search: words("search"),
    ndots: Number(/^ndots:(\d+)$/m.exec(words("options").join("\n"))?.[1] ?? 1),
  };
}

/** The names that are asked for in turn: with each domain of the search list, and as it stands. */
export function candidates(name: string, { search, ndots }: ResolverSettings): string[] {
  if (name.endsWith(".")) return [name];
  const within = search.map((domain) => `${name}.${domain}.`);
  return name.split(".").length > ndots ? [`${name}.`, ...within] : [...within, `${name}.`];
}

/** Asks one server for a whole name (it ends in a dot); undefined where nobody answers. */
export function* queryServer(sys: Sys, server: string, name: string): Task<DnsReply | undefined> {
  if (!sys.forwarded().some(({ address, port }) => address === server && port === DNS_PORT)) return undefined;
  const place = { family: "tcp", address: server, port: DNS_PORT } as const;
  const reply = yield* askLine<DnsReply>(sys, place, { name }, { timeout: 5000 });
  return isErrno(reply) ? undefined : reply;
}

/** As getaddrinfo: /etc/hosts, then the servers. Undefined where nobody knows the name. */
export function* resolveHost(sys: Sys, name: string): Task<Addresses | undefined> {
  const known = lookUpHost(sys, name);
  if (known !== undefined || !/^[\w.-]+$/.test(name)) return known;
  const settings = readResolver(sys);
  for (const candidate of candidates(name, settings))
    for (const server of settings.servers) {
      const reply = yield* queryServer(sys, server, candidate);
      if (reply?.status === "NOERROR" && reply.addresses.length > 0) return { v4: reply.addresses, v6: [] };
      if (reply !== undefined) break;
    }
  return undefined;
}
