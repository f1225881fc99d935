// Puts the ship back to the start of a step or of everything, says so, and offers for a while to take that back. Loaded after the prompt.

import type { MachineClient } from "../../machine/client.ts";
import { find } from "./dom.ts";
import { hideNotice, showNotice } from "./notice.ts";

export interface PutBack {
  /** Point of the time line to go back to, and where the machine is now. */
  readonly to: number;
  readonly from: number;
  /** What the laboratory is to the reader: "lesson". */
  readonly noun: string;
}

/** How long taking it back is offered; whoever points at the offer, or is in it, has more time (ms). */
const offered = 8000;
const longer = 2000;

export function putBack(lab: HTMLElement, client: MachineClient, { to, from, noun }: PutBack): void {
  client.send({ type: "reset", to });
  if (to === 0) showBeginning();
  if (from === to) return;
  const undo = (): void => client.send({ type: "undo" });
  const title = to === 0 ? `The ${noun} starts over` : "Back at the start of this step";
  const text = "What you did stays on the time line. Undo, or Alt and Z, takes you back to it.";
  showNotice(lab, title, text, [{ label: "Undo", run: undo, main: true }]);
  watchOffer(lab, undo);
}

/** The reading begins at the top again, where there is something to read. */
function showBeginning(): void {
  const read = document.getElementById("p-read") as HTMLInputElement | null;
  if (document.querySelector(".read") === null) return;
  if (read !== null) read.checked = true;
  scrollTo({ top: 0, behavior: "instant" });
}

/** The offer goes by itself, but never from under a hand; Alt+Z takes it while it stands. */
function watchOffer(lab: HTMLElement, undo: () => void): void {
  const box = find(lab, "[data-notice]");
  const mine = box.firstChild;
  const stands = (): boolean => !box.hidden && box.firstChild === mine;
  const end = (): void => document.removeEventListener("keydown", hear, true);
  const hear = (event: KeyboardEvent): void => {
    if (!stands()) return end();
    if (!event.altKey || event.code !== "KeyZ") return;
    event.preventDefault();
    event.stopPropagation();
    hideNotice(lab);
    end();
    undo();
  };
  const look = (): void => {
    if (!stands()) return end();
    if (box.matches(":hover, :focus-within")) setTimeout(look, longer);
    else {
      hideNotice(lab);
      end();
    }
  };
  document.addEventListener("keydown", hear, true);
  setTimeout(look, offered);
}
