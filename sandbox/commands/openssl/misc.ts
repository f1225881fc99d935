// The small subcommands: version, list, ciphers, asn1parse, crl2pkcs7, pkcs7, storeutl, crl.

import { isErrno } from "../../kernel/errno.ts";
import { decode } from "../../kernel/text.ts";
import {
  children,
  DerError,
  encodeElement,
  explicit,
  fromLatin1,
  integer,
  oid,
  readElement,
  readOid,
  sequence,
  setOf,
  TAG,
  toHex,
} from "../../lib/asn1/der.ts";
import { formatPem, parsePem } from "../../lib/crypto/pem.ts";
import { parseCipherList } from "../../lib/tls/openssl.ts";
import { OPENSSL_DEFAULT_SUITES, suiteNamed } from "../../lib/tls/suites.ts";
import { parseCertificate } from "../../lib/x509/certificate.ts";
import { formatName } from "../../lib/x509/name.ts";
import { longName } from "../../lib/x509/oids.ts";
import { tryDer } from "./load.ts";
import { certificateText, nameStyle, tagName } from "./print.ts";
import type { Subcommand, Tool } from "./tool.ts";

const DATES: Readonly<Record<string, readonly [string, string]>> = {
  "3.5.7": ["9 Jun 2026", "built on: Tue Sep 29 20:10:28 2026 UTC"],
  "3.0.19": ["27 Jan 2026", "built on: Tue Jan 27 17:31:23 2026 UTC"],
};

export const version: Subcommand = {
  options: "help a b d e m f o p r v c w",
  *run(tool) {
    const [date, built] = DATES[tool.version] ?? ["", ""];
    const all = tool.has("a");
    const lines: string[] = [];
    const none = tool.order.length === 0;
    if (all || none || tool.has("v"))
      lines.push(`OpenSSL ${tool.version} ${date} (Library: OpenSSL ${tool.version} ${date})`);
    if (all || tool.has("b")) lines.push(built);
    if (all || tool.has("p")) lines.push("platform: debian-amd64");
    if (all || tool.has("o")) lines.push("options:  bn(64,64)");
    if (all || tool.has("f"))
      lines.push(
        "compiler: gcc -fPIC -pthread -m64 -Wa,--noexecstack -Wall -fzero-call-used-regs=used-gpr -g -O2 -DOPENSSL_PIC -DOPENSSL_BUILDING_OPENSSL -DNDEBUG",
      );
    if (all || tool.has("d")) lines.push('OPENSSLDIR: "/usr/lib/ssl"');
    if (all || tool.has("e")) lines.push('ENGINESDIR: "/usr/lib/x86_64-linux-gnu/engines-3"');
    if (all || tool.has("m")) lines.push('MODULESDIR: "/usr/lib/x86_64-linux-gnu/ossl-modules"');
    if (all || tool.has("r")) lines.push("Seeding source: os-specific");
    yield* tool.writeOutput(undefined, `${lines.join("\n")}\n`);
    return 0;
  },
};

/** All that openssl 3.5 lists. */
export const COMMANDS =
  "asn1parse ca ciphers cmp cms crl crl2pkcs7 dgst dhparam dsa dsaparam ec ecparam enc engine errstr fipsinstall gendsa genpkey genrsa help info kdf list mac nseq ocsp passwd pkcs12 pkcs7 pkcs8 pkey pkeyparam pkeyutl prime rand rehash req rsa rsautl s_client s_server s_time sess_id skeyutl smime speed spkac srp storeutl ts verify version x509".split(
    " ",
  );

/** 3.0 has no skeyutl. */
const commandsOf = (modern: boolean): readonly string[] =>
  modern ? COMMANDS : COMMANDS.filter((name) => name !== "skeyutl");

const DIGEST_COMMANDS =
  "blake2b512 blake2s256 md4 md5 rmd160 sha1 sha224 sha256 sha3-224 sha3-256 sha3-384 sha3-512 sha384 sha512 sha512-224 sha512-256 shake128 shake256 sm3".split(
    " ",
  );

/** A family of ciphers with its modes, as the names of `enc` have them. */
const family = (names: string, modes: string) =>
  names.split(" ").flatMap((name) => modes.split(" ").map((mode) => (mode === "" ? name : `${name}-${mode}`)));

const CIPHER_COMMANDS = [
  ...family("aes-128 aes-192 aes-256", "cbc ecb"),
  ...family("aria-128 aria-192 aria-256", "cbc cfb cfb1 cfb8 ctr ecb ofb"),
  "base64",
  ...family("bf", " cbc cfb ecb ofb"),
  ...family("camellia-128 camellia-192 camellia-256", "cbc ecb"),
  ..."cast cast-cbc cast5-cbc cast5-cfb cast5-ecb cast5-ofb des des-cbc des-cfb des-ecb des-ede des-ede-cbc des-ede-cfb des-ede-ofb des-ede3 des-ede3-cbc des-ede3-cfb des-ede3-ofb des-ofb des3 desx rc2 rc2-40-cbc rc2-64-cbc rc2-cbc rc2-cfb rc2-ecb rc2-ofb rc4 rc4-40 seed seed-cbc seed-cfb seed-ecb seed-ofb sm4-cbc sm4-cfb sm4-ctr sm4-ecb sm4-ofb".split(
    " ",
  ),
];

/** `openssl help`, which is also `openssl` alone. */
export function helpText(modern: boolean): string {
  return `help:

Standard commands
${columns(commandsOf(modern))}
Message Digest commands (see the \`dgst' command for more details)
${columns(DIGEST_COMMANDS)}
Cipher commands (see the \`enc' command for more details)
${columns(CIPHER_COMMANDS)}
`;
}

export function columns(names: readonly string[]): string {
  let text = "";
  for (let at = 0; at < names.length; at += 4)
    text += `${names
      .slice(at, at + 4)
      .map((name) => name.padEnd(18))
      .join("")}\n`;
  return text;
}

export const list: Subcommand = {
  options:
    "help 1 commands digest-commands cipher-commands digest-algorithms cipher-algorithms public-key-algorithms providers verbose disabled options: select:",
  *run(tool) {
    const all = commandsOf(tool.modern);
    if (tool.has("commands"))
      yield* tool.writeOutput(undefined, tool.has("1") ? `${all.join("\n")}\n` : `${columns(all)}\n`);
    else if (tool.has("digest-commands"))
      yield* tool.writeOutput(undefined, columns(DIGEST_COMMANDS.filter((name) => name !== "md4")));
    else {
      tool.error("list: this list is not modelled in this sandbox");
      return 1;
    }
    return 0;
  },
};

export const ciphers: Subcommand = {
  options: "help v V s tls1 tls1_1 tls1_2 tls1_3 stdname convert: ciphersuites: psk srp",
  operands: "one",
  *run(tool) {
    const given = tool.operands[0];
    const old =
      given === undefined ? OPENSSL_DEFAULT_SUITES.filter((name) => !suiteNamed(name)?.tls13) : parseCipherList(given);
    if (old === undefined) {
      tool.error("Error in cipher list");
      tool.queue("0A0000B9", "SSL_CTX_set_cipher_list", "no cipher match", "../ssl/ssl_lib.c:3377");
      return 1;
    }
    const names = [
      ...OPENSSL_DEFAULT_SUITES.filter((name) => suiteNamed(name)?.tls13),
      ...(tool.has("tls1_3") ? [] : old),
    ];
    const long = tool.has("v") || tool.has("V") || tool.has("stdname");
    const text = long
      ? names.map((name) => suitePrefix(tool, name) + describeSuite(name)).join("")
      : `${names.map((name) => suiteNamed(name)?.openssl ?? name).join(":")}\n`;
    yield* tool.writeOutput(undefined, text);
    return 0;
  },
};

/** The number of -V and the standard name of -stdname, in front of a suite's description. */
function suitePrefix(tool: Tool, name: string): string {
  const number = (suiteNamed(name)?.id ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const id = tool.has("V") ? `          0x${number.slice(0, 2)},0x${number.slice(2)} - ` : "";
  return tool.has("stdname") ? `${id}${name.padEnd(45)} - ` : id;
}

function describeSuite(name: string): string {
  const suite = suiteNamed(name);
  if (suite === undefined) return "";
  const exchange = suite.tls13 ? "any" : suite.ephemeral ? "ECDH" : "RSA";
  const authentication = suite.tls13 ? "any" : suite.key === "ec" ? "ECDSA" : "RSA";
  const gcm = /AES_(\d+)_GCM/.exec(name);
  const cbc = /AES_(\d+)_CBC_SHA(\d*)/.exec(name);
  const cipher = gcm ? `AESGCM(${gcm[1]})` : cbc ? `AES(${cbc[1]})` : "CHACHA20/POLY1305(256)";
  const mac = cbc ? (cbc[2] === "" ? "SHA1" : `SHA${cbc[2]}`) : "AEAD";
  const least = suite.tls13 ? "TLSv1.3" : suite.only12 ? "TLSv1.2" : "TLSv1";
  return `${suite.openssl.padEnd(30)} ${least} Kx=${exchange.padEnd(8)} Au=${authentication.padEnd(5)} Enc=${cipher.padEnd(22)} Mac=${mac}\n`;
}

export const asn1parse: Subcommand = {
  options: "help in: inform: out: noout i offset: length: dump dlimit: strparse: genstr: genconf: strictpem item: oid:",
  *run(tool) {
    const bytes = yield* tool.readInput(tool.value("in"), tool.value("inform")?.toLowerCase() === "der" ? "rb" : "r");
    const block = parsePem(decode(bytes))[0];
    let der = block?.der ?? bytes;
    if (block === undefined && bytes[0] !== 0x30 && tool.value("inform")?.toLowerCase() !== "der") {
      tool.error("Error reading PEM file");
      tool.queue("0480006C", "get_name", "no start line", "../crypto/pem/pem_lib.c:792");
      return 1;
    }
    der = der.subarray(tool.number("offset") ?? 0);
    const strparse = tool.number("strparse");
    try {
      if (strparse !== undefined) {
        const inner = readElement(der, strparse);
        der =
          inner.tag === TAG.bitString ? inner.body.subarray(1) : inner.tag === TAG.octetString ? inner.body : inner.der;
      }
      yield* tool.writeOutput(undefined, tool.has("noout") ? "" : parseLines(tool, der, 0, 0));
    } catch (error) {
      if (!(error instanceof DerError)) throw error;
      tool.error("Error in encoding");
      return 1;
    }
    return 0;
  },
};

function parseLines(tool: Tool, bytes: Uint8Array, base: number, depth: number): string {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const element = readElement(bytes, at);
    const head = element.der.length - element.body.length;
    const constructed = (element.tag & 0x20) !== 0;
    const indent = tool.has("i") ? " ".repeat(depth) : "";
    const value = constructed ? "" : primitiveText(element.tag, element.body);
    text += `${String(base + at).padStart(5)}:d=${depth}  hl=${head} l=${String(element.body.length).padStart(4)} ${constructed ? "cons" : "prim"}: ${indent}${tagName(element.tag).padEnd(18)}${value}\n`;
    if (constructed) text += parseLines(tool, element.body, base + at + head, depth + 1);
    at += element.der.length;
  }
  return text;
}

function primitiveText(tag: number, body: Uint8Array): string {
  if (tag === TAG.oid) return `:${longName(readOid({ tag, body, der: body }))}`;
  if (tag === TAG.integer) return `:${toHex(body[0] === 0 && body.length > 1 ? body.subarray(1) : body).toUpperCase()}`;
  if (tag === TAG.boolean) return `:${body[0] ?? 0}`;
  if (tag === TAG.octetString) return `[HEX DUMP]:${toHex(body).toUpperCase()}`;
  if (tag === TAG.utf8) return `:${decode(body)}`;
  if (tag === TAG.printable || tag === TAG.ia5 || tag === TAG.utcTime || tag === TAG.generalizedTime || tag === TAG.t61)
    return `:${fromLatin1(body)}`;
  return "";
}

const SIGNED_DATA = "1.2.840.113549.1.7.2";
const DATA = "1.2.840.113549.1.7.1";

export const crl2pkcs7: Subcommand = {
  options: "help in: inform: out: outform: nocrl certfile: provider:",
  *run(tool) {
    const bodies: Uint8Array[] = [];
    for (const file of tool.all("certfile")) {
      const bytes = yield* tool.readAll(file);
      if (isErrno(bytes)) {
        tool.error(`error opening the file, ${file}`);
        tool.error("error loading certificates");
        tool.queueOpen(file, bytes, "r");
        return 1;
      }
      bodies.push(
        ...parsePem(decode(bytes))
          .filter(({ label }) => label === "CERTIFICATE")
          .map(({ der }) => der),
      );
    }
    const inner = sequence(
      integer(1),
      setOf(),
      sequence(oid(DATA)),
      encodeElement(0xa0, ...bodies),
      encodeElement(0xa1),
      setOf(),
    );
    yield* tool.writeOutput(tool.value("out"), formatPem("PKCS7", sequence(oid(SIGNED_DATA), explicit(0, inner))));
    return 0;
  },
};

export const pkcs7: Subcommand = {
  options: "help in: inform: out: outform: noout text print print_certs quiet provider:",
  *run(tool) {
    const bytes = yield* tool.readInput(tool.value("in"));
    const der = parsePem(decode(bytes)).find(({ label }) => label === "PKCS7")?.der ?? bytes;
    const certificates = tryDer(() => {
      const [, content] = children(readElement(der));
      const signed = children(children(content as never)[0] as never);
      return children(signed.find((element) => element.tag === 0xa0)?.body ?? new Uint8Array(0)).map((element) =>
        parseCertificate(element.der),
      );
    });
    if (certificates === undefined) {
      tool.error("unable to load PKCS7 object");
      return 1;
    }
    const style = nameStyle(tool.modern);
    let text = "";
    for (const each of tool.has("print_certs") ? certificates : []) {
      text += tool.has("text")
        ? certificateText(each, style)
        : `subject=${formatName(each.subject, style)}\nissuer=${formatName(each.issuer, style)}\n`;
      if (!tool.has("noout")) text += formatPem("CERTIFICATE", each.der);
      text += "\n";
    }
    if (!tool.has("print_certs") && !tool.has("noout")) text += formatPem("PKCS7", der);
    yield* tool.writeOutput(tool.value("out"), text);
    return 0;
  },
};

export const storeutl: Subcommand = {
  options: "help out: passin: text noout certs keys crls subject: issuer: serial: alias: fingerprint: r provider:",
  operands: "one",
  *run(tool) {
    const file = tool.operands[0];
    if (file === undefined) {
      tool.refuse("No URI given, nothing to do...");
      return 1;
    }
    const bytes = yield* tool.readAll(file);
    if (isErrno(bytes)) {
      tool.error(`Couldn't open file or uri ${file}`);
      tool.queue(
        "80000002",
        "file_open",
        bytes.text,
        "../providers/implementations/storemgmt/file_store.c:265",
        `calling stat(${file})`,
      );
      return 1;
    }
    let text = "";
    let count = 0;
    for (const { label, der } of parsePem(decode(bytes))) {
      const kind =
        label === "CERTIFICATE"
          ? "Certificate"
          : label.endsWith("PRIVATE KEY")
            ? "Pkey"
            : label.includes("CRL")
              ? "CRL"
              : undefined;
      const wanted =
        !(tool.has("certs") || tool.has("keys") || tool.has("crls")) ||
        (kind === "Certificate" && tool.has("certs")) ||
        (kind === "Pkey" && tool.has("keys"));
      if (kind === undefined || !wanted) continue;
      text += `${count++}: ${kind}\n`;
      if (tool.has("text") && kind === "Certificate")
        text += certificateText(parseCertificate(der), nameStyle(tool.modern));
      if (!tool.has("noout")) text += formatPem(label, der);
    }
    yield* tool.writeOutput(tool.value("out"), `${text}Total found: ${count}\n`);
    return 0;
  },
};
