// Misconceptions about the certificate that a server shows: what the caller checks, and with what.

import type { Evidence } from "../evidence.ts";
import { failureHas, type Misconception, stderrOf, valueIn } from "./reading.ts";

const complaint = (evidence: Evidence, id: string): string => (evidence.failed.has(id) ? stderrOf(evidence, id) : "");

export const seals: readonly Misconception[] = [
  {
    id: "name-in-cn",
    title: "A server is named by its CN",
    explanation:
      "Callers look in the list of alternative names for what they called. curl still takes the CN where there is no list, and only for a name; the API server and other Go programs do not.",
    recognise: (evidence) => /does not match target/.test(complaint(evidence, "true-address")),
  },
  {
    id: "called-by-address",
    title: "The host name is enough",
    explanation:
      "The API server calls a kubelet by the address that the Node object gives, so that address must be in the list of names. `DNS:` and `IP:` are two kinds of entries.",
    recognise: (evidence) =>
      /no alternative certificate subject name/.test(complaint(evidence, "true-address")) &&
      !evidence.failed.has("true-name"),
  },
  {
    id: "trust-on-sight",
    title: "Trust what you are shown",
    explanation:
      "A certificate taken from the connection is the word of whoever answered, and that is the very question. What to trust comes another way, and before the call.",
    recognise: (evidence) => evidence.failed.has("decoy-refused") && evidence.observed.get("decoy-refused")?.exit === 0,
  },
  {
    id: "two-chains",
    title: "clientCAFile is about the kubelet’s own certificate",
    explanation:
      "`clientCAFile` says whom the kubelet believes when others call. What it shows itself is `tlsCertFile` with `tlsPrivateKeyFile`, and is checked by the caller.",
    recognise: (evidence) =>
      evidence.failed.has("true-name") &&
      (failureHas(evidence, /kubelet server cert files/) || (valueIn(evidence.saved, "tlsCertFile") ?? "") === "") &&
      evidence.history.some((line) => /clientCAFile|client-ca-file|tlsCertFile.*\bca\.crt/.test(line)),
  },
  {
    id: "suite-names",
    title: "Suites and versions are named as everywhere",
    explanation:
      "The kubelet takes Go’s names: `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256` and `VersionTLS13`. Any other spelling ends it at its start.",
    recognise: (evidence) => failureHas(evidence, /Cipher suite .* not supported|unknown tls version/i),
  },
  {
    id: "tls-is-tls",
    title: "TLS is TLS",
    explanation:
      "Unless told otherwise the kubelet offers every suite that Go counts as good enough, some with CBC and SHA-1 among them. `tlsCipherSuites` or a higher `tlsMinVersion` leaves them out.",
    recognise: (evidence) =>
      evidence.observed.get("weak-refused")?.exit === 0 &&
      !evidence.failed.has("true-name") &&
      !evidence.failed.has("stranger-refused"),
  },
];
