// sshd: a service on port 22. Keys and passwords are checked for real; sessions are processes of the machine on pseudo-terminals or pipes.

import { isErrno } from "../kernel/errno.ts";
import type { Data, ExitStatus, Program, Sys, Task } from "../kernel/sys.ts";
import { concat, decode, encode } from "../kernel/text.ts";
import { fromBase64, toBase64 } from "../lib/crypto/base64.ts";
import { ecKeyFromScalar, edKeyFromSeed, type PrivateKey } from "../lib/crypto/keys.ts";
import { poolKey } from "../lib/crypto/pool.ts";
import { schemeFor, sign, verify } from "../lib/crypto/sign.ts";
import { checkPassword } from "../lib/password.ts";
import {
  fingerprint,
  KEY_TYPES,
  keyOfBlob,
  parsePrivateFile,
  parsePublicLine,
  privateFile,
  publicBlob,
  publicLine,
  typeOfKey,
} from "../lib/ssh/keys.ts";
import { type Message, sendFrame, sendMessage, takeFrames, VERSION_LINE } from "../lib/ssh/wire.ts";
import { findUser, readGroups, type User } from "../lib/users.ts";

interface Session {
  phase: "version" | "auth" | "open" | "ended";
  pending: Uint8Array;
  session: string;
  user: string;
  tries: number;
  pid: number;
  /** Pseudo-terminal, or -1. */
  master: number;
  slave: string;
  input: number;
  output: number;
  error: number;
  peer: string;
  port: number;
}

interface SshdState {
  sessions: Record<number, Session>;
  /** Descriptor of a terminal or pipe → connection it belongs to. */
  outputs: Record<number, number>;
  nextSession: number;
  lastLogin: Record<string, string>;
}

const stateOf = (sys: Sys): SshdState => sys.kept as unknown as SshdState;
const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const HOST_KEY = "/etc/ssh/ssh_host_ed25519_key";
/** Host keys in the order in which a client is told of them. */
const HOST_KEYS = ["/etc/ssh/ssh_host_rsa_key", "/etc/ssh/ssh_host_ecdsa_key", HOST_KEY];

function readText(sys: Sys, path: string): string {
  const bytes = sys.readFile(path);
  return isErrno(bytes) ? "" : decode(bytes);
}

/** A setting of sshd_config or its drop-ins; the first line that sets it wins, as in the real one. */
function setting(sys: Sys, key: string, fallback: string): string {
  const entries = sys.readdir("/etc/ssh/sshd_config.d");
  const names = isErrno(entries)
    ? []
    : entries
        .map((entry) => entry.name)
        .filter((name) => name.endsWith(".conf"))
        .sort();
  for (const path of [...names.map((name) => `/etc/ssh/sshd_config.d/${name}`), "/etc/ssh/sshd_config"]) {
    for (const line of readText(sys, path).split("\n")) {
      const [word = "", value = ""] = line.trim().split(/[\s=]+/);
      if (word.toLowerCase() === key.toLowerCase()) return value.toLowerCase();
    }
  }
  return fallback;
}

function* log(sys: Sys, text: string): Task<void> {
  const fd = yield* sys.connect({ family: "unix", path: "/dev/log" });
  if (isErrno(fd)) return;
  yield* sys.write(fd, `<38>sshd-session[${sys.pid}]: ${text}\n`);
  sys.close(fd);
}

/** fidelity: host keys are made at the first start where the image brought none; Debian's package does so when it is installed. */
function ensureHostKey(sys: Sys): void {
  const entries = sys.readdir("/etc/ssh");
  if (!isErrno(entries) && entries.some((entry) => entry.name.startsWith("ssh_host_"))) return;
  sys.mkdir("/etc/ssh", 0o755);
  const [seed, scalar, [high = 0, low = 0]] = [sys.random(32), sys.random(32), sys.random(2)];
  const keys: PrivateKey[] = [
    poolKey(high * 256 + low, 0),
    ecKeyFromScalar("P-256", Uint8Array.of(127, ...scalar.subarray(1))),
    edKeyFromSeed(seed),
  ];
  keys.forEach((key, i) => {
    const path = HOST_KEYS[i] as string;
    sys.writeFile(path, privateFile(key, `root@${sys.hostname}`, sys.random(4)), { mode: 0o600 });
    sys.writeFile(`${path}.pub`, publicLine(key, `root@${sys.hostname}`), { mode: 0o644 });
  });
}

/** The public halves of all host keys, as blobs. */
function hostBlobs(sys: Sys): string[] {
  return HOST_KEYS.flatMap((path) => {
    const entry = parsePublicLine(readText(sys, `${path}.pub`));
    return entry === undefined ? [] : [toBase64(entry.blob)];
  });
}

/** Options of sshd that take a word, those that take none, and what the command line says. */
function readArgs(argv: readonly string[]): {
  has: Set<string>;
  ports: number[];
  settings: string[];
  bad: string | undefined;
} {
  const has = new Set<string>();
  const ports: number[] = [];
  const settings: string[] = [];
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i] ?? "";
    if (!/^-./.test(word)) return { has, ports, settings, bad: `Extra argument ${word}.` };
    for (let at = 1; at < word.length; at++) {
      const letter = word[at] ?? "";
      if ("46DdeGiqTtV".includes(letter)) has.add(letter);
      else if ("CEbcfghkopu".includes(letter)) {
        const value = word.slice(at + 1) || argv[++i];
        if (value === undefined) return { has, ports, settings, bad: `option requires an argument -- ${letter}` };
        if (letter === "p") ports.push(Number(value));
        if (letter === "o") settings.push(value);
        break;
      } else return { has, ports, settings, bad: `unknown option -- ${letter}` };
    }
  }
  return { has, ports, settings, bad: undefined };
}

/** Marks the process that stays when sshd puts itself into the background. */
const DAEMON = "SSHD_DAEMON";
const USAGE =
  "usage: sshd [-46DdeGiqTtV] [-C connection_spec] [-c host_cert_file]\n            [-E log_file] [-f config_file] [-g login_grace_time]\n            [-h host_key_file] [-o option] [-p port] [-u len]\n";

function* start(sys: Sys, argv: readonly string[]): Task<number | undefined> {
  const asked = readArgs(argv);
  if (asked.bad !== undefined) {
    const extra = asked.bad.startsWith("Extra");
    yield* sys.write(
      2,
      extra ? `${asked.bad}\n` : `${asked.bad}\nOpenSSH_10.0p2 Debian-7, OpenSSL 3.5.4 30 Sep 2025\n${USAGE}`,
    );
    return 1;
  }
  for (const letter of "TGdif") {
    if (!asked.has.has(letter)) continue;
    yield* sys.write(2, `sshd: -${letter} is not modelled in this sandbox\n`);
    return 1;
  }
  if (!(argv[0] ?? "").startsWith("/") && !asked.has.has("t") && sys.env.NOTIFY_SOCKET === undefined) {
    yield* sys.write(2, "sshd requires execution with an absolute path\n");
    return 255;
  }
  ensureHostKey(sys);
  if (parsePrivateFile(readText(sys, HOST_KEY)) === undefined) {
    yield* sys.write(2, "sshd: no hostkeys available -- exiting.\n");
    return 1;
  }
  if (asked.has.has("t")) return 0;
  if (!asked.has.has("D") && sys.env.NOTIFY_SOCKET === undefined && sys.env[DAEMON] === undefined) {
    const nowhere = sys.open("/dev/null", { read: true, write: true });
    const fds = isErrno(nowhere) ? {} : { 0: nowhere, 1: nowhere, 2: nowhere };
    sys.spawn({ path: "/usr/sbin/sshd", argv, env: { ...sys.env, [DAEMON]: "1" }, session: true, fds });
    return 0;
  }
  sys.kept = { sessions: {}, outputs: {}, nextSession: 100, lastLogin: {} } as unknown as Data;
  const given = asked.settings.find((text) => /^port[\s=]/i.test(text))?.replace(/^port[\s=]+/i, "");
  const port = asked.ports[0] ?? Number(given ?? setting(sys, "Port", "22"));
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    yield* sys.write(2, "Bad port number.\n");
    return 1;
  }
  // Its pipes to sshd-auth and the configuration it passes on come first: the sockets are 6 and 7.
  while (sys.openFds().length < 6) sys.open("/dev/null", { read: true });
  const fds = [
    sys.listen({ family: "tcp", address: "0.0.0.0", port, backlog: 128 }),
    sys.listen({ family: "tcp", address: "::", port, v6only: true, backlog: 128 }),
  ];
  const fd = fds.find((each) => !isErrno(each)) ?? fds[0];
  if (fd === undefined || isErrno(fd)) {
    yield* sys.write(
      2,
      `error: Bind to port ${port} on 0.0.0.0 failed: ${fd?.text}.\nerror: Bind to port ${port} on :: failed: ${fd?.text}.\nfatal: Cannot bind any address.\n`,
    );
    return 255;
  }
  sys.setMemory(11_780, 8_148);
  sys.setTitle(`sshd: ${argv.join(" ")} [listener] 0 of 10-100 startups`);
  yield* sys.write(2, `Server listening on 0.0.0.0 port ${port}.\nServer listening on :: port ${port}.\n`);
  if (sys.env.NOTIFY_SOCKET !== undefined) {
    const notify = yield* sys.connect({ family: "unix", path: sys.env.NOTIFY_SOCKET });
    if (!isErrno(notify)) {
      yield* sys.write(notify, "READY=1\n");
      sys.close(notify);
    }
  }
  return undefined;
}

function* connection(sys: Sys, fd: number): Task<void> {
  const peer = sys.getpeername(fd);
  const tcp = isErrno(peer) || peer.family === "unix" ? { address: "", port: 0 } : peer;
  stateOf(sys).sessions[fd] = {
    phase: "version",
    pending: new Uint8Array(0),
    session: hex(sys.random(16)),
    user: "",
    tries: 0,
    pid: 0,
    master: -1,
    slave: "",
    input: -1,
    output: -1,
    error: -1,
    peer: tcp.address,
    port: tcp.port,
  };
  sys.watch(fd);
  yield* sys.write(fd, VERSION_LINE);
}

function close(sys: Sys, fd: number): void {
  const state = stateOf(sys);
  const session = state.sessions[fd];
  if (session === undefined) return;
  for (const own of [session.master, session.input, session.output, session.error]) {
    if (own < 0) continue;
    delete state.outputs[own];
    sys.watch(own, false);
    sys.close(own);
  }
  if (session.pid > 0) sys.kill(session.pid, "SIGHUP");
  delete state.sessions[fd];
  sys.watch(fd, false);
  sys.close(fd);
}

/** Proves to the client that the host has its key. */
function* greet(sys: Sys, fd: number, session: Session): Task<void> {
  const key = parsePrivateFile(readText(sys, HOST_KEY));
  if (key === undefined) {
    close(sys, fd);
    return;
  }
  const blob = toBase64(publicBlob(key));
  const signature = toBase64(sign(key, schemeFor(key), encode(`host:${session.session}`)));
  session.phase = "auth";
  yield* sendMessage(sys, fd, { type: "hostkey", blob, session: session.session, signature });
}

function authorizedKeys(sys: Sys, user: User): string[] {
  const blobs: string[] = [];
  for (const line of readText(sys, `${user.home}/.ssh/authorized_keys`).split("\n")) {
    const entry = line.startsWith("#") ? undefined : parsePublicLine(line);
    if (entry !== undefined) blobs.push(toBase64(entry.blob));
  }
  return blobs;
}

/** Whether an attempt succeeds. A public key without signature asks whether it would be taken. */
function attempt(sys: Sys, session: Session, message: Message & { type: "auth" }): boolean {
  const user = findUser(sys, message.user);
  if (user === undefined || user.shell.endsWith("nologin")) return false;
  const root = setting(sys, "PermitRootLogin", "prohibit-password");
  if (user.uid === 0 && root === "no") return false;
  if (
    message.method === "publickey" &&
    message.blob !== undefined &&
    setting(sys, "PubkeyAuthentication", "yes") === "yes"
  ) {
    if (!authorizedKeys(sys, user).includes(message.blob)) return false;
    if (message.signature === undefined) return true;
    const key = keyOfBlob(fromBase64(message.blob) ?? new Uint8Array(0));
    const signature = fromBase64(message.signature);
    if (key === undefined || signature === undefined) return false;
    return verify(key, schemeFor(key), encode(`auth:${session.session}:${message.user}`), signature);
  }
  if (message.method !== "password" || setting(sys, "PasswordAuthentication", "yes") !== "yes") return false;
  if (user.uid === 0 && root !== "yes") return false;
  return checkPassword(sys, message.user, message.password ?? "");
}

function* authenticate(sys: Sys, fd: number, session: Session, message: Message & { type: "auth" }): Task<void> {
  const ok = attempt(sys, session, message);
  const methods = ["publickey", ...(setting(sys, "PasswordAuthentication", "yes") === "yes" ? ["password"] : [])];
  const probe = message.method === "publickey" && message.signature === undefined;
  const from = `from ${session.peer} port ${session.port} ssh2`;
  if (ok && !probe && message.method !== "none") {
    session.phase = "open";
    session.user = message.user;
    const blob = fromBase64(message.blob ?? "") ?? new Uint8Array(0);
    const key = message.method === "publickey" ? keyOfBlob(blob) : undefined;
    const how =
      key !== undefined
        ? `publickey for ${message.user} ${from}: ${KEY_TYPES[typeOfKey(key)]} ${fingerprint(blob)}`
        : `password for ${message.user} ${from}`;
    yield* log(sys, `Accepted ${how}`);
  } else if (!ok && message.method === "password") {
    session.tries += 1;
    const invalid = findUser(sys, message.user) === undefined ? "invalid user " : "";
    yield* log(sys, `Failed password for ${invalid}${message.user} ${from}`);
  }
  const hostKeys = session.phase === "open" ? { hostKeys: hostBlobs(sys) } : {};
  yield* sendMessage(sys, fd, { type: "authorized", ok, methods, ...hostKeys });
}

/** Starts what the client asked for. */
function* open(sys: Sys, fd: number, session: Session, message: Message & { type: "session" }): Task<void> {
  const state = stateOf(sys);
  const user = findUser(sys, session.user);
  if (user === undefined) return close(sys, fd);
  const number = state.nextSession++;
  const groups = readGroups(sys)
    .filter((group) => group.members.includes(user.name))
    .map((group) => group.gid);
  const shell = user.shell === "" ? "/bin/sh" : user.shell;
  const name = shell.slice(shell.lastIndexOf("/") + 1);
  const pty = message.pty === undefined ? undefined : sys.openpty(message.pty);
  const local = sys.getsockname(fd);
  const here = isErrno(local) || local.family === "unix" ? { address: "", port: 22 } : local;
  const env: Record<string, string> = {
    USER: user.name,
    LOGNAME: user.name,
    HOME: user.home,
    SHELL: shell,
    LANG: message.lang ?? "C.UTF-8",
    PATH:
      user.uid === 0
        ? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        : "/usr/local/bin:/usr/bin:/bin:/usr/games",
    SSH_CLIENT: `${session.peer} ${session.port} ${here.port}`,
    SSH_CONNECTION: `${session.peer} ${session.port} ${here.address} ${here.port}`,
    ...(pty === undefined ? {} : { SSH_TTY: `/dev/${pty.slave}`, TERM: message.pty?.term ?? "xterm-256color" }),
  };
  const argv = message.command === undefined ? [`-${name}`] : [name, "-c", message.command];
  const common = {
    path: shell,
    argv,
    env,
    cwd: isErrno(sys.stat(user.home)) ? "/" : user.home,
    uid: user.uid,
    gid: user.gid,
    groups: [user.gid, ...groups],
    session: true,
    cgroup: `/user.slice/user-${user.uid}.slice/session-${number}.scope`,
    umask: 0o022,
  };
  if (pty !== undefined) {
    session.master = pty.master;
    session.slave = pty.slave;
    state.outputs[pty.master] = fd;
    if (message.command === undefined)
      yield* sendFrame(sys, fd, { kind: "data", bytes: encode(greeting(sys, session).replaceAll("\n", "\r\n")) });
    const tty = sys.open(`/dev/${pty.slave}`, { read: true, write: true });
    if (isErrno(tty)) return close(sys, fd);
    const pid = sys.spawn({ ...common, tty: pty.slave, fds: { 0: tty, 1: tty, 2: tty } });
    sys.close(tty);
    session.pid = isErrno(pid) ? 0 : pid;
    sys.watch(pty.master);
  } else {
    const [input, output, error] = [sys.pipe(), sys.pipe(), sys.pipe()];
    const pid = sys.spawn({ ...common, fds: { 0: input.read, 1: output.write, 2: error.write } });
    for (const end of [input.read, output.write, error.write]) sys.close(end);
    Object.assign(session, { pid: isErrno(pid) ? 0 : pid, input: input.write, output: output.read, error: error.read });
    for (const end of [output.read, error.read]) {
      state.outputs[end] = fd;
      sys.watch(end);
    }
  }
  yield* log(
    sys,
    `pam_unix(sshd:session): session opened for user ${user.name}(uid=${user.uid}) by ${user.name}(uid=0)`,
  );
}

/** /etc/motd and the last login. */
function greeting(sys: Sys, session: Session): string {
  const { lastLogin } = stateOf(sys);
  const last = lastLogin[session.user];
  const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const now = new Date(sys.now());
  const clock = now.toISOString().slice(11, 19);
  lastLogin[session.user] =
    `${days[now.getUTCDay()]} ${months[now.getUTCMonth()]} ${String(now.getUTCDate()).padStart(2)} ${clock} ${now.getUTCFullYear()} from ${session.peer}`;
  return `${readText(sys, "/etc/motd")}${last === undefined ? "" : `Last login: ${last}\n`}`;
}

function* take(sys: Sys, fd: number, session: Session, message: Message): Task<void> {
  switch (message.type) {
    case "auth":
      if (session.phase === "auth") yield* authenticate(sys, fd, session, message);
      return;
    case "session":
      if (session.phase === "open" && session.pid === 0) yield* open(sys, fd, session, message);
      return;
    case "resize":
      if (session.master >= 0) sys.setWindowSize(session.master, message);
      return;
    case "eof":
      if (session.input >= 0) sys.close(session.input);
      session.input = -1;
      return;
    default:
      return;
  }
}

function* fromClient(sys: Sys, fd: number, session: Session): Task<void> {
  const bytes = yield* sys.read(fd);
  if (isErrno(bytes) || bytes.length === 0) return close(sys, fd);
  session.pending = concat([session.pending, bytes]);
  if (session.phase === "version") {
    const newline = session.pending.indexOf(10);
    if (newline < 0) return;
    if (!decode(session.pending.subarray(0, 4)).startsWith("SSH-")) {
      yield* sys.write(fd, "Invalid SSH identification string.\r\n");
      return close(sys, fd);
    }
    session.pending = session.pending.slice(newline + 1);
    yield* greet(sys, fd, session);
  }
  const { frames, rest } = takeFrames(session.pending);
  session.pending = rest;
  for (const frame of frames) {
    if (frame.kind === "message") yield* take(sys, fd, session, frame.message);
    else {
      const target = session.master >= 0 ? session.master : session.input;
      if (target >= 0) yield* sys.write(target, frame.bytes);
    }
  }
}

function* fromSession(sys: Sys, fd: number, client: number): Task<void> {
  const session = stateOf(sys).sessions[client];
  const bytes = yield* sys.read(fd);
  if (isErrno(bytes) || bytes.length === 0) {
    sys.watch(fd, false);
    return;
  }
  yield* sendFrame(sys, client, { kind: session?.error === fd ? "error" : "data", bytes });
}

function* childEnded(sys: Sys, pid: number, status: ExitStatus): Task<void> {
  const state = stateOf(sys);
  const found = Object.entries(state.sessions).find(([, session]) => session.pid === pid);
  if (found === undefined || status.kind === "stopped") return;
  const [fd, session] = [Number(found[0]), found[1]];
  yield* sys.rest();
  session.pid = 0;
  for (const own of [session.master, session.output, session.error]) {
    while (own >= 0 && sys.readable(own)) {
      const bytes = yield* sys.read(own);
      if (isErrno(bytes) || bytes.length === 0) break;
      yield* sendFrame(sys, fd, { kind: own === session.error ? "error" : "data", bytes });
    }
  }
  if (stateOf(sys).sessions[fd] === undefined) return;
  const exit: Message =
    status.kind === "exited"
      ? { type: "exit", status: status.code }
      : { type: "exit", status: 255, signal: status.signal };
  yield* sendMessage(sys, fd, exit);
  yield* log(sys, `pam_unix(sshd:session): session closed for user ${session.user}`);
  close(sys, fd);
}

export const sshd: Program = {
  name: "sshd",
  service: {
    start,
    connection,
    *readable(sys, fd) {
      const state = stateOf(sys);
      const session = state.sessions[fd];
      const client = state.outputs[fd];
      if (session !== undefined) yield* fromClient(sys, fd, session);
      else if (client !== undefined) yield* fromSession(sys, fd, client);
      else sys.watch(fd, false);
    },
    child: childEnded,
    signals: ["SIGHUP", "SIGTERM"],
    *signal(sys, signal) {
      if (signal === "SIGTERM") yield* sys.exit(0);
    },
  },
};
