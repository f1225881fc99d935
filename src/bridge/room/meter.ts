// "The room now" beside the presenter's notes: how many pass the step at hand. Loaded only where this browser runs a room.

import type { BoardFeed } from "../../hub/api/index.ts";
import { h } from "../../islands/lab/dom.ts";
import { RoomModel } from "../board/room-model.ts";
import { askHub } from "../hub/api.ts";
import { followFeed } from "../hub/stream.ts";
import type { LessonOutline } from "../lesson-outline.ts";

export interface Meter {
  /** The slide is about this step now; undefined between steps. */
  show(step: string | undefined): void;
}

/** Follows the room that this browser opened last, if it is still open. */
export async function followRoom(
  lesson: LessonOutline,
  section: HTMLElement,
  place: HTMLElement,
): Promise<Meter | undefined> {
  const room = lastRoom();
  if (room === undefined || !(await askHub(`/rooms/${room}`)).ok) return undefined;
  const model = new RoomModel([lesson]);
  let step: string | undefined;
  const draw = (): void => {
    const checks = lesson.checks.filter((check) => check.step === step);
    const rows = [...model.rows.values()].filter(({ removed }) => !removed);
    section.hidden = checks.length === 0 || rows.length === 0;
    if (section.hidden) return;
    const columns = model.columns(lesson.id).filter(({ check }) => checks.some(({ id }) => id === check));
    const states = rows.map((row) => columns.map((column) => model.cell(row, column)));
    const lost = states.filter((cells) => cells.includes("peril")).length;
    const passed = states.filter((cells) => cells.every((cell) => cell === "pass")).length;
    const open = rows.length - passed - lost;
    const hands = rows.filter(({ hand }) => hand !== undefined).length;
    const part = (kind: string, count: number, words: string): HTMLElement | "" => {
      if (count === 0) return "";
      const bar = h("span", { class: kind }, words);
      bar.style.flex = String(count);
      return bar;
    };
    place.replaceChildren(
      h(
        "div",
        {
          class: "meter",
          role: "img",
          "aria-label": `${passed} of ${rows.length} pass this step, ${open} not yet, ${lost} lost it again`,
        },
        part("p", passed, `${passed} pass`),
        part("w", open, `${open} not yet`),
        part("d", lost, String(lost)),
      ),
      h(
        "p",
        { class: "small ink2" },
        `Go on at ${Math.ceil(rows.length * 0.75)} of ${rows.length}. ${hands === 0 ? "No hands are up." : hands === 1 ? "One hand is up." : `${hands} hands are up.`}`,
      ),
    );
  };
  const feed = followFeed<BoardFeed>({
    path: `/rooms/${room}/board`,
    onFeed(news) {
      model.take(news);
      draw();
    },
    onLink(link) {
      if (link === "over") section.hidden = true;
    },
  });
  addEventListener("pagehide", () => feed.stop());
  return {
    show(next) {
      step = next;
      draw();
    },
  };
}

function lastRoom(): string | undefined {
  try {
    const [room] = JSON.parse(localStorage.getItem("kc:rooms") ?? "[]") as { readonly id?: string }[];
    return room?.id;
  } catch {
    return undefined;
  }
}
