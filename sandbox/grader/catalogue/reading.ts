// How the catalogue reads the evidence: what a misconception is, and the questions that several of them ask.

import type { RecognisedMisconception } from "../check.ts";
import type { CaptainView, Evidence } from "../evidence.ts";

/** The field with the CA for callers. */
export const CLIENT_CA = "authentication.x509.clientCAFile";

/** `explanation` is two sentences: what is really so, and what follows from it. */
export interface Misconception extends RecognisedMisconception {
  /** Whether the evidence shows it now. */
  recognise(evidence: Evidence): boolean;
}

/** Whether a kubelet that can start asks nobody for a certificate. */
export function hasNoClientCa(view: CaptainView | undefined): boolean {
  const setting = view?.setting(CLIENT_CA);
  return setting !== undefined && (setting.value ?? "") === "";
}

/** The wanted settings for which a test holds. */
export const someWanted = (evidence: Evidence, holds: (field: string, value: unknown) => boolean): boolean =>
  [...evidence.wanted].some(([field, value]) => holds(field, value));

export const valueIn = (view: CaptainView | undefined, field: string): unknown => view?.setting(field)?.value;

/** Settings behind checks that leave the value to the learner: saved and running differ where a restart is missing. */
const UNNAMED: Readonly<Record<string, readonly string[]>> = {
  "forged-refused": [CLIENT_CA],
  "true-name": ["tlsCertFile", "tlsPrivateKeyFile"],
  "weak-refused": ["tlsCipherSuites", "tlsMinVersion"],
};

const text = (value: unknown): string => JSON.stringify(value) ?? "";

/** Saved as wanted, and the live process has it otherwise. */
export const lagsBehindFiles = (evidence: Evidence): boolean =>
  evidence.running !== undefined &&
  (someWanted(
    evidence,
    (field, value) => valueIn(evidence.saved, field) === value && valueIn(evidence.running, field) !== value,
  ) ||
    Object.entries(UNNAMED).some(
      ([id, fields]) =>
        evidence.failed.has(id) &&
        fields.some((field) => {
          const saved = valueIn(evidence.saved, field) ?? "";
          return saved !== "" && text(saved) !== text(valueIn(evidence.running, field));
        }),
    ));

export const failureHas = (evidence: Evidence, pattern: RegExp): boolean => pattern.test(evidence.saved?.failure ?? "");

export const observedError = (evidence: Evidence, ids: RegExp, error: RegExp): boolean =>
  [...evidence.observed].some(([id, seen]) => ids.test(id) && error.test(String(seen.error ?? "")));

/** Content of the file behind a check, as it was seen. */
export const contentOf = (evidence: Evidence, id: string): string => String(evidence.observed.get(id)?.content ?? "");

export const isLoopback = (address: unknown): boolean =>
  typeof address === "string" && /^(127\.|::1$|localhost$)/.test(address);

/** Output of the command behind a check. */
export const stdoutOf = (evidence: Evidence, id: string): string => String(evidence.observed.get(id)?.stdout ?? "");

/** Whether a check did not pass, and its probe brought back this fact. */
export const failedWith = (evidence: Evidence, id: string, fact: string, value: unknown): boolean =>
  evidence.failed.has(id) && evidence.observed.get(id)?.[fact] === value;

/** What that command complained of. */
export const stderrOf = (evidence: Evidence, id: string): string => String(evidence.observed.get(id)?.stderr ?? "");
