// Loading keys, certificates and requests as apps/lib/apps.c does, with its complaints.

import { type Errno, isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { DerError } from "../../lib/asn1/der.ts";
import { decryptPkcs8, decryptTraditional } from "../../lib/crypto/encrypted.ts";
import {
  decodePrivateKey,
  decodePublicKey,
  decodeRsaPublicKey,
  type PrivateKey,
  type PublicKey,
  publicKeyOf,
} from "../../lib/crypto/keys.ts";
import { type PemBlock, parsePem } from "../../lib/crypto/pem.ts";
import {
  type Certificate,
  type CertificateRequest,
  parseCertificate,
  parseRequest,
} from "../../lib/x509/certificate.ts";
import type { Tool } from "./tool.ts";

const STORE = "../crypto/store/store_result.c:160";

/** The value, or undefined where the DER is not of that kind. */
export function tryDer<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

/** Opens what the store loader opens; a failure names what was wanted. */
function* loadBytes(tool: Tool, path: string | undefined, what: string): Task<Uint8Array> {
  const bytes = yield* tool.readAll(path);
  if (!isErrno(bytes)) return bytes;
  if (bytes.code === "EISDIR") return new Uint8Array(0);
  storeFailure(tool, path ?? "<stdin>", what, bytes);
  if (tool.name === "ec") tool.error("unable to load Key");
  if (!tool.modern && what.includes("certificate") && !what.startsWith("certs of"))
    tool.error(`Unable to load ${what}`);
  return tool.stop();
}

function storeFailure(tool: Tool, path: string, what: string, problem: Errno): void {
  const head = `Could not open file or uri for loading ${what} from ${path}`;
  if (tool.modern && problem.code === "ENOENT") {
    tool.error(`${head}: ${problem.text}`);
    return;
  }
  tool.error(head);
  if (tool.modern) tool.queueOpen(path, problem, "rb");
  else {
    tool.queue(
      "16000069",
      "ossl_store_get0_loader_int",
      "unregistered scheme",
      "../crypto/store/store_register.c:237",
      "scheme=file",
    );
    tool.queue(
      "80000002",
      "file_open",
      problem.text,
      "../providers/implementations/storemgmt/file_store.c:267",
      `calling stat(${path})`,
    );
  }
}

/** Whether standard input is a pipe, which cannot be read from the start again. */
function piped(tool: Tool): boolean {
  const stat = tool.sys.fstat(0);
  return !isErrno(stat) && stat.type !== "file";
}

function notFound(
  tool: Tool,
  what: string,
  path: string | undefined,
  blocks: readonly PemBlock[],
  wantCertificate: boolean,
  der = false,
  length = 0,
): void {
  const name = path === undefined || path === "-" ? "<stdin>" : path;
  tool.error(`Could not ${tool.modern ? "find" : "read"} ${what} from ${name}`);
  const unsupported = () =>
    tool.queue(
      "1608010C",
      "ossl_store_handle_load_result",
      "unsupported",
      STORE,
      tool.modern ? "provider=default" : "",
    );
  const undecoded = () =>
    tool.queue(
      "1E08010C",
      "OSSL_DECODER_from_bio",
      "unsupported",
      "../crypto/encode_decode/decoder_lib.c:104",
      `No supported data to decode.${der ? "  Input type: DER," : ""} Input structure: Certificate`,
    );
  if (wantCertificate && path === undefined && tool.modern && length > 64 && piped(tool)) {
    // What cannot be read twice is tried once only.
    unsupported();
    return;
  }
  for (const { label, bad } of wantCertificate ? blocks : []) {
    if (label === "CERTIFICATE" && bad && tool.modern) {
      unsupported();
      unsupported();
      undecoded();
      unsupported();
    }
    if (label.endsWith("PRIVATE KEY") || label === "PUBLIC KEY") unsupported();
    else if (label.includes("REQUEST") || der) {
      for (let i = 0; i < 4; i++) {
        unsupported();
        undecoded();
        unsupported();
      }
    }
  }
  if (!tool.modern && wantCertificate) tool.error(`Unable to load ${what}`);
}

/** All certificates of an input; stops where there is none. */
export function* loadCertificates(
  tool: Tool,
  path: string | undefined,
  what: string,
  form = tool.value("inform"),
): Task<Certificate[]> {
  const bytes = yield* loadBytes(tool, path, what);
  // A line that is indented begins no block.
  const blocks = parsePem(decode(bytes).replace(/^[ \t]+-----BEGIN/gm, "-"));
  const asDer = form?.toLowerCase() === "der";
  const der = asDer
    ? []
    : blocks.filter(({ label, bad }) => !bad && /^(X509 |TRUSTED )?CERTIFICATE$/.test(label)).map((block) => block.der);
  if (blocks.length === 0 && form?.toLowerCase() !== "pem" && bytes[0] === 0x30) der.push(bytes);
  const found = der.flatMap((each) => tryDer(() => parseCertificate(each)) ?? []);
  if (found.length > 0) return found;
  notFound(tool, what, path, blocks, true, asDer, bytes.length);
  return tool.stop();
}

export function* loadCertificate(tool: Tool, path: string | undefined, what: string): Task<Certificate> {
  return (yield* loadCertificates(tool, path, what))[0] as Certificate;
}

/** A request, read without the store: other words. */
export function* loadRequest(tool: Tool, path: string | undefined, what: string): Task<CertificateRequest> {
  const bytes = yield* tool.readAll(path);
  const name = path === undefined || path === "-" ? (tool.modern ? "<NULL>" : "stdin") : path;
  const give = (): never => {
    tool.error(tool.modern ? `error: unable to load ${what} from file '${name}'` : `Unable to load ${what}`);
    return tool.stop();
  };
  if (isErrno(bytes)) {
    tool.cannotOpen(name, bytes, "rb");
    return give();
  }
  const blocks = parsePem(decode(bytes));
  const block = blocks.find(({ label }) => label.endsWith("CERTIFICATE REQUEST"));
  const der = block?.der ?? (bytes[0] === 0x30 ? bytes : undefined);
  const request = der === undefined ? undefined : tryDer(() => parseRequest(der));
  if (request !== undefined) return request;
  const place = "../crypto/asn1/tasn_dec.c";
  if (!tool.modern) {
    tool.error(`Unable to load ${what}`);
    tool.queue(
      "0480006C",
      "get_name",
      "no start line",
      "../crypto/pem/pem_lib.c:763",
      "Expecting: CERTIFICATE REQUEST",
    );
    return tool.stop();
  }
  // PEM is tried as DER too, whose complaint is what remains.
  if (blocks.length > 0) {
    tool.queue("068000A8", "asn1_check_tlen", "wrong tag", `${place}:1231`);
    tool.queue("0688010A", "asn1_item_embed_d2i", "nested asn1 error", `${place}:375`, "Type=X509_REQ");
  } else
    tool.queue(
      "0680008E",
      "asn1_d2i_read_bio",
      "not enough data",
      `../crypto/asn1/a_d2i_fp.c:${bytes.length === 0 ? 142 : 270}`,
    );
  return give();
}

/** A private key in any form, its pass phrase asked where it needs one. */
export function* loadKey(tool: Tool, path: string | undefined, what: string, passOption = "passin"): Task<PrivateKey> {
  const bytes = yield* loadBytes(tool, path, what);
  const blocks = parsePem(decode(bytes));
  const block = blocks.find(({ label }) => label.endsWith("PRIVATE KEY"));
  if (block === undefined) {
    const key = blocks.length === 0 && bytes[0] === 0x30 ? tryDer(() => decodePrivateKey(bytes)) : undefined;
    if (key !== undefined) return key;
    notFound(tool, what, path, blocks, false);
    return tool.stop();
  }
  const locked = block.label === "ENCRYPTED PRIVATE KEY" || block.headers.has("DEK-Info");
  const der = locked ? yield* unlock(tool, block, path, what, passOption) : block.der;
  const key = tryDer(() => decodePrivateKey(der));
  if (key !== undefined && !block.bad) return key;
  notFound(tool, what, path, blocks, false);
  return tool.stop();
}

function* unlock(
  tool: Tool,
  block: PemBlock,
  path: string | undefined,
  what: string,
  passOption: string,
): Task<Uint8Array> {
  const name = path ?? "<stdin>";
  const given = yield* tool.passArgument(passOption);
  const pass = given ?? (yield* tool.askPass(`Enter pass phrase for ${name}:`));
  if (pass === undefined) {
    tool.error(`Could not find ${what} from ${name}`);
    tool.queue("1400006B", "UI_process", "processing error", "../crypto/ui/ui_lib.c:553", "while reading strings");
    tool.queue("07880028", "do_ui_passphrase", "UI lib", "../crypto/passphrase.c:181");
    tool.queue(
      "1C80009F",
      "ossl_epki2pki_der_decode",
      "unable to get passphrase",
      "../providers/implementations/encode_decode/decode_epki2pki.c:136",
    );
    return tool.stop();
  }
  const info = block.headers.get("DEK-Info");
  const der = tryDer(() =>
    info === undefined ? decryptPkcs8(block.der, pass) : decryptTraditional(info, block.der, pass),
  );
  if (der !== undefined) return der;
  if (tool.modern) tool.error(tool.name === "pkcs8" ? "Error decrypting key" : `Could not find ${what} from ${name}`);
  else {
    tool.error(`Could not read ${what} from ${name}`);
    tool.queue("1608010C", "ossl_store_handle_load_result", "unsupported", STORE);
  }
  tool.queue(
    "1C800064",
    "ossl_cipher_unpadblock",
    "bad decrypt",
    "../providers/implementations/ciphers/ciphercommon_block.c:107",
  );
  tool.queue(
    "11800074",
    "PKCS12_pbe_crypt_ex",
    "pkcs12 cipherfinal error",
    "../crypto/pkcs12/p12_decr.c:94",
    "maybe wrong password",
  );
  return tool.stop();
}

/** A public key: of a PUBLIC KEY block, or where asked, of a private one. */
export function* loadPublicKey(tool: Tool, path: string | undefined): Task<PublicKey> {
  const bytes = yield* loadBytes(tool, path, tool.modern ? "Public Key" : "public key");
  const blocks = parsePem(decode(bytes));
  const block = blocks.find(({ label }) => label === "PUBLIC KEY" || label === "RSA PUBLIC KEY");
  const der = block?.der ?? (bytes[0] === 0x30 ? bytes : undefined);
  const secret = block === undefined ? blocks.find(({ label }) => /^(RSA |EC )?PRIVATE KEY$/.test(label)) : undefined;
  const key =
    secret !== undefined
      ? tryDer(() => publicKeyOf(decodePrivateKey(secret.der)))
      : der === undefined
        ? undefined
        : tryDer(() => (block?.label === "RSA PUBLIC KEY" ? decodeRsaPublicKey(der) : decodePublicKey(der)));
  if (key !== undefined) return key;
  tool.error(`Could not find ${tool.modern ? "Public Key" : "public key"} from ${path ?? "<stdin>"}`);
  return tool.stop();
}
