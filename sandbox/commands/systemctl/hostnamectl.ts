// hostnamectl, timedatectl, localectl, loginctl and systemd-detect-virt: what a machine says about itself, as far as it is known here.

import { isErrno } from "../../kernel/errno.ts";
import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { parseOptions, parseOptionTable } from "../../lib/getopt.ts";
import { findUser } from "../../lib/users.ts";
import { connectBus, isRefusal } from "../../systemd/client/bus.ts";
import { Output } from "../../systemd/client/output.ts";
import { nearest } from "../../systemd/client/verbs.ts";
import { formatTimestamp, parseTimestamp } from "../../systemd/time.ts";
import { parseBoolean } from "../../systemd/values.ts";

type Body = (sys: Sys, out: Output, words: readonly string[], given: Given) => Task<number>;

/** Verbs that the real tools have and these have not. */
const OTHER_VERBS: Readonly<Record<string, string>> = {
  timedatectl: "set-local-rtc timesync-status show-timesync ntp-servers revert",
  hostnamectl: "icon-name location",
  localectl: "set-locale list-locales set-keymap list-keymaps set-x11-keymap",
  loginctl:
    "activate lock-session unlock-session lock-sessions unlock-sessions disable-linger seat-status show-seat attach flush-devices terminate-seat",
};

function hintFor(verb: string, known: readonly string[]): string {
  const near = nearest(verb, known);
  return near === undefined ? "" : `, did you mean '${near}'?`;
}

/** Options of each tool besides those that all have. */
const OPTIONS: Readonly<Record<string, string>> = {
  hostnamectl: ",transient\n,static\n,pretty\n,json=MODE\nj",
  timedatectl: ",adjust-system-clock\n,monitor\np,property=NAME\na,all\n,value\nP=NAME",
  localectl: ",no-convert\nl,full",
  loginctl:
    "p,property=NAME\nP=NAME\na,all\n,value\nl,full\n,kill-whom=WHOM\ns,signal=SIGNAL\nn,lines=N\n,json=MODE\nj\no,output=MODE",
};
const COMMON = "\nh,help\n,version\n,no-pager\n,no-legend\n,no-ask-password\nH,host=HOST\nM,machine=NAME";

/** What a tool's verbs see of its command line. */
interface Given {
  readonly has: (key: string) => boolean;
  readonly values: (key: string) => readonly string[];
}

/** A small tool: its verbs by name, the first for none. */
function tool(name: string, verbs: Readonly<Record<string, Body>>): Program {
  const table = parseOptionTable(`${OPTIONS[name]}${COMMON}`);
  return {
    name,
    *main(sys, argv) {
      const out = new Output(sys);
      const { options, operands, error } = parseOptions(argv.slice(1), table);
      const given: Given = {
        has: (key) => options.some(([each]) => each === key),
        values: (key) => options.filter(([each]) => each === key).flatMap(([, value]) => (value ?? "").split(",")),
      };
      const [verb = Object.keys(verbs)[0] as string, ...rest] = operands;
      const body = verbs[verb];
      let code = 1;
      const json = given.values("json")[0];
      if (error !== undefined) out.raw(2, `${name}: ${error}\n`);
      else if (json !== undefined && !["short", "pretty", "off"].includes(json))
        out.error(`Unknown argument to --json= switch: ${json}`);
      else if (OTHER_VERBS[name]?.split(" ").includes(verb))
        out.error(`${name}: ${verb} is not modelled in this sandbox`);
      else if (body === undefined)
        out.error(
          `Unknown command verb '${verb}'${hintFor(verb, [...Object.keys(verbs), ...(OTHER_VERBS[name] ?? "").split(" ")]) || "."}`,
        );
      else code = yield* body(sys, out, rest, given);
      yield* out.close();
      return code;
    },
  };
}

/** `NAME=value` lines, those asked for by -p, or their values alone. */
function properties(out: Output, given: Given, list: readonly (readonly [string, string])[]): number {
  const wanted = [...given.values("p"), ...given.values("P")];
  const bare = given.has("value") || given.has("P");
  for (const [name, value] of list)
    if (wanted.length === 0 || wanted.includes(name)) out.print(bare ? `${value}\n` : `${name}=${value}\n`);
  return 0;
}

function readText(sys: Sys, path: string): string {
  const bytes = sys.readFile(path);
  return isErrno(bytes) ? "" : decode(bytes);
}

function release(sys: Sys, key: string): string {
  // fixed pattern: the keys are this file's own
  return new RegExp(`^${key}="?([^"\n]*)"?$`, "m").exec(readText(sys, "/etc/os-release"))?.[1] ?? "";
}

const VIRTUALIZATION: Readonly<Record<string, string>> = { kvm: "kvm", qemu: "qemu" };

function rows(out: Output, list: readonly (readonly [string, string])[]): void {
  const width = Math.max(...list.map(([label]) => label.length));
  for (const [label, value] of list) out.print(`${label.padStart(width)}: ${value}\n`);
}

function* hostStatus(sys: Sys, out: Output, _words: readonly string[], given: Given): Task<number> {
  if (given.has("static") || given.has("transient")) {
    out.print(`${given.has("static") ? readText(sys, "/etc/hostname").trim() : sys.hostname}\n`);
    return 0;
  }
  const { machineId, bootId, virtualization, release: kernel, architecture } = sys.machine;
  const name = readText(sys, "/etc/hostname").trim() || sys.hostname;
  rows(
    out,
    [
      [" Static hostname", name],
      ...(name === sys.hostname ? [] : ([["Transient hostname", sys.hostname]] as const)),
      ["Icon name", "computer-vm"],
      ["Chassis", "vm 🖴"],
      ["Machine ID", machineId],
      ["Boot ID", bootId],
      ["Virtualization", VIRTUALIZATION[virtualization] ?? virtualization],
      ["Operating System", release(sys, "PRETTY_NAME")],
      ["Kernel", `Linux ${kernel}`],
      ["Architecture", architecture === "x86_64" ? "x86-64" : architecture],
      ["Hardware Vendor", "QEMU"],
      ["Hardware Model", "Standard PC _i440FX + PIIX, 1996_"],
      ["Firmware Version", "1.16.2-debian-1.16.2-1"],
      ["Firmware Date", "Tue 2014-04-01"],
      ["Firmware Age", age(sys.now() - Date.UTC(2014, 3, 1))],
    ].map(([label, value]) => [label as string, value as string] as const),
  );
  return 0;
}

/** `12y 7month 3w`: the three largest units. */
function age(ms: number): string {
  const units = [
    ["y", 31557600],
    ["month", 2629800],
    ["w", 604800],
    ["d", 86400],
  ] as const;
  let left = Math.floor(ms / 1000);
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(left / size);
    left %= size;
    if (count > 0 && parts.length < 3) parts.push(`${count}${unit}`);
  }
  return parts.join(" ");
}

function* setHostname(sys: Sys, out: Output, words: readonly string[]): Task<number> {
  const [name] = words;
  if (name === undefined) {
    out.print(`${sys.hostname}\n`);
    return 0;
  }
  const bus = yield* connectBus(sys, out, true);
  if (bus === undefined) return 1;
  const reply = yield* bus.call({ call: "hostname", name });
  if (!isRefusal(reply)) return 0;
  out.error(`Could not set static hostname: ${reply.message}`);
  return 1;
}

const CHASSIS = "vm container desktop laptop convertible server tablet handset watch embedded".split(" ");
const MACHINES = new Set(["kvm", "qemu", "vmware", "microsoft", "oracle", "xen", "amazon", "google"]);

export const hostnamectl = tool("hostnamectl", {
  status: hostStatus,
  hostname: setHostname,
  "set-hostname": setHostname,
  *chassis(sys, out, words) {
    const [kind] = words;
    if (kind === undefined) out.print(`${MACHINES.has(sys.machine.virtualization) ? "vm" : "container"}\n`);
    else if (!CHASSIS.includes(kind)) {
      out.error(`Could not set chassis: Invalid chassis '${kind}'`);
      return 1;
    }
    return 0;
  },
  *deployment(_sys, out, words) {
    if (words.length === 0) out.print("\n");
    return 0;
  },
});

export const localectl = tool("localectl", {
  *status(_sys, out) {
    out.print("System Locale: LANG=C.UTF-8\n    VC Keymap: (unset)\n   X11 Layout: (unset)\n");
    return 0;
  },
});

export const timedatectl = tool("timedatectl", {
  *status(sys, out) {
    const now = formatTimestamp(sys.now());
    rows(out, [
      ["Local time", now],
      ["Universal time", now],
      ["RTC time", now.replace(/ UTC$/, "")],
      ["Time zone", "Etc/UTC (UTC, +0000)"],
      ["System clock synchronized", "yes"],
      ["NTP service", "active"],
      ["RTC in local TZ", "no"],
    ]);
    return 0;
  },
  *show(sys, out, _words, given) {
    const now = formatTimestamp(sys.now());
    return properties(out, given, [
      ["Timezone", "Etc/UTC"],
      ["LocalRTC", "no"],
      ["CanNTP", "yes"],
      ["NTP", "yes"],
      ["NTPSynchronized", "yes"],
      ["TimeUSec", now],
      ["RTCTimeUSec", now],
    ]);
  },
  *"set-timezone"(sys, out, [zone = ""]) {
    if (zone === "UTC" || zone === "Etc/UTC" || !isErrno(sys.stat(`/usr/share/zoneinfo/${zone}`))) return 0;
    out.error(`Failed to set time zone: Invalid or not installed time zone '${zone}'`);
    return 1;
  },
  *"set-time"(sys, out, words) {
    const text = words.join(" ");
    if (parseTimestamp(text, sys.now()) === undefined) {
      out.error(`Failed to parse time specification '${text}': Invalid argument`);
      return 1;
    }
    out.error("Failed to set time: Automatic time synchronization is enabled");
    return 1;
  },
  *"set-ntp"(_sys, out, [word = ""]) {
    if (parseBoolean(word) !== undefined) return 0;
    out.error(`Failed to parse NTP setting '${word}': Invalid argument`);
    return 1;
  },
  *"list-timezones"(sys, out) {
    const zones = readText(sys, "/usr/share/zoneinfo/tzdata.zi") === "" ? ["Etc/UTC", "UTC"] : ["UTC"];
    out.print(`${zones.join("\n")}\n`);
    return 0;
  },
});

/** Sessions by their scopes: id, uid, user, terminal. */
function sessions(sys: Sys): { id: string; uid: number; tty: string; leader: number }[] {
  const found = new Map<string, { id: string; uid: number; tty: string; leader: number }>();
  for (const process of sys.processes()) {
    const match = /\/session-([^./]+)\.scope/.exec(process.cgroup);
    if (match !== null && !found.has(match[1] as string)) {
      found.set(match[1] as string, {
        id: match[1] as string,
        uid: process.uid,
        tty: process.tty ?? "-",
        leader: process.pid,
      });
    }
  }
  return [...found.values()];
}

function noSession(out: Output, failed: string, id: string): number {
  out.error(`${failed}: No session '${id}' known`);
  return 1;
}

/** terminate-session and kill-session: SIGTERM to all that runs in it. */
function endSessions(sys: Sys, out: Output, words: readonly string[]): number {
  if (words.length === 0) {
    out.error("Too few arguments.");
    return 1;
  }
  for (const word of words) {
    if (!sessions(sys).some(({ id }) => id === word)) return noSession(out, "Failed to issue method call", word);
    for (const process of sys.processes())
      if (process.cgroup.includes(`/session-${word}.scope`)) sys.kill(process.pid, "SIGTERM");
  }
  return 0;
}

/** Users by name: who is not there, and who is not logged in. */
function namedUsers(sys: Sys, out: Output, words: readonly string[], absent = false): number {
  for (const word of words) {
    const user = findUser(sys, word);
    if (user === undefined) {
      out.error(`Failed to look up user ${word}: No such process`);
      return 1;
    }
    if (!absent && !sessions(sys).some(({ uid }) => uid === user.uid)) {
      out.error(`Failed to get user: User ID ${user.uid} is not logged in or lingering`);
      return 1;
    }
    if (!absent) out.print(`${user.name} (${user.uid})\n    State: active\n   Linger: no\n`);
  }
  return 0;
}

export const loginctl = tool("loginctl", {
  *"list-sessions"(sys, out, _words, given) {
    const list = sessions(sys);
    const name = (uid: number) =>
      readText(sys, "/etc/passwd")
        .split("\n")
        .find((row) => row.split(":")[2] === String(uid))
        ?.split(":")[0] ?? String(uid);
    if (list.length === 0) {
      if (!given.has("no-legend")) out.print("No sessions.\n");
      return 0;
    }
    out.print("SESSION  UID USER SEAT LEADER CLASS TTY   IDLE SINCE\n");
    for (const { id, uid, tty, leader } of list) {
      out.print(
        `${id.padStart(7)} ${String(uid).padStart(4)} ${name(uid)} -    ${String(leader).padEnd(6)} user  ${tty} no   -    \n`,
      );
    }
    out.print(`\n${list.length} sessions listed.\n`);
    return 0;
  },
  *"show-session"(sys, out, words, given) {
    for (const word of words) {
      const session = sessions(sys).find(({ id }) => id === word);
      if (session === undefined) return noSession(out, `Failed to get path for session '${word}'`, word);
      properties(out, given, [
        ["Id", session.id],
        ["User", String(session.uid)],
        ["TTY", session.tty],
        ["Leader", String(session.leader)],
        ["Type", "tty"],
        ["Class", "user"],
        ["Active", "yes"],
        ["State", "active"],
      ]);
    }
    return 0;
  },
  *"session-status"(sys, out, words) {
    for (const word of words) {
      const session = sessions(sys).find(({ id }) => id === word);
      if (session === undefined) return noSession(out, `Failed to get path for session '${word}'`, word);
      out.print(`${session.id} - ${findUser(sys, session.uid)?.name ?? session.uid} (${session.uid})\n`);
      out.print(`      TTY: ${session.tty}\n   Leader: ${session.leader}\n    State: active\n`);
    }
    return 0;
  },
  *"terminate-session"(sys, out, words) {
    return endSessions(sys, out, words);
  },
  *"kill-session"(sys, out, words) {
    return endSessions(sys, out, words);
  },
  *"user-status"(sys, out, words) {
    return namedUsers(sys, out, words);
  },
  *"show-user"(sys, out, words) {
    return namedUsers(sys, out, words);
  },
  *"enable-linger"(sys, out, words) {
    return namedUsers(sys, out, words, true);
  },
  *"list-seats"(_sys, out, _words, given) {
    out.print(given.has("no-legend") ? "seat0\n" : "SEAT\nseat0\n\n1 seats listed.\n");
    return 0;
  },
  *"list-users"(sys, out) {
    const uids = new Set(sessions(sys).map((session) => session.uid));
    if (uids.size === 0) {
      out.print("No users.\n");
      return 0;
    }
    out.print(" UID USER LINGER STATE \n");
    for (const uid of uids) out.print(`${String(uid).padStart(4)} ${uid === 0 ? "root" : uid} no     active\n`);
    out.print(`\n${uids.size} users listed.\n`);
    return 0;
  },
});

const DETECT = parseOptionTable(
  "h,help\n,version\nc,container\nv,vm\nr,chroot\n,private-users\n,cvm\nq,quiet\n,list\n,list-cvm",
);
const KINDS =
  "none kvm amazon qemu bochs xen uml vmware oracle microsoft zvm parallels bhyve qnx acrn powervm apple sre google vm-other systemd-nspawn lxc-libvirt lxc openvz docker podman rkt wsl proot pouch container-other";

export const systemdDetectVirt: Program = {
  name: "systemd-detect-virt",
  *main(sys, argv) {
    const { options, operands, error } = parseOptions(argv.slice(1), DETECT);
    const has = (key: string) => options.some(([each]) => each === key);
    const problem = error ?? (operands.length > 0 ? "systemd-detect-virt takes no arguments." : undefined);
    if (problem !== undefined) {
      yield* sys.write(2, error === undefined ? `${problem}\n` : `systemd-detect-virt: ${problem}\n`);
      return 1;
    }
    if (has("list")) {
      yield* sys.write(1, `${KINDS.replaceAll(" ", "\n")}\n`);
      return 0;
    }
    // None of these machines is a jail below another file system or a user's own world.
    if (has("r") || has("private-users") || has("cvm")) return 1;
    const how = sys.machine.virtualization || "none";
    const machine = MACHINES.has(how);
    const found = (has("c") && machine) || (has("v") && !machine) ? "none" : how;
    if (!has("q")) yield* sys.write(1, `${found}\n`);
    return found === "none" ? 1 : 0;
  },
};
