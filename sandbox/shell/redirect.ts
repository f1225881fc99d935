// Redirections: files, descriptors, here-documents and the /dev/tcp addresses.

import { type Errno, errno, isErrno } from "../kernel/errno.ts";
import type { OpenFlags, Task } from "../kernel/sys.ts";
import { decode, encode } from "../kernel/text.ts";
import type { Redirect, Word } from "./ast.ts";
import { expandString, expandWords } from "./expand.ts";
import { complain, type Shell } from "./state.ts";
import { assign, getValue } from "./vars.ts";

/** How to put a descriptor back: a copy set aside, or -1 where it was closed. */
export interface Undo {
  readonly fd: number;
  readonly copy: number;
}

const FLAGS: Readonly<Record<string, OpenFlags>> = {
  "<": { read: true },
  ">": { write: true, create: true, truncate: true },
  ">|": { write: true, create: true, truncate: true },
  "&>": { write: true, create: true, truncate: true },
  ">>": { write: true, create: true, append: true },
  "&>>": { write: true, create: true, append: true },
  "<>": { read: true, write: true, create: true },
};

/** Puts descriptors back, last change first. */
export function undoRedirects(sh: Shell, undo: readonly Undo[]): void {
  for (const { fd, copy } of [...undo].reverse()) {
    if (copy < 0) sh.sys.close(fd);
    else {
      sh.sys.dup(copy, fd);
      sh.sys.close(copy);
    }
  }
}

/** Carries out redirections. False: one failed and was complained about. With `undo` the old descriptors are set aside. */
export function* applyRedirects(sh: Shell, redirs: readonly Redirect[] | undefined, undo?: Undo[]): Task<boolean> {
  const builtin = sh.builtin;
  sh.builtin = "";
  try {
    for (const redirect of redirs ?? []) if (!(yield* applyRedirect(sh, redirect, undo))) return false;
    return true;
  } finally {
    sh.builtin = builtin;
  }
}

function setAside(sh: Shell, fd: number, undo: Undo[] | undefined): void {
  if (undo === undefined) return;
  const copy = sh.sys.dupAside(fd, 10);
  undo.push({ fd, copy: isErrno(copy) ? -1 : copy });
}

function* applyRedirect(sh: Shell, redirect: Redirect, undo: Undo[] | undefined): Task<boolean> {
  const { op } = redirect;
  if (op === "<<" || op === "<<-" || op === "<<<") return yield* openDocument(sh, redirect, undo);
  const text = yield* targetText(sh, redirect);
  if (text === undefined) return false;
  if (op === ">&" || op === "<&") {
    if (/^\d+-?$|^-$/.test(text)) return yield* duplicate(sh, redirect, text, undo);
    // `word-` asks to move a descriptor, which only a number names.
    if (op === "<&" || redirect.fd !== undefined || /[^-]-$/.test(text)) {
      yield* complain(sh, `${text.replace(/-$/, "")}: ambiguous redirect`);
      return false;
    }
    // `>& file` means both streams.
    return yield* openFile(sh, { ...redirect, op: "&>" }, text, undo);
  }
  return yield* openFile(sh, redirect, text, undo);
}

/** The one word a target expands to. */
function* targetText(sh: Shell, redirect: Redirect): Task<string | undefined> {
  const { target } = redirect;
  const words = yield* expandWords(sh, [target]);
  const isOne = words.length === 1 && words[0] !== undefined;
  if (isOne && !(words[0] === "" && redirect.op.includes("&"))) return words[0];
  yield* complain(sh, `${target.raw}: ambiguous redirect`);
  return undefined;
}

function* openFile(sh: Shell, redirect: Redirect, path: string, undo: Undo[] | undefined): Task<boolean> {
  const { sys } = sh;
  let fd = yield* openPath(sh, redirect, path);
  if (isErrno(fd)) return false;
  if (typeof redirect.fd === "string") return yield* storeDescriptor(sh, redirect.fd, fd);
  const wanted = redirect.fd ?? (redirect.op.startsWith("<") ? 0 : 1);
  if (fd !== wanted) {
    setAside(sh, wanted, undo);
    sys.dup(fd, wanted);
    sys.close(fd);
    fd = wanted;
  } else undo?.push({ fd, copy: -1 });
  if (redirect.op.startsWith("&")) {
    setAside(sh, 2, undo);
    sys.dup(1, 2);
  }
  return true;
}

function* openPath(sh: Shell, redirect: Redirect, path: string): Task<number | Errno> {
  const { sys, state } = sh;
  const net = /^\/dev\/(tcp|udp)\/([^/]+)\/([^/]+)$/.exec(path);
  if (net !== null) return yield* openNetwork(sh, path, net[1] as "tcp" | "udp", net[2] ?? "", net[3] ?? "");
  const noClobber = state.options.has("noclobber") && (redirect.op === ">" || redirect.op === "&>");
  if (noClobber) {
    const stat = sys.stat(path);
    if (!isErrno(stat) && stat.type === "file") {
      yield* complain(sh, `${path}: cannot overwrite existing file`);
      return errno("EEXIST");
    }
  }
  const fd = sys.open(path, FLAGS[redirect.op] as OpenFlags);
  if (isErrno(fd)) yield* complain(sh, `${path}: ${fd.text}`);
  return fd;
}

/** `/dev/tcp/HOST/PORT`: a connection. */
function* openNetwork(
  sh: Shell,
  path: string,
  family: "tcp" | "udp",
  host: string,
  port: string,
): Task<number | Errno> {
  const { sys } = sh;
  const address = host === "localhost" ? "127.0.0.1" : /^[\d.]+$|:/.test(host) ? host : lookUpHost(sh, host);
  if (address === undefined) {
    yield* sys.write(
      2,
      `${sh.state.name.split("/").at(-1) ?? "bash"}: ${host}: Temporary failure in name resolution\n`,
    );
    yield* complain(sh, `${path}: Invalid argument`);
    return errno("EINVAL");
  }
  const fd = yield* sys.connect({ family, address, port: Number(port) });
  if (isErrno(fd)) {
    yield* sys.write(2, `${sh.state.name.split("/").at(-1) ?? "bash"}: connect: ${fd.text}\n`);
    yield* complain(sh, `${path}: ${fd.text}`);
  }
  return fd;
}

function lookUpHost(sh: Shell, host: string): string | undefined {
  const bytes = sh.sys.readFile("/etc/hosts");
  if (isErrno(bytes)) return undefined;
  for (const line of decode(bytes).split("\n")) {
    const words = line.replace(/#.*/, "").trim().split(/\s+/);
    if (words.slice(1).includes(host)) return words[0];
  }
  return undefined;
}

function* storeDescriptor(sh: Shell, name: string, fd: number): Task<boolean> {
  const high = sh.sys.dupAside(fd, 10);
  if (isErrno(high)) return false;
  // The copy must reach children, so it is made an ordinary descriptor by duplicating it onto itself.
  sh.sys.dup(fd, high);
  sh.sys.close(fd);
  const match = /^(\w+)(?:\[(.*)\])?$/.exec(name);
  const problem = assign(sh, match?.[1] ?? name, String(high), match?.[2]);
  if (problem === "readonly") yield* complain(sh, `${name}: readonly variable`);
  return problem === undefined;
}

function* duplicate(sh: Shell, redirect: Redirect, text: string, undo: Undo[] | undefined): Task<boolean> {
  const { sys } = sh;
  const isOut = redirect.op === ">&";
  if (typeof redirect.fd === "string") {
    const match = /^(\w+)(?:\[(.*)\])?$/.exec(redirect.fd);
    if (text === "-") {
      const value = getValue(sh, match?.[1] ?? "") ?? "";
      sys.close(Number(value));
      return true;
    }
    const copy = sys.dupAside(Number(text), 10);
    if (isErrno(copy)) {
      yield* complain(sh, `${text}: ${copy.text}`);
      return false;
    }
    sys.dup(Number(text), copy);
    assign(sh, match?.[1] ?? "", String(copy), match?.[2]);
    return true;
  }
  const wanted = redirect.fd ?? (isOut ? 1 : 0);
  if (text === "-") {
    setAside(sh, wanted, undo);
    sys.close(wanted);
    return true;
  }
  const from = Number.parseInt(text, 10);
  if (isErrno(sys.fdTarget(from))) {
    yield* complain(sh, `${redirect.target.raw}: Bad file descriptor`);
    return false;
  }
  if (from === wanted) return true;
  setAside(sh, wanted, undo);
  sys.dup(from, wanted);
  if (text.endsWith("-")) {
    setAside(sh, from, undo);
    sys.close(from);
  }
  return true;
}

/** A here-document or here-string: through a pipe where it fits, else through a file that has no name any more. */
function* openDocument(sh: Shell, redirect: Redirect, undo: Undo[] | undefined): Task<boolean> {
  const { sys } = sh;
  const body =
    redirect.op === "<<<"
      ? `${yield* expandString(sh, redirect.target)}\n`
      : yield* expandString(sh, redirect.body as Word);
  const bytes = encode(body);
  let fd: number;
  if (bytes.length <= 4096) {
    const pipe = sys.pipe();
    yield* sys.write(pipe.write, bytes);
    sys.close(pipe.write);
    fd = pipe.read;
  } else {
    const path = `/tmp/sh-thd.${Array.from(sys.random(6), (byte) => "abcdefghijklmnopqrstuvwxyz0123456789"[byte % 36]).join("")}`;
    const failed = sys.writeFile(path, bytes, { mode: 0o600, exclusive: true });
    const opened = failed ?? sys.open(path, { read: true });
    sys.unlink(path);
    if (isErrno(opened)) {
      yield* complain(sh, `cannot create temp file for here-document: ${opened.text}`);
      return false;
    }
    fd = opened;
  }
  if (typeof redirect.fd === "string") return yield* storeDescriptor(sh, redirect.fd, fd);
  const wanted = redirect.fd ?? 0;
  if (fd !== wanted) {
    setAside(sh, wanted, undo);
    sys.dup(fd, wanted);
    sys.close(fd);
  } else undo?.push({ fd, copy: -1 });
  return true;
}
