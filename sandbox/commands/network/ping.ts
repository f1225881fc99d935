// ping and nc: whether a machine, or a port of it, can be reached.

import { type Errno, errno, isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { resolveHost } from "../../lib/dns.ts";
import { serviceName, servicePort } from "../../lib/services.ts";
import { defineCommand, type Io } from "../define.ts";

/** Whether a host answers: a refused or open port shows that it is there. */
function* reaches(sys: Sys, address: string, patience: number): Task<boolean> {
  const fd = yield* sys.connect({ family: "tcp", address, port: 1 }, { timeout: patience });
  if (!isErrno(fd)) sys.close(fd);
  return !isErrno(fd) || fd.code === "ECONNREFUSED";
}

export const ping = defineCommand({
  name: "ping",
  package: "other",
  summary: "Send ICMP ECHO_REQUEST to network hosts.",
  usage: ["[options] <destination>"],
  usageStatus: 2,
  hint: "\nUsage\n  ping [options] <destination>\n\nFor more details see ping(8).",
  options: `
    4  use IPv4
    6  use IPv6
    c=count  stop after <count> replies
    i=interval  seconds between sending each packet
    I=interface  either interface name or address
    n  no reverse DNS name resolution
    q  quiet output
    s=size  use <size> as number of data bytes to be sent
    t=ttl  define time to live
    w=deadline  reply wait <deadline> in seconds
    W=timeout  time to wait for response
    V  print version and exit`,
  *run(io, sys) {
    const [name] = io.operands;
    if (name === undefined) {
      io.printError("ping: usage error: Destination address required\n");
      return 2;
    }
    const count = Number(io.value("c") ?? Infinity);
    if (io.has("c") && !(Number.isInteger(count) && count > 0))
      return yield* io.die(1, `invalid argument: '${io.value("c")}'`);
    const found = yield* resolveHost(sys, name);
    const address = io.has("6") ? found?.v6[0] : (found?.v4[0] ?? found?.v6[0]);
    if (address === undefined) return yield* io.die(2, `${name}: Temporary failure in name resolution`);
    const size = Number(io.value("s") ?? 56);
    const six = address.includes(":");
    io.print(
      six
        ? `PING ${name} (${address}) ${size} data bytes\n`
        : `PING ${name} (${address}) ${size}(${size + 28}) bytes of data.\n`,
    );
    sys.sigaction("SIGINT", "catch");
    const begin = sys.now();
    let sent = 0;
    let received = 0;
    const times: number[] = [];
    const wait = Number(io.value("W") ?? 10) * 1000;
    const near = sys.interfaces().some((face) => face.addresses.some((one) => one.split("/")[0] === address));
    while (sent < count) {
      sent += 1;
      const there = near || (yield* reaches(sys, address, count === 1 ? wait : 1000));
      if (there) {
        received += 1;
        const time = near ? 0.03 + (sys.random(1)[0] ?? 0) / 10000 : 0.3 + (sys.random(1)[0] ?? 0) / 1000;
        times.push(time);
        if (!io.has("q"))
          io.print(
            `${size + 8} bytes from ${name === address ? address : `${name} (${address})`}: icmp_seq=${sent} ttl=64 time=${time < 1 ? time.toFixed(3) : time.toFixed(2)} ms\n`,
          );
      }
      yield* io.flush();
      if (sent >= count) break;
      if (io.has("w") && sys.now() - begin >= Number(io.value("w")) * 1000) break;
      const woken = yield* sys.sleep(Number(io.value("i") ?? 1) * 1000);
      if (isErrno(woken) && sys.takeSignal() === "SIGINT") break;
    }
    const loss = Math.round(((sent - received) * 100000) / sent) / 1000;
    io.print(
      `\n--- ${name} ping statistics ---\n${sent} packets transmitted, ${received} received, ${loss}% packet loss, time ${Math.round(sys.now() - begin)}ms\n`,
    );
    if (times.length > 0) {
      const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
      const spread = Math.sqrt(times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / times.length);
      io.print(
        `rtt min/avg/max/mdev = ${[Math.min(...times), mean, Math.max(...times), spread].map((time) => time.toFixed(3)).join("/")} ms\n`,
      );
    }
    return received > 0 ? 0 : 1;
  },
});

export const nc = defineCommand({
  name: "nc",
  package: "other",
  summary: "TCP connections and listens.",
  usage: ["[-46CDdFhklNnrStUuvZz] [-p source_port] [-q seconds] [-s sourceaddr] [-w timeout] [destination] [port]"],
  hint: "usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]\n\t  [-m minttl] [-O length] [-P proxy_username] [-p source_port]\n\t  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]\n\t  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]\n\t  [destination] [port]",
  options: `
    4  use IPv4
    6  use IPv6
    k  keep inbound sockets open for multiple connects
    l  listen mode, for inbound connects
    N  shutdown the network socket after EOF on stdin
    n  suppress name/port resolutions
    p=port  specify local port for remote connects
    q=secs  quit after EOF on stdin and delay of secs
    s=sourceaddr  local source address
    U  use UNIX domain socket
    u  UDP mode
    v  verbose
    w=timeout  timeout for connects and final net reads
    z  zero-I/O mode (scanning)`,
  *run(io, sys) {
    io.buffered = false;
    if (io.has("u")) return yield* io.notModelled("-u", 1);
    if (io.has("l")) return yield* listen(io, sys);
    const [host, range] = io.operands;
    if (host === undefined || (range === undefined && !io.has("U"))) {
      if (host !== undefined) io.printError(`nc: missing port number\n`);
      return yield* io.usageError("");
    }
    const patience = io.value("w") === undefined ? {} : { timeout: Number(io.value("w")) * 1000 };
    if (io.has("U")) {
      const fd = yield* sys.connect({ family: "unix", path: host }, patience);
      if (isErrno(fd)) return yield* io.die(1, `${host}: ${fd.text}`);
      return yield* exchange(io, sys, fd);
    }
    const found = yield* resolveHost(sys, host);
    if (found === undefined)
      return yield* io.die(
        1,
        `getaddrinfo for host "${host}" port ${range}: ${io.has("n") ? "Name or service not known" : "Temporary failure in name resolution"}`,
      );
    const [from = "", to = from] = (range ?? "").split("-");
    const [first, last] = [servicePort(from), servicePort(to)];
    if (first === undefined || last === undefined)
      return yield* io.die(
        1,
        `port number ${range !== undefined && /^\d/.test(range) ? "too large" : "invalid"}: ${range}`,
      );
    let status = 1;
    for (let port = first; port <= last; port++) {
      const addresses = [...(io.has("4") ? [] : found.v6), ...(io.has("6") ? [] : found.v4)];
      let fd: number | Errno = errno("ECONNREFUSED");
      let used = "";
      for (const address of addresses) {
        used = address;
        fd = yield* sys.connect({ family: "tcp", address, port }, patience);
        if (!isErrno(fd)) break;
        if (io.has("v"))
          io.warn(
            `connect to ${host}${io.has("n") || host === address ? "" : ` (${address})`} port ${port} (tcp) ${fd.code === "ETIMEDOUT" ? "timed out: Operation now in progress" : `failed: ${fd.text}`}`,
          );
      }
      if (isErrno(fd)) continue;
      status = 0;
      if (io.has("v"))
        io.printError(
          `Connection to ${host}${io.has("n") || host === used ? "" : ` (${used})`} ${port} port [tcp/${io.has("n") ? "*" : (serviceName(port) ?? "*")}] succeeded!\n`,
        );
      if (io.has("z")) sys.close(fd);
      else return yield* exchange(io, sys, fd);
    }
    return status;
  },
});

function* listen(io: Io, sys: Sys): Task<number> {
  const word = io.value("p") ?? io.operands.at(-1);
  const port = io.has("U") ? 0 : servicePort(word ?? "");
  if (word === undefined || port === undefined) return yield* io.usageError("");
  const host = io.operands.length > 1 ? (io.operands[0] ?? "0.0.0.0") : "0.0.0.0";
  const listener = sys.listen(io.has("U") ? { family: "unix", path: word } : { family: "tcp", address: host, port });
  if (isErrno(listener)) return yield* io.die(1, listener.text);
  if (io.has("v")) io.printError(`Listening on ${host} ${port}\n`);
  do {
    yield* io.flush();
    const fd = yield* sys.accept(listener);
    if (isErrno(fd)) return yield* io.die(1, fd.text);
    const peer = sys.getpeername(fd);
    if (io.has("v") && !isErrno(peer) && peer.family !== "unix")
      io.printError(`Connection received on ${peer.address} ${peer.port}\n`);
    yield* io.flush();
    yield* exchange(io, sys, fd);
  } while (io.has("k"));
  return 0;
}

/** Copies both ways until the other side ends. */
function* exchange(io: Io, sys: Sys, fd: number): Task<number> {
  let open = true;
  for (;;) {
    const woken = yield* sys.waitUntil(() => sys.readable(fd) || (open && sys.readable(0)));
    if (isErrno(woken)) return 1;
    if (open && sys.readable(0)) {
      const bytes = yield* sys.read(0);
      if (isErrno(bytes) || bytes.length === 0) {
        open = false;
        if (io.has("N") || io.has("q")) sys.shutdown(fd);
      } else if (isErrno(yield* sys.write(fd, bytes))) break;
    }
    if (sys.readable(fd)) {
      const bytes = yield* sys.read(fd);
      if (isErrno(bytes) || bytes.length === 0) break;
      yield* sys.write(1, bytes);
    }
  }
  sys.close(fd);
  return 0;
}
