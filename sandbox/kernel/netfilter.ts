// Packet filter of one machine: chains of rules asked for each new connection. Established traffic passes.

/** One rule; what is left out matches everything. A leading "!" negates an address. */
export interface FilterRule {
  readonly protocol?: "tcp" | "udp" | "icmp";
  readonly source?: string;
  readonly destination?: string;
  readonly ports?: readonly (readonly [number, number])[];
  readonly inInterface?: string;
  readonly outInterface?: string;
  readonly states?: readonly string[];
  /** ACCEPT, DROP, REJECT, RETURN, or another chain's name. */
  readonly target: string;
  readonly comment?: string;
  /** With what REJECT answers; a port that is not there unless told. */
  readonly rejectWith?: string;
}

export interface FilterChain {
  readonly policy?: "ACCEPT" | "DROP";
  readonly rules: readonly FilterRule[];
}

/** The filter table: INPUT, OUTPUT, FORWARD and chains of the user's. */
export type FilterTable = { readonly [chain: string]: FilterChain };

export interface Packet {
  readonly protocol: "tcp" | "udp" | "icmp";
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly inInterface?: string;
  readonly outInterface?: string;
}

/** A refusal is told by the caller's ICMP message: port-unreachable and tcp-reset, or one that names host or network. */
export type FilterVerdict = "ACCEPT" | "DROP" | "REJECT" | "UNREACHABLE";

/** `reject-with` reasons that a connecting caller gets as "No route to host" (icmp_err_convert of Linux). */
const NO_ROUTE = /^icmp6?-(host|net|admin|adm|no-route)/;

/** What a chain does with the first packet of a connection. */
export function filterPacket(table: FilterTable | undefined, chain: string, packet: Packet): FilterVerdict {
  return table === undefined
    ? "ACCEPT"
    : (runChain(table, chain, packet, 0) ?? (table[chain]?.policy === "DROP" ? "DROP" : "ACCEPT"));
}

function runChain(table: FilterTable, name: string, packet: Packet, depth: number): FilterVerdict | undefined {
  if (depth > 16) return undefined;
  for (const rule of table[name]?.rules ?? []) {
    if (!matches(rule, packet)) continue;
    if (rule.target === "REJECT") return NO_ROUTE.test(rule.rejectWith ?? "") ? "UNREACHABLE" : "REJECT";
    if (rule.target === "ACCEPT" || rule.target === "DROP") return rule.target;
    if (rule.target === "RETURN") return undefined;
    const inner = runChain(table, rule.target, packet, depth + 1);
    if (inner) return inner;
  }
  return undefined;
}

function matches(rule: FilterRule, packet: Packet): boolean {
  if (rule.protocol && rule.protocol !== packet.protocol) return false;
  if (rule.states && !rule.states.includes("NEW")) return false;
  if (rule.ports && !rule.ports.some(([from, to]) => packet.port >= from && packet.port <= to)) return false;
  if (rule.inInterface && !interfaceMatches(rule.inInterface, packet.inInterface)) return false;
  if (rule.outInterface && !interfaceMatches(rule.outInterface, packet.outInterface)) return false;
  return addressMatches(rule.source, packet.source) && addressMatches(rule.destination, packet.destination);
}

function interfaceMatches(pattern: string, name: string | undefined): boolean {
  const negated = pattern.startsWith("!");
  const want = negated ? pattern.slice(1) : pattern;
  const same = name !== undefined && (want.endsWith("+") ? name.startsWith(want.slice(0, -1)) : name === want);
  return same !== negated;
}

function addressMatches(pattern: string | undefined, address: string): boolean {
  if (pattern === undefined) return true;
  const negated = pattern.startsWith("!");
  return inNetwork(address, negated ? pattern.slice(1) : pattern) !== negated;
}

/** Whether an IPv4 address lies in a network such as 172.30.0.0/16 (or is the address itself). */
export function inNetwork(address: string, network: string): boolean {
  const [base = "", length] = network.split("/");
  const bits = length === undefined ? 32 : Number(length);
  const a = parseIpv4(address);
  const b = parseIpv4(base);
  if (a === undefined || b === undefined) return address === base;
  return bits === 0 || a >>> (32 - bits) === b >>> (32 - bits);
}

/** A dotted quad as a number; undefined where it is none. */
export function parseIpv4(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return value;
}
