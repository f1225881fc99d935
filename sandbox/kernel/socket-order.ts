// The order in which the kernel tells of sockets.

import { hashText } from "./hash.ts";
import type { SocketInfo, Sys } from "./sys.ts";

/**
 * The order of the kernel's dumps: unix, UDP, TCP; IPv4 first; listeners by their places in a hash table whose seed is new with
 * every boot, then connections.
 */
export function socketsInOrder(sys: Pick<Sys, "sockets" | "machine">): SocketInfo[] {
  const kinds = { unix: 0, udp: 1, tcp: 2 } as const;
  const six = ({ local }: SocketInfo) => Number(local === "" || local.includes(":"));
  const place = (socket: SocketInfo): number => {
    if (socket.family === "unix") return socket.inode;
    return hashText(`${sys.machine.bootId} ${socket.localPort} ${socket.peer} ${socket.peerPort}`);
  };
  const rank = (socket: SocketInfo) =>
    kinds[socket.family] * 4 + (socket.family === "unix" ? 0 : six(socket) * 2 + Number(socket.state !== "LISTEN"));
  return sys
    .sockets()
    .map((socket) => ({ socket, rank: rank(socket), place: place(socket) }))
    .sort((a, b) => a.rank - b.rank || a.place - b.place || a.socket.inode - b.socket.inode)
    .map(({ socket }) => socket);
}
