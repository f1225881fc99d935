// What kubeadm does on a machine: tokens, new certificates, checks before a join.

import { beforeAll, describe, expect, test } from "vitest";
import { bootFleet } from "#test/support/fleet.ts";
import { typeOn } from "#test/support/type.ts";
import type { Fleet } from "../../fleet.ts";

let fleet: Fleet;

beforeAll(async () => {
  fleet = await bootFleet("kubeadm", { controlplane: "controlplane", node01: "worker", node02: "unjoined" });
});

describe("kubeadm", () => {
  test("makes, lists and deletes tokens in the cluster", () => {
    const token = typeOn(fleet, "controlplane", "kubeadm token create --ttl 2h --description test").trim();
    expect(token).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}$/);
    expect(typeOn(fleet, "controlplane", "kubeadm token list")).toContain(`${token}   1h `);
    expect(typeOn(fleet, "controlplane", `kubeadm token delete ${token}`)).toBe(
      `bootstrap token "${token.slice(0, 6)}" deleted\n`,
    );
    expect(typeOn(fleet, "controlplane", "kubeadm token list")).not.toContain(token);
  });

  test("renews a certificate that the API server then accepts", () => {
    const before = typeOn(fleet, "controlplane", "sha256sum /etc/kubernetes/admin.conf");
    expect(typeOn(fleet, "controlplane", "kubeadm certs renew admin.conf")).toContain(
      "for the admin to use and for kubeadm itself renewed",
    );
    expect(typeOn(fleet, "controlplane", "sha256sum /etc/kubernetes/admin.conf")).not.toBe(before);
    expect(
      typeOn(fleet, "controlplane", "kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes -o name"),
    ).toContain("node/node01");
    expect(typeOn(fleet, "controlplane", "kubeadm certs check-expiration")).toMatch(
      /admin\.conf +Nov 21, 2027 \d\d:\d\d UTC +364d +ca +no/,
    );
  });

  test("refuses a machine that is a node already, and names why", () => {
    const out = typeOn(
      fleet,
      "node01",
      "kubeadm join 172.30.1.2:6443 --token abcdef.0123456789abcdef --discovery-token-unsafe-skip-ca-verification",
    );
    expect(out).toContain(
      "\t[ERROR FileAvailable--etc-kubernetes-kubelet.conf]: /etc/kubernetes/kubelet.conf already exists\n",
    );
    expect(out).toContain("\t[ERROR Port-10250]: Port 10250 is in use\n");
  });

  test("leaves a node behind that nothing runs on", () => {
    expect(typeOn(fleet, "node01", "kubeadm reset -f")).toContain("[reset] Stopping the kubelet service\n");
    expect(
      typeOn(
        fleet,
        "node01",
        "ls /etc/kubernetes/kubelet.conf /var/lib/kubelet/config.yaml; pgrep kubelet; crictl pods -q",
      ),
    ).toBe(
      "ls: cannot access '/etc/kubernetes/kubelet.conf': No such file or directory\nls: cannot access '/var/lib/kubelet/config.yaml': No such file or directory\n",
    );
  });
});
