// systemd-run: a command as a unit of its own for the time being, at once or by a timer.

import { isErrno } from "../../kernel/errno.ts";
import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { parseOptions, parseOptionTable } from "../../lib/getopt.ts";
import { type Bus, connectBus, isRefusal } from "../../systemd/client/bus.ts";
import { quoteArgument } from "../../systemd/client/cgroups.ts";
import { Output } from "../../systemd/client/output.ts";
import { exitStatusName, signalName } from "../../systemd/exit-status.ts";
import { formatTimespan } from "../../systemd/time.ts";
import { mangleUnitName } from "../../systemd/unit-name.ts";
import { parseBytes } from "../../systemd/values.ts";

const TABLE = parseOptionTable(`
h,help
,version
,no-ask-password
,user
,system
H,host=HOST
M,machine=NAME
,scope
u,unit=UNIT
p,property=NAME
,description=TEXT
,slice=SLICE
r,remain-after-exit
,send-sighup
,service-type=TYPE
,uid=USER
,gid=GROUP
,nice=NICE
,working-directory=PATH
d,same-dir
E,setenv=NAME
t,pty
P,pipe
q,quiet
G,collect
S,shell
,no-block
,wait
,path-property=NAME
,socket-property=NAME
,on-active=SECONDS
,on-boot=SECONDS
,on-startup=SECONDS
,on-unit-active=SECONDS
,on-unit-inactive=SECONDS
,on-calendar=SPEC
,on-timezone-change
,on-clock-change
,timer-property=NAME
`);

const UNMODELLED = ["user", "host", "machine", "H", "M", "t", "P", "S", "path-property", "socket-property"];
const TIMERS: readonly (readonly [option: string, key: string])[] = [
  ["on-active", "OnActiveSec"],
  ["on-boot", "OnBootSec"],
  ["on-startup", "OnStartupSec"],
  ["on-unit-active", "OnUnitActiveSec"],
  ["on-unit-inactive", "OnUnitInactiveSec"],
  ["on-calendar", "OnCalendar"],
];
const HEAD = "# This is a transient unit file, created programmatically via the systemd API. Do not edit.\n";

/** How long between two looks at a unit that is waited for. */
const LOOK = 5;

const quote = (word: string): string => `"${word.replace(/["\\]/g, "\\$&")}"`;

function findProgram(sys: Sys, name: string): string | undefined {
  const places = name.includes("/")
    ? [name]
    : (sys.env.PATH ?? "/usr/bin").split(":").map((folder) => `${folder}/${name}`);
  return places.find((path) => sys.access(path, "x") === undefined);
}

interface Wanted {
  readonly has: (key: string) => boolean;
  readonly value: (key: string) => string | undefined;
  readonly values: (key: string) => readonly string[];
  readonly command: readonly string[];
  readonly path: string;
}

/** A `-p NAME=VALUE` as PID 1 writes it down: sizes in bytes, words in quotes. */
function property(text: string): string {
  const equals = text.indexOf("=");
  const [key, value] = [text.slice(0, equals), text.slice(equals + 1)];
  const bytes = key.startsWith("Memory") ? parseBytes(value) : undefined;
  return `${key}=${bytes ?? (key === "Environment" ? quote(value) : value)}`;
}

function serviceText(sys: Sys, wanted: Wanted, description: string): string {
  const lines = [
    ...wanted.values("p").map(property),
    ...wanted
      .values("E")
      .map((text) => `Environment=${quote(text.includes("=") ? text : `${text}=${sys.env[text] ?? ""}`)}`),
  ];
  const one = (option: string, key: string) => {
    const value = wanted.value(option);
    if (value !== undefined) lines.push(`${key}=${value}`);
  };
  one("service-type", "Type");
  if (wanted.has("r")) lines.push("RemainAfterExit=yes");
  one("uid", "User");
  one("gid", "Group");
  one("nice", "Nice");
  one("slice", "Slice");
  if (wanted.has("d")) lines.push(`WorkingDirectory=${sys.getcwd()}`);
  one("working-directory", "WorkingDirectory");
  const exec = [wanted.path, ...wanted.command.slice(1)].map(quote).join(" ");
  return `${HEAD}[Unit]\nDescription=${description}\n\n[Service]\n${lines.map((line) => `${line}\n`).join("")}ExecStart=\nExecStart=${exec}\n`;
}

function timerText(wanted: Wanted, description: string): string {
  const lines = TIMERS.flatMap(([option, key]) => wanted.values(option).map((value) => `${key}=${value}\n`));
  lines.push(...wanted.values("timer-property").map((text) => `${text}\n`));
  return `${HEAD}[Unit]\nDescription=${description}\n\n[Timer]\n${lines.join("")}RemainAfterElapse=no\n`;
}

/** `--wait`: until the unit is down; tells how it went, and ends as it did. */
function* waitFor(sys: Sys, out: Output, bus: Bus, unit: string, quiet: boolean): Task<number> {
  const begun = sys.now();
  let p = yield* bus.show(unit);
  for (let state = ""; ; yield* sys.sleep(LOOK)) {
    const now = yield* bus.show(unit);
    state = String(now.ActiveState);
    // A unit that has ended well is forgotten at once.
    if (now.LoadState === "loaded" && now.ExecMainPID !== 0) p = now;
    if (state === "inactive" || state === "failed") break;
  }
  const failed = p.ActiveState === "failed";
  const code = failed && Number(p.ExecMainCode) !== 1 ? "killed" : "exited";
  const status = failed ? Number(p.ExecMainStatus) : 0;
  const name = code === "exited" ? exitStatusName(status) : signalName(status);
  if (!quiet) {
    out.info(`Finished with result: ${failed ? p.Result : "success"}`);
    out.info(`Main processes terminated with: code=${code}, status=${status}/${name ?? "n/a"}`);
    out.info(`Service runtime: ${formatTimespan(Math.max(1, sys.now() - begun), 1)}`);
    out.info(`CPU time consumed: ${formatTimespan(Number(p.CPUUsageNSec) / 1e6 || 1, 1)}`);
  }
  return code === "exited" ? status : 255;
}

/** The command in a scope: this process becomes it. */
function* runScope(sys: Sys, out: Output, wanted: Wanted, unit: string): Task<number> {
  if (!wanted.has("q")) out.info(`Running as unit: ${unit}`);
  yield* out.flush();
  const failed = yield* sys.exec(wanted.path, [...wanted.command], sys.env);
  out.error(`Failed to execute: ${failed.text}`);
  return 1;
}

function* run(sys: Sys, out: Output, args: readonly string[]): Task<number> {
  const end = args.findIndex(
    (word, i) => !word.startsWith("-") && !/^-(?:[uptEHMP]|-\w[\w-]*)$/.test(args[i - 1] ?? ""),
  );
  const { options, operands, error } = parseOptions(
    end < 0 ? args : [...args.slice(0, end), "--", ...args.slice(end)],
    TABLE,
  );
  const has = (key: string) => options.some(([name]) => name === key);
  const values = (key: string) => options.filter(([name]) => name === key).map(([, value]) => value ?? "");
  const value = (key: string) => values(key).at(-1);
  if (error !== undefined) {
    out.raw(2, `systemd-run: ${error}\n`);
    return 1;
  }
  const other = UNMODELLED.find(has);
  if (other !== undefined) {
    out.error(`systemd-run: ${other.length > 1 ? "--" : "-"}${other} is not modelled in this sandbox`);
    return 1;
  }
  const timed = TIMERS.some(([option]) => has(option));
  const [name] = operands;
  if (name === undefined) {
    out.error("Command line to execute required.");
    return 1;
  }
  const path = findProgram(sys, name);
  if (path === undefined) {
    out.error(`Failed to find executable ${name}: No such file or directory`);
    return 1;
  }
  const wanted: Wanted = { has, value, values, command: operands, path };
  const suffix = has("scope") ? ".scope" : ".service";
  const base = (value("u") ?? `run-p${sys.pid}-i${sys.pid + 300}`).replace(/\.(?:service|timer|scope)$/, "");
  const { name: unit } = mangleUnitName(base, suffix);
  if (has("scope")) return yield* runScope(sys, out, wanted, unit);
  const bus = yield* connectBus(sys, out, !has("no-ask-password"));
  if (bus === undefined) return 1;
  const description =
    value("description") ?? `[systemd-run] ${[path, ...operands.slice(1)].map(quoteArgument).join(" ")}`;
  const timer = `${base}.timer`;
  const files = [{ unit, text: serviceText(sys, wanted, description) }];
  if (timed) files.push({ unit: timer, text: timerText(wanted, description) });
  const reply = yield* bus.call({ call: "transient", files });
  if (isRefusal(reply)) {
    out.error(`Failed to start transient ${timed ? "timer" : "service"} unit: ${reply.message}`);
    return 1;
  }
  const quiet = has("q");
  if (timed) {
    if (!quiet) out.info(`Running timer as unit: ${timer}\nWill run service as unit: ${unit}`);
    return 0;
  }
  const id = String((yield* bus.show(unit)).InvocationID ?? "");
  if (!quiet) out.info(`Running as unit: ${unit}${id === "" ? "" : `; invocation ID: ${id}`}`);
  yield* out.flush();
  return has("wait") ? yield* waitFor(sys, out, bus, unit, quiet) : 0;
}

export const systemdRun: Program = {
  name: "systemd-run",
  *main(sys, argv) {
    const out = new Output(sys);
    const code = yield* run(sys, out, argv.slice(1));
    if (!isErrno(sys.fstat(2))) yield* out.close();
    return code;
  },
};
