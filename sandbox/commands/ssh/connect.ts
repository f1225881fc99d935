// The way to an open ssh connection: address, host key, known_hosts and its questions, keys and passwords.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { concat, decode, encode } from "../../kernel/text.ts";
import { fromBase64, toBase64 } from "../../lib/crypto/base64.ts";
import type { PrivateKey } from "../../lib/crypto/keys.ts";
import { schemeFor, sign, verify } from "../../lib/crypto/sign.ts";
import { resolveHost } from "../../lib/dns.ts";
import { fingerprint, KEY_TYPES, keyOfBlob, parsePrivateFile, publicBlob, typeOfKey } from "../../lib/ssh/keys.ts";
import { type KnownHost, knownHostLine, namesHost, parseKnownHosts } from "../../lib/ssh/known-hosts.ts";
import { type Frame, type Message, sendMessage, takeFrames, VERSION_LINE } from "../../lib/ssh/wire.ts";
import { findUser } from "../../lib/users.ts";
import type { Target } from "./options.ts";

/** An authenticated connection. */
export interface Connection {
  readonly fd: number;
  pending: Uint8Array;
}

/** ssh ends the lines of its own messages with CR LF. */
/** Words of LogLevel that still let errors through, and those that let warnings through (log.c of OpenSSH). */
const ERRORS = /^(error|info|verbose|debug\d?)$/i;
const WARNINGS = /^(info|verbose|debug\d?)$/i;

/** A message on stderr, unless -q or LogLevel keeps it back. */
export function* say(sys: Sys, { settings }: Pick<Target, "settings">, text: string, told = ERRORS): Task<void> {
  if (told.test(settings.loglevel ?? "info")) yield* sys.write(2, `${text}\r\n`);
}

/** The terminal to ask at: /dev/tty where there is one. */
function terminal(sys: Sys): number | undefined {
  if (sys.info.tty === undefined) return undefined;
  const fd = sys.open(`/dev/${sys.info.tty}`, { read: true, write: true });
  return isErrno(fd) ? undefined : fd;
}

/** Asks at the terminal; undefined where there is none or the answer was cut off. */
function* ask(sys: Sys, question: string, echo: boolean): Task<string | undefined> {
  const fd = terminal(sys);
  if (fd === undefined) return undefined;
  yield* sys.write(fd, `\r${question}`);
  const modes = sys.tcgetattr(fd);
  if (!echo) sys.tcsetattr(fd, { echo: false });
  const bytes = yield* sys.read(fd);
  if (!echo && !isErrno(modes)) sys.tcsetattr(fd, { echo: modes.echo });
  if (!echo) yield* sys.write(fd, "\n");
  sys.close(fd);
  return isErrno(bytes) || bytes.length === 0 ? undefined : decode(bytes).replace(/\n$/, "");
}

/** The next message of the server; data has no place before the session. */
function* nextMessage(sys: Sys, connection: Connection): Task<Message | undefined> {
  for (;;) {
    const { frames, rest } = takeFrames(connection.pending);
    const first: Frame | undefined = frames[0];
    if (first?.kind === "message") {
      const size = connection.pending.length - rest.length;
      const length = new DataView(connection.pending.buffer, connection.pending.byteOffset).getUint32(1) + 5;
      connection.pending = connection.pending.slice(Math.min(length, size));
      return first.message;
    }
    const bytes = yield* sys.read(connection.fd);
    if (isErrno(bytes) || bytes.length === 0) return undefined;
    connection.pending = concat([connection.pending, bytes]);
  }
}

function* reach(sys: Sys, target: Target): Task<number | undefined> {
  const found = yield* resolveHost(sys, target.hostName);
  if (found === undefined) {
    yield* say(sys, target, `ssh: Could not resolve hostname ${target.hostName}: Temporary failure in name resolution`);
    return undefined;
  }
  let why = "";
  for (const address of [...found.v4, ...found.v6]) {
    const timeout = Number(target.settings.connecttimeout ?? 0) * 1000;
    const fd = yield* sys.connect({ family: "tcp", address, port: target.port }, timeout > 0 ? { timeout } : {});
    if (!isErrno(fd)) return fd;
    why = fd.text;
  }
  yield* say(sys, target, `ssh: connect to host ${target.hostName} port ${target.port}: ${why}`);
  return undefined;
}

/** Exchanges version lines; false where nobody at the other end speaks ssh. */
function* exchangeVersions(sys: Sys, connection: Connection): Task<boolean> {
  yield* sys.write(connection.fd, VERSION_LINE);
  for (;;) {
    const newline = connection.pending.indexOf(10);
    if (newline >= 0) {
      const line = decode(connection.pending.subarray(0, newline));
      connection.pending = connection.pending.slice(newline + 1);
      return line.startsWith("SSH-2.0-");
    }
    const bytes = yield* sys.read(connection.fd);
    if (isErrno(bytes) || bytes.length === 0) return false;
    connection.pending = concat([connection.pending, bytes]);
  }
}

const BAR = "@".repeat(59);

/** Checks the host's key against known_hosts, asking where it is new. */
function* trust(sys: Sys, target: Target, connection: Connection, blob: Uint8Array): Task<boolean> {
  const home = findUser(sys, sys.info.uid)?.home ?? "/root";
  const path = knownHostsPath(sys, target);
  const bytes = sys.readFile(path);
  const known = [...parseKnownHosts(isErrno(bytes) ? "" : decode(bytes))];
  const name = nameOf(target);
  const key = toBase64(blob);
  const strict = target.settings.stricthostkeychecking ?? "ask";
  const own = known.filter((entry) => namesHost(entry, name));
  if (own.some((entry) => entry.key === key)) return true;
  const offending = own.at(-1);
  if (offending !== undefined) {
    yield* sayChanged(sys, target, blob, path, offending, name, strict);
    return strict === "no" || strict === "off";
  }
  if (strict === "yes") {
    yield* say(sys, target, `No ED25519 host key is known for ${name} and you have requested strict checking.`);
    return false;
  }
  const others = known.filter((entry) => entry.key === key);
  if (
    strict === "ask" &&
    !(yield* agree(
      sys,
      target,
      connection,
      blob,
      others.map(
        (entry) =>
          `    ${path.replace(home, "~")}:${entry.line}: ${entry.names.startsWith("|1|") ? "[hashed name]" : entry.names}`,
      ),
    ))
  ) {
    return false;
  }
  if (path !== "/dev/null") {
    sys.mkdir(path.slice(0, path.lastIndexOf("/")), 0o700);
    sys.writeFile(path, knownHostLine(name, key, sys.random(20)), { append: true, mode: 0o600 });
  }
  yield* say(sys, target, `Warning: Permanently added '${name}' (ED25519) to the list of known hosts.`, WARNINGS);
  return true;
}

const nameOf = (target: Target) => (target.port === 22 ? target.hostName : `[${target.hostName}]:${target.port}`);

function knownHostsPath(sys: Sys, target: Target): string {
  const home = findUser(sys, sys.info.uid)?.home ?? "/root";
  const setting = target.settings.userknownhostsfile ?? `${home}/.ssh/known_hosts`;
  return setting.split(/\s+/)[0]?.replace(/^~/, home) ?? "";
}

/** A host's other keys go to known_hosts too, once one of them is known (UpdateHostKeys). */
function learnKeys(sys: Sys, target: Target, blobs: readonly string[]): void {
  if (target.settings.userknownhostsfile !== undefined || target.settings.updatehostkeys === "no") return;
  const path = knownHostsPath(sys, target);
  const bytes = sys.readFile(path);
  const own = parseKnownHosts(isErrno(bytes) ? "" : decode(bytes)).filter((each) => namesHost(each, nameOf(target)));
  if (!own.some((each) => blobs.includes(each.key))) return;
  for (const blob of blobs) {
    const key = keyOfBlob(fromBase64(blob) ?? new Uint8Array(0));
    if (key === undefined || own.some((each) => each.key === blob)) continue;
    sys.writeFile(path, knownHostLine(nameOf(target), blob, sys.random(20), typeOfKey(key)), { append: true });
  }
}

function* agree(
  sys: Sys,
  target: Target,
  connection: Connection,
  blob: Uint8Array,
  others: readonly string[],
): Task<boolean> {
  const peer = sys.getpeername(connection.fd);
  const address = isErrno(peer) || peer.family === "unix" ? "" : peer.address;
  const print = fingerprint(blob);
  const also =
    others.length === 0
      ? "This key is not known by any other names."
      : `This host key is known by the following other names/addresses:\n${others.join("\n")}`;
  let question = `The authenticity of host '${target.host} (${address})' can't be established.\nED25519 key fingerprint is ${print}.\n${also}\nAre you sure you want to continue connecting (yes/no/[fingerprint])? `;
  for (;;) {
    const answer = yield* ask(sys, question, true);
    if (answer === undefined || answer === "" || answer.toLowerCase() === "no") return false;
    if (answer.toLowerCase() === "yes" || answer === print) return true;
    question = "Please type 'yes', 'no' or the fingerprint: ";
  }
}

function* sayChanged(
  sys: Sys,
  target: Target,
  blob: Uint8Array,
  path: string,
  offending: KnownHost,
  name: string,
  strict: string,
): Task<void> {
  const lines = [
    BAR,
    "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @",
    BAR,
    "IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!",
    "Someone could be eavesdropping on you right now (man-in-the-middle attack)!",
    "It is also possible that a host key has just been changed.",
    `The fingerprint for the ED25519 key sent by the remote host is\n${fingerprint(blob)}.`,
    "Please contact your system administrator.",
    `Add correct host key in ${path} to get rid of this message.`,
    `Offending ${KEY_TYPES[offending.type] ?? "ED25519"} key in ${path}:${offending.line}`,
    "  remove with:",
    `  ssh-keygen -f '${path}' -R '${name}'`,
  ];
  for (const each of lines) yield* say(sys, target, each);
  if (strict !== "no" && strict !== "off")
    yield* say(sys, target, `Host key for ${target.hostName} has changed and you have requested strict checking.`);
  else yield* say(sys, target, "Password authentication is disabled to avoid man-in-the-middle attacks.");
}

/** A usable private key, with the warnings about files that are not. */
function* loadIdentity(sys: Sys, target: Target, path: string): Task<PrivateKey | undefined> {
  const stat = sys.stat(path);
  if (isErrno(stat)) return undefined;
  if (stat.uid === sys.info.uid && (stat.mode & 0o077) !== 0) {
    const mode = (stat.mode & 0o777).toString(8).padStart(4, "0");
    for (const line of [
      BAR,
      "@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @",
      BAR,
      `Permissions ${mode} for '${path}' are too open.`,
      "It is required that your private key files are NOT accessible by others.",
      "This private key will be ignored.",
      `Load key "${path}": bad permissions`,
    ])
      yield* say(sys, target, line);
    return undefined;
  }
  const bytes = sys.readFile(path);
  if (isErrno(bytes)) {
    yield* say(sys, target, `Load key "${path}": ${bytes.text}`);
    return undefined;
  }
  const key = parsePrivateFile(decode(bytes));
  if (key === undefined) yield* say(sys, target, `Load key "${path}": error in libcrypto`);
  return key;
}

function* authenticate(sys: Sys, target: Target, connection: Connection, session: string): Task<boolean> {
  const { user } = target;
  const send = function* (message: Message): Task<Message | undefined> {
    yield* sendMessage(sys, connection.fd, message);
    return yield* nextMessage(sys, connection);
  };
  const none = yield* send({ type: "auth", user, method: "none" });
  const methods = none?.type === "authorized" ? none.methods : [];
  for (const path of target.identities) {
    const key = yield* loadIdentity(sys, target, path);
    if (key === undefined) continue;
    const blob = toBase64(publicBlob(key));
    const taken = yield* send({ type: "auth", user, method: "publickey", blob });
    if (taken?.type !== "authorized" || !taken.ok) continue;
    const signature = toBase64(sign(key, schemeFor(key), encode(`auth:${session}:${user}`)));
    const answer = yield* send({ type: "auth", user, method: "publickey", blob, signature });
    if (answer?.type === "authorized" && answer.ok) {
      learnKeys(sys, target, answer.hostKeys ?? []);
      return true;
    }
  }
  const batch = target.settings.batchmode === "yes" || target.settings.passwordauthentication === "no";
  const tries = Number(target.settings.numberofpasswordprompts ?? 3);
  for (let i = 0; i < tries && methods.includes("password") && !batch; i++) {
    const password = yield* ask(sys, `${user}@${target.hostName}'s password: `, false);
    if (password === undefined) break;
    const answer = yield* send({ type: "auth", user, method: "password", password });
    if (answer?.type === "authorized" && answer.ok) {
      learnKeys(sys, target, answer.hostKeys ?? []);
      return true;
    }
    if (i < tries - 1) yield* say(sys, target, "Permission denied, please try again.");
  }
  yield* say(sys, target, `${user}@${target.hostName}: Permission denied (${methods.join(",")}).`);
  return false;
}

/** A connection ready for a session; undefined after saying what went wrong. */
export function* openConnection(sys: Sys, target: Target): Task<Connection | undefined> {
  for (const path of target.named) {
    const stat = sys.stat(path);
    if (isErrno(stat)) yield* sys.write(2, `Warning: Identity file ${path} not accessible: ${stat.text}.\n`);
  }
  const fd = yield* reach(sys, target);
  if (fd === undefined) return undefined;
  const connection: Connection = { fd, pending: new Uint8Array(0) };
  if (!(yield* exchangeVersions(sys, connection))) {
    yield* say(
      sys,
      target,
      `kex_exchange_identification: Connection closed by remote host\r\nConnection closed by ${target.hostName} port ${target.port}`,
    );
    return undefined;
  }
  const hello = yield* nextMessage(sys, connection);
  const blob = hello?.type === "hostkey" ? fromBase64(hello.blob) : undefined;
  const key = blob === undefined ? undefined : keyOfBlob(blob);
  if (hello?.type !== "hostkey" || blob === undefined || key === undefined) {
    yield* say(sys, target, `Connection closed by ${target.hostName} port ${target.port}`);
    return undefined;
  }
  const proof = fromBase64(hello.signature);
  const proved = proof !== undefined && verify(key, schemeFor(key), encode(`host:${hello.session}`), proof);
  if (!proved || !(yield* trust(sys, target, connection, blob))) {
    yield* say(sys, target, "Host key verification failed.");
    return undefined;
  }
  if (!(yield* authenticate(sys, target, connection, hello.session))) return undefined;
  return connection;
}
