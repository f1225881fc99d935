// Who calls a kubelet in the lessons, and how: builders of probes, so that a check says who asks and not how to ask.

import type { Call, HttpProbe, Identity } from "#sandbox/grader/check.ts";

/** The API server's own client certificate, as kubeadm makes it. */
export const apiServer: Identity = {
  kind: "certificate",
  cert: "/etc/kubernetes/pki/apiserver-kubelet-client.crt",
  key: "/etc/kubernetes/pki/apiserver-kubelet-client.key",
};

/** A token that nobody issued. */
export const madeUpToken: Identity = { kind: "token", token: "not-a-real-token" };

/** A stranger's request to port 10250 of a node. */
export function asStranger(path: string, as: Identity = { kind: "none" }): HttpProbe {
  return { kind: "http", from: "outsider", url: `https://node01:10250${path}`, as };
}

/** A request to port 10250 of a node from the controlplane: the API server's own, unless somebody else asks. */
export function asApiServer(path: string, more: Pick<HttpProbe, "method" | "upgrade" | "as"> = {}): HttpProbe {
  return { kind: "http", from: "controlplane", url: `https://node01:10250${path}`, as: apiServer, ...more };
}

/** The health probe, which the kubelet answers on its own machine only. */
export const healthProbe: HttpProbe = { kind: "http", from: "node01", url: "http://127.0.0.1:10248/healthz" };

/** What an intruder tries; a lesson takes those whose defence it has reached. */
export const boardingParty: readonly Call[] = [
  { id: "list-pods", what: "list the pods", probe: asStranger("/pods") },
  { id: "read-metrics", what: "read /metrics", probe: asStranger("/metrics") },
  { id: "read-settings", what: "read the settings, /configz", probe: asStranger("/configz") },
  { id: "made-up-token", what: "list the pods with a made-up token", probe: asStranger("/pods", madeUpToken) },
  {
    id: "plain-10255",
    what: "plain http on 10255",
    probe: { kind: "http", from: "outsider", url: "http://node01:10255/pods" },
  },
];

/** What the cluster needs from a node. `pod` is namespace, name and container of one that runs there. */
export function harbourPilot(pod: string): readonly Call[] {
  return [
    { id: "logs", what: `logs of ${pod.split("/").at(-1)}`, probe: asApiServer(`/containerLogs/${pod}`) },
    { id: "metrics", what: "read /metrics as the API server", probe: asApiServer("/metrics") },
    { id: "pods", what: "list the pods as the API server", probe: asApiServer("/pods") },
    { id: "health", what: "health probe on 10248", probe: healthProbe },
    { id: "ready", what: "node status", probe: { kind: "node", name: "node01" } },
  ];
}
