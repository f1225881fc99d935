import { expect, it } from "vitest";
import { hasExactUsages } from "../csr/approve.ts";
import type { KubeObject } from "../object.ts";
import { lastHeard, tolerates } from "./nodes.ts";
import { explain, isHelpless, refusals } from "./scheduler.ts";
import { signDetached } from "./tokens.ts";
import type { ControllerState } from "./world.ts";

const node = (name: string, spec: object = {}, cpu = "2"): KubeObject => ({
  metadata: { name, labels: { disk: "ssd" } },
  spec,
  status: { allocatable: { cpu, memory: "4Gi", pods: "110" } },
});
const pod = (spec: object): KubeObject => ({
  metadata: { name: "p", namespace: "default" },
  spec: { containers: [], ...spec },
});
const greedy = pod({ containers: [{ name: "c", resources: { requests: { cpu: "100" } } }] });
const tainted = node("controlplane", {
  taints: [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }],
});

it("says why no node will do, as the scheduler does", () => {
  const nodes = [tainted, node("node01")];
  const why = nodes.map((each) => refusals(greedy, each, []));
  const helpless = nodes.filter((each, i) => isHelpless(greedy, each, why[i] ?? [])).length;
  expect(explain(2, why, helpless)).toBe(
    "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling.",
  );
});

it("goes by room, selectors, taints and ports", () => {
  const half = pod({
    nodeName: "node01",
    containers: [{ resources: { requests: { cpu: "1500m" } }, ports: [{ hostPort: 80 }] }],
  });
  const asks = (cpu: string, ports: object[] = []) =>
    pod({ containers: [{ resources: { requests: { cpu } }, ports }] });
  expect(refusals(asks("600m"), node("node01"), [half])).toEqual(["Insufficient cpu"]);
  expect(refusals(asks("500m"), node("node01"), [half])).toEqual([]);
  expect(refusals(asks("1m", [{ hostPort: 80 }]), node("node01"), [half])).toEqual([
    "node(s) didn't have free ports for the requested pod ports",
  ]);
  expect(refusals(pod({ nodeSelector: { disk: "hdd" } }), node("node01"), [])).toEqual([
    "node(s) didn't match Pod's node affinity/selector",
  ]);
  expect(refusals(pod({ tolerations: [{ operator: "Exists" }] }), tainted, [])).toEqual([]);
  expect(tolerates({ key: "a", value: "b" }, { key: "a", value: "c", effect: "NoExecute" })).toBe(false);
});

it("knows a kubelet's usages, with RSA keys and without", () => {
  const request = (...usages: string[]): KubeObject => ({ metadata: {}, spec: { usages } });
  expect(hasExactUsages(request("digital signature", "server auth"), "server auth")).toBe(true);
  expect(hasExactUsages(request("key encipherment", "digital signature", "client auth"), "client auth")).toBe(true);
  expect(hasExactUsages(request("server auth"), "server auth")).toBe(false);
});

it("signs cluster-info so that only who has the token can", () => {
  const [one, other] = ["0123456789abcdef", "fedcba9876543210"].map((secret) =>
    signDetached("config", "abcdef", secret),
  );
  expect(one).toMatch(/^[\w-]+\.\.[\w-]{43}$/);
  expect(one).not.toBe(other);
});

it("hears a node by its lease, at the time when it sees it renewed", () => {
  const state = { times: {}, notes: {} } as unknown as ControllerState;
  const quiet = "2026-11-21T12:00:00Z";
  const silent: KubeObject = { metadata: { name: "node01", uid: "u", creationTimestamp: quiet } };
  const known = { ...silent, status: { conditions: [{ type: "Ready", status: "True", lastHeartbeatTime: quiet }] } };
  const heard = (now: number, renewTime: string, each = known): number =>
    lastHeard({ state, now, list: () => [{ metadata: { name: "node01" }, spec: { renewTime } }] }, each);
  expect(lastHeard({ state, now: 1, list: () => [] }, silent)).toBe(Date.parse(quiet));
  // A controller that has just begun gives a node its whole grace, however old the lease is.
  expect(heard(1000, quiet)).toBe(1000);
  expect(heard(9000, quiet)).toBe(1000);
  expect(heard(11_000, "2026-11-21T12:00:10Z")).toBe(11_000);
  // A node's clock that goes backwards counts as a sign of life all the same.
  expect(heard(21_000, "2026-11-21T11:00:00Z")).toBe(21_000);
});
