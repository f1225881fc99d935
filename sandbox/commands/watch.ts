// watch: runs a command again and again and shows its output on a full screen.

import { isErrno } from "../kernel/errno.ts";
import type { Sys, Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { searchPath } from "../lib/path-search.ts";
import { readToEnd } from "../lib/read-to-end.ts";
import { formatTime, readZone } from "../lib/strftime.ts";
import { defineCommand, versionLine } from "./define.ts";

/** What a command prints, and its exit status. */
function* capture(sys: Sys, argv: readonly string[]): Task<{ text: string; status: number }> {
  const pipe = sys.pipe();
  const path = searchPath(sys, argv[0] ?? "");
  const pid = path === undefined ? undefined : sys.spawn({ path, argv, fds: { 0: 0, 1: pipe.write, 2: pipe.write } });
  sys.close(pipe.write);
  const bytes = yield* readToEnd(sys, pipe.read);
  if (pid === undefined || isErrno(pid))
    return { text: `watch: unable to execute '${argv[0]}': No such file or directory`, status: 127 };
  const ended = yield* sys.waitpid(pid);
  const status = ended === undefined || isErrno(ended) || ended.status.kind !== "exited" ? 1 : ended.status.code;
  return { text: decode(bytes), status };
}

/** The usage text of procps 4.0.4, which stands after every mistake too. */
const USAGE = `
Usage:
 watch [options] command

Options:
  -b, --beep             beep if command has a non-zero exit
  -c, --color            interpret ANSI color and style sequences
  -C, --no-color         do not interpret ANSI color and style sequences
  -d, --differences[=<permanent>]
                         highlight changes between updates
  -e, --errexit          exit if command has a non-zero exit
  -g, --chgexit          exit when output from command changes
  -q, --equexit <cycles>
                         exit when output from command does not change
  -n, --interval <secs>  seconds to wait between updates
  -p, --precise          attempt run command in precise intervals
  -r, --no-rerun         do not rerun program on window resize
  -t, --no-title         turn off header
  -w, --no-wrap          turn off line wrapping
  -x, --exec             pass command to exec instead of "sh -c"

 -h, --help     display this help and exit
 -v, --version  output version information and exit

For more details see watch(1).`;

export const watch = defineCommand({
  name: "watch",
  package: "procps",
  summary: "Execute a program periodically, showing output fullscreen.",
  usage: ["[options] command"],
  posix: true,
  hint: USAGE,
  options: `
    b,beep  beep if command has a non-zero exit
    c,color  interpret ANSI color and style sequences
    C,no-color  do not interpret ANSI color and style sequences
    d,differences[=permanent]  highlight changes between updates
    e,errexit  exit if command has a non-zero exit
    g,chgexit  exit when output from command changes
    q,equexit=cycles  exit when output from command does not change
    n,interval=secs  seconds to wait between updates
    p,precise  attempt run command in precise intervals
    r,no-rerun  do not rerun program on window resize
    t,no-title  turn off header
    w,no-wrap  turn off line wrapping
    x,exec  pass command to exec instead of "sh -c"
    h,help  display this help and exit
    v,version  output version information and exit`,
  *run(io, sys) {
    if (io.has("h") || io.has("v")) {
      io.print(io.has("h") ? `${USAGE}\n` : `${versionLine(sys, io.command)}\n`);
      return 0;
    }
    if (io.operands.length === 0) return yield* io.usageError("");
    const text = io.value("n") ?? sys.env.WATCH_INTERVAL ?? "2";
    if (!/^\d*([.,]\d*)?$/.test(text) || text === "")
      return yield* io.die(1, `failed to parse argument: '${text}': Invalid argument`);
    const interval = Math.max(0.1, Number(text.replace(",", "."))) * 1000;
    const command = io.operands.join(" ");
    const argv = io.has("x") ? io.operands : ["sh", "-c", command];
    const out = function* (line: string): Task<void> {
      yield* sys.write(1, line);
    };
    const size = sys.windowSize(1);
    const { columns, rows } = isErrno(size) ? { columns: 80, rows: 24 } : size;
    sys.sigaction("SIGINT", "catch");
    yield* out(`\x1b[?1049h\x1b[22;0;0t\x1b[1;${rows}r\x1b(B\x1b[m\x1b[4l\x1b[?7h\x1b[39;49m`);
    const modes = sys.tcgetattr(0);
    sys.tcsetattr(0, { echo: false });
    let before: string | undefined;
    let status = 0;
    for (;;) {
      const run = yield* capture(sys, argv);
      const lines = run.text.split("\n").flatMap((line) => wrap(line, columns, io.has("w")));
      let screen = "\x1b[H\x1b[2J";
      let row = 1;
      if (!io.has("t")) {
        const right = `${sys.hostname}: ${formatTime("%a %b %e %H:%M:%S %Y", sys.now(), readZone(sys.env.TZ))}`;
        const title = `Every ${(interval / 1000).toFixed(1)}s: ${command}`.slice(
          0,
          Math.max(0, columns - right.length - 1),
        );
        screen += `${title}\x1b[1;${Math.max(1, columns - right.length + 1)}H${right}`;
        row = 3;
      }
      for (const line of lines.slice(0, rows - row + 1)) {
        if (line !== "") screen += `\x1b[${row};1H${line}`;
        row += 1;
      }
      yield* out(`${screen}\x1b[${rows};${columns}H`);
      if (run.status !== 0 && io.has("b")) yield* out("\x07");
      if (run.status !== 0 && io.has("e")) {
        status = 8;
        break;
      }
      if (before !== undefined && before !== run.text && io.has("g")) break;
      before = run.text;
      const woken = yield* sys.sleep(interval);
      if (isErrno(woken) && sys.takeSignal() === "SIGINT") break;
    }
    yield* out(`\x1b[39;49m\x1b[${rows};1H\x1b[?1049l\x1b[23;0;0t\r\x1b[?1l\x1b>`);
    if (!isErrno(modes)) sys.tcsetattr(0, { echo: modes.echo });
    return status;
  },
});

/** A line in pieces of the screen's width. */
function wrap(line: string, columns: number, cut: boolean): string[] {
  const plain = line.replace(/\t/g, "        ").replace(/\x1b\[[\d;]*[A-Za-z]/g, "");
  if (cut || plain.length <= columns) return [plain.slice(0, columns)];
  const pieces: string[] = [];
  for (let at = 0; at < plain.length; at += columns) pieces.push(plain.slice(at, at + columns));
  return pieces;
}
