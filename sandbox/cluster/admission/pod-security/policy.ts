// A name space's Pod Security policy: levels and versions from its labels, and what a pod violates of them.

import type { Fields, KubeObject } from "../../object.ts";
import type { FieldError } from "../../status.ts";
import { CHECKS, subjectOf, type Violation } from "./checks.ts";

export type Level = "privileged" | "baseline" | "restricted";

export interface LevelVersion {
  readonly level: Level;
  /** `latest`, or `v1.27`. */
  readonly version: string;
}

export interface Policy {
  readonly enforce: LevelVersion;
  readonly audit: LevelVersion;
  readonly warn: LevelVersion;
}

export const LEVELS: readonly Level[] = ["privileged", "baseline", "restricted"];

/** The minor version that `latest` means. */
const LATEST = 36;

const PREFIX = "pod-security.kubernetes.io/";

export const DEFAULT_POLICY: Policy = {
  enforce: { level: "privileged", version: "latest" },
  audit: { level: "privileged", version: "latest" },
  warn: { level: "privileged", version: "latest" },
};

const isVersion = (text: string): boolean => text === "latest" || /^v1\.(0|[1-9]\d*)$/.test(text);

/** The policy that labels ask for, with what is wrong with them; a bad level counts as restricted, a bad version as latest. */
export function policyOf(
  labels: Readonly<Record<string, string>> = {},
  defaults: Policy = DEFAULT_POLICY,
): { readonly policy: Policy; readonly errors: readonly FieldError[] } {
  const errors: FieldError[] = [];
  const read = (mode: keyof Policy, fallback: Level): LevelVersion => {
    const given = labels[PREFIX + mode];
    const version = labels[`${PREFIX}${mode}-version`];
    const wrong = (key: string, value: string, must: string): void => {
      const message = `Invalid value: ${JSON.stringify(value)}: ${must}`;
      errors.push({ type: "FieldValueInvalid", field: `metadata.labels[${PREFIX}${key}]`, message });
    };
    let level = defaults[mode].level;
    if (given !== undefined) {
      if ((LEVELS as readonly string[]).includes(given)) level = given as Level;
      else {
        wrong(mode, given, `must be one of ${LEVELS.join(", ")}`);
        level = fallback;
      }
    }
    if (version !== undefined && !isVersion(version)) wrong(`${mode}-version`, version, 'must be "latest" or "v1.x"');
    return { level, version: version === undefined ? defaults[mode].version : isVersion(version) ? version : "latest" };
  };
  const policy = {
    enforce: read("enforce", "restricted"),
    audit: read("audit", "privileged"),
    warn: read("warn", "privileged"),
  };
  return { policy: { ...policy, warn: warnOf(policy, labels) }, errors };
}

/** Without a label of its own, warn is at least as strict as an explicit enforce. */
function warnOf({ enforce, warn }: Policy, labels: Readonly<Record<string, string>>): LevelVersion {
  if (labels[`${PREFIX}warn`] !== undefined || labels[`${PREFIX}enforce`] === undefined) return warn;
  if (LEVELS.indexOf(enforce.level) <= LEVELS.indexOf(warn.level)) return warn;
  return {
    level: enforce.level,
    version: labels[`${PREFIX}warn-version`] === undefined ? enforce.version : warn.version,
  };
}

export const describeLevel = ({ level, version }: LevelVersion): string => `${level}:${version}`;

/** What a pod violates, in the order of the checks. */
export function violationsOf(
  { level, version }: LevelVersion,
  metadata: KubeObject["metadata"] | undefined,
  spec: Fields,
): readonly Violation[] {
  if (level === "privileged") return [];
  const minor = version === "latest" ? LATEST : Math.min(Number(version.slice(3)), LATEST);
  const fitting = CHECKS.filter(
    (check) => check.since <= minor && (level === "restricted" || check.level === "baseline"),
  );
  const newest = fitting.filter(
    (check) => !fitting.some((other) => other.id === check.id && other.since > check.since),
  );
  const replaced = new Set(newest.map(({ instead }) => instead));
  const subject = subjectOf(metadata, spec);
  return newest
    .filter(({ id }) => !replaced.has(id))
    .map((check) => check.look(subject, minor))
    .filter((violation) => violation !== undefined);
}

/** `privileged (container "c" must …), runAsNonRoot != true (…)`. */
export const describeViolations = (violations: readonly Violation[]): string =>
  violations.map(({ reason, detail }) => (detail === "" ? reason : `${reason} (${detail})`)).join(", ");
