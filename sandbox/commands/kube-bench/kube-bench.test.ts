// What kube-bench sees and what it cannot see: totals of a kubeadm node, and a flag that hides the file.

import { beforeAll, expect, test } from "vitest";
import { bootFleet } from "#test/support/fleet.ts";
import type { Fleet } from "../../fleet.ts";
import { decode } from "../../kernel/text.ts";

let fleet: Fleet;

/** Results by check, and the sums. */
function bench(options = ""): { states: Record<string, string>; totals: Record<string, number> } {
  fleet.runTask("node01", function* (sys) {
    const argv = ["bash", "-c", `kube-bench run --targets node ${options} --json >/tmp/out 2>&1`];
    const pid = sys.spawn({ path: "/bin/bash", argv, env: { PATH: "/usr/local/bin:/usr/bin" } });
    if (typeof pid === "number") yield* sys.waitpid(pid);
    return 0;
  });
  const data = fleet.readFile("node01", "/tmp/out");
  const { Controls, Totals } = JSON.parse(data instanceof Uint8Array ? decode(data) : "");
  const states: Record<string, string> = {};
  for (const { results } of Controls[0].tests) for (const each of results) states[each.test_number] = each.status;
  return { states, totals: Totals };
}

beforeAll(async () => {
  fleet = await bootFleet("kube-bench", { node01: "worker" });
});

test("a node as kubeadm leaves it", () => {
  const { states, totals } = bench();
  expect(totals).toEqual({ total_pass: 17, total_fail: 2, total_warn: 6, total_info: 0 });
  expect([states["4.1.1"], states["4.1.9"]]).toEqual(["FAIL", "FAIL"]);
});

test("it reads what is written, not what is running, and a limit of -1 is a limit to it", () => {
  const path = "/var/lib/kubelet/config.yaml";
  const data = fleet.readFile("node01", path);
  const text = data instanceof Uint8Array ? decode(data) : "";
  // The kubelet is not restarted: it still refuses strangers.
  fleet.writeFile("node01", path, `${text.replace("enabled: false", "enabled: true")}podPidsLimit: -1\n`);
  const { states } = bench();
  expect([states["4.2.1"], states["4.2.13"]]).toEqual(["FAIL", "PASS"]);
});

/** Lays a file on node01 and asks for some checks. */
function benchWith(path: string, text: string, checks: string): Record<string, string> {
  const machine = fleet;
  fleet = fleet.fork();
  fleet.writeFile("node01", path, text);
  const { states } = bench(`--check ${checks}`);
  fleet = machine;
  return states;
}

test("a drop-in of --config-dir is a file it does not know", () => {
  const states = benchWith("/etc/kubernetes/kubelet.conf.d/20-old.conf", "readOnlyPort: 10255\n", "4.2.4");
  expect(states).toEqual({ "4.2.4": "PASS" });
});

test("the report goes into a file where one is named, and nothing is printed", () => {
  const file = fleet.fork();
  file.runTask("node01", function* (sys) {
    const argv = ["bash", "-c", "kube-bench run -c 4.2.3 --json --outputfile /tmp/report.json >/tmp/out 2>&1"];
    const pid = sys.spawn({ path: "/bin/bash", argv, env: { PATH: "/usr/local/bin:/usr/bin" } });
    if (typeof pid === "number") yield* sys.waitpid(pid);
    return 0;
  });
  const read = (path: string) => decode(file.readFile("node01", path) as Uint8Array);
  expect(JSON.parse(read("/tmp/report.json")).Totals.total_pass).toBe(1);
  expect(read("/tmp/out")).toBe("");
});

test("settings elsewhere take the place of config.yaml, whatever --config says", () => {
  const states = benchWith("/etc/kubernetes/kubelet-config.yaml", "readOnlyPort: 0\n", "4.2.1,4.2.2,4.2.4");
  expect(states).toEqual({ "4.2.1": "FAIL", "4.2.2": "FAIL", "4.2.4": "PASS" });
});
