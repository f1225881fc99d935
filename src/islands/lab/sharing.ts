// Sharing a machine by link or file, and taking up one that a link brings. Loaded when first wanted.

import type { PrebuiltScene, SharedFleet, SharedWay, TimelineEntry } from "#sandbox/protocol.ts";
import type { LabPlan } from "../../course/plan.ts";
import type { MachineClient } from "../../machine/client.ts";
import { fetchPrebuilt } from "../../machine/prebuilt.ts";
import { decodeCode, encodeCode } from "../../state/code.ts";
import { namePoint } from "../timeline/words.ts";
import { h } from "./dom.ts";
import type { Drawer } from "./drawer.ts";
import { offerFile } from "./notice.ts";

/** What a code of kind "machine" carries. */
interface SharedMachine extends SharedFleet {
  /** Laboratory it belongs to: a lesson, with its start point. */
  readonly lab: string;
}

/** What a code of kind "session" carries: the machine at its start, and the way from there. */
export interface SharedSession extends SharedMachine {
  readonly way: SharedWay;
}

/** Links longer than this are cut by some mail and chat programs (characters). */
const longLink = 8000;

/** Both parts of a scene as it was booted at build time. */
export async function fetchScene(base: string): Promise<PrebuiltScene> {
  const prebuilt = await fetchPrebuilt(base);
  if (prebuilt === undefined) throw new Error("the scene could not be fetched");
  return { first: prebuilt.first, rest: await prebuilt.loadRest() };
}

/** The machine a link's fragment brings for this laboratory; a sentence where it cannot be used. */
export async function readSharedLink(fragment: string, { lab, noun }: LabPlan): Promise<SharedFleet | string> {
  const decoded = await decodeCode(fragment);
  if (!decoded.ok) return `The link cannot be read: ${decoded.why}.`;
  const { lab: meant, base, change } = (decoded.value ?? {}) as Partial<SharedMachine>;
  if (decoded.kind !== "machine" || typeof base !== "string" || typeof change !== "string")
    return "The link carries no machine.";
  return meant === lab ? { base, change } : `The link belongs to another ${noun} or another start point.`;
}

/** A machine as a code of kind "machine": as it is now, or at a point of its time line. */
export async function packMachine(client: MachineClient, { lab, base }: LabPlan, entry?: number): Promise<string> {
  const fleet = await client.share(await fetchScene(base), entry);
  return encodeCode("machine", { lab, ...fleet } satisfies SharedMachine);
}

/** Longest code that a hub takes (characters). */
const longestSession = 1_000_000;
/** Points of the time line that are sent where they fit. */
const mostPoints = 60;

/** A machine with the way it took, as a code of kind "session"; the oldest points stay behind where it would be too long. */
export async function packSession(client: MachineClient, { lab, base }: LabPlan): Promise<string> {
  const scene = await fetchScene(base);
  for (let most = mostPoints; ; most = Math.floor(most / 2)) {
    const { start, way } = await client.shareWay(scene, most);
    const code = await encodeCode("session", { lab, ...start, way } satisfies SharedSession);
    if (code.length <= longestSession || most === 0) return code;
  }
}

const offerCode = (lab: string, code: string): void =>
  offerFile(`kubelet-captain-${lab.replaceAll(/[/@:]/g, "-")}.kc`, code);

/** Offers the machine as a file that any browser with the course can open; false where it could not be packed. */
export async function saveToFile(client: MachineClient, plan: LabPlan): Promise<boolean> {
  const code = await packMachine(client, plan).catch(() => undefined);
  if (code !== undefined) offerCode(plan.lab, code);
  return code !== undefined;
}

/** Opens the drawer with the ways to hand this machine on: as it is now, or at a point of its time line. */
export async function openSharing(
  drawer: Drawer,
  client: MachineClient,
  plan: LabPlan,
  entry?: number,
  entries: readonly TimelineEntry[] = [],
): Promise<void> {
  const here = new URL(location.href);
  here.hash = "";
  const body = h("div", { class: "share scroll" }, h("p", {}, "Packing the machine."));
  drawer.open("Share", `this ${plan.noun} or this machine`, [body]);
  let code: string | undefined;
  try {
    code = await packMachine(client, plan, entry);
  } catch (error) {
    console.warn("share:", error);
  }
  const lesson = linkRow(`This ${plan.noun} from its start`, here.href, "Whoever opens it begins where you began.");
  if (code === undefined) {
    body.replaceChildren(h("p", {}, "The machine could not be packed. Check the connection and try again."), lesson);
    return;
  }
  const link = `${here.href}#${code}`;
  const size =
    link.length > longLink
      ? `The link has ${Math.ceil(link.length / 1000)} thousand letters. Some mail and chat programs cut it; the file always works.`
      : "The link carries the machine itself. Nothing is stored on a server.";
  const file = h("button", { type: "button", class: "btn" }, "Save as a file");
  file.addEventListener("click", () => offerCode(plan.lab, code));
  body.replaceChildren(
    linkRow(
      entry === undefined ? "This machine, as it is now" : `This machine, at the point: ${namePoint(entries, entry)}`,
      link,
      size,
      file,
    ),
    lesson,
    ...(entry === undefined ? await offerResults(client, plan) : []),
    h(
      "p",
      { class: "small ink2" },
      "The time line shares any earlier point as well. Names, progress and settings stay here.",
    ),
  );
}

/** Lessons are graded, so their machine can be handed to an instructor as a result. */
async function offerResults(client: MachineClient, { lab, base, noun }: LabPlan): Promise<HTMLElement[]> {
  if (noun !== "lesson") return [];
  const { offerResult } = await import("../../bridge/results/make-result.ts");
  return [offerResult(lab, async () => client.share(await fetchScene(base)))];
}

function linkRow(title: string, link: string, note: string, ...more: readonly HTMLElement[]): HTMLElement {
  const id = `share-${title.replaceAll(/\W+/g, "-")}`;
  const field = h("input", { id, class: "field", type: "text", readonly: true, value: link });
  const copy = h("button", { type: "button", class: "btn main" }, "Copy the link");
  field.addEventListener("focus", () => field.select());
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(link);
      copy.textContent = "Copied";
    } catch {
      // Without access to the clipboard the reader copies what is marked.
      field.focus();
      copy.textContent = "Press Ctrl C";
    }
    setTimeout(() => {
      copy.textContent = "Copy the link";
    }, 2000);
  });
  return h(
    "section",
    { class: "share-way" },
    h("h3", {}, h("label", { for: id }, title)),
    field,
    h("div", { class: "row wrapping" }, copy, ...more),
    h("p", { class: "small ink2" }, note),
  );
}
