// Lesson 20 begins with everything open that the voyage has shut, on the ship that kubeadm built and, as a variant, on the one installed by hand.

import type { Scene, SceneFile, SceneMachine } from "#sandbox/scene.ts";
import { webPod } from "../../_kit/crew.ts";
import { bindRole, clusterRole, namespace, serviceAccount } from "../../_kit/harbour.ts";
import { forged, forgedKey, oldCa } from "../../_kit/papers.ts";

/** What a caller without papers gets, in five lines; good for real nodes, too. */
const rounds = `# rounds.sh NODE: what a caller without papers gets. Reads only.
try() { printf '%-20s %s, want %s\\n' "$1" "$(curl -sk -m 5 -o /dev/null -w '%{http_code}' "\${@:3}")" "$2"; }
try 'pods, no papers' 401 "https://$1:10250/pods"
try 'pods, bad token' 401 -H 'Authorization: Bearer none' "https://$1:10250/pods"
try 'read-only, 10255' 000 "http://$1:10255/pods"
try 'health, 10248' 000 "http://$1:10248/healthz"
try 'TLS of yesterday' 000 --tls-max 1.2 --ciphers ECDHE-RSA-AES128-SHA:ECDHE-ECDSA-AES128-SHA "https://$1:10250/pods"
`;

const barnacle = `apiVersion: v1
kind: Pod
metadata:
  name: barnacle
spec:
  hostNetwork: true
  terminationGracePeriodSeconds: 1
  containers:
  - name: barnacle
    image: busybox:1.37
    command: ["sh", "-c", "while true; do sleep 60; done"]
    securityContext:
      privileged: true
`;

const end = "-----END CERTIFICATE-----\n";
const clientKey = "/var/lib/kubelet/pki/kubelet-client-current.pem";

const crew: Readonly<Record<string, SceneFile | string>> = {
  "/etc/kubernetes/manifests/web.yaml": webPod,
  "/etc/kubernetes/manifests/barnacle.yaml": { content: barnacle, owner: "cook", group: "users" },
};
const cook: readonly (readonly [string, string])[] = [
  ["nobody:x:", "cook:x:1001:100::/home/cook:/bin/bash\nnobody:x:"],
];
const open = {
  "/var/lib/kubelet": { mode: 0o755 },
  [clientKey]: { mode: 0o644 },
  "/etc/kubernetes/manifests": { mode: 0o777 },
};

const harbour: SceneMachine = { name: "controlplane", image: "controlplane" };
const boat: SceneMachine = {
  name: "outsider",
  image: "outsider",
  files: {
    "/home/pirate/rounds.sh": { content: rounds, owner: "pirate", group: "pirate" },
    "/root/boarding/forged.crt": { content: forged, mode: 0o600 },
    "/root/boarding/forged.key": { content: forgedKey, mode: 0o600 },
  },
};

const terminals = [
  { machine: "outsider", user: "pirate" },
  { machine: "node01", user: "root" },
  { machine: "controlplane", user: "root" },
];
const objects = [
  namespace("monitoring"),
  serviceAccount("monitoring", "lookout"),
  clusterRole("lookout", [{ apiGroups: [""], resources: ["nodes/proxy"], verbs: ["get", "create"] }]),
  bindRole("lookout", "lookout", [{ kind: "ServiceAccount", name: "lookout", namespace: "monitoring" }]),
];

export const scene: Scene = {
  seed: "storm",
  machines: [
    {
      name: "node01",
      image: "worker",
      files: { ...crew, "/etc/default/kubelet": "KUBELET_EXTRA_ARGS=--read-only-port=10255\n" },
      edits: {
        "/etc/passwd": cook,
        "/etc/kubernetes/pki/ca.crt": [[end, `${end}${oldCa}`]],
        "/var/lib/kubelet/config.yaml": [
          ["anonymous:\n    enabled: false", "anonymous:\n    enabled: true"],
          ["webhook:\n    cacheTTL: 0s\n    enabled: true", "webhook:\n    cacheTTL: 0s\n    enabled: false"],
          ["mode: Webhook", "mode: AlwaysAllow"],
          ["fileCheckFrequency: 0s", "eventRecordQPS: 0\nfileCheckFrequency: 0s"],
          ["healthzBindAddress: 127.0.0.1", "healthzBindAddress: 0.0.0.0"],
          ["rotateCertificates: true", "podPidsLimit: -1\nrotateCertificates: false"],
        ],
      },
      modes: { ...open, "/var/lib/kubelet/config.yaml": { mode: 0o664, group: "users" } },
    },
    harbour,
    boat,
  ],
  terminals,
  objects,
};

export const variants = {
  "hand-installed": {
    title: "A node installed by hand",
    scene: {
      seed: "storm/hand-installed",
      machines: [
        {
          name: "node01",
          image: "hand-installed",
          files: crew,
          edits: {
            "/etc/passwd": cook,
            "/etc/kubernetes/pki/ca.crt": [[end, `${end}${oldCa}`]],
            "/etc/systemd/system/kubelet.service": [
              ["  --v=2\n", "  --healthz-bind-address=0.0.0.0 \\\n  --event-qps=0 \\\n  --v=2\n"],
            ],
          },
          modes: { ...open, "/etc/systemd/system/kubelet.service": { mode: 0o664, group: "users" } },
        },
        harbour,
        boat,
      ],
      terminals,
      objects,
    } satisfies Scene,
  },
};
