import { expect, test } from "vitest";
import { isErrno } from "#sandbox/kernel/errno.ts";
import type { Sys, Task } from "#sandbox/kernel/sys.ts";
import { bareFleet, readAll, runAs } from "../../../test/support/machine.ts";
import { ip } from "./ip.ts";

/** What `ip …` prints, both its streams together. */
function* typed(sys: Sys, line: string): Task<string> {
  const pipe = sys.pipe();
  sys.spawn({ path: "/usr/sbin/ip", argv: line.split(" "), env: {}, fds: { 1: pipe.write, 2: pipe.write } });
  sys.close(pipe.write);
  return yield* readAll(sys, pipe.read);
}

function* reach(sys: Sys, address: string): Task<string> {
  const fd = yield* sys.connect({ family: "tcp", address, port: 80 }, { timeout: 500 });
  return isErrno(fd) ? fd.code : "connected";
}

test("a link that goes down takes its routes along, and packets find none", () => {
  const fleet = bareFleet([ip]);
  const seen = runAs(fleet, function* (sys) {
    const before = yield* typed(sys, "ip route");
    const off = yield* reach(sys, "172.30.9.9");
    yield* typed(sys, "ip link set enp1s0 down");
    const down = [yield* typed(sys, "ip route"), yield* reach(sys, "172.30.9.9")];
    yield* typed(sys, "ip link set dev enp1s0 up");
    return { before, off, down, up: yield* typed(sys, "ip route") };
  });
  expect(seen.before).toMatch(/^default via 172\.30\.0\.1 dev enp1s0/);
  expect(seen.off).not.toBe("ENETUNREACH");
  expect(seen.down).toEqual(["", "ENETUNREACH"]);
  // The way out is not back by itself.
  expect(seen.up).toBe("172.30.0.0/16 dev enp1s0 proto kernel scope link src 172.30.2.2 \n");
});

test("routes are added, replaced and refused as the kernel does", () => {
  const fleet = bareFleet([ip]);
  const seen = runAs(fleet, function* (sys) {
    const answers: string[] = [];
    for (const line of [
      "ip route add prohibit 10.68.0.0/16",
      "ip route add 10.9.0.0/16 via 172.30.0.7 metric 50",
      "ip route add 10.9.0.0/16 via 172.30.0.8 metric 50",
      "ip route add 10.9.0.0/16 via 10.5.0.1",
      "ip route replace 10.9.0.0/16 via 172.30.0.8 metric 50",
      "ip route show",
      "ip route del 10.9.0.0/16",
      "ip route del 10.9.0.0/16",
    ])
      answers.push(yield* typed(sys, line));
    return { answers, prohibited: yield* reach(sys, "10.68.1.1") };
  });
  expect(seen.prohibited).toBe("EACCES");
  expect(seen.answers).toEqual([
    "",
    "",
    "RTNETLINK answers: File exists\n",
    "Error: Nexthop has invalid gateway.\n",
    "",
    "default via 172.30.0.1 dev enp1s0 proto static \n10.9.0.0/16 via 172.30.0.8 dev enp1s0 metric 50 \nprohibit 10.68.0.0/16 \n172.30.0.0/16 dev enp1s0 proto kernel scope link src 172.30.2.2 \n",
    "",
    "RTNETLINK answers: No such process\n",
  ]);
});

test("a dummy gets an address, its network a route, and both go with it", () => {
  const fleet = bareFleet([ip]);
  const seen = runAs(fleet, function* (sys) {
    for (const line of ["ip link add eth1 type dummy", "ip link set eth1 up", "ip addr add 10.1.2.3/24 dev eth1"])
      expect(yield* typed(sys, line)).toBe("");
    const there = yield* typed(sys, "ip -4 addr show eth1");
    const route = yield* typed(sys, "ip route show dev eth1");
    yield* typed(sys, "ip link del eth1");
    return { there, route, gone: yield* typed(sys, "ip link show eth1"), main: yield* typed(sys, "ip route") };
  });
  expect(seen.there).toContain("inet 10.1.2.3/24 scope global eth1\n");
  expect(seen.route).toContain("10.1.2.0/24 ");
  expect(seen.gone).toBe('Device "eth1" does not exist.\n');
  expect(seen.main).not.toContain("10.1.2");
});
