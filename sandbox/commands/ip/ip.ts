// ip: addresses, links, routes, neighbours and rules.

import type { InterfaceInfo, Sys, Task } from "../../kernel/sys.ts";
import { defineCommand, type Io, versionLine } from "../define.ts";
import { type Changed, changeAddress, changeLink, changeRoute } from "./change.ts";
import { addressesOf, interfaceTable } from "./device.ts";
import { CHANGES, refuseChange, showDevices } from "./devices.ts";
import { Failure, incomplete, noDevice, refused, unknownCommand } from "./failure.ts";
import { IP_HELP } from "./help.ts";
import { jsonText } from "./json.ts";
import { network, routesOf } from "./route.ts";
import { getRoute, ROUTE_CHANGES, refuseRoute, showRoutes } from "./routes.ts";
import { readSettings, type Settings } from "./settings.ts";

/** Objects in the order in which the first that begins with a word is the one meant. */
const OBJECTS = [
  "address",
  "addrlabel",
  "maddress",
  "route",
  "rule",
  "neighbor",
  "neighbour",
  "ntable",
  "ntbl",
  "link",
  "l2tp",
  "fou",
  "ila",
  "macsec",
  "tunnel",
  "tunl",
  "tuntap",
  "tap",
  "token",
  "tcpmetrics",
  "tcp_metrics",
  "monitor",
  "xfrm",
  "mroute",
  "mrule",
  "netns",
  "netconf",
  "vrf",
  "sr",
  "nexthop",
  "mptcp",
  "ioam",
  "help",
  "stats",
];
/** Objects of which a machine here has none: listing them prints nothing. */
const EMPTY = ["tunnel", "tunl", "tuntap", "tap", "xfrm", "mroute", "nexthop", "tcpmetrics", "tcp_metrics", "netns"];
const SHOW = ["show", "list", "lst", "ls"];
const shows = (verb: string) => SHOW.some((one) => one.startsWith(verb));

export const ip = defineCommand({
  name: "ip",
  package: "iproute2",
  summary: "Show and manipulate routing, network devices and addresses.",
  usage: ["[ OPTIONS ] OBJECT { COMMAND | help }"],
  usageStatus: 255,
  *run(io, sys) {
    const words = [...io.args];
    const settings = readSettings(words);
    const answer = settings instanceof Failure ? settings : yield* answerTo(io, sys, words, settings);
    if (typeof answer === "string") {
      io.print(answer);
      return 0;
    }
    io.printError(`${answer.text}\n`);
    return answer.status;
  },
});

function* answerTo(io: Io, sys: Sys, words: readonly string[], settings: Settings): Task<string | Failure> {
  if (settings.alone === "version")
    return `ip utility, iproute2-${versionLine(sys, io.command).split(" ").at(-1)}, libbpf 1.5.0\n`;
  const [word, verb = "show", ...rest] = words;
  const object = OBJECTS.find((one) => word?.startsWith !== undefined && one.startsWith(word));
  if (word === undefined || object === "help" || settings.alone === "help") return new Failure(IP_HELP.trimEnd(), 255);
  if (object === undefined) return new Failure(`Object "${word}" is unknown, try "ip help".`, 1);
  switch (object) {
    case "address":
    case "link": {
      if (shows(verb)) return showDevices(sys, object, rest, settings);
      const change = CHANGES[object].find((one) => one.startsWith(verb));
      if (change !== undefined) {
        const refusal = refuseChange(sys, object, change, rest);
        if (refusal !== undefined) return refusal;
        return yield* done(
          io,
          object === "link" ? changeLink(sys, change, rest) : changeAddress(sys, change, rest, settings.family),
        );
      }
      break;
    }
    case "route": {
      if (shows(verb)) return showRoutes(sys, rest, settings);
      if (verb === "get") return getRoute(sys, rest, settings);
      const change = ROUTE_CHANGES.find((one) => one.startsWith(verb));
      if (change !== undefined)
        return refuseRoute(sys, change, rest) ?? (yield* done(io, changeRoute(sys, change, rest)));
      break;
    }
    case "neighbor":
    case "neighbour":
      if (shows(verb)) return neighbours(sys, rest, settings);
      if (verb === "flush") {
        if (rest.length === 0) return new Failure("Flush requires arguments.", 1);
        // What is flushed comes back with the next packet.
        const known = neighbours(sys, [], settings) !== "";
        return known && sys.info.euid !== 0 ? refused("Operation not permitted") : "";
      }
      if (verb === "get" && rest.length === 0) return new Failure("Device and address are required arguments.", 1);
      break;
    case "rule":
      if (shows(verb)) return rules(settings);
      if (verb === "add" && rest.length === 0) return new Failure('"ip rule add" requires arguments.', 1);
      break;
    case "netns": {
      const problem = namespaces(verb, rest);
      if (problem !== undefined) return problem;
      break;
    }
    default:
      break;
  }
  if (EMPTY.includes(object) && shows(verb)) return "";
  const shown = object === "neighbor" || object === "neighbour" ? "neigh" : object;
  const known = ["add", "del", "delete", "change", "replace", "flush", "get", "save", "restore", "help", "exec"];
  if (known.includes(verb) || !["address", "link", "route", "neigh", "rule", "netns"].includes(shown))
    return yield* io.notModelled(`ip ${object}${verb === "show" ? "" : ` ${verb}`}`, 255);
  return unknownCommand(shown, verb);
}

/** The end of a change: nothing to say, a refusal, or an option that is not modelled. */
function* done(io: Io, changed: Changed): Task<string | Failure> {
  if (changed === undefined) return "";
  return changed instanceof Failure ? changed : yield* io.notModelled(changed.option, 255);
}

function neighbours(sys: Sys, words: readonly string[], settings: Settings): string | Failure {
  const device = words[0] === "dev" ? words[1] : undefined;
  if (words[0] === "dev" && device === undefined) return incomplete();
  if (device !== undefined && !sys.interfaces().some((face) => face.name === device)) return noDevice(device);
  const known = routesOf(sys).flatMap((one) =>
    one.gateway === undefined || settings.family === "6" || (device !== undefined && device !== one.device)
      ? []
      : [{ dst: one.gateway, dev: one.device, lladdr: "52:54:00:00:00:01", state: ["REACHABLE"] }],
  );
  if (settings.json) return jsonText(known, settings.pretty);
  return known
    .map((one) => `${one.dst} ${device === undefined ? `dev ${one.dev} ` : ""}lladdr ${one.lladdr} ${one.state} \n`)
    .join("");
}

/** The rules that every machine begins with. */
function rules(settings: Settings): string {
  const list = [
    { priority: 0, src: "all", table: "local" },
    { priority: 32_766, src: "all", table: "main" },
    { priority: 32_767, src: "all", table: "default" },
  ].slice(0, settings.family === "6" ? 2 : 3);
  if (settings.json) return jsonText(list, settings.pretty);
  return list.map((one) => `${one.priority}:\tfrom ${one.src} lookup ${one.table}\n`).join("");
}

/** There are no named network namespaces. */
function namespaces(verb: string, [name]: readonly string[]): Failure | undefined {
  if (["exec", "add", "delete", "del", "pids"].includes(verb) && name === undefined)
    return new Failure("No netns name specified", 1);
  if (verb.startsWith("del"))
    return new Failure(`Cannot remove namespace file "/run/netns/${name}": No such file or directory`, 1);
  if (verb === "exec") return new Failure(`Cannot open network namespace "${name}": No such file or directory`, 255);
  return undefined;
}

export const ifconfig = defineCommand({
  name: "ifconfig",
  package: "net-tools",
  versionText: "net-tools %",
  summary: "Configure a network interface.",
  usage: ["[-a] [-v] [-s] <interface> [[<AF>] <address>]"],
  *run(io, sys) {
    const wrong = io.args.find((word) => word.startsWith("-") && !["-a", "-s", "-v", "-V"].includes(word));
    if (wrong !== undefined) {
      io.printError(`ifconfig: option \`${wrong}' not recognised.\nifconfig: \`--help' gives usage information.\n`);
      return 1;
    }
    if (io.args.includes("-V")) {
      io.print(`${versionLine(sys, io.command)}\n`);
      return 0;
    }
    if (io.args.includes("-s")) {
      io.print(interfaceTable(sys, 10));
      return 0;
    }
    const words = io.args.filter((word) => !word.startsWith("-"));
    const name = words[0];
    if (words.length > 1)
      return sys.info.euid === 0
        ? yield* io.notModelled("setting interfaces", 1)
        : yield* io.die(255, "SIOCSIFFLAGS: Operation not permitted");
    const faces = sys
      .interfaces()
      .filter((face) => (name === undefined ? face.up || io.args.includes("-a") : face.name === name));
    if (name !== undefined && faces.length === 0) {
      io.printError(`${name}: error fetching interface information: Device not found\n`);
      return 1;
    }
    for (const face of [...faces].sort((a, b) => Number(a.name === "lo") - Number(b.name === "lo")))
      io.print(`${classicText(face)}\n`);
    return 0;
  },
});

function classicText(face: InterfaceInfo): string {
  const loop = face.name === "lo";
  const words = [
    ...(face.up ? ["UP"] : []),
    ...(loop ? ["LOOPBACK"] : ["BROADCAST"]),
    ...(face.up ? ["RUNNING"] : []),
    ...(loop ? [] : ["MULTICAST"]),
  ];
  const number = (face.up ? 65 : 0) + (loop ? 8 : 4098);
  let text = `${face.name}: flags=${number}<${words.join(",")}>  mtu ${face.mtu}\n`;
  const rank = (address: string) => (!address.includes(":") ? 0 : address.startsWith("fe80") ? 1 : 2);
  for (const address of [...addressesOf(face)].sort((a, b) => rank(a) - rank(b))) {
    const [host = "", bits = ""] = address.split("/");
    if (!host.includes(":"))
      text += `        inet ${host}  netmask ${network(address).mask}${loop ? "" : `  broadcast ${network(address).broadcast}`}\n`;
    else
      text += `        inet6 ${host}  prefixlen ${bits}  scopeid ${loop ? "0x10<host>" : host.startsWith("fe80") ? "0x20<link>" : host.startsWith("fec") ? "0x40<site>" : "0x0<global>"}\n`;
  }
  text += loop
    ? "        loop  txqueuelen 1000  (Local Loopback)\n"
    : `        ether ${face.mac}  txqueuelen 1000  (Ethernet)\n`;
  for (const way of ["RX", "TX"]) {
    text += `        ${way} packets 0  bytes 0 (0.0 B)\n        ${way} errors 0  dropped 0 ${way === "RX" ? " overruns 0  frame 0" : "overruns 0  carrier 0  collisions 0"}\n`;
  }
  return text;
}
