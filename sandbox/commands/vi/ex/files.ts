// Commands of the colon that read and write files.

import { isErrno } from "../../../kernel/errno.ts";
import type { Task } from "../../../kernel/sys.ts";
import { decode, encode } from "../../../kernel/text.ts";
import { hitEnter } from "../command-line.ts";
import type { Editor } from "../editor.ts";
import { lineStart } from "../motions.ts";
import type { Range } from "./range.ts";
import { capture, runShell } from "./shell.ts";

export function fileInfo(vi: Editor): string {
  const { buffer, file, cursor } = vi;
  const name = file === undefined ? '"[No Name]"' : `"${file}"`;
  const total = buffer.lines.length;
  const changed = buffer.modified ? " [Modified]" : "";
  return `${name}${changed} line ${cursor.line + 1} of ${total} --${Math.floor(((cursor.line + 1) * 100) / total)}%-- col ${cursor.column + 1}`;
}

/** Opens a file into the buffer and tells of it. */
export function* loadFile(vi: Editor, path: string): Task<void> {
  const { sys } = vi.io;
  vi.file = path;
  vi.cursor = { line: 0, column: 0 };
  if (vi.filetypes && /\.ya?ml$/.test(path)) Object.assign(vi.settings, { yaml: true, expandtab: true, shiftwidth: 2 });
  const stat = sys.stat(path);
  if (!isErrno(stat) && stat.type === "directory") {
    vi.buffer.load([""]);
    return vi.message(`"${path}" is a directory`);
  }
  const bytes = isErrno(stat) ? stat : stat.type === "file" ? sys.readFile(path) : yield* vi.io.readAll(path);
  if (isErrno(bytes)) {
    vi.buffer.load([""]);
    const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) || "/" : ".";
    const note =
      bytes.code === "ENOENT"
        ? isErrno(sys.stat(folder))
          ? "[New DIRECTORY]"
          : "[New File]"
        : bytes.code === "EACCES"
          ? "[Permission Denied]"
          : `[${bytes.text}]`;
    return vi.message(`"${path}" ${note}`);
  }
  const text = decode(bytes);
  const unended = text !== "" && !text.endsWith("\n");
  const lines = text === "" ? [] : (unended ? text : text.slice(0, -1)).split("\n");
  const dos = lines.length > 0 && lines.every((line) => line.endsWith("\r"));
  vi.buffer.load(dos ? lines.map((line) => line.slice(0, -1)) : lines);
  vi.settings.readonly ||= sys.access(path, "w") !== undefined;
  const marks = `${vi.settings.readonly ? "[readonly] " : ""}${unended ? "[Incomplete last line] " : ""}${dos ? "[dos format] " : ""}`;
  vi.message(`"${path}" ${marks}${counted(lines.length, bytes.length)}`);
}

/** Writes the buffer or a range; false where it could not. */
export function* writeFile(vi: Editor, argument: string, bang: boolean, range: Range, leaving = false): Task<boolean> {
  const { buffer, io } = vi;
  if (argument.startsWith("!")) {
    yield* runShell(vi, argument.slice(1), { ...range, given: 0 }, buffer.lines);
    return true;
  }
  const append = argument.startsWith(">>");
  const path = append ? argument.slice(2).trim() : argument || vi.file;
  if (path === undefined || path === "") {
    vi.error("E32: No file name");
    return false;
  }
  const own = path === vi.file;
  const stat = io.sys.stat(path);
  if (own && vi.settings.readonly && !bang) {
    vi.error("E45: 'readonly' option is set (add ! to override)");
    return false;
  }
  if (!own && !append && !isErrno(stat) && !bang) {
    vi.error("E13: File exists (add ! to override)");
    return false;
  }
  const lines = range.given > 0 ? buffer.lines.slice(range.from, range.to + 1) : buffer.lines;
  const empty = lines.length === 1 && lines[0] === "" && buffer.emptied;
  const data = encode(empty ? "" : `${lines.join("\n")}\n`);
  const failed = io.sys.writeFile(path, data, append ? { append: true } : {});
  if (failed !== undefined) {
    yield* writeFailed(
      vi,
      path,
      failed.code === "EISDIR" ? `E502: "${path}" is a directory` : `E212: Can't open file for writing`,
    );
    return false;
  }
  if (range.given === 0) buffer.saved();
  vi.file ??= path;
  const isNew = isErrno(stat) ? "[New File] " : "";
  const note = `"${path}" ${isNew}${counted(empty ? 0 : lines.length, data.length)} written`;
  if (leaving) vi.screen.put(`\x1b[?2004l\x1b[>4;m${note}`);
  else vi.message(note);
  return true;
}

/** The name, the error below it, and a prompt: as vi shows what is too much for one line. */
function* writeFailed(vi: Editor, path: string, text: string): Task<void> {
  const { screen } = vi;
  screen.put(`\x1b[?2004l\x1b[>4;m"${path}"\r\r\n\x1b[97m\x1b[41m"${path}" ${text}\x1b[?2004h\x1b[>4;2m\x1b[m\r\n`);
  yield* hitEnter(vi);
}

export function quit(vi: Editor, bang: boolean): void {
  if (vi.buffer.modified && !bang) return vi.error("E37: No write since last change (add ! to override)");
  vi.done = 0;
}

export function* editFile(vi: Editor, argument: string, bang: boolean): Task<void> {
  if (vi.buffer.modified && !bang) return vi.error("E37: No write since last change (add ! to override)");
  const path = argument || vi.file;
  if (path === undefined) return;
  vi.settings.readonly = false;
  const { line } = vi.cursor;
  const same = path === vi.file;
  yield* loadFile(vi, path);
  if (same) vi.moveTo(lineStart(vi.buffer, Math.min(line, vi.buffer.last)));
}

export function* readIn(vi: Editor, argument: string, range: Range): Task<void> {
  const at = range.given > 0 ? range.to + 1 : vi.cursor.line + 1;
  let text: string;
  if (argument.startsWith("!")) text = yield* capture(vi, argument.slice(1), "");
  else {
    const path = argument || vi.file;
    if (path === undefined) return vi.error("E32: No file name");
    const bytes = vi.io.sys.readFile(path);
    if (isErrno(bytes)) return vi.error(`E484: Can't open file ${path}`);
    text = decode(bytes);
    vi.message(`"${path}" ${counted(text.split("\n").length - 1, bytes.length)}`);
  }
  if (text === "") return;
  vi.buffer.note(vi.cursor);
  vi.buffer.insertLines(at, text.replace(/\n$/, "").split("\n"));
  vi.moveTo(lineStart(vi.buffer, at));
}

/** `1 line, 6 bytes` */
function counted(lines: number, bytes: number): string {
  return `${lines} line${lines === 1 ? "" : "s"}, ${bytes} byte${bytes === 1 ? "" : "s"}`;
}
