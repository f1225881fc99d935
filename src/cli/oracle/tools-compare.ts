// What may differ between a recording of a tool and its replay: the masks for each kind that `varies` names.

import type { Outcome } from "./collect.ts";

export interface Recorded {
  readonly id: string;
  readonly tool: string;
  readonly machine: string;
  readonly user: string;
  readonly setup: readonly Step[];
  readonly command: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly varies: readonly string[];
  readonly tty?: { readonly cols: number; readonly rows: number; readonly keys?: readonly string[] };
  /** What the recording machine could not show. */
  readonly lacks?: unknown;
  readonly stdoutIsTty?: boolean;
  readonly timedOut?: boolean;
  /** Recorded later, by the project, with the same versions: counted apart. */
  readonly own?: boolean;
}

export interface Step {
  readonly base?: string;
  readonly file?: string;
  readonly content?: string;
  readonly mode?: string;
  readonly run?: string;
  readonly user?: string;
  readonly wait?: number;
  readonly note?: string;
}

type Mask = (text: string, recorded: Recorded) => string;

const CLOCK = /\b\d{1,2}:\d{2}:\d{2}(?:\.\d+)?\b/g;

/** What the search for primes shows on stderr. */
const PRIME_SEARCH = /^[.+*]{10,}\n/gm;

/** Masks by kind. Each leaves the layout as it is where widths are the tool's own. */
const MASKS: Readonly<Record<string, Mask>> = {
  timestamp: (text) =>
    text
      .replace(
        /\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?: ?[+-]\d{2}:?\d{2}| UTC|Z)?/g,
        "<time>",
      )
      .replace(
        /\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d (?:\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?| \d{4})(?: UTC)?(?: \d{4})?/g,
        "<time>",
      )
      .replace(CLOCK, "<clock>")
      .replace(
        /"?(?:__REALTIME_TIMESTAMP|__MONOTONIC_TIMESTAMP|_SOURCE_[A-Z_]*TIMESTAMP|__SEQNUM|__CURSOR|_[A-Z_]+TIMESTAMP)[^\n,]*/g,
        "<field>",
      )
      .replace(/up (?:\d+ days?, +)?(?: ?\d+:\d\d|\d+ min)/g, "up <time>")
      .replace(/\d+ users?/g, "<users>")
      .replace(/load average: [\d., ]+/g, "<load>")
      .replace(/Device: \d+,\d+\tInode: \d+ +/g, "<inode> ")
      .replace(/valid_lft \S+ preferred_lft \S+/g, "<lft>")
      .replace(/\b\d{10,16}\b/g, "<stamp>"),
  "elapsed time": (text) =>
    text
      .replace(/(From now: ).*$/gm, "$1<ago>")
      .replace(/;? ?(?:\d+(?:min|month|months|week|weeks|day|days|h|s|ms|us|y|d|w) ?)+(?:ago|left)/g, "; <ago>")
      .replace(/\b(?:\d+(?:\.\d+)?(?:min|ms|us|s|h) ?)+(?=\s|$|[.,;)])/gm, "<elapsed>"),
  pid: (text, { tool }) => {
    let masked = text
      .replace(/pid=\d+/g, "pid=N")
      .replace(/\[\d+\]/g, "[N]")
      .replace(/(PID: |PID |process |pid )\d+/g, "$1N")
      .replace(/(Process: |Id=)\d+/g, "$1N")
      .replace(/([├└]─) ?\x1b?\[?[\d;:]*m?\d+ /g, "$1N ")
      .replace(/\b\d+ \(/g, "N (")
      .replace(/"?_PID"?[=:" ]+\d+/g, "<pid>")
      .replace(/(MainPID|ExecMainPID|ControlPID)=\d+/g, "$1=N");
    if (/^(pgrep|pidof|fuser|kill)$/.test(tool)) masked = masked.replace(/\b\d{2,}\b/g, "N");
    if (/^(ps|top|lsof|netstat|pstree|bash)$/.test(tool)) {
      masked = masked
        .replace(/ +\d+\/(?=[a-z])/g, " N/")
        .replace(/\((\d+)\)/g, "(N)")
        .replace(/^(\S+ +)\d+( +\S+ +\d+u)/gm, "$1N$2")
        .replace(/(IPv[46] +)\d+/g, "$1N");
    }
    if (tool === "lsof") masked = masked.replace(/^\d+$/gm, "N");
    if (tool === "ps") masked = psColumns(masked).replace(/^(\S+ +)\d+( +\d+ )/gm, "$1N$2");
    if (tool === "pkill") masked = masked.replace(/pid \d+/g, "pid N");
    return masked;
  },
  "klog header": (text) => text.replace(/[IWEF]\d{4} \d{2}:\d{2}:\d{2}\.\d{6} +\d+ /g, "K "),
  "invocation/boot/machine id": (text) =>
    text
      .replace(/\b[0-9a-f]{32}\b/g, "<id>")
      .replace(/\b[0-9a-f]{16}\b/g, "<id>")
      .replace(/job identifier is \d+/g, "job identifier is N"),
  "memory/cpu figures": (text) =>
    text
      .replace(/\b\d+(?:\.\d+)?[KMG](?=\b)/g, "<size>")
      .replace(/(CPU: ).*$/gm, "$1<cpu>")
      .replace(/(Tasks: )\d+/g, "$1N")
      .replace(/limit: \d+/g, "limit: N")
      .replace(/\b\d+(?:\.\d+)?(?= (?:total|used|free|buff|avail|us|sy|ni|id|wa|hi|si|st))/g, "N"),
  "ephemeral port": (text) =>
    text
      .replace(/:(3[2-9]|[45]\d|6[01])\d{3}\b/g, ":<port>")
      .replace(/\bfrom \S+ port \d+ failed/g, "from <port> failed"),
  "Date header": (text) => text.replace(/^([dD]ate: ).*$/gm, "$1<date>"),
  milliseconds: (text) => text.replace(/\b\d+ (ms|milliseconds)\b/g, "N $1"),
  "order and grouping of TLS messages after the handshake": (text) =>
    text.replace(
      /^\* (?:Request completely sent off|abort upload|TLSv1\.3 \(IN\), TLS handshake, Newsession Ticket \(4\):)\n/gm,
      "",
    ),
  "progress meter rates": (text) => text.replace(/[ \d.:kM-]{20,}/g, "<meter>"),
  "key material": (text) =>
    text
      .replace(/(-----BEGIN [^-]+-----)[\s\S]*?(-----END)/g, "$1<key>$2")
      .replace(/(?:[0-9a-f]{2}:){8,}[0-9a-f:\s]*/g, "<hex>")
      .replace(/Modulus=[0-9A-F]+/g, "<modulus>")
      .replace(PRIME_SEARCH, "<search>")
      .replace(/^[0-9a-f]{16,}$/gm, "<random>"),
  "serial, signature and dates": (text) =>
    text
      .replace(/(-----BEGIN [^-]+-----)[\s\S]*?(-----END)/g, "$1<certificate>$2")
      .replace(/(?:[0-9a-fA-F]{2}:){8,}[0-9a-fA-F:\s]*/g, "<hex>")
      .replace(/serial=\S+/g, "serial=N")
      .replace(PRIME_SEARCH, "<search>")
      .replace(/^(-----BEGIN CERTIFICATE-----\n).{64}$/gm, "$1<certificate>")
      .replace(/(not(?:Before|After)=|Not (?:Before|After) ?: ).*$/gm, "$1<date>"),
  "leading thread id of an error line": (text) => text.replace(/^[0-9A-F]{12,16}:/gm, "<thread>:"),
  "session id, ticket, times": (text) =>
    text
      .replace(/^ {4}(?:Session-ID|Resumption PSK|Start Time|Master-Key|Session-ID-ctx).*$/gm, "<session>")
      .replace(/^ {4}[0-9a-f]{4} - .*$/gm, "<ticket>"),
  "host key fingerprint": (text) => text.replace(/SHA256:[\w+/]+/g, "<fingerprint>"),
};

/** Figures of ps: pid, shares, sizes and times are masked where they stand, words stay. */
function psColumns(text: string): string {
  return text
    .replace(/^(\S+ +)\d+ +\d+(?:\.\d+)? +\d+(?:\.\d+)? +\d+ +\d+ (\S+) +(\S+) +\S+ +\d+:\d\d /gm, "$1<figures> $2 $3 ")
    .replace(/^(\S+ +)\d+ +\d+ +\d+ \S+ +(\S+) +[\d:]+ /gm, "$1<figures> $2 ")
    .replace(/^( *)\d+ (\S+) +[\d:]+ /gm, "<figures> $2 ");
}

/** Of a whole process list only the header and the kubelet's line can be the same. */
function processList(text: string): string {
  return text
    .split("\n")
    .filter((line) => /^ *(?:USER|UID|PID) /.test(line) || /kubelet/.test(line))
    .filter((line) => !/grep|bash -s/.test(line))
    .map((line) => (/^ *\d+ \S+ +\d+ +-?\d+ +\d/.test(line) ? line.replace(/^.*?(\S+)$/, "<figures> $1") : line))
    .join("\n");
}

/** Lines that the stand-in kubelet logs about its errors: they are no data about a kubelet. */
function withoutStandIn(text: string, recorded: Recorded): string {
  if (recorded.setup[0]?.base !== "node") return text;
  return text
    .split("\n")
    .filter((line) => !/(?:kubelet(?:\[\d+\]|\[N\])?: |^)E\d{4} [\d:.]+ +\d+ (?:run|server)\.go/.test(line))
    .join("\n");
}

/** While a service waits for its restart, which lines of its end are shown is a race within a millisecond (TOOLS.md, 6). */
function withoutLastLines(text: string): string {
  if (!/Active: .*auto-restart/.test(text)) return text;
  const logged = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d |^Hint: Some lines were ellipsized|^\r?$/;
  return text
    .split("\n")
    .filter((line) => !logged.test(line))
    .join("\n");
}

/** Counters and speeds of the recording machine, in whatever case they turn up: jobs since its boot, how long it read unit files. */
function withoutCounters(text: string): string {
  return text
    .replace(/job identifier is \d+/g, "job identifier is N")
    .replace(/^( +Job: )\d+/gm, "$1N")
    .replace(/;i=[0-9a-f]+;b=([0-9a-f]{32});m=[0-9a-f]+;t=[0-9a-f]+;x=[0-9a-f]+/g, ";i=N;b=$1;m=N;t=N;x=N")
    .replace(/Reloading finished in \d+ ms/g, "Reloading finished in N ms")
    .replace(/[IWEF]\d{4} \d{2}:\d{2}:\d{2}\.\d{6} +\d+ (?=[\w.]+:\d+\])/g, "K ");
}

/** Listening sockets stand in the order of a hash table that is seeded anew with every network: sorted, IPv4 before IPv6. */
function sortListeners(text: string): string {
  const key = (line: string) =>
    /^(?:LISTEN|tcp6?) .*(?:LISTEN|\d+ +\d+ )/.test(line) ? (/ (?:\[::\]|\*|::):\w+ /.test(line) ? 6 : 4) : 0;
  const runs: { key: number; lines: string[] }[] = [];
  for (const line of text.split("\n")) {
    const run = runs.at(-1);
    if (run !== undefined && run.key === key(line)) run.lines.push(line);
    else runs.push({ key: key(line), lines: [line] });
  }
  return runs.flatMap((run) => (run.key === 0 ? run.lines : run.lines.sort())).join("\n");
}

/** Numbers that vary though the recording does not say so: pids, how long the history is, random serials, columns of lsof. */
function withoutNumbers(text: string, { tool, command }: Recorded): string {
  let masked = text
    .replace(/^\[(\d+)\] \d+(\r?)$/gm, "[$1] N$2")
    .replace(/killing pid \d+ failed/g, "killing pid N failed")
    .replace(/\/proc\/\d{2,}\//g, "/proc/N/");
  if (/known_hosts|\.pub\b/.test(command))
    masked = masked.replace(/\|1\|[\w+/=]+\|[\w+/=]+/g, "<hashed>").replace(/AAAA[\w+/=]{40,}/g, "<key>");
  // The point release of the day.
  if (/os-release|debian_version/.test(command)) masked = masked.replace(/\b13\.\d+\b/g, "13.N");
  if (/^(?:history|fc)\b/.test(command)) masked = masked.replace(/^( *)\d+(?=[ \t])/gm, "N");
  if (/^(?:uptime -p)/.test(command)) masked = masked.replace(/\d+ minutes?/g, "N minutes");
  if (/\b(?:serial|ca\.srl)\b/.test(command)) masked = masked.replace(/\b[0-9A-F]{40}\b/g, "<serial>");
  masked = masked.replace(/^( *\d+: [0-9A-F]{8,}:.{4} .* )\d+( \d+ [0-9a-f]{16} )/gm, "$1N$2");
  if (/^(?:ss|netstat)$/.test(tool) && !/head|tail/.test(command)) masked = sortListeners(masked);
  // Its columns are as wide as inode numbers, sizes of files and addresses of the kernel.
  if (tool === "lsof")
    masked = masked
      .replace(/^(\S+ +)\d+( +\S+ +(?:cwd|rtd|txt|mem|\d+[rwu]) )/gm, "$1N$2")
      .replace(/(IPv[46]) +\d+ +/g, "$1 N ")
      .replace(/unix +0x[0-9a-f]+ +0t0 +\d+/g, "unix <address>")
      .replace(/(REG|DIR|CHR) +(\d+),\d+ +(?:\d+|(0t0)) +\d+ /g, "$1 $2 $3")
      .replace(/ +/g, " ");
  return masked;
}

/** A property that an earlier scenario had set on the recorder's machine and left there (system.control/50-CPUWeight.conf). */
function withoutLeftDropIn(text: string): string {
  return text.replace(
    /^ +\/etc\/systemd\/system\.control\/kubelet\.service\.d\r?\n +└─[^\n]*50-CPUWeight\.conf[^\n]*\n/gm,
    "",
  );
}

/** What a service used of its processor and memory is the machine's business, and only a second of it is worth a line. */
function withoutUsage(text: string): string {
  return text.replace(/^.*: Consumed \S+ CPU time.*\n/gm, "").replace(/^( +Mem peak: ).*$/gm, "$1<size>");
}

const PROCESS_LIST = "process list of the machine";

/** Both texts with everything masked that may vary in this case. */
export function maskVarying(given: string, recorded: Recorded): string {
  // Where the recorder had to end the command, bash said so.
  const text = recorded.timedOut === true ? given.replace(/^Terminated\n/m, "") : given;
  let masked = withoutLastLines(
    withoutUsage(withoutCounters(withoutNumbers(withoutStandIn(text, recorded), recorded))),
  );
  if (!recorded.setup.some((step) => step.run?.includes("set-property"))) masked = withoutLeftDropIn(masked);
  // s_client's count of bytes: the same command has 1128 and 1129, since an ECDSA signature has no fixed length.
  if (recorded.tool === "openssl") masked = masked.replace(/has read \d+ bytes/g, "has read N bytes");
  // No cgroup controllers in the container: lines about tasks and memory are missing there.
  if (recorded.machine === "container")
    masked = masked.replace(/^ +(?:Tasks|Memory|Mem peak): .*\r?\n/gm, "").replace(/, \S+ memory peak/g, "");
  if (recorded.varies.includes(PROCESS_LIST)) masked = processList(masked);
  if (/^(?:systemd|journalctl|systemctl)$/.test(recorded.tool)) masked = startFirst(masked);
  for (const kind of recorded.varies) masked = MASKS[kind]?.(masked, recorded) ?? masked;
  if (recorded.command.includes("MainPID")) masked = masked.replace(/^\d+$/gm, "N");
  return masked.replace(
    /(?:(?<=\n)\n)?Notice: journal has been rotated since unit was started, output may be incomplete\.\r?\n/g,
    "",
  );
}

/** PID 1's line about a start and the first words of what it started come in either order (TOOLS.md, What varies): the start stands first here. */
function startFirst(text: string): string {
  const start = /^(?:.* systemd\[\w+\]: )?Start(?:ing|ed) \S+\.service(?: - .*)?\.+$/;
  const lines = text.split("\n");
  lines.forEach((line, at) => {
    if (!start.test(line)) return;
    const own = line.startsWith("Start") ? /^(?!exit=)/ : /^.* (?:\(\S+\)|kubelet)\[\w+\]: /;
    let to = at;
    while (to > 0 && own.test(lines[to - 1] as string) && !/^Start|systemd\[/.test(lines[to - 1] as string)) to -= 1;
    lines.splice(at, 1);
    lines.splice(to, 0, line);
  });
  return lines.join("\n");
}

/** What a service's process said before its exec is in a recording only if journald looked it up in time (TOOLS.md, What varies); here it always is. */
function withoutRace(text: string, recorded: Recorded): string {
  const said = /^.* \((?:\S+)\)\[\d+\]: .*\n(?:░░.*\n)*/gm;
  return said.test(recorded.stdout) ? text : text.replace(said, "");
}

/** Names of what differs. */
export function compareOutcome(recorded: Recorded, outcome: Outcome): string[] {
  const replayed = { ...outcome, stdout: withoutRace(outcome.stdout, recorded) };
  const differs: string[] = [];
  if (maskVarying(recorded.stdout, recorded) !== maskVarying(replayed.stdout, recorded)) differs.push("stdout");
  if (maskVarying(recorded.stderr, recorded) !== maskVarying(replayed.stderr, recorded)) differs.push("stderr");
  if (recorded.exitCode !== null && replayed.exitCode !== recorded.exitCode) differs.push("exitCode");
  return differs;
}
