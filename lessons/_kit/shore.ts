// Parts of drills whose work is on the control plane: the API server's manifest, tokens of ServiceAccounts, objects put there before.

import type { HttpProbe, Identity } from "#sandbox/grader/check.ts";
import type { SetupStep } from "#sandbox/scene.ts";
import type { DrillCheck } from "./drill.ts";
import { run } from "./fault.ts";

export const MANIFEST = "/etc/kubernetes/manifests/kube-apiserver.yaml";
/** The kubelet takes the manifest up, and the API server comes back (s). */
export const COMING_BACK = 15;

export const onShore = (line: string): SetupStep => run("controlplane", line);

/** Objects, as somebody applied them from a file that is gone. */
export function applied(objects: readonly unknown[]): SetupStep {
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
  return onShore(`kubectl apply -f - <<'END' >/dev/null\n${list}\nEND`);
}

export const account = (namespace: string, name: string): Identity => ({ kind: "service-account", namespace, name });

/** A request to the API server with somebody's papers, from the machine where they lie. */
export const asksApi = (path: string, as: Identity, from = "controlplane"): HttpProbe => ({
  kind: "http",
  from,
  url: `https://172.30.1.2:6443${path}`,
  as,
});

/** The API server is there, and serves its administrator. */
export const harbourOpen: DrillCheck = {
  id: "harbour-open",
  goal: "The API server answers its administrator.",
  probe: { kind: "command", on: "controlplane", run: "kubectl get --raw /readyz" },
  expect: { stdout: { has: "ok" } },
  passed: "ok.",
  failures: [
    {
      when: {},
      say: "The API server does not answer. `crictl ps -a` on the controlplane shows whether it ended, /var/log/pods why.",
    },
  ],
  hints: {
    nudge: "A static pod with a mistake in its manifest does not come back, and kubectl cannot tell you why.",
    pointer: "`crictl ps -a`, `crictl logs`, and `journalctl -u kubelet` on the controlplane.",
  },
};
