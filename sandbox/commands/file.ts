// file: guesses what a file holds, from its first bytes.

import { type Errno, isErrno } from "../kernel/errno.ts";
import type { Stat, Sys } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { defineCommand } from "./define.ts";

/** Kinds of text by how they begin; the first that fits is told. */
const TEXTS: readonly (readonly [pattern: RegExp, name: string, mime: string])[] = [
  [/^#! ?\/(?:usr\/)?bin\/(?:env )?bash/, "Bourne-Again shell script", "text/x-shellscript"],
  [/^#! ?\/(?:usr\/)?bin\/(?:env )?(?:da)?sh/, "POSIX shell script", "text/x-shellscript"],
  [/^#! ?\/(?:usr\/)?(?:local\/)?bin\/(?:env )?python3?/, "Python script", "text/x-script.python"],
  [/^-----BEGIN CERTIFICATE-----/, "PEM certificate", "text/plain"],
  [/^-----BEGIN CERTIFICATE REQUEST-----/, "PEM certificate request", "text/plain"],
  [/^-----BEGIN RSA PRIVATE KEY-----/, "PEM RSA private key", "text/plain"],
  [/^-----BEGIN EC PRIVATE KEY-----/, "PEM EC private key", "text/plain"],
  [/^-----BEGIN PRIVATE KEY-----/, "OpenSSH private key (no password)", "text/plain"],
  [/^-----BEGIN OPENSSH PRIVATE KEY-----/, "OpenSSH private key", "text/plain"],
  [/^ssh-rsa /, "OpenSSH RSA public key", "text/plain"],
  [/^<\?xml/, "XML 1.0 document", "text/xml"],
  [/^<!doctype html/i, "HTML document", "text/html"],
  [/^%PDF-1\.(\d)/, "PDF document", "application/pdf"],
];

const MAGIC: readonly (readonly [bytes: readonly number[], text: string, mime: string])[] = [
  [[0x1f, 0x8b], "gzip compressed data", "application/gzip"],
  [[0x89, 0x50, 0x4e, 0x47], "PNG image data", "image/png"],
  [[0x50, 0x4b, 3, 4], "Zip archive data, at least v2.0 to extract, compression method=deflate", "application/zip"],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], "XZ compressed data, checksum CRC64", "application/x-xz"],
  [[0x28, 0xb5, 0x2f, 0xfd], "Zstandard compressed data (v0.8+), Dictionary ID: None", "application/zstd"],
];

function describe(sys: Sys, path: string, stat: Stat, bytes: Uint8Array | Errno, mime: boolean): string {
  if (stat.type === "directory") return mime ? "inode/directory" : `${stat.mode & 0o1000 ? "sticky, " : ""}directory`;
  if (stat.type === "symlink") {
    const target = sys.readlink(path);
    const broken = isErrno(sys.stat(path));
    return mime ? "inode/symlink" : `${broken ? "broken " : ""}symbolic link to ${isErrno(target) ? "" : target}`;
  }
  if (stat.type === "fifo") return mime ? "inode/fifo" : "fifo (named pipe)";
  if (stat.type === "socket") return mime ? "inode/socket" : "socket";
  if (stat.type === "char" || stat.type === "block")
    return mime
      ? `inode/${stat.type === "char" ? "chardevice" : "blockdevice"}`
      : `${stat.type === "char" ? "character" : "block"} special (${stat.rdev?.join("/")})`;
  if (isErrno(bytes)) return mime ? "regular file, no read permission" : "regular file, no read permission";
  if (bytes.length === 0) return mime ? "inode/x-empty" : "empty";
  if (bytes[0] === 0x7f && bytes[1] === 0x45) {
    return mime
      ? "application/x-pie-executable"
      : "ELF 64-bit LSB pie executable, x86-64, version 1 (SYSV), dynamically linked, interpreter /lib64/ld-linux-x86-64.so.2, for GNU/Linux 3.2.0, stripped";
  }
  for (const [magic, text, type] of MAGIC) if (magic.every((byte, i) => bytes[i] === byte)) return mime ? type : text;
  return describeText(bytes, mime);
}

function describeText(bytes: Uint8Array, mime: boolean): string {
  const text = decode(bytes);
  const binary = /[\x00-\x06\x0e-\x1a\x1c-\x1f\x7f]/.test(text) || /[\udc80-\udcff]/.test(text);
  if (binary) return mime ? "application/octet-stream" : "data";
  const unicode = /[^\x00-\x7f]/.test(text);
  const coding = unicode ? "Unicode text, UTF-8" : "ASCII";
  const charset = unicode ? "utf-8" : "us-ascii";
  const crlf = (text.match(/\r\n/g) ?? []).length;
  const lf = (text.match(/\n/g) ?? []).length;
  const longest = Math.max(...text.split("\n").map((line) => line.length));
  const ends =
    crlf > 0
      ? crlf === lf
        ? ", with CRLF line terminators"
        : ", with CRLF, LF line terminators"
      : lf === 0
        ? ", with no line terminators"
        : "";
  const long = longest > 300 ? `, with very long lines (${longest})` : "";
  const kind = TEXTS.find(([pattern]) => pattern.test(text));
  if (mime) return `${kind?.[2] ?? (isJson(text) ? "application/json" : "text/plain")}; charset=${charset}`;
  if (kind?.[1].startsWith("PEM") || kind?.[1].startsWith("OpenSSH")) return kind[1];
  if (kind?.[1].includes("script"))
    return `${kind[1]}, ${coding}${unicode ? " text" : " text"} executable${long}${ends}`.replace(
      "Unicode text, UTF-8 text",
      "Unicode text, UTF-8 text",
    );
  if (kind !== undefined) return `${kind[1]}, ${coding} text${long}${ends}`;
  if (isJson(text)) return "JSON text data";
  return `${coding} text${long}${ends}`;
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export const file = defineCommand({
  name: "file",
  package: "file",
  versionText: "file-%",
  summary: "Determine type of FILEs.",
  usage: ["[OPTION...] [FILE...]"],
  options: `
    b,brief  do not prepend filenames to output lines
    i,mime  output MIME type strings
    ,mime-type  output the MIME type
    ,mime-encoding  output the MIME encoding
    h,no-dereference  don't follow symlinks (default)
    L,dereference  follow symlinks
    k,keep-going  don't stop at the first match
    s,special-files  treat special files as ordinary ones
    z,uncompress  try to look inside compressed files
    v  output version information and exit`,
  *run(io, sys) {
    if (io.operands.length === 0) {
      io.printError(
        "Usage: file [-bcCdEhikLlNnprsSvzZ0] [--apple] [--extension] [--mime-encoding]\n            [--mime-type] [-e <testname>] [-F <separator>]  [-f <namefile>]\n            [-m <magicfiles>] [-P <parameter=value>] [--exclude-quiet]\n            <file> ...\n       file -C [-m <magicfiles>]\n       file [--help]\n",
      );
      return 1;
    }
    const width = Math.max(...io.operands.map((path) => path.length)) + 1;
    const mime = io.has("i") || io.has("mime-type") || io.has("mime-encoding");
    for (const path of io.operands) {
      const stat = path === "-" ? sys.fstat(0) : io.has("L") ? sys.stat(path) : sys.lstat(path);
      let text: string;
      if (isErrno(stat)) text = `cannot open \`${path}' (${stat.text})`;
      else {
        const bytes =
          path === "-" ? yield* io.readFd(0) : stat.type === "file" ? sys.readFile(path) : new Uint8Array(0);
        text = describe(sys, path, path === "-" ? { ...stat, type: "file" } : stat, bytes, mime);
        if (io.has("mime-type")) text = text.replace(/; charset=.*/, "");
        if (io.has("mime-encoding")) text = /charset=(.*)/.exec(text)?.[1] ?? "binary";
        if (io.has("i") && !text.includes("charset")) text += "; charset=binary";
      }
      io.print(`${io.has("b") ? "" : `${path === "-" ? "/dev/stdin" : path}:`.padEnd(width + 1)}${text}\n`);
    }
    return 0;
  },
});
