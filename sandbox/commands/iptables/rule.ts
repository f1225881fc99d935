// One iptables rule: from words to data, and back to the texts of -S and -L (iptables 1.8.11, nf_tables).

import type { FilterRule } from "../../kernel/netfilter.ts";
import { parseIpv4 } from "../../kernel/netfilter.ts";

/** A rule as this command keeps it: what the kernel matches on, and what listings print. */
export interface Rule extends FilterRule {
  /** Words behind the addresses and interfaces in -S. */
  readonly saved: string;
  /** Matches and target options in -L, with names of services and without. */
  readonly shown: string;
  readonly shownNumeric: string;
}

/** A usage mistake: the text behind the program's name, and the exit status. */
export interface Mistake {
  readonly mistake: string;
  readonly status: number;
  /** False where no second line points to --help. */
  readonly hint?: boolean;
}

export const isMistake = (value: object): value is Mistake => "mistake" in value;

const PROTOCOLS: Readonly<Record<string, string>> = {
  tcp: "tcp",
  udp: "udp",
  icmp: "icmp",
  "6": "tcp",
  "17": "udp",
  "1": "icmp",
  all: "all",
  "0": "all",
};
const SERVICES: Readonly<Record<string, number>> = {
  ssh: 22,
  domain: 53,
  http: 80,
  https: 443,
  ntp: 123,
  "http-alt": 8080,
};
const TERMINAL: ReadonlySet<string> = new Set(["ACCEPT", "DROP", "REJECT", "RETURN", "LOG"]);
const MATCHES: ReadonlySet<string> = new Set(["tcp", "udp", "state", "conntrack", "multiport", "comment"]);
const STATES: ReadonlySet<string> = new Set(["NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED"]);

interface Draft {
  protocol?: string;
  source?: string;
  destination?: string;
  inInterface?: string;
  outInterface?: string;
  target?: string;
  ports?: [number, number][];
  sourcePorts?: [number, number];
  states?: string[];
  stateMatch?: "state" | "conntrack";
  multiport?: string;
  comment?: string;
  rejectWith?: string;
  logPrefix?: string;
  readonly loaded: Set<string>;
}

/** Reads the words of a rule. `isChain` tells which chains one may jump to; `resolve` finds addresses of names. */
export function parseRule(
  words: readonly string[],
  isChain: (name: string) => boolean,
  resolve: (name: string) => string | undefined,
): Rule | Mistake {
  const draft: Draft = { loaded: new Set() };
  let negated = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (word === "!") {
      negated = true;
      continue;
    }
    const [name, attached] = splitLong(word);
    const value = (): string | undefined => attached ?? words[++i];
    const problem = takeOption(draft, name, value, negated, isChain, resolve);
    if (problem) return problem;
    negated = false;
  }
  return finish(draft);
}

function splitLong(word: string): readonly [string, string | undefined] {
  const at = word.indexOf("=");
  return word.startsWith("--") && at > 0 ? [word.slice(0, at), word.slice(at + 1)] : [word, undefined];
}

function takeOption(
  draft: Draft,
  name: string,
  value: () => string | undefined,
  negated: boolean,
  isChain: (name: string) => boolean,
  resolve: (name: string) => string | undefined,
): Mistake | undefined {
  const not = negated ? "!" : "";
  switch (name) {
    case "-p":
    case "--protocol":
    case "--proto": {
      const text = value() ?? "";
      const protocol = PROTOCOLS[text.toLowerCase()];
      if (protocol === undefined) return { mistake: `unknown protocol "${text.toLowerCase()}" specified`, status: 2 };
      if (protocol !== "all") draft.protocol = protocol;
      return undefined;
    }
    case "-s":
    case "--source":
    case "--src":
    case "-d":
    case "--destination":
    case "--dst": {
      const text = value() ?? "";
      const address = parseNetwork(text, resolve);
      if (address === undefined) return { mistake: `host/network \`${text}' not found`, status: 2 };
      if (address === "0.0.0.0/0") return undefined;
      if (name === "-s" || name.startsWith("--s")) draft.source = not + address;
      else draft.destination = not + address;
      return undefined;
    }
    case "-i":
    case "--in-interface":
      draft.inInterface = not + (value() ?? "");
      return undefined;
    case "-o":
    case "--out-interface":
      draft.outInterface = not + (value() ?? "");
      return undefined;
    case "-j":
    case "--jump":
    case "-g": {
      const target = value() ?? "";
      if (!TERMINAL.has(target) && !isChain(target)) return { mistake: `Chain '${target}' does not exist`, status: 2 };
      draft.target = target;
      return undefined;
    }
    case "-m":
    case "--match": {
      const match = value() ?? "";
      if (!MATCHES.has(match)) {
        return { mistake: `Couldn't load match \`${match}':No such file or directory\n`, status: 2 };
      }
      draft.loaded.add(match);
      return undefined;
    }
    default:
      return takeMatch(draft, name, value);
  }
}

/** Options that belong to a match or a target. */
function takeMatch(draft: Draft, name: string, value: () => string | undefined): Mistake | undefined {
  const unknown: Mistake = name.startsWith("-")
    ? { mistake: `unknown option "${name}"`, status: 2 }
    : { mistake: `Bad argument \`${name}'`, status: 2 };
  const ported = draft.protocol === "tcp" || draft.protocol === "udp";
  switch (name) {
    case "--dport":
    case "--destination-port":
    case "--sport":
    case "--source-port": {
      if (!ported) return unknown;
      const text = value() ?? "";
      const range = parsePorts(text);
      if (range === undefined) return { mistake: `invalid port/service \`${text}' specified`, status: 2 };
      if (name.startsWith("--d")) draft.ports = [range];
      else draft.sourcePorts = range;
      return undefined;
    }
    case "--dports":
    case "--destination-ports": {
      if (!draft.loaded.has("multiport")) return unknown;
      const text = value() ?? "";
      const ranges = text.split(",").map(parsePorts);
      if (ranges.includes(undefined)) return { mistake: `invalid port/service \`${text}' specified`, status: 2 };
      draft.ports = ranges as [number, number][];
      draft.multiport = (ranges as [number, number][]).map((range) => formatRange(range)).join(",");
      return undefined;
    }
    case "--state":
    case "--ctstate": {
      const match = name === "--state" ? "state" : "conntrack";
      if (!draft.loaded.has(match)) return unknown;
      const text = value() ?? "";
      const states = text.toUpperCase().split(",");
      if (states.some((state) => !STATES.has(state))) return { mistake: `Bad ctstate "${text}"`, status: 2 };
      draft.states = ["INVALID", "NEW", "RELATED", "ESTABLISHED", "UNTRACKED"].filter((state) =>
        states.includes(state),
      );
      draft.stateMatch = match;
      return undefined;
    }
    case "--comment":
      if (!draft.loaded.has("comment")) return unknown;
      draft.comment = value() ?? "";
      return undefined;
    case "--reject-with":
      if (draft.target !== "REJECT") return unknown;
      draft.rejectWith = value() ?? "";
      return undefined;
    case "--log-prefix":
      if (draft.target !== "LOG") return unknown;
      draft.logPrefix = value() ?? "";
      return undefined;
    default:
      return unknown;
  }
}

function finish(draft: Draft): Rule {
  const saved: string[] = [];
  const shown: string[] = [];
  const numeric: string[] = [];
  const add = (text: string, numbers = text): void => {
    shown.push(text);
    numeric.push(numbers);
  };
  const single = draft.ports !== undefined && draft.multiport === undefined;
  if (draft.sourcePorts || single) {
    saved.push(`-m ${draft.protocol}`);
    const words: string[] = [];
    const numbers: string[] = [];
    for (const [option, label, range] of [
      ["--sport", "spt", draft.sourcePorts],
      ["--dport", "dpt", single ? draft.ports?.[0] : undefined],
    ] as const) {
      if (range === undefined) continue;
      saved.push(`${option} ${formatRange(range)}`);
      const many = range[0] === range[1] ? label : `${label}s`;
      words.push(`${many}:${formatRange(range, true)}`);
      numbers.push(`${many}:${formatRange(range)}`);
    }
    add(`${draft.protocol} ${words.join(" ")}`, `${draft.protocol} ${numbers.join(" ")}`);
  }
  if (draft.multiport !== undefined) {
    saved.push(`-m multiport --dports ${draft.multiport}`);
    add(
      `multiport dports ${draft.multiport.split(",").map(serviceName).join(",")}`,
      `multiport dports ${draft.multiport}`,
    );
  }
  if (draft.states && draft.stateMatch) {
    const option = draft.stateMatch === "state" ? "--state" : "--ctstate";
    saved.push(`-m ${draft.stateMatch} ${option} ${draft.states.join(",")}`);
    add(`${option.slice(2)} ${draft.states.join(",")}`);
  }
  if (draft.comment !== undefined) {
    saved.push(`-m comment --comment ${/[^\w.-]/.test(draft.comment) ? JSON.stringify(draft.comment) : draft.comment}`);
    add(`/* ${draft.comment} */`);
  }
  if (draft.target !== undefined) saved.push(`-j ${draft.target}`);
  if (draft.target === "REJECT") {
    const reason = draft.rejectWith ?? "icmp-port-unreachable";
    saved.push(`--reject-with ${reason}`);
    add(`reject-with ${reason}`);
  }
  if (draft.target === "LOG") {
    if (draft.logPrefix !== undefined) saved.push(`--log-prefix ${JSON.stringify(draft.logPrefix)}`);
    add(`LOG level warn${draft.logPrefix === undefined ? "" : ` prefix ${JSON.stringify(draft.logPrefix)}`}`);
  }
  return {
    target: draft.target ?? "",
    saved: saved.join(" "),
    shown: shown.join(" "),
    shownNumeric: numeric.join(" "),
    ...(draft.protocol === undefined ? {} : { protocol: draft.protocol as "tcp" }),
    ...(draft.source === undefined ? {} : { source: draft.source }),
    ...(draft.destination === undefined ? {} : { destination: draft.destination }),
    ...(draft.inInterface === undefined ? {} : { inInterface: draft.inInterface }),
    ...(draft.outInterface === undefined ? {} : { outInterface: draft.outInterface }),
    ...(draft.ports === undefined ? {} : { ports: draft.ports }),
    ...(draft.states === undefined ? {} : { states: draft.states }),
    ...(draft.rejectWith === undefined ? {} : { rejectWith: draft.rejectWith }),
  };
}

/** An address or network in the form that -S prints, with its length; names are looked up. */
function parseNetwork(text: string, resolve: (name: string) => string | undefined): string | undefined {
  const [host = "", length = "32"] = text.split("/");
  const base = parseIpv4(host) ?? parseIpv4(resolve(host) ?? "");
  if (base === undefined) return undefined;
  const mask = parseIpv4(length);
  const bits = mask === undefined ? Number(length) : 32 - Math.log2(0x1_0000_0000 - mask);
  if (!Number.isInteger(bits) || bits < 0 || bits > 32) return undefined;
  const network = bits === 0 ? 0 : Math.floor(base / 2 ** (32 - bits)) * 2 ** (32 - bits);
  return `${[24, 16, 8, 0].map((shift) => Math.floor(network / 2 ** shift) % 256).join(".")}/${bits}`;
}

function parsePorts(text: string): [number, number] | undefined {
  const [from = "", to] = text.split(/[:-]/);
  const first = from === "" ? 0 : parsePort(from);
  const last = to === undefined ? first : to === "" ? 65_535 : parsePort(to);
  return first === undefined || last === undefined || last < first ? undefined : [first, last];
}

function parsePort(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) <= 65_535 ? Number(text) : undefined;
  return SERVICES[text];
}

function formatRange([from, to]: readonly [number, number], named = false): string {
  const text = (port: number): string => (named ? serviceName(String(port)) : String(port));
  return from === to ? text(from) : `${text(from)}:${text(to)}`;
}

function serviceName(port: string): string {
  return Object.entries(SERVICES).find(([, number]) => String(number) === port)?.[0] ?? port;
}

/** The rule in the form of `iptables -S`. */
export function formatSaved(chain: string, rule: Rule): string {
  const word = (option: string, value: string | undefined): string =>
    value === undefined ? "" : value.startsWith("!") ? ` ! ${option} ${value.slice(1)}` : ` ${option} ${value}`;
  const places = `${word("-s", rule.source)}${word("-d", rule.destination)}${word("-i", rule.inInterface)}${word("-o", rule.outInterface)}`;
  return `-A ${chain}${places}${word("-p", rule.protocol)}${rule.saved === "" ? "" : ` ${rule.saved}`}`;
}

/** The rule as a line of `iptables -L`. */
export function formatListed(rule: Rule, numeric: boolean, verbose: boolean): string {
  const any = numeric ? "0.0.0.0/0" : "anywhere";
  const place = (address: string | undefined): string => (address === undefined ? any : address.replace(/\/32$/, ""));
  const face = (name: string | undefined): string => (name ?? (numeric ? "*" : "any")).padEnd(6);
  const counters = verbose ? "    0     0 " : "";
  const faces = verbose ? `${face(rule.inInterface)} ${face(rule.outInterface)}  ` : "";
  const matches = numeric ? rule.shownNumeric : rule.shown;
  const line = `${counters}${rule.target.padEnd(10)} ${(rule.protocol ?? "all").padEnd(4)} --  ${faces}${place(rule.source).padEnd(20)} ${place(rule.destination).padEnd(20)}`;
  return matches === "" ? line : `${line} ${matches}`;
}
