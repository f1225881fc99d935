// scp: files to and from another machine, over an ssh session.

import { isErrno } from "../../kernel/errno.ts";
import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { concat, decode } from "../../kernel/text.ts";
import { sendFrame, sendMessage, takeFrames } from "../../lib/ssh/wire.ts";
import { type Connection, openConnection } from "./connect.ts";
import { resolveTarget, type SshArguments } from "./options.ts";

const USAGE = `usage: scp [-346ABCOpqRrsTv] [-c cipher] [-D sftp_server_path] [-F ssh_config]
           [-i identity_file] [-J destination] [-l limit] [-o ssh_option]
           [-P port] [-S program] [-X sftp_option] source ... target
`;

interface Place {
  readonly host: string | undefined;
  readonly path: string;
}

/** `[user@]host:path`, or a path here. */
function placeOf(word: string): Place {
  const colon = word.indexOf(":");
  const slash = word.indexOf("/");
  if (colon <= 0 || (slash >= 0 && slash < colon)) return { host: undefined, path: word };
  return { host: word.slice(0, colon), path: word.slice(colon + 1) || "." };
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const base = (path: string): string => path.replace(/\/+$/, "").replace(/^.*\//, "");

/** Runs a command over there, with bytes for its input. */
function* remote(
  sys: Sys,
  connection: Connection,
  command: string,
  input: Uint8Array,
): Task<{ status: number; out: Uint8Array; err: string }> {
  yield* sendMessage(sys, connection.fd, { type: "session", command });
  for (let at = 0; at < input.length; at += 16_384)
    yield* sendFrame(sys, connection.fd, { kind: "data", bytes: input.subarray(at, at + 16_384) });
  yield* sendMessage(sys, connection.fd, { type: "eof" });
  const out: Uint8Array[] = [];
  let err = "";
  for (;;) {
    const { frames, rest } = takeFrames(connection.pending);
    connection.pending = rest;
    for (const frame of frames) {
      if (frame.kind === "data") out.push(frame.bytes);
      else if (frame.kind === "error") err += decode(frame.bytes);
      else if (frame.message.type === "exit") return { status: frame.message.status, out: concat(out), err };
    }
    const bytes = yield* sys.read(connection.fd);
    if (isErrno(bytes) || bytes.length === 0) return { status: 255, out: concat(out), err: "" };
    connection.pending = concat([connection.pending, bytes]);
  }
}

type Given = Pick<SshArguments, "flags" | "values">;

/** Opens a connection for one transfer: a session carries one command. */
function* open(sys: Sys, host: string, given: Given): Task<Connection | undefined> {
  const connection = yield* openConnection(sys, resolveTarget(sys, host, given));
  if (connection === undefined) yield* sys.write(2, "scp: Connection closed\r\n");
  return connection;
}

/** The reason at the end of a shell's complaint. */
const reason = (err: string): string => err.trim().replace(/^.*: /s, "") || "Failure";

function* progress(sys: Sys, name: string, size: number): Task<void> {
  if (!sys.isatty(1)) return;
  const columns = sys.windowSize(1);
  const width = (isErrno(columns) ? 80 : columns.columns) - 36;
  const amount =
    size < 10_000
      ? `${size}  `
      : size < 10_240_000
        ? `${Math.floor(size / 1024)}KB`
        : `${Math.floor(size / 1048576)}MB`;
  yield* sys.write(1, `\r${name.slice(0, width).padEnd(width)} 100% ${amount.padStart(6)}   1.2MB/s   00:00    \r\n`);
}

/** `away`: nothing was transferred, which scp ends with 255. */
type Outcome = "good" | "bad" | "away";

function* upload(sys: Sys, from: string, to: Place, given: Given): Task<Outcome> {
  const connection = yield* open(sys, to.host ?? "", given);
  if (connection === undefined) return "away";
  const stat = sys.stat(from);
  if (isErrno(stat)) {
    yield* sys.write(2, `scp: stat local "${from}": ${stat.text}\r\n`);
    sys.close(connection.fd);
    return "away";
  }
  if (stat.type === "directory") {
    yield* sys.write(
      2,
      `scp: local "${from}" is not a regular file\r\nscp: failed to upload file ${from} to ${to.path}\r\n`,
    );
    return "bad";
  }
  const bytes = sys.readFile(from);
  if (isErrno(bytes)) {
    yield* sys.write(
      2,
      `scp: open local "${from}": ${bytes.text}\r\nscp: failed to upload file ${from} to ${to.path}\r\n`,
    );
    return "bad";
  }
  const path = quote(to.path.replace(/^~\//, "./"));
  const mode = (stat.mode & 0o777).toString(8);
  const script = `p=${path}; [ -d "$p" ] && p="$p"/${quote(base(from))}; new=1; [ -e "$p" ] && new=0; cat > "$p" && { [ $new = 0 ] || chmod ${mode} "$p"; }`;
  const done = yield* remote(sys, connection, script, bytes);
  sys.close(connection.fd);
  if (done.status === 0) {
    if (!given.flags.has("q")) yield* progress(sys, base(from), bytes.length);
    return "good";
  }
  yield* sys.write(
    2,
    `scp: dest open "${to.path}": ${reason(done.err)}\r\nscp: failed to upload file ${from} to ${to.path}\r\n`,
  );
  return "bad";
}

function* download(sys: Sys, from: Place, to: string, given: Given): Task<Outcome> {
  const connection = yield* open(sys, from.host ?? "", given);
  if (connection === undefined) return "away";
  const done = yield* remote(sys, connection, `cat -- ${quote(from.path)}`, new Uint8Array(0));
  sys.close(connection.fd);
  if (done.status !== 0) {
    const why = reason(done.err);
    const text =
      why === "Is a directory"
        ? `scp: download ${from.path}: not a regular file`
        : why === "Permission denied"
          ? `scp: remote open "${from.path}": Permission denied`
          : `scp: ${from.path}: ${why}`;
    yield* sys.write(2, `${text}\r\n`);
    return "bad";
  }
  const stat = sys.stat(to);
  const path = !isErrno(stat) && stat.type === "directory" ? `${to.replace(/\/$/, "")}/${base(from.path)}` : to;
  const problem = sys.writeFile(path, done.out);
  if (problem !== undefined) {
    yield* sys.write(2, `scp: open local "${path}": ${problem.text}\r\n`);
    return "bad";
  }
  if (!given.flags.has("q")) yield* progress(sys, base(from.path), done.out.length);
  return "good";
}

function* run(sys: Sys, argv: readonly string[]): Task<number> {
  const values: Record<string, string[]> = {};
  const words: string[] = [];
  const flags = new Set<string>();
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i] as string;
    if (!/^-./.test(word)) words.push(word);
    else if ("cDFiJloPSX".includes(word[1] as string))
      values[word[1] as string] = [...(values[word[1] as string] ?? []), word.slice(2) || (argv[++i] ?? "")];
    else for (const letter of word.slice(1)) flags.add(letter);
  }
  if (words.length < 2) {
    yield* sys.write(2, USAGE);
    return 1;
  }
  if (flags.has("r")) {
    yield* sys.write(2, "scp: -r is not modelled in this sandbox\n");
    return 1;
  }
  const target = placeOf(words.at(-1) as string);
  let status = 0;
  const note = (outcome: Outcome) => {
    status ||= { good: 0, bad: 1, away: 255 }[outcome];
  };
  for (const word of words.slice(0, -1)) {
    const source = placeOf(word);
    if (source.host !== undefined && target.host === undefined)
      note(yield* download(sys, source, target.path, { flags, values }));
    else if (source.host === undefined && target.host !== undefined)
      note(yield* upload(sys, source.path, target, { flags, values }));
    else {
      yield* sys.write(2, "scp: a copy between two hosts or two files here is not modelled in this sandbox\n");
      status ||= 1;
    }
  }
  return status;
}

export const scp: Program = { name: "scp", main: run };
