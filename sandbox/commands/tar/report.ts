// What tar tells: its problems, its status, the lines of -t and -v.

import type { Task } from "../../kernel/sys.ts";
import { matchGlob } from "../../lib/fnmatch.ts";
import { formatPermissions } from "../../lib/modes.ts";
import { formatTime } from "../../lib/strftime.ts";
import type { Member } from "../../lib/tar.ts";
import type { Io } from "../define.ts";

export function* fatal(io: Io, text: string): Task<never> {
  io.printError(`tar: ${text}\ntar: Error is not recoverable: exiting now\n`);
  yield* io.flush();
  return yield* io.sys.exit(2);
}

export function problem(io: Io, text: string): void {
  io.printError(`tar: ${text}\n`);
  io.status = 2;
}

export function finish(io: Io): number {
  if (io.status !== 0) io.printError("tar: Exiting with failure status due to previous errors\n");
  return io.status;
}

const SHORT: Readonly<Record<string, string>> = {
  file: "-",
  directory: "d",
  symlink: "l",
  link: "h",
  fifo: "p",
  other: "-",
};

/** Lines of -t and -v, with columns that grow as they must. */
export class Listing {
  readonly #io: Io;
  #width = 19;

  constructor(io: Io) {
    this.#io = io;
  }

  line(member: Member, long: boolean): string {
    const name = member.name.replace(/[\\\n\t]/g, (char) => (char === "\n" ? "\\n" : char === "\t" ? "\\t" : "\\\\"));
    if (!long) return `${name}\n`;
    const numeric = this.#io.has("numeric-owner");
    const owner = numeric
      ? `${member.uid}/${member.gid}`
      : `${member.user || member.uid}/${member.group || member.gid}`;
    const size = String(member.type === "file" ? member.data.length : 0);
    this.#width = Math.max(this.#width, owner.length + 1 + size.length);
    const time = formatTime("%Y-%m-%d %H:%M", member.mtime * 1000);
    const link =
      member.type === "symlink" ? ` -> ${member.target}` : member.type === "link" ? ` link to ${member.target}` : "";
    return `${SHORT[member.type]}${formatPermissions(member.mode)} ${owner}${size.padStart(this.#width - owner.length)} ${time} ${name}${link}\n`;
  }
}

/** How often an option was given. */
export const times = (io: Io, key: string): number => io.options.filter(([one]) => one === key).length;

export function isExcluded(io: Io, name: string): boolean {
  return io.options.some(
    ([key, pattern = ""]) =>
      key === "exclude" &&
      name
        .split("/")
        .some(
          (_, at, parts) =>
            matchGlob(pattern, parts.slice(at).join("/")) ||
            matchGlob(pattern, parts.slice(0, at + 1).join("/")) ||
            matchGlob(pattern, parts[at] ?? ""),
        ),
  );
}
