// Misconceptions about a surveyor's report: what it looks at, what it takes for granted, and whom it does not ask.

import type { Evidence } from "../evidence.ts";
import { CLIENT_CA, contentOf, failedWith, failureHas, type Misconception, stdoutOf, valueIn } from "./reading.ts";

/** The report says that nothing fails. */
const isClean = (evidence: Evidence): boolean =>
  evidence.observed.has("no-findings") && !evidence.failed.has("no-findings");

export const surveyor: readonly Misconception[] = [
  {
    id: "report-is-the-ship",
    title: "A clean report is a safe ship",
    explanation:
      "A report says that certain words stand in certain places. Whether a stranger gets in is told by a stranger: call the ship from outside, before and after.",
    recognise: (evidence) => isClean(evidence) && failedWith(evidence, "hatch-shut", "status", 200),
  },
  {
    id: "report-afterwards",
    title: "Mend first, read later",
    explanation:
      "A report from after the change tells nothing of what was wrong. Keep the first one, and lay the next beside it.",
    recognise: (evidence) =>
      evidence.failed.has("report-kept") && contentOf(evidence, "report-kept").includes("[PASS] 4.2.2"),
  },
  {
    id: "fails-alone",
    title: "Only what fails is worth reading",
    explanation:
      "What passes is a claim as well, and it is the one that nobody checks. Keep the whole report, and compare its claims with the ship.",
    recognise: (evidence) => {
      const kept = contentOf(evidence, "report-kept");
      return evidence.failed.has("report-kept") && kept.includes("[FAIL]") && !kept.includes("[PASS]");
    },
  },
  {
    id: "passes-on-paper",
    title: "What passes is right",
    explanation:
      "Many checks ask whether something is set, or is not one bad word. A limit of -1, the wrong CA and a mode that does not exist all pass, and the ship pays for it.",
    recognise: (evidence) =>
      evidence.observed.has("no-findings") &&
      (failureHas(evidence, /unknown authorization mode/) ||
        (failedWith(evidence, "pids-limited", "status", 200) && !evidence.failed.has("keeps-renewing")) ||
        (failedWith(evidence, "pilot-logs", "status", 401) &&
          valueIn(evidence.running, CLIENT_CA) !== "/etc/kubernetes/pki/ca.crt")),
  },
  {
    id: "fail-on-paper",
    title: "What fails is open",
    explanation:
      "A check that wants a word in a file fails where the default says the same. Such a line costs a minute to write, and closes nothing.",
    recognise: (evidence) => evidence.failed.has("paper-noted") && stdoutOf(evidence, "paper-noted").includes("4.2.1 "),
  },
  {
    id: "one-file-of-settings",
    title: "config.yaml is the configuration",
    explanation:
      "With `--config-dir` the kubelet reads a folder of drop-ins after the file, and they win. The surveyor reads the file alone, and so does whoever follows it.",
    recognise: (evidence) =>
      evidence.running?.setting("readOnlyPort")?.origin.kind === "drop-in" &&
      evidence.changed.some(({ path, text }) => path.endsWith("/config.yaml") && /^readOnlyPort: 0$/m.test(text)),
  },
  {
    id: "default-believed",
    title: "What is not set is as the report believes",
    explanation:
      "The surveyor knows no defaults: where nothing is set some checks pass and others fail, whatever the kubelet does then. `/configz` shows what the process uses.",
    recognise: (evidence) =>
      failedWith(evidence, "keeps-renewing", "status", 200) &&
      !evidence.failed.has("pids-limited") &&
      evidence.running?.setting("rotateCertificates")?.origin.kind === "default",
  },
  {
    id: "wrong-file-locked",
    title: "Any file of the unit will do",
    explanation:
      "Each check looks at one file, the first that it finds on its list; the remedy below the report names it. Lock that one for the report, and the others for the ship.",
    recognise: (evidence) =>
      stdoutOf(evidence, "no-findings").includes("4.1.1") &&
      evidence.history.some((line) => /chmod\b.*10-kubeadm\.conf/.test(line)),
  },
  {
    id: "file-pleases-tool",
    title: "What the report wants is what the kubelet reads",
    explanation:
      "The surveyor looks for config.yaml in its usual place, whether this kubelet is told of it or not. A file without `--config` in the command turns lines green and changes nothing else.",
    recognise: (evidence) =>
      isClean(evidence) &&
      evidence.running?.mode === "flags" &&
      evidence.changed.some(({ path }) => path === "/var/lib/kubelet/config.yaml"),
  },
];
