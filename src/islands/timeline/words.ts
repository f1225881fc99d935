// How points of a time line read, and which of them lead to another.

import type { TimelineEntry } from "#sandbox/protocol.ts";
import type { Heard } from "../../machine/client.ts";

export type State = Heard<"timeline">;

/** A point inside a sentence: `save /etc/hosts`, `systemctl restart kubelet`, `back to the start`. */
export function namePoint(entries: readonly TimelineEntry[], entry: number): string {
  const point = entries.find((each) => each.entry === entry);
  if (point === undefined) return "";
  const { kind, label, to = 0 } = point;
  if (kind === "start") return "the start";
  if (kind === "save") return `save ${label}`;
  return kind === "reset" ? `back to ${to === 0 ? "the start" : namePoint(entries, to) || "an earlier point"}` : label;
}

/** The same where only the point itself is known. */
export const nameEntry = (point: TimelineEntry): string => namePoint([point], point.entry);

/** Virtual time of day, as the machine's clock shows it. */
export function formatTime(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

/** Whether something came before a point that cannot be gone back to any more. */
export function isCutOff(entries: readonly TimelineEntry[], entry: number): boolean {
  const parent = entries.find((each) => each.entry === entry)?.parent;
  return entries.some((each) => each.entry === parent && each.gone === true);
}

/** The points that led to one, oldest first, itself included. */
export function pathTo(entries: readonly TimelineEntry[], entry: number): number[] {
  const path: number[] = [];
  let at: number | undefined = entry;
  while (at !== undefined && !path.includes(at)) {
    path.unshift(at);
    const here: number = at;
    at = entries.find((each) => each.entry === here)?.parent;
  }
  return path;
}
