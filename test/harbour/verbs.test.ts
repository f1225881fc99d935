// What a candidate types at a running cluster: input to containers, a node's files from a pod, services' endpoints, budgets, the benchmark.

import { beforeAll, expect, test } from "vitest";
import type { Fleet } from "../../sandbox/fleet.ts";
import { bootFleet } from "../support/fleet.ts";
import { typeOn } from "../support/type.ts";

let fleet: Fleet;

const type = (line: string): string => typeOn(fleet, "controlplane", line);

beforeAll(async () => {
  fleet = await bootFleet("verbs", { controlplane: "controlplane", node01: "worker" });
  type("kubectl create deployment shop --image=nginx:1.27 --replicas=2 --port=80; kubectl expose deployment shop");
  type("sleep 15");
});

test("what is typed reaches a container, and its end ends the command", () => {
  const run = "kubectl run cat --image=busybox:1.36 -i --rm --restart=Never -- cat 2>/dev/null";
  expect(type(`(echo hello; sleep 1) | ${run}`)).toContain("hello\n");
  expect(type("kubectl get pod cat")).toContain('pods "cat" not found');
});

test("a container whose command is missing is tried again after pauses, and the cluster goes on", () => {
  type("kubectl run wrong --image=nginx:1.27 -- nosuch; sleep 33");
  expect(type("kubectl get pod wrong")).toMatch(/0\/1 +(?:CrashLoopBackOff|RunContainerError) +2 \(/);
  const ended = "{.status.containerStatuses[0].lastState.terminated";
  expect(type(`kubectl get pod wrong -o jsonpath='${ended}.startedAt} ${ended}.reason}'`)).toBe(
    "1970-01-01T00:00:00Z StartError",
  );
  type("kubectl delete pod wrong --now");
});

test("a container that ended is Terminated until its pod is looked at again, and of the ended ones the newest is kept", () => {
  type("kubectl run bad --image=busybox:1.36 -- sh -c 'echo once; exit 3'; sleep 6");
  expect(type("kubectl get pod bad")).toMatch(/0\/1 +CrashLoopBackOff +1 \(/);
  expect(type("kubectl logs bad -p")).toBe("once\n");
  type("sleep 19");
  expect(type("kubectl get pod bad")).toMatch(/0\/1 +Error +2 \(/);
  expect(type("kubectl logs bad")).toBe("once\n");
  expect(type("kubectl logs bad -p")).toMatch(/^unable to retrieve container logs for containerd:\/\/[0-9a-f]{64}$/);
  type("kubectl delete pod bad --now");
});

test("a pod with the node's files speaks to its runtime", () => {
  const look = "chroot /host sh -c 'sleep 1; hostname; crictl ps'";
  const seen = type(`kubectl debug node/node01 -i --image=busybox:1.36 -- ${look}`);
  expect(seen).toContain("node01\n");
  expect(seen).toMatch(/Running +debugger /);
});

test("a service has its pods' addresses, and a budget counts them", () => {
  const addresses = type("kubectl get pods -l app=shop -o jsonpath='{.items[*].status.podIP}'").split(" ");
  const slices = type("kubectl get endpointslices -l kubernetes.io/service-name=shop --no-headers");
  for (const address of addresses) expect(slices).toContain(address);
  type("kubectl create pdb shop --selector=app=shop --min-available=2; sleep 3");
  expect(type("kubectl get pdb shop -o jsonpath='{.status.currentHealthy} {.status.disruptionsAllowed}'")).toBe("2 0");
  expect(type("timeout 5 kubectl drain node01 --ignore-daemonsets --force; kubectl uncordon node01")).toContain(
    "Cannot evict pod as it would violate the pod's disruption budget.",
  );
});

test("the benchmark looks at a control plane's four sections", () => {
  const report = JSON.parse(type("kube-bench --json 2>/tmp/err"));
  expect(report.Controls.map((each: { node_type: string }) => each.node_type)).toEqual([
    "master",
    "controlplane",
    "etcd",
    "node",
  ]);
  const { total_pass, total_fail, total_warn } = report.Totals;
  expect([total_pass > 60, total_fail > 0, total_warn > 0]).toEqual([true, true, true]);
});

test("a version that kubeadm does not reach is refused by name", () => {
  expect(type("kubeadm upgrade apply v1.37.0 -y")).toContain(
    'Specified version to upgrade to "v1.37.0" is at least one minor release higher than the kubeadm minor release (37 > 36).',
  );
});
