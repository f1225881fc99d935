// hostnamectl, timedatectl, localectl, loginctl and systemd-detect-virt: what a machine says about itself, as far as it is known here.

import { isErrno } from "../../kernel/errno.ts";
import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { connectBus, isRefusal } from "../../systemd/client/bus.ts";
import { Output } from "../../systemd/client/output.ts";
import { nearest } from "../../systemd/client/verbs.ts";
import { formatTimestamp } from "../../systemd/time.ts";

type Body = (sys: Sys, out: Output, words: readonly string[]) => Task<number>;

/** Verbs that the real tools have and these have not. */
const OTHER_VERBS: Readonly<Record<string, string>> = {
  timedatectl:
    "set-time set-timezone list-timezones set-local-rtc set-ntp timesync-status show-timesync ntp-servers revert",
  hostnamectl: "icon-name chassis deployment location",
  localectl: "set-locale list-locales set-keymap list-keymaps set-x11-keymap",
  loginctl:
    "session-status show-session activate lock-session unlock-session terminate-session kill-session user-status show-user enable-linger disable-linger terminate-user kill-user list-seats seat-status show-seat",
};

function hintFor(verb: string, known: readonly string[]): string {
  const near = nearest(verb, known);
  return near === undefined ? "" : `, did you mean '${near}'?`;
}

/** A small tool: its verbs by name, the first for none. */
function tool(name: string, verbs: Readonly<Record<string, Body>>): Program {
  return {
    name,
    *main(sys, argv) {
      const out = new Output(sys);
      const words = argv.slice(1).filter((word) => word !== "--no-pager" && word !== "--no-legend");
      const option = words.find((word) => word.startsWith("-"));
      const [verb = Object.keys(verbs)[0] as string, ...rest] = words;
      const body = verbs[verb];
      let code = 1;
      if (option !== undefined && option !== "--value") out.error(`${name}: ${option} is not modelled in this sandbox`);
      else if (OTHER_VERBS[name]?.split(" ").includes(verb))
        out.error(`${name}: ${verb} is not modelled in this sandbox`);
      else if (body === undefined)
        out.error(
          `Unknown command verb '${verb}'${hintFor(verb, [...Object.keys(verbs), ...(OTHER_VERBS[name] ?? "").split(" ")]) || "."}`,
        );
      else code = yield* body(sys, out, rest);
      yield* out.close();
      return code;
    },
  };
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

function* hostStatus(sys: Sys, out: Output): Task<number> {
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

export const hostnamectl = tool("hostnamectl", {
  status: hostStatus,
  hostname: setHostname,
  "set-hostname": setHostname,
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
  *show(sys, out) {
    const now = formatTimestamp(sys.now());
    out.print("Timezone=Etc/UTC\nLocalRTC=no\nCanNTP=yes\nNTP=yes\nNTPSynchronized=yes\n");
    out.print(`TimeUSec=${now}\nRTCTimeUSec=${now}\n`);
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

export const loginctl = tool("loginctl", {
  *"list-sessions"(sys, out) {
    const list = sessions(sys);
    const name = (uid: number) =>
      readText(sys, "/etc/passwd")
        .split("\n")
        .find((row) => row.split(":")[2] === String(uid))
        ?.split(":")[0] ?? String(uid);
    if (list.length === 0) {
      out.print("No sessions.\n");
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

export const systemdDetectVirt: Program = {
  name: "systemd-detect-virt",
  *main(sys, argv) {
    const quiet = argv.includes("-q") || argv.includes("--quiet");
    const container = argv.includes("-c") || argv.includes("--container");
    const found = container ? "none" : sys.machine.virtualization || "none";
    if (!quiet) yield* sys.write(1, `${found}\n`);
    return found === "none" ? 1 : 0;
  },
};
