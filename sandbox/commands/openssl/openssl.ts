// openssl: chooses the subcommand and runs it.

import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { base64, dgst, enc, namedDigest, rand } from "./digest.ts";
import { ec, ecparam, genpkey, genrsa, pkcs8, pkey, rsa } from "./keys.ts";
import { asn1parse, COMMANDS, ciphers, crl2pkcs7, helpText, list, pkcs7, storeutl, version } from "./misc.ts";
import { req } from "./req.ts";
import { sClient } from "./s-client/s-client.ts";
import { ca, crl, passwd, rehash } from "./small.ts";
import { Stop, type Subcommand, Tool } from "./tool.ts";
import { verify } from "./verify.ts";
import { x509 } from "./x509.ts";

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  asn1parse,
  base64,
  ca,
  ciphers,
  crl,
  crl2pkcs7,
  dgst,
  ec,
  ecparam,
  enc,
  genpkey,
  genrsa,
  list,
  md5: namedDigest("md5"),
  passwd,
  pkcs7,
  pkcs8,
  pkey,
  rand,
  rehash,
  req,
  rsa,
  s_client: sClient,
  sha1: namedDigest("sha1"),
  sha224: namedDigest("sha224"),
  sha256: namedDigest("sha256"),
  sha384: namedDigest("sha384"),
  sha512: namedDigest("sha512"),
  storeutl,
  verify,
  version,
  x509,
};

const KNOWN: ReadonlySet<string> = new Set(COMMANDS);

function* main(sys: Sys, argv: readonly string[]): Task<number> {
  const [, given = "help", ...args] = argv;
  const name =
    given === "--version" || given === "-v" || given === "-version"
      ? "version"
      : given === "--help" || given === "-h" || given === "-help"
        ? "help"
        : given;
  const tool = new Tool(sys, name);
  const spec = SUBCOMMANDS[name];
  if (spec === undefined) {
    const status = other(tool, name, args[0]);
    yield* tool.flush();
    return status;
  }
  let status: number;
  try {
    status = tool.parse(spec, args) ? (tool.has("help") ? showOptions(tool, spec) : yield* spec.run(tool)) : 1;
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    status = error.status;
  }
  yield* tool.flush();
  return status;
}

/** help, and what is not there. */
function other(tool: Tool, name: string, topic: string | undefined): number {
  const spec = name === "help" ? SUBCOMMANDS[topic ?? ""] : undefined;
  if (spec !== undefined) return showOptions(tool, spec);
  if (name === "help" && topic !== undefined && !KNOWN.has(topic)) return other(tool, topic, undefined);
  if (name === "help") {
    tool.errorText(helpText(tool.modern));
    return 0;
  }
  if (KNOWN.has(name)) tool.error(`openssl: ${name} is not modelled in this sandbox`);
  else tool.error(`Invalid command '${name}'; type "help" for a list.`);
  return 1;
}

function showOptions(tool: Tool, spec: Subcommand): number {
  tool.errorText(`Usage: ${tool.name} [options]${spec.operands === "any" ? " [file...]" : ""}\n\nValid options are:\n`);
  for (const word of spec.options.split(/\s+/)) tool.errorText(` -${word.replace(/:$/, " val")}\n`);
  return 0;
}

export const openssl: Program = { name: "openssl", main };
