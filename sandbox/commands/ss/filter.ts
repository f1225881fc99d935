// The filter expression of ss: `sport = :22 and dst 10.0.0.0/8`, `( … or … )`.

import type { SocketInfo } from "../../kernel/sys.ts";
import { servicePort } from "../../lib/services.ts";

export type SocketTest = (socket: SocketInfo) => boolean;

/** State words of `state …`. */
export const STATES: Readonly<Record<string, readonly SocketInfo["state"][]>> = {
  all: ["LISTEN", "ESTAB", "TIME-WAIT", "CLOSE-WAIT", "UNCONN"],
  connected: ["ESTAB", "TIME-WAIT", "CLOSE-WAIT"],
  synchronized: ["ESTAB", "TIME-WAIT", "CLOSE-WAIT"],
  bucket: ["TIME-WAIT"],
  big: ["ESTAB", "CLOSE-WAIT"],
  established: ["ESTAB"],
  "time-wait": ["TIME-WAIT"],
  "close-wait": ["CLOSE-WAIT"],
  closed: ["UNCONN"],
  listening: ["LISTEN", "UNCONN"],
  listen: ["LISTEN", "UNCONN"],
  "syn-sent": [],
  "syn-recv": [],
  "fin-wait-1": [],
  "fin-wait-2": [],
  "last-ack": [],
  closing: [],
};

/** Parses the words; undefined where they are no filter. */
export function parseFilter(words: readonly string[]): SocketTest | undefined {
  const tokens = words
    .join(" ")
    .replace(/[()!]/g, " $& ")
    .replace(/([<>=]=?|!\s*=)/g, " $1 ")
    .replace(/!\s+=/g, "!=")
    .trim()
    .split(/\s+/)
    .filter((word) => word !== "");
  let at = 0;
  let wrong = false;
  const or = (): SocketTest => {
    let left = and();
    while (tokens[at] === "or" || tokens[at] === "|" || tokens[at] === "||") {
      at += 1;
      const [a, b] = [left, and()];
      left = (socket) => a(socket) || b(socket);
    }
    return left;
  };
  const and = (): SocketTest => {
    let left = not();
    while (at < tokens.length && tokens[at] !== ")" && tokens[at] !== "or" && tokens[at] !== "|" && !wrong) {
      if (tokens[at] === "and" || tokens[at] === "&" || tokens[at] === "&&") at += 1;
      const [a, b] = [left, not()];
      left = (socket) => a(socket) && b(socket);
    }
    return left;
  };
  const not = (): SocketTest => {
    const word = tokens[at++];
    if (word === "not" || word === "!") {
      const inner = not();
      return (socket) => !inner(socket);
    }
    if (word === "(") {
      const inner = or();
      if (tokens[at++] !== ")") wrong = true;
      return inner;
    }
    if (word === "sport" || word === "dport") {
      let operator = tokens[at] ?? "";
      if (/^([<>=]=?|!=|eq|ne|gt|lt|ge|le|neq)$/.test(operator)) at += 1;
      else operator = "=";
      const port = servicePort((tokens[at++] ?? "").replace(/^.*:/, ""));
      if (port === undefined) wrong = true;
      return (socket) => compare(word === "sport" ? socket.localPort : socket.peerPort, operator, port ?? 0);
    }
    if (word === "src" || word === "dst") {
      if (tokens[at] === "=" || tokens[at] === "==" || tokens[at] === "eq") at += 1;
      const text = tokens[at++] ?? "";
      const found = /^\[?([^\]]*?)\]?(?::([\w*]+))?$/.exec(
        text.includes(":") && text.split(":").length > 2 && !text.startsWith("[") ? `[${text}]` : text,
      );
      const port = found?.[2] === undefined || found[2] === "*" ? undefined : servicePort(found[2]);
      const address = found?.[1] === "*" || found?.[1] === "" ? undefined : found?.[1];
      return (socket) => {
        const [own, ownPort] = word === "src" ? [socket.local, socket.localPort] : [socket.peer, socket.peerPort];
        return (address === undefined || inNetwork(own, address)) && (port === undefined || port === ownPort);
      };
    }
    wrong = true;
    return () => false;
  };
  const test = or();
  return wrong || at < tokens.length ? undefined : test;
}

function compare(value: number, operator: string, other: number): boolean {
  switch (operator) {
    case "!=":
    case "ne":
    case "neq":
      return value !== other;
    case ">":
    case "gt":
      return value > other;
    case "<":
    case "lt":
      return value < other;
    case ">=":
    case "ge":
      return value >= other;
    case "<=":
    case "le":
      return value <= other;
    default:
      return value === other;
  }
}

/** Whether an IPv4 address lies in `a.b.c.d/n`; other addresses are compared as text. */
export function inNetwork(address: string, network: string): boolean {
  const [base = "", bits] = network.split("/");
  const number = (text: string) => text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  if (bits === undefined || !/^[\d.]+$/.test(address) || !/^[\d.]+$/.test(base)) return address === base;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(number(address) / size) === Math.floor(number(base) / size);
}
