// What ip knows of an interface: flags, addresses with their scope, counters.

import { isErrno } from "../../kernel/errno.ts";
import type { InterfaceInfo, Sys } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { ipv4, network } from "./route.ts";

/** Whether an interface is up with nothing behind it: a bridge without ports. */
const idle = (face: InterfaceInfo) => face.up && face.kind === "bridge";

export const flagsOf = (face: InterfaceInfo): readonly string[] => [
  ...(idle(face) ? ["NO-CARRIER"] : []),
  ...(face.name === "lo" ? ["LOOPBACK"] : ["BROADCAST", face.kind === "dummy" ? "NOARP" : "MULTICAST"]),
  ...(face.promisc === true ? ["PROMISC"] : []),
  ...(face.up ? ["UP"] : []),
  ...(face.up && !idle(face) ? ["LOWER_UP"] : []),
];
export const stateOf = (face: InterfaceInfo) =>
  !face.up || idle(face) ? "DOWN" : face.name === "lo" || face.kind !== undefined ? "UNKNOWN" : "UP";
export const queueOf = (face: InterfaceInfo) =>
  face.kind === undefined ? (face.name === "lo" ? "noqueue" : "fq_codel") : face.up ? "noqueue" : "noop";

/** The link-local address that the hardware address gives. */
function linkLocal(mac: string): string {
  const bytes = mac.split(":").map((part) => Number.parseInt(part, 16));
  bytes[0] = (bytes[0] ?? 0) ^ 2;
  const all = [...bytes.slice(0, 3), 0xff, 0xfe, ...bytes.slice(3)];
  const groups = [0, 2, 4, 6].map((i) => (((all[i] ?? 0) << 8) | (all[i + 1] ?? 0)).toString(16));
  return `fe80::${groups.join(":")}/64`;
}

/** Its addresses: those of IPv6 stand by how far they reach. */
export function addressesOf(face: InterfaceInfo): readonly string[] {
  const reach = (address: string) => ["global", "site", "link", "host"].indexOf(scopeOf(address));
  const six = face.addresses.filter((address) => address.includes(":")).sort((a, b) => reach(a) - reach(b));
  return face.name === "lo" || !face.up || idle(face) || six.some((one) => one.startsWith("fe80"))
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
  /** The interface's name, or one given to an address of IPv4. */
  readonly label: string;
  readonly lifetime: readonly [valid: number, preferred: number] | undefined;
}

function scopeOf(text: string): string {
  if (text.startsWith("127.") || text === "::1/128") return "host";
  return text.startsWith("fe80") ? "link" : text.startsWith("fec") ? "site" : "global";
}

export function describeAddress(face: InterfaceInfo, text: string): Address {
  const six = text.includes(":");
  const scope = scopeOf(text);
  const given = face.given?.[text];
  // Addresses of IPv6 besides the link's own come from a router's announcement.
  const announced = six && given === undefined && (scope === "site" || scope === "global");
  const first = ipv4(face).find((one) => !six && network(one).base === network(text).base);
  const secondary = first !== undefined && first !== text && first.split("/")[1] === text.split("/")[1];
  const notes = secondary
    ? ["secondary"]
    : given !== undefined
      ? []
      : announced
        ? ["dynamic", "mngtmpaddr", "noprefixroute"]
        : scope === "host"
          ? ["noprefixroute"]
          : ["proto", "kernel_ll"];
  return {
    text,
    six,
    scope,
    broadcast: given !== undefined ? given.broadcast : six || face.name === "lo" ? undefined : network(text).broadcast,
    notes: six || secondary ? notes : [],
    label: given?.label ?? face.name,
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
