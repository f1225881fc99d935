// nslookup and dig: what a name server says of a name. Where none answers they time out.

import type { Sys, Task } from "../../kernel/sys.ts";
import { candidates, type DnsReply, queryServer, readResolver } from "../../lib/dns.ts";
import { formatTime } from "../../lib/strftime.ts";
import { defineCommand, type Io } from "../define.ts";

const firstServer = (sys: Sys): string => readResolver(sys).servers[0] ?? "127.0.0.1";

function* giveUp(io: Io, sys: Sys, server: string): Task {
  yield* sys.sleep(5000);
  for (let i = 0; i < 3; i++) io.print(`;; communications error to ${server}#53: timed out\n`);
}

/** Header, question and answer as dig prints them; the message's size is that of its fields. */
function printAnswer(io: Io, sys: Sys, server: string, name: string, reply: DnsReply): void {
  const [high = 0, low = 0] = sys.random(2);
  const { addresses, status } = reply;
  io.print(";; Got answer:\n");
  io.print(`;; ->>HEADER<<- opcode: QUERY, status: ${status}, id: ${high * 256 + low}\n`);
  io.print(`;; flags: qr aa rd; QUERY: 1, ANSWER: ${addresses.length}, AUTHORITY: 0, ADDITIONAL: 1\n`);
  io.print(";; WARNING: recursion requested but not available\n\n");
  io.print(`;; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: 1232\n;; QUESTION SECTION:\n;${name}\tIN\tA\n\n`);
  if (addresses.length > 0) {
    io.print(";; ANSWER SECTION:\n");
    for (const address of addresses) io.print(`${name} 30\tIN\tA\t${address}\n`);
    io.print("\n");
  }
  const size = 12 + name.length + 5 + 11 + addresses.length * (name.length + 15);
  io.print(`;; Query time: 0 msec\n;; SERVER: ${server}#53(${server}) (TCP)\n`);
  io.print(`;; WHEN: ${formatTime("%a %b %d %H:%M:%S %Z %Y", sys.now())}\n;; MSG SIZE  rcvd: ${size}\n\n`);
}

export const dig = defineCommand({
  name: "dig",
  package: "other",
  summary: "DNS lookup utility. Only the cluster's own name server answers in the sandbox, and only for addresses.",
  usage: ["[@server] [name] [type] [+options]"],
  *run(io, sys) {
    const server = io.args.find((word) => word.startsWith("@"))?.slice(1) ?? firstServer(sys);
    const words = io.args.filter((word) => !/^[@+-]/.test(word));
    const whole = `${(words[0] ?? "").replace(/\.$/, "")}.`;
    const short = io.args.includes("+short");
    const settings = readResolver(sys);
    const names = io.args.includes("+search") ? candidates(words[0] ?? "", settings) : [whole];
    const banner = `\n; <<>> DiG <<>> ${io.args.join(" ")}\n;; global options: +cmd\n`;
    let reply: DnsReply | undefined;
    let name = whole;
    for (name of names) {
      reply = yield* queryServer(sys, server, name);
      if (reply === undefined || reply.status === "NOERROR") break;
    }
    if (reply === undefined) {
      yield* giveUp(io, sys, server);
      if (!short) io.print(banner);
      io.print(";; no servers could be reached\n");
      return 9;
    }
    if (short) for (const address of reply.addresses) io.print(`${address}\n`);
    else {
      io.print(banner);
      printAnswer(io, sys, server, name, reply);
    }
    return 0;
  },
});

export const nslookup = defineCommand({
  name: "nslookup",
  package: "other",
  summary: "Query Internet name servers. Only the cluster's own answers in the sandbox, and only for addresses.",
  usage: ["[-option] [name | -] [server]"],
  *run(io, sys) {
    const [asked = "", server = firstServer(sys)] = io.args.filter((word) => !word.startsWith("-"));
    let last: DnsReply | undefined;
    for (const name of candidates(asked, readResolver(sys))) {
      last = yield* queryServer(sys, server, name);
      if (last === undefined) break;
      if (last.status !== "NOERROR") continue;
      io.print(`Server:\t\t${server}\nAddress:\t${server}#53\n\n`);
      for (const address of last.addresses) io.print(`Name:\t${name.replace(/\.$/, "")}\nAddress: ${address}\n`);
      io.print("\n");
      return 0;
    }
    if (last === undefined) {
      yield* giveUp(io, sys, server);
      io.print(";; no servers could be reached\n\n");
      return 1;
    }
    io.print(`Server:\t\t${server}\nAddress:\t${server}#53\n\n** server can't find ${asked}: ${last.status}\n\n`);
    return 1;
  },
});
