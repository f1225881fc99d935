// kubectl create configmap and secret: data of literals, files and environment files.

import { isErrno } from "../../../kernel/errno.ts";
import { decode, encode } from "../../../kernel/text.ts";
import { toBase64 } from "../../../lib/crypto/base64.ts";
import { checkFormat } from "../../../lib/kube/names.ts";
import { readPair } from "../../../lib/tls/pair.ts";
import type { KubectlCommand } from "../command.ts";
import type { Kube } from "../kube.ts";
import { Fail, filled, type Obj, q } from "../values.ts";
import { ENV_NAME, generator } from "./generator.ts";

function readBytes(kube: Kube, path: string, missing = `open ${path}: no such file or directory`): Uint8Array {
  const bytes = kube.sys.readFile(path);
  if (isErrno(bytes)) throw new Fail(bytes.code === "ENOENT" ? missing : `open ${path}: ${bytes.text.toLowerCase()}`);
  return bytes;
}

function checkKey(key: string): string {
  const wrong = checkFormat("key", key);
  if (wrong.length > 0) throw new Fail(`${q(key)} is not a valid key name for a ConfigMap: ${wrong.join(",")}`);
  return key;
}

type Add = (key: string, value: Uint8Array) => void;

/** `KEY=PATH`, a file under its own name, or the files of a folder. */
function gatherFile(kube: Kube, source: string, add: Add): void {
  const { sys } = kube;
  const equals = source.indexOf("=");
  if (equals === 0) throw new Fail(`key name for file path ${source.slice(1)} missing`);
  if (equals !== source.lastIndexOf("=")) throw new Fail("key names or file paths cannot contain '='");
  const path = equals < 0 ? source : source.slice(equals + 1);
  const missing = `error reading ${path}: no such file or directory`;
  const stat = sys.stat(path);
  if (isErrno(stat)) throw new Fail(missing);
  if (stat.type !== "directory") {
    add(checkKey(equals < 0 ? path.replace(/^.*\//, "") : source.slice(0, equals)), readBytes(kube, path, missing));
    return;
  }
  if (equals >= 0) throw new Fail("cannot give a key name for a directory path");
  const entries = sys.readdir(path);
  for (const { name, type } of isErrno(entries) ? [] : [...entries].sort((a, b) => (a.name < b.name ? -1 : 1)))
    if (type === "file") add(checkKey(name), readBytes(kube, `${path}/${name}`));
}

/** Lines `KEY=VALUE`; a key alone takes its value from the environment. */
function gatherEnvironment(kube: Kube, path: string, add: Add): void {
  for (const line of decode(readBytes(kube, path, `error reading ${path}: no such file or directory`)).split("\n")) {
    const text = line.trimStart();
    if (text === "" || text.startsWith("#")) continue;
    const equals = text.indexOf("=");
    const key = equals < 0 ? text : text.slice(0, equals);
    if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(key)) throw new Fail(`${q(key)} is not a valid key name: ${ENV_NAME}`);
    if (equals < 0) add(text, encode(kube.sys.env[text] ?? ""));
    else add(text.slice(0, equals), encode(text.slice(equals + 1)));
  }
}

function gather(kube: Kube, add: Add): void {
  const { flags } = kube;
  if (flags.has("from-env-file") && (flags.has("from-file") || flags.has("from-literal")))
    throw new Fail("from-env-file cannot be combined with from-file or from-literal");
  for (const literal of flags.list("from-literal")) {
    const equals = literal.indexOf("=");
    if (equals <= 0) throw new Fail(`invalid literal source ${literal}, expected key=value`);
    add(checkKey(literal.slice(0, equals)), encode(literal.slice(equals + 1)));
  }
  for (const source of flags.list("from-file")) gatherFile(kube, source, add);
  for (const path of flags.list("from-env-file")) gatherEnvironment(kube, path, add);
}

const DATA = "append-hash! from-env-file+ from-file+ from-literal+";

export const configMap = generator({
  name: "configmap",
  short: "Create a config map from a local file, directory or literal value",
  aliases: ["cm"],
  usage: "NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none] [options]",
  flags: DATA,
  makes: ["v1", "ConfigMap"],
  failing: "configmap: ",
  make(kube, name) {
    const data: Obj = {};
    const binaryData: Obj = {};
    gather(kube, (key, value) => {
      if (key in data || key in binaryData)
        throw new Fail(
          `cannot add key ${q(key)}, another key by that name already exists in Data for ConfigMap ${q(name)}`,
        );
      const text = decode(value);
      if (text.isWellFormed()) data[key] = text;
      else binaryData[key] = toBase64(value);
    });
    return { metadata: { name }, ...filled({ data, binaryData }) };
  },
});

interface SecretKind {
  readonly name: string;
  readonly short: string;
  readonly usage?: string;
  readonly flags: string;
  readonly type?: string;
  gather(kube: Kube): Obj;
}

const secretOf = ({ type, gather, ...command }: SecretKind): KubectlCommand =>
  generator({
    ...command,
    makes: ["v1", "Secret"],
    failing: "secret ",
    make: (kube, name) => ({
      metadata: { name },
      ...filled({ data: gather(kube), type: type ?? kube.flags.text("type") }),
    }),
  });

function genericData(kube: Kube): Obj {
  const data: Obj = {};
  gather(kube, (key, value) => {
    if (key in data) throw new Fail(`cannot add key ${key}, another key by that name already exists`);
    data[key] = toBase64(value);
  });
  return data;
}

function tlsData(kube: Kube): Obj {
  const [certificate, key] = ["cert", "key"].map((flag) => {
    const path = kube.flags.text(flag);
    if (path === "") throw new Fail("key and cert must be specified");
    return readBytes(kube, path, `Cannot read file ${path}, open ${path}: no such file or directory`);
  }) as [Uint8Array, Uint8Array];
  const pair = readPair(decode(certificate), decode(key));
  if ("error" in pair) throw new Fail(pair.error);
  return { "tls.crt": toBase64(certificate), "tls.key": toBase64(key) };
}

function registryData({ flags }: Kube): Obj {
  const [username, password] = [flags.text("docker-username"), flags.text("docker-password")];
  if (username === "" || password === "")
    throw new Fail(
      "either --from-file or the combination of --docker-username, --docker-password and --docker-server is required",
    );
  const entry = {
    username,
    password,
    ...filled({ email: flags.text("docker-email") }),
    auth: toBase64(encode(`${username}:${password}`)),
  };
  const config = JSON.stringify({ auths: { [flags.text("docker-server", "https://index.docker.io/v1/")]: entry } });
  return { ".dockerconfigjson": toBase64(encode(config)) };
}

export const secret: KubectlCommand = {
  name: "secret",
  short: "Create a secret using a specified subcommand",
  long: "Create a secret with specified type.\n\n A docker-registry type secret is for accessing a container registry.\n\n A generic type secret indicate an Opaque secret type.\n\n A tls type secret holds TLS certificate and its associated key.",
  usage: "(docker-registry | generic | tls) [options]",
  bare: { fd: 2, code: 1 },
  sub: [
    secretOf({
      name: "docker-registry",
      short: "Create a secret for use with a Docker registry",
      flags: "append-hash! docker-email= docker-password= docker-server= docker-username= from-file+",
      type: "kubernetes.io/dockerconfigjson",
      gather: registryData,
    }),
    secretOf({
      name: "generic",
      short: "Create a secret from a local file, directory, or literal value",
      usage:
        "NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none] [options]",
      flags: `${DATA} type=`,
      gather: genericData,
    }),
    secretOf({
      name: "tls",
      short: "Create a TLS secret",
      usage: "NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none] [options]",
      flags: "append-hash! cert= key=",
      type: "kubernetes.io/tls",
      gather: tlsData,
    }),
  ],
};
