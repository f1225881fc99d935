// Search and replacement.

import type { Task } from "../../kernel/sys.ts";
import type { Nano } from "./editor.ts";
import { ask, choose } from "./prompt.ts";

export function* whereIs(nano: Nano): Task<void> {
  const typed = yield* ask(nano, nano.wanted === "" ? "Search" : `Search [${nano.wanted}]`, "");
  if (typed === undefined) return;
  if (typed !== "") nano.wanted = typed;
  if (nano.wanted === "") nano.status = "Cancelled";
  else findNext(nano, nano.wanted);
}

export function findNext(nano: Nano, wanted: string): void {
  const low = wanted.toLowerCase();
  const total = nano.lines.length;
  for (let step = 0; step <= total; step++) {
    const index = (nano.line + step) % total;
    const at = (nano.lines[index] ?? "").toLowerCase().indexOf(low, step === 0 ? nano.column + 1 : 0);
    if (at < 0 || (step === total && at > nano.column)) continue;
    if (index < nano.line || step === total)
      nano.status = step === total && at === nano.column ? "This is the only occurrence" : "Search Wrapped";
    [nano.line, nano.column] = [index, at];
    return;
  }
  nano.status = `"${wanted}" not found`;
}

export function* replaceAll(nano: Nano): Task<void> {
  const wanted = yield* ask(nano, "Search (to replace)", nano.wanted);
  if (wanted === undefined || wanted === "") return;
  nano.wanted = wanted;
  const by = yield* ask(nano, "Replace with", "");
  if (by === undefined) return;
  let count = 0;
  let all = false;
  nano.remember();
  for (let line = 0; line < nano.lines.length; line++) {
    for (
      let at = (nano.lines[line] ?? "").indexOf(wanted);
      at >= 0;
      at = (nano.lines[line] ?? "").indexOf(wanted, at)
    ) {
      [nano.line, nano.column] = [line, at];
      const answer: string | undefined = all ? "y" : yield* choose(nano, "Replace this instance?", "yna");
      if (answer === undefined) {
        nano.status = `Replaced ${count} occurrence${count === 1 ? "" : "s"}`;
        return;
      }
      all ||= answer === "a";
      const text = nano.lines[line] ?? "";
      if (answer === "n") at += wanted.length;
      else {
        nano.lines[line] = text.slice(0, at) + by + text.slice(at + wanted.length);
        at += by.length;
        count += 1;
        nano.modified = true;
      }
    }
  }
  nano.status = count === 0 ? `"${wanted}" not found` : `Replaced ${count} occurrence${count === 1 ? "" : "s"}`;
}
