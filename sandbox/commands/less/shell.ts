// Other programs on less's terminal: an editor, a shell.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { openDocument } from "./files.ts";
import type { Less } from "./pager.ts";

export function* editDocument(less: Less): Task<void> {
  const { doc } = less.view;
  if (doc.name === "-") return yield* less.error("Cannot edit standard input");
  const editor = less.io.sys.env.VISUAL ?? less.io.sys.env.EDITOR ?? "vi";
  const middle = less.view.table[Math.floor(less.view.table.length / 2)]?.line ?? 0;
  yield* spawn(less, `${editor} +${middle + 1} '${doc.name.replaceAll("'", "'\\''")}'`);
  const fresh = openDocument(less.io, doc.name);
  if (typeof fresh === "string") return;
  const { top } = less.view;
  less.view = less.makeView(fresh);
  yield* less.view.repaint((yield* less.view.at(top?.line ?? 0)) ?? (yield* less.view.at(0)));
}

export function* runShell(less: Less): Task<void> {
  const command = yield* less.ask("!");
  if (command === undefined) return;
  yield* spawn(less, command === "" ? (less.io.sys.env.SHELL ?? "sh") : command);
  less.screen.put("!done  (press RETURN)");
  yield* less.keyboard.next();
  yield* less.view.repaint();
}

/** Runs a command with the terminal as it was before. */
function* spawn(less: Less, command: string): Task<void> {
  const { sys } = less.io;
  less.screen.put(`\r\x1b[K!${command}\n`);
  less.stop();
  yield* less.io.flush();
  const tty = less.keyboard.fd;
  const pid = sys.spawn({ path: "/bin/sh", argv: ["sh", "-c", command], fds: { 0: tty, 1: 1, 2: 2 } });
  if (!isErrno(pid)) {
    for (;;) {
      const ended = yield* sys.waitpid(pid);
      if (!isErrno(ended) || ended.code !== "EINTR") break;
    }
  }
  sys.takeSignal();
  less.rawMode();
  less.start();
}
