// A start link was opened: takes its scene and step, and starts the laboratory. Work that was kept here stays kept.

import { showNotice } from "../../islands/lab/notice.ts";
import { decodeCode } from "../../state/code.ts";
import { readStartPoint, saveStartPoint } from "../../state/start-point.ts";
import { readStartCode } from "./start-code.ts";

export async function takeStart(lab: HTMLElement, start: () => void): Promise<void> {
  const decoded = await decodeCode(location.hash);
  const code = decoded.ok && decoded.kind === "start" ? readStartCode(decoded.value) : undefined;
  const lesson = lab.dataset.lesson as string;
  if (code === undefined || code.lesson !== lesson) {
    const why = decoded.ok ? "it belongs to another lesson" : decoded.why;
    history.replaceState(null, "", location.pathname + location.search);
    showNotice(
      lab,
      "The start link cannot be used",
      `${why}. The lesson begins as it is.`.replace(/^./, (letter) => letter.toUpperCase()),
    );
    return;
  }
  history.replaceState(
    null,
    "",
    `${location.pathname}${location.search}${code.step === undefined ? "" : `#step-${code.step}`}`,
  );
  if (readStartPoint(lesson) !== code.variant) {
    // The page chose its laboratory when it was loaded.
    saveStartPoint(lesson, code.variant);
    location.reload();
    return;
  }
  if (code.step !== undefined) document.getElementById(`step-${code.step}`)?.scrollIntoView();
  start();
}
