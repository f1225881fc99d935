// systemd-analyze: verify, cat-config, time, blame, critical-chain in a simple form, timespan, timestamp, unit-paths.

import { isErrno } from "../../kernel/errno.ts";
import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { askLine } from "../../lib/ask-line.ts";
import { parseOptions, parseOptionTable } from "../../lib/getopt.ts";
import { printConfigFile } from "../../systemd/client/config-print.ts";
import { Output } from "../../systemd/client/output.ts";
import { verbProblem } from "../../systemd/client/verbs.ts";
import { viewOf } from "../../systemd/file-view.ts";
import { CONTROL_SOCKET, type Properties, type Reply, type Request } from "../../systemd/protocol.ts";
import { formatRelative, formatTimespan, formatTimestamp, parseTimespan, parseTimestamp } from "../../systemd/time.ts";
import { isValidUnitName } from "../../systemd/unit-name.ts";
import { UNIT_FOLDERS } from "../../systemd/unit-paths.ts";
import { parseBoolean } from "../../systemd/values.ts";
import { verifyUnit } from "../../systemd/verify.ts";
import { calendars, conditions, exitStatuses, versions } from "./analyze-more.ts";
import { security } from "./security.ts";

const OPTIONS = parseOptionTable(`
h,help
,version
,system
,user
,global
,order
,require
,no-pager
,man[=BOOL]
,generators[=BOOL]
,recursive-errors=MODE
,root=PATH
,image=PATH
q,quiet
,tldr
,iterations=N
,json=MODE
,threshold=N
,offline=BOOL
,security-policy=PATH
,no-legend
,base-time=TIME
u,unit=UNIT
`);

const ARITY = (min: number, max: number) => ({ min, max });
const ANY = Number.POSITIVE_INFINITY;
const VERBS = new Map(
  Object.entries({
    time: ARITY(0, 0),
    blame: ARITY(0, 0),
    "critical-chain": ARITY(0, ANY),
    "get-log-level": ARITY(0, 0),
    "get-log-target": ARITY(0, 0),
    "service-watchdogs": ARITY(0, 1),
    "compare-versions": ARITY(2, 3),
    "has-tpm2": ARITY(0, 0),
    plot: ARITY(0, 0),
    dot: ARITY(0, ANY),
    "log-level": ARITY(0, 1),
    "log-target": ARITY(0, 1),
    dump: ARITY(0, ANY),
    "cat-config": ARITY(1, ANY),
    "unit-files": ARITY(0, ANY),
    "unit-gdb": ARITY(1, ANY),
    "unit-paths": ARITY(0, 0),
    "exit-status": ARITY(0, ANY),
    "syscall-filter": ARITY(0, ANY),
    capability: ARITY(0, ANY),
    filesystems: ARITY(0, ANY),
    condition: ARITY(0, ANY),
    verify: ARITY(1, ANY),
    calendar: ARITY(1, ANY),
    timestamp: ARITY(1, ANY),
    timespan: ARITY(1, ANY),
    security: ARITY(0, ANY),
    "inspect-elf": ARITY(1, ANY),
    malloc: ARITY(0, ANY),
    fdstore: ARITY(1, ANY),
    "image-policy": ARITY(1, 1),
    has: ARITY(0, 0),
    pcrs: ARITY(0, ANY),
    srk: ARITY(0, 0),
    architectures: ARITY(0, ANY),
    smbios11: ARITY(0, 0),
  }),
);

/** Why a program cannot be run, in strerror's words. */
function access(sys: Sys, path: string): string | undefined {
  const stat = sys.stat(path);
  if (isErrno(stat)) return stat.text;
  if (stat.type === "directory") return "Is a directory";
  return sys.access(path, "x")?.text;
}

function verify(sys: Sys, out: Output, words: readonly string[]): number {
  const { machineId, bootId, release, architecture } = sys.machine;
  const facts = { hostname: sys.hostname, machineId, bootId, kernel: release, architecture };
  const bad = words.filter((word) => !isValidUnitName(baseOf(word)));
  for (const word of bad) out.error(`Failed to prepare filename ${word}: Invalid argument`);
  if (bad.length > 0) return 1;
  let status = 0;
  // Whatever is named with its folder makes that folder one of those that units are looked for in.
  const folders = words.map(
    (word) => (word.startsWith("/") ? word : `${sys.getcwd()}/${word}`).replace(/\/[^/]*$/, "") || "/",
  );
  const view = { ...viewOf(sys), folders };
  for (const word of words) {
    const base = baseOf(word);
    const name = base.replace(/@(?=\.[a-z]+$)/, "@test_instance");
    const { lines, failed } = verifyUnit(view, name, facts, (path) => access(sys, path));
    for (const line of lines) out.warning(line);
    if (failed) status = 1;
  }
  return status;
}

const baseOf = (word: string) => word.slice(word.lastIndexOf("/") + 1);

function catConfig(sys: Sys, out: Output, words: readonly string[]): number {
  const view = viewOf(sys);
  for (const [i, word] of words.entries()) {
    const name = word.replace(/^\/(?:etc|run|usr\/lib)\//, "");
    const folders = ["/etc", "/run", "/usr/local/lib", "/usr/lib"];
    const main = folders.map((folder) => `${folder}/${name}`).find((path) => view.stat(path) !== undefined);
    if (main === undefined) {
      out.print(`# Main configuration file ${word} not found\n`);
      continue;
    }
    const extra = new Map<string, string>();
    for (const folder of folders) {
      for (const file of view.list(`${folder}/${name}.d`) ?? [])
        if (file.endsWith(".conf") && !extra.has(file)) extra.set(file, `${folder}/${name}.d/${file}`);
    }
    const files = [main, ...[...extra.keys()].sort().map((key) => extra.get(key) as string)];
    files.forEach((path, j) => {
      if (i + j > 0) out.print("\n");
      printConfigFile(out, path, view.read(path) ?? "");
    });
  }
  return 0;
}

function* ask(sys: Sys, request: Request): Task<Reply | undefined> {
  const reply = yield* askLine<Reply>(sys, CONTROL_SOCKET, request);
  return isErrno(reply) ? undefined : reply;
}

/** Kernel and loader time are the same for every machine here; the rest is PID 1's. */
const KERNEL_MS = 1_318;

function* timeLine(sys: Sys, out: Output): Task<number> {
  const reply = yield* ask(sys, { call: "show-manager" });
  const p: Properties = reply !== undefined && "properties" in reply ? reply.properties : {};
  const user = 2_204 + Math.max(0, Number(p.FinishTimestamp) - Number(p.UserspaceTimestamp));
  out.print(
    `Startup finished in ${formatTimespan(KERNEL_MS, 1)} (kernel) + ${formatTimespan(user, 1)} (userspace) = ${formatTimespan(KERNEL_MS + user, 1)} \n`,
  );
  out.print(`graphical.target reached after ${formatTimespan(user, 1)} in userspace.\n`);
  return 0;
}

/** Units by the time their start took; the time here is what the clock says plus what a start costs by its kind. */
function* blame(sys: Sys, out: Output): Task<number> {
  const reply = yield* ask(sys, { call: "list-units", all: true });
  const units =
    reply !== undefined && "units" in reply
      ? reply.units.filter((row) => row.id.endsWith(".service") && row.active === "active")
      : [];
  const rows = units.map(({ id }) => {
    let cost = 0;
    for (const char of id) cost = (cost * 31 + char.charCodeAt(0)) % 977;
    return { id, cost: 12 + cost };
  });
  for (const { id, cost } of rows.sort((a, b) => b.cost - a.cost))
    out.print(`${formatTimespan(cost, 1).padStart(5)} ${id}\n`);
  return 0;
}

/** All bits of 64: a span without end. */
const NEVER = "18446744073709551615";

function spans(out: Output, words: readonly string[]): number {
  for (const [i, word] of words.entries()) {
    const ms = parseTimespan(word);
    if (ms === undefined) {
      out.error(`Failed to parse time span '${word}': Invalid argument`);
      return 1;
    }
    if (i > 0) out.print("\n");
    out.print(
      `Original: ${word}\n      μs: ${ms === Number.POSITIVE_INFINITY ? NEVER : Math.round(ms * 1000)}\n   Human: ${out.paint("\x1b[0;1;39m", formatTimespan(ms))}\n`,
    );
  }
  return 0;
}

function stamps(sys: Sys, out: Output, words: readonly string[]): number {
  for (const [i, word] of words.entries()) {
    const ms = parseTimestamp(word, sys.now());
    if (ms === undefined) {
      out.error(`Failed to parse "${word}": Invalid argument`);
      return 1;
    }
    if (i > 0) out.print("\n");
    out.print(
      `  Original form: ${word}\nNormalized form: ${formatTimestamp(ms)}\n   UNIX seconds: @${ms / 1000}\n       From now: ${formatRelative(ms, sys.now())}\n`,
    );
  }
  return 0;
}

/** What is wrong with the options of the verb security, here or with another verb. */
function optionProblem(verb: string, value: (key: string) => string | undefined): string | undefined {
  const [json, threshold, offline] = [value("json"), value("threshold"), value("offline")];
  if (json !== undefined && !/^(?:short|pretty|off)$/.test(json)) return `Unknown argument to --json= switch: ${json}`;
  if (threshold !== undefined && !/^\d+$/.test(threshold)) return `Failed to parse threshold: ${threshold}`;
  if (Number(threshold ?? 0) > 100) return `Failed to parse threshold: ${threshold}`;
  if (offline !== undefined && parseBoolean(offline) === undefined)
    return `Failed to parse boolean argument to --offline: ${offline}.`;
  const only =
    threshold !== undefined
      ? "--threshold="
      : value("security-policy") !== undefined
        ? "--security-policy="
        : undefined;
  return only === undefined || verb === "security"
    ? undefined
    : `Option ${only} is only supported for security right now.`;
}

function* run(sys: Sys, out: Output, argv: readonly string[]): Task<number> {
  const parsed = parseOptions(argv.slice(1), OPTIONS);
  if (parsed.error !== undefined) {
    out.raw(2, `systemd-analyze: ${parsed.error}\n`);
    return 1;
  }
  if (parsed.options.some(([key]) => key === "h")) {
    out.print(
      "systemd-analyze [OPTIONS...] COMMAND ...\n\nCommands: time, blame, verify FILE..., cat-config NAME..., timespan, timestamp, unit-paths\n\nSee the systemd-analyze(1) man page for details.\n",
    );
    return 0;
  }
  const value = (key: string) => parsed.options.findLast(([name]) => name === key)?.[1];
  const [verb = "time", ...words] = parsed.operands;
  const problem = optionProblem(verb, value) ?? verbProblem(verb, words.length, VERBS);
  if (problem !== undefined) {
    out.error(problem);
    return 1;
  }
  switch (verb) {
    case "time":
      return yield* timeLine(sys, out);
    case "blame":
      return yield* blame(sys, out);
    case "verify":
      return verify(sys, out, words);
    case "security":
      return yield* security(sys, out, words, {
        json: /^(?:short|pretty)$/.exec(value("json") ?? "")?.[0],
        threshold: Number(value("threshold") ?? 100),
        offline: parseBoolean(value("offline") ?? "no") ?? false,
        pager: value("no-pager") === undefined,
      });
    case "cat-config":
      return catConfig(sys, out, words);
    case "timespan":
      return spans(out, words);
    case "timestamp":
      return stamps(sys, out, words);
    case "unit-paths":
      out.print(`${UNIT_FOLDERS.join("\n")}\n`);
      return 0;
    case "calendar":
      return calendars(sys, out, words, value("base-time"), Number(value("iterations") ?? 1));
    case "exit-status":
      return exitStatuses(out, words);
    case "condition":
      return conditions(sys, out, words, value("u"));
    case "compare-versions":
      return versions(out, words);
    case "log-level":
    case "get-log-level":
    case "log-target":
    case "get-log-target":
    case "service-watchdogs":
      if (words.length > 0) break;
      out.print(`${verb.endsWith("level") ? "info" : verb.endsWith("target") ? "journal-or-kmsg" : "yes"}\n`);
      return 0;
    default:
      break;
  }
  out.error(`systemd-analyze: ${verb} is not modelled in this sandbox`);
  return 1;
}
export const systemdAnalyze: Program = {
  name: "systemd-analyze",
  *main(sys, argv) {
    const out = new Output(sys);
    const code = yield* run(sys, out, argv);
    yield* out.close();
    return code;
  },
};
