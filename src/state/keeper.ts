// Keeps a laboratory on this device: the machine as saved plus what the page knows of it. Unreadable copies are set aside, not lost.

import type { GradeReport } from "#sandbox/grader/check.ts";
import type { SavedLab } from "#sandbox/protocol.ts";
import { type KeptFault, readKept, removeKept, writeKept } from "./kept.ts";

/** What is written for one laboratory. */
export interface LabRecord {
  readonly version: 1;
  readonly saved: SavedLab;
  /** Wall clock of the save, ms. */
  readonly at: number;
  /** What each terminal showed. */
  readonly screens: Readonly<Record<string, string>>;
  /** Files as they were at the start, by `machine:path`. */
  readonly starts: Readonly<Record<string, string>>;
  /** What boarding party and pilot got at the start. */
  readonly before?: Pick<GradeReport, "boarding" | "pilot"> | undefined;
  /** Steps of the lesson, from 1, and points of the time line at which they began. */
  readonly began?: readonly (readonly [step: number, entry: number])[] | undefined;
}

export type Loaded =
  | { readonly kind: "none" }
  | { readonly kind: "record"; readonly record: LabRecord }
  /** Something is there that this build does not understand; it now lies under the bad key. */
  | { readonly kind: "bad"; readonly why: string }
  | { readonly kind: "fault"; readonly fault: KeptFault };

const keyOf = (lab: string): string => `lab:${lab}`;
const badKeyOf = (lab: string): string => `lab-bad:${lab}`;

export async function loadLab(lab: string): Promise<Loaded> {
  const kept = await readKept(keyOf(lab));
  if (!kept.ok) return { kind: "fault", fault: kept.fault };
  if (kept.value === undefined) return { kind: "none" };
  const why = findFlaw(kept.value, lab);
  if (why === undefined) return { kind: "record", record: kept.value as LabRecord };
  await setAside(lab, kept.value);
  return { kind: "bad", why };
}

/** Moves an unreadable record out of the way. */
export async function setAside(lab: string, value: unknown): Promise<void> {
  await writeKept(badKeyOf(lab), value);
  await removeKept(keyOf(lab));
}

/** The copy that was set aside, if any. */
export async function readAside(lab: string): Promise<unknown> {
  const kept = await readKept(badKeyOf(lab));
  return kept.ok ? kept.value : undefined;
}

export async function saveLab(lab: string, record: LabRecord): Promise<KeptFault | undefined> {
  const kept = await writeKept(keyOf(lab), record);
  return kept.ok ? undefined : kept.fault;
}

export async function forgetLab(lab: string): Promise<void> {
  await removeKept(keyOf(lab));
}

/** What is wrong with a record; undefined when it can be tried. The machine itself checks the inside. */
export function findFlaw(value: unknown, lab: string): string | undefined {
  if (typeof value !== "object" || value === null) return "it is not a laboratory";
  const { version, saved, screens } = value as Record<string, unknown>;
  if (version !== 1) return `it was written by another version of the course (${String(version)})`;
  if (typeof saved !== "object" || saved === null) return "the machine is missing";
  if ((saved as Record<string, unknown>).lab !== lab) return "it belongs to another lesson";
  return typeof screens === "object" && screens !== null ? undefined : "the terminals are missing";
}

/** A file a reader can keep: JSON that survives maps, bytes and big integers. */
export function packForFile(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (item instanceof Map) return { $map: [...item] };
    if (item instanceof Set) return { $set: [...item] };
    if (item instanceof Uint8Array) return { $bytes: toBase64(item) };
    return typeof item === "bigint" ? { $big: item.toString() } : item;
  });
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}
