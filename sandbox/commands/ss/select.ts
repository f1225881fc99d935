// Which sockets ss shows before its filter: the tables and states that its options and `state …` name.

import type { SocketInfo } from "../../kernel/sys.ts";
import type { Io } from "../define.ts";
import { STATES } from "./filter.ts";

const UNIX = ["unix_dgram", "unix_stream", "unix_seqpacket"];
const PACKET = ["packet_raw", "packet_dgram"];
const VSOCK = ["vsock_stream", "vsock_dgram"];
const INET = ["udp", "tcp", "sctp", "dccp", "raw", "mptcp"];
/** The socket tables that a word of -A or -f stands for; a word that is none stands for itself. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  unix: UNIX,
  u_str: ["unix_stream"],
  u_dgr: ["unix_dgram"],
  u_seq: ["unix_seqpacket"],
  packet: PACKET,
  p_raw: ["packet_raw"],
  p_dgr: ["packet_dgram"],
  link: PACKET,
  vsock: VSOCK,
  inet: INET,
  inet6: INET,
  all: [...INET, ...UNIX, ...PACKET, ...VSOCK, "netlink", "tipc", "xdp"],
};
const FAMILIES = ["inet", "inet6", "link", "unix", "netlink", "vsock", "tipc", "xdp"];
/** Options that are a table each. */
const TABLE_OPTIONS: Readonly<Record<string, string>> = {
  t: "tcp",
  u: "udp",
  x: "unix",
  w: "raw",
  S: "sctp",
  d: "dccp",
  M: "mptcp",
  "0": "packet",
  tipc: "tipc",
  vsock: "vsock",
  xdp: "xdp",
};

/** The socket tables asked for; a string is a word that names none. */
export function readTables(io: Io): Set<string> | string {
  const tables = new Set<string>();
  const add = (word: string) => {
    for (const table of TABLES[word] ?? [word]) tables.add(table);
  };
  for (const [key, value = ""] of io.options) {
    const table = TABLE_OPTIONS[key];
    if (table !== undefined) add(table);
    if (key === "f" && !FAMILIES.includes(value)) return `"${value}" is invalid family`;
    if (key === "A")
      for (const word of value.split(",")) {
        if (TABLES[word] === undefined && TABLES.all?.includes(word) !== true)
          return `"${word}" is illegal socket table id`;
        add(word);
      }
  }
  if (tables.size > 0) return tables;
  const family = io.value("f") ?? (io.has("4") || io.has("6") ? "inet" : "all");
  add(family);
  return tables;
}

/** Tables whose sockets are shown without -a and -l only while they have a peer, and those that have no peers. */
const PEERED = ["udp", "raw"];
const LONE = [...PACKET, "netlink", "xdp"];

/** The states asked for; takes `state …` and `exclude …` off the words. */
export function readStates(
  io: Io,
  words: string[],
  tables: ReadonlySet<string>,
): SocketInfo["state"][] | { text: string; status: number } {
  let states: readonly SocketInfo["state"][] | undefined;
  while (words[0] === "state" || words[0] === "exclude" || words[0] === "excl") {
    const [verb, word] = words.splice(0, 2);
    if (word === undefined) return { text: 'Command line is not complete. Try option "help"\n', status: 255 };
    const named = STATES[word.toLowerCase()];
    if (named === undefined) return { text: `ss: wrong state name: ${word}\n`, status: 255 };
    states =
      verb === "state"
        ? [...(states ?? []), ...named]
        : (states ?? STATES.all ?? []).filter((state) => !named.includes(state));
  }
  if (states !== undefined) return [...states];
  if (io.has("a")) return [...(STATES.all ?? [])];
  if (io.has("l")) return ["LISTEN", "UNCONN"];
  const kinds = [...tables];
  if (kinds.every((kind) => PEERED.includes(kind))) return ["ESTAB"];
  return kinds.every((kind) => LONE.includes(kind)) ? ["UNCONN"] : [...(STATES.connected ?? [])];
}
