// The probe that asks the API server how a node is.

import type { Sys, Task } from "../../kernel/sys.ts";
import type { NodeProbe, Observation } from "../check.ts";
import { probeHttp } from "./http.ts";

interface NodeObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Condition Ready of the Node object; asked on the control plane with the administrator's papers. */
export function* probeNode(sys: Sys, { name }: NodeProbe): Task<Observation | undefined> {
  const answer = yield* probeHttp(sys, {
    kind: "http",
    from: "controlplane",
    url: `https://controlplane:6443/api/v1/nodes/${name}`,
    as: { kind: "kubeconfig", file: "/etc/kubernetes/admin.conf" },
  });
  if (answer === undefined || answer.error !== undefined) return answer;
  if (answer.status === 404) return { exists: false, ready: "Unknown" };
  if (answer.status !== 200) return undefined;
  const node = JSON.parse(String(answer.body)) as NodeObject;
  const ready = node.status?.conditions?.find((condition) => condition.type === "Ready")?.status ?? "Unknown";
  return { exists: true, ready };
}
