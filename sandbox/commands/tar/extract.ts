// Archives listed, and files made of them.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { matchGlob } from "../../lib/fnmatch.ts";
import { gunzip, isGzip } from "../../lib/gzip.ts";
import { type Archive, type Member, readArchive } from "../../lib/tar.ts";
import { findGroup, findUser } from "../../lib/users.ts";
import type { Io } from "../define.ts";
import { fatal, finish, isExcluded, Listing, problem, times } from "./report.ts";
import { enter, MOVE } from "./words.ts";

export function* open(io: Io, file: string): Task<Archive> {
  const fd = io.open(file);
  if (isErrno(fd)) return yield* fatal(io, `${file}: Cannot open: ${fd.text}`);
  const bytes = yield* io.readFd(fd);
  if (isErrno(bytes)) {
    io.printError(`tar: ${file}: Cannot read: ${bytes.text}\ntar: At beginning of tape, quitting now\n`);
    io.printError("tar: Error is not recoverable: exiting now\n");
    yield* io.flush();
    return yield* io.sys.exit(2);
  }
  if (!io.has("z") && !isGzip(bytes)) return readArchive(bytes);
  if (file === "-" && !io.has("z")) return yield* fatal(io, "Archive is compressed. Use -z option");
  const { data, problem: wrong } = gunzip(bytes);
  if (wrong !== undefined) {
    io.printError(`\ngzip: stdin: ${wrong}\n`);
    if (data.length === 0) return yield* fatal(io, "Child returned status 1");
  }
  const archive = readArchive(data);
  return wrong === undefined ? archive : { ...archive, problem: "ends early" };
}

export function* read(io: Io, file: string, operands: readonly string[], extracts: boolean): Task<number> {
  const archive = yield* open(io, file);
  let folder = "";
  for (const word of operands) if (word.startsWith(MOVE)) folder = yield* enter(io, folder, word.slice(1));
  const wanted = operands.filter((word) => !word.startsWith(MOVE)).map((word) => ({ word, found: false }));
  const listing = new Listing(io);
  const detail = times(io, "v") + (extracts ? 0 : 1);
  const late: (() => void)[] = [];
  const told = new Set<string>();
  for (const member of archive.members) {
    const plain = member.name.replace(/\/$/, "");
    const hits = wanted.filter(({ word }) => {
      const clean = word.replace(/\/+$/, "");
      return plain === clean || plain.startsWith(`${clean}/`) || (io.has("wildcards") && matchGlob(word, plain));
    });
    for (const hit of hits) hit.found = true;
    if ((wanted.length > 0 && hits.length === 0) || isExcluded(io, plain)) continue;
    const shown = extracts ? stripped(io, member) : member;
    if (shown === undefined) continue;
    if (!extracts || detail > 0) {
      const text = listing.line(shown, detail > 1);
      if (io.has("O")) io.printError(text);
      else io.print(text);
    }
    if (extracts) yield* extract(io, member, folder, late, told);
    yield* io.drain();
    if (io.sys.due()) yield* io.sys.rest();
  }
  for (const act of late.reverse()) act();
  if (archive.problem === "not an archive")
    problem(io, archive.members.length === 0 ? "This does not look like a tar archive" : "Skipping to next header");
  else if (archive.problem === "ends early") return yield* fatal(io, "Unexpected EOF in archive");
  for (const { word, found } of wanted) if (!found) problem(io, `${word}: Not found in archive`);
  return finish(io);
}

/** A member as -v shows it: its link target without what --strip-components takes away; undefined where nothing is left of it. */
function stripped(io: Io, member: Member): Member | undefined {
  const cut = Number(io.value("strip-components") ?? 0);
  const rest = (name: string): string => name.split("/").slice(cut).join("/");
  if (cut === 0) return member;
  if (rest(member.name.replace(/\/$/, "")) === "") return undefined;
  return member.type === "link" ? { ...member, target: rest(member.target) } : member;
}

/** The name of a member on the disk; undefined where --strip-components leaves nothing of it. */
function place(io: Io, name: string, told: Set<string>): string | undefined {
  const stripped = Number(io.value("strip-components") ?? 0);
  let path = name;
  if (!io.has("P")) {
    const prefix = /^(?:\/+|(?:.*\/)?\.\.(?:\/|$))+/.exec(path)?.[0];
    if (prefix !== undefined) {
      if (!told.has(prefix))
        io.printError(`tar: Removing leading \`${prefix.replace(/^\/+$/, "/")}' from member names\n`);
      told.add(prefix);
      path = path.slice(prefix.length) || ".";
    }
  }
  const parts = path.replace(/\/$/, "").split("/");
  return stripped === 0 ? path : parts.length > stripped ? parts.slice(stripped).join("/") : undefined;
}

function* extract(io: Io, member: Member, folder: string, late: (() => void)[], told: Set<string>): Task<void> {
  const { sys } = io;
  const name = place(io, member.name, told);
  if (name === undefined || name === "") return;
  if (io.has("O")) {
    if (member.type === "file") io.print(member.data);
    return;
  }
  const path = (name.startsWith("/") ? name : `${folder}${name}`).replace(/(.)\/$/, "$1");
  for (let at = path.indexOf("/", 1); at > 0; at = path.indexOf("/", at + 1)) {
    if (isErrno(sys.lstat(path.slice(0, at)))) sys.mkdir(path.slice(0, at), 0o777);
  }
  const failed = yield* make(io, member, path, folder, told);
  if (failed !== undefined) return problem(io, `${name}: ${failed}`);
  const root = sys.info.euid === 0;
  const keepsMode = root || io.has("p");
  const mode = keepsMode ? member.mode : member.mode & 0o777 & ~sys.info.umask;
  const settle = (): void => {
    if (root && !io.has("no-same-owner")) {
      const numeric = io.has("numeric-owner");
      const uid = (numeric ? undefined : findUser(sys, member.user)?.uid) ?? member.uid;
      const gid = (numeric ? undefined : findGroup(sys, member.group)?.gid) ?? member.gid;
      sys.chown(path, uid, gid, { noFollow: true });
    }
    if (member.type !== "symlink")
      sys.chmod(path, root && io.has("no-same-permissions") ? mode & ~sys.info.umask : mode);
    if (!io.has("m")) sys.utimes(path, sys.now(), member.mtime * 1000, { noFollow: true });
  };
  if (member.type === "link") return;
  // A folder gets its mode and time when all that is in it is there.
  if (member.type === "directory") late.push(settle);
  else settle();
}

/** Makes the file; answers what went wrong. */
function* make(io: Io, member: Member, path: string, folder: string, told: Set<string>): Task<string | undefined> {
  const { sys } = io;
  const there = sys.lstat(path);
  if (member.type === "directory") {
    if (!isErrno(there) && there.type === "directory") return undefined;
    const failed = sys.mkdir(path, 0o700);
    return failed === undefined ? undefined : `Cannot mkdir: ${failed.text}`;
  }
  if (!isErrno(there)) {
    if (io.has("k")) return "Cannot open: File exists";
    if (there.type === "directory") return "Cannot open: Is a directory";
    sys.unlink(path);
  }
  if (member.type === "symlink") {
    const failed = sys.symlink(member.target, path);
    return failed === undefined ? undefined : `Cannot create symlink to '${member.target}': ${failed.text}`;
  }
  if (member.type === "link") {
    const target = `${folder}${place(io, member.target, told) ?? ""}`;
    const failed = sys.link(target, path);
    return failed === undefined ? undefined : `Cannot hard link to '${member.target}': ${failed.text}`;
  }
  const fd = sys.open(path, { write: true, create: true, truncate: true, mode: 0o600 });
  if (isErrno(fd)) return `Cannot open: ${fd.text}`;
  const wrote = yield* sys.write(fd, member.data);
  sys.close(fd);
  return isErrno(wrote) ? `Cannot write: ${wrote.text}` : undefined;
}
