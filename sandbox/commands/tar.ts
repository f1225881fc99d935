// tar: create, list and extract archives, packed by gzip or not. Other packers and incremental archives are not modelled.

import { isErrno } from "../kernel/errno.ts";
import type { Stat, Task } from "../kernel/sys.ts";
import { matchGlob } from "../lib/fnmatch.ts";
import { gunzip, gzip, isGzip } from "../lib/gzip.ts";
import { formatPermissions } from "../lib/modes.ts";
import { formatTime } from "../lib/strftime.ts";
import { type Archive, endOfArchive, type Member, readArchive, writeMember } from "../lib/tar.ts";
import { findGroup, findUser } from "../lib/users.ts";
import { defineCommand, type Io } from "./define.ts";

const HINT = "Try 'tar --help' or 'tar --usage' for more information.";
/** An operand that stands for `-C DIR` in its place among the others. */
const MOVE = "\0";

/** The first word may be letters without a dash; -C acts where it stands, so it becomes an operand. */
function prepare(args: readonly string[]): readonly string[] | string {
  const [first = "", ...rest] = args;
  const words: string[] = [];
  if (first !== "" && !first.startsWith("-")) {
    for (const letter of first) {
      words.push(`-${letter}`);
      if (!"fCTXbgHIKLNV".includes(letter)) continue;
      const value = rest.shift();
      if (value === undefined) return `Old option '${letter}' requires an argument.`;
      words.push(value);
    }
  } else words.push(first);
  const out: string[] = [];
  const all = [...words, ...rest].filter((word) => word !== "" || first !== "");
  for (let at = 0; at < all.length; at++) {
    const word = all[at] as string;
    const joined = /^(?:--directory=|-C)(.+)$/s.exec(word)?.[1];
    const cluster = /^-([a-zA-Z]*)C$/.exec(word)?.[1];
    if (joined !== undefined) out.push(MOVE + joined);
    else if (cluster !== undefined || word === "--directory") {
      if (cluster) out.push(`-${cluster}`);
      out.push(MOVE + (all[++at] ?? ""));
    } else out.push(word);
  }
  return out;
}

function* fatal(io: Io, text: string): Task<never> {
  io.printError(`tar: ${text}\ntar: Error is not recoverable: exiting now\n`);
  yield* io.flush();
  return yield* io.sys.exit(2);
}

function problem(io: Io, text: string): void {
  io.printError(`tar: ${text}\n`);
  io.status = 2;
}

function finish(io: Io): number {
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
class Listing {
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
const times = (io: Io, key: string): number => io.options.filter(([one]) => one === key).length;

function isExcluded(io: Io, name: string): boolean {
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

// --- create ---

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

function* create(io: Io, file: string, operands: readonly string[], before: Uint8Array): Task<number> {
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
  const whole = joined([...writer.parts, endOfArchive(size)]);
  const packed = io.has("z") || (io.has("a") && /\.(tgz|gz|taz)$/.test(file)) ? gzip(whole, { level: 6 }) : whole;
  yield* io.flush();
  yield* io.sys.write(fd, packed);
  if (!toStdout) io.sys.close(fd);
  return finish(io);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The folder of -C, as a beginning of paths. */
function* enter(io: Io, from: string, folder: string): Task<string> {
  const path = folder.startsWith("/") ? folder : `${from}${folder}`;
  const stat = io.sys.stat(path);
  if (isErrno(stat)) return yield* fatal(io, `${folder}: Cannot open: ${stat.text}`);
  if (stat.type !== "directory") return yield* fatal(io, `${folder}: Cannot open: Not a directory`);
  return path.endsWith("/") ? path : `${path}/`;
}

// --- read ---

function* open(io: Io, file: string): Task<Archive> {
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

function* read(io: Io, file: string, operands: readonly string[], extracts: boolean): Task<number> {
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

export const tar = defineCommand({
  name: "tar",
  summary: "Save many files together in one archive, and restore them from it.",
  usage: ["-c|-t|-x|-r [OPTION]... [FILE]..."],
  options: `
    c,create  create a new archive
    t,list  list the contents of an archive
    x,extract~get  extract files from an archive
    r,append  append files to the end of an archive
    f,file=ARCHIVE  use archive file
    z,gzip~gunzip~ungzip  filter the archive through gzip
    v,verbose  verbosely list files processed
    a,auto-compress  use archive suffix to determine the compression program
    h,dereference  follow symlinks; archive the files they point to
    k,keep-old-files  don't replace existing files when extracting
    m,touch  don't extract file modified time
    O,to-stdout  extract files to standard output
    p,preserve-permissions~same-permissions  extract file permissions
    P,absolute-names  don't strip leading '/'s from file names
    T,files-from=FILE  get names to extract or create from FILE
    j,bzip2
    J,xz
    Z,compress
    u,update
    d,diff~compare
    A,catenate~concatenate
    ,zstd
    ,exclude=PATTERN  exclude files, given as a PATTERN
    ,strip-components=NUMBER  strip NUMBER leading components from file names
    ,numeric-owner  always use numbers for user/group names
    ,owner=NAME  force NAME as owner for added files
    ,group=NAME  force NAME as group for added files
    ,no-same-owner  extract files as yourself
    ,no-same-permissions  apply the user's umask
    ,same-owner  try extracting files with the same ownership
    ,no-recursion  avoid descending automatically in directories
    ,wildcards  use wildcards`,
  package: "tar",
  usageStatus: 64,
  hint: HINT,
  prepare,
  *run(io) {
    for (const key of ["j", "J", "Z", "u", "d", "A", "zstd"])
      if (io.has(key)) return yield* io.notModelled(key.length === 1 ? `-${key}` : `--${key}`, 2);
    const modes = ["c", "t", "x", "r"].filter((key) => io.has(key));
    if (modes.length === 0)
      return yield* io.usageError("You must specify one of the '-Acdtrux', '--delete' or '--test-label' options", 2);
    if (modes.length > 1)
      return yield* io.usageError(
        "You may not specify more than one '-Acdtrux', '--delete' or  '--test-label' option",
        2,
      );
    const file = io.value("f") ?? "-";
    if (modes[0] === "c") return yield* create(io, file, io.operands, new Uint8Array(0));
    if (modes[0] === "r") {
      const { members } = isErrno(io.sys.stat(file)) ? { members: [] } : yield* open(io, file);
      return yield* create(io, file, io.operands, joined(members.map(writeMember)));
    }
    return yield* read(io, file, io.operands, modes[0] === "x");
  },
});
