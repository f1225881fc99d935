// What the grader knows of a kubelet besides what callers got: the three layers of its settings, and how people went at it.

import type { Observation } from "./check.ts";

/** Where a value comes from, as far as the layer can tell. */
export interface Origin {
  readonly kind: "flag" | "file" | "drop-in" | "default";
  readonly file?: string;
  readonly line?: number;
  /** The word on the command line. */
  readonly word?: string;
  /** For a default: which set of defaults. */
  readonly mode?: "file" | "flags";
}

export interface SettingView {
  readonly value: unknown;
  readonly origin: Origin;
  /** What the configuration file says, where a flag hides it. */
  readonly hidden?: { readonly value: unknown; readonly origin: Origin };
}

/** A key of the configuration file that the kubelet does not know, and so ignores. */
export interface IgnoredKey {
  /** As decoding names it: `anonymous`, `authentication.enabled`. */
  readonly field: string;
  readonly file: string;
  readonly line?: number;
}

/** One layer of a kubelet: what the next start would use (saved), or what the live process uses (running). */
export interface CaptainView {
  readonly argv: readonly string[];
  readonly mode: "file" | "flags" | undefined;
  /** Path given by --config. */
  readonly configFile: string | undefined;
  /** Why the start fails; undefined where it does not. */
  readonly failure: string | undefined;
  readonly ignored: readonly IgnoredKey[];
  /** Every field that has a value. */
  readonly fields: readonly string[];
  setting(field: string): SettingView | undefined;
}

/** State of the unit, and what PID 1 complained of in its files. */
export interface UnitView {
  readonly active: string;
  readonly sub: string;
  readonly restarts: number;
  readonly needReload: boolean;
  readonly complaints: readonly { readonly file: string; readonly line: number; readonly text: string }[];
}

export interface ChangedFile {
  readonly machine: string;
  readonly path: string;
  readonly text: string;
  /** Written after the machine's setup, and so by the learner. */
  readonly own: boolean;
}

export interface Evidence {
  readonly machine: string;
  readonly saved: CaptainView | undefined;
  /** Undefined where no kubelet runs. */
  readonly running: CaptainView | undefined;
  readonly unit: UnitView | undefined;
  /** Text files below /etc and /var/lib/kubelet that were written since the machine was switched on. */
  readonly changed: readonly ChangedFile[];
  /** Commands typed, oldest first. */
  readonly history: readonly string[];
  /** What the probes of the checks brought back, by check. */
  readonly observed: ReadonlyMap<string, Observation>;
  /** Checks that did not pass. */
  readonly failed: ReadonlySet<string>;
  /** Settings that the checks want: field → value. */
  readonly wanted: ReadonlyMap<string, string | number | boolean>;
}

/** Where a value comes from, in words: `/var/lib/kubelet/config.yaml line 4`. */
export function describeOrigin(origin: Origin): string {
  const place =
    origin.file === undefined ? "" : origin.line === undefined ? origin.file : `${origin.file} line ${origin.line}`;
  switch (origin.kind) {
    case "flag":
      return place === "" ? `flag ${origin.word ?? ""}` : `flag ${origin.word ?? ""}, ${place}`;
    case "default":
      return origin.mode === "flags" ? "default without a configuration file" : "default with a configuration file";
    default:
      return place;
  }
}
