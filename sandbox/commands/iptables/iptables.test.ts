import { expect, it } from "vitest";
import { bareFleet, readAll, runAs } from "#test/support/machine.ts";
import { isErrno } from "../../kernel/errno.ts";
import type { Program } from "../../kernel/sys.ts";
import { ufw } from "../ufw.ts";
import { iptables } from "./iptables.ts";

const listener: Program = {
  name: "listener",
  service: {
    *start(sys) {
      for (const port of [10250, 10255]) sys.listen({ family: "tcp", address: "", port });
      return undefined;
    },
  },
};

function node() {
  const fleet = bareFleet([iptables, ufw, listener]);
  const kernel = fleet.machine("node01");
  kernel.spawn(kernel.process(1), { path: "/usr/bin/listener", argv: ["listener"], fds: {} });
  fleet.run();
  const path = (name: string): string =>
    name === "iptables" || name === "ufw" ? `/usr/sbin/${name}` : `/usr/bin/${name}`;
  const run = (line: string): string =>
    runAs(fleet, function* (sys) {
      const argv = line.split(" ");
      const pipe = sys.pipe();
      const pid = sys.spawn({ path: path(argv[0] ?? ""), argv, fds: { 1: pipe.write, 2: pipe.write } });
      if (isErrno(pid)) return pid.code;
      sys.close(pipe.write);
      const text = yield* readAll(sys, pipe.read);
      yield* sys.waitpid(pid);
      return text;
    });
  const reach = (port: number, address = "172.30.2.2"): string =>
    runAs(fleet, function* (sys) {
      const fd = yield* sys.connect({ family: "tcp", address, port }, { timeout: 500 });
      return isErrno(fd) ? fd.code : "open";
    });
  return { run, reach };
}

it("lists rules as iptables 1.8.11 prints them", () => {
  const { run } = node();
  run("iptables -A INPUT -p tcp --dport 10255 -j DROP");
  run("iptables -A INPUT -p tcp --dport 22 -s 10.0.0.5 -m comment --comment bridge -j ACCEPT");
  expect(run("iptables -S INPUT")).toBe(
    "-P INPUT ACCEPT\n-A INPUT -p tcp -m tcp --dport 10255 -j DROP\n-A INPUT -s 10.0.0.5/32 -p tcp -m tcp --dport 22 -m comment --comment bridge -j ACCEPT\n",
  );
  expect(run("iptables -L INPUT --line-numbers")).toBe(
    "Chain INPUT (policy ACCEPT)\nnum  target     prot opt source               destination         \n" +
      "1    DROP       tcp  --  anywhere             anywhere             tcp dpt:10255\n" +
      "2    ACCEPT     tcp  --  10.0.0.5             anywhere             tcp dpt:ssh /* bridge */\n",
  );
});

it("filters for real: dropped, refused, and open again", () => {
  const { run, reach } = node();
  expect(reach(10255)).toBe("open");
  run("iptables -A INPUT -p tcp --dport 10255 -j DROP");
  expect(reach(10255)).toBe("ETIMEDOUT");
  expect(reach(10250)).toBe("open");
  run("iptables -I INPUT 1 -p tcp -m multiport --dports 10250,10255 -j REJECT");
  expect(reach(10250)).toBe("ECONNREFUSED");
  run("iptables -F");
  expect(reach(10255)).toBe("open");
  expect(run("iptables -D INPUT 9")).toBe("iptables: Index of deletion too big.\n");
});

it("lets ufw shut the door, with a way in for one caller and for the machine itself", () => {
  const { run, reach } = node();
  expect(run("ufw allow from 172.30.2.2 to any port 10250 proto tcp")).toBe("Rules updated\n");
  run("ufw enable");
  expect(reach(10250, "127.0.0.1")).toBe("open");
  expect(run("ufw status")).toContain("10250/tcp                  ALLOW       172.30.2.2");
  expect(run("iptables -S ufw-user-input")).toContain(
    "-A ufw-user-input -s 172.30.2.2/32 -p tcp -m tcp --dport 10250 -j ACCEPT",
  );
  expect(run("ufw delete allow 9999")).toBe(
    "Could not delete non-existent rule\nCould not delete non-existent rule (v6)\n",
  );
  run("ufw disable");
  expect(run("iptables -S")).not.toContain("DROP");
});
