// What ip knows of an interface: flags, addresses with their scope, counters.

import { isErrno } from "../../kernel/errno.ts";
import type { InterfaceInfo, Sys } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { ipv4, network } from "./route.ts";

export const flagsOf = (face: InterfaceInfo): readonly string[] => [
  ...(face.name === "lo" ? ["LOOPBACK"] : ["BROADCAST", "MULTICAST"]),
  ...(face.up ? ["UP", "LOWER_UP"] : []),
];
export const stateOf = (face: InterfaceInfo) => (face.up ? (face.name === "lo" ? "UNKNOWN" : "UP") : "DOWN");

/** The link-local address that the hardware address gives. */
function linkLocal(mac: string): string {
  const bytes = mac.split(":").map((part) => Number.parseInt(part, 16));
  bytes[0] = (bytes[0] ?? 0) ^ 2;
  const all = [...bytes.slice(0, 3), 0xff, 0xfe, ...bytes.slice(3)];
  const groups = [0, 2, 4, 6].map((i) => (((all[i] ?? 0) << 8) | (all[i + 1] ?? 0)).toString(16));
  return `fe80::${groups.join(":")}/64`;
}

export function addressesOf(face: InterfaceInfo): readonly string[] {
  const six = face.addresses.filter((address) => address.includes(":"));
  return face.name === "lo" || !face.up || six.some((one) => one.startsWith("fe80"))
    ? [...ipv4(face), ...six]
    : [...ipv4(face), ...six, linkLocal(face.mac)];
}

/** An address of an interface with what the kernel keeps beside it. */
export interface Address {
  readonly text: string;
  readonly six: boolean;
  readonly scope: string;
  readonly broadcast: string | undefined;
  /** Words after the scope of an IPv6 address. */
  readonly notes: readonly string[];
  /** Seconds it is valid and preferred; undefined for ever. */
  readonly lifetime: readonly [valid: number, preferred: number] | undefined;
}

function scopeOf(text: string): string {
  if (text.startsWith("127.") || text === "::1/128") return "host";
  return text.startsWith("fe80") ? "link" : text.startsWith("fec") ? "site" : "global";
}

export function describeAddress(face: InterfaceInfo, text: string): Address {
  const six = text.includes(":");
  const scope = scopeOf(text);
  // Addresses of IPv6 besides the link's own come from a router's announcement.
  const announced = six && (scope === "site" || scope === "global");
  const notes = announced
    ? ["dynamic", "mngtmpaddr", "noprefixroute"]
    : scope === "host"
      ? ["noprefixroute"]
      : ["proto", "kernel_ll"];
  return {
    text,
    six,
    scope,
    broadcast: six || face.name === "lo" ? undefined : network(text).broadcast,
    notes: six ? notes : [],
    lifetime: announced ? [86_277, 14_277] : undefined,
  };
}

/** Counters of /proc/net/dev: eight of what came in, eight of what went out. */
export function countersOf(sys: Sys, face: InterfaceInfo): readonly number[] {
  const text = sys.readFile("/proc/net/dev");
  const line = isErrno(text)
    ? undefined
    : decode(text)
        .split("\n")
        .find((one) => one.trim().startsWith(`${face.name}:`));
  return line?.replace(/^.*?:/, "").trim().split(/\s+/).map(Number) ?? [];
}

/** The table of `netstat -i` and `ifconfig -s`: packets and losses of every interface, and its flags as letters. */
export function interfaceTable(sys: Sys, wide: number): string {
  let text = `${"Iface".padEnd(wide)} ${wide > 10 ? "  " : ""}MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n`;
  const faces = sys.interfaces().filter((face) => face.up);
  for (const face of [...faces].sort((a, b) => Number(a.name === "lo") - Number(b.name === "lo"))) {
    const counts = countersOf(sys, face);
    const cell = (place: number, room: number) => String(counts[place] ?? 0).padStart(room);
    text += `${face.name.padEnd(15)} ${String(face.mtu).padStart(5)} ${cell(1, 8)} ${cell(2, 6)} ${cell(3, 6)} ${cell(4, 0).padEnd(6)} ${cell(9, 8)} ${cell(10, 6)} ${cell(11, 6)} ${cell(12, 6)} ${face.name === "lo" ? "LRU" : "BMRU"}\n`;
  }
  return text;
}
