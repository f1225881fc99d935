// The values of curl's options that come from files or have a syntax of their own: headers, data, forms, conditions of time.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { concat, decode, encode } from "../../kernel/text.ts";
import type { Interpreted, Operation, Wrong } from "./settings.ts";

/** A file named by @ that cannot be read: 8.x refuses, 7.88 warns and goes on without. */
export function fileTrouble(state: Interpreted, given: string, file: string, modern: boolean): Wrong | undefined {
  if (modern) {
    state.notes.push(`Failed to open ${file}`);
    return { refusal: { given, reason: "error encountered when reading a file", status: 26 } };
  }
  const data = given === "-d" || given.startsWith("--data") || given === "--json";
  state.warnings.push(
    data
      ? `Couldn't read data from file "${file}", this makes an empty POST.`
      : `Failed to ${given === "-w" || given === "--write-out" ? `read ${file}` : `open ${file}!`}`,
  );
  return undefined;
}

/** A file's bytes, or stdin's for `-`; undefined where it cannot be read. */
export function* readInput(sys: Sys, name: string): Task<Uint8Array | undefined> {
  const fd = name === "-" ? 0 : sys.open(name, { read: true });
  if (isErrno(fd)) return undefined;
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = yield* sys.read(fd);
    if (isErrno(part)) return undefined;
    if (part.length === 0) break;
    parts.push(part);
  }
  if (fd !== 0) sys.close(fd);
  return concat(parts);
}

export function* addHeaders(
  sys: Sys,
  value: string,
  operation: Operation,
  trouble: () => Wrong | undefined,
): Task<Wrong | undefined> {
  if (!value.startsWith("@")) {
    operation.headers.push(value);
    return undefined;
  }
  const text = yield* readInput(sys, value.slice(1));
  if (text === undefined) return trouble();
  operation.headers.push(
    ...decode(text)
      .split(/\r?\n/)
      .filter((line) => line !== "" && !line.startsWith("#")),
  );
  return undefined;
}

export function* addData(
  sys: Sys,
  name: string,
  value: string,
  operation: Operation,
  trouble: (file: string) => Wrong | undefined,
): Task<Wrong | undefined> {
  let bytes: Uint8Array | undefined = encode(value);
  if (name === "data-urlencode") {
    const match = /^([^=@]*)([=@]?)([\s\S]*)$/.exec(value) ?? [];
    const [, key = "", sign = "", rest = ""] = match;
    const content = sign === "@" ? yield* readInput(sys, rest) : encode(sign === "" ? key : rest);
    if (content === undefined) return trouble(rest);
    bytes = encode(`${sign !== "" && key !== "" ? `${key}=` : ""}${percentEncode(content).replaceAll("%20", "+")}`);
  } else if (name !== "data-raw" && value.startsWith("@")) {
    bytes = yield* readInput(sys, value.slice(1));
    if (bytes === undefined) {
      const refused = trouble(value.slice(1));
      if (refused !== undefined) return refused;
      bytes = new Uint8Array(0);
    }
    if (name === "data" || name === "data-ascii")
      bytes = bytes.filter((byte) => byte !== 10 && byte !== 13 && byte !== 0);
  }
  if (name === "json") operation.json = true;
  const before = operation.data;
  const glue = before === undefined || name === "json" ? [] : [encode("&")];
  operation.data = before === undefined ? bytes : concat([before, ...glue, bytes]);
  return undefined;
}

/** curl's own escaping: all but unreserved characters. */
export function percentEncode(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    const letter = String.fromCharCode(byte);
    text += /[A-Za-z0-9._~-]/.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return text;
}

export function* addForm(
  sys: Sys,
  modern: boolean,
  name: string,
  value: string,
  operation: Operation,
  state: Interpreted,
  refuse: (reason: string, status?: number) => Wrong,
): Task<Wrong | undefined> {
  const at = value.indexOf("=");
  if (at < 0) {
    state.warnings.push(`Illegally formatted input field${modern ? "" : "!"}`);
    return refuse("is badly used here");
  }
  const [key, rest] = [value.slice(0, at), value.slice(at + 1)];
  if (name === "form-string" || !/^[@<]/.test(rest)) {
    operation.form.push({ name: key, value: encode(rest) });
    return undefined;
  }
  const [file = "", ...extra] = rest.slice(1).split(";");
  const content = yield* readInput(sys, file);
  if (content === undefined) {
    operation.form.push({ name: key, value: new Uint8Array(0), filename: `\0${file}` });
    return undefined;
  }
  const option = (wanted: string) => extra.find((part) => part.startsWith(`${wanted}=`))?.slice(wanted.length + 1);
  const upload = rest.startsWith("@");
  const filename = upload ? { filename: option("filename") ?? file.slice(file.lastIndexOf("/") + 1) } : {};
  const type = option("type") ?? (upload ? guessType(file) : undefined);
  operation.form.push({ name: key, value: content, ...filename, ...(type === undefined ? {} : { type }) });
  return undefined;
}

function guessType(file: string): string {
  const known: Record<string, string> = {
    gif: "image/gif",
    jpg: "image/jpeg",
    png: "image/png",
    txt: "text/plain",
    htm: "text/html",
    html: "text/html",
    pdf: "application/pdf",
    xml: "application/xml",
  };
  return known[file.slice(file.lastIndexOf(".") + 1)] ?? "application/octet-stream";
}

/** -z: a date, or a file whose time counts; both wrong is three lines of warning and no condition. */
export function timeCondition(sys: Sys, value: string, operation: Operation, state: Interpreted): undefined {
  const text = value.replace(/^[-=+]/, "");
  const parsed = Date.parse(text);
  const stat = Number.isNaN(parsed) ? sys.stat(text) : undefined;
  if (stat !== undefined && isErrno(stat)) {
    state.warnings.push(`Failed to get filetime: ${stat.text}`);
    state.warnings.push(
      "Illegal date format for -z, --time-cond (and not a filename). Disabling time condition. See curl_getdate(3) for valid date syntax.",
    );
    return undefined;
  }
  operation.text.set("time-cond", `${value.startsWith("-") ? "-" : ""}${stat === undefined ? parsed : stat.mtime}`);
  return undefined;
}
