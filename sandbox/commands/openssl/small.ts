// Small subcommands of openssl: passwd, rehash, and what crl and ca say before they have anything to work on.

import { isErrno } from "../../kernel/errno.ts";
import { concat, decode, encode } from "../../kernel/text.ts";
import { hash } from "../../lib/crypto/hash.ts";
import { hashPassword } from "../../lib/password.ts";
import { certificatesFromPem } from "../../lib/x509/certificate.ts";
import { readConfig } from "./config.ts";
import { nameHash } from "./name-hash.ts";
import type { Subcommand } from "./tool.ts";

const ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** Which bytes of the digest stand together in the text: MD5-crypt's own order. */
const TRIPLES = [
  [0, 6, 12],
  [1, 7, 13],
  [2, 8, 14],
  [3, 9, 15],
  [4, 10, 5],
];

function in64(value: number, count: number): string {
  return Array.from({ length: count }, (_, i) => ALPHABET[(value >> (6 * i)) & 63]).join("");
}

/** `$1$salt$hash`, and with another magic word `$apr1$`. */
function md5Crypt(password: string, salt: string, magic: string): string {
  const [key, seasoning] = [encode(password), encode(salt.slice(0, 8))];
  const inner = hash("md5", concat([key, seasoning, key]));
  const parts: Uint8Array[] = [key, encode(`$${magic}$`), seasoning];
  for (let left = key.length; left > 0; left -= 16) parts.push(inner.subarray(0, Math.min(16, left)));
  for (let bits = key.length; bits > 0; bits >>= 1) parts.push(bits & 1 ? new Uint8Array(1) : key.subarray(0, 1));
  let digest = hash("md5", concat(parts));
  for (let round = 0; round < 1000; round++) {
    const list = [round % 2 === 1 ? key : digest];
    if (round % 3 !== 0) list.push(seasoning);
    if (round % 7 !== 0) list.push(key);
    digest = hash("md5", concat([...list, round % 2 === 1 ? digest : key]));
  }
  const byte = (at: number | undefined) => digest[at ?? 0] ?? 0;
  const text = TRIPLES.map(([a, b, c]) => in64((byte(a) << 16) | (byte(b) << 8) | byte(c), 4)).join("");
  return `$${magic}$${salt.slice(0, 8)}$${text}${in64(byte(11), 2)}`;
}

export const passwd: Subcommand = {
  options: "help in: noverify stdin quiet table reverse salt: 6 5 apr1 1 aixmd5 rand: provider:",
  operands: "any",
  *run(tool) {
    for (const kind of ["5", "aixmd5"])
      if (tool.has(kind)) {
        tool.error(`openssl: passwd -${kind} is not modelled in this sandbox`);
        return 1;
      }
    const reads = tool.has("stdin") || tool.has("in");
    const read = reads ? decode(yield* tool.readInput(tool.value("in"))).split("\n") : [];
    if (read.at(-1) === "") read.pop();
    const given = reads ? read : tool.operands;
    if (given.length === 0) {
      tool.error("openssl: passwd without a password on its command line is not modelled in this sandbox");
      return 1;
    }
    const long = tool.has("6");
    const bytes = tool.sys.random(long ? 16 : 8);
    const salt = tool.value("salt") ?? Array.from(bytes, (byte) => ALPHABET[byte & 63]).join("");
    for (const password of given) {
      const made = long ? hashPassword(password, salt) : md5Crypt(password, salt, tool.has("apr1") ? "apr1" : "1");
      tool.print(tool.has("table") ? `${password}\t${made}\n` : `${made}\n`);
    }
    return 0;
  },
};

export const rehash: Subcommand = {
  options: "help compat old n v h provider:",
  operands: "any",
  *run(tool) {
    const { sys } = tool;
    for (const folder of tool.operands.length > 0 ? tool.operands : ["/usr/lib/ssl/certs"]) {
      const entries = sys.readdir(folder);
      if (isErrno(entries)) {
        tool.error(`Skipping ${folder}, can't write`);
        return 1;
      }
      if (tool.has("v")) tool.print(`Doing ${folder}\n`);
      for (const { name, type } of entries)
        if (type === "symlink" && /^[\da-f]{8}\.r?\d+$/.test(name) && !tool.has("n")) sys.unlink(`${folder}/${name}`);
      const used = new Map<string, number>();
      for (const { name } of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
        if (!/\.(?:pem|crt|cer|crl)$/.test(name)) continue;
        const bytes = sys.readFile(`${folder}/${name}`);
        const found = isErrno(bytes) ? [] : certificatesFromPem(decode(bytes));
        const [certificate] = found;
        if (certificate === undefined || found.length > 1) {
          tool.error(`rehash: warning: skipping ${name},it does not contain exactly one certificate or CRL`);
          continue;
        }
        const sum = nameHash(certificate.subject);
        const count = used.get(sum) ?? 0;
        used.set(sum, count + 1);
        if (tool.has("v")) tool.print(`link ${name} -> ${sum}.${count}\n`);
        if (!tool.has("n")) sys.symlink(name, `${folder}/${sum}.${count}`);
      }
    }
    return 0;
  },
};

export const crl: Subcommand = {
  options:
    "help in: inform: key: keyform: out: outform: dateopt: text hash hash_old nameopt: issuer lastupdate nextupdate noout fingerprint crlnumber badsig gendelta: CApath: CAfile: CAstore: no-CAfile no-CApath verify provider:",
  digests: true,
  *run(tool) {
    const path = tool.value("in");
    const bytes = yield* tool.readAll(path);
    const name = path ?? "<stdin>";
    if (isErrno(bytes)) tool.error(`Could not open file or uri for loading CRL from ${name}: ${bytes.text}`);
    else if (decode(bytes).includes("-----BEGIN X509 CRL-----"))
      tool.error("openssl: crl is not modelled in this sandbox");
    else tool.error(`Could not find CRL from ${name}`);
    return 1;
  },
};

export const ca: Subcommand = {
  options:
    "help verbose quiet in: inform: out: outdir: notext batch config: name: section: passin: key: keyfile: keyform: cert: certform: CA: selfsign startdate: enddate: days: not_before: not_after: subj: utf8 extensions: extfile: policy: md: noemailDN preserveDN gencrl crldays: crlhours: crlsec: crl_lastupdate: crl_nextupdate: crlexts: revoke: valid: status: updatedb crl_reason: infiles ss_cert: spkac: create_serial rand_serial multivalue-rdn sigopt: provider:",
  operands: "any",
  *run(tool) {
    const config = tool.value("config");
    tool.error(`Using configuration from ${config ?? "/usr/lib/ssl/openssl.cnf"}`);
    if (config !== undefined) yield* readConfig(tool, config);
    const key = tool.value("keyfile") ?? "./demoCA/private/cakey.pem";
    const there = tool.sys.stat(key);
    if (isErrno(there) && config === undefined)
      tool.error(`Could not open file or uri for loading CA private key from ${key}: ${there.text}`);
    else tool.error("openssl: ca is not modelled in this sandbox");
    return 1;
  },
};
