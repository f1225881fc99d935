// Defaults by start mode: what a field is when neither file nor flag says so, and which written values mean "default".

import type { Source } from "../../lib/trace.ts";
import type { Profile } from "../version/profile.ts";
import { nanoseconds } from "./duration.ts";
import { gateOn } from "./gates.ts";
import { rowsOf } from "./schema.ts";
import type { FieldRow } from "./table.ts";

export interface Draft {
  readonly values: Map<string, unknown>;
  readonly sources: Map<string, Source>;
}

export function initialOf(row: FieldRow, minor: number, mode: "file" | "flags"): unknown {
  const [, , initial, facts] = row;
  if (minor <= 20 && facts?.in120 !== undefined) return facts.in120;
  if (mode === "flags" && facts?.flagsOnly !== undefined) return facts.flagsOnly;
  return initial ?? undefined;
}

function isZero(type: string, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (type.endsWith("?") || type.startsWith("[]") || type.startsWith("map")) return false;
  return type === "duration" || type === "timeOrNanos" ? nanoseconds(value) === 0n : value === "" || value === 0;
}

/** Defaults that hold only while a gate is on. */
const GATED: Readonly<Record<string, string>> = {
  "crashLoopBackOff.maxContainerRestartPeriod": "KubeletCrashLoopBackOffMax",
  imagePullCredentialsVerificationPolicy: "KubeletEnsureSecretPulledImages",
};

/** Fills what is unset, as SetDefaults_KubeletConfiguration does (and, with flags only, the legacy defaults after it). */
export function applyDefaults(draft: Draft, profile: Profile, mode: "file" | "flags"): void {
  const { values, sources } = draft;
  const gates = (values.get("featureGates") ?? {}) as Record<string, boolean>;
  const reportUnset = isZero("duration", values.get("nodeStatusReportFrequency"));
  const update = values.get("nodeStatusUpdateFrequency");
  if (reportUnset && !isZero("duration", update)) {
    values.set("nodeStatusReportFrequency", update);
    sources.set("nodeStatusReportFrequency", sources.get("nodeStatusUpdateFrequency") as Source);
  }
  for (const row of rowsOf(profile.minor)) {
    const [path, type] = row;
    if (path.includes("[]") || !isZero(type, values.get(path))) continue;
    const gate = GATED[path];
    const initial =
      gate !== undefined && !gateOn(gate, gates, profile.minor) ? undefined : initialOf(row, profile.minor, mode);
    if (initial === undefined || initial === null) {
      if (!values.has(path)) sources.set(path, { kind: "default", mode });
      continue;
    }
    // A zero that the file states and the default repeats was decided by the file.
    if (values.has(path) && values.get(path) === initial) continue;
    values.set(path, initial);
    sources.set(path, { kind: "default", mode });
  }
  const parallel = values.get("maxParallelImagePulls");
  if (typeof parallel === "number" && parallel > 1 && sources.get("serializeImagePulls")?.kind === "default")
    values.set("serializeImagePulls", false);
  if ((values.get("podPidsLimit") as number) < 0) values.set("podPidsLimit", -1);
}
