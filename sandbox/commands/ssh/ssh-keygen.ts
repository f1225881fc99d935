// ssh-keygen: Ed25519, RSA and ECDSA keys, their public halves and fingerprints, host keys, known_hosts.

import { isErrno } from "../../kernel/errno.ts";
import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { fromBase64 } from "../../lib/crypto/base64.ts";
import { ecKeyFromScalar, edKeyFromSeed, type PrivateKey } from "../../lib/crypto/keys.ts";
import { poolKey } from "../../lib/crypto/pool.ts";
import { generateRsaKey } from "../../lib/crypto/rsa.ts";
import {
  fingerprint,
  KEY_TYPES,
  keyOfBlob,
  parsePrivateFile,
  parsePublicLine,
  privateFile,
  publicBlob,
  publicLine,
  sizeOfKey,
  typeOfKey,
} from "../../lib/ssh/keys.ts";
import { namesHost, parseKnownHosts } from "../../lib/ssh/known-hosts.ts";
import { findUser } from "../../lib/users.ts";

const WITH_VALUE = "abCDEFfIJjKMmNnOPRrSstVwYz";

interface Options {
  readonly flags: ReadonlySet<string>;
  readonly values: Readonly<Record<string, string>>;
  readonly error?: string;
}

function parse(args: readonly string[]): Options {
  const flags = new Set<string>();
  const values: Record<string, string> = {};
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as string;
    if (!word.startsWith("-")) return { flags, values, error: "Too many arguments." };
    for (let j = 1; j < word.length; j++) {
      const letter = word[j] as string;
      if (!WITH_VALUE.includes(letter)) {
        flags.add(letter);
        continue;
      }
      const value = word.slice(j + 1) || args[++i];
      if (value === undefined) return { flags, values, error: `option requires an argument -- ${letter}` };
      values[letter] = value;
      break;
    }
  }
  return { flags, values };
}

const readText = (sys: Sys, path: string): string | undefined => {
  const bytes = sys.readFile(path);
  return isErrno(bytes) ? undefined : decode(bytes);
};

/** A line from stdin; undefined at its end. */
function* readLine(sys: Sys, question: string, echo = true): Task<string | undefined> {
  yield* sys.write(1, question);
  const modes = sys.tcgetattr(0);
  if (!echo) sys.tcsetattr(0, { echo: false });
  let line = "";
  for (;;) {
    const byte = yield* sys.read(0, 1);
    if (isErrno(byte) || byte.length === 0) return line === "" ? undefined : line;
    const char = decode(byte);
    if (char === "\n") break;
    line += char;
  }
  if (!echo && !isErrno(modes)) sys.tcsetattr(0, { echo: modes.echo });
  if (!echo) yield* sys.write(1, "\n");
  return line;
}

/** The picture of a key (the drunken bishop of OpenSSH). */
function randomart(digest: Uint8Array, title: string): string {
  const [width, height] = [17, 9];
  const field = Array.from({ length: width * height }, () => 0);
  let x = width >> 1;
  let y = height >> 1;
  for (const byte of digest) {
    for (let shift = 0; shift < 8; shift += 2) {
      const move = (byte >> shift) & 3;
      x = Math.min(width - 1, Math.max(0, x + (move & 1 ? 1 : -1)));
      y = Math.min(height - 1, Math.max(0, y + (move & 2 ? 1 : -1)));
      const at = y * width + x;
      field[at] = Math.min(14, (field[at] as number) + 1);
    }
  }
  const signs = " .o+=*BOX@%&#/^SE";
  field[(height >> 1) * width + (width >> 1)] = 15;
  field[y * width + x] = 16;
  const border = (text: string) => `+${text.padStart(Math.ceil((width + text.length) / 2), "-").padEnd(width, "-")}+`;
  const rows = Array.from(
    { length: height },
    (_, row) =>
      `|${field
        .slice(row * width, (row + 1) * width)
        .map((value) => signs[value])
        .join("")}|`,
  );
  return [border(title), ...rows, border("[SHA256]")].join("\n");
}

function comment(sys: Sys): string {
  return `${findUser(sys, sys.info.uid)?.name ?? "root"}@${sys.hostname}`;
}

/** Types that can be made, with the size where none is asked for. */
const TYPES: Readonly<Record<string, number>> = { ed25519: 256, rsa: 3072, ecdsa: 256 };

/** A new key. fidelity: host keys of RSA come from the pool, to be there at once. */
function* createKey(sys: Sys, type: string, bits: number, host = false): Task<PrivateKey> {
  if (type === "rsa") {
    const [high = 0, low = 0] = host ? sys.random(2) : [];
    return host ? poolKey(high * 256 + low, 0) : yield* generateRsaKey(sys, bits);
  }
  const seed = sys.random(32);
  return type === "ecdsa" ? ecKeyFromScalar("P-256", Uint8Array.of(127, ...seed.subarray(1))) : edKeyFromSeed(seed);
}

function writeKey(sys: Sys, path: string, note: string, key: PrivateKey): { blob: Uint8Array } | { problem: string } {
  const problem = sys.writeFile(path, privateFile(key, note, sys.random(4)), { mode: 0o600 });
  if (problem !== undefined) return { problem: problem.text };
  sys.chmod(path, 0o600);
  sys.writeFile(`${path}.pub`, publicLine(key, note), { mode: 0o644 });
  return { blob: publicBlob(key) };
}

function* generate(sys: Sys, options: Options, type: string): Task<number> {
  const bits = Number(options.values.b ?? TYPES[type]);
  if (type === "rsa" && !(bits >= 1024 && bits <= 16_384)) {
    yield* sys.write(2, `Invalid RSA key length: minimum is 1024 bits\n`);
    return 255;
  }
  if (type === "ecdsa" && bits !== 256) {
    yield* sys.write(2, `ssh-keygen: -b ${bits} is not modelled in this sandbox\n`);
    return 255;
  }
  const quiet = options.flags.has("q");
  const home = findUser(sys, sys.info.uid)?.home ?? "/root";
  const standard = `${home}/.ssh/id_${type}`;
  if (!quiet) yield* sys.write(1, `Generating public/private ${type} key pair.\n`);
  let path = options.values.f;
  if (path === undefined) {
    const typed = yield* readLine(sys, `Enter file in which to save the key (${standard}): `);
    path = typed === undefined || typed === "" ? standard : typed;
  }
  if (!isErrno(sys.stat(path))) {
    yield* sys.write(1, `${path} already exists.\n`);
    const answer = yield* readLine(sys, "Overwrite (y/n)? ");
    if (answer !== "y" && answer !== "Y") return 1;
  }
  if (options.values.N === undefined) {
    const first = yield* readLine(sys, `Enter passphrase for "${path}" (empty for no passphrase): `, false);
    const second = yield* readLine(sys, "Enter same passphrase again: ", false);
    if ((first ?? "") !== (second ?? "")) {
      yield* sys.write(2, "Passphrases do not match.  Try again.\n");
      return 1;
    }
    if ((first ?? "") !== "") {
      yield* sys.write(2, "ssh-keygen: a passphrase is not modelled in this sandbox\n");
      return 1;
    }
  } else if (options.values.N !== "") {
    yield* sys.write(2, "ssh-keygen: a passphrase is not modelled in this sandbox\n");
    return 1;
  }
  const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
  if (folder === `${home}/.ssh` && isErrno(sys.stat(folder)) && sys.mkdir(folder, 0o700) === undefined && !quiet) {
    yield* sys.write(1, `Created directory '${folder}'.\n`);
  }
  const note = options.values.C ?? comment(sys);
  const key = yield* createKey(sys, type, bits);
  const made = writeKey(sys, path, note, key);
  if ("problem" in made) {
    yield* sys.write(2, `Saving key "${path}" failed: ${made.problem}\n`);
    return 1;
  }
  if (quiet) return 0;
  const print = fingerprint(made.blob);
  const art = randomart(
    fromBase64(`${print.slice(7)}=`) ?? new Uint8Array(0),
    `[${KEY_TYPES[typeOfKey(key)]} ${sizeOfKey(key)}]`,
  );
  yield* sys.write(
    1,
    `Your identification has been saved in ${path}\nYour public key has been saved in ${path}.pub\nThe key fingerprint is:\n${print} ${note}\nThe key's randomart image is:\n${art}\n`,
  );
  return 0;
}

/** The blob and comment of a key file, public or private. */
function readKey(sys: Sys, path: string): { blob: Uint8Array; comment: string } | undefined {
  for (const each of [`${path}.pub`, path]) {
    const entry = parsePublicLine((readText(sys, each) ?? "").split("\n")[0] ?? "");
    if (entry !== undefined) return entry;
  }
  const key = parsePrivateFile(readText(sys, path) ?? "");
  return key === undefined ? undefined : { blob: publicBlob(key), comment: "no comment" };
}

function* list(sys: Sys, options: Options): Task<number> {
  const path = options.values.f ?? `${findUser(sys, sys.info.uid)?.home ?? "/root"}/.ssh/id_ed25519`;
  if (readText(sys, path) === undefined && readText(sys, `${path}.pub`) === undefined) {
    yield* sys.write(2, `ssh-keygen: ${path}: No such file or directory\n`);
    return 255;
  }
  const key = readKey(sys, path);
  if (key === undefined) {
    yield* sys.write(2, `ssh-keygen: ${path} is not a public key file.\n`);
    return 255;
  }
  const parsed = keyOfBlob(key.blob);
  const [bits, name] = parsed === undefined ? [256, "ED25519"] : [sizeOfKey(parsed), KEY_TYPES[typeOfKey(parsed)]];
  yield* sys.write(1, `${bits} ${fingerprint(key.blob)} ${key.comment || "no comment"} (${name})\n`);
  return 0;
}

function* publicHalf(sys: Sys, path: string): Task<number> {
  const text = readText(sys, path);
  const key = text === undefined ? undefined : parsePrivateFile(text);
  if (key === undefined) {
    yield* sys.write(2, `Load key "${path}": ${text === undefined ? "No such file or directory" : "invalid format"}\n`);
    return 255;
  }
  const note = parsePublicLine((readText(sys, `${path}.pub`) ?? "").split("\n")[0] ?? "")?.comment ?? "";
  yield* sys.write(1, publicLine(key, note));
  return 0;
}

function* knownHosts(sys: Sys, options: Options): Task<number> {
  const home = findUser(sys, sys.info.uid)?.home ?? "/root";
  const path = options.values.f ?? `${home}/.ssh/known_hosts`;
  const text = readText(sys, path);
  if (text === undefined) {
    yield* sys.write(2, `Cannot stat ${path}: No such file or directory\n`);
    return 255;
  }
  const host = options.values.R ?? options.values.F ?? "";
  const found = parseKnownHosts(text).filter((entry) => namesHost(entry, host));
  if (options.values.R === undefined) {
    for (const entry of found)
      yield* sys.write(1, `# Host ${host} found: line ${entry.line} \n${text.split("\n")[entry.line - 1]}\n`);
    return found.length > 0 ? 0 : 1;
  }
  if (found.length === 0) {
    yield* sys.write(2, `Host ${host} not found in ${path}\n`);
    return 0;
  }
  for (const entry of found) yield* sys.write(1, `# Host ${host} found: line ${entry.line}\n`);
  const gone = new Set(found.map((entry) => entry.line));
  sys.writeFile(`${path}.old`, text, { mode: 0o600 });
  sys.writeFile(
    path,
    text
      .split("\n")
      .filter((_, i) => !gone.has(i + 1))
      .join("\n"),
  );
  yield* sys.write(1, `${path} updated.\nOriginal contents retained as ${path}.old\n`);
  return 0;
}

function* run(sys: Sys, argv: readonly string[]): Task<number> {
  const options = parse(argv.slice(1));
  if (options.error !== undefined) {
    yield* sys.write(
      2,
      `${options.error}\nusage: ssh-keygen [-q] [-C comment] [-f output_keyfile] [-N new_passphrase] [-t ed25519]\n       ssh-keygen -y [-f input_keyfile]\n       ssh-keygen -l [-f input_keyfile]\n       ssh-keygen -F hostname [-f known_hosts_file]\n       ssh-keygen -R hostname [-f known_hosts_file]\n       ssh-keygen -A\n`,
    );
    return 1;
  }
  if (options.flags.has("A")) {
    const missing = ["rsa", "ecdsa", "ed25519"].filter((type) => isErrno(sys.stat(`/etc/ssh/ssh_host_${type}_key`)));
    if (missing.length === 0) return 0;
    yield* sys.write(
      1,
      `ssh-keygen: generating new host keys: ${missing.map((type) => `${type.toUpperCase()} `).join("")}\n`,
    );
    sys.mkdir("/etc/ssh", 0o755);
    for (const type of missing) {
      const key = yield* createKey(sys, type, TYPES[type] ?? 256, true);
      if ("problem" in writeKey(sys, `/etc/ssh/ssh_host_${type}_key`, `root@${sys.hostname}`, key)) return 255;
    }
    return 0;
  }
  if (options.values.R !== undefined || options.values.F !== undefined) return yield* knownHosts(sys, options);
  if (options.flags.has("l")) return yield* list(sys, options);
  if (options.flags.has("y"))
    return yield* publicHalf(
      sys,
      options.values.f ?? `${findUser(sys, sys.info.uid)?.home ?? "/root"}/.ssh/id_ed25519`,
    );
  const type = options.values.t ?? "ed25519";
  if (TYPES[type] === undefined) {
    const known = ["ecdsa-sk", "ed25519-sk"].includes(type);
    yield* sys.write(
      2,
      known ? `ssh-keygen: -t ${type} is not modelled in this sandbox\n` : `unknown key type ${type}\n`,
    );
    return 255;
  }
  return yield* generate(sys, options, type);
}

export const sshKeygen: Program = { name: "ssh-keygen", main: run };
