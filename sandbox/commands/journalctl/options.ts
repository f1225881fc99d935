// journalctl's command line: options to what is asked for, with the mistakes it knows.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { parseOptions, parseOptionTable } from "../../lib/getopt.ts";
import { FACILITIES, LEVELS } from "../../lib/syslog.ts";
import { OUTPUT_MODES, type OutputMode } from "../../systemd/journal/format.ts";
import { parseTimespan, parseTimestamp } from "../../systemd/time.ts";
import { mangleUnitName } from "../../systemd/unit-name.ts";
import { parseBoolean } from "../../systemd/values.ts";

const TABLE = parseOptionTable(`
h,help
,version
,no-pager
e,pager-end
f,follow
q,quiet
a,all
l,full
,no-full
n,lines[=N]
,no-tail
,truncate-newline
r,reverse
o,output=MODE
,output-fields=LIST
,utc
,no-hostname
x,catalog
u,unit=UNIT
,user-unit=UNIT
I
,invocation=ID
b,boot[=ID]
,list-boots
,list-invocations
k,dmesg
t,identifier=ID
T,exclude-identifier=ID
p,priority=RANGE
,facility=LIST
g,grep=PATTERN
,case-sensitive[=BOOL]
S,since=DATE
U,until=DATE
c,cursor=CURSOR
,after-cursor=CURSOR
,show-cursor
,cursor-file=FILE
m,merge
,system
,user
M,machine=NAME
D,directory=PATH
,file=PATH
i=PATH
,root=PATH
,image=PATH
,namespace=NAME
F,field=FIELD
N,fields
,header
,disk-usage
,vacuum-size=BYTES
,vacuum-files=INT
,vacuum-time=TIME
,verify
,sync
,flush
,rotate
,relinquish-var
,smart-relinquish-var
,list-catalog
,dump-catalog
,update-catalog
,setup-keys
,force
,interval=TIME
`);

/** One disjunct of the matches: field → values of which one must fit. */
export type Conjunct = ReadonlyMap<string, readonly string[]>;

export interface Query {
  readonly units: readonly string[];
  readonly identifiers: readonly string[];
  readonly excluded: readonly string[];
  readonly priorities: ReadonlySet<number> | undefined;
  readonly facilities: ReadonlySet<string> | undefined;
  readonly since: number | undefined;
  readonly until: number | undefined;
  readonly pattern: string | undefined;
  readonly ignoreCase: boolean;
  readonly kernel: boolean;
  /** Offset or id of a boot as typed; undefined means all. */
  readonly boot: string | undefined;
  /** Positional matches, joined by `+`. */
  readonly matches: readonly Conjunct[];
  readonly invocation: string | undefined;
}

export interface Settings {
  readonly has: (key: string) => boolean;
  readonly value: (key: string) => string | undefined;
  readonly query: Query;
  readonly mode: OutputMode;
  /** Last entries (or, with `first`, the first); undefined means all. */
  readonly lines: number | undefined;
  readonly first: boolean;
  readonly hints: readonly string[];
}

/** A mistake: its text, whether getopt says it (plain on stderr) or systemd's log. */
export interface Mistake {
  readonly mistake: string;
  readonly getopt?: boolean;
  readonly status?: number;
}

export const isMistake = (value: Settings | Mistake): value is Mistake => "mistake" in value;

const FLAGS = "aefhklmqrxI";

/** Optional arguments of -n and -b may stand in the next word where they look like one. */
function joinOptional(args: readonly string[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as string;
    const next = args[i + 1];
    const match = /^-([a-zA-Z]*)([nb])$/.exec(word);
    const bundle = match !== null && [...(match[1] as string)].every((letter) => FLAGS.includes(letter));
    const long = word === "--lines" ? "n" : word === "--boot" ? "b" : undefined;
    const kind = bundle ? match[2] : long;
    const fits = kind === "n" ? /^(?:\+?\d+|all)$/ : /^(?:[+-]?\d+|[0-9a-f]{32}(?:[+-]\d+)?|all)$/;
    if (kind !== undefined && next !== undefined && fits.test(next)) {
      out.push(long === undefined ? `${word}${next}` : `${word}=${next}`);
      i += 1;
    } else out.push(word);
  }
  return out;
}

function parsePriorities(text: string): ReadonlySet<number> | string {
  const level = (word: string): number => (/^[0-7]$/.test(word) ? Number(word) : LEVELS.indexOf(word));
  const [from = "", to] = text.split("..");
  const a = level(from);
  const b = to === undefined ? 0 : level(to);
  if (a < 0 || b < 0) return to === undefined ? `Unknown log level ${text}` : `Failed to parse log level range ${text}`;
  const [low, high] = to === undefined ? [0, a] : [Math.min(a, b), Math.max(a, b)];
  return new Set(Array.from({ length: high - low + 1 }, (_, i) => low + i));
}

/** FIELD=VALUE words, paths and `+`. */
function parseMatches(sys: Sys, words: readonly string[]): Conjunct[] | string {
  const groups: Map<string, string[]>[] = [new Map()];
  for (const word of words) {
    const group = groups.at(-1) as Map<string, string[]>;
    if (word === "+") {
      if (group.size === 0) return '"+" can only be used between terms.';
      groups.push(new Map());
      continue;
    }
    const equals = word.indexOf("=");
    let field = word.slice(0, equals);
    let value = word.slice(equals + 1);
    if (word.startsWith("/")) {
      const path = sys.realpath(word);
      if (isErrno(path)) return `Couldn't canonicalize path '${word}': ${path.text}`;
      const stat = sys.stat(path);
      const runs = !isErrno(stat) && stat.type === "file" && (stat.mode & 0o111) !== 0;
      if (!runs && !path.startsWith("/dev/"))
        return `File is neither a device node, nor regular file, nor executable: ${word}`;
      // A script is known by its own name, and by the program that reads it.
      const bytes = runs ? sys.readFile(path) : new Uint8Array();
      const script = /^#!\s*(\S+)/.exec(isErrno(bytes) ? "" : decode(bytes.subarray(0, 256)));
      field = runs ? "_EXE" : "_KERNEL_DEVICE";
      value = path;
      if (script !== null) {
        const interpreter = sys.realpath(script[1] as string);
        group.set("_COMM", [
          ...(group.get("_COMM") ?? []),
          path.slice(path.lastIndexOf("/") + 1, path.lastIndexOf("/") + 16),
        ]);
        value = isErrno(interpreter) ? (script[1] as string) : interpreter;
      }
    } else if (equals <= 0 || !/^[A-Z_][A-Z0-9_]*$/.test(field))
      return `Failed to add match '${word}': Invalid argument`;
    group.set(field, [...(group.get(field) ?? []), value]);
  }
  if (words.length > 0 && groups.at(-1)?.size === 0) return '"+" can only be used between terms.';
  return groups.filter((group) => group.size > 0);
}

/** Options and matches of a command line. */
export function parseCommandLine(sys: Sys, args: readonly string[]): Settings | Mistake {
  const parsed = parseOptions(joinOptional(args), TABLE);
  const pairs = parsed.options;
  const has = (key: string) => pairs.some(([name]) => name === key);
  const value = (key: string) => pairs.findLast(([name]) => name === key)?.[1];
  const values = (key: string) => pairs.filter(([name]) => name === key).map(([, each]) => each ?? "");
  const problem = firstProblem(sys, pairs);
  if (problem !== undefined) return problem;
  if (parsed.error !== undefined) return { mistake: `journalctl: ${parsed.error}`, getopt: true };
  const clash = conflict(has, value, parsed.operands, (key) => parseTimestamp(value(key) ?? "", sys.now()));
  if (clash !== undefined) return { mistake: clash };
  const matches = parseMatches(sys, parsed.operands);
  if (typeof matches === "string") return { mistake: matches };
  const hints: string[] = [];
  const units = values("u").map((word) => {
    const { name, hint } = mangleUnitName(word);
    if (hint !== undefined) hints.push(hint);
    return name;
  });
  // Nobody's own manager runs here, so none of its units has said anything.
  for (const word of values("user-unit")) units.push(`user:${mangleUnitName(word).name}`);
  const time = (key: string) =>
    value(key) === undefined ? undefined : parseTimestamp(value(key) as string, sys.now());
  const pattern = value("g");
  const priorities =
    value("p") === undefined ? undefined : (parsePriorities(value("p") as string) as ReadonlySet<number>);
  const text = value("n");
  const many = has("e") || has("f") ? (has("e") ? 1000 : 10) : undefined;
  const lines = has("no-tail")
    ? undefined
    : has("n")
      ? text === undefined
        ? 10
        : text === "all"
          ? undefined
          : Number(text)
      : many;
  return {
    has,
    value,
    hints,
    mode: (value("o") ?? "short") as OutputMode,
    lines,
    first: text?.startsWith("+") === true,
    query: {
      units,
      identifiers: values("t"),
      excluded: values("T"),
      priorities,
      facilities:
        value("facility") === undefined
          ? undefined
          : new Set((value("facility") as string).split(",").map(facilityNumber)),
      since: time("S"),
      until: time("U"),
      pattern,
      ignoreCase:
        pattern !== undefined &&
        (has("case-sensitive") ? parseBoolean(value("case-sensitive") ?? "yes") === false : !/[A-Z]/.test(pattern)),
      kernel: has("k"),
      boot: has("b") ? (value("b") ?? "0") : has("k") ? "0" : undefined,
      matches,
      invocation: has("I") ? "0" : value("invocation"),
    },
  };
}

const ACTIONS = [
  "F",
  "N",
  "list-boots",
  "list-invocations",
  "disk-usage",
  "verify",
  "header",
  "sync",
  "flush",
  "rotate",
];
const MORE_ACTIONS = [
  "vacuum-size",
  "vacuum-files",
  "vacuum-time",
  "relinquish-var",
  "smart-relinquish-var",
  "setup-keys",
];
const UNMODELLED = ["machine", "image", "header", "setup-keys", "list-catalog", "dump-catalog"];

/** What cannot be asked together, in the order in which it is looked at. */
function conflict(
  has: (key: string) => boolean,
  value: (key: string) => string | undefined,
  words: readonly string[],
  time: (key: string) => number | undefined,
): string | undefined {
  const count = (...keys: string[]) => keys.filter(has).length;
  if (count("D", "file", "i", "M", "root", "image") > 1)
    return "Please specify at most one of -D/--directory=, --file=, -M/--machine=, --root=, --image=.";
  if (count("S", "c", "after-cursor", "cursor-file") > 1)
    return "Please specify only one of --since=, --cursor=, --cursor-file=, and --after-cursor=.";
  if (has("S") && has("U") && (time("S") as number) > (time("U") as number)) return "--since= must be before --until=.";
  if (has("f") && has("r")) return "Please specify either --reverse or --follow, not both.";
  const acts = [...ACTIONS, ...MORE_ACTIONS].some(has);
  if (!acts && value("n")?.startsWith("+") && (has("f") || has("r")))
    return "--lines=+N is unsupported when --reverse or --follow is specified.";
  if (acts && words[0] !== undefined) return `Extraneous arguments starting with '${words[0]}'`;
  if ((has("b") || has("list-boots")) && has("m")) return "Using --boot or --list-boots with --merge is not supported.";
  const other = UNMODELLED.find((key) => has(key === "machine" ? "M" : key));
  return other === undefined ? undefined : `journalctl: --${other} is not modelled in this sandbox`;
}

function facilityNumber(word: string): string {
  const at = FACILITIES.indexOf(word);
  return at < 0 ? word : String(at);
}

/** The first option, in the order given, whose value is wrong. */
function firstProblem(sys: Sys, pairs: readonly (readonly [string, string | undefined])[]): Mistake | undefined {
  for (const [key, text = ""] of pairs) {
    switch (key) {
      case "n":
        if (text !== "" && !/^(?:\+?\d+|all)$/.test(text)) return { mistake: `Failed to parse --lines='${text}'.` };
        break;
      case "o":
        if (!OUTPUT_MODES.includes(text as OutputMode) && text !== "help")
          return { mistake: `Unknown output format '${text}'.` };
        break;
      case "p": {
        const parsed = parsePriorities(text);
        if (typeof parsed === "string") return { mistake: parsed };
        break;
      }
      case "b":
        if (!/^(?:all|[+-]?\d+|[0-9a-f]{32}(?:[+-]\d+)?)?$/.test(text))
          return { mistake: `Failed to parse boot descriptor '${text}'` };
        break;
      case "case-sensitive":
        if (text !== "" && parseBoolean(text) === undefined)
          return { mistake: `Bad --case-sensitive= argument "${text}": Invalid argument` };
        break;
      case "facility": {
        const bad = text
          .split(",")
          .find((word) => !/^\d+$/.test(word) && !FACILITIES.includes(word) && word !== "help");
        if (bad !== undefined) return { mistake: `Bad --facility= argument "${bad}".` };
        break;
      }
      case "vacuum-size":
        if (!/^\d+(?:\.\d+)?[BKMGTPE]?$/.test(text)) return { mistake: `Failed to parse vacuum size: ${text}` };
        break;
      case "vacuum-files":
        if (!/^\d+$/.test(text)) return { mistake: `Failed to parse vacuum files: ${text}` };
        break;
      case "vacuum-time":
        if (parseTimespan(text) === undefined) return { mistake: `Failed to parse vacuum time: ${text}` };
        break;
      case "S":
      case "U":
        if (parseTimestamp(text, sys.now()) === undefined) return { mistake: `Failed to parse timestamp: ${text}` };
        break;
    }
  }
  return undefined;
}
