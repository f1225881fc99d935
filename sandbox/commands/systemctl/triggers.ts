// Units that start others: list-timers, list-sockets, list-paths, list-automounts, and what `status` and `show` tell of them.

import type { Task } from "../../kernel/sys.ts";
import type { Properties } from "../../systemd/protocol.ts";
import { formatRelative, formatTimestamp } from "../../systemd/time.ts";
import { mangleUnitName, matchesPattern, parseUnitName } from "../../systemd/unit-name.ts";
import type { Context } from "./context.ts";
import { type Cell, printList } from "./table.ts";

type Kind = "timer" | "socket" | "path" | "automount";

const SOCKET_TYPES: Readonly<Record<string, string>> = {
  ListenStream: "Stream",
  ListenDatagram: "Datagram",
  ListenSequentialPacket: "SequentialPacket",
  ListenFIFO: "FIFO",
  ListenNetlink: "Netlink",
};

/** Values of a setting of the unit, by `Section.Key`. */
export function settingValues(p: Properties, key: string): string[] {
  return ((p.Settings as readonly string[] | undefined) ?? [])
    .filter((line) => line.startsWith(`${key}=`))
    .map((line) => line.slice(key.length + 1));
}

/** An address as PID 1 writes it: a bare port is one of all IPv6 addresses. */
function address(text: string): string {
  return /^\d+$/.test(text) ? `[::]:${text}` : text;
}

/** What a socket unit listens on, with the type of each. */
export function listening(p: Properties): [address: string, type: string][] {
  return Object.entries(SOCKET_TYPES).flatMap(([key, type]) =>
    settingValues(p, `Socket.${key}`).map((text): [string, string] => [address(text), type]),
  );
}

/** What a path unit looks at, with the condition of each. */
export function watched(p: Properties): [path: string, condition: string][] {
  return ["PathExists", "PathExistsGlob", "PathChanged", "PathModified", "DirectoryNotEmpty"].flatMap((key) =>
    settingValues(p, `Path.${key}`).map((text): [string, string] => [text, key]),
  );
}

/** The unit that a timer, socket or path starts; undefined for sockets that start one instance for each connection. */
export function triggered(p: Properties): string | undefined {
  const { base, type } = parseUnitName(String(p.Id));
  if (!["timer", "socket", "path"].includes(type) || settingValues(p, "Socket.Accept").at(-1) === "yes")
    return undefined;
  const key = type === "socket" ? "Socket.Service" : type === "timer" ? "Timer.Unit" : "Path.Unit";
  return settingValues(p, key).at(-1) ?? `${base}.service`;
}

const HEADERS: Readonly<Record<Kind, readonly string[]>> = {
  timer: ["NEXT", "LEFT", "LAST", "PASSED", "UNIT", "ACTIVATES"],
  socket: ["LISTEN", "UNIT", "ACTIVATES"],
  path: ["PATH", "CONDITION", "UNIT", "ACTIVATES"],
  automount: ["WHAT", "WHERE", "MOUNTED", "IDLE TIMEOUT", "UNIT"],
};

const NONE: Cell = { text: "-", json: null };

function timerRow(p: Properties, now: number, target: string): Cell[] {
  const next = Number(p.TimerNext ?? 0);
  const last = Number(p.TimerLast ?? 0);
  const left = next > 0 ? formatRelative(next, now).replace(/ left$/, "") : "-";
  return [
    next > 0 ? { text: formatTimestamp(next), json: next * 1000 } : NONE,
    { text: left, right: true, json: next * 1000 },
    last > 0 ? { text: formatTimestamp(last), json: last * 1000 } : NONE,
    { text: last > 0 ? formatRelative(last, now) : "-", right: true, json: 0 },
    { text: String(p.Id) },
    { text: target },
  ];
}

function rowsOf(context: Context, kind: Kind, p: Properties, target: string): Cell[][] {
  const id = { text: String(p.Id) };
  switch (kind) {
    case "timer":
      return [timerRow(p, context.sys.now(), target)];
    case "socket":
      return listening(p).map(([text, type]) => [
        { text },
        ...(context.options.has("show-types") ? [{ text: type }] : []),
        id,
        { text: target },
      ]);
    case "path":
      return watched(p).map(([text, condition]) => [{ text }, { text: condition }, id, { text: target }]);
    default:
      return [["-", settingValues(p, "Automount.Where")[0] ?? "-", "no", "-", id.text].map((text) => ({ text }))];
  }
}

/** The verb for one kind. */
export function* listTriggers(context: Context, kind: Kind): Task<number> {
  const { bus, options, out } = context;
  const reply = yield* bus.call({ call: "list-units", all: true });
  const patterns = context.args.map((word) => mangleUnitName(word, `.${kind}`).name);
  const units = ("units" in reply ? reply.units : []).filter(
    ({ id, active }) =>
      parseUnitName(id).type === kind &&
      (active !== "inactive" || options.has("all")) &&
      (patterns.length === 0 || patterns.some((pattern) => matchesPattern(id, pattern))),
  );
  const rows: { order: number; row: Cell[] }[] = [];
  for (const { id } of units.sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const p = yield* bus.show(id);
    const target = triggered(p);
    const known = target !== undefined && (yield* bus.show(target)).LoadState === "loaded";
    const order = kind === "timer" ? Number(p.TimerNext ?? 0) || Number.POSITIVE_INFINITY : 0;
    for (const row of rowsOf(context, kind, p, known ? target : "-")) rows.push({ order, row });
  }
  const isPath = (row: { row: Cell[] }) => Number(text(row).startsWith("/"));
  const text = ({ row }: { row: Cell[] }) => row[0]?.text ?? "";
  rows.sort((a, b) =>
    kind === "timer"
      ? a.order > b.order
        ? 1
        : a.order < b.order
          ? -1
          : 0
      : isPath(a) - isPath(b) || (text(a) < text(b) ? -1 : 1),
  );
  const header = [...HEADERS[kind]];
  if (kind === "socket" && options.has("show-types")) header.splice(1, 0, "TYPE");
  if (!options.has("no-pager")) yield* out.openPager();
  printList(context, { header, rows: rows.map(({ row }) => row) }, kind, true);
  return 0;
}
