// uname, arch, nproc and hostname: what machine this is.

import { isErrno } from "../kernel/errno.ts";
import { decode } from "../kernel/text.ts";
import { quote } from "../lib/quote.ts";
import { defineCommand } from "./define.ts";

export const uname = defineCommand({
  name: "uname",
  summary: "Print certain system information. With no OPTION, same as -s.",
  usage: ["[OPTION]..."],
  options: `
    a,all  print all information, except omit -p and -i if unknown
    s,kernel-name~sysname  print the kernel name
    n,nodename  print the network node hostname
    r,kernel-release~release  print the kernel release
    v,kernel-version  print the kernel version
    m,machine  print the machine hardware name
    p,processor  print the processor type (non-portable)
    i,hardware-platform  print the hardware platform (non-portable)
    o,operating-system  print the operating system`,
  *run(io, sys) {
    if (io.operands[0] !== undefined) return yield* io.usageError(`extra operand ${quote(io.operands[0])}`);
    const { release, version, architecture } = sys.machine;
    const facts = {
      s: "Linux",
      n: sys.hostname,
      r: release,
      v: version,
      m: architecture,
      p: "unknown",
      i: "unknown",
      o: "GNU/Linux",
    };
    const all = io.has("a");
    const parts = Object.entries(facts).filter(([key]) => io.has(key) || (all && key !== "p" && key !== "i"));
    io.print(`${(parts.length > 0 ? parts.map(([, text]) => text) : ["Linux"]).join(" ")}\n`);
    return 0;
  },
});

export const arch = defineCommand({
  name: "arch",
  summary: "Print machine architecture.",
  usage: ["[OPTION]..."],
  options: "",
  *run(io, sys) {
    if (io.operands[0] !== undefined) return yield* io.usageError(`extra operand ${quote(io.operands[0])}`);
    io.print(`${sys.machine.architecture}\n`);
    return 0;
  },
});

export const nproc = defineCommand({
  name: "nproc",
  summary: "Print the number of processing units available to the current process.",
  usage: ["[OPTION]..."],
  options: `
    ,all  print the number of installed processors
    ,ignore=N  if possible, exclude N processing units`,
  *run(io, sys) {
    if (io.operands[0] !== undefined) return yield* io.usageError(`extra operand ${quote(io.operands[0])}`);
    const less = io.value("ignore") ?? "0";
    if (!/^\d+$/.test(less)) return yield* io.die(1, `invalid number: ${quote(less)}`);
    io.print(`${Math.max(1, sys.machine.cpus - Number(less))}\n`);
    return 0;
  },
});

export const hostname = defineCommand({
  name: "hostname",
  summary: "Show or set the system's host name.",
  usage: [
    "[-b] {hostname|-F file}         set host name (from file)",
    "[-a|-A|-d|-f|-i|-I|-s|-y]       display formatted name",
  ],
  package: "net-tools",
  usageStatus: 255,
  hint: "Usage: hostname [-b] {hostname|-F file}         set host name (from file)",
  options: `
    a,alias  alias names
    A,all-fqdns  all long host names
    b,boot  set default hostname if none available
    d,domain  DNS domain name
    f,fqdn~long  long host name (FQDN)
    F,file=FILE  read host name from given file
    i,ip-address  addresses for the host name
    I,all-ip-addresses  all addresses for the host
    s,short  short host name
    y,yp~nis  NIS/YP domain name`,
  *run(io, sys) {
    const file = io.value("F");
    let name = io.operands[0];
    if (file !== undefined) {
      const bytes = sys.readFile(file);
      if (isErrno(bytes)) return yield* io.die(1, bytes.text);
      name =
        decode(bytes)
          .split("\n")
          .find((line) => line !== "" && !line.startsWith("#"))
          ?.trim() ?? "";
    }
    if (name !== undefined) {
      if (!/^[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?$/.test(name))
        return yield* io.die(1, "the specified hostname is invalid");
      const problem = sys.setHostname(name);
      if (problem !== undefined) return yield* io.die(1, "you must be root to change the host name");
      return 0;
    }
    const hosts = sys.readFile("/etc/hosts");
    const rows = isErrno(hosts)
      ? []
      : decode(hosts)
          .split("\n")
          .map((line) => line.replace(/#.*/, "").trim().split(/\s+/));
    const row = rows.find((words) => words.slice(1).includes(sys.hostname));
    if (io.has("I")) {
      const addresses = sys
        .interfaces()
        .filter((one) => one.name !== "lo" && one.up)
        .flatMap((one) => one.addresses);
      io.print(
        `${addresses
          .filter((one) => !one.startsWith("fe80"))
          .map((one) => `${one.replace(/\/.*/, "")} `)
          .join("")}\n`,
      );
    } else if (io.has("s")) io.print(`${sys.hostname.replace(/\..*/, "")}\n`);
    else if (io.has("i") || io.has("f") || io.has("d") || io.has("a")) {
      if (row === undefined) return yield* io.die(1, "Temporary failure in name resolution");
      const full = row[1] ?? sys.hostname;
      const dot = full.indexOf(".");
      io.print(
        io.has("i")
          ? `${row[0]}\n`
          : io.has("d")
            ? dot < 0
              ? "\n"
              : `${full.slice(dot + 1)}\n`
            : io.has("a")
              ? `${row.slice(2).join(" ")}\n`
              : `${full}\n`,
      );
    } else io.print(`${sys.hostname}\n`);
    return 0;
  },
});
