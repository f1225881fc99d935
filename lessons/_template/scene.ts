// How this lesson finds the fleet: start images, and what differs from them.

import type { Scene } from "#sandbox/scene.ts";

export const scene: Scene = {
  seed: "name-of-the-lesson",
  machines: [
    { name: "node01", image: "worker" },
    { name: "controlplane", image: "controlplane" },
    { name: "outsider", image: "outsider" },
  ],
};
