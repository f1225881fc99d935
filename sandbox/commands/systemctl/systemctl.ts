// systemctl: options, verbs, and which part does what. PID 1 does the work; this program asks and prints.

import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { parseOptions, parseOptionTable } from "../../lib/getopt.ts";
import { connectBus } from "../../systemd/client/bus.ts";
import { Output } from "../../systemd/client/output.ts";
import { verbProblem } from "../../systemd/client/verbs.ts";
import { mangleUnitName } from "../../systemd/unit-name.ts";
import { cat } from "./cat.ts";
import type { Context, Options } from "./context.ts";
import { edit } from "./edit.ts";
import { killUnits, printSignals, resetFailed, runJobs } from "./jobs.ts";
import { listDependencies, listJobs, listUnitFilesVerb, listUnits } from "./list.ts";
import { overSsh } from "./remote.ts";
import { show } from "./show.ts";
import {
  cancel,
  help,
  importEnvironment,
  isolate,
  listMachines,
  liveMount,
  needUnit,
  serviceLog,
  tell,
  whoami,
} from "./small-verbs.ts";
import { isActive, isEnabled, isFailed, isSystemRunning } from "./states.ts";
import { status } from "./status.ts";
import { listTriggers } from "./triggers.ts";
import { changeFiles, environment, getDefault, reloadManager, setDefault, setProperty } from "./unit-files.ts";
import { VERBS } from "./verbs.ts";

const TABLE = parseOptionTable(`
h,help
,version
t,type=TYPE
,state=STATE
,failed
p,property=NAME
P=NAME
a,all
l,full
r,recursive
,reverse
,after
,before
,with-dependencies
,job-mode=MODE
T,show-transaction
,show-types
,value
,check-inhibitors=MODE
i
,fail
,kill-whom~kill-who=WHOM
,kill-value=INT
s,signal=SIGNAL
,what=RESOURCES
,now
,dry-run
q,quiet
v,verbose
,no-warn
,wait
,no-block
,no-wall
,message=MESSAGE
,no-reload
,legend=BOOL
,no-legend
,no-pager
,no-ask-password
,system
,user
,global
M,machine=CONTAINER
C,capsule=NAME
H,host=HOST
,runtime
f,force
,preset-mode=MODE
,root=PATH
,image=PATH
n,lines=N
o,output=MODE
,plain
,timestamp=FORMAT
,marked
,mkdir
,read-only
,drop-in=NAME
,when=TIME
,stdin
`);

/** Keys under long names, so that verbs read `options.has("full")`. */
const LONG: Readonly<Record<string, string>> = {
  t: "type",
  p: "property",
  a: "all",
  l: "full",
  r: "recursive",
  s: "signal",
  q: "quiet",
  f: "force",
  n: "lines",
  o: "output",
  H: "host",
  M: "machine",
  T: "show-transaction",
  v: "verbose",
  C: "capsule",
  h: "help",
};

function optionsOf(pairs: readonly (readonly [string, string | undefined])[]): Options {
  const named = pairs.map(([key, value]) => [LONG[key] ?? key, value] as const);
  return {
    has: (key) => named.some(([name]) => name === key),
    value: (key) => named.findLast(([name]) => name === key)?.[1],
    values: (key) => named.filter(([name]) => name === key).map(([, value]) => value ?? ""),
  };
}

const HELP = `systemctl [OPTIONS...] COMMAND ...

Query or send control commands to the system manager.

Units:        status, start, stop, restart, reload, try-restart, reload-or-restart, kill, is-active, is-failed, show, cat, help,
              list-units, list-dependencies, list-timers, list-sockets, reset-failed, set-property, isolate
Unit files:   list-unit-files, enable, disable, reenable, preset, is-enabled, mask, unmask, link, revert, edit, get-default, set-default
Manager:      daemon-reload, daemon-reexec, is-system-running, list-jobs, show-environment, set-environment, unset-environment

Options:      -a --all, -l --full, -t --type=TYPE, --state=STATE, --failed, -p --property=NAME, -P NAME, --value, -n --lines=N,
              -o --output=MODE, -s --signal=SIGNAL, --now, --no-block, --no-pager, --no-legend, --plain, -q --quiet, -f --force,
              --runtime, --full, --stdin, --drop-in=NAME, --kill-whom=WHOM, --job-mode=MODE, --no-ask-password

See the systemctl(1) man page for details.
`;

const VERSION = `systemd 257 (257.13-1~deb13u1)
+PAM +AUDIT +SELINUX +APPARMOR +IMA +IPE +SMACK +SECCOMP +GCRYPT -GNUTLS +OPENSSL +ACL +BLKID +CURL +ELFUTILS +FIDO2 +IDN2 -IDN +IPTC +KMOD +LIBCRYPTSETUP +LIBCRYPTSETUP_PLUGINS +LIBFDISK +PCRE2 +PWQUALITY +P11KIT +QRENCODE +TPM2 +BZIP2 +LZ4 +XZ +ZLIB +ZSTD +BPF_FRAMEWORK +BTF -XKBCOMMON -UTMP +SYSVINIT +LIBARCHIVE
`;

const FILE_VERBS = new Set([
  "enable",
  "disable",
  "reenable",
  "preset",
  "mask",
  "unmask",
  "link",
  "revert",
  "add-wants",
  "add-requires",
]);
const JOB_VERBS = new Set([
  "start",
  "stop",
  "condstop",
  "reload",
  "restart",
  "try-restart",
  "condrestart",
  "reload-or-restart",
  "reload-or-try-restart",
  "try-reload-or-restart",
  "condreload",
  "force-reload",
]);

type Verb = (context: Context) => Task<number>;

const OTHERS: Readonly<Record<string, Verb>> = {
  "list-units": listUnits,
  "list-unit-files": listUnitFilesVerb,
  "list-jobs": listJobs,
  "list-dependencies": listDependencies,
  "list-timers": (context) => listTriggers(context, "timer"),
  "list-sockets": (context) => listTriggers(context, "socket"),
  "list-paths": (context) => listTriggers(context, "path"),
  "list-automounts": (context) => listTriggers(context, "automount"),
  status,
  show,
  cat,
  edit,
  kill: killUnits,
  "reset-failed": resetFailed,
  "is-active": isActive,
  check: isActive,
  "is-failed": isFailed,
  "is-enabled": isEnabled,
  "is-system-running": isSystemRunning,
  "set-default": setDefault,
  "get-default": getDefault,
  "set-property": setProperty,
  "show-environment": environment,
  "set-environment": environment,
  "unset-environment": environment,
  "daemon-reload": (context) => reloadManager(context),
  "daemon-reexec": (context) => reloadManager(context, "reexec"),
  help,
  isolate,
  whoami,
  cancel,
  freeze: needUnit,
  thaw: needUnit,
  clean: needUnit,
  bind: liveMount,
  "mount-image": liveMount,
  "service-log-level": serviceLog,
  "service-log-target": serviceLog,
  "list-machines": listMachines,
  "import-environment": importEnvironment,
  "log-level": tell,
  "log-target": tell,
  "service-watchdogs": tell,
};

/** Words that an option takes, for its `help` and against others. */
const OUTPUTS =
  "short short-full short-iso short-iso-precise short-precise short-monotonic short-delta short-unix verbose export json json-pretty json-sse json-seq cat with-unit".split(
    " ",
  );

/** What is to be said of --output=; the exit status where that is the end of it. */
function outputProblem(out: Output, options: Options): number | undefined {
  const mode = options.value("output");
  if (mode === undefined || OUTPUTS.includes(mode)) return undefined;
  if (mode === "help") {
    out.print(`${OUTPUTS.join("\n")}\n`);
    return 0;
  }
  out.error(`Unknown output '${mode}'.`);
  return 1;
}

const POWER: Readonly<Record<string, string>> = {
  reboot: "Reboot",
  poweroff: "PowerOff",
  halt: "Halt",
  kexec: "Kexec",
  "soft-reboot": "SoftReboot",
  suspend: "Suspend",
  hibernate: "Hibernate",
};

/** reboot and its like: the others may not, and for root the machine has no boot loader to go back to. */
export function* power(sys: Sys, out: Output, verb: string, options?: Options): Task<number> {
  if (sys.info.euid !== 0) {
    out.error(`Call to ${POWER[verb] ?? verb} failed: Interactive authentication required.`);
    return 1;
  }
  if (options?.has("dry-run")) return 0;
  out.error(`systemctl: ${verb} is not modelled in this sandbox`);
  return 1;
}

const NO_USER_BUS =
  "Failed to connect to user scope bus via local transport: $DBUS_SESSION_BUS_ADDRESS and $XDG_RUNTIME_DIR not defined (consider using --machine=<user>@.host --user to connect to bus of other user)";

/** Things that need no manager, or another one. The exit status, or undefined to go on. */
function* elsewhere(
  sys: Sys,
  out: Output,
  options: Options,
  verb: string,
  units: readonly string[],
): Task<number | undefined> {
  if (options.has("root") || options.has("image")) {
    out.error(`Verb '${verb}' cannot be used with --root= or --image=.`);
    return 1;
  }
  const [host, machine] = [options.value("host"), options.value("machine")];
  if (host !== undefined) return yield* overSsh(sys, out, host, verb, units);
  if (machine !== undefined || options.has("capsule")) {
    out.error("Failed to connect to system scope bus via machine transport: Host is down");
    return 1;
  }
  if (options.has("user")) {
    const folder = sys.env.XDG_RUNTIME_DIR;
    // No session has a manager of its own here.
    out.error(folder === undefined ? NO_USER_BUS : NO_USER_BUS.replace(/: \$.*/, ": No such file or directory"));
    return 1;
  }
  if (options.has("global") && FILE_VERBS.has(verb)) {
    out.error(`Failed to ${verb} unit: Unit ${mangleUnitName(units[0] ?? "").name} does not exist`);
    return 1;
  }
  if (verb === "kexec" && sys.info.euid === 0) {
    out.error("/usr/sbin/kexec is not available: No such file or directory");
    return 1;
  }
  if (verb === "switch-root") {
    out.error("Not in initrd, refusing switch-root operation.");
    return 1;
  }
  if (options.has("dry-run") && /^(?:rescue|emergency|default|sleep|hybrid-sleep|suspend-then-hibernate)$/.test(verb))
    return 0;
  return POWER[verb] === undefined ? undefined : yield* power(sys, out, verb, options);
}

function* run(sys: Sys, out: Output, argv: readonly string[]): Task<number> {
  const parsed = parseOptions(argv.slice(1), TABLE);
  const options = optionsOf(parsed.options);
  if (options.has("help")) {
    out.print(HELP);
    return 0;
  }
  if (options.has("version")) {
    out.print(VERSION);
    return 0;
  }
  if (parsed.error !== undefined) {
    out.raw(2, `systemctl: ${parsed.error}\n`);
    return 1;
  }
  const signal = options.value("signal");
  const told =
    parsed.operands[0] === "kill" && (signal === "list" || signal === "help")
      ? printSignals(out)
      : outputProblem(out, options);
  if (told !== undefined) return told;
  const [verb = "list-units", ...args] = parsed.operands;
  const problem = verbProblem(verb, args.length, VERBS);
  if (problem !== undefined) {
    out.error(problem);
    return 1;
  }
  const other = yield* elsewhere(sys, out, options, verb, args);
  if (other !== undefined) return other;
  const bus = yield* connectBus(sys, out, !options.has("no-ask-password"));
  if (bus === undefined) return 1;
  const context: Context = { sys, out, bus, options, verb, args };
  if (JOB_VERBS.has(verb)) return yield* runJobs(context, verb, args);
  if (FILE_VERBS.has(verb)) return yield* changeFiles(context);
  const known = OTHERS[verb];
  if (known !== undefined) return yield* known(context);
  out.error(`systemctl: ${verb} is not modelled in this sandbox`);
  return 1;
}

export const systemctl: Program = {
  name: "systemctl",
  *main(sys, argv) {
    const out = new Output(sys);
    const code = yield* run(sys, out, argv);
    yield* out.close();
    return code;
  },
};
