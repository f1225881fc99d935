// Archives made of files.

import { isErrno } from "../../kernel/errno.ts";
import type { Stat, Task } from "../../kernel/sys.ts";
import { concat } from "../../kernel/text.ts";
import { gzip } from "../../lib/gzip.ts";
import { endOfArchive, type Member, writeMember } from "../../lib/tar.ts";
import { findGroup, findUser } from "../../lib/users.ts";
import type { Io } from "../define.ts";
import { fatal, finish, isExcluded, Listing, problem, times } from "./report.ts";
import { enter, MOVE } from "./words.ts";

/** What is put into an archive, and what was said of it. */
interface Writer {
  readonly io: Io;
  readonly parts: Uint8Array[];
  readonly listing: Listing;
  readonly links: Map<number, string>;
  readonly told: Set<string>;
  readonly say: (text: string) => void;
}

/** Without the slash at its beginning, which is told once a run. */
function relative(writer: Writer, name: string, what: string): string {
  if (writer.io.has("P") || !name.startsWith("/")) return name;
  if (!writer.told.has(what)) writer.io.printError(`tar: Removing leading \`/' from ${what}\n`);
  writer.told.add(what);
  return name.replace(/^\/+/, "") || "./";
}

function* add(writer: Writer, folder: string, name: string): Task<void> {
  const { io } = writer;
  const { sys } = io;
  if (isExcluded(io, name.replace(/\/$/, ""))) return;
  const path = name.startsWith("/") ? name : `${folder}${name}`;
  const stat = io.has("h") ? sys.stat(path) : sys.lstat(path);
  if (isErrno(stat)) return problem(io, `${name}: Cannot stat: ${stat.text}`);
  if (stat.type === "socket") return io.printError(`tar: ${name}: socket ignored\n`);
  let data: Uint8Array = new Uint8Array(0);
  const known = stat.type !== "directory" && stat.nlink > 1 ? writer.links.get(stat.ino) : undefined;
  if (stat.type === "file" && known === undefined) {
    const read = yield* io.readAll(path);
    if (isErrno(read)) return problem(io, `${name}: Cannot open: ${read.text}`);
    data = read;
  }
  const shown = relative(writer, stat.type === "directory" && !name.endsWith("/") ? `${name}/` : name, "member names");
  const target =
    stat.type === "symlink"
      ? sys.readlink(path)
      : known === undefined
        ? ""
        : relative(writer, known, "hard link targets");
  const member = describe(io, shown, stat, data, isErrno(target) ? "" : target, known !== undefined);
  if (stat.nlink > 1) writer.links.set(stat.ino, name);
  writer.parts.push(writeMember(member));
  if (io.has("v"))
    writer.say(
      writer.listing.line(
        { ...member, name: shown.endsWith("/") && !name.endsWith("/") ? `${name}/` : name },
        times(io, "v") > 1,
      ),
    );
  yield* io.drain();
  if (stat.type !== "directory" || io.has("no-recursion")) return;
  const entries = sys.readdir(path);
  if (isErrno(entries)) return problem(io, `${name}: Cannot open: ${entries.text}`);
  for (const entry of entries) {
    if (sys.due()) yield* sys.rest();
    yield* add(writer, folder, `${name.replace(/\/$/, "")}/${entry.name}`);
  }
}

function describe(io: Io, name: string, stat: Stat, data: Uint8Array, target: string, linked: boolean): Member {
  const { type } = stat;
  const user = findUser(io.sys, io.value("owner") ?? stat.uid);
  const group = findGroup(io.sys, io.value("group") ?? stat.gid);
  const kind = linked
    ? "link"
    : type === "file" || type === "directory" || type === "symlink" || type === "fifo"
      ? type
      : "other";
  return {
    name,
    type: kind,
    mode: stat.mode,
    uid: user?.uid ?? stat.uid,
    gid: group?.gid ?? stat.gid,
    user: io.has("numeric-owner") ? "" : (user?.name ?? ""),
    group: io.has("numeric-owner") ? "" : (group?.name ?? ""),
    mtime: Math.floor(stat.mtime / 1000),
    target,
    data,
  };
}

export function* create(io: Io, file: string, operands: readonly string[], before: Uint8Array): Task<number> {
  const toStdout = file === "-";
  if (operands.every((word) => word.startsWith(MOVE)) && !io.has("T")) {
    io.printError("tar: Cowardly refusing to create an empty archive\n");
    return yield* io.usageError("", 2);
  }
  if (toStdout && io.tty)
    return yield* fatal(io, "Refusing to write archive contents to terminal (missing -f option?)");
  const say = (text: string): void => (toStdout ? io.printError(text) : io.print(text));
  const writer: Writer = { io, parts: [before], listing: new Listing(io), links: new Map(), told: new Set(), say };
  let folder = "";
  const names = [...operands];
  const list = io.value("T");
  if (list !== undefined) {
    const text = yield* io.readAll(list);
    if (isErrno(text)) return yield* fatal(io, `${list}: Cannot open: ${text.text}`);
    names.push(
      ...new TextDecoder()
        .decode(text)
        .split("\n")
        .filter((line) => line !== ""),
    );
  }
  const fd = toStdout ? 1 : io.sys.open(file, { write: true, create: true, truncate: true });
  if (isErrno(fd)) return yield* fatal(io, `${file}: Cannot open: ${fd.text}`);
  for (const word of names) {
    if (word.startsWith(MOVE)) folder = yield* enter(io, folder, word.slice(1));
    else yield* add(writer, folder, word);
  }
  const size = writer.parts.reduce((total, part) => total + part.length, 0);
  const whole = concat([...writer.parts, endOfArchive(size)]);
  const packed = io.has("z") || (io.has("a") && /\.(tgz|gz|taz)$/.test(file)) ? gzip(whole, { level: 6 }) : whole;
  yield* io.flush();
  yield* io.sys.write(fd, packed);
  if (!toStdout) io.sys.close(fd);
  return finish(io);
}
