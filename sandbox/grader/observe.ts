// The facts behind the picture of the ship: hatches, boats, crew and the link to the harbour, all asked and none assumed.

import type { Fleet } from "../fleet.ts";
import type { KubeletState } from "../kubelet/state.ts";
import { captainOf, runningKubelet } from "./captain.ts";
import type { Observation } from "./check.ts";
import { describeSeen } from "./diagnose.ts";
import type { HatchState, LaneState, ShipFacts } from "./facts.ts";
import { askProbe } from "./probes/ask.ts";

const apiServerPapers = {
  kind: "certificate",
  cert: "/etc/kubernetes/pki/apiserver-kubelet-client.crt",
  key: "/etc/kubernetes/pki/apiserver-kubelet-client.key",
} as const;

const isServed = (seen: Observation | undefined): boolean =>
  Number(seen?.status ?? 0) >= 200 && Number(seen?.status ?? 0) < 300;

/** A port as the outsider finds it; `inside` where only the machine itself is answered. */
function judgeHatch(fork: Fleet, node: string, port: number, stranger: Observation | undefined): HatchState {
  const local = askProbe(fork, { kind: "port", on: node, port });
  if (local === undefined || stranger === undefined) return "unknown";
  if (local.open !== true) return "shut";
  if (isServed(stranger)) return "open";
  return stranger.error === undefined || stranger.error === "tls" ? "guarded" : "inside";
}

function judgeLane(seen: Observation | undefined): { lane: LaneState; got: string } {
  if (seen === undefined) return { lane: "unknown", got: "could not tell" };
  return { lane: isServed(seen) ? "in" : "refused", got: describeSeen(seen) };
}

function listPods(state: KubeletState | undefined): string[] {
  return state?.pods?.map((pod) => pod.name) ?? [];
}

/** Looks at a node of a fork as its callers do: the one told, or the first that is not the control plane. */
export function observeShip(fork: Fleet, captain?: string): ShipFacts {
  const node = captain ?? captainOf(fork) ?? fork.machines[0]?.state.name ?? "";
  const has = (name: string) => fork.machines.some((kernel) => kernel.state.name === name);
  const outside = (url: string) =>
    has("outsider") ? askProbe(fork, { kind: "http", from: "outsider", url }) : undefined;
  const stranger = outside(`https://${node}:10250/pods`);
  const pilot = has("controlplane")
    ? askProbe(fork, { kind: "http", from: "controlplane", url: `https://${node}:10250/pods`, as: apiServerPapers })
    : undefined;
  const status = has("controlplane") ? askProbe(fork, { kind: "node", name: node }) : undefined;
  return {
    node,
    hatches: {
      "10250": judgeHatch(fork, node, 10250, stranger),
      "10255": judgeHatch(fork, node, 10255, outside(`http://${node}:10255/pods`)),
      "10248": judgeHatch(fork, node, 10248, outside(`http://${node}:10248/healthz`)),
    },
    pods: listPods(runningKubelet(fork.machine(node))),
    ready:
      status?.ready === undefined
        ? undefined
        : status.ready === "True"
          ? "Ready"
          : status.ready === "False"
            ? "NotReady"
            : "Unknown",
    pilot: judgeLane(pilot),
    stranger: judgeLane(stranger),
  };
}
