// What kubeadm does on a machine: tokens, new certificates, checks before a join.

import { beforeAll, describe, expect, test } from "vitest";
import type { Fleet } from "../../fleet.ts";
import { bootScene } from "../../images/index.ts";
import { decode } from "../../kernel/text.ts";
import { Programs } from "../../programs.ts";

let fleet: Fleet;

/** Output of a line of bash, both streams. */
function run(machine: string, line: string): string {
  fleet.runTask(
    machine,
    function* (sys) {
      const argv = ["bash", "-c", `exec >/tmp/out 2>&1 </dev/null; ${line}`];
      const pid = sys.spawn({
        path: "/bin/bash",
        argv,
        cwd: "/root",
        env: { PATH: "/usr/sbin:/usr/bin", HOME: "/root" },
      });
      if (typeof pid === "number") yield* sys.waitpid(pid);
      return 0;
    },
    { patience: 600_000 },
  );
  const data = fleet.readFile(machine, "/tmp/out");
  return data instanceof Uint8Array ? decode(data) : "";
}

beforeAll(async () => {
  const programs = new Programs();
  await programs.loadAll();
  const machines = [
    { name: "controlplane", image: "controlplane" },
    { name: "node01", image: "worker" },
    { name: "node02", image: "unjoined" },
  ] as const;
  fleet = await bootScene({ seed: "kubeadm", machines }, programs);
});

describe("kubeadm", () => {
  test("makes, lists and deletes tokens in the cluster", () => {
    const token = run("controlplane", "kubeadm token create --ttl 2h --description test").trim();
    expect(token).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}$/);
    expect(run("controlplane", "kubeadm token list")).toContain(`${token}   1h `);
    expect(run("controlplane", `kubeadm token delete ${token}`)).toBe(
      `bootstrap token "${token.slice(0, 6)}" deleted\n`,
    );
    expect(run("controlplane", "kubeadm token list")).not.toContain(token);
  });

  test("renews a certificate that the API server then accepts", () => {
    const before = run("controlplane", "sha256sum /etc/kubernetes/admin.conf");
    expect(run("controlplane", "kubeadm certs renew admin.conf")).toContain(
      "for the admin to use and for kubeadm itself renewed",
    );
    expect(run("controlplane", "sha256sum /etc/kubernetes/admin.conf")).not.toBe(before);
    expect(run("controlplane", "kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes -o name")).toContain(
      "node/node01",
    );
    expect(run("controlplane", "kubeadm certs check-expiration")).toMatch(
      /admin\.conf +Nov 21, 2027 \d\d:\d\d UTC +364d +ca +no/,
    );
  });

  test("refuses a machine that is a node already, and names why", () => {
    const out = run(
      "node01",
      "kubeadm join 172.30.1.2:6443 --token abcdef.0123456789abcdef --discovery-token-unsafe-skip-ca-verification",
    );
    expect(out).toContain(
      "\t[ERROR FileAvailable--etc-kubernetes-kubelet.conf]: /etc/kubernetes/kubelet.conf already exists\n",
    );
    expect(out).toContain("\t[ERROR Port-10250]: Port 10250 is in use\n");
  });

  test("leaves a node behind that nothing runs on", () => {
    expect(run("node01", "kubeadm reset -f")).toContain("[reset] Stopping the kubelet service\n");
    expect(
      run("node01", "ls /etc/kubernetes/kubelet.conf /var/lib/kubelet/config.yaml; pgrep kubelet; crictl pods -q"),
    ).toBe(
      "ls: cannot access '/etc/kubernetes/kubelet.conf': No such file or directory\nls: cannot access '/var/lib/kubelet/config.yaml': No such file or directory\n",
    );
  });
});
