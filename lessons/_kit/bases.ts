// The fleets that drills begin at: few, so that each is booted once, at build time, and shared by many drills.

import type { Scene, SceneMachine } from "#sandbox/scene.ts";
import { webPod } from "./crew.ts";
import { harbourMaster, harbourMasterWelcome } from "./ssh.ts";

/**
 * - `fleet`: controlplane, node01 and node02 as kubeadm joined them, the pod `web` (namespace default, static) on each of the two.
 * - `by-hand`: controlplane, and node01 installed by hand: kubelet 1.20, one unit with flags and no configuration file; `web` on it.
 * - `not-joined`: controlplane, node01 as in `fleet`, and node02 with the packages installed and not joined.
 *
 * Each has the outsider (user pirate) and the quay, from which root goes to every other machine by ssh; so does root of the controlplane.
 */
export type BaseName = "fleet" | "by-hand" | "not-joined";

const quay: SceneMachine = { name: "quay", image: "quay", files: harbourMaster };
const outsider: SceneMachine = { name: "outsider", image: "outsider" };
const controlplane: SceneMachine = {
  name: "controlplane",
  image: "controlplane",
  files: { ...harbourMaster, ...harbourMasterWelcome },
};

function node(name: string, image: SceneMachine["image"] = "worker"): SceneMachine {
  const crew = image === "unjoined" ? {} : { "/etc/kubernetes/manifests/web.yaml": webPod };
  return { name, image, files: { ...harbourMasterWelcome, ...crew } };
}

const terminals = [{ machine: "quay", user: "root" }];

export const bases: Readonly<Record<BaseName, Scene>> = {
  fleet: {
    seed: "drills/fleet",
    machines: [controlplane, node("node01"), node("node02"), outsider, quay],
    terminals,
  },
  "by-hand": {
    seed: "drills/by-hand",
    machines: [controlplane, node("node01", "hand-installed"), outsider, quay],
    terminals,
  },
  "not-joined": {
    seed: "drills/not-joined",
    machines: [controlplane, node("node01"), node("node02", "unjoined"), outsider, quay],
    terminals,
  },
};

/** Name of a base's prebuilt scene below scenes/. */
export function prebuiltName(base: BaseName): string {
  return `drills/${base}`;
}
