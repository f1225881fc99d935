// Misconceptions about bearer tokens: who looks at them, whether one is needed, and when one ends.

import { failedWith, type Misconception, stdoutOf, valueIn } from "./reading.ts";

const WEBHOOK = "authentication.webhook.enabled";

export const letters: readonly Misconception[] = [
  {
    id: "checked-is-required",
    title: "The token webhook asks for tokens",
    explanation:
      "`authentication.webhook` makes the kubelet check the tokens that are shown, and demands none. Whether a caller with nothing is let in is the switch `authentication.anonymous`.",
    recognise: (evidence) =>
      evidence.running !== undefined &&
      valueIn(evidence.running, WEBHOOK) === true &&
      failedWith(evidence, "stranger-refused", "status", 200) &&
      evidence.observed.has("watchman-known"),
  },
  {
    id: "tokens-need-the-webhook",
    title: "A good token always counts",
    explanation:
      "The kubelet cannot tell a good token from a bad one, and has to ask the API server. With `authentication.webhook` off it asks nobody, and no token gives its bearer a name.",
    recognise: (evidence) =>
      evidence.running !== undefined &&
      valueIn(evidence.running, WEBHOOK) === false &&
      evidence.failed.has("watchman-known") &&
      !evidence.failed.has("stranger-refused"),
  },
  {
    id: "new-token-ends-old",
    title: "A new token replaces the old one",
    explanation:
      "Every token stands by itself, and is good until it expires or what it names is gone. To end one before its time delete the account, or the pod or secret it is bound to.",
    recognise: (evidence) =>
      evidence.failed.has("letter-revoked") &&
      /^200[\s\S]*serviceaccount\/gunner/.test(stdoutOf(evidence, "letter-revoked")) &&
      evidence.history.filter((line) => /create token gunner/.test(line)).length > 1,
  },
  {
    id: "revoked-at-once",
    title: "What is revoked ends at once",
    explanation:
      "The kubelet remembers what the API server said of a token, for two minutes unless `cacheTTL` says otherwise. A restart of the kubelet forgets it.",
    recognise: (evidence) =>
      evidence.failed.has("letter-revoked") && /^200\s*$/.test(stdoutOf(evidence, "letter-revoked")),
  },
  {
    id: "right-for-a-name",
    title: "No rights is as good as revoked",
    explanation:
      "Without rights the bearer of a stolen token is still somebody: it stays in the group of all authenticated callers, and gets whatever that group is given. Revoked means that the token names nobody.",
    recognise: (evidence) => evidence.failed.has("letter-revoked") && /^403/.test(stdoutOf(evidence, "letter-revoked")),
  },
];
