// systemd-notify and systemd-id128: small tools of services and of those who write units.

import { isErrno } from "../../kernel/errno.ts";
import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { parseOptions, parseOptionTable } from "../../lib/getopt.ts";
import { notifyReady } from "../../lib/sd-notify.ts";
import { Output } from "../../systemd/client/output.ts";
import { verbProblem } from "../../systemd/client/verbs.ts";

const NOTIFY = parseOptionTable(`
h,help
,version
,ready
,reloading
,stopping
,pid[=PID]
,uid=USER
,status=TEXT
,booted
,no-block
,exec
,fd=FD
,fdname=NAME
`);

const HELP = `systemd-notify [OPTIONS...] [VARIABLE=VALUE...]

Notify the init system about service status updates.

Options: --ready, --reloading, --stopping, --pid[=PID], --status=TEXT, --booted, --no-block

See the systemd-notify(1) man page for details.
`;

/** How long PID 1 is given to look at the sender. */
const BARRIER = 2;

function* notify(sys: Sys, out: Output, args: readonly string[]): Task<number> {
  const { options, operands, error } = parseOptions(args, NOTIFY);
  if (error !== undefined) {
    out.raw(2, `systemd-notify: ${error}\n`);
    return 1;
  }
  const has = (key: string) => options.some(([name]) => name === key);
  if (has("h")) out.print(HELP);
  if (has("h")) return 0;
  if (has("booted")) return isErrno(sys.stat("/run/systemd/system")) ? 1 : 0;
  const lines: string[] = [];
  if (has("reloading")) lines.push("RELOADING=1");
  if (has("ready")) lines.push("READY=1");
  if (has("stopping")) lines.push("STOPPING=1");
  for (const [key, value] of options) {
    if (key === "status") lines.push(`STATUS=${value}`);
    if (key === "pid") lines.push(`MAINPID=${value ?? sys.info.ppid}`);
  }
  lines.push(...operands);
  if (lines.length === 0) {
    out.print(HELP);
    return 1;
  }
  if (sys.env.NOTIFY_SOCKET === undefined) {
    out.error("No status data could be sent: $NOTIFY_SOCKET was not set");
    return 1;
  }
  yield* notifyReady(sys, lines.join("\n"));
  yield* sys.sleep(BARRIER);
  return 0;
}

const ID_VERBS = new Map(
  ["new", "machine-id", "boot-id", "invocation-id", "var-partition-uuid", "show", "help"].map((verb) => [
    verb,
    { min: 0, max: verb === "show" ? Number.POSITIVE_INFINITY : 0 },
  ]),
);
const ID = parseOptionTable("h,help\n,version\np,pretty\nP,value\na,app-specific=ID\nu,uuid\n,no-pager\n,no-legend");

const asUuid = (id: string): string => id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** Identifiers with names, the few that people look up. */
const KNOWN: Readonly<Record<string, string>> = {
  "root-x86-64": "4f68bce3e8cd4db196e7fbcaf984b709",
  "root-x86-64-verity": "2c7357ed-ebd2-46d9-aec1-23d437ec2bf5".replaceAll("-", ""),
  "root-arm64": "b921b0451df041c3af444c6f280d3fae",
  "usr-x86-64": "8484680c952148c69c11b0720656f69e",
  esp: "c12a7328f81f11d2ba4b00a0c93ec93b",
  home: "933ac7e12eb44f13b8440e14e2aef915",
  swap: "0657fd6da4ab43c484e50933c84b4f4f",
  srv: "3b8f842520e04f3b907f1a25a76f98e8",
  tmp: "7ec6f5573bc54acab29316ef5df639d1",
  var: "4d21b016b53445c2a9fb5c16e091fd2d",
};

function* id128(sys: Sys, out: Output, args: readonly string[]): Task<number> {
  const { options, operands, error } = parseOptions(args, ID);
  if (error !== undefined) {
    out.raw(2, `systemd-id128: ${error}\n`);
    return 1;
  }
  const [verb, ...words] = operands;
  const problem = verb === undefined ? undefined : verbProblem(verb, words.length, ID_VERBS);
  if (verb === undefined || problem !== undefined) {
    out.error(problem ?? `Command verb required (one of ${[...ID_VERBS.keys()].join(", ")}).`);
    return 1;
  }
  const uuid = options.some(([key]) => key === "u");
  const shown = (id: string) => (uuid ? asUuid(id) : id);
  if (verb === "show") {
    const unknown = words.find((word) => KNOWN[word] === undefined && !Object.values(KNOWN).includes(word));
    if (unknown !== undefined) {
      out.error(`Unknown identifier "${unknown}".`);
      return 1;
    }
    const rows = Object.entries(KNOWN).filter(
      ([name, id]) => words.length === 0 || words.includes(name) || words.includes(id),
    );
    const width = Math.max(4, ...rows.map(([name]) => name.length));
    out.print(`${"NAME".padEnd(width)} ID\n`);
    for (const [name, id] of rows) out.print(`${name.padEnd(width)} ${shown(id)}\n`);
    return 0;
  }
  const invocation = sys.env.INVOCATION_ID;
  if (verb === "invocation-id" && invocation === undefined) {
    out.error("INVOCATION_ID environment variable is not set.");
    return 1;
  }
  const random = () => Array.from(sys.random(16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const ids: Readonly<Record<string, string>> = {
    "machine-id": sys.machine.machineId,
    "boot-id": sys.machine.bootId,
    "invocation-id": invocation ?? "",
  };
  const id = ids[verb] ?? `${random().slice(0, 12)}4${random().slice(0, 3)}8${random().slice(0, 15)}`;
  out.print(`${shown(id.replaceAll("-", ""))}\n`);
  return 0;
}

function tool(name: string, run: (sys: Sys, out: Output, args: readonly string[]) => Task<number>): Program {
  return {
    name,
    *main(sys, argv) {
      const out = new Output(sys);
      const code = yield* run(sys, out, argv.slice(1));
      yield* out.close();
      return code;
    },
  };
}

export const systemdNotify = tool("systemd-notify", notify);
export const systemdId128 = tool("systemd-id128", id128);
