// mktemp: makes a file or folder with a name that nobody has.

import { isErrno } from "../kernel/errno.ts";
import { quote } from "../lib/quote.ts";
import { defineCommand } from "./define.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

export const mktemp = defineCommand({
  name: "mktemp",
  summary: "Create a temporary file or directory, safely, and print its name.",
  usage: ["[OPTION]... [TEMPLATE]"],
  options: `
    d,directory  create a directory, not a file
    u,dry-run  do not create anything; merely print a name
    q,quiet  suppress diagnostics about file/dir-creation failure
    ,suffix=SUFF  append SUFF to TEMPLATE
    p,tmpdir[=DIR]  interpret TEMPLATE relative to DIR
    t  interpret TEMPLATE as a single file name component, relative to a directory`,
  prepare: (args) =>
    args.flatMap((word, i) => (word === "-p" ? [`-p${args[i + 1] ?? ""}`] : args[i - 1] === "-p" ? [] : [word])),
  *run(io, sys) {
    const [template = "tmp.XXXXXXXXXX", extra] = io.operands;
    if (extra !== undefined) return yield* io.usageError("too many templates");
    const suffix = io.value("suffix");
    const runs = /^(.*?)(X+)([^X]*)$/s.exec(template);
    const last = template.lastIndexOf("X");
    if (suffix !== undefined && last !== template.length - 1)
      return yield* io.die(1, `with --suffix, template ${quote(template)} must end in X`);
    if (runs === null || !/X{3}/.test(/X+(?=[^X]*$)/.exec(template)?.[0] ?? ""))
      return yield* io.die(1, `too few X's in template ${quote(template)}`);
    const tail = suffix ?? runs[3] ?? "";
    if (tail.includes("/")) return yield* io.die(1, `invalid suffix ${quote(tail)}, contains directory separator`);
    let folder = "";
    if (io.has("t") || io.has("p") || io.operands.length === 0) {
      if (io.has("t") && template.includes("/"))
        return yield* io.die(1, `invalid template, ${quote(template)}, contains directory separator`);
      if (io.has("p") && template.startsWith("/"))
        return yield* io.die(1, `invalid template, ${quote(template)}; with --tmpdir, it may not be absolute`);
      const dir = io.has("t") ? (sys.env.TMPDIR ?? io.value("p")) : (io.value("p") ?? sys.env.TMPDIR);
      folder = `${(dir === undefined || dir === "" ? "/tmp" : dir).replace(/\/$/, "")}/`;
    }
    const marks = /X+$/.exec((runs[1] ?? "") + (runs[2] ?? ""))?.[0].length ?? 3;
    const stem = ((runs[1] ?? "") + (runs[2] ?? "")).slice(0, -marks);
    for (;;) {
      const random = [...sys.random(marks)].map((byte) => LETTERS[byte % LETTERS.length]).join("");
      const path = `${folder}${stem}${random}${tail}`;
      if (!io.has("u")) {
        const made = io.has("d")
          ? sys.mkdir(path, 0o700)
          : sys.open(path, { write: true, create: true, exclusive: true, mode: 0o600 });
        if (isErrno(made) && made.code === "EEXIST") continue;
        if (isErrno(made)) {
          if (io.has("q")) return 1;
          return yield* io.die(
            1,
            `failed to create ${io.has("d") ? "directory" : "file"} via template ${quote(folder + stem + "X".repeat(marks) + tail)}: ${made.text}`,
          );
        }
        if (typeof made === "number") sys.close(made);
      }
      io.print(`${path}\n`);
      return 0;
    }
  },
});
