// sysctl: kernel parameters, read, set and loaded from files.

import { isErrno } from "../kernel/errno.ts";
import type { Sys } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { defineCommand, type Io } from "./define.ts";

const toPath = (name: string) => (name.includes("/") ? name : name.replaceAll(".", "/"));
const toName = (path: string) => path.replaceAll("/", ".");

/** All parameters below a folder of /proc/sys, sorted. */
function listAll(sys: Sys, folder: string): string[] {
  const entries = sys.readdir(`/proc/sys/${folder}`);
  if (isErrno(entries)) return [];
  const names = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
  return names.flatMap((entry) =>
    entry.type === "directory" ? listAll(sys, `${folder}${entry.name}/`) : [`${folder}${entry.name}`],
  );
}

function show(io: Io, path: string, value: string): void {
  const text = value.replace(/\n$/, "");
  if (io.has("n")) io.print(`${text}\n`);
  else if (io.has("N")) io.print(`${toName(path)}\n`);
  else if (io.has("b")) io.print(text);
  else for (const line of text.split("\n")) io.print(`${toName(path)} = ${line}\n`);
}

function assign(io: Io, sys: Sys, text: string, lenient: boolean): void {
  const at = text.indexOf("=");
  const ignore = text.startsWith("-");
  const name = text.slice(ignore ? 1 : 0, at).trim();
  const value = text.slice(at + 1).trim();
  const path = toPath(name);
  const known = sys.sysctl(path);
  if (isErrno(known)) {
    if (!ignore && !io.has("e")) {
      io.warn(`cannot stat /proc/sys/${path}: No such file or directory`);
      if (!lenient) io.status = 1;
    }
    return;
  }
  const problem = sys.sysctl(path, value);
  if (isErrno(problem)) {
    io.warn(
      problem.code === "EINVAL" ? `setting key "${name}": Invalid argument` : `permission denied on key "${name}"`,
    );
    if (!ignore) io.status = 1;
  } else if (!io.has("q")) show(io, path, value);
}

/** Files that --system reads: of equal names the one in the stronger folder, in the order of names. */
function systemFiles(sys: Sys): string[] {
  const files = new Map<string, string>();
  for (const folder of ["/usr/lib/sysctl.d", "/usr/local/lib/sysctl.d", "/run/sysctl.d", "/etc/sysctl.d"]) {
    const entries = sys.readdir(folder);
    for (const entry of isErrno(entries) ? [] : entries)
      if (entry.name.endsWith(".conf")) files.set(entry.name, `${folder}/${entry.name}`);
  }
  const sorted = [...files.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
  return isErrno(sys.stat("/etc/sysctl.conf")) ? sorted : [...sorted, "/etc/sysctl.conf"];
}

function load(io: Io, sys: Sys, path: string): void {
  const bytes = sys.readFile(path);
  if (isErrno(bytes)) {
    io.warn(`cannot open "${path}": ${bytes.text}`);
    io.status = 1;
    return;
  }
  decode(bytes)
    .split("\n")
    .forEach((raw, i) => {
      const line = raw.trim();
      if (line === "" || line.startsWith("#") || line.startsWith(";")) return;
      if (line.includes("=")) assign(io, sys, line, true);
      else io.warn(`${path}(${i + 1}): invalid syntax, continuing...`);
    });
}

export const sysctl = defineCommand({
  name: "sysctl",
  package: "procps",
  summary: "Configure kernel parameters at runtime.",
  usage: ["[options] [variable[=value] ...]"],
  hint: "\nUsage:\n sysctl [options] [variable[=value] ...]\n\nFor more details see sysctl(8).",
  options: `
    a|A|X,all  display all variables
    b,binary  print value without new line
    e,ignore  ignore unknown variables errors
    N,names  print variable names without values
    n,values  print only values of the given variable(s)
    p|f,load[=FILE]  read values from file
    ,system  read values from all system directories
    r,pattern=EXPRESSION  select setting that match expression
    q,quiet  do not echo variable set
    w,write  enable writing a value to variable
    h,help  display this help and exit
    V,version  output version information and exit`,
  // `-p FILE` takes the next word, which getopt's optional argument does not.
  prepare: (args) =>
    args.flatMap((word, i) =>
      /^-\w*[pf]$/.test(word) && args[i + 1] !== undefined && !args[i + 1]?.startsWith("-")
        ? [`${word}${args[i + 1]}`]
        : /^-\w*[pf]$/.test(args[i - 1] ?? "") && !word.startsWith("-")
          ? []
          : [word],
    ),
  *run(io, sys) {
    if (io.has("system")) {
      // All files are named first; their settings follow, a later one in the place of an earlier one.
      const files = systemFiles(sys);
      if (!io.has("q")) for (const path of files) io.print(`* Applying ${path} ...\n`);
      for (const path of files) load(io, sys, path);
      return undefined;
    }
    if (io.has("p")) {
      for (const path of [io.value("p") ?? "/etc/sysctl.conf", ...io.operands]) load(io, sys, path);
      return undefined;
    }
    if (io.has("a")) {
      for (const path of listAll(sys, "")) {
        const value = sys.sysctl(path);
        if (!isErrno(value)) show(io, path, value);
        if (sys.due()) yield* sys.rest();
      }
      return undefined;
    }
    if (io.operands.length === 0) {
      io.warn("no variables specified");
      io.printError(`Try \`${io.name} --help' for more information.\n`);
      return 1;
    }
    for (const word of io.operands) {
      if (word.includes("=")) {
        assign(io, sys, word, false);
        continue;
      }
      const path = toPath(word).replace(/\/$/, "");
      const value = sys.sysctl(path);
      if (!isErrno(value)) show(io, path, value);
      else {
        const below = listAll(sys, `${path}/`);
        for (const one of below) {
          const text = sys.sysctl(one);
          if (!isErrno(text)) show(io, one, text);
        }
        if (below.length > 0 || io.has("e")) continue;
        io.warn(`cannot stat /proc/sys/${path}: No such file or directory`);
        io.status = 1;
      }
    }
    return undefined;
  },
});
