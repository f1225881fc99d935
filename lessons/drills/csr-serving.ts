// A serving certificate from the cluster's CA, and a second request that must not be granted.

import type { DrillCheck, DrillTemplate } from "../_kit/drill.ts";
import { holdsAfterRestart, logsReadable } from "../_kit/drill-checks.ts";
import { CONFIG, otherNode, run } from "../_kit/fault.ts";

const sealed = (node: string): DrillCheck => ({
  id: "seal-verified",
  goal: `Port 10250 of ${node} shows a certificate that the cluster’s CA signed for \`${node}\`.`,
  probe: {
    kind: "http",
    from: "controlplane",
    url: `https://${node}:10250/healthz`,
    cacert: "/etc/kubernetes/pki/ca.crt",
  },
  expect: { status: { is: 401 } },
  passed: "Verified with the cluster’s CA; the caller itself had no papers, hence 401.",
  failures: [
    { when: { error: { is: "tls" } }, say: "The certificate on 10250 is not one that the cluster’s CA vouches for." },
    { when: { error: { is: "refused" } }, say: "Nobody answers on 10250." },
  ],
  hints: {
    nudge: "Who signs the certificate that the kubelet shows its callers, as long as nobody says otherwise?",
    pointer:
      "`serverTLSBootstrap` has the kubelet ask for one; `kubectl get csr` shows the request, which nobody approves by itself.",
  },
});

export const template: DrillTemplate = {
  id: "csr-serving",
  title: "A seal from the harbour",
  topic: "certificates",
  level: 3,
  minutes: 5,
  use: ["rep", "task"],
  misconceptions: ["approved-by-itself"],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    const other = otherNode(node);
    const letters = "bcdfghjklmnpqrstvwxz2456789";
    const bait = `csr-${Array.from({ length: 5 }, () => letters[random.int(letters.length)]).join("")}`;
    const names = random.pick([
      "DNS:controlplane,IP:172.30.1.2",
      `DNS:${node},IP:172.30.2.${node === "node01" ? 2 : 3}`,
      "DNS:kubernetes.default.svc,IP:10.96.0.1",
    ]);
    const ask = "echo 'serverTLSBootstrap: true' >> ";
    const approve = (which: string): string => `kubectl certificate approve ${which}`;
    const own = `$(kubectl get csr | awk '/${node} .*Pending/{print $1}')`;
    return {
      base: "fleet",
      setup: [
        run(
          other,
          `cd /tmp; openssl req -new -newkey rsa:2048 -nodes -keyout s.key -subj /O=system:nodes/CN=system:node:${other} -addext subjectAltName=${names} -out s.csr 2>/dev/null; printf 'apiVersion: certificates.k8s.io/v1\\nkind: CertificateSigningRequest\\nmetadata:\\n  name: ${bait}\\nspec:\\n  request: %s\\n  signerName: kubernetes.io/kubelet-serving\\n  usages: [digital signature, key encipherment, server auth]\\n' $(base64 -w0 s.csr) > s.yaml; kubectl --kubeconfig /etc/kubernetes/kubelet.conf create -f s.yaml >/dev/null; rm s.*`,
        ),
        { wait: 5 },
      ],
      host: node,
      task: `The kubelet on \`${node}\` shows its callers a certificate that it signed itself. Have it ask the cluster for one instead, now and at every renewal, and grant its request on \`controlplane\`. Another serving request is waiting there which names hosts that its sender is not: it must never be granted. The API server reads logs on \`${node}\` as before.`,
      checks: [
        { ...sealed(node), weight: 3 },
        {
          id: "bait-refused",
          goal: `The request \`${bait}\` got no certificate.`,
          probe: {
            kind: "command",
            on: "controlplane",
            run: `kubectl get csr ${bait} -o jsonpath='x{.status.certificate}x'`,
          },
          expect: { stdout: { is: "xx" } },
          passed: "Not granted.",
          failures: [
            {
              when: { stderr: { has: "not found" } },
              say: "The request was deleted. What was asked for belongs into the record; deny it, or leave it.",
            },
            { when: {}, say: `\`${bait}\` was granted: its sender holds a certificate for other hosts' names.` },
          ],
          hints: {
            nudge: "Look into a request before you grant it: who sent it, and which names are in it?",
            pointer: `\`kubectl get csr ${bait} -o jsonpath={.spec.request} | base64 -d | openssl req -noout -text\`.`,
          },
        },
        holdsAfterRestart(sealed(node)),
        logsReadable(node),
      ],
      because: `Without \`serverTLSBootstrap\` a kubelet signs its own serving certificate. With it, it sends a request to the signer \`kubernetes.io/kubelet-serving\`, which a person has to look at and approve; \`${bait}\` came from ${other} and named ${names}.`,
      solution: [
        `${ask}${CONFIG}`,
        "systemctl restart kubelet",
        "#@ wait 4",
        "#@ controlplane",
        approve(own),
        "#@ wait 6",
      ],
      right: [
        {
          name: "the other one denied first",
          lines: [
            "#@ controlplane",
            `kubectl certificate deny ${bait}`,
            `#@ ${node}`,
            `${ask}${CONFIG}`,
            "systemctl restart kubelet",
            "#@ wait 4",
            "#@ controlplane",
            approve(own),
            "#@ wait 6",
          ],
        },
        {
          name: "by flag",
          lines: [
            "echo KUBELET_EXTRA_ARGS=--rotate-server-certificates > /etc/default/kubelet",
            `${ask}${CONFIG}`,
            "systemctl restart kubelet",
            "#@ wait 4",
            "#@ controlplane",
            approve(own),
            "#@ wait 6",
          ],
        },
      ],
      wrong: [
        {
          name: "all that waits granted",
          lines: [
            `${ask}${CONFIG}`,
            "systemctl restart kubelet",
            "#@ wait 4",
            "#@ controlplane",
            approve("$(kubectl get csr -o name | cut -d/ -f2)"),
            "#@ wait 6",
          ],
          fails: "bait-refused",
        },
        {
          name: "asked, and not granted",
          lines: [`${ask}${CONFIG}`, "systemctl restart kubelet"],
          fails: "seal-verified",
        },
        {
          name: "the wrong one granted",
          lines: ["#@ controlplane", approve(bait)],
          fails: "bait-refused",
        },
        {
          name: "saved, not restarted",
          lines: [`${ask}${CONFIG}`, "#@ controlplane", approve(own)],
          fails: "seal-verified",
        },
      ],
    };
  },
};
