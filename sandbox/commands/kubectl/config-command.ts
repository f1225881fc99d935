// kubectl config: reading and changing kubeconfig files.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { toBase64 } from "../../lib/crypto/base64.ts";
import type { Kube } from "./kube.ts";
import {
  besideConfig,
  configFiles,
  configObject,
  emptyConfig,
  formatConfig,
  type Kubeconfig,
  loadConfig,
  readConfigFile,
  type Section,
} from "./kubeconfig.ts";
import { printerFor } from "./print.ts";
import { alignTabs } from "./tabs.ts";
import { type Any, clone, Fail, type Obj, q } from "./values.ts";

/** The merged config; a file named by --kubeconfig need not exist. */
export function view(kube: Kube): Kubeconfig {
  const { files } = configFiles(kube.sys, kube.flags);
  if (kube.flags.has("kubeconfig") && readConfigFile(kube.sys, files[0] ?? "") === undefined) return emptyConfig();
  return loadConfig(kube.sys, kube.flags);
}

/** The file that a change goes into. */
export function fileFor(kube: Kube, origin: string | undefined): string {
  const { files } = configFiles(kube.sys, kube.flags);
  return origin ?? files.find((path) => !isErrno(kube.sys.stat(path))) ?? files.at(-1) ?? "";
}

export function save(kube: Kube, path: string, change: (config: Kubeconfig) => void): void {
  const config = readConfigFile(kube.sys, path) ?? emptyConfig();
  change(config);
  const folder = path.slice(0, path.lastIndexOf("/"));
  const parts = folder.split("/");
  for (let i = 1; i <= parts.length; i++) {
    const part = parts.slice(0, i).join("/");
    if (part !== "") kube.sys.mkdir(part, 0o755);
  }
  const failed = kube.sys.writeFile(path, formatConfig(config), { mode: 0o600 });
  if (failed !== undefined) throw new Fail(`open ${path}: ${failed.text.toLowerCase()}`);
}

/** The one name of a setting command; without it, how it is used is told. */
function* named(kube: Kube, unexpected: string): Task<string> {
  const [name, extra] = kube.args;
  if (name !== undefined && extra === undefined) return name;
  yield* kube.out(kube.help);
  throw new Fail(`${unexpected} args: [${kube.args.join(" ")}]`);
}

/** Settings that name a file. */
const FILES = ["certificate-authority", "client-certificate", "client-key"];

export function* configView(kube: Kube): Task<number> {
  const { flags } = kube;
  if (kube.args.length > 0) throw kube.usage(`unexpected arguments: [${kube.args.join(" ")}]`);
  const config = view(kube);
  const shown = {
    ...config,
    clusters: new Map(config.clusters),
    contexts: new Map(config.contexts),
    users: new Map(config.users),
  };
  if (flags.on("minify")) minify(shown, flags.text("context"));
  for (const [name, user] of shown.users)
    shown.users.set(
      name,
      flags.on("raw") ? user : hide(user, ["client-certificate-data", "client-key-data"], ["token", "password"]),
    );
  for (const [name, cluster] of shown.clusters)
    shown.clusters.set(name, flags.on("raw") ? cluster : hide(cluster, ["certificate-authority-data"], []));
  if (flags.on("flatten")) flatten(kube, shown);
  for (const section of ["clusters", "users"] as const)
    for (const [name, entry] of shown[section]) {
      const placed = { ...entry };
      for (const key of FILES)
        if (entry[key] !== undefined) placed[key] = besideConfig(entry[key], config.origin.get(`${section}/${name}`));
      shown[section].set(name, placed);
    }
  const printer = printerFor(kube, flags.text("output", "yaml") || "yaml", { sorted: false });
  const object = configObject(shown);
  yield* kube.out(printer === undefined ? "" : printer(flags.text("output") === "json" ? jsonOrder(object) : object));
  return 0;
}

/** The order of Go's structs, which JSON keeps. */
const JSON_ORDER = [
  "kind",
  "apiVersion",
  "name",
  "server",
  "tls-server-name",
  "insecure-skip-tls-verify",
  "certificate-authority",
  "certificate-authority-data",
  "cluster",
  "user",
  "namespace",
  "context",
  "client-certificate",
  "client-certificate-data",
  "client-key",
  "client-key-data",
  "token",
  "tokenFile",
  "username",
  "password",
  "clusters",
  "users",
  "contexts",
  "current-context",
];

function jsonOrder(value: Any): Any {
  if (Array.isArray(value)) return value.map(jsonOrder);
  if (value === null || typeof value !== "object") return value;
  const place = (key: string): number => (JSON_ORDER.indexOf(key) + 100) % 100;
  return Object.fromEntries(
    Object.keys(value)
      .sort((a, b) => place(a) - place(b))
      .map((key) => [key, jsonOrder(value[key])]),
  );
}

function hide(entry: Obj, data: readonly string[], secret: readonly string[]): Obj {
  const shown = { ...entry };
  for (const key of data) if (shown[key] !== undefined) shown[key] = "DATA+OMITTED";
  for (const key of secret) if (shown[key] !== undefined) shown[key] = "REDACTED";
  return shown;
}

function minify(config: Kubeconfig, wanted: string): void {
  const name = wanted || config.current;
  if (name === "") throw new Fail("current-context must exist in order to minify");
  const context = config.contexts.get(name);
  if (context === undefined) throw new Fail(`cannot locate context ${name}`);
  config.current = name;
  config.contexts = new Map([[name, context]]);
  config.clusters = new Map([...config.clusters].filter(([key]) => key === context.cluster));
  config.users = new Map([...config.users].filter(([key]) => key === context.user));
}

function flatten(kube: Kube, config: Kubeconfig): void {
  for (const section of ["clusters", "users"] as const)
    for (const [name, entry] of config[section]) {
      const flat = { ...entry };
      for (const key of FILES) {
        if (flat[key] === undefined) continue;
        const bytes = kube.sys.readFile(besideConfig(flat[key], config.origin.get(`${section}/${name}`)));
        if (isErrno(bytes)) {
          const place = flat[key].startsWith("/") ? flat[key] : `${kube.sys.getcwd()}/${flat[key]}`;
          throw new Fail(`open ${place}: ${bytes.text.toLowerCase()}`);
        }
        flat[`${key}-data`] = toBase64(bytes);
        delete flat[key];
      }
      config[section].set(name, flat);
    }
}

export function* currentContext(kube: Kube): Task<number> {
  const { current } = view(kube);
  if (current === "") throw new Fail("current-context is not set");
  yield* kube.out(`${current}\n`);
  return 0;
}

export function* getContexts(kube: Kube): Task<number> {
  const { flags, args } = kube;
  const config = view(kube);
  const names = args.length > 0 ? args : [...config.contexts.keys()].sort();
  const missing = names.find((name) => !config.contexts.has(name));
  if (flags.text("output") === "name") {
    yield* kube.out(names.map((name) => `${name}\n`).join(""));
    return 0;
  }
  if (flags.has("output"))
    throw new Fail(
      `--output ${flags.text("output")} is not available in kubectl config get-contexts; resetting to default output format`,
    );
  const rows = names
    .filter((name) => config.contexts.has(name))
    .map((name) => {
      const context = config.contexts.get(name) ?? {};
      return [
        name === config.current ? "*" : "",
        name,
        context.cluster ?? "",
        context.user ?? "",
        context.namespace ?? "",
      ].join("\t");
    });
  const head = flags.on("no-headers") ? [] : ["CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE"];
  yield* kube.out(alignTabs([...head, ...rows].map((line) => `${line}\n`).join("")));
  if (missing !== undefined) throw new Fail(`context ${missing} not found`);
  return 0;
}

export function* getClusters(kube: Kube): Task<number> {
  yield* kube.out(["NAME", ...[...view(kube).clusters.keys()].sort()].map((name) => `${name}\n`).join(""));
  return 0;
}

export function* getUsers(kube: Kube): Task<number> {
  yield* kube.out(["NAME", ...[...view(kube).users.keys()].sort()].map((name) => `${name}\n`).join(""));
  return 0;
}

export function* useContext(kube: Kube): Task<number> {
  if (kube.args.length !== 1) throw yield* kube.unexpected();
  const [name = ""] = kube.args;
  const config = view(kube);
  if (!config.contexts.has(name)) throw new Fail(`no context exists with the name: ${q(name)}`);
  const file = fileFor(kube, config.loaded[0]);
  save(kube, file, (one) => {
    one.current = name;
  });
  yield* kube.out(`Switched to context "${name}".\n`);
  return 0;
}

function* modify(kube: Kube, section: Section, name: string, change: (entry: Obj) => void): Task<boolean> {
  const config = view(kube);
  const known = config[section].get(name);
  save(kube, fileFor(kube, config.origin.get(`${section}/${name}`)), (file) => {
    const entry = clone(known ?? {});
    change(entry);
    file[section].set(name, entry);
  });
  return known !== undefined;
}

export function* setContext(kube: Kube): Task<number> {
  const { flags } = kube;
  const config = view(kube);
  let name = kube.args[0] ?? "";
  if (flags.on("current")) {
    if (kube.args.length > 0) throw new Fail("you cannot specify both a context name and --current");
    name = config.current;
    if (name === "") throw new Fail("no current context is set");
  } else if (kube.args.length > 1) throw yield* kube.unexpected();
  else if (kube.args.length === 0) throw new Fail("you must specify a non-empty context name or --current");
  const known = yield* modify(kube, "contexts", name, (entry) => {
    for (const [flag, key] of [
      ["cluster", "cluster"],
      ["user", "user"],
      ["namespace", "namespace"],
    ] as const)
      if (flags.has(flag)) {
        if (flags.text(flag) === "") delete entry[key];
        else entry[key] = flags.text(flag);
      }
    entry.cluster ??= "";
    entry.user ??= "";
  });
  yield* kube.out(`Context "${name}" ${known ? "modified" : "created"}.\n`);
  return 0;
}

/** A file's contents as base64, or its path, as --embed-certs says. */
function certificate(kube: Kube, entry: Obj, flag: string, embed: boolean): void {
  if (!kube.flags.has(flag)) return;
  const path = kube.flags.text(flag);
  delete entry[flag];
  delete entry[`${flag}-data`];
  if (path === "") return;
  if (!embed) {
    entry[flag] = path.startsWith("/") ? path : relativeTo(kube, path);
    return;
  }
  const bytes = kube.sys.readFile(path);
  if (isErrno(bytes)) throw new Fail(`could not stat ${flag} file ${path}: stat ${path}: no such file or directory`);
  entry[`${flag}-data`] = toBase64(bytes);
}

/** kubectl stores paths seen from the kubeconfig's folder. */
function relativeTo(kube: Kube, path: string): string {
  const file = fileFor(kube, undefined);
  const base = (file.startsWith("/") ? file : `${kube.sys.getcwd()}/${file}`).split("/").slice(1, -1);
  const full = `${kube.sys.getcwd()}/${path}`.split("/").filter((part) => part !== "" && part !== ".");
  let i = 0;
  while (i < base.length && base[i] === full[i]) i++;
  return [...base.slice(i).map(() => ".."), ...full.slice(i)].join("/");
}

export function* setCluster(kube: Kube): Task<number> {
  const { flags } = kube;
  const name = yield* named(kube, "Unexpected");
  if (flags.on("insecure-skip-tls-verify") && flags.text("certificate-authority") !== "")
    throw new Fail("you cannot specify a certificate authority and insecure mode at the same time");
  if (flags.on("embed-certs") && !flags.has("certificate-authority"))
    throw new Fail("you must specify a --certificate-authority to embed");
  yield* modify(kube, "clusters", name, (entry) => {
    if (flags.has("server")) entry.server = flags.text("server");
    if (flags.has("tls-server-name")) entry["tls-server-name"] = flags.text("tls-server-name");
    if (flags.has("proxy-url")) entry["proxy-url"] = flags.text("proxy-url");
    if (flags.has("insecure-skip-tls-verify")) {
      delete entry["insecure-skip-tls-verify"];
      if (flags.on("insecure-skip-tls-verify")) {
        // Whom to trust need not be known then.
        entry["insecure-skip-tls-verify"] = true;
        delete entry["certificate-authority"];
        delete entry["certificate-authority-data"];
      }
    }
    if (flags.text("certificate-authority") !== "") delete entry["insecure-skip-tls-verify"];
    certificate(kube, entry, "certificate-authority", flags.on("embed-certs"));
    entry.server ??= "";
  });
  yield* kube.out(`Cluster "${name}" set.\n`);
  return 0;
}

export function* setCredentials(kube: Kube): Task<number> {
  const { flags } = kube;
  const name = yield* named(kube, "unexpected");
  if (flags.on("embed-certs") && !flags.has("client-certificate") && !flags.has("client-key"))
    throw new Fail("you must specify a --client-certificate or --client-key to embed");
  if (flags.has("token") && flags.has("username"))
    throw new Fail(
      "you cannot specify more than one authentication method at the same time: --token, --username/--password",
    );
  for (const key of ["exec-command", "auth-provider"])
    if (flags.has(key)) throw new Fail(`--${key} is not modelled in this sandbox`, 2);
  yield* modify(kube, "users", name, (entry) => {
    const given = ["token", "username", "password"].filter((key) => flags.has(key));
    for (const key of given) {
      // Of a token and a password there is one only.
      for (const other of key === "token" ? ["username", "password"] : ["token"]) delete entry[other];
      entry[key] = flags.text(key);
    }
    certificate(kube, entry, "client-certificate", flags.on("embed-certs"));
    certificate(kube, entry, "client-key", flags.on("embed-certs"));
  });
  yield* kube.out(`User "${name}" set.\n`);
  return 0;
}

const remove = (section: Section, what: string) =>
  function* (kube: Kube): Task<number> {
    const [name, extra] = kube.args;
    if (name === undefined || extra !== undefined) {
      if (what === "user") throw kube.usage("user to delete is required");
      yield* kube.out(kube.help);
      return 0;
    }
    const config = view(kube);
    const file = config.origin.get(`${section}/${name}`) ?? fileFor(kube, undefined);
    if (!config[section].has(name)) throw new Fail(`cannot delete ${what} ${name}, not in ${file}`);
    if (section === "contexts" && config.current === name)
      yield* kube.err(
        'warning: this removed your active context, use "kubectl config use-context" to select a different one\n',
      );
    save(kube, file, (one) => void one[section].delete(name));
    yield* kube.out(`deleted ${what} ${name} from ${file}\n`);
    return 0;
  };

export const deleteCluster = remove("clusters", "cluster");
export const deleteContext = remove("contexts", "context");
export const deleteUser = remove("users", "user");

export function* renameContext(kube: Kube): Task<number> {
  const [from, to] = kube.args;
  if (from === undefined || to === undefined || kube.args.length > 2) throw yield* kube.unexpected();
  const config = view(kube);
  const entry = config.contexts.get(from);
  if (entry === undefined)
    throw new Fail(`cannot rename the context ${q(from)}, it's not in ${fileFor(kube, undefined)}`);
  if (config.contexts.has(to))
    throw new Fail(
      `cannot rename the context ${q(from)}, the context ${q(to)} already exists in ${fileFor(kube, undefined)}`,
    );
  save(kube, config.origin.get(`contexts/${from}`) ?? "", (one) => {
    one.contexts.delete(from);
    one.contexts.set(to, entry);
    if (one.current === from) one.current = to;
  });
  yield* kube.out(`Context "${from}" renamed to "${to}".\n`);
  return 0;
}
