// Misconceptions about owners and modes: who may read, who may write, and what a lock does not undo.

import type { Evidence } from "../evidence.ts";
import { type Misconception, stdoutOf } from "./reading.ts";

const seen = (evidence: Evidence, id: string, fact: string): string => String(evidence.observed.get(id)?.[fact] ?? "");

/** Bits for others than the owner, of a file behind a check that failed. */
const bitsForOthers = (evidence: Evidence, id: string): number =>
  evidence.failed.has(id) ? Number.parseInt(seen(evidence, id, "mode") || "0", 8) & 0o77 : 0;

export const cabinets: readonly Misconception[] = [
  {
    id: "read-only-is-locked",
    title: "Read-only is locked",
    explanation:
      "A mode without `w` keeps a file from being changed, and a key is stolen by reading it. A private key is for its owner alone: 600 or 400.",
    recognise: (evidence) =>
      evidence.failed.has("key-locked") &&
      evidence.history.some((line) => /chmod .*(444|644|a=r|a-w|go-w).*(pki|client)/.test(line)),
  },
  {
    id: "nearly-tight",
    title: "640 is as good as 600",
    explanation:
      "The second digit is for the group, and whoever joins the group later reads along. 600 names one reader.",
    recognise: (evidence) =>
      ["kubeconfig-locked", "config-locked"].some((id) => {
        const bits = bitsForOthers(evidence, id);
        return bits > 0 && (bits & 0o7) === 0 && seen(evidence, id, "group") === "root";
      }),
  },
  {
    id: "owner-is-enough",
    title: "What belongs to root is safe",
    explanation:
      "The owner says whose the first digit of the mode is, and the other two digits are for everybody else. Both must be right: owner and mode.",
    recognise: (evidence) =>
      ["kubeconfig-locked", "config-locked", "ca-locked"].some(
        (id) => (bitsForOthers(evidence, id) & 0o22) !== 0 && seen(evidence, id, "group") === "root",
      ) && evidence.history.some((line) => /\bchown\b/.test(line)),
  },
  {
    id: "mode-is-enough",
    title: "600 is safe, whoever owns it",
    explanation:
      "600 means that the owner may do everything, so it matters who that is; and a group that is not root’s waits for the next careless chmod. The benchmark asks for `root:root` as well.",
    recognise: (evidence) =>
      ["kubeconfig-locked", "config-locked", "ca-locked"].some(
        (id) =>
          evidence.failed.has(id) &&
          bitsForOthers(evidence, id) === 0 &&
          (seen(evidence, id, "owner") !== "root" || seen(evidence, id, "group") !== "root"),
      ),
  },
  {
    id: "public-is-harmless",
    title: "What is public needs no lock",
    explanation:
      "Everybody may know which CA is trusted. Whoever may write that file decides it, so it is readable for all and writable for root.",
    recognise: (evidence) => (bitsForOthers(evidence, "ca-locked") & 0o22) !== 0,
  },
  {
    id: "unit-elsewhere",
    title: "The unit is where the notes have it",
    explanation:
      "Packages put unit and drop-in below /usr/lib/systemd/system; a file of the same name below /etc takes its place. `systemctl cat kubelet` shows which files count.",
    recognise: (evidence) =>
      evidence.failed.has("unit-locked") &&
      /^\/usr\/lib\//m.test(stdoutOf(evidence, "unit-locked")) &&
      evidence.history.some((line) => /\/etc\/systemd\/system\/kubelet/.test(line)),
  },
  {
    id: "file-not-folder",
    title: "Locked files are enough",
    explanation:
      "To add, remove or replace a file one needs to write its folder, and not the file. A folder that all may write is a letter box for orders.",
    recognise: (evidence) =>
      evidence.failed.has("orders-locked") &&
      evidence.history.some((line) => /(chmod|chown)\b.*manifests\/\S/.test(line)),
  },
  {
    id: "lock-after-theft",
    title: "A lock undoes what was done",
    explanation:
      "What was planted stays, and what was copied stays copied. After the locks look for what is not yours, and renew every key that others could read.",
    recognise: (evidence) => evidence.failed.has("order-gone") && !evidence.failed.has("orders-locked"),
  },
  {
    id: "too-tight",
    title: "The tighter the better",
    explanation:
      "A mode must leave its owner what the file is for. A program without `x` is not executed, not even by root, and the next start ends with status 203.",
    recognise: (evidence) =>
      evidence.failed.has("ship-healthy") && evidence.history.some((line) => /chmod .*bin\/kubelet/.test(line)),
  },
];
