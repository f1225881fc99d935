// What a laboratory's machine is booted from: a scene of the site, the change from one that a link brings, or what a plan holds.

import type { Boot, PrebuiltScene, SavedLab, SharedFleet, SharedWay } from "#sandbox/protocol.ts";
import type { LabPlan } from "../../course/plan.ts";
import type { MachineClient } from "../../machine/client.ts";
import type { EarlyStart } from "../../machine/early.ts";
import { fetchPrebuilt } from "../../machine/prebuilt.ts";
import { find } from "./dom.ts";
import { showNotice } from "./notice.ts";

/** A machine that came with a link, and the scene it grew from. */
export type Brought = PrebuiltScene & { readonly fleet: SharedFleet };

/** Resolves when what was just drawn is on the screen. */
export function afterPaint(): Promise<void> {
  // A page in the background draws nothing.
  if (document.hidden) return Promise.resolve();
  // xterm.js draws in the frame after the one in which it was written to.
  return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))));
}

/** Columns and rows before any screen exists: 13 px mono in the terminal pane. */
export function guessSize(element: HTMLElement): { columns: number; rows: number } {
  const body = find(element, "[data-term-body]");
  return {
    columns: Math.max(40, Math.floor((body.clientWidth - 32) / 7.8)),
    rows: Math.max(10, Math.floor((body.clientHeight - 12) / 21)),
  };
}

/** The machine that the page's address brings; a reload later goes on with what became of it. A notice tells where it cannot be read. */
export async function readLink(element: HTMLElement, plan: LabPlan): Promise<Brought | undefined> {
  if (!location.hash.startsWith("#kc")) return undefined;
  const { fetchScene, readSharedLink } = await import("./sharing.ts");
  const [fleet, scene] = await Promise.all([
    readSharedLink(location.hash, plan),
    fetchScene(plan.base).catch(() => "Its scene could not be fetched. Check the connection and open the link again."),
  ]);
  const problem = typeof fleet === "string" ? fleet : typeof scene === "string" ? scene : undefined;
  if (problem === undefined || typeof fleet === "string")
    history.replaceState(null, "", location.pathname + location.search);
  if (problem === undefined) return { ...(scene as PrebuiltScene), fleet: fleet as SharedFleet };
  showNotice(element, "The shared machine cannot be opened", problem);
  return undefined;
}

/** A fleet told by its change from a scene needs that scene; a notice tells where it cannot be fetched. */
export async function bootShared(
  element: HTMLElement,
  client: MachineClient,
  boot: Boot,
  base: string,
  { shared: fleet, ...way }: { readonly shared: SharedFleet; readonly way?: SharedWay },
): Promise<void> {
  const { fetchScene } = await import("./sharing.ts");
  const scene = await fetchScene(base).catch(() => undefined);
  if (scene !== undefined) {
    client.boot({ ...boot, shared: { ...scene, ...way, fleet } });
    return;
  }
  const text = "Its scene could not be fetched. Check the connection and open this page again.";
  showNotice(element, "The machine cannot be opened", text);
}

/** A scene booted at build time needs only its first part for a prompt; the rest follows. Without it the worker boots the scene itself. */
export async function bootPrebuilt(
  client: MachineClient,
  boot: Boot,
  base: string,
  early: EarlyStart | undefined,
): Promise<void> {
  const prebuilt = await (early?.prebuilt ?? fetchPrebuilt(base));
  if (prebuilt === undefined) {
    client.boot(boot);
    return;
  }
  const ready = new Promise<void>((resolve) => client.on("ready", () => resolve()));
  client.boot({ ...boot, prebuilt: prebuilt.first });
  // A setup needs the whole scene before there is a prompt.
  if (boot.setup === undefined) {
    await ready;
    await afterPaint();
  }
  try {
    client.send({ type: "rest", text: await prebuilt.loadRest() });
  } catch {
    client.boot(boot);
  }
}

/** What the terminals of the machine that a plan begins with showed. */
export function screensOf({ from }: LabPlan): Readonly<Record<string, string>> {
  return from !== undefined && "saved" in from ? (from.screens ?? {}) : {};
}

/** The machine a plan begins with, under the plan's own name. */
export function savedOf({ from, lab }: LabPlan): SavedLab | undefined {
  return from !== undefined && "saved" in from ? { ...from.saved, lab } : undefined;
}
