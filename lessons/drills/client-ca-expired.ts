// The client CA on the node's disk has expired, or is not one any more; the right one is to be had elsewhere.

import type { DrillTemplate } from "../_kit/drill.ts";
import { holdsAfterRestart, kubeletHealthy, logsReadable, nodeReady, strangerRefused } from "../_kit/drill-checks.ts";
import { anonymous, authorizationMode, CONFIG, pickNode, RESTART } from "../_kit/drill-ways.ts";

const CA = "/etc/kubernetes/pki/ca.crt";

export const template: DrillTemplate = {
  id: "client-ca-expired",
  title: "A client CA past its day",
  topic: "certificates",
  level: 3,
  minutes: 4,
  use: ["rep", "task"],
  misconceptions: ["expired-is-fine", "ca-missing"],
  make(random) {
    const host = pickNode(random);
    const month = random.between(1, 9);
    const from = `2025${String(month).padStart(2, "0")}01000000Z`;
    const until = `2026${String(month).padStart(2, "0")}01000000Z`;
    const known = logsReadable(host);
    return {
      base: "fleet",
      setup: [
        {
          on: "controlplane",
          run: [
            `openssl req -x509 -new -key /etc/kubernetes/pki/ca.key -subj /CN=kubernetes -not_before ${from} -not_after ${until} -addext basicConstraints=critical,CA:TRUE -out last-year.crt`,
            `scp -q last-year.crt ${host}:${CA}`,
            "rm last-year.crt",
          ].join(" && "),
        },
        { on: host, run: RESTART },
        { wait: 5 },
      ],
      host,
      task: `Since somebody restored \`/etc/kubernetes/pki\` of \`${host}\` from an old backup, its kubelet answers the API server with 401, and \`kubectl logs\` fails for its pods. Find out what is wrong with the file that the kubelet checks callers with, and put the cluster’s present CA in its place. Callers without credentials must still be turned away.`,
      checks: [
        { ...known, weight: 2 },
        holdsAfterRestart(known),
        strangerRefused(host),
        nodeReady(host),
        kubeletHealthy(host),
      ],
      because: `The CA certificate in ${CA} ended on ${until.slice(0, 4)}-${until.slice(4, 6)}-01: same name and key as the present one, and past its day. The present one lies on the controlplane, and in the node’s own kubelet.conf.`,
      solution: ["#@ controlplane", `scp ${CA} ${host}:${CA}`, `#@ ${host}`, RESTART],
      right: [
        {
          name: "out of the kubeconfig",
          lines: [`awk '/authority-data/{print $2}' /etc/kubernetes/kubelet.conf | base64 -d > ${CA}`, RESTART],
        },
        {
          name: "in another file",
          lines: [
            "awk '/authority-data/{print $2}' /etc/kubernetes/kubelet.conf | base64 -d > /etc/kubernetes/pki/now.crt",
            `sed -i 's|${CA}|/etc/kubernetes/pki/now.crt|' ${CONFIG}`,
            RESTART,
          ],
        },
      ],
      wrong: [
        { name: "restarted and nothing else", lines: [RESTART], fails: "pilot-logs" },
        {
          name: "open to everybody",
          lines: [anonymous.inFile("true"), authorizationMode.inFile("AlwaysAllow"), RESTART],
          fails: "stranger-refused",
        },
        {
          name: "its own certificate as the CA",
          lines: [`cp /var/lib/kubelet/pki/kubelet.crt ${CA}`, RESTART],
          fails: "pilot-logs",
        },
        { name: "no CA at all", lines: [`rm ${CA}`, RESTART], fails: "ship-healthy", misconception: "ca-missing" },
      ],
    };
  },
};
