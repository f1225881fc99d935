// dgst and the digests by name, rand, enc and base64.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { concat, decode, encode } from "../../kernel/text.ts";
import { children, fromHex, readElement, toHex } from "../../lib/asn1/der.ts";
import { decryptCbc, encryptCbc } from "../../lib/crypto/aes.ts";
import { fromBase64, toBase64 } from "../../lib/crypto/base64.ts";
import { bytesToKey, deriveKey } from "../../lib/crypto/encrypted.ts";
import { type HashName, hash, hmacOf } from "../../lib/crypto/hash.ts";
import { schemeFor, sign, verify } from "../../lib/crypto/sign.ts";
import { loadKey, loadPublicKey, tryDer } from "./load.ts";
import { colonHex } from "./print.ts";
import { digestOf } from "./req.ts";
import type { Subcommand, Tool } from "./tool.ts";

const NAMES: Readonly<Record<HashName, string>> = {
  md5: "MD5",
  sha1: "SHA1",
  sha224: "SHA2-224",
  sha256: "SHA2-256",
  sha384: "SHA2-384",
  sha512: "SHA2-512",
};

const OPTIONS =
  "help list c r out: passin: sign: verify: prverify: signature: keyform: hex binary d debug fips-fingerprint hmac: mac: sigopt: macopt: xoflen: rand: provider:";

export const dgst: Subcommand = { options: OPTIONS, operands: "any", digests: true, run: (tool) => digest(tool) };

/** `openssl sha256 …` is `dgst -sha256 …`. */
export const namedDigest = (name: HashName): Subcommand => ({
  options: OPTIONS,
  operands: "any",
  digests: true,
  *run(tool) {
    if (!tool.has("digest")) tool.set("digest", name);
    return yield* digest(tool);
  },
});

/** The key of `-mac HMAC -macopt key:…`. */
function macKey(tool: Tool): string | undefined {
  if (tool.value("mac")?.toUpperCase() !== "HMAC") return undefined;
  return tool
    .all("macopt")
    .find((option) => option.startsWith("key:"))
    ?.slice(4);
}

function* digest(tool: Tool): Task<number> {
  const name = digestOf(tool);
  if (tool.has("sign") || tool.has("verify") || tool.has("prverify")) return yield* signature(tool, name);
  const files = tool.operands.length > 0 ? tool.operands : [undefined];
  const secret = tool.value("hmac") ?? macKey(tool);
  let status = 0;
  const parts: Uint8Array[] = [];
  // The default digest is named differently from one that was asked for.
  const title = !tool.has("digest") ? name.toUpperCase() : NAMES[name];
  for (const file of files) {
    const bytes = yield* tool.readAll(file);
    if (isErrno(bytes)) {
      if (bytes.code === "EISDIR") tool.error(`Read error in ${file}`);
      else {
        tool.error(`${file}: ${bytes.text}`);
        tool.queueControl(file ?? "", bytes.code === "ENOENT" ? "80000002" : "8000000D", bytes.text);
      }
      status = 1;
      continue;
    }
    const sum = secret === undefined ? hash(name, bytes) : hmacOf(name, encode(secret), bytes);
    const label = file ?? "stdin";
    if (tool.has("binary")) parts.push(sum);
    else if (tool.has("r")) parts.push(encode(`${toHex(sum)} *${label}\n`));
    else
      parts.push(
        encode(
          `${secret === undefined || tool.modern ? "" : "HMAC-"}${title}(${label})= ${tool.has("c") ? colonHex(sum) : toHex(sum)}\n`,
        ),
      );
  }
  yield* tool.writeOutput(tool.value("out"), concat(parts));
  return status;
}

function* signature(tool: Tool, name: HashName): Task<number> {
  const bytes = yield* tool.readInput(tool.operands[0]);
  const signPath = tool.value("sign");
  if (signPath !== undefined) {
    const key = yield* loadKey(tool, signPath, "private key");
    const made = sign(key, schemeFor(key, name), bytes);
    yield* tool.writeOutput(
      tool.value("out"),
      tool.has("hex") ? `${NAMES[name]}(${tool.operands[0] ?? "stdin"})= ${toHex(made)}\n` : made,
    );
    return 0;
  }
  const path = tool.value("signature");
  if (path === undefined) {
    tool.error("No signature to verify: use the -signature option");
    return 1;
  }
  const given = yield* tool.readInput(path);
  const key = yield* loadPublicKey(tool, tool.value("verify") ?? tool.value("prverify"));
  const holds = verify(key, schemeFor(key, name), bytes, given);
  if (!holds && key.kind !== "rsa" && tool.modern) {
    // What is no pair of numbers is an error; a pair that does not fit is a failure.
    if (tryDer(() => children(readElement(given)))?.length !== 2) {
      tool.error("Error verifying data");
      return 1;
    }
  } else if (!holds) {
    tool.queue("02000068", "ossl_rsa_verify", "bad signature", `../crypto/rsa/rsa_sign.c:${tool.modern ? 441 : 442}`);
    tool.queue(
      "1C880004",
      tool.modern ? "rsa_verify_directly" : "rsa_verify",
      "RSA lib",
      `../providers/implementations/signature/rsa_sig.c:${tool.modern ? 1054 : 1041}`,
    );
  }
  tool.print(holds ? "Verified OK\n" : "Verification failure\n");
  return holds ? 0 : 1;
}

export const rand: Subcommand = {
  options: "help out: base64 hex rand: writerand: provider:",
  operands: "any",
  *run(tool) {
    const count = Number(tool.operands[0]);
    if (!Number.isInteger(count) || count <= 0 || tool.operands.length !== 1) {
      if (tool.operands.length > 1) return tool.refuse(`Extra option: "${tool.operands[0]}"`) ? 0 : 1;
      if (tool.operands.length === 0 && tool.modern) return 0;
      if (tool.operands.length === 1 && Number.isNaN(count)) {
        const suffix = (tool.operands[0] as string).replace(/^\d*/, "");
        tool.error(
          tool.modern ? `Invalid size suffix ${suffix}` : `rand: Can't parse "${tool.operands[0]}" as a number`,
        );
      }
      tool.refuse("");
      return 1;
    }
    const bytes = tool.sys.random(Math.min(count, 1 << 20));
    const text = tool.has("hex") ? `${toHex(bytes)}\n` : tool.has("base64") ? lines64(bytes) : bytes;
    yield* tool.writeOutput(tool.value("out"), text);
    return 0;
  },
};

const lines64 = (bytes: Uint8Array) => (toBase64(bytes).match(/.{1,64}/g) ?? []).map((line) => `${line}\n`).join("");

const ENC_OPTIONS =
  "help list ciphers in: out: pass: e d p P v nopad salt nosalt debug A a base64 bufsize: k: kfile: K: S: iv: md: iter: pbkdf2 none saltlen: rand: provider: skeyopt:";

/** -base64 alone, as `openssl base64` has it. */
export const base64: Subcommand = { options: ENC_OPTIONS, run: (tool) => code64(tool) };

function* code64(tool: Tool): Task<number> {
  const bytes = yield* tool.readInput(tool.value("in"), tool.has("d") ? "r" : "rb");
  if (!tool.has("d")) {
    yield* tool.writeOutput(tool.value("out"), tool.has("A") ? toBase64(bytes) : lines64(bytes));
    return 0;
  }
  const text = decode(bytes);
  // Without -A a line may have 76 letters at most; longer ones give nothing.
  const plain =
    !tool.has("A") && text.split("\n").some((line) => line.length > 80) ? new Uint8Array(0) : fromBase64(text.trim());
  yield* tool.writeOutput(tool.value("out"), plain ?? new Uint8Array(0));
  return 0;
}

export const enc: Subcommand = {
  options: ENC_OPTIONS,
  ciphers: true,
  *run(tool) {
    const cipher = tool.value("cipher")?.toLowerCase();
    if (cipher === undefined && (tool.has("base64") || tool.has("a"))) return yield* code64(tool);
    const size = { "aes-128-cbc": 16, aes128: 16, "aes-192-cbc": 24, aes192: 24, "aes-256-cbc": 32, aes256: 32 }[
      cipher ?? ""
    ];
    if (size === undefined) {
      tool.error(
        `enc: ${cipher === undefined ? "a cipher other than AES-CBC" : `-${cipher}`} is not modelled in this sandbox`,
      );
      return 1;
    }
    return yield* crypt(tool, size);
  },
};

function* crypt(tool: Tool, size: number): Task<number> {
  let data = yield* tool.readInput(tool.value("in"));
  const armoured = tool.has("a") || tool.has("base64");
  const opening = tool.has("d");
  if (opening && armoured) data = fromBase64(decode(data)) ?? new Uint8Array(0);
  const hexKey = tool.value("K");
  const pass =
    hexKey !== undefined
      ? ""
      : (tool.value("k") ??
        (yield* tool.passArgument("pass")) ??
        (yield* tool.askPass(`enter AES-${size * 8}-CBC ${opening ? "de" : "en"}cryption password:`)));
  if (pass === undefined) {
    tool.error("bad password read");
    return 1;
  }
  const magic = encode("Salted__");
  const salted = opening ? toHex(data.subarray(0, 8)) === toHex(magic) : !tool.has("nosalt") && hexKey === undefined;
  if (opening && hexKey === undefined && !salted && !tool.has("nosalt")) {
    tool.error("bad magic number");
    return 1;
  }
  const givenSalt = tool.value("S");
  const salt = !salted
    ? new Uint8Array(0)
    : opening
      ? data.slice(8, 16)
      : givenSalt === undefined
        ? tool.sys.random(8)
        : fromHex(givenSalt.padEnd(16, "0"));
  if (opening && salted) data = data.subarray(16);
  const derives = tool.has("pbkdf2") || tool.has("iter");
  if (!derives && hexKey === undefined)
    tool.error("*** WARNING : deprecated key derivation used.\nUsing -iter or -pbkdf2 would be better.");
  const material =
    hexKey !== undefined
      ? concat([fromHex(hexKey.padEnd(size * 2, "0")), fromHex((tool.value("iv") ?? "").padEnd(32, "0"))])
      : derives
        ? deriveKey(pass, salt, tool.number("iter") ?? 10_000, size + 16)
        : bytesToKey("sha256", pass, salt, size + 16);
  const [key, iv] = [material.subarray(0, size), material.subarray(size, size + 16)];
  if (tool.has("P") || tool.has("p")) {
    const shown: readonly (readonly [string, Uint8Array])[] = [
      ["salt", salt],
      ["key", key],
      ["iv ", iv],
    ];
    for (const [name, bytes] of shown) if (bytes.length > 0) tool.print(`${name}=${toHex(bytes).toUpperCase()}\n`);
    if (tool.has("P")) return 0;
  }
  if (!opening) {
    // From 3.0 on a salt that was given is not written along.
    const sealed = concat([...(salted && givenSalt === undefined ? [magic, salt] : []), encryptCbc(key, iv, data)]);
    yield* tool.writeOutput(
      tool.value("out"),
      armoured ? (tool.has("A") ? toBase64(sealed) : lines64(sealed)) : sealed,
    );
    return 0;
  }
  const plain = decryptCbc(key, iv, data);
  if (plain === undefined) {
    tool.error("bad decrypt");
    tool.queue(
      "1C800064",
      "ossl_cipher_unpadblock",
      "bad decrypt",
      "../providers/implementations/ciphers/ciphercommon_block.c:107",
    );
    return 1;
  }
  yield* tool.writeOutput(tool.value("out"), plain);
  return 0;
}
