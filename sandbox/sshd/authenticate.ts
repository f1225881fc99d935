// Who may come in: public keys and passwords.

import type { Sys, Task } from "../kernel/sys.ts";
import { encode } from "../kernel/text.ts";
import { fromBase64, toBase64 } from "../lib/crypto/base64.ts";
import { schemeFor, verify } from "../lib/crypto/sign.ts";
import { checkPassword } from "../lib/password.ts";
import { fingerprint, KEY_TYPES, keyOfBlob, parsePublicLine, typeOfKey } from "../lib/ssh/keys.ts";
import { type Message, sendMessage } from "../lib/ssh/wire.ts";
import { findUser, type User } from "../lib/users.ts";
import { readText, setting } from "./config.ts";
import { hostBlobs } from "./host-keys.ts";
import { log } from "./log.ts";
import type { Session } from "./state.ts";

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

export function* authenticate(sys: Sys, fd: number, session: Session, message: Message & { type: "auth" }): Task<void> {
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
