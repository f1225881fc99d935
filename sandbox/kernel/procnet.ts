// /proc/net: sockets and interfaces in the kernel's own layout (net/ipv4/tcp_ipv4.c, udp.c, unix/af_unix.c).

import type { Kernel } from "./kernel.ts";
import { socketsInOrder } from "./socket-order.ts";
import type { SocketInfo } from "./sys.ts";

export const NET_FILES: readonly string[] = [
  "dev",
  "if_inet6",
  "sockstat",
  "sockstat6",
  "tcp",
  "tcp6",
  "udp",
  "udp6",
  "unix",
];

const STATES = { ESTAB: 1, "TIME-WAIT": 6, UNCONN: 7, "CLOSE-WAIT": 8, LISTEN: 10 } as const;

const hex = (value: number, width: number) => value.toString(16).toUpperCase().padStart(width, "0");

/** Bytes of an address: four, or sixteen. */
function bytesOf(address: string, six: boolean): number[] {
  if (!six) return (address === "" ? "0.0.0.0" : address).split(".").map(Number);
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const plain = dotted
    ? `${dotted[1]}${hex(Number(dotted[2]) * 256 + Number(dotted[3]), 1)}:${hex(Number(dotted[4]) * 256 + Number(dotted[5]), 1)}`
    : address;
  const [front = "", back = ""] = plain.split("::");
  const left = front === "" ? [] : front.split(":");
  const right = back === "" ? [] : back.split(":");
  const words = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => "0"), ...right];
  return words.flatMap((word) => [Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 255]);
}

/** An address as the kernel prints it: words of four bytes, the last byte first. */
export function hexAddress(address: string, six: boolean): string {
  const bytes = bytesOf(address, six);
  let text = "";
  for (let at = 0; at < bytes.length; at += 4) for (let i = 3; i >= 0; i--) text += hex(bytes[at + i] ?? 0, 2);
  return text;
}

const isSix = ({ local }: SocketInfo) => local === "" || local.includes(":");
/** A pointer is shown hashed. */
const pointer = (inode: number) => (Math.imul(inode, 0x9e3779b1) >>> 1).toString(16).padStart(16, "0");

function internet(sockets: readonly SocketInfo[], family: "tcp" | "udp", six: boolean): string {
  const width = six ? Number.NaN : family === "tcp" ? 149 : 127;
  const pad = (line: string) => `${Number.isNaN(width) ? line : line.padEnd(width)}\n`;
  const columns = six
    ? "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"
    : "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
  let text = pad(`${columns}${family === "udp" ? " ref pointer drops" : ""}`);
  sockets
    .filter((socket) => socket.family === family && isSix(socket) === six)
    .forEach((socket, i) => {
      const any = six ? "::" : "0.0.0.0";
      const place = (address: string, port: number) => `${hexAddress(address || any, six)}:${hex(port, 4)}`;
      const state = hex(STATES[family === "udp" ? "UNCONN" : socket.state], 2);
      const listening = socket.state === "LISTEN";
      const tail =
        family === "udp"
          ? `2 ${pointer(socket.inode)} 0`
          : `1 ${pointer(socket.inode)} ${listening ? "100 0 0 10 0" : "20 4 30 10 -1"}`;
      text += pad(
        `${String(i).padStart(family === "udp" ? 5 : 4)}: ${place(socket.local, socket.localPort)} ${place(socket.peer, socket.peerPort)} ${state} ${hex(socket.sent, 8)}:${hex(socket.received, 8)} 00:00000000 00000000 ${String(socket.uid).padStart(5)} ${"0".padStart(8)} ${socket.inode} ${tail}`,
      );
    });
  return text;
}

function unix(sockets: readonly SocketInfo[]): string {
  let text = "Num       RefCount Protocol Flags    Type St Inode Path\n";
  for (const socket of sockets.filter((each) => each.family === "unix")) {
    const listening = socket.state === "LISTEN";
    const place = socket.local === "" ? "" : ` ${socket.local}`;
    text += `${pointer(socket.inode)}: ${listening ? "00000002" : "00000003"} 00000000 ${listening ? "00010000" : "00000000"} 0001 ${listening ? "01" : "03"} ${String(socket.inode).padStart(5)}${place}\n`;
  }
  return text;
}

function devices(kernel: Kernel): string {
  let text =
    "Inter-|   Receive                                                |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n";
  for (const face of kernel.state.interfaces)
    text += `${face.name.padStart(6)}: ${"0".padStart(7)} ${"0".padStart(7)}    0    0    0     0          0         0 ${"0".padStart(8)} ${"0".padStart(7)}    0    0    0     0       0          0\n`;
  return text;
}

/** Text of /proc/net/NAME. */
export function readNet(kernel: Kernel, name: string): string {
  const sockets = socketsInOrder(kernel.sys(1));
  const count = (family: string, six: boolean) =>
    sockets.filter((each) => each.family === family && isSix(each) === six).length;
  switch (name) {
    case "tcp":
    case "udp":
      return internet(sockets, name, false);
    case "tcp6":
    case "udp6":
      return internet(sockets, name === "tcp6" ? "tcp" : "udp", true);
    case "unix":
      return unix(sockets);
    case "dev":
      return devices(kernel);
    case "sockstat":
      return `sockets: used ${sockets.length}\nTCP: inuse ${count("tcp", false)} orphan 0 tw 0 alloc ${count("tcp", false) + count("tcp", true)} mem 0\nUDP: inuse ${count("udp", false)} mem 0\nUDPLITE: inuse 0\nRAW: inuse 0\nFRAG: inuse 0 memory 0\n`;
    case "sockstat6":
      return `TCP6: inuse ${count("tcp", true)}\nUDP6: inuse ${count("udp", true)}\nUDPLITE6: inuse 0\nRAW6: inuse 0\nFRAG6: inuse 0 memory 0\n`;
    case "if_inet6":
      return kernel.state.interfaces
        .flatMap((face) =>
          face.addresses
            .filter((address) => address.includes(":"))
            .map((address) => {
              const [host = "", bits = "128"] = address.split("/");
              const flat = bytesOf(host, true)
                .map((byte) => byte.toString(16).padStart(2, "0"))
                .join("");
              const scope =
                host === "::1" ? "10" : host.startsWith("fe80") ? "20" : host.startsWith("fec0") ? "40" : "00";
              return `${flat} ${face.index.toString(16).padStart(2, "0")} ${Number(bits).toString(16)} ${scope} 80 ${face.name.padStart(8)}\n`;
            }),
        )
        .join("");
    default:
      return "";
  }
}
