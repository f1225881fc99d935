// The commands of the colon: files, ranges, substitution, settings.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import type { Regex } from "../../lib/regex/regex.ts";
import { type Piece, substitute } from "../../lib/regex/replace.ts";
import { hitEnter } from "./command-line.ts";
import { confirmSubstitutions } from "./confirm.ts";
import type { Editor, Settings } from "./editor.ts";
import { shiftLine } from "./indent.ts";
import { lineStart } from "./motions.ts";
import { readRegister } from "./registers.ts";
import { setPattern } from "./search.ts";

interface Range {
  readonly from: number;
  readonly to: number;
  readonly given: number;
}

/** Names that may be cut short to their least form. */
const NAMES: readonly (readonly [least: string, full: string])[] = [
  ["w", "write"],
  ["q", "quit"],
  ["x", "xit"],
  ["e", "edit"],
  ["r", "read"],
  ["s", "substitute"],
  ["g", "global"],
  ["v", "vglobal"],
  ["d", "delete"],
  ["y", "yank"],
  ["m", "move"],
  ["t", "t"],
  ["co", "copy"],
  ["j", "join"],
  ["norm", "normal"],
  ["se", "set"],
  ["wq", "wq"],
  ["wa", "wall"],
  ["qa", "qall"],
  ["wqa", "wqall"],
  ["xa", "xall"],
  ["noh", "nohlsearch"],
  ["f", "file"],
  ["u", "undo"],
  ["red", "redo"],
  ["reg", "registers"],
  ["k", "k"],
  ["ma", "mark"],
  ["p", "print"],
  ["nu", "number"],
  ["sh", "shell"],
  ["retab", "retab"],
  ["sy", "syntax"],
  ["cq", "cquit"],
  ["sor", "sort"],
  ["pu", "put"],
  ["ene", "enew"],
  ["up", "update"],
  ["h", "help"],
];

const OPTIONS: Readonly<Record<string, keyof Settings>> = {
  nu: "number",
  number: "number",
  rnu: "relative",
  relativenumber: "relative",
  list: "list",
  wrap: "wrap",
  ts: "tabstop",
  tabstop: "tabstop",
  sw: "shiftwidth",
  shiftwidth: "shiftwidth",
  et: "expandtab",
  expandtab: "expandtab",
  ai: "autoindent",
  autoindent: "autoindent",
  paste: "paste",
  ic: "ignorecase",
  ignorecase: "ignorecase",
  scs: "smartcase",
  smartcase: "smartcase",
  ws: "wrapscan",
  wrapscan: "wrapscan",
  ro: "readonly",
  readonly: "readonly",
  smd: "showmode",
  showmode: "showmode",
};

/** Options that are taken without effect here. */
const SILENT = new Set(
  "hls hlsearch is incsearch ru ruler sc showcmd sts softtabstop si smartindent cin cindent cursorline cul mouse nocp cp compatible bg background ff fileformat fenc fileencoding enc encoding sm showmatch tw textwidth so scrolloff ls laststatus nocompatible sb splitbelow spr swapfile swf bk backup wb hid hidden mod modified ma modifiable bs backspace".split(
    " ",
  ),
);

export class ExCommands {
  readonly #editor: Editor;
  #lastSubstitution: { regex: Regex; pieces: Piece[]; flags: string; shown: string } | undefined;

  constructor(editor: Editor) {
    this.#editor = editor;
  }

  *run(line: string): Task<void> {
    for (const part of splitBars(line)) {
      yield* this.#runOne(part);
      if (this.#editor.done !== undefined) return;
    }
  }

  *#runOne(text: string): Task<void> {
    const editor = this.#editor;
    let rest = text.replace(/^[\s:]+/, "");
    const parsed = this.#range(rest);
    if (parsed === undefined) return;
    const { range } = parsed;
    rest = parsed.rest.trimStart();
    if (rest === "") {
      if (range.given > 0) editor.moveTo(lineStart(editor.buffer, range.to));
      return;
    }
    if (rest.startsWith('"')) return;
    if (rest.startsWith("!")) return yield* this.#shell(rest.slice(1), range);
    const found = /^([a-zA-Z]+|[&<>=~@#])(!?)\s*([\s\S]*)$/.exec(rest);
    const word = found?.[1] ?? "";
    const bang = found?.[2] === "!";
    const argument = found?.[3] ?? "";
    if (
      /^[sgv]$|^sno$/.test(word[0] ?? "") &&
      !/^(set?|sy|syntax|sh|shell|sort?|substitute|global|vglobal)$/.test(word)
    ) {
      const short = /^([sgv])(!?)([\s\S]*)$/.exec(rest);
      return yield* this.#dispatch(
        short?.[1] === "s" ? "substitute" : short?.[1] === "v" ? "vglobal" : "global",
        short?.[2] === "!",
        short?.[3] ?? "",
        range,
        rest,
      );
    }
    // k takes its mark without a blank.
    if (/^k[a-z]$/.test(word)) return void editor.buffer.marks.set(word[1] ?? "", { line: range.to, column: 0 });
    const name =
      NAMES.find(([least, full]) => full.startsWith(word) && word.length >= least.length)?.[1] ??
      (/^[&<>=]$/.test(word) ? word : undefined);
    if (name === undefined) return editor.error(`E492: Not an editor command: ${text.trim()}`);
    yield* this.#dispatch(name, bang, argument, range, rest);
  }

  *#dispatch(name: string, bang: boolean, argument: string, range: Range, whole: string): Task<void> {
    const editor = this.#editor;
    const { buffer } = editor;
    switch (name) {
      case "write":
      case "update":
        yield* this.#write(argument.trim(), bang, range);
        return;
      case "quit":
      case "qall":
        return this.#quit(bang);
      case "cquit":
        editor.done = 1;
        return;
      case "wq":
      case "wqall":
      case "xit":
      case "xall":
      case "wall": {
        const needs = name.startsWith("w") || buffer.modified || argument.trim() !== "";
        if (needs && !(yield* this.#write(argument.trim(), bang, range, name !== "wall"))) return;
        if (name !== "wall") {
          editor.leftMessage = needs;
          editor.done = 0;
        }
        return;
      }
      case "edit":
      case "enew":
        return yield* this.#edit(name === "enew" ? "" : argument.trim(), bang);
      case "read":
        return yield* this.#read(argument.trim(), range);
      case "file":
        if (argument.trim() !== "") editor.file = argument.trim();
        return editor.message(this.fileInfo());
      case "substitute":
      case "&":
        return yield* this.#substitute(argument, range, name === "&");
      case "normal": {
        const [from, to] = range.given > 0 ? [range.from, range.to] : [editor.cursor.line, editor.cursor.line];
        let drift = 0;
        for (let line = from; line <= to; line++) {
          const before = buffer.lines.length;
          if (range.given > 0) editor.moveTo({ line: line + drift, column: 0 });
          yield* editor.normal(argument);
          drift += buffer.lines.length - before;
        }
        return;
      }
      case "global":
      case "vglobal":
        return yield* this.#global(argument, name === "vglobal" || bang, range);
      case "delete":
      case "yank": {
        const register = /^\s*([a-zA-Z"])/.exec(argument)?.[1] ?? '"';
        // A count behind it begins at the last line of the range.
        const amount = /(\d+)\s*$/.exec(argument)?.[1];
        if (amount !== undefined)
          range = { ...range, from: range.to, to: Math.min(buffer.last, range.to + Number(amount) - 1) };
        const lines = buffer.lines.slice(range.from, range.to + 1);
        buffer.registers.set(register, { lines, linewise: true });
        buffer.registers.set('"', { lines, linewise: true });
        if (name === "yank") return;
        buffer.note(editor.cursor);
        buffer.removeLines(range.from, range.to);
        return editor.moveTo(lineStart(buffer, range.from));
      }
      case "put": {
        const taken = readRegister(editor, argument.trim() || '"');
        if (taken === undefined) return;
        buffer.note(editor.cursor);
        buffer.insertLines(bang ? range.to : range.to + 1, taken.lines);
        return editor.moveTo(lineStart(buffer, range.to + taken.lines.length));
      }
      case "move":
      case "copy":
      case "t":
        return this.#moveLines(argument, range, name === "move");
      case "join": {
        const to = range.given > 1 ? range.to : Math.min(buffer.last, range.to + 1);
        buffer.note(editor.cursor);
        const joined = buffer.lines
          .slice(range.from, to + 1)
          .map((line, at) => (at === 0 ? line : bang ? line : line.trimStart()));
        buffer.lines.splice(range.from, to - range.from + 1, joined.join(bang ? "" : " "));
        buffer.changed();
        return editor.moveTo(lineStart(buffer, range.from));
      }
      case "<":
      case ">":
        buffer.note(editor.cursor);
        for (let line = range.from; line <= range.to; line++)
          for (let i = 0; i <= (/^[<>]*/.exec(argument)?.[0].length ?? 0); i++) shiftLine(editor, line, name === ">");
        return editor.moveTo(lineStart(buffer, range.to));
      case "=":
        return editor.message(String(range.given > 0 ? range.to + 1 : buffer.lines.length));
      case "set":
        return this.#set(argument);
      case "undo":
      case "redo": {
        const spot = buffer.travel(name === "redo", editor.cursor);
        if (spot !== undefined) editor.moveTo(spot);
        return;
      }
      case "mark":
      case "k":
        buffer.marks.set(argument.trim()[0] ?? "", { line: range.to, column: 0 });
        return;
      case "sort":
        return this.#sort(argument, bang, range);
      case "retab": {
        buffer.note(editor.cursor);
        const { tabstop, expandtab } = editor.settings;
        if (expandtab)
          for (let line = range.given > 0 ? range.from : 0; line <= (range.given > 0 ? range.to : buffer.last); line++)
            buffer.lines[line] = buffer
              .line(line)
              .replace(/\t/g, (_tab, at: number) => " ".repeat(tabstop - (at % tabstop)));
        return buffer.changed();
      }
      case "registers":
        return yield* this.#showLines([
          `Type Name Content`,
          ...[...buffer.registers]
            .sort()
            .map(([key, taken]) => `  ${taken.linewise ? "l" : "c"}  "${key}   ${taken.lines.join("^J")}`),
        ]);
      case "print":
      case "number":
        return editor.message(buffer.line(range.to));
      case "nohlsearch":
      case "syntax":
        return;
      case "shell":
        return yield* this.#shell("", { ...range, given: 0 });
      default:
        return editor.error(name === "help" ? "E478: Don't panic!" : `E492: Not an editor command: ${whole}`);
    }
  }

  // --- ranges ---

  #range(text: string): { range: Range; rest: string } | undefined {
    const editor = this.#editor;
    let rest = text;
    const { line } = editor.cursor;
    if (rest.startsWith("%")) return { range: { from: 0, to: editor.buffer.last, given: 2 }, rest: rest.slice(1) };
    const places: number[] = [];
    let base = line;
    for (;;) {
      const found = this.#address(rest, base);
      if (found === undefined && !/^\s*[,;]/.test(rest)) break;
      if (found === "wrong") return undefined;
      const at = found?.line ?? line;
      places.push(at);
      rest = (found?.rest ?? rest).trimStart();
      if (!/^[,;]/.test(rest)) break;
      if (rest.startsWith(";")) base = at;
      rest = rest.slice(1).trimStart();
      if (this.#address(rest, base) === undefined) {
        places.push(line);
        break;
      }
    }
    const to = places[places.length - 1] ?? line;
    const from = places.length > 1 ? (places[places.length - 2] ?? to) : to;
    if (Math.max(from, to) > editor.buffer.last || from < -1) {
      editor.error("E16: Invalid range");
      return undefined;
    }
    return { range: { from: Math.max(0, Math.min(from, to)), to: Math.max(from, to), given: places.length }, rest };
  }

  #address(text: string, base: number): { line: number; rest: string } | "wrong" | undefined {
    const editor = this.#editor;
    const found = /^\s*(?:(\d+)|(\.)|(\$)|'(.)|\/((?:[^/\\]|\\.)*)\/?|\?((?:[^?\\]|\\.)*)\??)?((?:[+-]\d*)*)/.exec(
      text,
    );
    if (found === null || found[0].trim() === "") return undefined;
    let line = base;
    if (found[1] !== undefined) line = Number(found[1]) - 1;
    else if (found[3] !== undefined) line = editor.buffer.last;
    else if (found[4] !== undefined) {
      const mark = editor.buffer.marks.get(found[4]);
      if (mark === undefined) {
        editor.error("E20: Mark not set");
        return "wrong";
      }
      line = mark.line;
    } else if (found[5] !== undefined || found[6] !== undefined) {
      const pattern = found[5] ?? found[6] ?? "";
      const regex = pattern === "" ? editor.lastPattern : setPattern(editor, pattern);
      const total = editor.buffer.lines.length;
      const step = found[5] !== undefined ? 1 : total - 1;
      const hit =
        regex === undefined
          ? undefined
          : Array.from({ length: total }, (_, at) => (base + step * (at + 1)) % total).find((at) =>
              regex.test(editor.buffer.line(at)),
            );
      if (hit === undefined) {
        editor.error(`E486: Pattern not found: ${pattern}`);
        return "wrong";
      }
      line = hit;
    }
    for (const offset of (found[7] ?? "").match(/[+-]\d*/g) ?? [])
      line += offset.length === 1 ? (offset === "+" ? 1 : -1) : Number(offset);
    return { line, rest: text.slice(found[0].length) };
  }

  // --- files ---

  fileInfo(): string {
    const { buffer, file, cursor } = this.#editor;
    const name = file === undefined ? '"[No Name]"' : `"${file}"`;
    const total = buffer.lines.length;
    const changed = buffer.modified ? " [Modified]" : "";
    return `${name}${changed} line ${cursor.line + 1} of ${total} --${Math.floor(((cursor.line + 1) * 100) / total)}%-- col ${cursor.column + 1}`;
  }

  /** Opens a file into the buffer and tells of it. */
  *load(path: string): Task<void> {
    const editor = this.#editor;
    const { sys } = editor.io;
    editor.file = path;
    editor.cursor = { line: 0, column: 0 };
    if (editor.filetypes && /\.ya?ml$/.test(path))
      Object.assign(editor.settings, { yaml: true, expandtab: true, shiftwidth: 2 });
    const stat = sys.stat(path);
    if (!isErrno(stat) && stat.type === "directory") {
      editor.buffer.load([""]);
      return editor.message(`"${path}" is a directory`);
    }
    const bytes = isErrno(stat) ? stat : stat.type === "file" ? sys.readFile(path) : yield* editor.io.readAll(path);
    if (isErrno(bytes)) {
      editor.buffer.load([""]);
      const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) || "/" : ".";
      const note =
        bytes.code === "ENOENT"
          ? isErrno(sys.stat(folder))
            ? "[New DIRECTORY]"
            : "[New File]"
          : bytes.code === "EACCES"
            ? "[Permission Denied]"
            : `[${bytes.text}]`;
      return editor.message(`"${path}" ${note}`);
    }
    const text = decode(bytes);
    const unended = text !== "" && !text.endsWith("\n");
    const lines = text === "" ? [] : (unended ? text : text.slice(0, -1)).split("\n");
    const dos = lines.length > 0 && lines.every((line) => line.endsWith("\r"));
    editor.buffer.load(dos ? lines.map((line) => line.slice(0, -1)) : lines);
    editor.settings.readonly ||= sys.access(path, "w") !== undefined;
    const marks = `${editor.settings.readonly ? "[readonly] " : ""}${unended ? "[Incomplete last line] " : ""}${dos ? "[dos format] " : ""}`;
    editor.message(`"${path}" ${marks}${counted(lines.length, bytes.length)}`);
  }

  /** Writes the buffer or a range; false where it could not. */
  *#write(argument: string, bang: boolean, range: Range, leaving = false): Task<boolean> {
    const editor = this.#editor;
    const { buffer, io } = editor;
    if (argument.startsWith("!")) {
      yield* this.#shell(argument.slice(1), { ...range, given: 0 }, buffer.lines);
      return true;
    }
    const append = argument.startsWith(">>");
    const path = append ? argument.slice(2).trim() : argument || editor.file;
    if (path === undefined || path === "") {
      editor.error("E32: No file name");
      return false;
    }
    const own = path === editor.file;
    const stat = io.sys.stat(path);
    if (own && editor.settings.readonly && !bang) {
      editor.error("E45: 'readonly' option is set (add ! to override)");
      return false;
    }
    if (!own && !append && !isErrno(stat) && !bang) {
      editor.error("E13: File exists (add ! to override)");
      return false;
    }
    const lines = range.given > 0 ? buffer.lines.slice(range.from, range.to + 1) : buffer.lines;
    const empty = lines.length === 1 && lines[0] === "" && buffer.emptied;
    const data = encode(empty ? "" : `${lines.join("\n")}\n`);
    const failed = io.sys.writeFile(path, data, append ? { append: true } : {});
    if (failed !== undefined) {
      yield* this.#writeFailed(
        path,
        failed.code === "EISDIR" ? `E502: "${path}" is a directory` : `E212: Can't open file for writing`,
      );
      return false;
    }
    if (range.given === 0) buffer.saved();
    editor.file ??= path;
    const isNew = isErrno(stat) ? "[New File] " : "";
    const note = `"${path}" ${isNew}${counted(empty ? 0 : lines.length, data.length)} written`;
    if (leaving) editor.screen.put(`\x1b[?2004l\x1b[>4;m${note}`);
    else editor.message(note);
    return true;
  }

  /** The name, the error below it, and a prompt: as vi shows what is too much for one line. */
  *#writeFailed(path: string, text: string): Task<void> {
    const { screen } = this.#editor;
    screen.put(`\x1b[?2004l\x1b[>4;m"${path}"\r\r\n\x1b[97m\x1b[41m"${path}" ${text}\x1b[?2004h\x1b[>4;2m\x1b[m\r\n`);
    yield* hitEnter(this.#editor);
  }

  #quit(bang: boolean): void {
    const editor = this.#editor;
    if (editor.buffer.modified && !bang) return editor.error("E37: No write since last change (add ! to override)");
    editor.done = 0;
  }

  *#edit(argument: string, bang: boolean): Task<void> {
    const editor = this.#editor;
    if (editor.buffer.modified && !bang) return editor.error("E37: No write since last change (add ! to override)");
    const path = argument || editor.file;
    if (path === undefined) return;
    editor.settings.readonly = false;
    const { line } = editor.cursor;
    const same = path === editor.file;
    yield* this.load(path);
    if (same) editor.moveTo(lineStart(editor.buffer, Math.min(line, editor.buffer.last)));
  }

  *#read(argument: string, range: Range): Task<void> {
    const editor = this.#editor;
    const at = range.given > 0 ? range.to + 1 : editor.cursor.line + 1;
    let text: string;
    if (argument.startsWith("!")) text = yield* this.#capture(argument.slice(1), "");
    else {
      const path = argument || editor.file;
      if (path === undefined) return editor.error("E32: No file name");
      const bytes = editor.io.sys.readFile(path);
      if (isErrno(bytes)) return editor.error(`E484: Can't open file ${path}`);
      text = decode(bytes);
      editor.message(`"${path}" ${counted(text.split("\n").length - 1, bytes.length)}`);
    }
    if (text === "") return;
    editor.buffer.note(editor.cursor);
    editor.buffer.insertLines(at, text.replace(/\n$/, "").split("\n"));
    editor.moveTo(lineStart(editor.buffer, at));
  }

  // --- shell ---

  /** Runs a command; with a range its lines pass through it, else its output is shown. */
  *#shell(command: string, range: Range, input?: readonly string[]): Task<void> {
    const editor = this.#editor;
    const { buffer, screen, io } = editor;
    const text = command.replace(/(?<!\\)%/g, editor.file ?? "%");
    if (range.given > 0) {
      const output = yield* this.#capture(text, `${buffer.lines.slice(range.from, range.to + 1).join("\n")}\n`);
      buffer.note(editor.cursor);
      buffer.lines.splice(
        range.from,
        range.to - range.from + 1,
        ...(output === "" ? [] : output.replace(/\n$/, "").split("\n")),
      );
      if (buffer.lines.length === 0) buffer.lines.push("");
      buffer.changed();
      return editor.moveTo(lineStart(buffer, range.from));
    }
    screen.put("\n");
    const { sys } = io;
    const tty = sys.open("/dev/tty", { read: true, write: true });
    const fd = isErrno(tty) ? 0 : tty;
    sys.tcsetattr(fd, { icanon: true, echo: true, isig: true, icrnl: true });
    yield* io.flush();
    if (input !== undefined) screen.put(yield* this.#capture(text, `${input.join("\n")}\n`));
    else {
      const pid = sys.spawn({
        path: "/bin/sh",
        argv: text === "" ? ["sh"] : ["sh", "-c", text],
        fds: { 0: fd, 1: 1, 2: 2 },
      });
      if (!isErrno(pid)) yield* sys.waitpid(pid);
    }
    sys.tcsetattr(fd, { icanon: false, echo: false, isig: false, icrnl: false });
    if (!isErrno(tty)) sys.close(tty);
    screen.put("\n");
    yield* hitEnter(editor);
  }

  /** Output of a command that reads some text. */
  *#capture(command: string, input: string): Task<string> {
    const { sys } = this.#editor.io;
    const name = `/tmp/v${String(sys.pid)}`;
    sys.writeFile(name, input, { mode: 0o600 });
    const from = sys.open(name, { read: true });
    sys.unlink(name);
    const out = sys.pipe();
    const pid = sys.spawn({
      path: "/bin/sh",
      argv: ["sh", "-c", command],
      fds: { 0: isErrno(from) ? 0 : from, 1: out.write, 2: out.write },
    });
    sys.close(out.write);
    if (!isErrno(from)) sys.close(from);
    let text = "";
    for (;;) {
      const bytes = yield* sys.read(out.read);
      if (isErrno(bytes) || bytes.length === 0) break;
      text += decode(bytes);
    }
    sys.close(out.read);
    if (!isErrno(pid)) yield* sys.waitpid(pid);
    return text;
  }

  *#showLines(lines: readonly string[]): Task<void> {
    const { screen } = this.#editor;
    screen.put(`\n${lines.map((line) => `${line}\n`).join("")}`);
    yield* hitEnter(this.#editor);
  }

  // --- changes by range ---

  *#substitute(argument: string, range: Range, again: boolean): Task<void> {
    const editor = this.#editor;
    const { buffer } = editor;
    const delimiter = argument[0];
    let order = this.#lastSubstitution;
    if (!again && delimiter !== undefined && !/[\w\s"|&]/.test(delimiter)) {
      const [pattern = "", replacement = "", flags = ""] = splitDelimited(argument.slice(1), delimiter);
      const regex = pattern === "" ? editor.lastPattern : setPattern(editor, pattern);
      if (regex === undefined) return editor.error("E35: No previous regular expression");
      order = { regex, pieces: parseReplacement(replacement), flags, shown: replacement };
    } else if (order !== undefined)
      order = { ...order, flags: argument.includes("&") ? order.flags + argument : argument.trim() };
    if (order === undefined) return editor.error("E35: No previous regular expression");
    this.#lastSubstitution = order;
    const { regex, pieces, flags } = order;
    const fold =
      flags.includes("i") && editor.lastPatternText !== ""
        ? setPattern(editor, `\\c${editor.lastPatternText.replace(/^\\c/, "")}`)
        : regex;
    const [from, to] = [range.from, range.to];
    buffer.note(editor.cursor);
    let lines = 0;
    let count = 0;
    let last = -1;
    if (flags.includes("c")) {
      const asked = { regex: fold, pieces, global: flags.includes("g"), shown: order.shown };
      const sum = yield* confirmSubstitutions(editor, asked, from, to);
      if (!sum.found) return editor.error(`E486: Pattern not found: ${editor.lastPatternText}`);
      if (sum.last >= 0) editor.moveTo(lineStart(buffer, sum.last));
      return;
    }
    for (let line = to; line >= from; line--) {
      const text = buffer.line(line);
      const hits = countMatches(fold, text, flags.includes("g"));
      if (hits === 0) continue;
      count += hits;
      lines += 1;
      const result = flags.includes("n")
        ? undefined
        : substitute(text, fold, { pieces, global: flags.includes("g"), nth: 0 });
      if (result === undefined) continue;
      const parts = result.split("\n");
      buffer.lines.splice(line, 1, ...parts);
      last = last < 0 ? line + parts.length - 1 : last + parts.length - 1;
      buffer.changed();
    }
    if (count === 0) {
      if (!flags.includes("e")) editor.error(`E486: Pattern not found: ${editor.lastPatternText}`);
      return;
    }
    if (flags.includes("n"))
      return editor.message(`${count} match${count === 1 ? "" : "es"} on ${lines} line${lines === 1 ? "" : "s"}`);
    editor.moveTo(lineStart(buffer, last));
    if (lines > 2 || count > 2)
      editor.message(`${count} substitution${count === 1 ? "" : "s"} on ${lines} line${lines === 1 ? "" : "s"}`);
  }

  *#global(argument: string, inverted: boolean, range: Range): Task<void> {
    const editor = this.#editor;
    const { buffer } = editor;
    const delimiter = argument[0] ?? "/";
    const [pattern = "", command = ""] = splitDelimited(argument.slice(1), delimiter, 2);
    const regex = pattern === "" ? editor.lastPattern : setPattern(editor, pattern);
    if (regex === undefined) return editor.error("E35: No previous regular expression");
    const [from, to] = range.given > 0 ? [range.from, range.to] : [0, buffer.last];
    // Marks on the lines themselves survive insertions and deletions before them.
    const marked = new Set<number>();
    for (let line = from; line <= to; line++) if (regex.test(buffer.line(line)) !== inverted) marked.add(line);
    if (marked.size === 0) return editor.error(`E486: Pattern not found: ${pattern}`);
    buffer.note(editor.cursor);
    let drift = 0;
    for (const line of marked) {
      const before = buffer.lines.length;
      editor.cursor = { line: line + drift, column: 0 };
      yield* this.#runOne(command.trim() || "p");
      drift += buffer.lines.length - before;
      if (editor.io.sys.due()) yield* editor.io.sys.rest();
    }
    editor.clamp();
  }

  #moveLines(argument: string, range: Range, moves: boolean): void {
    const editor = this.#editor;
    const { buffer } = editor;
    const target =
      argument.trim() === "0" ? { line: -1, rest: "" } : this.#address(argument.trim(), editor.cursor.line);
    if (target === undefined || target === "wrong") return editor.error("E14: Invalid address");
    const lines = buffer.lines.slice(range.from, range.to + 1);
    buffer.note(editor.cursor);
    let at = target.line + 1;
    if (moves) {
      if (at > range.from && at <= range.to) return editor.error("E134: Cannot move a range of lines into itself");
      buffer.lines.splice(range.from, lines.length);
      if (at > range.to) at -= lines.length;
    }
    buffer.insertLines(at, lines);
    editor.moveTo(lineStart(buffer, at + lines.length - 1));
  }

  #sort(argument: string, bang: boolean, range: Range): void {
    const { buffer, cursor } = this.#editor;
    const [from, to] = range.given > 0 ? [range.from, range.to] : [0, buffer.last];
    buffer.note(cursor);
    let lines = buffer.lines.slice(from, to + 1);
    const numberOf = (line: string): number => Number(/-?\d+/.exec(line)?.[0] ?? -Infinity);
    lines.sort((a, b) => (argument.includes("n") ? numberOf(a) - numberOf(b) : a < b ? -1 : a > b ? 1 : 0));
    if (bang) lines.reverse();
    if (argument.includes("u")) lines = lines.filter((line, at) => at === 0 || line !== lines[at - 1]);
    buffer.lines.splice(from, to - from + 1, ...lines);
    buffer.changed();
  }

  // --- settings ---

  #set(argument: string): void {
    const editor = this.#editor;
    for (const word of argument.split(/\s+/).filter((one) => one !== "")) {
      const found = /^(no|inv)?([a-z]+)([=:!?&]?)(.*)$/.exec(word);
      if (found === null) return editor.error(`E518: Unknown option: ${word}`);
      let [, prefix = "", name = "", sign = "", value = ""] = found;
      if (OPTIONS[name] === undefined && OPTIONS[prefix + name] !== undefined) {
        name = prefix + name;
        prefix = "";
      }
      const key = OPTIONS[name];
      if (key === undefined) {
        if (SILENT.has(name) || SILENT.has(prefix + name)) continue;
        return editor.error(`E518: Unknown option: ${word}`);
      }
      const { settings } = editor;
      if (typeof settings[key] === "number") {
        if (sign === "=" || sign === ":") {
          if (!/^\d+$/.test(value)) return editor.error(`E521: Number required after =: ${word}`);
          (settings as unknown as Record<string, number>)[key] = Number(value);
        } else editor.message(`  ${name}=${settings[key]}`);
        continue;
      }
      if (sign === "=") return editor.error(`E474: Invalid argument: ${word}`);
      if (sign === "?") {
        editor.message(`${settings[key] ? "  " : "no"}${name}`);
        continue;
      }
      const flags = settings as unknown as Record<string, boolean>;
      flags[key] = prefix === "inv" || sign === "!" ? flags[key] !== true : prefix !== "no";
    }
  }
}

/** `1 line, 6 bytes` */
function counted(lines: number, bytes: number): string {
  return `${lines} line${lines === 1 ? "" : "s"}, ${bytes} byte${bytes === 1 ? "" : "s"}`;
}

function countMatches(regex: Regex, text: string, all: boolean): number {
  let count = 0;
  for (let at = 0; at <= text.length; ) {
    const span = regex.find(text, at);
    if (span === undefined) break;
    count += 1;
    if (!all) break;
    at = span[1] > span[0] ? span[1] : span[0] + 1;
  }
  return count;
}

/** Commands parted by bars, except behind those that take the bar themselves. */
function splitBars(line: string): string[] {
  if (/^[\s:]*(?:%|[\d.,$'<>+-]|\/[^/]*\/)*\s*(?:g|v|global|vglobal|norm|normal|r\s*!|w\s*!|!)/.test(line))
    return [line];
  const parts: string[] = [];
  let part = "";
  for (let i = 0; i < line.length; i++) {
    // Bars between the delimiters of s belong to its pattern.
    const order =
      part.trim() === "" || /^[\s:]*(?:%|[\d.,$'<>+-])*\s*$/.test(part)
        ? /^s(?:ubstitute)?([^\w\s|"&])(?:\\.|(?!\1).)*(?:\1(?:\\.|(?!\1).)*(?:\1)?)?/.exec(line.slice(i))?.[0]
        : undefined;
    if (order !== undefined) {
      part += order;
      i += order.length - 1;
    } else if (line[i] === "\\" && line[i + 1] === "|") {
      part += "\\|";
      i++;
    } else if (line[i] === "|") {
      parts.push(part);
      part = "";
    } else part += line[i] ?? "";
  }
  return [...parts, part];
}

/** Pieces between delimiters; an escaped delimiter stands for itself. */
function splitDelimited(text: string, delimiter: string, limit = 3): string[] {
  const parts: string[] = [];
  let part = "";
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\" && i + 1 < text.length) {
      part += text[i + 1] === delimiter ? delimiter : text.slice(i, i + 2);
      i++;
    } else if (text[i] === delimiter && parts.length + 1 < limit) {
      parts.push(part);
      part = "";
    } else part += text[i] ?? "";
  }
  return [...parts, part];
}

/** vi's right sides: & and \0 are the match, \r breaks the line, \n is a zero byte shown as a break too. */
function parseReplacement(text: string): Piece[] {
  const pieces: Piece[] = [];
  const push = (piece: Piece): void => void pieces.push(piece);
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? "";
    if (char === "&") push({ kind: "group", index: 0 });
    else if (char === "\r") push({ kind: "text", text: "\n" });
    else if (char !== "\\") push({ kind: "text", text: char });
    else {
      const next = text[++i] ?? "";
      if (/[0-9]/.test(next)) push({ kind: "group", index: Number(next) });
      else if (/[ULulE]/.test(next)) push({ kind: "case", change: next as "U" });
      else push({ kind: "text", text: next === "r" || next === "n" ? "\n" : next === "t" ? "\t" : next });
    }
  }
  return pieces;
}
