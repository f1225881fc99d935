// The probe that asks the API server how a node is.

import type { Sys, Task } from "../../kernel/sys.ts";
import type { NodeProbe, Observation } from "../check.ts";
import { probeHttp } from "./http.ts";

type Amounts = Readonly<Record<string, string>>;

interface NodeObject {
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly capacity?: Amounts;
    readonly allocatable?: Amounts;
  };
}

const UNITS: Readonly<Record<string, number>> = {
  m: 0.001,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};

/** A quantity as a number: `1800m` is 1.8, `256Mi` its bytes. */
function readAmount(text: string | undefined): number {
  const [, number = "0", unit = ""] = /^([\d.]+)([A-Za-z]*)$/.exec(text ?? "") ?? [];
  return Number(number) * (UNITS[unit] ?? Number.NaN);
}

/** What the node keeps back from pods: capacity without what is allocatable. */
function readKept({ status }: NodeObject): Observation {
  const kept = (name: string) => readAmount(status?.capacity?.[name]) - readAmount(status?.allocatable?.[name]);
  return { keptMemory: Math.floor(kept("memory") / 2 ** 20), keptCpu: Math.round(kept("cpu") * 1000) };
}

/** Condition Ready of the Node object, and what it keeps back; asked on the control plane with the administrator's papers. */
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
  return { exists: true, ready, ...readKept(node) };
}
