// hostnamectl, timedatectl, localectl and systemd-detect-virt: what a machine says about itself, as far as it is known here.

import { isErrno } from "../../kernel/errno.ts";
import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { parseOptions, parseOptionTable } from "../../lib/getopt.ts";
import { connectBus, isRefusal } from "../../systemd/client/bus.ts";
import type { Output } from "../../systemd/client/output.ts";
import { formatTimestamp, parseTimestamp } from "../../systemd/time.ts";
import { parseBoolean } from "../../systemd/values.ts";
import { type Given, properties, readText, tool } from "./small-tool.ts";

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
