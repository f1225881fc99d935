// Misconceptions about installing a kubelet: what proves a binary, what starts it again, and who it is to the API server.

import { contentOf, failureHas, type Misconception, stdoutOf } from "./reading.ts";

export const commission: readonly Misconception[] = [
  {
    id: "version-proves",
    title: "It tells its version, so it is the one",
    explanation:
      "A program prints what its maker wanted. The sum that the project publishes says whether these are the project’s bytes.",
    recognise: (evidence) => evidence.failed.has("binary-true") && /FAILED/.test(stdoutOf(evidence, "binary-true")),
  },
  {
    id: "sum-of-itself",
    title: "A sum is a sum",
    explanation:
      "A sum made from the file agrees with the file, whatever is in it. The other sum must come from whoever made the release, by another way.",
    recognise: (evidence) =>
      evidence.failed.has("forgery-noted") &&
      /OK/.test(contentOf(evidence, "forgery-noted")) &&
      evidence.history.some((line) => /sha256sum [^-|]*>/.test(line)),
  },
  {
    id: "not-executable",
    title: "A program is a file like any other",
    explanation:
      "Without the `x` bits nobody may execute it, and systemd says `status=203/EXEC`. `install -m 755` copies a file and sets them.",
    recognise: (evidence) => /no x/.test(stdoutOf(evidence, "binary-true")),
  },
  {
    id: "started-is-enabled",
    title: "What is started stays",
    explanation:
      "`start` is for now, `enable` is for every boot. `enable --now` does both, and needs an `[Install]` section in the unit.",
    recognise: (evidence) =>
      evidence.failed.has("starts-at-boot") && evidence.unit !== undefined && evidence.unit.active === "active",
  },
  {
    id: "no-way-to-the-harbour",
    title: "The configuration is enough",
    explanation:
      "`--config` holds the kubelet’s settings, `--kubeconfig` its way to the API server. Without the second it has no harbour to report to or to ask, and with webhooks on it does not start.",
    recognise: (evidence) =>
      evidence.failed.has("node-ready") &&
      (failureHas(evidence, /no client provided/) ||
        evidence.saved?.argv.some((word) => /^--kubeconfig/.test(word)) === false),
  },
  {
    id: "plain-name",
    title: "The node’s name is its user",
    explanation:
      "To the API server a node is the user `system:node:NAME` in the group `system:nodes`. A certificate with another CN or O is some user without rights.",
    recognise: (evidence) =>
      evidence.failed.has("node-ready") &&
      evidence.running !== undefined &&
      evidence.history.some((line) => /openssl req\b/.test(line)) &&
      !evidence.history.some((line) => /system:node:/.test(line)),
  },
  {
    id: "unpinned-harbour",
    title: "The token is enough",
    explanation:
      "The token proves the node to the API server. The hash of the CA proves the API server to the node; without it whoever answers there commands the ship.",
    recognise: (evidence) =>
      evidence.failed.has("harbour-pinned") &&
      /unsafe-skip-ca-verification/.test(contentOf(evidence, "harbour-pinned")),
  },
  {
    id: "packages-are-a-node",
    title: "With the packages it is a node",
    explanation:
      "Packages bring programs and a unit. The kubelet starts again and again until `kubeadm join` has written its config.yaml and its kubeconfig.",
    recognise: (evidence) =>
      evidence.failed.has("second-ready") &&
      !evidence.history.some((line) => /^(sudo )?(kubeadm join|(ba)?sh .*join)/.test(line)),
  },
];
