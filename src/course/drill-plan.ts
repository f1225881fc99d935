// A drill as a laboratory opens it: for a repetition beside its task, or as a task of an exam from the quay.

import { bases, prebuiltName } from "#lessons/_kit/bases.ts";
import { type DrillInstance, gradingOf } from "#lessons/_kit/drill.ts";
import type { LabPlan } from "./plan.ts";

/** How long a machine lives on before verdicts count: pods come up, nodes become Ready, or do not (ms). */
export const settle = 15_000;

/** A script's lines as people read them: what moves or waits becomes a comment. */
export function scriptText(lines: readonly string[]): string {
  return lines
    .map((line) => line.replace(/^#@\s+wait\s+(\d+)$/, "# wait $1 seconds").replace(/^#@\s+(\S+)$/, "# on $1"))
    .join("\n");
}

/** Files worth a look on any machine of that kind: none of them tells where the fault lies. */
function filesOf({ base, host }: DrillInstance): readonly string[] {
  if (host === "controlplane")
    return [`${host}:/etc/kubernetes/manifests/kube-apiserver.yaml`, `${host}:/var/lib/kubelet/config.yaml`];
  return base === "by-hand" && host === "node01"
    ? [`${host}:/etc/systemd/system/kubelet.service`]
    : [`${host}:/var/lib/kubelet/config.yaml`, `${host}:/var/lib/kubelet/kubeadm-flags.env`];
}

/** One drill with its orders: terminals on its host, on the control plane and on the outsider's boat. */
export function planOfRep(drill: DrillInstance): LabPlan {
  const scene = bases[drill.base];
  const machines = [...new Set([drill.host, "controlplane", "outsider"])];
  const terminals = machines.map((machine) => ({ machine, user: machine === "outsider" ? "pirate" : "root" }));
  return {
    lab: drill.address,
    noun: "drill",
    base: prebuiltName(drill.base),
    scene: { ...scene, terminals },
    setup: drill.setup,
    grading: gradingOf(drill),
    startOn: drill.host,
    files: filesOf(drill),
  };
}

/** One task of an exam: a terminal on the quay, from which its host is reached by ssh; nothing is judged while it is open. */
export function planOfTask(drill: DrillInstance, lab: string): LabPlan {
  return {
    lab,
    noun: "task",
    base: prebuiltName(drill.base),
    scene: bases[drill.base],
    setup: drill.setup,
    startOn: "quay",
    files: [],
  };
}
