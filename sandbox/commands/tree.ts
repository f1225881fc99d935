// tree: lists folders and what they hold as a tree.

import { isErrno } from "../kernel/errno.ts";
import type { Stat, Task } from "../kernel/sys.ts";
import { compareText, compareVersions } from "../lib/compare.ts";
import { matchGlob } from "../lib/fnmatch.ts";
import { formatPermissions } from "../lib/modes.ts";
import { formatHuman } from "../lib/sizes.ts";
import { findGroup, findUser } from "../lib/users.ts";
import { defineCommand, type Io } from "./define.ts";

interface Counts {
  folders: number;
  files: number;
}

interface Node {
  readonly name: string;
  readonly path: string;
  readonly own: Stat | undefined;
  readonly link: string | undefined;
  /** What it leads to is a folder. */
  readonly folder: boolean;
}

const PURE: Readonly<Record<string, string>> = { directory: "/", fifo: "|", socket: "=" };

/** Colours as tree takes them from LS_COLORS, where Debian sets it. */
function color(node: Node): string {
  const mode = node.own?.mode ?? 0;
  if (node.own?.type === "directory") return mode & 0o1000 && mode & 0o002 ? "30;42" : "01;34";
  if (node.own?.type === "symlink") return "01;36";
  if (node.own?.type === "file" && mode & 0o111) return "01;32";
  return "";
}

class Tree {
  readonly #io: Io;
  readonly #counts: Counts;
  readonly #depth: number;
  readonly #plain: boolean;
  readonly #colors: boolean;

  constructor(io: Io, depth: number) {
    this.#io = io;
    this.#depth = depth;
    this.#counts = { folders: 0, files: 0 };
    const { env } = io.sys;
    this.#plain =
      io.value("charset") !== undefined
        ? !/utf-?8/i.test(io.value("charset") ?? "")
        : !/utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || "");
    this.#colors = !io.has("n") && (io.has("C") || (io.tty && (env.LS_COLORS ?? "") !== ""));
  }

  get counts(): Counts {
    return this.#counts;
  }

  *root(path: string): Task<void> {
    const io = this.#io;
    const stat = io.sys.stat(path);
    if (isErrno(stat) || stat.type !== "directory") {
      io.print(`${path}  [error opening dir]\n`);
      io.status = 2;
      return;
    }
    const node: Node = { name: path, path, own: stat, link: undefined, folder: true };
    io.print(`${this.#head(node)}${this.#paint(node, path)}${this.#mark(node)}`);
    const entries = this.#read(path);
    if (entries === undefined) io.print("  [error opening dir]");
    io.print("\n");
    this.#counts.folders += 1;
    yield* this.#below(entries ?? [], "", 1);
  }

  *#below(nodes: readonly Node[], lead: string, level: number): Task<void> {
    const io = this.#io;
    for (const [i, node] of nodes.entries()) {
      const last = i === nodes.length - 1;
      const branch = io.has("i") ? "" : lead + (this.#plain ? (last ? "`-- " : "|-- ") : last ? "└── " : "├── ");
      const shown = io.has("f") ? node.path : node.name;
      const arrow = node.link === undefined ? "" : ` -> ${node.link}`;
      const walk = node.folder && (node.own?.type === "directory" || io.has("l"));
      const entries = walk && level < this.#depth ? this.#read(node.path) : [];
      io.print(
        `${branch}${this.#head(node)}${this.#paint(node, this.#quote(shown))}${arrow}${this.#mark(node)}${entries === undefined ? "  [error opening dir]" : ""}\n`,
      );
      if (node.folder) this.#counts.folders += 1;
      else this.#counts.files += 1;
      if (io.full) yield* io.drain();
      if (io.sys.due()) yield* io.sys.rest();
      yield* this.#below(entries ?? [], lead + (last ? "    " : this.#plain ? "|   " : "│\u00a0\u00a0 "), level + 1);
    }
  }

  #quote(name: string): string {
    return this.#io.has("Q") ? `"${name}"` : name;
  }

  #paint(node: Node, text: string): string {
    const code = this.#colors ? color(node) : "";
    return code === "" ? text : `\x1b[${code}m${text}\x1b[0m`;
  }

  #mark(node: Node): string {
    if (!this.#io.has("F") || node.own === undefined) return "";
    if (node.own.type === "directory" && node.name.endsWith("/")) return "";
    return PURE[node.own.type] ?? (node.own.type === "file" && node.own.mode & 0o111 ? "*" : "");
  }

  /** What stands in brackets in front of a name. */
  #head(node: Node): string {
    const { sys } = this.#io;
    const stat = node.own;
    if (stat === undefined) return "";
    const has = (key: string) => this.#io.has(key);
    const parts: string[] = [];
    if (has("inodes")) parts.push(String(stat.ino).padStart(7));
    if (has("p"))
      parts.push(
        (stat.type === "directory" ? "d" : stat.type === "symlink" ? "l" : "-") + formatPermissions(stat.mode),
      );
    if (has("u")) parts.push((findUser(sys, stat.uid)?.name ?? String(stat.uid)).padEnd(8));
    if (has("g")) parts.push((findGroup(sys, stat.gid)?.name ?? String(stat.gid)).padEnd(8));
    if (has("h")) parts.push(formatHuman(stat.size).padStart(4));
    else if (has("s")) parts.push(String(stat.size).padStart(11));
    if (has("D")) {
      const [day = "", clock = ""] = new Date(stat.mtime)
        .toUTCString()
        .slice(5)
        .split(/ (?=\d\d:)/);
      const [date = "", month = "", year = ""] = day.split(" ");
      const recent = sys.now() - stat.mtime < 15_778_476_000 && stat.mtime <= sys.now();
      parts.push(`${month} ${String(Number(date)).padStart(2)} ${recent ? clock.slice(0, 5) : year.padStart(5)}`);
    }
    return parts.length === 0 ? "" : `[${parts.join(" ")}]  `;
  }

  #read(path: string): Node[] | undefined {
    const io = this.#io;
    const { sys } = io;
    const entries = sys.readdir(path);
    if (isErrno(entries)) return undefined;
    const nodes = entries.flatMap(({ name }): Node[] => {
      if (name === "." || name === ".." || (name.startsWith(".") && !io.has("a"))) return [];
      const full = path.endsWith("/") ? path + name : `${path}/${name}`;
      const own = sys.lstat(full);
      const link = isErrno(own) || own.type !== "symlink" ? undefined : sys.readlink(full);
      const there = sys.stat(full);
      const folder = !isErrno(there) && there.type === "directory";
      return [
        { name, path: full, own: isErrno(own) ? undefined : own, link: isErrno(link) ? undefined : link, folder },
      ];
    });
    const fits = (list: readonly string[], name: string) =>
      list.some((globs) => globs.split("|").some((glob) => matchGlob(glob, name)));
    const wanted = io.options.filter(([key]) => key === "P").map(([, value]) => value ?? "");
    const unwanted = io.options.filter(([key]) => key === "I").map(([, value]) => value ?? "");
    const kept = nodes.filter(
      ({ name, folder }) =>
        !fits(unwanted, name) && (folder || !io.has("d")) && (folder || wanted.length === 0 || fits(wanted, name)),
    );
    if (!io.has("U"))
      kept.sort((a, b) =>
        io.has("t")
          ? (a.own?.mtime ?? 0) - (b.own?.mtime ?? 0) || compareText(a.name, b.name)
          : io.has("v")
            ? compareVersions(a.name, b.name)
            : compareText(a.name, b.name),
      );
    if (io.has("r")) kept.reverse();
    if (io.has("dirsfirst")) kept.sort((a, b) => Number(b.folder) - Number(a.folder));
    return kept;
  }
}

export const tree = defineCommand({
  name: "tree",
  package: "other",
  summary: "List contents of directories in a tree-like format.",
  usage: ["[-adfghilnprstuvCDFQU] [-L level] [-P pattern] [-I pattern] [<directory list>]"],
  options: `
    a  all files are listed
    d  list directories only
    l  follow symbolic links like directories
    f  print the full path prefix for each file
    x
    L=LEVEL  descend only LEVEL directories deep
    P=PATTERN  list only those files that match PATTERN
    I=PATTERN  do not list files that match PATTERN
    ,noreport  turn off the count at the end
    ,charset=X  use charset X for the lines
    ,dirsfirst  list directories before files
    ,inodes  print the inode number of each file
    Q  quote names with double quotes
    p  print the protections for each file
    u  display the owner of each file
    g  display the group of each file
    s  print the size in bytes of each file
    h  print the size in a more human readable way
    D  print the date of last modification
    F  append '/', '=', '*' or '|' as per ls -F
    v  sort by version
    t  sort by last modification time
    U  leave files unsorted
    r  reverse the order of the sort
    i  do not print indentation lines
    n  turn colorization off
    C  turn colorization on
    J
    X`,
  *run(io) {
    for (const key of ["J", "X", "x"]) if (io.has(key)) return yield* io.notModelled(`-${key}`, 1);
    const level = io.value("L");
    if (level !== undefined && !(Number(level) > 0)) return yield* io.die(1, "Invalid level, must be greater than 0.");
    const walk = new Tree(io, level === undefined ? Number.POSITIVE_INFINITY : Number(level));
    for (const path of io.operands.length > 0 ? io.operands : ["."]) yield* walk.root(path);
    if (io.has("noreport")) return undefined;
    const { folders, files } = walk.counts;
    const report = `${folders} director${folders === 1 ? "y" : "ies"}`;
    io.print(`\n${report}${io.has("d") ? "" : `, ${files} file${files === 1 ? "" : "s"}`}\n`);
    return undefined;
  },
});
