// The filter expression of ss: `sport = :22 and dst 10.0.0.0/8`, `( … or … )`.

import type { SocketInfo } from "../../kernel/sys.ts";
import { servicePort } from "../../lib/services.ts";

export type SocketTest = (socket: SocketInfo) => boolean;
type State = SocketInfo["state"];

/** Addresses of a name; undefined where nobody knows it. */
export type LookUp = (name: string) => readonly string[] | undefined;

/** A filter that is none: a word that could not be read, or an expression that does not parse. */
export class FilterError {
  /** What stands on stderr; undefined for a syntax error, which brings the help text. */
  readonly text: string | undefined;

  constructor(text?: string) {
    this.text = text;
  }
}

const CONNECTED: readonly State[] = ["ESTAB", "TIME-WAIT", "CLOSE-WAIT"];

/** State words of `state …`; states that no socket of the sandbox is ever in are empty. */
export const STATES: Readonly<Record<string, readonly State[]>> = {
  all: ["LISTEN", "ESTAB", "TIME-WAIT", "CLOSE-WAIT", "UNCONN"],
  connected: CONNECTED,
  synchronized: CONNECTED,
  bucket: ["TIME-WAIT"],
  big: ["ESTAB", "CLOSE-WAIT", "LISTEN", "UNCONN"],
  established: ["ESTAB"],
  "time-wait": ["TIME-WAIT"],
  "close-wait": ["CLOSE-WAIT"],
  closed: ["UNCONN"],
  close: ["UNCONN"],
  unconnected: ["UNCONN"],
  listening: ["LISTEN"],
  "syn-sent": [],
  "syn-recv": [],
  "fin-wait-1": [],
  "fin-wait-2": [],
  "last-ack": [],
  closing: [],
};

const OPERATORS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "=": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  ">": (a, b) => a > b,
  "<": (a, b) => a < b,
  ">=": (a, b) => a >= b,
  "<=": (a, b) => a <= b,
};
/** Other spellings of what the grammar knows. */
const SYNONYMS: Readonly<Record<string, string>> = {
  "==": "=",
  eq: "=",
  ne: "!=",
  neq: "!=",
  gt: ">",
  lt: "<",
  ge: ">=",
  geq: ">=",
  le: "<=",
  leq: "<=",
  or: "|",
  "||": "|",
  and: "&",
  "&&": "&",
  not: "!",
};
const SIDES = ["sport", "dport", "src", "dst"];

/** An address, a port or both, as a filter names them; what is left out may be anything. */
interface Place {
  readonly networks: readonly string[] | undefined;
  readonly port: number | undefined;
}

type Token = string | Place | FilterError;

/** Words are told apart by spaces alone: `sport=:22` is one word, and no address. */
function readTokens(words: readonly string[], lookUp: LookUp): Token[] {
  const tokens: Token[] = [];
  let side = "";
  for (const text of words.join(" ").split(/\s+/)) {
    if (text === "") continue;
    const word = SYNONYMS[text] ?? text;
    if (SIDES.includes(word)) side = word;
    const token =
      SIDES.includes(word) || ["|", "&", "!", "(", ")"].includes(word) || Object.hasOwn(OPERATORS, word)
        ? word
        : readPlace(text, /port$/.test(side), lookUp);
    tokens.push(token);
    if (token instanceof FilterError) break;
  }
  return tokens;
}

const unread = (problem: string) => new FilterError(`${problem}\nCannot parse dst/src address.\n`);

/** `:22` and `ssh` for ports; `10.0.0.0/8`, `127.0.0.1:22`, `[::1]:22`, `:22` and `*` for hosts. */
function readPlace(text: string, isPort: boolean, lookUp: LookUp): Place | FilterError {
  const found = /^(\[[^\]]*\]|[^:]*)(?::([^:]*))?$/.exec(text);
  const [host, service] = isPort ? ["*", text.replace(/^:/, "")] : [found?.[1] ?? text, found?.[2] ?? ""];
  let port: number | undefined;
  if (service !== "" && service !== "*") {
    port = /^\d+$/.test(service) ? Number(service) : servicePort(service);
    if (port === undefined) return unread(`Error: "${service}" does not look like a port.`);
  }
  if (host === "" || host === "*") return { networks: undefined, port };
  const bare = host.replace(/^\[|\]$/g, "");
  const networks = isNetwork(bare) ? [bare] : lookUp(bare);
  return networks === undefined
    ? unread(`Error: an inet prefix is expected rather than "${bare}".`)
    : { networks, port };
}

const isNetwork = (text: string) =>
  /^[\da-f:]*:[\da-f:.]*(\/\d+)?$/i.test(text) ||
  (/^\d+(\.\d+){0,3}(\/\d+)?$/.test(text) &&
    text
      .split("/")[0]
      ?.split(".")
      .every((part) => Number(part) < 256) === true);

/** Parses the words of a filter. */
export function parseFilter(words: readonly string[], lookUp: LookUp): SocketTest | FilterError {
  const tokens = readTokens(words, lookUp);
  let at = 0;
  let wrong: FilterError | undefined;
  const fail = (token: Token | undefined): SocketTest => {
    wrong ??= token instanceof FilterError ? token : new FilterError();
    return () => false;
  };
  const or = (): SocketTest => {
    let left = and();
    while (tokens[at] === "|" && wrong === undefined) {
      at += 1;
      const [a, b] = [left, and()];
      left = (socket) => a(socket) || b(socket);
    }
    return left;
  };
  const and = (): SocketTest => {
    let left = not();
    while (at < tokens.length && tokens[at] !== ")" && tokens[at] !== "|" && wrong === undefined) {
      if (tokens[at] === "&") at += 1;
      const [a, b] = [left, not()];
      left = (socket) => a(socket) && b(socket);
    }
    return left;
  };
  const not = (): SocketTest => {
    const word = tokens[at++];
    if (word === "!") {
      const inner = not();
      return (socket) => !inner(socket);
    }
    if (word === "(") {
      const inner = or();
      const end = tokens[at++];
      return end === ")" ? inner : fail(end);
    }
    return typeof word === "string" && SIDES.includes(word) ? place(word) : fail(word);
  };
  const place = (side: string): SocketTest => {
    let next = tokens[at++];
    const compare = typeof next === "string" ? OPERATORS[next] : undefined;
    if (compare !== undefined) next = tokens[at++];
    if (typeof next !== "object" || next instanceof FilterError) return fail(next);
    const { networks, port } = next;
    const own = side === "sport" || side === "src";
    const equal = compare === undefined || compare(0, 0);
    return (socket) => {
      const [address, number] = own ? [socket.local, socket.localPort] : [socket.peer, socket.peerPort];
      if (networks !== undefined && networks.some((network) => inNetwork(address, network)) !== equal) return false;
      return port === undefined || (compare ?? OPERATORS["="])?.(number, port) === true;
    };
  };
  const test = or();
  if (wrong === undefined && at < tokens.length) fail(tokens[at]);
  return wrong ?? test;
}

/** Whether an address lies in `a.b.c.d/n`, whose last parts may be missing; other addresses are compared as text. */
function inNetwork(address: string, network: string): boolean {
  const [base = "", bits] = network.split("/");
  const four = (text: string) =>
    [...text.split("."), 0, 0, 0].slice(0, 4).reduce<number>((sum, part) => sum * 256 + Number(part), 0);
  if (!/^[\d.]+$/.test(address) || !/^[\d.]+$/.test(base)) return address === base;
  const size = 2 ** (32 - Number(bits ?? 32));
  return Math.floor(four(address) / size) === Math.floor(four(base) / size);
}
