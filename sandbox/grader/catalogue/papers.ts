// Misconceptions about client certificates: who signed them, for whom, for what, and until when.

import { CLIENT_CA, contentOf, failedWith, type Misconception, stderrOf, stdoutOf, valueIn } from "./reading.ts";

export const papers: readonly Misconception[] = [
  {
    id: "one-ca-a-file",
    title: "A CA file holds one CA",
    explanation:
      "Every certificate in the file that `clientCAFile` names is trusted, however many there are. `openssl x509` shows the first of them and stops.",
    recognise: (evidence) =>
      failedWith(evidence, "forged-refused", "status", 200) &&
      evidence.running !== undefined &&
      valueIn(evidence.running, CLIENT_CA) === valueIn(evidence.saved, CLIENT_CA),
  },
  {
    id: "any-ca",
    title: "One CA is as good as another",
    explanation:
      "A certificate counts only where the CA that signed it stands in the file of the one who is asked. Who keeps or makes another CA has papers that nobody knows.",
    recognise: (evidence) =>
      (failedWith(evidence, "pilot-logs", "status", 401) && Boolean(valueIn(evidence.running, CLIENT_CA))) ||
      (evidence.failed.has("watchman-known") &&
        /^issuer=/m.test(stdoutOf(evidence, "watchman-known")) &&
        !/^issuer=CN=kubernetes$/m.test(stdoutOf(evidence, "watchman-known"))) ||
      (evidence.failed.has("true-name") && /unable to get local issuer/.test(stderrOf(evidence, "true-name"))),
  },
  {
    id: "usage-ignored",
    title: "A certificate is a certificate",
    explanation:
      "The extended key usage says what a certificate is for, and a kubelet takes one from a caller only for client authentication. The pair that a server shows is another pair, even where the same CA signed both.",
    recognise: (evidence) =>
      (evidence.failed.has("watchman-known") &&
        /Server Authentication/.test(stdoutOf(evidence, "watchman-known")) &&
        !/Client Authentication/.test(stdoutOf(evidence, "watchman-known"))) ||
      (evidence.failed.has("true-name") && /unsuitable certificate purpose/.test(stderrOf(evidence, "true-name"))),
  },
  {
    id: "expired-is-fine",
    title: "The right seal is enough",
    explanation:
      "A certificate is good between two dates, and one second later it names nobody. `openssl x509 -noout -dates` shows both, `-checkend 0` asks whether the end has come.",
    recognise: (evidence) =>
      evidence.failed.has("watchman-known") && /^Certificate will expire/m.test(stdoutOf(evidence, "watchman-known")),
  },
  {
    id: "group-for-a-name",
    title: "The organization is the name",
    explanation:
      "The subject’s CN becomes the user, and each O becomes one of its groups. A certificate without a CN names nobody, and its bearer is a stranger.",
    recognise: (evidence) =>
      evidence.failed.has("watchman-known") && /^subject=(?!.*CN=)/m.test(stdoutOf(evidence, "watchman-known")),
  },
  {
    id: "borrowed-papers",
    title: "A strong paper will do for all",
    explanation:
      "Who holds the API server’s or the administrator’s key may do all that they may, on every node. Each caller gets a paper of its own, with the rights it needs and no more.",
    recognise: (evidence) =>
      (evidence.failed.has("watchman-known") && /"kind":"PodList"/.test(stdoutOf(evidence, "watchman-known"))) ||
      (evidence.failed.has("seal-fresh") && evidence.history.some((line) => /admin\.conf/.test(line))),
  },
  {
    id: "untried-refusal",
    title: "Who was not tried was refused as well",
    explanation:
      "The journal has what happened, and a refusal that nobody provoked is not in it. A guard is known by every kind of paper he was shown.",
    recognise: (evidence) =>
      evidence.failed.has("reasons-noted") && /^x509: /m.test(contentOf(evidence, "reasons-noted")),
  },
  {
    id: "one-refusal",
    title: "401 tells what is wrong",
    explanation:
      "The caller is told one word, whatever is wrong with the paper, for a stranger need not learn more. The reason stands in the kubelet’s journal.",
    recognise: (evidence) =>
      evidence.failed.has("reasons-noted") && /Unauthorized|401/.test(contentOf(evidence, "reasons-noted")),
  },
];
