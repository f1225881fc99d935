// The files that less shows, one after another.

import { type Errno, isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import type { Io } from "../define.ts";
import { LessDocument } from "./document.ts";
import type { Less } from "./pager.ts";

export function* otherFile(less: Less, step: number): Task<void> {
  for (let index = less.file + step; ; index += step) {
    const name = less.files[index];
    if (name === undefined) return yield* less.error(step > 0 ? "No next file" : "No previous file");
    const doc = openDocument(less.io, name);
    if (typeof doc === "string") {
      yield* less.error(doc);
      continue;
    }
    less.file = index;
    less.isNew = true;
    const { pattern } = less.view;
    less.view = less.makeView(doc);
    less.view.pattern = pattern;
    less.view.firstTime = false;
    less.screen.put("...skipping...\n");
    yield* less.view.forward(less.view.height, yield* less.view.at(0), true);
    return;
  }
}

/** An input to be shown, or why it cannot be. */
export function openDocument(io: Io, name: string): LessDocument | string {
  if (name !== "-") {
    const stat = io.sys.stat(name);
    if (isErrno(stat)) return `${name}: ${stat.text}`;
    if (stat.type === "directory") return `${name} is a directory`;
  }
  const fd = io.open(name);
  return isErrno(fd) ? `${name}: ${(fd as Errno).text}` : new LessDocument(io, name, fd);
}
