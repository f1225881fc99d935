// Misconceptions about taking a node out of service, changing its kubelet, and putting it back.

import { failedWith, type Misconception, stdoutOf } from "./reading.ts";

export const dryDock: readonly Misconception[] = [
  {
    id: "cordon-is-drain",
    title: "A cordoned node is empty",
    explanation:
      "Cordon keeps new pods away, and those that are there stay; drain cordons first, and then evicts. A drain that stops at pods of a DaemonSet has cordoned and evicted nobody.",
    recognise: (evidence) => evidence.failed.has("dock-noted") && /shop-/.test(stdoutOf(evidence, "dock-noted")),
  },
  {
    id: "binary-is-running",
    title: "The new program runs when it is installed",
    explanation:
      "A running process keeps the program it was started with, and the Node object says what that process reported. `kubelet --version` tells of the file on the disk only.",
    recognise: (evidence) =>
      evidence.failed.has("version-new") &&
      /v1\.20/.test(stdoutOf(evidence, "version-new")) &&
      !evidence.failed.has("ship-ready") &&
      evidence.history.some((line) => /install .*kubelet|(cp|mv|scp) .*kubelet/.test(line)),
  },
  {
    id: "drain-ends-itself",
    title: "A drained node comes back by itself",
    explanation:
      "Drain leaves the node cordoned, whether it succeeds or fails, and a restart changes nothing about that. `kubectl uncordon` opens it again.",
    recognise: (evidence) => /^true:/.test(stdoutOf(evidence, "back-in-service")),
  },
  {
    id: "version-narrows-rights",
    title: "A newer version takes old rights back",
    explanation:
      "A new kubelet understands smaller rights, and the wide ones go on working. Whoever was given `nodes/proxy` for an old node holds it until somebody takes it away.",
    recognise: (evidence) =>
      failedWith(evidence, "lookout-no-exec", "status", 101) &&
      evidence.observed.has("version-new") &&
      !evidence.failed.has("version-new"),
  },
  {
    id: "small-right-old-ship",
    title: "Rights mean the same on every version",
    explanation:
      "An old kubelet asks for `nodes/proxy` where a new one asks for `nodes/pods` first. A right that it never asks for opens nothing there.",
    recognise: (evidence) => failedWith(evidence, "lookout-pods", "status", 403) && evidence.failed.has("version-new"),
  },
];
