// dpkg, apt-mark and apt-get: which packages are installed (from /var/lib/dpkg/status), which are held; nothing can be fetched.

import { isErrno } from "../kernel/errno.ts";
import type { Sys } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { matchGlob } from "../lib/fnmatch.ts";
import { defineCommand, type Io } from "./define.ts";

const STATUS = "/var/lib/dpkg/status";

interface Package {
  readonly name: string;
  readonly held: boolean;
  readonly fields: Readonly<Record<string, string>>;
  readonly text: string;
}

function readPackages(sys: Sys): Package[] {
  const bytes = sys.readFile(STATUS);
  const found = (isErrno(bytes) ? "" : decode(bytes)).split("\n\n").flatMap((block) => {
    const fields = Object.fromEntries([...block.matchAll(/^([\w-]+): (.*)$/gm)].map((match) => [match[1], match[2]]));
    const name: string | undefined = fields.Package;
    return name === undefined
      ? []
      : [{ name, held: (fields.Status ?? "").startsWith("hold"), fields, text: block.trim() }];
  });
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Paths of a package, one a line, as dpkg keeps them. */
function listOf(sys: Sys, name: string): string[] | undefined {
  const bytes = sys.readFile(`/var/lib/dpkg/info/${name}.list`);
  return isErrno(bytes) ? undefined : decode(bytes).trimEnd().split("\n");
}

const HEAD = `Desired=Unknown/Install/Remove/Purge/Hold
| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend
|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)
`;

/** The table of -l. On a terminal the columns share its width; elsewhere they are as wide as their contents. */
function table(list: readonly Package[]): string {
  const rows = list.map(({ name, held, fields }) => [
    held ? "hi" : "ii",
    name,
    fields.Version ?? "",
    fields.Architecture ?? "",
    fields.Description ?? "",
  ]);
  const titles = ["||/", "Name", "Version", "Architecture", "Description"];
  const least = [3, 14, 12, 12, 33];
  const widths = titles.map((_, i) => Math.max(least[i] ?? 0, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `${cells.map((cell, i) => (i === cells.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join(" ")}\n`;
  const rule = `+++-${widths
    .slice(1)
    .map((width) => "=".repeat(width))
    .join("-")}\n`;
  return `${HEAD}${line(titles)}${rule}${rows.map(line).join("")}`;
}

function query(io: Io, list: readonly Package[]): number {
  const patterns = io.operands.length > 0 ? io.operands : ["*"];
  const shown = new Set<Package>();
  for (const pattern of patterns) {
    const found = list.filter(({ name }) => matchGlob(pattern, name));
    if (found.length === 0) {
      io.printError(`dpkg-query: no packages found matching ${pattern}\n`);
      io.status = 1;
    }
    for (const each of found) shown.add(each);
  }
  if (shown.size > 0) io.print(table([...shown]));
  return io.status;
}

export const dpkg = defineCommand({
  name: "dpkg",
  package: "other",
  summary: "Package manager for Debian.",
  usage: ["[<option>...] <command>"],
  usageStatus: 2,
  options: `
    l,list  list packages
    s,status  display package status details
    S,search  find package(s) owning file(s)
    L,listfiles  list files "owned" by package(s)
    i,install  install package
    r,remove  remove package
    P,purge  purge package
    ,get-selections  get list of selections
    ,print-architecture  print dpkg architecture`,
  *run(io, sys) {
    const list = readPackages(sys);
    if (io.has("l")) return query(io, list);
    if (io.has("print-architecture")) io.print("amd64\n");
    else if (io.has("get-selections"))
      for (const { name, held } of list)
        io.print(`${name.padEnd(Math.max(name.length + 1, 48))}${held ? "hold" : "install"}\n`);
    else if (io.has("s") || io.has("L")) {
      for (const word of io.operands) {
        const found = list.find(({ name }) => name === word);
        const files = found && io.has("L") ? listOf(sys, word) : undefined;
        if (found === undefined) {
          io.printError(
            `dpkg-query: package '${word}' is not installed${io.has("L") ? "" : " and no information is available"}\nUse dpkg --info (= dpkg-deb --info) to examine archive files${io.has("L") ? ",\nand dpkg --contents (= dpkg-deb --contents) to list their contents" : ""}.\n`,
          );
          io.status = 1;
        } else io.print(`${io.has("L") ? (files ?? []).join("\n") : `${found.text}\n`}\n`);
      }
      return io.status;
    } else if (io.has("S")) {
      for (const word of io.operands) {
        const owners = list.filter(({ name }) =>
          listOf(sys, name)?.some((path) => (word.startsWith("/") ? path === word : path.includes(word))),
        );
        if (owners.length > 0) io.print(`${owners.map(({ name }) => name).join(", ")}: ${word}\n`);
        else {
          io.printError(`dpkg-query: no path found matching pattern ${word}\n`);
          io.status = 1;
        }
      }
      return io.status;
    } else if (io.has("i") || io.has("r") || io.has("P")) {
      if (sys.info.euid !== 0) return yield* io.die(2, "error: requested operation requires superuser privilege");
      return yield* io.notModelled("installing and removing packages", 2);
    } else {
      io.printError("dpkg: error: need an action option\n");
      return 2;
    }
    return 0;
  },
});

export const aptMark = defineCommand({
  name: "apt-mark",
  package: "other",
  summary: "Simple command line interface for marking packages as manually or automatically installed or held.",
  usage: ["[options] {auto|manual|hold|unhold|showhold} pkg1 [pkg2 ...]"],
  usageStatus: 100,
  *run(io, sys) {
    const [verb = "", ...names] = io.args;
    const list = readPackages(sys);
    if (verb === "showhold") {
      for (const { name, held } of list)
        if (held && (names.length === 0 || names.includes(name))) io.print(`${name}\n`);
      return 0;
    }
    if (verb === "showmanual" || verb === "showauto") {
      if (verb === "showmanual") for (const { name } of list) io.print(`${name}\n`);
      return 0;
    }
    if (verb !== "hold" && verb !== "unhold") {
      io.printError(`E: Invalid operation ${verb}\n`);
      return 100;
    }
    for (const name of names) {
      const found = list.find((each) => each.name === name);
      if (found === undefined) {
        io.printError(`E: Unable to locate package ${name}\nE: No packages found\n`);
        return 100;
      }
      if (found.held === (verb === "hold")) {
        io.print(`${name} was already ${verb === "hold" ? "set on hold" : "not on hold"}.\n`);
        continue;
      }
      const bytes = sys.readFile(STATUS);
      const next = found.text.replace(/^Status: \w+/m, `Status: ${verb === "hold" ? "hold" : "install"}`);
      const problem = isErrno(bytes) ? bytes : sys.writeFile(STATUS, decode(bytes).replace(found.text, next));
      if (problem !== undefined) {
        io.printError(
          `E: Could not create temporary file for /var/lib/apt/extended_states - mkstemp (13: ${problem.text})\n`,
        );
        return 100;
      }
      io.print(verb === "hold" ? `${name} set on hold.\n` : `Canceled hold on ${name}.\n`);
    }
    return 0;
  },
});

function* runApt(io: Io, sys: Sys) {
  const [verb = "", ...names] = io.args.filter((word) => !word.startsWith("-"));
  const list = readPackages(sys);
  if (verb === "list") {
    for (const { name, fields } of list)
      io.print(`${name}/stable,now ${fields.Version} ${fields.Architecture} [installed]\n`);
    return 0;
  }
  if (!["update", "install", "remove", "purge", "upgrade", "autoremove"].includes(verb)) {
    if (verb !== "") io.printError(`E: Invalid operation ${verb}\n`);
    else return yield* io.usageError("");
    return 100;
  }
  if (sys.info.euid !== 0) {
    const lock = verb === "update" ? "/var/lib/apt/lists/lock" : "/var/lib/dpkg/lock-frontend";
    io.printError(
      `E: Could not open lock file ${lock} - open (13: Permission denied)\nE: Unable to ${verb === "update" ? "lock directory /var/lib/apt/lists/" : `acquire the dpkg frontend lock (${lock}), are you root?`}\n`,
    );
    return 100;
  }
  const missing = names.find((name) => !list.some((each) => each.name === name));
  if (verb === "install" && missing !== undefined) {
    io.print("Reading package lists...\nBuilding dependency tree...\nReading state information...\n");
    io.printError(`E: Unable to locate package ${missing}\n`);
    return 100;
  }
  if (verb === "install") {
    io.print("Reading package lists...\nBuilding dependency tree...\nReading state information...\n");
    for (const name of names) {
      const { fields } = list.find((each) => each.name === name) as Package;
      io.print(`${name} is already the newest version (${fields.Version}).\n`);
    }
    io.print("0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n");
    return 0;
  }
  return yield* io.notModelled(verb, 100);
}

export const aptGet = defineCommand({
  name: "apt-get",
  package: "other",
  summary: "Command line interface for handling packages.",
  usage: ["[options] update", "[options] install|remove pkg1 [pkg2 ...]"],
  usageStatus: 100,
  run: runApt,
});

export const apt = defineCommand({
  name: "apt",
  package: "other",
  summary: "Commandline package manager.",
  usage: ["[options] command"],
  usageStatus: 100,
  run: runApt,
});

export const nologin = defineCommand({
  name: "nologin",
  package: "other",
  summary: "Politely refuse a login.",
  usage: [""],
  *run(io) {
    io.print("This account is currently not available.\n");
    return 1;
  },
});
