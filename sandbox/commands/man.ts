// man: a short page for each command that describes itself, made of its own help.

import { isErrno } from "../kernel/errno.ts";
import type { Sys, Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { searchPath } from "../lib/path-search.ts";
import { readToEnd } from "../lib/read-to-end.ts";
import { defineCommand } from "./define.ts";

/** What a command prints for --help. */
function* helpOf(sys: Sys, path: string, name: string): Task<string> {
  const pipe = sys.pipe();
  const none = sys.open("/dev/null", { read: true, write: true });
  const pid = sys.spawn({
    path,
    argv: [name, "--help"],
    fds: { 0: isErrno(none) ? 0 : none, 1: pipe.write, 2: isErrno(none) ? 2 : none },
  });
  sys.close(pipe.write);
  const bytes = yield* readToEnd(sys, pipe.read);
  if (!isErrno(pid)) yield* sys.waitpid(pid);
  return decode(bytes);
}

/** The help as a page: NAME, SYNOPSIS, DESCRIPTION. */
function pageOf(name: string, help: string): string {
  const lines = help.replace(/\n+$/, "").split("\n");
  const forms = lines
    .filter((line) => /^(Usage:| {2}or:)/i.test(line))
    .map((line) => line.replace(/^(Usage:| {2}or:)\s*/i, ""));
  const rest = lines.filter((line) => !/^(Usage:| {2}or:)/i.test(line));
  const summary = rest.find((line) => line.trim() !== "") ?? "";
  const title = `${name.toUpperCase()}(1)`;
  const middle = "User Commands";
  const gap = " ".repeat(Math.max(1, Math.floor((80 - middle.length) / 2) - title.length));
  const indent = (text: string) => (text === "" ? "" : `       ${text}`);
  return [
    `${title}${gap}${middle}${gap}${title}`,
    "",
    "NAME",
    indent(`${name} - ${summary.replace(/\.$/, "").replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase())}`),
    "",
    "SYNOPSIS",
    ...(forms.length > 0 ? forms : [name]).map(indent),
    "",
    "DESCRIPTION",
    ...rest.map(indent),
    "",
  ].join("\n");
}

export const man = defineCommand({
  name: "man",
  package: "other",
  summary: "An interface to the system reference manuals.",
  usage: ["[OPTION...] [SECTION] PAGE..."],
  options: `
    a,all  find all matching manual pages
    f,whatis  equivalent to whatis
    k,apropos  equivalent to apropos
    P,pager=PAGER  use program PAGER to display output
    w,where~path  print physical location of man page(s)
    K,global-apropos  search for text in all pages`,
  usageStatus: 2,
  *run(io, sys) {
    const pages = io.operands.filter((word, i) => i === io.operands.length - 1 || !/^[1-9]\w*$/.test(word));
    if (pages.length === 0) {
      io.printError("What manual page do you want?\nFor example, try 'man man'.\n");
      return 1;
    }
    let text = "";
    for (const name of pages) {
      const path = /^[\w.+[-]+$/.test(name)
        ? searchPath(sys, name, "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
        : undefined;
      const help = path === undefined ? "" : yield* helpOf(sys, path, name);
      if (!/^\s*usage/im.test(help)) {
        io.printError(`No manual entry for ${name}\n`);
        io.status = 16;
        continue;
      }
      if (io.has("w")) io.print(`/usr/share/man/man1/${name}.1.gz\n`);
      else if (io.has("f"))
        io.print(
          `${`${name} (1)`.padEnd(20)} - ${pageOf(name, help)
            .split("\n")[3]
            ?.replace(/^.*? - /, "")}\n`,
        );
      else text += pageOf(name, help);
    }
    if (text === "") return undefined;
    const pager = io.tty
      ? searchPath(sys, (io.value("P") ?? sys.env.MANPAGER ?? sys.env.PAGER ?? "less").split(" ")[0] ?? "less")
      : undefined;
    if (pager === undefined) {
      io.print(text);
      return undefined;
    }
    yield* io.flush();
    const pipe = sys.pipe();
    const pid = sys.spawn({ path: pager, argv: ["less"], fds: { 0: pipe.read, 1: 1, 2: 2 } });
    sys.close(pipe.read);
    sys.sigaction("SIGPIPE", "ignore");
    yield* sys.write(pipe.write, text);
    sys.close(pipe.write);
    if (!isErrno(pid)) yield* sys.waitpid(pid);
    return undefined;
  },
});
