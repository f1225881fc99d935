// genrsa, genpkey, ecparam, rsa, ec, pkey, pkcs8: making keys and turning them about.

import type { Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import { bytesToBigint, integer, sequence, toHex } from "../../lib/asn1/der.ts";
import { encryptCbc } from "../../lib/crypto/aes.ts";
import { curveOrder, curveSize } from "../../lib/crypto/ec.ts";
import { bytesToKey, encryptPkcs8 } from "../../lib/crypto/encrypted.ts";
import { hash } from "../../lib/crypto/hash.ts";
import {
  type CurveName,
  ecKeyFromScalar,
  edKeyFromSeed,
  encodeCurve,
  encodePkcs8,
  encodePublicKey,
  encodeTraditional,
  type PrivateKey,
  type PublicKey,
  publicKeyBits,
  publicKeyOf,
  type RsaPrivateKey,
} from "../../lib/crypto/keys.ts";
import { formatPem } from "../../lib/crypto/pem.ts";
import { checkRsaKey, generateRsaKey } from "../../lib/crypto/rsa.ts";
import { listCurves } from "./curves.ts";
import { loadKey, loadPublicKey } from "./load.ts";
import { privateKeyText, publicKeyText } from "./print.ts";
import type { Subcommand, Tool } from "./tool.ts";

const CURVES: Readonly<Record<string, CurveName>> = {
  prime256v1: "P-256",
  secp256r1: "P-256",
  "P-256": "P-256",
  secp384r1: "P-384",
  "P-384": "P-384",
  secp521r1: "P-521",
  "P-521": "P-521",
};

export const curveNamed = (name: string): CurveName | undefined => CURVES[name];

/** What the search for primes shows: fidelity: the picture is drawn from the key, not from the search. */
export function progressText(key: PrivateKey): string {
  if (key.kind !== "rsa") return "";
  const seed = hash("sha512", publicKeyBits(publicKeyOf(key)));
  let at = 0;
  const next = () => seed[at++ % seed.length] ?? 0;
  const dots = () =>
    Array.from({ length: 6 + (next() >> 2) }, () => (next() > 190 ? "+" : "."))
      .join("")
      .replace(/\++/g, "+");
  const prime = () => `${dots()}${"+".repeat(39)}*${dots()}${"+".repeat(39)}*${dots()}++++++\n`;
  return prime() + prime();
}

/** A new key from an algorithm and its options; stops with the complaint. */
export function* createKey(tool: Tool, algorithm: string, options: readonly string[]): Task<PrivateKey> {
  const option = (name: string) => options.findLast((each) => each.startsWith(`${name}:`))?.slice(name.length + 1);
  const upper = algorithm.toUpperCase();
  const odd = options.find(
    (each) => !/^(rsa_keygen_(bits|pubexp|primes)|ec_paramgen_curve|ec_param_enc|group):/.test(each),
  );
  if (odd !== undefined) {
    const [key = "", value] = odd.split(":");
    tool.error(`${tool.name}: Error setting ${odd} parameter:`);
    if (value === undefined) return tool.stop();
    tool.queue(
      "03000093",
      "default_fixup_args",
      "command not supported",
      "../crypto/evp/ctrl_params_translate.c:585",
      `[action:2, state:4] name=${key}, value=${value}`,
    );
    return tool.stop();
  }
  if (upper === "RSA") {
    const bits = option("rsa_keygen_bits") ?? "2048";
    const exponent = option("rsa_keygen_pubexp") ?? "65537";
    const bad = !/^\d+$/.test(bits)
      ? `rsa_keygen_bits:${bits}`
      : !/^\d*[13579]$/.test(exponent)
        ? `rsa_keygen_pubexp:${exponent}`
        : undefined;
    if (bad !== undefined) {
      tool.error(`${tool.name}: Error setting ${bad} parameter:`);
      return tool.stop();
    }
    return yield* createRsa(tool, Number(bits), BigInt(exponent));
  }
  if (upper === "ED25519") return edKeyFromSeed(tool.sys.random(32));
  if (upper === "EC") {
    const name = option("ec_paramgen_curve") ?? option("group");
    const curve = name === undefined ? undefined : curveNamed(name);
    if (curve !== undefined) return createEc(tool, curve);
    if (name === undefined) {
      tool.error("genpkey: Error generating EC key");
      tool.queue(
        "030000E9",
        "evp_keymgmt_gen",
        "provider keymgmt failure",
        "../crypto/evp/keymgmt_meth.c:458",
        "EC key generation:OpenSSL EC implementation",
      );
    } else {
      tool.error("genpkey: Error generating EC key");
      tool.queue("0800008D", "group_new_from_name", "invalid curve", "../crypto/ec/ec_lib.c:1495");
    }
    return tool.stop();
  }
  tool.error(tool.name === "req" ? "Error allocating keygen context" : `Error initializing ${algorithm} context`);
  tool.queue(
    "0308010C",
    "inner_evp_generic_fetch",
    "unsupported",
    "../crypto/evp/evp_fetch.c:376",
    `Global default library context, Algorithm (${algorithm} : 0), Properties (<null>)`,
  );
  return tool.stop();
}

export function* createRsa(tool: Tool, bits: number, e = 65537n): Task<PrivateKey> {
  if (bits === 0) return tool.stop();
  if (bits < 512 || bits > 16384) {
    tool.error(tool.name === "genrsa" ? "Error setting RSA length" : "Error setting keysize");
    tool.queue(
      "1C8000AB",
      "rsa_gen_set_params",
      "key size too small",
      "../providers/implementations/keymgmt/rsa_kmgmt.c:509",
    );
    return tool.stop();
  }
  yield* tool.flush();
  return yield* generateRsaKey(tool.sys, bits, e);
}

export function createEc(tool: Tool, curve: CurveName): PrivateKey {
  const size = curveSize(curve);
  for (;;) {
    const scalar = tool.sys.random(size);
    if (curve === "P-521") scalar[0] = (scalar[0] ?? 0) & 1;
    const value = bytesToBigint(scalar);
    if (value > 0n && value < curveOrder(curve)) return ecKeyFromScalar(curve, scalar);
  }
}

const traditionalLabel = (key: PrivateKey) => (key.kind === "rsa" ? "RSA PRIVATE KEY" : "EC PRIVATE KEY");

/** PEM of a private key: PKCS#8, or the older form, under a pass phrase where asked. */
export function* formatKey(
  tool: Tool,
  key: PrivateKey,
  traditional: boolean,
  cipher: string | undefined,
): Task<string> {
  if (cipher !== undefined) {
    const size = /128/.test(cipher) ? 16 : /192/.test(cipher) ? 24 : 32;
    const pass = yield* tool.newPass();
    if (traditional && key.kind !== "ed25519") {
      const iv = tool.sys.random(16);
      return formatPem(
        traditionalLabel(key),
        encryptCbc(bytesToKey("md5", pass, iv.subarray(0, 8), size), iv, encodeTraditional(key)),
        [`Proc-Type: 4,ENCRYPTED`, `DEK-Info: AES-${size * 8}-CBC,${toHex(iv).toUpperCase()}`],
      );
    }
    return formatPem(
      "ENCRYPTED PRIVATE KEY",
      encryptPkcs8(encodePkcs8(key), pass, (count) => tool.sys.random(count), size),
    );
  }
  if (traditional && key.kind !== "ed25519") return formatPem(traditionalLabel(key), encodeTraditional(key));
  return formatPem("PRIVATE KEY", encodePkcs8(key));
}

const isDer = (tool: Tool, option = "outform") => tool.value(option)?.toLowerCase() === "der";

export const genrsa: Subcommand = {
  options: "help 3 F4 f4 verbose quiet out: passout: primes: traditional rand: writerand: provider:",
  operands: "one",
  ciphers: true,
  *run(tool) {
    const wanted = tool.operands[0];
    if (wanted !== undefined && !/^\d+$/.test(wanted)) {
      tool.error(`genrsa: Can't parse "${wanted}" as a number`);
      return 1;
    }
    tool.checkWritable(tool.value("out"));
    const key = yield* createRsa(tool, Number(wanted ?? 2048), tool.has("3") ? 3n : 65537n);
    if (tool.has("verbose"))
      tool.errorText(
        `Generating RSA private key, ${wanted ?? 2048} bit long modulus (2 primes)\n${progressText(key)}e is 65537 (0x010001)\n`,
      );
    yield* tool.writeOutput(
      tool.value("out"),
      yield* formatKey(tool, key, tool.has("traditional"), tool.value("cipher")),
      true,
    );
    return 0;
  },
};

export const genpkey: Subcommand = {
  options:
    "help out: outpubkey: outform: pass: passout: paramfile: algorithm: verbose quiet pkeyopt: genparam text provider: config:",
  ciphers: true,
  *run(tool) {
    const algorithm = tool.value("algorithm");
    if (algorithm === undefined) {
      tool.refuse("");
      return 1;
    }
    const key = yield* createKey(tool, algorithm, tool.all("pkeyopt"));
    if (!tool.has("quiet")) tool.errorText(progressText(key));
    const text = isDer(tool) ? encodePkcs8(key) : yield* formatKey(tool, key, false, tool.value("cipher"));
    yield* tool.writeOutput(tool.value("out"), text, true);
    if (tool.has("text")) yield* tool.writeOutput(undefined, privateKeyText(key));
    if (tool.has("outpubkey"))
      yield* tool.writeOutput(tool.value("outpubkey"), formatPem("PUBLIC KEY", encodePublicKey(publicKeyOf(key))));
    return 0;
  },
};

export const ecparam: Subcommand = {
  options:
    "help list_curves no_seed check check_named text noout param_enc: conv_form: name: in: out: inform: outform: genkey rand: provider:",
  *run(tool) {
    if (tool.has("list_curves")) {
      yield* tool.writeOutput(tool.value("out"), listCurves());
      return 0;
    }
    const name = tool.value("name");
    const curve = name === undefined ? curveFromFile(yield* tool.readInput(tool.value("in"))) : curveNamed(name);
    if (curve === undefined) {
      if (name === undefined) tool.error(`Unable to load parameters from ${tool.value("in") ?? "<NULL>"}`);
      else {
        tool.error("unable to generate key");
        tool.queue("0800008D", "group_new_from_name", "invalid curve", "../crypto/ec/ec_lib.c:1495");
      }
      return 1;
    }
    // Curves that have a name are known to be sound.
    if (tool.has("check") || tool.has("check_named")) tool.error("checking elliptic curve parameters: ok");
    let text = tool.has("noout") ? "" : formatPem("EC PARAMETERS", encodeCurve(curve));
    if (tool.has("text"))
      text = `EC-Parameters: (${curve.slice(2)} bit)\nASN1 OID: ${{ "P-256": "prime256v1", "P-384": "secp384r1", "P-521": "secp521r1" }[curve]}\nNIST CURVE: ${curve}\n${text}`;
    if (tool.has("genkey")) text += yield* formatKey(tool, createEc(tool, curve), true, undefined);
    yield* tool.writeOutput(tool.value("out"), text, tool.has("genkey"));
    return 0;
  },
};

function curveFromFile(bytes: Uint8Array): CurveName | undefined {
  const block = /-----BEGIN EC PARAMETERS-----\s+([A-Za-z0-9+/=\s]+)-----END/.exec(
    new TextDecoder("utf-8").decode(bytes),
  );
  if (block === null) return undefined;
  return block[1]?.trim() === "BggqhkjOPQMBBw==" ? "P-256" : block[1]?.trim() === "BgUrgQQAIg==" ? "P-384" : "P-521";
}

/** Text, check, and output that rsa, ec and pkey share. */
function* showKey(tool: Tool, kind: "rsa" | "ec" | "pkey"): Task<number> {
  const publicOnly = tool.has("pubin") || tool.has("RSAPublicKey_in");
  if (kind === "ec") tool.error("read EC key");
  const key: PrivateKey | PublicKey = publicOnly
    ? yield* loadPublicKey(tool, tool.value("in"))
    : yield* loadKey(tool, tool.value("in"), kind === "pkey" ? "private key of key" : "private key");
  if (kind === "rsa" && key.kind !== "rsa") {
    tool.error("Not an RSA key");
    return 1;
  }
  const pub = publicOnly ? (key as PublicKey) : publicKeyOf(key as PrivateKey);
  let out = "";
  const toPublic = tool.has("RSAPublicKey_out") || tool.has("pubout") || publicOnly || tool.has("text_pub");
  if (tool.has("text")) out += publicOnly ? publicKeyText(pub, "") : privateKeyText(key as PrivateKey);
  else if (tool.has("text_pub")) out += publicKeyText(pub, "");
  if (tool.has("modulus") && pub.kind === "rsa") out += `Modulus=${pub.n.toString(16).toUpperCase()}\n`;
  let status = 0;
  if (tool.has("check") && !publicOnly) {
    const wrong = key.kind === "rsa" ? checkRsaKey(key as RsaPrivateKey) : [];
    if (kind === "ec") tool.error(wrong.length === 0 ? "EC Key valid." : "EC Key Invalid!");
    else
      out +=
        wrong.length === 0
          ? kind === "rsa"
            ? "RSA key ok\n"
            : "Key is valid\n"
          : kind === "rsa"
            ? ""
            : "Key is invalid\n";
    if (wrong.length > 0) {
      if (kind === "rsa") for (const each of wrong) tool.error(`RSA key error: ${each}`);
      else status = 1;
    }
  }
  if (tool.has("pubcheck")) out += "Key is valid\n";
  if (tool.has("noout")) {
    yield* tool.writeOutput(tool.value("out"), out);
    return status;
  }
  if (!toPublic) tool.checkWritable(tool.value("out"));
  if (kind !== "pkey") tool.error(`writing ${kind.toUpperCase()} key`);
  const traditional = tool.has("traditional") || kind === "ec";
  const body: string | Uint8Array = toPublic
    ? isDer(tool)
      ? encodePublicKey(pub)
      : tool.has("RSAPublicKey_out") && pub.kind === "rsa"
        ? formatPem("RSA PUBLIC KEY", sequence(integer(pub.n), integer(pub.e)))
        : formatPem("PUBLIC KEY", encodePublicKey(pub))
    : isDer(tool)
      ? traditional && key.kind !== "ed25519"
        ? encodeTraditional(key as never)
        : encodePkcs8(key as PrivateKey)
      : yield* formatKey(tool, key as PrivateKey, traditional, tool.value("cipher"));
  const whole =
    typeof body !== "string" ? (out === "" ? body : encode(out)) : kind === "pkey" ? body + out : out + body;
  yield* tool.writeOutput(tool.value("out"), whole, !toPublic);
  return status;
}

const COMMON = "help in: inform: out: outform: passin: passout: pubin pubout text noout check provider: traditional";

export const rsa: Subcommand = {
  options: `${COMMON} modulus RSAPublicKey_in RSAPublicKey_out`,
  ciphers: true,
  run: (tool) => showKey(tool, "rsa"),
};
export const ec: Subcommand = {
  options: `${COMMON} param_out param_enc: conv_form: no_public`,
  ciphers: true,
  run: (tool) => showKey(tool, "ec"),
};
export const pkey: Subcommand = {
  options: `${COMMON} text_pub pubcheck ec_conv_form: ec_param_enc:`,
  ciphers: true,
  run: (tool) => showKey(tool, "pkey"),
};

export const pkcs8: Subcommand = {
  options:
    "help in: inform: out: outform: topk8 passin: passout: traditional nocrypt v2: v1: v2prf: iter: noiter scrypt provider:",
  *run(tool) {
    const bytes = yield* tool.readInput(tool.value("in"), "r");
    const expected = tool.has("nocrypt") ? "PRIVATE KEY" : "ENCRYPTED PRIVATE KEY";
    const pem = tool.value("inform")?.toLowerCase() !== "der";
    if (!tool.has("topk8") && pem && !decode(bytes).includes(`-----BEGIN ${expected}-----`)) {
      tool.error("Error reading key");
      const place = `../crypto/pem/pem_lib.c:${tool.modern ? 792 : 763}`;
      tool.queue("0480006C", "get_name", "no start line", place, `Expecting: ${expected}`);
      return 1;
    }
    const key = yield* loadKey(tool, tool.value("in"), "key");
    const encrypt = tool.has("topk8") && !tool.has("nocrypt");
    const text = isDer(tool)
      ? encodePkcs8(key)
      : yield* formatKey(
          tool,
          key,
          tool.has("traditional") && !tool.has("topk8"),
          encrypt ? (tool.value("v2") ?? "aes256") : undefined,
        );
    yield* tool.writeOutput(tool.value("out"), text, true);
    return 0;
  },
};
