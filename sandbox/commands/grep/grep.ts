// grep: prints lines that match patterns, in files and folders.

import { type Errno, isErrno } from "../../kernel/errno.ts";
import type { Program, Stat, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { matchGlob } from "../../lib/fnmatch.ts";
import { type Command, defineCommand, type Io } from "../define.ts";
import { createColors } from "./colors.ts";
import { createMatcher } from "./matcher.ts";
import { OPTIONS, readSettings, type Settings } from "./options.ts";
import { type Printer, searchFile } from "./search.ts";

/** Which files a search takes, by --include, --exclude and --exclude-dir. */
interface Filters {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly excludeDir: readonly string[];
}

class Run {
  readonly io: Io;
  readonly settings: Settings;
  readonly printer: Printer;
  readonly filters: Filters;
  found = false;
  failed = false;

  constructor(printer: Printer, filters: Filters) {
    this.io = printer.io;
    this.settings = printer.settings;
    this.printer = printer;
    this.filters = filters;
  }

  complain(name: string, problem: Errno): void {
    if (!this.settings.silentErrors) this.io.warn(`${name}: ${problem.text}`);
    this.failed = true;
  }

  /** Whether -q or a broken pipe ends the whole search. */
  get finished(): boolean {
    return (this.settings.quiet && this.found) || this.io.writeError !== undefined;
  }

  *operand(path: string): Task<void> {
    const { io, settings } = this;
    if (path === "-") return yield* this.search(0, settings.label);
    const stat = io.sys.stat(path);
    if (isErrno(stat)) return this.complain(path, stat);
    const isDirectory = stat.type === "directory";
    if (isDirectory && settings.directories === "recurse") {
      this.printer.withName = settings.withName ?? true;
      if (!this.isExcluded(path, true))
        yield* this.walk(path, path === "." && io.operands.every((one) => one !== ".") ? "" : path);
      return;
    }
    if (isDirectory && settings.directories === "skip") return;
    if (!this.isExcluded(path, isDirectory)) yield* this.file(path, path, stat, true);
  }

  *file(path: string, name: string, stat: Stat, named: boolean): Task<void> {
    const { io } = this;
    const isDevice = stat.type !== "file" && stat.type !== "directory";
    if (isDevice && (this.settings.skipDevices ?? !named)) return;
    const fd = io.open(path);
    if (isErrno(fd)) return this.complain(name, fd);
    if (!this.isOwnOutput(stat)) yield* this.search(fd, name);
    else {
      if (!this.settings.silentErrors) io.warn(`${name}: input file is also the output`);
      this.failed = true;
    }
    io.close(fd);
  }

  isOwnOutput(stat: Stat): boolean {
    const { quiet, list, max } = this.settings;
    if (quiet || list !== "" || max <= 1 || stat.type !== "file") return false;
    const out = this.io.sys.fstat(1);
    return !isErrno(out) && out.type === "file" && out.ino === stat.ino && out.dev === stat.dev;
  }

  *search(fd: number, name: string): Task<void> {
    const count = yield* searchFile(this.printer, fd, name);
    if (isErrno(count)) this.complain(name, count);
    else if (count > 0) this.found = true;
    if (this.printer.matcher.exhausted()) {
      this.io.warn(
        this.settings.syntax === "perl" ? `${name}: exceeded PCRE's backtracking limit` : "memory exhausted",
      );
      this.failed = true;
    }
  }

  /** A folder and all below it, in the order of the directory. Links are followed with -R only. */
  *walk(path: string, shown: string): Task<void> {
    const { sys } = this.io;
    const entries = sys.readdir(path);
    if (isErrno(entries)) return this.complain(shown || path, entries);
    for (const entry of entries) {
      if (this.finished) return;
      const below = path.endsWith("/") ? path + entry.name : `${path}/${entry.name}`;
      const name = shown === "" ? entry.name : shown.endsWith("/") ? shown + entry.name : `${shown}/${entry.name}`;
      const stat = this.settings.follow ? sys.stat(below) : sys.lstat(below);
      if (isErrno(stat)) {
        this.complain(name, stat);
        continue;
      }
      const isDirectory = stat.type === "directory";
      if (stat.type === "symlink" || this.isExcluded(name, isDirectory)) continue;
      if (isDirectory) yield* this.walk(below, name);
      else yield* this.file(below, name, stat, false);
      if (sys.due()) yield* sys.rest();
    }
  }

  isExcluded(name: string, isDirectory: boolean): boolean {
    const { include, exclude, excludeDir } = this.filters;
    const fits = (glob: string): boolean =>
      matchGlob(glob, name) || name.split("/").some((_, at, parts) => matchGlob(glob, parts.slice(at).join("/")));
    if (isDirectory) return excludeDir.some((glob) => fits(glob.replace(/\/+$/, "")));
    return exclude.some(fits) || (include.length > 0 && !include.some(fits));
  }
}

function* readFilters(io: Io): Task<Filters> {
  const all = (wanted: string): string[] =>
    io.options.flatMap(([key, value]) => (key === wanted && value !== undefined ? [value] : []));
  const exclude = all("exclude");
  for (const file of all("exclude-from")) {
    const bytes = yield* io.readAll(file);
    if (isErrno(bytes)) return yield* io.die(2, `${file}: ${bytes.text}`);
    exclude.push(
      ...decode(bytes)
        .split("\n")
        .filter((line) => line !== ""),
    );
  }
  return { include: all("include"), exclude, excludeDir: all("exclude-dir") };
}

const COMMAND: Command = {
  name: "grep",
  summary: "Search for PATTERNS in each FILE.",
  usage: ["[OPTION]... PATTERNS [FILE]..."],
  options: OPTIONS,
  package: "grep",
  usageStatus: 2,
  prepare: (args) => args.map((word) => (word === "-V" ? "--version" : word)),
  hint: "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.",
  *run(io) {
    const settings = yield* readSettings(io);
    const matcher = createMatcher(settings);
    if ("error" in matcher) return yield* io.die(2, matcher.error);
    for (const warning of matcher.warnings) io.warn(warning);
    const colors = createColors(settings.color, io.sys.env.GREP_COLORS);
    const run = new Run(
      { io, settings, matcher, colors, printed: false, withName: settings.withName ?? false },
      yield* readFilters(io),
    );
    for (const file of settings.files) {
      yield* run.operand(file);
      if (run.finished) break;
      if (io.full) yield* io.drain();
    }
    if (run.failed && !(settings.quiet && run.found)) return 2;
    return run.found ? 0 : 1;
  },
};

export const grep = defineCommand(COMMAND);

/** egrep and fgrep: scripts that run grep -E and grep -F. */
function alias(name: string, option: string): Program {
  return { name, main: (sys, argv) => grep.main?.(sys, ["grep", option, ...argv.slice(1)]) as Task<number> };
}

export const egrep = alias("egrep", "-E");
export const fgrep = alias("fgrep", "-F");
