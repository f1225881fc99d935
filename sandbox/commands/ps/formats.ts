// The formats of ps: those of the UNIX options, put together letter by letter, and the fixed ones of BSD.

import type { Column } from "./columns.ts";
import { COLUMNS } from "./columns.ts";
import { MORE_COLUMNS } from "./more-columns.ts";

/** The column of a specifier. */
export function columnOf(name: string): Column | undefined {
  return COLUMNS[name] ?? MORE_COLUMNS[name];
}

/** Letters of UNIX options that change the columns, and whether BSD options stand beside them. */
export interface UnixFormat {
  /** Those of `fFljycLTPM` that were given. */
  readonly letters: string;
  readonly bsd: boolean;
}

const BSD_PLAIN = "pid tname stat bsdtime command";

/** The specifiers of UNIX options: each letter adds its own at a place of its own. */
export function unixFormat({ letters, bsd }: UnixFormat): string {
  const has = (letter: string) => letters.includes(letter);
  const [full, long, classes] = [has("f") || has("F"), has("l"), has("c")];
  if (bsd && letters === "") return BSD_PLAIN;
  const parts: (string | false)[] = [
    has("M") && "label",
    long && !has("y") && "f",
    long && "s",
    full ? "user=UID" : long && "uid",
    "pid",
    has("T") && "spid",
    (full || long) && "ppid",
    has("j") && "pgid sid",
    has("L") && "lwp",
    has("P") && "psr",
    classes ? "class pri" : (full || long) && "c",
    full && has("L") && "nlwp",
    long && !classes && "opri ni",
    long && (has("y") ? "rss sz wchan" : "addr_1 sz wchan"),
    has("F") && (has("P") ? "sz rss" : "sz rss psr"),
    full && "stime",
    "tname",
    bsd && !long && "stat",
    bsd ? "bsdtime" : "time",
    full ? "cmd" : "ucmd",
  ];
  return parts.filter((part) => part !== false).join(" ");
}

/** Formats of BSD options by their letter. */
export const BSD_FORMATS: Readonly<Record<string, string>> = {
  j: "ppid pid pgid sid tname tpgid stat uid bsdtime command",
  l: "f uid pid ppid opri=PRI ni vsz rss wchan stat tname bsdtime command",
  s: "uid pid pending blocked ignored caught stat tname bsdtime command",
  u: "user pid pcpu pmem vsz rss tname stat start_time bsdtime command",
  v: "pid tname stat bsdtime maj_flt m_trs m_drs rss pmem command",
  X: "pid stackp esp eip tmout alarm stat tname bsdtime command",
};

/** One-letter descriptors of AIX (`%p %c`) and the specifiers they stand for. */
export const AIX_FIELDS: Readonly<Record<string, string>> = {
  C: "pcpu",
  G: "group",
  P: "ppid",
  U: "user",
  a: "args",
  c: "comm",
  g: "rgroup",
  n: "nice",
  p: "pid",
  r: "pgid",
  t: "etime",
  u: "ruser",
  x: "time",
  y: "tty",
  z: "vsz",
};
