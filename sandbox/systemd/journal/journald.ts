// journald: takes lines from services, syslog and PID 1 at its sockets, adds what it knows of the sender, appends to the journal's file.

import { isErrno } from "../../kernel/errno.ts";
import type { Data, Program, Sys, Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import { entryLine, type Fields, JOURNAL_FOLDER, senderLine } from "./file.ts";

/** A file grows to this many bytes, then a new one is begun; of the old ones the newest few stay. */
const FILE_LIMIT = 256 * 1024;
const FILES_KEPT = 3;

/** In this order they are looked at: what PID 1 and its children say of a service comes before what the service says. */
const KINDS = ["socket", "stdout", "dev-log"] as const;
type Kind = (typeof KINDS)[number];

/** A connection of a sender. */
interface Stream {
  kind: Kind;
  pid: number;
  uid: number;
  gid: number;
  /** Header lines of a stdout stream still to come; then identifier, unit and priority are known. */
  header: string[];
  partial: string;
  id: string;
  /** The sender as it was when it came: it may be gone before its line is read. */
  seen: Seen | undefined;
}

type Seen = { comm: string; exe: string; argv: readonly string[]; cgroup: string };

interface JournalState {
  listeners: Record<number, Kind>;
  streams: Record<number, Stream>;
  /** Key → number of the senders written to the current file. */
  senders: Record<string, number>;
  nextSender: number;
  seq: number;
  time: number;
  size: number;
  archived: number;
  kernelSeen: number;
}

const stateOf = (sys: Sys): JournalState => sys.kept as unknown as JournalState;

const folderOf = (sys: Sys): string => `${JOURNAL_FOLDER}/${sys.machine.machineId}`;
const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Unit, slice and the like that a control group path tells. */
function cgroupFields(cgroup: string): Fields {
  const parts = cgroup.split("/").filter((part) => part !== "");
  const slice = parts.filter((part) => part.endsWith(".slice")).at(-1);
  const unit = parts.find((part) => /\.(?:service|scope|mount|socket)$/.test(part));
  return {
    ...(slice === undefined ? {} : { _SYSTEMD_SLICE: slice }),
    ...(cgroup === "/" || cgroup === "" ? {} : { _SYSTEMD_CGROUP: cgroup }),
    ...(unit === undefined ? {} : { _SYSTEMD_UNIT: unit }),
  };
}

/** What is known of a sender, all but the message. */
function senderFields(
  sys: Sys,
  pid: number,
  uid: number,
  gid: number,
  transport: string,
  more: Fields,
  seen?: Seen,
): Fields {
  const process = sys.process(pid) ?? seen;
  const { machineId, bootId } = sys.machine;
  return {
    ...(transport === "kernel" ? {} : { _UID: String(uid), _GID: String(gid) }),
    _BOOT_ID: bootId,
    _MACHINE_ID: machineId,
    _HOSTNAME: sys.hostname,
    _RUNTIME_SCOPE: "system",
    ...(uid === 0 && transport !== "kernel"
      ? { _CAP_EFFECTIVE: transport === "driver" ? "25402800cf" : "1fffeffffff" }
      : {}),
    _TRANSPORT: transport,
    ...more,
    ...(process === undefined
      ? {}
      : {
          _COMM: process.comm,
          _EXE: process.exe,
          _CMDLINE: process.argv.join(" "),
          ...cgroupFields(pid === 1 ? "/init.scope" : process.cgroup),
        }),
    ...(pid > 0 ? { _PID: String(pid) } : {}),
    ...invocationField(sys, process?.cgroup),
  };
}

/** The invocation of the sender's unit, which PID 1 keeps as a link for those who ask. */
function invocationField(sys: Sys, cgroup: string | undefined): Fields {
  const unit = cgroup === undefined ? undefined : cgroupFields(cgroup)._SYSTEMD_UNIT;
  const id = unit === undefined ? undefined : sys.readlink(`/run/systemd/units/invocation:${unit}`);
  return id === undefined || isErrno(id) ? {} : { _SYSTEMD_INVOCATION_ID: id };
}

/** Appends one entry. */
function append(sys: Sys, sender: Fields, priority: number, message: string, more: Fields, time?: number): void {
  const state = stateOf(sys);
  if (state.size > FILE_LIMIT) rotate(sys);
  const key = Object.values(sender).join("\0");
  let text = "";
  let number = state.senders[key];
  if (number === undefined) {
    number = state.nextSender++;
    state.senders[key] = number;
    text = senderLine(number, sender);
  }
  state.time = Math.max(state.time + 1, time ?? Math.round(sys.now() * 1000));
  state.seq += 1;
  text += entryLine(state.time, state.seq, number, priority, message, more);
  const bytes = encode(text);
  state.size += bytes.length;
  const path = `${folderOf(sys)}/system.journal`;
  if (sys.writeFile(path, bytes, { append: true, mode: 0o640 }) !== undefined) prepareFolder(sys);
}

function prepareFolder(sys: Sys): void {
  const group = 999;
  for (const path of [JOURNAL_FOLDER, folderOf(sys)]) {
    sys.mkdir(path, 0o2755);
    sys.chown(path, 0, group);
    sys.chmod(path, 0o2755);
  }
  const file = `${folderOf(sys)}/system.journal`;
  if (isErrno(sys.stat(file))) sys.writeFile(file, "", { mode: 0o640 });
  sys.chmod(file, 0o640);
  sys.chown(file, 0, group);
}

/** Puts the file aside and begins a new one; the oldest are thrown away. */
function rotate(sys: Sys): void {
  const state = stateOf(sys);
  const folder = folderOf(sys);
  state.archived += 1;
  sys.rename(`${folder}/system.journal`, `${folder}/system@${String(state.archived).padStart(8, "0")}.journal`);
  sys.unlink(`${folder}/system@${String(state.archived - FILES_KEPT).padStart(8, "0")}.journal`);
  state.senders = {};
  state.size = 0;
  prepareFolder(sys);
}

/** `<3>text`: priority and the rest. */
function takePriority(line: string, fallback: number): readonly [number, string, number | undefined] {
  const match = /^<(\d{1,3})>/.exec(line);
  if (match === null) return [fallback, line, undefined];
  const value = Number(match[1]);
  return [value & 7, line.slice(match[0].length), value >> 3];
}

function stdoutLine(sys: Sys, stream: Stream, line: string): void {
  if (stream.header.length < 7) {
    stream.header.push(line);
    return;
  }
  const [identifier = "", unit = "", level = "6", prefix = "1"] = stream.header;
  const [priority, text] = prefix === "1" ? takePriority(line, Number(level)) : [Number(level), line];
  const limit = unit === "" ? "" : sys.readlink(`/run/systemd/units/log-level-max:${unit}`);
  if (text.trim() === "" || (limit !== "" && !isErrno(limit) && priority > Number(limit))) return;
  const named = {
    SYSLOG_FACILITY: "3",
    ...(identifier === "" ? {} : { SYSLOG_IDENTIFIER: identifier }),
    _STREAM_ID: stream.id,
  };
  const sender = senderFields(sys, stream.pid, stream.uid, stream.gid, "stdout", named);
  const own =
    sender._SYSTEMD_UNIT === undefined && unit !== ""
      ? { ...sender, _SYSTEMD_UNIT: unit, _SYSTEMD_SLICE: "system.slice" }
      : sender;
  append(sys, own, priority, text, {});
}

function recordLine(sys: Sys, stream: Stream, line: string): void {
  const {
    PRIORITY = "6",
    SYSLOG_IDENTIFIER,
    MESSAGE = "",
    PID,
    TIME,
    ...more
  } = JSON.parse(line) as Record<string, string>;
  if (PID !== undefined && stream.uid === 0) more._PID = PID;
  const named = SYSLOG_IDENTIFIER === undefined ? {} : { SYSLOG_IDENTIFIER };
  const facility = stream.pid === 1 ? { SYSLOG_FACILITY: "3" } : {};
  const sender = senderFields(sys, stream.pid, stream.uid, stream.gid, "journal", { ...facility, ...named });
  // A child of PID 1 that failed before its exec is gone by now; what it said names its unit.
  const gone = sender._COMM === undefined && stream.uid === 0 && more.UNIT !== undefined;
  const own = gone
    ? { ...sender, _COMM: SYSLOG_IDENTIFIER ?? "", _SYSTEMD_UNIT: more.UNIT as string, _SYSTEMD_SLICE: "system.slice" }
    : sender;
  append(sys, own, Number(PRIORITY), MESSAGE, more, stream.pid === 1 && TIME !== undefined ? Number(TIME) : undefined);
}

function syslogLine(sys: Sys, stream: Stream, line: string): void {
  const [priority, rest, facility] = takePriority(line, 5);
  const stamp = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d /.exec(rest)?.[0] ?? "";
  const body = rest.slice(stamp.length);
  const match = /^([^\s[:]+)(?:\[(\d+)\])?: ?/.exec(body);
  const named = {
    ...(facility === undefined ? {} : { SYSLOG_FACILITY: String(facility) }),
    ...(match === null ? {} : { SYSLOG_IDENTIFIER: match[1] as string }),
    ...(match?.[2] === undefined ? {} : { SYSLOG_PID: match[2] }),
  };
  const text = match === null ? body : body.slice(match[0].length);
  const said = stamp === "" ? {} : { SYSLOG_TIMESTAMP: stamp };
  append(
    sys,
    senderFields(sys, stream.pid, stream.uid, stream.gid, "syslog", named, stream.seen),
    priority,
    text,
    said,
  );
}

const LINES = { stdout: stdoutLine, socket: recordLine, "dev-log": syslogLine } as const;

/** Takes what the kernel has said since. */
function readKernel(sys: Sys): void {
  const state = stateOf(sys);
  const lines = sys.dmesg();
  for (const { priority, text } of lines.slice(state.kernelSeen)) {
    append(
      sys,
      senderFields(sys, 0, 0, 0, "kernel", { SYSLOG_FACILITY: "0", SYSLOG_IDENTIFIER: "kernel" }),
      priority,
      text,
      {},
    );
  }
  state.kernelSeen = lines.length;
}

/** A line of journald's own. */
function speak(sys: Sys, text: string, more: Fields = {}): void {
  const named = { SYSLOG_FACILITY: "3", SYSLOG_IDENTIFIER: "systemd-journald" };
  append(sys, senderFields(sys, sys.pid, 0, 0, "driver", named), 6, text, more);
}

function* start(sys: Sys): Task<number | undefined> {
  const state: JournalState = {
    listeners: {},
    streams: {},
    senders: {},
    nextSender: 0,
    seq: 0,
    time: 0,
    size: 0,
    archived: 0,
    kernelSeen: 0,
  };
  sys.kept = state as unknown as Data;
  KINDS.forEach((kind, i) => {
    state.listeners[3 + i] = kind;
  });
  prepareFolder(sys);
  const size = sys.stat(`${folderOf(sys)}/system.journal`);
  if (!isErrno(size) && size.size > 0) rotate(sys);
  sys.setMemory(44_000, 14_200);
  readKernel(sys);
  speak(sys, "Journal started", { MESSAGE_ID: "f77379a8490b408bbe5f6940505a777b" });
  return undefined;
}

function seenOf(sys: Sys, pid: number): Seen | undefined {
  const process = sys.process(pid);
  if (process === undefined) return undefined;
  const { comm, exe, argv, cgroup } = process;
  return { comm, exe, argv, cgroup };
}

function* connection(sys: Sys, fd: number, listener: number): Task<void> {
  const kind = stateOf(sys).listeners[listener];
  const peer = sys.peerCredentials(fd);
  if (kind === undefined || isErrno(peer)) {
    sys.close(fd);
    return;
  }
  const id = kind === "stdout" ? hex(sys.random(16)) : "";
  stateOf(sys).streams[fd] = {
    kind,
    ...peer,
    header: [],
    partial: "",
    id,
    seen: kind === "dev-log" ? seenOf(sys, peer.pid) : undefined,
  };
  sys.watch(fd);
}

function* readable(sys: Sys, fd: number): Task<void> {
  const state = stateOf(sys);
  const stream = state.streams[fd];
  if (sys.dmesg().length !== state.kernelSeen) readKernel(sys);
  const bytes = yield* sys.read(fd);
  if (stream === undefined) return;
  const ended = isErrno(bytes) || bytes.length === 0;
  const text = stream.partial + (isErrno(bytes) ? "" : decode(bytes));
  const lines = text.split("\n");
  stream.partial = lines.pop() ?? "";
  if (ended && stream.partial !== "") lines.push(stream.partial);
  for (const line of lines) LINES[stream.kind](sys, stream, line);
  if (!ended) return;
  sys.watch(fd, false);
  sys.close(fd);
  delete state.streams[fd];
}

/** The journal daemon. PID 1 passes its listening sockets as descriptors 3, 4 and 5. */
export const journald: Program = {
  name: "systemd-journald",
  service: {
    start,
    connection,
    readable,
    signals: ["SIGTERM", "SIGUSR1", "SIGUSR2"],
    *signal(sys, signal) {
      if (signal === "SIGTERM") yield* sys.exit(0);
      else if (signal === "SIGUSR2") {
        rotate(sys);
        speak(sys, "Received client request to rotate journal, rotating.");
      }
    },
  },
};
