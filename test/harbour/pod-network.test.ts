// The pods' network, from inside a pod, from the nodes and from outside: addresses, services, names, packet filters.

import { beforeAll, expect, test } from "vitest";
import type { Fleet } from "../../sandbox/fleet.ts";
import { bootFleet } from "../support/fleet.ts";
import { typeOn } from "../support/type.ts";

let fleet: Fleet;
const type = (machine: string, line: string): string => typeOn(fleet, machine, line);
const inPod = (pod: string, line: string): string => type("controlplane", `kubectl exec ${pod} -- ${line}`);
const addressOf = (pod: string): string =>
  type("controlplane", `kubectl get pod ${pod} -o jsonpath='{.status.podIP}{"\\n"}'`).trim();

beforeAll(async () => {
  fleet = await bootFleet("pod-network", { controlplane: "controlplane", node01: "worker", outsider: "outsider" });
  type("controlplane", "kubectl run web --image=nginx:1.29; kubectl run box --image=busybox:1.36 -- sleep 3600");
  type("controlplane", "kubectl expose pod web --port 80; sleep 20");
}, 120_000);

test("a pod has its own loopback: the node's doors are not on it, and its own are not on the node", () => {
  expect(inPod("web", "curl -s http://localhost:80")).toBe("OK");
  expect(inPod("web", "curl -s http://localhost:10248/healthz")).toContain("exit code 7");
  expect(type("node01", "curl -sS http://localhost:80")).toContain("Failed to connect to localhost port 80");
  expect(type("node01", "ss -tln")).not.toMatch(/:80\s/);
  expect(inPod("box", "hostname -i").trim()).toBe(addressOf("box"));
});

test("a pod's address answers pods and nodes, not a machine beside the cluster", () => {
  const url = `http://${addressOf("web")}/`;
  expect(inPod("box", `curl -s ${url}`)).toBe("OK");
  for (const node of ["node01", "controlplane"]) expect(type(node, `curl -s ${url}`)).toBe("OK");
  expect(type("outsider", `curl -sS -m 2 ${url}`)).toContain("timed out");
  expect(type("controlplane", "kubectl get --raw /api/v1/namespaces/default/pods/web/proxy/")).toBe("OK");
});

test("a pod reaches its node's kubelet, and is nobody there; to other machines it speaks with its node's address", () => {
  expect(inPod("box", "curl -sk https://172.30.2.2:10250/pods")).toContain("Unauthorized");
  const outsider = type("outsider", "hostname -I").trim();
  type("outsider", "nc -lv 7777 > heard 2>&1 &");
  inPod("box", `sh -c 'echo hello | nc -w 1 ${outsider} 7777'`);
  expect(type("outsider", "cat heard")).toMatch(/172\.30\.2\.2[\s\S]*hello/);
});

test("a service's address leads to those who serve, as long as there are some", () => {
  const address = type("controlplane", "kubectl get svc web -o jsonpath='{.spec.clusterIP}{\"\\n\"}'").trim();
  expect(type("node01", `curl -s http://${address}/`)).toBe("OK");
  expect(inPod("box", `curl -s http://${address}/`)).toBe("OK");
  expect(inPod("box", "curl -sk https://10.96.0.1/version")).toContain('"gitVersion": "v1.36.2"');
  type("controlplane", "kubectl label pod web run=other --overwrite; sleep 2");
  expect(type("node01", `curl -sS http://${address}/`)).toContain("Failed to connect");
  type("controlplane", "kubectl label pod web run=web --overwrite; sleep 2");
  expect(type("node01", `curl -s http://${address}/`)).toBe("OK");
});

test("names of services are looked up at CoreDNS, with the search list that the kubelet wrote", () => {
  expect(inPod("box", "cat /etc/resolv.conf")).toBe(
    "search default.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n",
  );
  expect(inPod("box", "curl -s http://web/")).toBe("OK");
  expect(inPod("box", "curl -sk https://kubernetes.default.svc/version")).toContain('"gitVersion": "v1.36.2"');
  expect(inPod("box", "nslookup kubernetes.default")).toContain("Name:\tkubernetes.default.svc.cluster.local\n");
  expect(inPod("box", "nslookup nosuch.default.svc.cluster.local")).toContain("NXDOMAIN");
  expect(type("node01", "curl -sS http://web/")).toContain("Could not resolve host: web");
  expect(type("node01", "dig +short @10.96.0.10 web.default.svc.cluster.local")).toMatch(/^10\.\d+\.\d+\.\d+\n$/);
});

test("port-forward comes out inside the pod", () => {
  const asked = "kubectl port-forward pod/web 18080:80 > /dev/null & sleep 1; curl -s http://localhost:18080/; kill $!";
  expect(type("controlplane", asked)).toContain("OK");
});

test("nsenter looks at a pod's network with the node's own tools", () => {
  const inside = (line: string): string =>
    type("node01", `for p in $(pgrep -x nginx); do nsenter -t $p -n -u ${line}; done`);
  expect(inside("hostname")).toBe("web\n");
  expect(inside("ss -tlnH")).toMatch(/^LISTEN.*\*:80 /);
  expect(inside("ip -br a")).toContain(`${addressOf("web")}/24`);
  expect(inside("curl -sS http://localhost:10248/healthz")).toContain("Failed to connect");
});

test("what a node forwards obeys its FORWARD chain", () => {
  const url = `http://${addressOf("web")}/`;
  type("node01", "iptables -A FORWARD -p tcp --dport 80 -j REJECT");
  expect(type("controlplane", `curl -sS ${url}`)).toContain("Failed to connect");
  expect(type("node01", `curl -s ${url}`)).toBe("OK");
  type("node01", "iptables -D FORWARD -p tcp --dport 80 -j REJECT");
  expect(type("controlplane", `curl -s ${url}`)).toBe("OK");
});

test("a copy of the fleet goes on hearing of services", () => {
  const copy = fleet.fork();
  const on = (line: string): string => typeOn(copy, "controlplane", line);
  on("kubectl expose pod web --name again --port 80; sleep 3");
  const address = on("kubectl get svc again -o jsonpath='{.spec.clusterIP}{\"\\n\"}'").trim();
  expect(on(`curl -s http://${address}/`)).toBe("OK");
});
