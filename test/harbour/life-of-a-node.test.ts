// The whole life of a node, typed as an administrator types it: join with a token, work, harden, drain, reset, leave.

import { beforeAll, expect, test } from "vitest";
import type { Fleet } from "../../sandbox/fleet.ts";
import { bootFleet } from "../support/fleet.ts";
import { typeOn } from "../support/type.ts";

let fleet: Fleet;

const type = (machine: string, line: string): string => typeOn(fleet, machine, line);

beforeAll(async () => {
  fleet = await bootFleet("life", { controlplane: "controlplane", node01: "worker", node02: "unjoined" });
});

test("a kubelet that belongs nowhere starts again and again", () => {
  expect(type("node02", "systemctl is-active kubelet")).toBe("activating\n");
  expect(type("controlplane", "kubectl get nodes -o name")).toBe("node/controlplane\nnode/node01\n");
});

test("it joins with the printed command, and is Ready with a certificate of its own", () => {
  const command = type("controlplane", "kubeadm token create --print-join-command").trim();
  expect(command).toMatch(/^kubeadm join 172\.30\.1\.2:6443 --token \S+ --discovery-token-ca-cert-hash sha256:\S+$/);
  const output = type("node02", command);
  expect(output).toContain("This node has joined the cluster:");
  type("node02", "sleep 15");
  expect(type("controlplane", "kubectl get node node02 --no-headers")).toMatch(/^node02 +Ready /);
  expect(type("controlplane", "kubectl get csr --no-headers")).toMatch(
    /system:bootstrap:\w{6} +<none> +Approved,Issued/,
  );
  const subject = "openssl x509 -noout -subject -in /var/lib/kubelet/pki/kubelet-client-current.pem";
  expect(type("node02", subject)).toBe("subject=O=system:nodes, CN=system:node:node02\n");
  expect(type("node02", "ls /etc/kubernetes/bootstrap-kubelet.conf")).toContain("No such file or directory");
});

test("a wrong hash, and a token of another cluster's, open nothing", () => {
  type("node02", "true");
  const join = "kubeadm join 172.30.1.2:6443 --ignore-preflight-errors=all --token";
  const wrong = type(
    "node02",
    `${join} abcdef.0123456789abcdef --discovery-token-ca-cert-hash sha256:${"0".repeat(64)}`,
  );
  expect(wrong).toContain('could not find a JWS signature in the cluster-info ConfigMap for token ID "abcdef"');
  const token = type("controlplane", "kubeadm token create").trim();
  expect(type("node02", `${join} ${token} --discovery-token-ca-cert-hash sha256:${"0".repeat(64)}`)).toContain(
    "are pinned",
  );
  const forged = `${token.slice(0, 7)}${"a".repeat(16)}`;
  expect(type("node02", `${join} ${forged} --discovery-token-unsafe-skip-ca-verification`)).toContain(
    "failed to verify JWS signature of received cluster info object, can't trust this API Server",
  );
});

test("pods come to it, and leave it when it is drained", () => {
  type("controlplane", "kubectl create deployment shop --image=nginx:1.27 --replicas=4; sleep 15");
  const where = "kubectl get pods -l app=shop -o jsonpath='{.items[*].spec.nodeName}'";
  expect(type("controlplane", where)).toContain("node02");
  expect(type("node02", "crictl ps")).toContain("nginx");
  expect(type("controlplane", "kubectl drain node02 --ignore-daemonsets")).toContain("node/node02 drained\n");
  type("controlplane", "sleep 10");
  expect(type("controlplane", where)).toBe("node01 node01 node01 node01");
  expect(type("node02", "crictl ps")).not.toContain("nginx");
  expect(type("controlplane", "kubectl uncordon node02")).toBe("node/node02 uncordoned\n");
});

test("it takes over what the cluster's kubelets are to be set to", () => {
  const edit =
    "kubectl get cm kubelet-config -n kube-system -o yaml | sed 's/^    volumeStats/    podPidsLimit: 512\\n&/'";
  type("controlplane", `${edit} | kubectl apply -f -`);
  expect(type("node02", "kubeadm upgrade node phase kubelet-config")).toContain("was successfully upgraded!");
  expect(type("node02", "grep podPidsLimit /var/lib/kubelet/config.yaml")).toBe("podPidsLimit: 512\n");
  type("node02", "systemctl restart kubelet; sleep 5");
  expect(
    type("controlplane", "kubectl get --raw /api/v1/nodes/node02/proxy/configz | jq .kubeletconfig.podPidsLimit"),
  ).toBe("512\n");
});

test("a kubelet that was held up for longer than the grace makes its node Ready again, and its pods", () => {
  const node =
    "kubectl get node node01 -o jsonpath='{.status.conditions[?(@.type==\"Ready\")].status} {.spec.taints[*].key}'";
  const proxy = "kubectl -n kube-system get pods --field-selector spec.nodeName=node01 -l k8s-app=kube-proxy";
  const pod = `${proxy} -o jsonpath='{.items[*].status.conditions[?(@.type=="Ready")].status}'`;
  expect([type("controlplane", node), type("controlplane", pod)]).toEqual(["True ", "True"]);
  type("node01", "kill -STOP $(pgrep -x kubelet); sleep 65");
  const gone = "Unknown node.kubernetes.io/unreachable node.kubernetes.io/unreachable";
  expect([type("controlplane", node), type("controlplane", pod)]).toEqual([gone, "False"]);
  type("node01", "kill -CONT $(pgrep -x kubelet); sleep 12");
  expect([type("controlplane", node), type("controlplane", pod)]).toEqual(["True ", "True"]);
});

test("reset leaves the Node, which is NotReady after the grace and gone when it is deleted", () => {
  expect(type("node02", "kubeadm reset -f")).toContain("[reset] Stopping the kubelet service\n");
  expect(type("controlplane", "kubectl get node node02 --no-headers")).toMatch(/^node02 +Ready /);
  type("controlplane", "sleep 60");
  expect(type("controlplane", "kubectl get node node02 --no-headers")).toMatch(/^node02 +NotReady /);
  expect(type("controlplane", "kubectl delete node node02")).toBe('node "node02" deleted\n');
  expect(type("node02", "pgrep -c containerd-shim; ls /var/lib/kubelet")).toBe("0\n");
});
