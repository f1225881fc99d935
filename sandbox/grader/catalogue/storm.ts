// Misconceptions of those who harden everything at once: what is too much, and what is one gate of two.

import { failedWith, type Misconception, valueIn } from "./reading.ts";

export const storm: readonly Misconception[] = [
  {
    id: "asking-is-refusing",
    title: "Webhook means no",
    explanation:
      "With Webhook the kubelet asks the API server, and the API server answers with whatever roles it has. A wide role is as open as AlwaysAllow, for those who hold it.",
    recognise: (evidence) =>
      failedWith(evidence, "lookout-no-run", "status", 200) &&
      valueIn(evidence.running, "authorization.mode") === "Webhook" &&
      valueIn(evidence.running, "authentication.webhook.enabled") === true,
  },
  {
    id: "caller-removed",
    title: "Who is gone does no harm",
    explanation:
      "A caller had work to do, and somebody will give the next one a wide right again, in a hurry. Narrow its role to what it needs, and keep the caller.",
    recognise: (evidence) =>
      ["lookout-metrics", "lookout-pods", "lookout-refused"].some((id) => failedWith(evidence, id, "error", "account")),
  },
  {
    id: "tools-thrown-overboard",
    title: "What strangers misuse nobody needs",
    explanation:
      "`enableDebuggingHandlers: false` takes logs, exec, attach and port-forward away from everybody, the harbour too. Guard them; the guard tells friends from strangers.",
    recognise: (evidence) => valueIn(evidence.running, "enableDebuggingHandlers") === false,
  },
  {
    id: "boat-burned",
    title: "Away with the whole folder",
    explanation:
      "Without `staticPodPath` every static pod goes, cargo and barnacles alike. Take the one manifest out, and lock the folder.",
    recognise: (evidence) =>
      evidence.failed.has("order-gone") &&
      evidence.running !== undefined &&
      (valueIn(evidence.running, "staticPodPath") ?? "") === "",
  },
  {
    id: "tokens-unread",
    title: "No tokens, no trouble",
    explanation:
      "With `authentication.webhook` off nobody looks at tokens, and their bearers become strangers: refused, the honest ones too. Accounts of the cluster have no other papers.",
    recognise: (evidence) =>
      failedWith(evidence, "lookout-metrics", "status", 401) &&
      valueIn(evidence.running, "authentication.webhook.enabled") === false,
  },
];
