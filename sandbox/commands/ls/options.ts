// The options of ls and what they come to.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { quote } from "../../lib/quote.ts";
import { parseSize } from "../../lib/sizes.ts";
import type { Io } from "../define.ts";

export interface LsSettings {
  readonly all: "none" | "almost" | "all";
  readonly format: "long" | "one" | "down" | "across" | "commas";
  readonly sort: "name" | "none" | "size" | "time" | "extension" | "version" | "width";
  readonly reverse: boolean;
  readonly time: "mtime" | "atime" | "ctime" | "btime";
  readonly timeStyle: string;
  readonly directories: boolean;
  readonly recursive: boolean;
  readonly deref: "never" | "line" | "always";
  readonly human: 0 | 1000 | 1024;
  /** Unit of sizes, and of blocks. */
  readonly sizeUnit: number;
  readonly blockUnit: number;
  /** Written after sizes: the unit of --block-size=M. */
  readonly unitText: string;
  /** Tab stops for the gaps of columns; 0 means blanks only. */
  readonly tab: number;
  readonly inode: boolean;
  readonly blocks: boolean;
  readonly owner: boolean;
  readonly group: boolean;
  readonly numeric: boolean;
  readonly indicator: "none" | "slash" | "file-type" | "classify";
  readonly color: boolean;
  readonly quoting: "literal" | "shell-escape" | "shell" | "c" | "escape" | "shell-always" | "shell-escape-always";
  readonly hideControl: boolean;
  readonly width: number;
  readonly foldersFirst: boolean;
  readonly author: boolean;
  readonly ignore: readonly string[];
  readonly hide: readonly string[];
  readonly hyperlink: boolean;
  readonly zero: boolean;
}

export const LS_OPTIONS = `
    a,all  do not ignore entries starting with .
    b,escape  print C-style escapes for nongraphic characters
    d,directory  list directories themselves, not their contents
    D,dired  generate output designed for Emacs' dired mode
    ,full-time  like -l --time-style=full-iso
    ,group-directories-first  group directories before files
    h,human-readable  with -l and -s, print sizes like 1K 234M 2G etc.
    i,inode  print the index number of each file
    k,kibibytes  default to 1024-byte blocks
    n,numeric-uid-gid  like -l, but list numeric user and group IDs
    G,no-group  in a long listing, don't print group names
    q,hide-control-chars  print ? instead of nongraphic characters
    r,reverse  reverse order while sorting
    s,size  print the allocated size of each file, in blocks
    w,width=COLS  set output width to COLS; 0 means no limit
    A,almost-all  do not list implied . and ..
    B,ignore-backups  do not list implied entries ending with ~
    F  append indicator (one of */=>@|) to entries
    ,classify[=WHEN]  likewise
    ,file-type  likewise, except do not append '*'
    ,si  likewise, but use powers of 1000 not 1024
    H,dereference-command-line  follow symbolic links listed on the command line
    ,dereference-command-line-symlink-to-dir  follow each command line link to a directory
    ,hide=PATTERN  do not list implied entries matching shell PATTERN
    I,ignore=PATTERN  do not list implied entries matching shell PATTERN
    ,indicator-style=WORD  append indicator with style WORD: none, slash, file-type, classify
    L,dereference  show information for the file a link references
    N,literal  print entry names without quoting
    Q,quote-name  enclose entry names in double quotes
    ,quoting-style=WORD  use quoting style WORD for entry names
    R,recursive  list subdirectories recursively
    ,format=WORD  across -x, commas -m, horizontal -x, long -l, single-column -1, verbose -l, vertical -C
    ,show-control-chars  show nongraphic characters as-is
    ,sort=WORD  sort by WORD instead of name: none, size, time, version, extension, width
    T,tabsize=COLS  assume tab stops at each COLS instead of 8
    ,time=WORD  change the default of using modification times: atime, ctime, birth
    ,time-style=TIME_STYLE  time/date format with -l
    ,zero  end each output line with NUL, not newline
    ,color[=WHEN]  colorize the output: always, auto, never
    ,hyperlink[=WHEN]  hyperlink file names
    ,block-size=SIZE  with -l, scale sizes by SIZE when printing them
    Z,context  print any security context of each file
    ,author  with -l, print the author of each file
    c  with -lt: sort by, and show, ctime
    C  list entries by columns
    f  list all entries in directory order
    g  like -l, but do not list owner
    l  use a long listing format
    m  fill width with a comma separated list of entries
    o  like -l, but do not list group information
    p,indicator-slash  append / indicator to directories
    S  sort by file size, largest first
    t  sort by time, newest first
    u  with -lt: sort by, and show, access time
    U  do not sort; list entries in directory order
    v  natural sort of (version) numbers within text
    x  list entries by lines instead of by columns
    X  sort alphabetically by entry extension
    1  list one file per line`;

const WHEN = [
  ["always", "yes", "force"],
  ["never", "no", "none"],
  ["auto", "tty", "if-tty"],
] as const;

/** The full word that an abbreviation means, or the end of the program. */
function* word(io: Io, option: string, value: string, known: readonly (readonly string[])[]): Task<string> {
  for (const group of known) if (group.includes(value)) return group[0] ?? "";
  const found = known.filter((group) => group.some((one) => one.startsWith(value)));
  if (found.length === 1 && value !== "") return found[0]?.[0] ?? "";
  if (found.length > 1) {
    io.warn(`ambiguous argument ${quote(value)} for ${quote(option)}`);
    io.printError(`Valid arguments are:\n${known.map((one) => `  - ${one.map(quote).join(", ")}\n`).join("")}`);
    return yield* io.usageError("", 1);
  }
  return yield* io.badWord(value, option, known);
}

function* when(io: Io, option: string, value: string | undefined): Task<boolean> {
  const chosen = value === undefined ? "always" : yield* word(io, option, value, WHEN);
  return chosen === "always" || (chosen === "auto" && io.tty);
}

type Draft = { -readonly [K in keyof LsSettings]: LsSettings[K] };

const one = (text: string) => text.split(" ").map((each) => each.split(","));

/** Reads all options; ends the program where one is wrong. */
export function* readSettings(io: Io): Task<LsSettings> {
  const settings: Draft = {
    all: "none",
    format: io.tty ? "down" : "one",
    sort: "name",
    reverse: false,
    time: "mtime",
    timeStyle: io.sys.env.TIME_STYLE ?? "locale",
    directories: false,
    recursive: false,
    deref: "never",
    human: 0,
    sizeUnit: 1,
    blockUnit: 1024,
    unitText: "",
    tab: /^\d+$/.test(io.sys.env.TABSIZE ?? "") ? Number(io.sys.env.TABSIZE) : 8,
    inode: false,
    blocks: false,
    owner: true,
    group: true,
    numeric: false,
    indicator: "none",
    color: false,
    quoting: io.tty ? "shell-escape" : "literal",
    hideControl: io.tty,
    width: 80,
    foldersFirst: false,
    author: false,
    ignore: [],
    hide: [],
    hyperlink: false,
    zero: false,
  };
  const size = io.sys.windowSize(1);
  if (io.tty && !isErrno(size) && size.columns > 0) settings.width = size.columns;
  else if (/^\d+$/.test(io.sys.env.COLUMNS ?? "")) settings.width = Number(io.sys.env.COLUMNS);
  let sortGiven = false;
  let timeGiven = false;
  for (const [key, value = ""] of io.options) {
    if (key === "a") settings.all = "all";
    else if (key === "A") settings.all = settings.all === "all" ? "all" : "almost";
    else if (key === "l") settings.format = "long";
    else if (key === "1") settings.format = settings.format === "long" ? "long" : "one";
    else if (key === "C") settings.format = "down";
    else if (key === "x") settings.format = "across";
    else if (key === "m") settings.format = "commas";
    else if (key === "g") {
      settings.format = "long";
      settings.owner = false;
    } else if (key === "o") {
      settings.format = "long";
      settings.group = false;
    } else if (key === "n") {
      settings.format = "long";
      settings.numeric = true;
    } else if (key === "G") settings.group = false;
    else if (key === "full-time") {
      settings.format = "long";
      settings.timeStyle = "full-iso";
    } else if (key === "f") {
      settings.all = "all";
      settings.sort = "none";
      sortGiven = true;
      if (settings.format === "long") settings.format = io.tty ? "down" : "one";
      settings.color = false;
    } else if (key === "S") settings.sort = "size";
    else if (key === "t") settings.sort = "time";
    else if (key === "U") settings.sort = "none";
    else if (key === "v") settings.sort = "version";
    else if (key === "X") settings.sort = "extension";
    else if (key === "sort")
      settings.sort = (yield* word(
        io,
        "--sort",
        value,
        one("none size time version extension name width"),
      )) as Draft["sort"];
    else if (key === "r") settings.reverse = true;
    else if (key === "c") settings.time = "ctime";
    else if (key === "u") settings.time = "atime";
    else if (key === "time") {
      const chosen = yield* word(
        io,
        "--time",
        value,
        one("atime,access,use ctime,status mtime,modification birth,creation"),
      );
      settings.time = chosen === "birth" ? "btime" : (chosen as Draft["time"]);
    } else if (key === "time-style") settings.timeStyle = value;
    else if (key === "d") settings.directories = true;
    else if (key === "R") settings.recursive = true;
    else if (key === "L") settings.deref = "always";
    else if (key === "H" || key.startsWith("dereference-command")) settings.deref = "line";
    else if (key === "h") settings.human = 1024;
    else if (key === "si") settings.human = 1000;
    else if (key === "k") settings.blockUnit = 1024;
    else if (key === "block-size") {
      const parsed = /^(human-readable|si)$/.test(value) ? 0 : parseSize(value, "kKmMGTPEZY0");
      if (typeof parsed !== "number") return yield* io.die(2, `invalid --block-size argument '${value}'`);
      if (parsed === 0) settings.human = value === "si" ? 1000 : 1024;
      else {
        settings.sizeUnit = settings.blockUnit = parsed;
        // A unit without a number is shown with each size.
        settings.unitText = /^[A-Za-z]/.test(value) ? value : "";
      }
    } else if (key === "i") settings.inode = true;
    else if (key === "s") settings.blocks = true;
    else if (key === "classify")
      settings.indicator = (yield* when(io, "--classify", value === "" ? undefined : value))
        ? "classify"
        : settings.indicator;
    else if (key === "F") settings.indicator = "classify";
    else if (key === "p") settings.indicator = "slash";
    else if (key === "file-type") settings.indicator = "file-type";
    else if (key === "indicator-style")
      settings.indicator = (yield* word(
        io,
        "--indicator-style",
        value,
        one("none slash file-type classify"),
      )) as Draft["indicator"];
    else if (key === "color") settings.color = yield* when(io, "--color", value === "" ? undefined : value);
    else if (key === "hyperlink") settings.hyperlink = yield* when(io, "--hyperlink", value === "" ? undefined : value);
    else if (key === "b") settings.quoting = "escape";
    else if (key === "N") settings.quoting = "literal";
    else if (key === "Q") settings.quoting = "c";
    else if (key === "quoting-style") {
      const chosen = yield* word(
        io,
        "--quoting-style",
        value,
        one("literal shell shell-always shell-escape shell-escape-always c c-maybe escape locale clocale"),
      );
      settings.quoting = (
        chosen === "locale" || chosen === "clocale" || chosen === "c-maybe" ? "c" : chosen
      ) as Draft["quoting"];
    } else if (key === "T") settings.tab = Number(value) || 0;
    else if (key === "q") settings.hideControl = true;
    else if (key === "show-control-chars") settings.hideControl = false;
    else if (key === "w") {
      if (!/^0*\d+$/.test(value)) return yield* io.die(2, `invalid line width: ${quote(value)}`);
      settings.width = Number(value) === 0 ? Infinity : Number(value);
    } else if (key === "group-directories-first") settings.foldersFirst = true;
    else if (key === "author") settings.author = true;
    else if (key === "B") settings.ignore = [...settings.ignore, "*~", ".*~"];
    else if (key === "I") settings.ignore = [...settings.ignore, value];
    else if (key === "hide") settings.hide = [...settings.hide, value];
    else if (key === "format") {
      const chosen = yield* word(
        io,
        "--format",
        value,
        one("verbose,long commas horizontal,across vertical single-column"),
      );
      settings.format =
        ({ verbose: "long", commas: "commas", horizontal: "across", vertical: "down" } as const)[chosen as "verbose"] ??
        "one";
    } else if (key === "zero") {
      settings.zero = true;
      if (settings.format !== "long") settings.format = "one";
      settings.color = false;
      settings.quoting = "literal";
      settings.hideControl = false;
    } else if (key === "Z" || (key === "D" && settings.format === "long")) return yield* io.notModelled(`-${key}`);
    if ("StUvX".includes(key) || key === "sort") sortGiven = true;
    if (key === "c" || key === "u" || key === "time") timeGiven = true;
  }
  // Without -l, -c and -u alone sort by their time.
  if (timeGiven && !sortGiven && settings.format !== "long") settings.sort = "time";
  if (
    !["full-iso", "long-iso", "iso", "locale"].includes(settings.timeStyle.replace(/^posix-/, "")) &&
    !settings.timeStyle.startsWith("+")
  ) {
    io.warn(`invalid argument ${quote(settings.timeStyle)} for ${quote("time style")}`);
    io.printError(
      `Valid arguments are:\n${["full-iso", "long-iso", "iso", "locale"].map((each) => `  - [posix-]${each}\n`).join("")}  - +FORMAT (e.g., +%H:%M) for a 'date'-style format\n`,
    );
    return yield* io.usageError("", 2);
  }
  // Colours need a terminal that is known to have them, or LS_COLORS.
  const { LS_COLORS = "", COLORTERM = "", TERM = "" } = io.sys.env;
  if (
    LS_COLORS === "" &&
    COLORTERM === "" &&
    !/^(xterm|linux|screen|tmux|rxvt|vt100|ansi|konsole|alacritty|foot|gnome|st|putty|cygwin|eterm)|color|direct/i.test(
      TERM,
    )
  )
    settings.color = false;
  if (settings.color) settings.tab = 0;
  return settings;
}
