// The keys of the host.

import { isErrno } from "../kernel/errno.ts";
import type { Sys } from "../kernel/sys.ts";
import { toBase64 } from "../lib/crypto/base64.ts";
import { ecKeyFromScalar, edKeyFromSeed, type PrivateKey } from "../lib/crypto/keys.ts";
import { poolKey } from "../lib/crypto/pool.ts";
import { parsePublicLine, privateFile, publicLine } from "../lib/ssh/keys.ts";
import { readText } from "./config.ts";

export const HOST_KEY = "/etc/ssh/ssh_host_ed25519_key";

/** Host keys in the order in which a client is told of them. */
const HOST_KEYS = ["/etc/ssh/ssh_host_rsa_key", "/etc/ssh/ssh_host_ecdsa_key", HOST_KEY];

/** fidelity: host keys are made at the first start where the image brought none; Debian's package does so when it is installed. */
export function ensureHostKey(sys: Sys): void {
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
export function hostBlobs(sys: Sys): string[] {
  return HOST_KEYS.flatMap((path) => {
    const entry = parsePublicLine(readText(sys, `${path}.pub`));
    return entry === undefined ? [] : [toBase64(entry.blob)];
  });
}
