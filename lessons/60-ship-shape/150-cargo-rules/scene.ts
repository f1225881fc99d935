// Lesson 15 begins with a namespace that takes any cargo, a crate that carries the whole ship inside, and the same crate as a static pod.

import type { Scene } from "#sandbox/scene.ts";
import { webPod } from "../../_kit/crew.ts";
import { namespace } from "../../_kit/harbour.ts";
import { crate, porter } from "./pods.ts";

export const scene: Scene = {
  seed: "cargo-rules",
  machines: [
    { name: "node01", image: "worker", files: { "/etc/kubernetes/manifests/web.yaml": webPod } },
    {
      name: "controlplane",
      image: "controlplane",
      files: { "/root/crate.yaml": crate("crate"), "/root/porter.yaml": porter("porter") },
    },
    { name: "outsider", image: "outsider" },
  ],
  terminals: [
    { machine: "controlplane", user: "root" },
    { machine: "node01", user: "root" },
  ],
  objects: [namespace("cargo")],
};
