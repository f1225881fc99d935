// ip address and ip link: showing interfaces as text, in brief, on one line or as JSON, and reading what should be set.

import type { InterfaceInfo, Sys } from "../../kernel/sys.ts";
import { type Address, addressesOf, countersOf, describeAddress, flagsOf, queueOf, stateOf } from "./device.ts";
import {
  Failure,
  garbage,
  incomplete,
  isPrefix,
  noDevice,
  noPrefix,
  refused,
  required,
  wrongArgument,
} from "./failure.ts";
import { type Json, jsonText } from "./json.ts";
import { network } from "./route.ts";
import type { Settings } from "./settings.ts";

type Kind = "address" | "link";

/** What the words after `show` ask for. */
interface Wanted {
  name?: string;
  up: boolean;
  scope?: string;
  to?: string;
  none: boolean;
}

const SCOPES = ["global", "site", "link", "host", "nowhere"];
const FLAGS = ["permanent", "dynamic", "primary", "secondary", "tentative", "deprecated", "temporary", "noprefixroute"];

function readWanted(sys: Sys, kind: Kind, words: readonly string[]): Wanted | Failure {
  const wanted: Wanted = { up: false, none: false };
  for (let i = 0; i < words.length; i++) {
    let word = words[i] ?? "";
    if (word === "up") wanted.up = true;
    else if (kind === "address" && FLAGS.includes(word)) wanted.none ||= /^(dynamic|secondary|te|dep)/.test(word);
    else if (["scope", "to", "type", "master", "group", "label", "vrf"].includes(word)) {
      const value = words[++i];
      if (value === undefined) return incomplete();
      if (word === "scope") {
        if (!SCOPES.includes(value)) return wrongArgument(value, 'invalid "scope"');
        wanted.scope = value;
      } else if (word === "to") {
        if (!isPrefix(value)) return noPrefix(value);
        wanted.to = value;
      } else if (word === "group") {
        if (value !== "default" && !/^\d+$/.test(value)) return wrongArgument(value, 'Invalid "group" value');
        wanted.none ||= value !== "default" && value !== "0";
      } else if (word === "master" || word === "vrf") {
        if (!sys.interfaces().some((face) => face.name === value)) return wrongArgument(value, "Device does not exist");
        wanted.none = true;
      } else if (word === "type") wanted.none = true;
    } else {
      if (word === "dev") {
        const next = words[++i];
        if (next === undefined) return incomplete();
        word = next;
      }
      if (wanted.name !== undefined) return garbage("dev", word);
      wanted.name = word;
    }
  }
  return wanted;
}

/** `ip address|link show`. */
export function showDevices(sys: Sys, kind: Kind, words: readonly string[], settings: Settings): string | Failure {
  const wanted = readWanted(sys, kind, words);
  if (wanted instanceof Failure) return wanted;
  const { name } = wanted;
  const faces = sys
    .interfaces()
    .filter((face) => (name === undefined || face.name === name) && (!wanted.up || face.up) && !wanted.none);
  if (name !== undefined && !sys.interfaces().some((face) => face.name === name))
    return new Failure(`Device "${name}" does not exist.`, 1);
  const shown = faces.map((face) => ({ face, addresses: addressesWanted(face, wanted, settings) }));
  const narrowed =
    kind === "address" && (settings.family !== "" || wanted.to !== undefined || wanted.scope !== undefined);
  const kept = narrowed ? shown.filter(({ addresses }) => addresses.length > 0) : shown;
  // Asked for one family, the kernel tells of the link no more than that family needs; of one device it tells all.
  const poor = settings.family === "6" && name === undefined;
  if (settings.json)
    return jsonText(
      kept.map(({ face, addresses }) => jsonOf(face, kind, addresses, settings)),
      settings.pretty,
    );
  if (settings.brief)
    return kept
      .map(({ face, addresses }) => {
        const tail = kind === "link" ? `${face.mac} <${flagsOf(face)}>` : addresses.map((one) => one.text).join(" ");
        return `${face.name.padEnd(16)} ${stateOf(face).padEnd(14)} ${tail} \n`;
      })
      .join("");
  if (settings.oneline && kind === "address")
    return kept
      .flatMap(({ face, addresses }) =>
        addresses.map((one) => `${face.index}: ${face.name}${oneLine(addressText(one))}`),
      )
      .join("");
  return kept
    .map(({ face, addresses }) => {
      const bare = settings.family !== "" || wanted.to !== undefined;
      const [head = "", ...rest] = linkText(face, kind === "link", settings, poor).split("\n");
      const text =
        kind === "link"
          ? `${head}\n${rest.join("\n")}`
          : `${head}\n${bare ? "" : rest.join("\n")}${addresses.map((one) => addressText(one)).join("")}`;
      const whole = text + (settings.statistics > 0 && !bare ? statistics(countersOf(sys, face)) : "");
      return settings.oneline ? oneLine(whole) : whole;
    })
    .join("");
}

const oneLine = (text: string) => `${text.trimEnd() === "" ? "" : text.replace(/\n$/, "").replaceAll("\n", "\\")}\n`;

function addressesWanted(face: InterfaceInfo, wanted: Wanted, settings: Settings): Address[] {
  return addressesOf(face)
    .map((text) => describeAddress(face, text))
    .filter(
      (one) =>
        (settings.family === "" || one.six === (settings.family === "6")) &&
        (wanted.scope === undefined || one.scope === wanted.scope) &&
        (wanted.to === undefined || liesIn(one.text, wanted.to)),
    );
}

function liesIn(address: string, prefix: string): boolean {
  if (/^(default|any|all)$/.test(prefix)) return true;
  const [host = ""] = address.split("/");
  const [base = "", bits = "32"] = prefix.split("/");
  if (host.includes(":") || base.includes(":")) return host === base;
  return network(`${host}/${bits}`).base === network(`${base}/${bits}`).base;
}

function linkText(face: InterfaceInfo, mode: boolean, settings: Settings, poor: boolean): string {
  const loop = face.name === "lo";
  const queue = poor ? "" : ` qdisc ${queueOf(face)}`;
  return (
    `${face.index}: ${face.name}: <${flagsOf(face)}> mtu ${face.mtu}${queue} state ${stateOf(face)} ${mode ? "mode DEFAULT " : ""}${poor ? "" : "group default "}qlen 1000\n` +
    `    link/${loop ? "loopback" : "ether"} ${face.mac} brd ${loop ? "00:00:00:00:00:00" : "ff:ff:ff:ff:ff:ff"}${settings.details ? details(loop, mode) : ""}\n` +
    (face.alias === undefined ? "" : `    alias ${face.alias}\n`) +
    (face.altnames ?? []).map((name) => `    altname ${name}\n`).join("")
  );
}

const details = (loop: boolean, mode: boolean) =>
  ` promiscuity 0 allmulti 0 minmtu ${loop ? 0 : 68} maxmtu ${loop ? 0 : 65_535} ${mode ? "addrgenmode eui64 " : ""}numtxqueues 1 numrxqueues 1 gso_max_size 65536 gso_max_segs 65535 tso_max_size ${loop ? 524_280 : 65_536} tso_max_segs 65535 gro_max_size 65536 gso_ipv4_max_size 65536 gro_ipv4_max_size 65536 `;

function addressText(address: Address): string {
  const life = (seconds: number | undefined) => (seconds === undefined ? "forever" : `${seconds}sec`);
  const [valid, preferred] = address.lifetime ?? [];
  const line = address.six
    ? `inet6 ${address.text} scope ${address.scope} ${address.notes.map((note) => `${note} `).join("")}`
    : `inet ${address.text} ${address.broadcast === undefined ? "" : `brd ${address.broadcast} `}scope ${address.scope} ${address.notes.map((note) => `${note} `).join("")}${address.label}`;
  return `    ${line}\n       valid_lft ${life(valid)} preferred_lft ${life(preferred)}\n`;
}

/** What -s adds: bytes, packets and four kinds of loss, both ways. */
function statistics(counters: readonly number[]): string {
  const rows = [
    ["RX", ["bytes", "packets", "errors", "dropped", "missed", "mcast"], [0, 1, 2, 3, 4, 7]],
    ["TX", ["bytes", "packets", "errors", "dropped", "carrier", "collsns"], [8, 9, 10, 11, 14, 13]],
  ] as const;
  return rows
    .map(([way, names, places]) => {
      const values = places.map((place) => String(counters[place] ?? 0));
      const wide = values.map((value, i) => Math.max([6, 7, 6, 7, 7, 7][i] ?? 0, value.length));
      const line = (cells: readonly string[]) => cells.map((cell, i) => cell.padStart(wide[i] ?? 0)).join(" ");
      return `    ${way}: ${line(names)}           \n        ${line(values)} \n`;
    })
    .join("");
}

function jsonOf(face: InterfaceInfo, kind: Kind, addresses: readonly Address[], settings: Settings): Json {
  const [loop, flags] = [face.name === "lo", flagsOf(face)];
  const split = (text: string) => {
    const [local = "", bits] = text.split("/");
    return { local, prefixlen: Number(bits) };
  };
  if (settings.brief)
    return {
      ifname: face.name,
      operstate: stateOf(face),
      ...(kind === "link" ? { address: face.mac, flags } : { addr_info: addresses.map((one) => split(one.text)) }),
    };
  const forever = 2 ** 32 - 1;
  const info = addresses.map((one) => ({
    family: one.six ? "inet6" : "inet",
    ...split(one.text),
    ...(one.broadcast === undefined ? {} : { broadcast: one.broadcast }),
    scope: one.scope,
    ...(one.notes[0] === "proto"
      ? { protocol: one.notes[1] ?? "" }
      : Object.fromEntries(one.notes.map((note) => [note, true]))),
    ...(one.six ? {} : { label: one.label }),
    valid_life_time: one.lifetime?.[0] ?? forever,
    preferred_life_time: one.lifetime?.[1] ?? forever,
  }));
  const link = {
    link_type: loop ? "loopback" : "ether",
    address: face.mac,
    broadcast: loop ? "00:00:00:00:00:00" : "ff:ff:ff:ff:ff:ff",
    ...(face.altnames === undefined ? {} : { altnames: face.altnames }),
  };
  return {
    ifindex: face.index,
    ifname: face.name,
    flags,
    mtu: face.mtu,
    qdisc: queueOf(face),
    operstate: stateOf(face),
    ...(kind === "link" ? { linkmode: "DEFAULT" } : {}),
    group: "default",
    txqlen: 1000,
    ...(kind === "link" || settings.family === "" ? link : {}),
    ...(kind === "link" ? {} : { addr_info: info }),
  };
}

const ADDRESS_VALUES = ["broadcast", "brd", "label", "scope", "peer", "metric", "valid_lft", "preferred_lft", "proto"];
const LINK_VALUES = ["mtu", "address", "name", "txqueuelen", "master", "alias", "netns", "type", "promisc", "arp"];

/** Kinds of links that the kernel of a node has drivers for. */
const LINK_TYPES = [
  "bond",
  "bridge",
  "dummy",
  "geneve",
  "gre",
  "ifb",
  "ipip",
  "ipvlan",
  "macvlan",
  "sit",
  "tun",
  "veth",
].concat(["vlan", "vrf", "vti", "vxlan", "wireguard"]);

const isHost = (word: string | undefined) => word !== undefined && !word.includes("/") && isPrefix(word);

/** An address with its prefix length: one alone is a host's. */
export const withBits = (text: string) => (text.includes("/") ? text : `${text}/${text.includes(":") ? 128 : 32}`);

/** The address of an interface that a word means; to take one away it need not tell the prefix length. */
export function ownAddress(face: InterfaceInfo, word: string, verb: string): string | undefined {
  const any = verb.startsWith("del") && !word.includes("/");
  return addressesOf(face).find((one) => (any ? one.split("/")[0] === word : one === withBits(word)));
}

/** What a change of an address or link is refused for; undefined where nothing speaks against it. */
export function refuseChange(sys: Sys, kind: Kind, verb: string, words: readonly string[]): Failure | undefined {
  let device: string | undefined;
  let local: string | undefined;
  const has = (name: string | undefined) => sys.interfaces().some((face) => face.name === name);
  if (kind === "address" && verb === "flush" && words.length === 0) return new Failure("Flush requires arguments.", 1);
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    const takes =
      word === "dev" || word === "local" || (kind === "address" ? ADDRESS_VALUES : LINK_VALUES).includes(word);
    if (takes && words[i + 1] === undefined) return incomplete();
    if (word === "dev") {
      const name = words[++i] ?? "";
      if (device !== undefined) return garbage("dev", name);
      device = name;
    } else if (takes) {
      i += 1;
      if (word === "mtu" && !/^\d+$/.test(words[i] ?? "")) return wrongArgument(words[i] ?? "", 'Invalid "mtu" value');
      if ((word === "brd" || word === "broadcast") && words[i] !== "+" && words[i] !== "-" && !isHost(words[i]))
        return new Failure(`Error: inet address is expected rather than "${words[i]}".`, 1);
      if (word === "promisc" && !/^o(?:n|ff)$/.test(words[i] ?? ""))
        return new Failure(`Error: argument of "promisc" must be "on" or "off", not "${words[i]}"`, 1);
      if (kind === "link" && word === "address" && !/^(?:[\da-f]{1,2}:){5}[\da-f]{1,2}$/i.test(words[i] ?? ""))
        return new Failure(`"${words[i]}" is invalid lladdr.`, 1);
      if (word === "type" && verb === "add") break;
    } else if (kind === "address") {
      if (local !== undefined) return garbage("local", word);
      if (!isPrefix(word)) return noPrefix(word);
      local = word;
    } else if (!["up", "down", "nomaster"].includes(word)) {
      if (device !== undefined) return garbage("dev", word);
      device = word;
    }
  }
  if (kind === "link" && verb === "add") {
    const type = words[words.indexOf("type") + 1] ?? "";
    if (!words.includes("type")) return new Failure('Not enough information: "type" argument is required', 1);
    if (sys.info.euid !== 0) return refused("Operation not permitted");
    return LINK_TYPES.includes(type) ? undefined : new Failure("Error: Unknown device type.", 2);
  }
  if (device === undefined)
    return kind === "link" ? required("dev") : new Failure('Not enough information: "dev" argument is required.', 1);
  if (!has(device)) return verb === "flush" ? new Failure(`Device "${device}" does not exist.`, 1) : noDevice(device);
  if (sys.info.euid !== 0) return refused("Operation not permitted");
  const face = sys.interfaces().find((one) => one.name === device);
  const own = face !== undefined && local !== undefined && ownAddress(face, local, verb) !== undefined;
  const family = local?.includes(":") === true ? "ipv6" : "ipv4";
  if (kind === "address" && local === undefined && verb !== "flush") return refused("Operation not supported");
  if (kind === "address" && verb === "add" && own) return new Failure(`Error: ${family}: Address already assigned.`, 2);
  if (kind === "address" && verb.startsWith("del") && !own)
    return new Failure(`Error: ${family}: Address not found.`, 2);
  return kind === "link" && verb.startsWith("del") && device === "lo" ? refused("Operation not supported") : undefined;
}

/** The verbs that change something, by object; any other word is no command of it. */
export const CHANGES: Readonly<Record<Kind, readonly string[]>> = {
  address: ["add", "change", "replace", "del", "delete", "flush"],
  link: ["set", "add", "change", "replace", "del", "delete"],
};
