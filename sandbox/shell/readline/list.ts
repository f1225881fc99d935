// Shows the matches of a completion in columns, as readline does.

import type { Task } from "../../kernel/sys.ts";
import { textWidth } from "../../lib/width.ts";
import type { Completion } from "../complete/complete.ts";

export interface Terminal {
  write(text: string): Task<void>;
  key(): Task<string | undefined | "interrupt">;
}

/** More matches than this are shown only after a question. */
const MANY = 100;

/** Lists matches below the line; "interrupt" where Ctrl-C ended it. */
export function* listMatches(
  found: Completion,
  columns: number,
  height: number,
  terminal: Terminal,
): Task<"done" | "interrupt"> {
  yield* terminal.write("\n");
  const { matches } = found;
  if (matches.length >= MANY) {
    yield* terminal.write(`Display all ${matches.length} possibilities? (y or n)`);
    for (;;) {
      const key = yield* terminal.key();
      if (key === "interrupt" || key === undefined) return "interrupt";
      if (key === "y" || key === "Y" || key === " ") break;
      if (key === "n" || key === "N" || key === "\x7f" || key === "\x07") {
        yield* terminal.write("\n");
        return "done";
      }
      yield* terminal.write("\x07");
    }
    yield* terminal.write("\n");
  }
  const names = matches.map((match) => ({
    text: match.show + (match.folder ? "/" : ""),
    width: textWidth(match.show),
  }));
  const widest = Math.max(...names.map((name) => name.width)) + 2;
  const perLine = Math.max(
    1,
    Math.min(Math.floor(columns / widest), names.length || 1) === 0 ? 1 : Math.floor(columns / widest),
  );
  const rows = Math.ceil(names.length / perLine);
  let lines = 0;
  for (let row = 0; row < rows; row++) {
    let line = "";
    for (let i = row, col = 0; i < names.length; i += rows, col++) {
      const name = names[i] as { text: string };
      line += col + 1 < perLine ? name.text.padEnd(name.text.length + widest - textWidth(name.text)) : name.text;
    }
    yield* terminal.write(`${line}\n`);
    lines += 1;
    if (lines < height - 1 || row === rows - 1) continue;
    yield* terminal.write("--More--");
    const key = yield* terminal.key();
    yield* terminal.write("\r        \r");
    if (key === "interrupt") return "interrupt";
    if (key === "q" || key === "n" || key === "\x07" || key === "\x7f") return "done";
    lines = key === "\r" || key === "\n" ? height - 2 : 0;
  }
  return "done";
}
