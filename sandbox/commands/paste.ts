// paste: merges lines of files.

import { isErrno } from "../kernel/errno.ts";
import { defineCommand, Lines } from "./define.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  "0": "",
  b: "\b",
  f: "\f",
  r: "\r",
  v: "\v",
  "\\": "\\",
};

function parseDelimiters(text: string): string[] {
  const list: string[] = [];
  for (let i = 0; i < text.length; i++) {
    const char = String.fromCodePoint(text.codePointAt(i) ?? 0);
    if (char !== "\\") {
      list.push(char);
      i += char.length - 1;
    } else {
      const next = text[++i] ?? "\\";
      list.push(ESCAPES[next] ?? next);
    }
  }
  return list.length > 0 ? list : [""];
}

export const paste = defineCommand({
  name: "paste",
  summary: "Write lines consisting of the sequentially corresponding lines from each FILE, separated by TABs.",
  usage: ["[OPTION]... [FILE]..."],
  options: `
    d,delimiters=LIST  reuse characters from LIST instead of TABs
    s,serial  paste one file at a time instead of in parallel
    z,zero-terminated  line delimiter is NUL, not newline`,
  *run(io) {
    const text = io.value("d") ?? "\t";
    if (/^(?:[^\\]|\\[\s\S])*\\$/.test(text))
      return yield* io.die(1, `delimiter list ends with an unescaped backslash: ${text}`);
    const delimiters = parseDelimiters(text);
    const end = io.has("z") ? "\0" : "\n";
    const strip = (line: string): string => (line.endsWith(end) ? line.slice(0, -1) : line);
    const stdin = new Lines(io, 0, end.charCodeAt(0));
    const files = io.operands.length > 0 ? io.operands : ["-"];
    const inputs: (Lines | undefined)[] = [];
    for (const file of files) {
      const fd = io.open(file);
      if (isErrno(fd)) {
        io.warnFile(file, fd);
        if (!io.has("s")) return 1;
      } else inputs.push(file === "-" ? stdin : new Lines(io, fd, end.charCodeAt(0)));
    }
    if (io.has("s")) {
      for (const input of inputs) {
        for (let count = 0; input !== undefined; count++) {
          const line = yield* input.next();
          if (line === undefined) break;
          io.print((count > 0 ? (delimiters[(count - 1) % delimiters.length] ?? "") : "") + strip(line));
          if (io.full) yield* io.drain();
        }
        io.print(end);
      }
      return undefined;
    }
    for (;;) {
      let row = "";
      let any = false;
      for (let i = 0; i < inputs.length; i++) {
        const line = yield* (inputs[i] as Lines).next();
        if (line !== undefined) any = true;
        row += (i > 0 ? (delimiters[(i - 1) % delimiters.length] ?? "") : "") + (line === undefined ? "" : strip(line));
      }
      if (!any) return undefined;
      io.print(row + end);
      if (io.full) yield* io.drain();
      if (io.writeError !== undefined) return 1;
    }
  },
});
