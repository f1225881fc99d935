// Small programs that look at the machine: getconf, locale, lscpu, lsmod, swapon and swapoff, visudo.

import { isErrno } from "../kernel/errno.ts";
import type { Sys } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { defineCommand, type Io } from "./define.ts";
import { includedFiles } from "./sudo/sudoers.ts";

export const locale = defineCommand({
  name: "locale",
  package: "other",
  summary: "Get locale-specific information.",
  usage: ["[OPTION...] NAME", "[OPTION...] [-a|-m]"],
  options:
    "a,all-locales  write names of available locales\nm,charmaps  write names of available charmaps\nc,category-name\nk,keyword-name",
  *run(io, sys) {
    if (io.has("a")) io.print("C\nC.utf8\nPOSIX\n");
    else if (io.has("m")) io.print("UTF-8\n");
    else {
      const { LANG = "", LC_ALL = "" } = sys.env;
      const names = [
        "CTYPE",
        "NUMERIC",
        "TIME",
        "COLLATE",
        "MONETARY",
        "MESSAGES",
        "PAPER",
        "NAME",
        "ADDRESS",
        "TELEPHONE",
        "MEASUREMENT",
        "IDENTIFICATION",
      ];
      io.print(`LANG=${LANG}\nLANGUAGE=\n`);
      for (const name of names) io.print(`LC_${name}=${sys.env[`LC_${name}`] ?? `"${LC_ALL || LANG || "POSIX"}"`}\n`);
      io.print(`LC_ALL=${LC_ALL}\n`);
    }
    return 0;
  },
});

export const lscpu = defineCommand({
  name: "lscpu",
  package: "util-linux",
  summary: "Display information about the CPU architecture.",
  usage: ["[options]"],
  options: "",
  *run(io, sys) {
    const { architecture, cpus, cpuModel } = sys.machine;
    const rows: readonly (readonly [string, string])[] = [
      ["Architecture:", architecture],
      ["CPU op-mode(s):", "32-bit, 64-bit"],
      ["Address sizes:", "40 bits physical, 57 bits virtual"],
      ["Byte Order:", "Little Endian"],
      ["CPU(s):", String(cpus)],
      ["On-line CPU(s) list:", cpus > 1 ? `0-${cpus - 1}` : "0"],
      ["Vendor ID:", cpuModel.startsWith("AMD") ? "AuthenticAMD" : "GenuineIntel"],
      ["Model name:", cpuModel],
    ];
    for (const [title, text] of rows) io.print(`${title.padEnd(40)} ${text}\n`);
    return 0;
  },
});

export const lsmod = defineCommand({
  name: "lsmod",
  package: "other",
  summary: "Show the status of modules in the Linux Kernel.",
  usage: ["[options]"],
  options: "",
  *run(io, sys) {
    io.print("Module                  Size  Used by\n");
    const bytes = sys.readFile("/proc/modules");
    for (const line of isErrno(bytes) ? [] : decode(bytes).split("\n")) {
      const [name, size, count, users] = line.split(" ");
      if (name === undefined || name === "") continue;
      io.print(
        `${name.padEnd(19)} ${(size ?? "").padStart(8)}  ${count ?? 0}${users === undefined || users === "-" ? "" : ` ${users.replace(/,$/, "")}`}\n`,
      );
    }
    return 0;
  },
});

export const swapon = defineCommand({
  name: "swapon",
  package: "util-linux",
  summary: "Enable devices and files for paging and swapping.",
  usage: ["[options] [<spec>]"],
  options:
    "a,all  enable all swaps from /etc/fstab\ns,summary  display summary about used swap devices\n,show[=columns]  display summary in definable table\nv,verbose  verbose mode",
  *run(io, sys) {
    if (io.operands.length === 0)
      return io.has("a") || io.has("show") || io.has("s") || io.options.length === 0
        ? 0
        : yield* io.usageError("bad usage");
    for (const path of io.operands) {
      const stat = sys.stat(path);
      io.warn(
        isErrno(stat)
          ? `cannot open ${path}: ${stat.text}`
          : sys.info.euid !== 0
            ? `cannot open ${path}: Permission denied`
            : `${path}: read swap header failed`,
      );
    }
    return 255;
  },
});

export const swapoff = defineCommand({
  name: "swapoff",
  package: "util-linux",
  summary: "Disable devices and files for paging and swapping.",
  usage: ["[options] [<spec>]"],
  options: "a,all  disable all swaps from /proc/swaps\nv,verbose  verbose mode",
  *run(io, sys) {
    if (io.operands.length === 0 && !io.has("a")) return yield* io.usageError("bad usage");
    if (sys.info.euid !== 0) return yield* io.die(4, "Not superuser.");
    for (const path of io.operands) {
      io.warn(`${path}: swapoff failed: ${isErrno(sys.stat(path)) ? "No such file or directory" : "Invalid argument"}`);
      io.status = 4;
    }
    return undefined;
  },
});

export const visudo = defineCommand({
  name: "visudo",
  package: "sudo",
  summary: "Safely edit the sudoers file. Here only the check (-c).",
  usage: ["[-chqsV] [[-f] sudoers ]"],
  options:
    "c,check  check-only mode\nf,file=FILE  specify sudoers file location\nq,quiet  less verbose (quiet) syntax error messages\ns,strict  strict syntax checking",
  *run(io, sys) {
    if (!io.has("c")) return yield* io.notModelled("editing (try visudo -c, or an editor)", 1);
    const named = io.value("f") ?? io.operands[0];
    const main = named ?? "/etc/sudoers";
    const text = sys.readFile(main);
    if (isErrno(text)) return yield* io.die(1, `unable to open ${main}: ${text.text}`);
    const folders = [...decode(text).matchAll(/^[@#]includedir\s+(\S+)/gm)].map((match) => match[1] as string);
    let [wrong, broken, parsed] = [false, false, ""];
    for (const path of [main, ...folders.flatMap((folder) => includedFiles(sys, folder))]) {
      if (!checkSyntax(io, sys, path)) broken = true;
      else if (named === undefined && (modeOf(sys, path) & 0o7777) !== 0o440) {
        io.printError(`${path}: bad permissions, should be mode 0440\n`);
        wrong = true;
      } else parsed += `${path}: parsed OK\n`;
    }
    if (!io.has("q") && !broken) io.print(parsed);
    return wrong || broken ? 1 : 0;
  },
});

const modeOf = (sys: Sys, path: string) => {
  const stat = sys.stat(path);
  return isErrno(stat) ? 0 : stat.mode;
};

/** Whether all lines of a file are of a known kind; complains of those that are not. */
function checkSyntax(io: Io, sys: Sys, path: string): boolean {
  const bytes = sys.readFile(path);
  if (isErrno(bytes)) return true;
  let right = true;
  for (const [i, raw] of decode(bytes).replace(/\\\n/g, " ").split("\n").entries()) {
    const line = raw.trim();
    const known =
      line === "" ||
      /^[#@]/.test(line) ||
      /^Defaults|^\w+_Alias\s+[A-Z]\w*\s*=/.test(line) ||
      /^[^=\s]\S*\s.*=/.test(line);
    if (!known) {
      right = false;
      io.printError(`${path}:${i + 1}:${raw.length + 1}: syntax error\n${raw}\n${" ".repeat(raw.length)}^\n`);
      continue;
    }
    const complaint = commandProblem(raw);
    if (complaint === undefined) continue;
    right = false;
    const { at, length, text } = complaint;
    io.printError(`${path}:${i + 1}:${at + 1}: ${text}\n${raw}\n${" ".repeat(at)}^${"~".repeat(length - 1)}\n`);
  }
  return right;
}

/** A rule's first command that is neither a whole path, an alias nor one of sudo's own words. */
function commandProblem(raw: string): { at: number; length: number; text: string } | undefined {
  if (/^\s*(#|@|Defaults|\w+_Alias)/.test(raw)) return undefined;
  const head = /^[^=]*=\s*(?:\([^)]*\)\s*)?(?:[A-Z_]+:\s*)*!?/.exec(raw);
  const word = head === null ? "" : (/^[^\s,]+/.exec(raw.slice(head[0].length))?.[0] ?? "");
  if (word === "" || /^(\/|[A-Z][A-Z0-9_]*$|sudoedit$|list$|sha\d+:|\(|")/.test(word)) return undefined;
  return { at: head?.[0].length ?? 0, length: word.length, text: "expected a fully-qualified path name" };
}

/** What getconf answers on this machine, of what people ask. */
const CONF: Readonly<Record<string, string>> = {
  ARG_MAX: "2097152",
  CHILD_MAX: "11738",
  CLK_TCK: "100",
  GNU_LIBC_VERSION: "glibc 2.41",
  HOST_NAME_MAX: "64",
  LINE_MAX: "2048",
  LOGIN_NAME_MAX: "256",
  LONG_BIT: "64",
  NAME_MAX: "255",
  NGROUPS_MAX: "65536",
  OPEN_MAX: "1024",
  PAGESIZE: "4096",
  PAGE_SIZE: "4096",
  PATH: "/bin:/usr/bin",
  PATH_MAX: "4096",
  PIPE_BUF: "4096",
};

export const getconf = defineCommand({
  name: "getconf",
  package: "other",
  summary: "Query system configuration variables.",
  usage: ["[-v SPEC] VAR", "[-v SPEC] PATH_VAR PATH"],
  options: "a  print all\nv,=SPEC  version",
  usageStatus: 2,
  *run(io, sys) {
    const cpus = String(sys.machine.cpus);
    const known: Readonly<Record<string, string>> = { ...CONF, _NPROCESSORS_CONF: cpus, _NPROCESSORS_ONLN: cpus };
    if (io.has("a")) {
      for (const name of Object.keys(known).sort()) io.print(`${name.padEnd(34)} ${known[name]}\n`);
      return 0;
    }
    const [name = ""] = io.operands;
    const value = Object.hasOwn(known, name) ? known[name] : undefined;
    if (value === undefined) return yield* io.die(2, `Unrecognized variable \`${name}'`);
    io.print(`${value}\n`);
    return 0;
  },
});
