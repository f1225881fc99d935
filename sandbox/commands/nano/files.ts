// Files that nano reads and writes.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import type { Nano } from "./editor.ts";
import { ask, choose } from "./prompt.ts";
import type { Hints } from "./screen.ts";

export function* loadFile(nano: Nano): Task<void> {
  if (nano.name === "") return;
  const { sys } = nano.io;
  const stat = sys.stat(nano.name);
  if (isErrno(stat)) {
    const folder = nano.name.includes("/") ? nano.name.slice(0, nano.name.lastIndexOf("/")) || "/" : ".";
    nano.status = isErrno(sys.stat(folder)) ? `Directory '${folder}' does not exist` : "New File";
    return;
  }
  if (stat.type === "directory") {
    nano.status = `"${nano.name}" is a directory`;
    nano.name = "";
    return;
  }
  const bytes = yield* nano.io.readAll(nano.name);
  if (isErrno(bytes)) {
    nano.status = `Error reading ${nano.name}: ${bytes.text}`;
    return;
  }
  const text = decode(bytes);
  nano.lines = text.split("\n");
  const count = text === "" ? 0 : text.replace(/\n$/, "").split("\n").length;
  const unwritable = sys.access(nano.name, "w") !== undefined;
  nano.status = `Read ${count} line${count === 1 ? "" : "s"}${unwritable ? " -- no write permission" : ""}`;
}

export function* insertFile(nano: Nano): Task<void> {
  const name = yield* ask(nano, "File to insert [from ./]", "");
  if (name === undefined || name === "") return;
  const bytes = nano.io.sys.readFile(name);
  if (isErrno(bytes)) {
    nano.status = `File "${name}" not found`;
    return;
  }
  nano.remember();
  const text = decode(bytes);
  nano.insert(text);
  nano.status = `Read ${text.replace(/\n$/, "").split("\n").length} lines`;
}

/** Writes the text; false where it was not written. */
export function* writeOut(nano: Nano, quietly: boolean): Task<boolean> {
  let name = nano.name;
  if (!quietly || name === "") {
    const hints: Hints = [
      [
        ["^G", "Help"],
        ["^C", "Cancel"],
      ],
      [
        ["M-D", "DOS Format"],
        ["M-M", "Mac Format"],
      ],
      [
        ["M-A", "Append"],
        ["M-P", "Prepend"],
      ],
      [
        ["M-B", "Backup File"],
        ["^T", "Browse"],
      ],
    ];
    const typed = yield* ask(nano, "File Name to Write", name, hints);
    if (typed === undefined) return false;
    if (typed === "") {
      nano.status = "Cancelled";
      return false;
    }
    if (
      typed !== name &&
      !isErrno(nano.io.sys.stat(typed)) &&
      (yield* choose(nano, `File "${typed}" exists; OVERWRITE? `, "yn")) !== "y"
    )
      return false;
    name = typed;
  }
  // A text that does not end in a newline gets one.
  if (nano.lines[nano.lines.length - 1] !== "") nano.lines.push("");
  const failed = nano.io.sys.writeFile(name, nano.lines.join("\n"));
  if (failed !== undefined) {
    nano.status = `Error writing ${name}: ${failed.text}`;
    return false;
  }
  nano.name = name;
  nano.modified = false;
  const count = nano.lines.length - 1;
  nano.status = `Wrote ${count} line${count === 1 ? "" : "s"}`;
  return true;
}

export function* leave(nano: Nano): Task<void> {
  if (!nano.modified) {
    nano.done = true;
    return;
  }
  const answer = yield* choose(nano, "Save modified buffer? ", "yn");
  if (answer === undefined) return;
  if (answer === "n" || (yield* writeOut(nano, false))) nano.done = true;
}
