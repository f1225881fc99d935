// ip route: the tables main and local as the addresses imply them, the way to an address, and what a change is refused for.

import { type ErrnoCode, errno } from "../../kernel/errno.ts";
import type { RouteInfo, Sys } from "../../kernel/sys.ts";
import { addressesOf } from "./device.ts";
import { Failure, garbage, incomplete, isPrefix, noDevice, noPrefix, refused, wrongArgument } from "./failure.ts";
import { jsonText } from "./json.ts";
import { ipv4, network, routesOf, routeTo } from "./route.ts";
import type { Settings } from "./settings.ts";

/** A line of a table, its words in the order in which they are printed. */
interface Line {
  readonly type?: string;
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly protocol?: string;
  readonly scope?: string;
  readonly prefsrc?: string;
  readonly metric?: number;
}

const number = (address: string) => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

function mainTable(sys: Sys): Line[] {
  return routesOf(sys).map(({ type, to, gateway, device, protocol, scope, source, metric }) => ({
    ...(type === undefined ? {} : { type }),
    dst: to.replace(/\/32$/, ""),
    ...(gateway === undefined ? {} : { gateway }),
    ...(device === "" ? {} : { dev: device }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(scope === undefined ? {} : { scope }),
    ...(source === undefined || gateway !== undefined ? {} : { prefsrc: source }),
    ...(metric === undefined ? {} : { metric }),
  }));
}

/** Own addresses, and broadcast addresses of their networks. */
function localTable(sys: Sys): Line[] {
  const lines: Line[] = [];
  for (const face of sys.interfaces().filter((one) => one.up)) {
    for (const address of ipv4(face)) {
      const [source = "", bits] = address.split("/");
      const { base, broadcast } = network(address);
      const own = { dev: face.name, protocol: "kernel", scope: "host", prefsrc: source };
      if (face.name === "lo" && bits !== "32") lines.push({ type: "local", dst: `${base}/${bits}`, ...own });
      lines.push({ type: "local", dst: source, ...own });
      if (bits !== "32") lines.push({ ...own, type: "broadcast", dst: broadcast, scope: "link" });
    }
  }
  const place = (line: Line) => number(line.dst.replace(/\/.*/, ""));
  return lines.sort((a, b) => place(a) - place(b));
}

const word = (name: string, value: string | number | undefined) => (value === undefined ? "" : `${name}${value} `);
const lineText = (line: Line, table: string) =>
  `${word("", line.type)}${line.dst} ${word("via ", line.gateway)}${word("dev ", line.dev)}${table}${word("proto ", line.protocol)}${word("scope ", line.scope)}${word("src ", line.prefsrc)}${word("metric ", line.metric)}\n`;

const TABLES = ["main", "254", "local", "255", "default", "253", "all", "unspec", "0"];

/** `ip route show`. */
export function showRoutes(sys: Sys, words: readonly string[], settings: Settings): string | Failure {
  const tests: ((line: Line) => boolean)[] = [];
  let table = "main";
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    const takes = ["dev", "via", "proto", "protocol", "table", "scope", "type", "src", "to", "match", "root", "exact"];
    const value = takes.includes(word) ? words[++i] : word;
    if (value === undefined) return incomplete();
    if (word === "dev") {
      if (!sys.interfaces().some((face) => face.name === value)) return noDevice(value);
      tests.push((line) => line.dev === value);
    } else if (word === "via") tests.push((line) => line.gateway === value);
    else if (word.startsWith("proto")) tests.push((line) => line.protocol === value);
    else if (word === "scope") tests.push((line) => (line.scope ?? "global") === value);
    else if (word === "type") tests.push((line) => (line.type ?? "unicast") === value);
    else if (word === "src") tests.push((line) => line.prefsrc === value);
    else if (word === "table") {
      if (/^\d+$/.test(value) && !TABLES.includes(value))
        return new Failure("Error: ipv4: FIB table does not exist.\nDump terminated", 2);
      if (!TABLES.includes(value)) return wrongArgument(value, "table id value is invalid");
      table = value;
    } else {
      if (!isPrefix(value)) return noPrefix(value);
      if (word === "match") tests.push((line) => line.dst === "default" || covers(line.dst, value));
      else if (word === "root") tests.push((line) => line.dst !== "default" && covers(value, line.dst));
      else tests.push((line) => line.dst === value);
    }
  }
  if (settings.family === "6") return showSix(sys, settings);
  const all = /^(all|unspec|0)$/.test(table);
  const chosen = (name: string, code: string, lines: (from: Sys) => Line[]) =>
    (all || table === name || table === code ? lines(sys) : []).filter((line) => tests.every((test) => test(line)));
  const [main, local] = [chosen("main", "254", mainTable), chosen("local", "255", localTable)];
  if (settings.json)
    return jsonText(
      [...main, ...local].map((line) => ({ ...line, flags: [] })),
      settings.pretty,
    );
  return (
    main.map((line) => lineText(line, "")).join("") +
    local.map((line) => lineText(line, all ? "table local " : "")).join("")
  );
}

/** Whether a network holds another's first address. */
function covers(outer: string, inner: string): boolean {
  const [, bits = "32"] = outer.split("/");
  return network(outer).base === network(`${inner.replace(/\/.*/, "")}/${bits}`).base;
}

/** Networks of IPv6: each link's own. */
function showSix(sys: Sys, settings: Settings): string {
  const faces = sys
    .interfaces()
    .filter((face) => face.name !== "lo" && addressesOf(face).some((one) => one.startsWith("fe80")));
  if (settings.json)
    return jsonText(
      faces.map((face) => ({
        dst: "fe80::/64",
        dev: face.name,
        protocol: "kernel",
        metric: 256,
        flags: [],
        pref: "medium",
      })),
      settings.pretty,
    );
  return faces.map((face) => `fe80::/64 dev ${face.name} proto kernel metric 256 pref medium\n`).join("");
}

/** `ip route get ADDRESS`. */
export function getRoute(sys: Sys, words: readonly string[], settings: Settings): string | Failure {
  const target = words[0] === "to" ? words[1] : words[0];
  if (target === undefined) return new Failure("need at least a destination address", 1);
  if (!isPrefix(target)) return noPrefix(target);
  const { uid } = sys.info;
  if (target === "::1") return `local ::1 from :: dev lo table local proto kernel src ::1 metric 0 pref medium\n`;
  const local =
    target.startsWith("127.") ||
    sys.interfaces().some((face) => face.addresses.some((one) => one.split("/")[0] === target));
  const found = routeTo(sys, target);
  if (!local && found === undefined) return refused("Network is unreachable");
  if (found?.refusal !== undefined && !local) return refused(errno(found.refusal).text);
  const way = local || found === undefined ? { gateway: undefined, device: "lo", source: target } : found;
  if (settings.json)
    return jsonText(
      [
        {
          ...(local ? { type: "local" } : {}),
          dst: target,
          ...(way.gateway === undefined ? {} : { gateway: way.gateway }),
          dev: way.device,
          prefsrc: sourceFor(sys, way),
          flags: [],
          uid,
          cache: local ? ["local"] : [],
        },
      ],
      settings.pretty,
    );
  const via = way.gateway === undefined ? "" : `via ${way.gateway} `;
  return `${local ? "local " : ""}${target} ${via}dev ${way.device} src ${sourceFor(sys, way)} uid ${uid} ${settings.oneline ? "\\" : "\n"}    cache ${local ? "<local> " : ""}\n`;
}

/** The address that packets of a route leave from. */
const sourceFor = (sys: Sys, { source, device }: Pick<RouteInfo, "source" | "device">): string =>
  source ?? ipv4(sys.interfaces().find((face) => face.name === device) ?? NO_FACE)[0]?.replace(/\/.*/, "") ?? "0.0.0.0";
const NO_FACE = { index: 0, name: "", mac: "", mtu: 0, up: false, addresses: [] };

export const ROUTE_CHANGES = ["add", "append", "change", "chg", "replace", "prepend", "del", "delete", "flush"];
const VALUES = ["via", "dev", "src", "proto", "scope", "metric", "table", "mtu", "advmss", "preference", "nexthop"];
/** Kinds of routes that lead nowhere, and what a sender is told. */
export const REFUSING = new Map<string | undefined, ErrnoCode>([
  ["blackhole", "EINVAL"],
  ["unreachable", "EHOSTUNREACH"],
  ["prohibit", "EACCES"],
  ["throw", "ENETUNREACH"],
]);
const TYPES = ["unicast", "local", "broadcast", "blackhole", "unreachable", "prohibit", "throw"];

/** What a change of a route is refused for; undefined where nothing speaks against it. */
export function refuseRoute(sys: Sys, verb: string, words: readonly string[]): Failure | undefined {
  if (verb === "flush") return words.length === 0 ? new Failure('"ip route flush" requires arguments.', 1) : undefined;
  let [to, gateway, device]: (string | undefined)[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (TYPES.includes(word) && to === undefined) continue;
    if (VALUES.includes(word)) {
      const value = words[++i];
      if (value === undefined) return incomplete();
      if (word === "via") {
        if (!isPrefix(value) || value.includes("/"))
          return new Failure(`Error: inet address is expected rather than "${value}".`, 1);
        gateway = value;
      } else if (word === "dev") device = value;
      continue;
    }
    const target = word === "to" ? (words[++i] ?? "") : word;
    if (to !== undefined) return garbage("to", target);
    if (!isPrefix(target)) return noPrefix(target);
    to = target;
  }
  if (device !== undefined && !sys.interfaces().some((face) => face.name === device)) return noDevice(device);
  if (sys.info.euid !== 0) return refused("Operation not permitted");
  const there = mainTable(sys).some((line) => line.dst === to?.replace(/\/32$/, ""));
  if (verb.startsWith("del")) return there ? undefined : refused("No such process");
  if (to?.includes("/") === true && !to.includes(":") && network(to).base !== to.split("/")[0])
    return new Failure("Error: Invalid prefix for given prefix length.", 2);
  if (gateway !== undefined && !routesOf(sys).some((one) => one.gateway === undefined && covers(one.to, gateway ?? "")))
    return new Failure("Error: Nexthop has invalid gateway.", 2);
  if (gateway === undefined && device === undefined && !words.some((word) => REFUSING.has(word)))
    return refused("No such device");
  if (there && verb === "add") return refused("File exists");
  return !there && verb.startsWith("ch") ? refused("No such file or directory") : undefined;
}
