// Keeps the picture of the ship and its facts as text in step with the machine. Knows only what is to be shown.

import type { HatchState, ShipFacts } from "#sandbox/grader/facts.ts";
import { find, h } from "../lab/dom.ts";

const words: Record<HatchState, { short: string; long: string; tone: "ok" | "no" | "" }> = {
  open: { short: "open to all", long: "open to all: callers need no name", tone: "no" },
  guarded: { short: "guarded", long: "guarded: named callers only", tone: "ok" },
  shut: { short: "shut", long: "shut", tone: "" },
  inside: { short: "inside only", long: "inside only", tone: "" },
  unknown: { short: "not asked", long: "not asked yet", tone: "" },
};

export function showShip(lab: HTMLElement, view: ShipFacts): void {
  const ship = find<SVGSVGElement>(lab, "[data-ship]");
  for (const [port, state] of Object.entries(view.hatches)) {
    setPart(ship, `[data-hatch="${port}"]`, state, words[state].tone, words[state].short);
  }
  const ready = view.ready;
  setPart(
    ship,
    "[data-link]",
    ready ?? "unknown",
    ready === "Ready" ? "ok" : ready === undefined ? "" : "no",
    `link: ${ready ?? "not asked"}`,
  );
  setPart(
    ship,
    '[data-lane="pilot"]',
    view.pilot.lane,
    view.pilot.lane === "in" ? "ok" : "no",
    `pilot ${shortAnswer(view.pilot.got)}`,
  );
  setPart(
    ship,
    '[data-lane="stranger"]',
    view.stranger.lane,
    view.stranger.lane === "in" ? "no" : "ok",
    `stranger ${shortAnswer(view.stranger.got)}`,
  );
  // A static pod carries the name of its node; on board of that node it says nothing.
  showPods(
    ship,
    view.pods.map((pod) => pod.replace(new RegExp(`-${view.node}$`), "")),
  );
  find(ship, "[data-ship-name]").textContent = view.node;
  find(ship, "title").textContent = `The ship ${view.node}, as it is now`;
  find(ship, "desc").textContent = describeShip(view);
  showFacts(lab, view);
}

/** An answer as it fits the plate on its lane; the sentences below the picture have it whole. */
const shortAnswer = (got: string): string => got.replace(/^(the )?connection (was )?| connection$/g, "");

function setPart(ship: SVGSVGElement, selector: string, state: string, tone: string, text: string): void {
  const part = find<SVGGElement>(ship, selector);
  part.dataset.state = state;
  part.dataset.tone = tone;
  const label = part.querySelector("[data-text]");
  if (label !== null && label.textContent !== text) label.textContent = text;
}

function showPods(ship: SVGSVGElement, pods: readonly string[]): void {
  const slots = [...ship.querySelectorAll<SVGGElement>("[data-pod]")];
  slots.forEach((slot, index) => {
    const last = index === slots.length - 1 && pods.length > slots.length;
    const name = last ? `+${pods.length - slots.length + 1} more` : pods[index];
    slot.toggleAttribute("hidden", name === undefined);
    slot.style.display = name === undefined ? "none" : "";
    find(slot, "text").textContent = shorten(name ?? "", index === slots.length - 1 ? 11 : 9);
  });
}

function shorten(name: string, length: number): string {
  return name.length > length ? `${name.slice(0, length - 1)}…` : name;
}

/** The whole picture in sentences. */
export function describeShip(view: ShipFacts): string {
  const hatches = Object.entries(view.hatches).map(([port, state]) => `Port ${port} is ${words[state].short}.`);
  const callers = [
    view.stranger.lane !== "unknown" && `The outsider’s request to 10250 gets ${view.stranger.got}.`,
    view.pilot.lane !== "unknown" && `The API server’s request gets ${view.pilot.got}.`,
    view.ready !== undefined && `The node is ${view.ready}.`,
    view.pods.length > 0 && `Pods on board: ${view.pods.join(", ")}.`,
  ];
  return [...hatches, ...callers].filter((sentence) => sentence !== false).join(" ");
}

function showFacts(lab: HTMLElement, view: ShipFacts): void {
  const list = find(lab, "[data-who]");
  const rows = (["10250", "10255", "10248"] as const).flatMap((port) => [
    h("dt", {}, port),
    h("dd", {}, words[view.hatches[port]].long),
  ]);
  if (view.ready !== undefined) rows.push(h("dt", {}, "node"), h("dd", {}, view.ready));
  list.replaceChildren(...rows);
  find(lab, "[data-facts-empty]").hidden = true;
  find(lab, "[data-facts-acts]").hidden = false;
}
