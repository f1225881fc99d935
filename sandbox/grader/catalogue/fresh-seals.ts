// Misconceptions about certificates that end: what renews them, which of the two, and who has to say yes.

import { failureHas, type Misconception, valueIn } from "./reading.ts";

/** Rotation turned on, in a file or by flag. */
const ROTATES = /^rotateCertificates: true|--rotate-certificates/m;

export const freshSeals: readonly Misconception[] = [
  {
    id: "rotation-revives",
    title: "Rotation brings an expired paper back",
    explanation:
      "To renew, the kubelet calls the API server with the paper it has, so rotation works only before the last day. After it somebody else has to vouch: a bootstrap token, or a certificate signed by hand.",
    recognise: (evidence) =>
      evidence.failed.has("node-ready") &&
      evidence.failed.has("seal-fresh") &&
      evidence.changed.some(({ text }) => ROTATES.test(text)),
  },
  {
    id: "restart-renews",
    title: "A restart helps with everything",
    explanation:
      "A restart reads the same certificate again, and at its start the kubelet refuses one that has expired. The journal names the day.",
    recognise: (evidence) =>
      evidence.failed.has("node-ready") &&
      evidence.observed.has("expiry-noted") &&
      evidence.unit !== undefined &&
      evidence.unit.active !== "active" &&
      failureHas(evidence, /unable to load bootstrap kubeconfig/) &&
      !evidence.changed.some(({ text }) => ROTATES.test(text)) &&
      evidence.history.some((line) => /systemctl (re)?start kubelet/.test(line)),
  },
  {
    id: "token-is-spent",
    title: "A token is spent when it was used",
    explanation:
      "A bootstrap token may be used again until it expires or is deleted, by whoever can read it. Take the file away, and `kubeadm token delete` the token.",
    recognise: (evidence) => evidence.failed.has("token-gone"),
  },
  {
    id: "renewed-once",
    title: "Renewed is solved",
    explanation:
      "The next paper ends as well, a year from now. With `rotateCertificates` the kubelet asks for a new one when most of that time has passed.",
    recognise: (evidence) =>
      evidence.failed.has("rotation-on") &&
      evidence.observed.has("seal-fresh") &&
      !evidence.failed.has("seal-fresh") &&
      valueIn(evidence.saved, "rotateCertificates") !== true,
  },
  {
    id: "rotation-covers-both",
    title: "rotateCertificates is for both certificates",
    explanation:
      "It renews what the kubelet shows when it calls. What it shows when it is called is a matter of `serverTLSBootstrap`, and a self-signed pair is never renewed.",
    recognise: (evidence) =>
      evidence.failed.has("serving-believed") &&
      /self-signed/.test(String(evidence.observed.get("serving-believed")?.stderr ?? "")) &&
      valueIn(evidence.running, "rotateCertificates") === true,
  },
  {
    id: "approved-by-itself",
    title: "The harbour signs whatever is asked",
    explanation:
      "Client certificates of nodes are approved by the controller manager. Serving certificates wait for a yes, for the API server cannot know which names a node may claim.",
    recognise: (evidence) =>
      ["serving-believed", "true-name"].some((id) => evidence.observed.get(id)?.exit === 35) &&
      valueIn(evidence.running, "serverTLSBootstrap") === true,
  },
];
