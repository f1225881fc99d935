// A learner's time line on the instructor's screen: buttons to step and to play, a slider, and the list of what was done.

import type { SharedWay, TimelineEntry } from "#sandbox/protocol.ts";
import { find, h } from "../../islands/lab/dom.ts";
import type { Laboratory } from "../../islands/lab/laboratory.ts";
import { createPlayback, type PlaybackState, pointsOf, speeds } from "../../islands/timeline/playback.ts";
import { formatTime, nameEntry } from "../../islands/timeline/words.ts";

/** Shows the controls in a place of the page; the machine begins where the learner was last. */
export function showReplay(place: HTMLElement, way: SharedWay, laboratory: Laboratory): void {
  const points = pointsOf(way);
  const last = Math.max(
    0,
    points.findIndex(({ entry }) => entry === way.timeline.current),
  );
  const playback = createPlayback(points, last, { move: (entry) => laboratory.replay(entry), onChange: draw });

  const button = (label: string, run: () => void): HTMLButtonElement => {
    const made = h("button", { type: "button", class: "btn" }, label);
    made.addEventListener("click", run);
    return made;
  };
  const step = (by: number) => (): void => {
    playback.stop();
    playback.go(playback.state.at + by);
  };
  const first = button("To the start", () => {
    playback.stop();
    playback.go(0);
  });
  const back = button("Step back", step(-1));
  const play = button("Play", () => playback.toggle());
  const on = button("Step on", step(1));
  const speed = h(
    "select",
    { class: "field", id: "replay-speed" },
    ...speeds.map((each) => h("option", { value: String(each), selected: each === playback.speed }, `${each}×`)),
  );
  speed.addEventListener("change", () => {
    playback.speed = Number(speed.value);
  });
  const slider = h("input", {
    type: "range",
    id: "replay-at",
    min: 0,
    max: points.length - 1,
    step: 1,
    "aria-label": "Point of the time line",
  });
  slider.addEventListener("input", () => {
    playback.stop();
    playback.go(Number(slider.value));
  });
  const said = h("p", { class: "replay-said", role: "status" });
  const rows = points.map((point, index) => {
    const row = h(
      "button",
      { type: "button", class: "moment" },
      h("span", { class: "num" }, formatTime(point.at)),
      h("code", {}, nameEntry(point)),
      h("small", {}, [point.machine, branchWords(points, index)].filter((words) => words !== "").join(", ")),
    );
    row.addEventListener("click", () => {
      playback.stop();
      playback.go(index);
    });
    return row;
  });
  const list = h("ol", { class: "moments" }, ...rows.map((row) => h("li", {}, row)));

  function draw({ at, playing }: PlaybackState): void {
    const point = points[at];
    if (point === undefined) return;
    play.textContent = playing ? "Pause" : "Play";
    back.disabled = at === 0;
    first.disabled = at === 0;
    on.disabled = at === points.length - 1;
    slider.value = String(at);
    slider.setAttribute("aria-valuetext", `${at + 1} of ${points.length}: ${nameEntry(point)}`);
    said.textContent = `${at + 1} of ${points.length}. ${point.machine}: ${nameEntry(point)}`;
    for (const [index, row] of rows.entries())
      if (index === at) row.setAttribute("aria-current", "step");
      else row.removeAttribute("aria-current");
    const row = rows[at];
    if (row !== undefined && !list.matches(":focus-within")) row.scrollIntoView({ block: "nearest" });
  }

  find(place, "[data-replay-body]").replaceChildren(
    h(
      "div",
      { class: "row wrapping" },
      first,
      back,
      play,
      on,
      h("label", { for: "replay-speed", class: "small" }, "Speed"),
      speed,
    ),
    slider,
    said,
    h("div", { class: "scroll replay-list", tabindex: 0, role: "group", "aria-label": "What was done" }, list),
  );
  place.hidden = false;
  draw(playback.state);
}

/** Where a point did not grow from the one before: the learner had gone back. */
function branchWords(points: readonly TimelineEntry[], index: number): string {
  const point = points[index];
  const parent = points.find(({ entry }) => entry === point?.parent);
  if (point === undefined || parent === undefined || index === 0 || parent === points[index - 1]) return "";
  return `after going back to ${nameEntry(parent)}`;
}
