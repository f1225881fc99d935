// ip: addresses, links, routes and neighbours.

import type { InterfaceInfo, Sys, Task } from "../../kernel/sys.ts";
import { defineCommand, type Io, versionLine } from "../define.ts";
import { ipv4, network, routesOf, routeTo } from "./route.ts";

const OBJECTS = ["address", "link", "route", "neighbour", "rule", "maddress", "netns", "help"];

function flags(face: InterfaceInfo): string {
  const list = face.name === "lo" ? ["LOOPBACK"] : ["BROADCAST", "MULTICAST"];
  return `<${[...list, ...(face.up ? ["UP", "LOWER_UP"] : [])].join(",")}>`;
}

const state = (face: InterfaceInfo) => (face.up ? (face.name === "lo" ? "UNKNOWN" : "UP") : "DOWN");

function linkText(face: InterfaceInfo, mode: boolean): string {
  const loop = face.name === "lo";
  const queue = loop ? "noqueue" : "fq_codel";
  return (
    `${face.index}: ${face.name}: ${flags(face)} mtu ${face.mtu} qdisc ${queue} state ${state(face)} ${mode ? "mode DEFAULT " : ""}group default qlen 1000\n` +
    `    link/${loop ? "loopback" : "ether"} ${face.mac} brd ${loop ? "00:00:00:00:00:00" : "ff:ff:ff:ff:ff:ff"}\n` +
    (face.altnames ?? []).map((name) => `    altname ${name}\n`).join("")
  );
}

/** The link-local address that the hardware address gives. */
function linkLocal(mac: string): string {
  const bytes = mac.split(":").map((part) => Number.parseInt(part, 16));
  bytes[0] = (bytes[0] ?? 0) ^ 2;
  const all = [...bytes.slice(0, 3), 0xff, 0xfe, ...bytes.slice(3)];
  const groups = [0, 2, 4, 6].map((i) => (((all[i] ?? 0) << 8) | (all[i + 1] ?? 0)).toString(16));
  return `fe80::${groups.join(":")}/64`;
}

function addressesOf(face: InterfaceInfo): readonly string[] {
  const six = face.addresses.filter((address) => address.includes(":"));
  return face.name === "lo" || !face.up || six.some((one) => one.startsWith("fe80"))
    ? [...ipv4(face), ...six]
    : [...ipv4(face), ...six, linkLocal(face.mac)];
}

function addressText(face: InterfaceInfo, family: string): string {
  let text = "";
  for (const address of addressesOf(face)) {
    const six = address.includes(":");
    if ((family === "4" && six) || (family === "6" && !six)) continue;
    const scope =
      face.name === "lo" ? "host" : address.startsWith("fe80") ? "link" : address.startsWith("fec") ? "site" : "global";
    // Addresses of IPv6 besides the link's own come from a router's announcement.
    const notes = { host: "noprefixroute ", link: "proto kernel_ll " } as const;
    const announced = six && (scope === "site" || scope === "global");
    if (six)
      text += `    inet6 ${address} scope ${scope} ${announced ? "dynamic mngtmpaddr noprefixroute " : (notes[scope as "host"] ?? "")}\n`;
    else
      text += `    inet ${address} ${scope === "host" ? "" : `brd ${network(address).broadcast} `}scope ${scope} ${face.name}\n`;
    text += announced
      ? "       valid_lft 86277sec preferred_lft 14277sec\n"
      : "       valid_lft forever preferred_lft forever\n";
  }
  return text;
}

export const ip = defineCommand({
  name: "ip",
  package: "iproute2",
  summary: "Show and manipulate routing, network devices and addresses.",
  usage: ["[ OPTIONS ] OBJECT { COMMAND | help }"],
  usageStatus: 255,
  *run(io, sys) {
    const words = [...io.args];
    let family = "";
    let brief = false;
    while (words[0]?.startsWith("-")) {
      const option = words.shift() ?? "";
      if (option === "-4" || option === "-6") family = option.slice(1);
      else if (/^-br(i(ef?)?)?$/.test(option)) brief = true;
      else if (option === "-V" || option === "-Version") {
        io.print(`ip utility, iproute2-${versionLine(sys, io.command).split(" ").at(-1)}\n`);
        return 0;
      } else if (!/^-(c(o(l(or)?)?)?|color=\w+|o(neline)?|s(tats)?|d(etails)?|h(uman)?)$/.test(option)) {
        io.printError(`Option "${option}" is unknown, try "ip -help".\n`);
        return 255;
      } else if (/^-(o|s|d)/.test(option)) return yield* io.notModelled(option, 255);
    }
    const object = OBJECTS.find((one) => words[0] !== undefined && one.startsWith(words[0]));
    if (words[0] === undefined || object === "help") {
      io.printError(
        "Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n       OBJECT := { address | link | neighbour | route }\n",
      );
      return words[0] === undefined ? 255 : 255;
    }
    if (object === undefined) {
      io.printError(`Object "${words[0]}" is unknown, try "ip help".\n`);
      return 1;
    }
    const rest = words.slice(1);
    if (object === "route") return yield* route(io, sys, rest);
    if (object === "neighbour") return neighbours(io, sys);
    if (object !== "address" && object !== "link") return yield* io.notModelled(`ip ${object}`, 255);
    return yield* devices(io, sys, object, rest, { family, brief });
  },
});

function* devices(
  io: Io,
  sys: Sys,
  object: "address" | "link",
  words: readonly string[],
  settings: { family: string; brief: boolean },
): Task<number> {
  const [verb = "show", ...rest] = words;
  if (!["show", "list", "lst", "ls", "sh", "s", "l"].includes(verb)) {
    if (["set", "add", "del", "delete", "flush", "replace", "change"].includes(verb)) {
      if (sys.info.euid !== 0) {
        io.printError("RTNETLINK answers: Operation not permitted\n");
        return 2;
      }
      return yield* io.notModelled(`ip ${object} ${verb}`, 255);
    }
    io.printError(`Command "${verb}" is unknown, try "ip ${object} help".\n`);
    return 255;
  }
  const names = rest.filter((word) => word !== "dev" && word !== "up");
  const name = names[0];
  const faces = sys
    .interfaces()
    .filter((face) => (name === undefined || face.name === name) && (!rest.includes("up") || face.up));
  if (name !== undefined && faces.length === 0) {
    io.printError(`Device "${name}" does not exist.\n`);
    return 1;
  }
  for (const face of faces) {
    if (settings.brief) {
      const addresses = addressesOf(face).filter(
        (one) => settings.family === "" || one.includes(":") === (settings.family === "6"),
      );
      const tail = object === "link" ? `${face.mac} ${flags(face)} ` : `${addresses.join(" ")} `;
      io.print(`${face.name.padEnd(16)} ${state(face).padEnd(14)} ${tail}\n`);
    } else if (object === "link") io.print(linkText(face, true));
    else {
      const addresses = addressText(face, settings.family);
      if (settings.family !== "" && addresses === "") continue;
      const head = linkText(face, false);
      io.print((settings.family === "" ? head : `${head.split("\n")[0]}\n`) + addresses);
    }
  }
  return 0;
}

function* route(io: Io, sys: Sys, words: readonly string[]): Task<number> {
  const [verb = "show", target] = words;
  if (verb === "get" && target !== undefined) {
    const local = sys.interfaces().some((face) => face.addresses.some((one) => one.split("/")[0] === target));
    const found = routeTo(sys, target);
    if (!/^[\d.]+$/.test(target)) {
      io.printError(`Error: any valid prefix is expected rather than "${target}".\n`);
      return 1;
    }
    if (local || target.startsWith("127."))
      io.print(`local ${target} dev lo src ${target} uid ${sys.info.uid} \n    cache <local> \n`);
    else if (found === undefined) {
      io.printError("RTNETLINK answers: Network is unreachable\n");
      return 2;
    } else
      io.print(
        `${target} ${found.gateway === undefined ? "" : `via ${found.gateway} `}dev ${found.device} src ${found.source} uid ${sys.info.uid} \n    cache \n`,
      );
    return 0;
  }
  if (!["show", "list", "ls", "sh", "s"].includes(verb)) {
    if (["add", "del", "delete", "replace", "flush", "change"].includes(verb)) {
      if (sys.info.euid === 0) return yield* io.notModelled(`ip route ${verb}`, 255);
      io.printError("RTNETLINK answers: Operation not permitted\n");
      return 2;
    }
    io.printError(`Command "${verb}" is unknown, try "ip route help".\n`);
    return 255;
  }
  const only = words.includes("default") ? "default" : undefined;
  for (const one of routesOf(sys)) {
    if (only !== undefined && one.to !== only) continue;
    if (one.gateway !== undefined) io.print(`${one.to} via ${one.gateway} dev ${one.device} proto static \n`);
    else io.print(`${one.to} dev ${one.device} proto kernel scope link src ${one.source} \n`);
  }
  return 0;
}

function neighbours(io: Io, sys: Sys): number {
  for (const one of routesOf(sys))
    if (one.gateway !== undefined) io.print(`${one.gateway} dev ${one.device} lladdr 52:54:00:00:00:01 REACHABLE \n`);
  return 0;
}

export const ifconfig = defineCommand({
  name: "ifconfig",
  package: "net-tools",
  summary: "Configure a network interface.",
  usage: ["[-a] [-v] [-s] <interface> [[<AF>] <address>]"],
  *run(io, sys) {
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
