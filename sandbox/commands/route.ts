// route and arp: the routing and neighbour tables of net-tools.

import { defineCommand } from "./define.ts";
import { routesOf, routeTable } from "./ip/route.ts";

export const route = defineCommand({
  name: "route",
  package: "net-tools",
  summary: "Show the IP routing table.",
  usage: ["[-nNvee] [-FC] [<AF>]"],
  usageStatus: 4,
  options:
    "n,numeric  don't resolve names\ne,extend  display more information\nv,verbose  be verbose\nN,symbolic  resolve hardware names",
  *run(io, sys) {
    if (io.operands.length > 0) return yield* io.notModelled(`route ${io.operands[0]}`);
    const table = routeTable(sys, false);
    io.print(
      io.has("n")
        ? table
        : table.replace(/^0\.0\.0\.0 {9}/m, "default         ").replace(/^0\.0\.0\.0 {8}/m, "default        "),
    );
    return 0;
  },
});

export const arp = defineCommand({
  name: "arp",
  package: "net-tools",
  summary: "Show the ARP cache.",
  usage: ["[-vn] [<HW>] [-i <if>] [-a] [<hostname>]"],
  options:
    "n,numeric  don't resolve names\na,all  display all hosts in alternative style\nv,verbose  be verbose\ne  display in default style\ni,device=IF  specify interface",
  *run(io, sys) {
    const gateways = routesOf(sys).filter((one) => one.gateway !== undefined);
    // arp prints no head over an empty table.
    if (!io.has("a") && gateways.length > 0)
      io.print("Address                  HWtype  HWaddress           Flags Mask            Iface\n");
    for (const one of gateways) {
      if (io.has("a")) io.print(`? (${one.gateway}) at 52:54:00:00:00:01 [ether] on ${one.device}\n`);
      else
        io.print(`${(one.gateway ?? "").padEnd(24)} ether   52:54:00:00:00:01   C                     ${one.device}\n`);
    }
    return 0;
  },
});
