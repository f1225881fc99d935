// kubeconfig files: where they lie, how several become one, and which cluster and user are meant (client-go's clientcmd).

import { isErrno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { formatYaml } from "../../lib/yaml-go/emit.ts";
import { readYaml } from "./documents.ts";
import type { Flags } from "./flags.ts";
import { BareFail, Fail, type Obj, q } from "./values.ts";

export type Section = "clusters" | "contexts" | "users";
/** Names of the sections' entries in the file. */
export const INNER: Readonly<Record<Section, string>> = { clusters: "cluster", contexts: "context", users: "user" };

export interface Kubeconfig {
  clusters: Map<string, Obj>;
  contexts: Map<string, Obj>;
  users: Map<string, Obj>;
  current: string;
  /** File each entry came from, by `section/name`. */
  origin: Map<string, string>;
  /** Files that were read. */
  loaded: string[];
}

export function emptyConfig(): Kubeconfig {
  return { clusters: new Map(), contexts: new Map(), users: new Map(), current: "", origin: new Map(), loaded: [] };
}

/** The files that count, in order; `explicit` where --kubeconfig names one. */
export function configFiles(sys: Sys, flags: Flags): { files: string[]; explicit: boolean; home: string } {
  // Without a home it is the folder that one stands in.
  const home = `${sys.env.HOME ? `${sys.env.HOME}/` : ""}.kube/config`;
  const given = flags.text("kubeconfig");
  if (given !== "") return { files: [given], explicit: true, home };
  const listed = (sys.env.KUBECONFIG ?? "").split(":").filter((path) => path !== "");
  return { files: listed.length > 0 ? [...new Set(listed)] : [home], explicit: false, home };
}

const FILE_FIELDS = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];

/** One file as it stands; undefined where there is none. */
export function readConfigFile(sys: Sys, path: string): Kubeconfig | undefined {
  const bytes = sys.readFile(path);
  if (isErrno(bytes)) {
    if (bytes.code === "ENOENT" || bytes.code === "ENOTDIR") return undefined;
    const verb = bytes.code === "EISDIR" ? "read" : "open";
    throw new Fail(`error loading config file ${q(path)}: ${verb} ${path}: ${bytes.text.toLowerCase()}`);
  }
  const config = emptyConfig();
  config.loaded.push(path);
  let root: Obj;
  try {
    root = (readYaml(decode(bytes)) as Obj | null) ?? {};
  } catch (error) {
    throw new Fail(`error loading config file ${q(path)}: ${(error as Error).message}`);
  }
  if (typeof root !== "object" || Array.isArray(root))
    throw new Fail(
      `error loading config file ${q(path)}: couldn't get version/kind; json parse error: json: cannot unmarshal ${Array.isArray(root) ? "array" : typeof root} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    );
  if (root.kind !== undefined && root.kind !== "Config")
    throw new Fail(
      `error loading config file ${q(path)}: no kind ${q(root.kind)} is registered for version ${q(root.apiVersion ?? "v1")} in scheme "k8s.io/client-go/tools/clientcmd/api/latest/latest.go:50"`,
    );
  config.current = root["current-context"] ?? "";
  for (const section of ["clusters", "contexts", "users"] as const) {
    const type = { clusters: "NamedCluster", contexts: "NamedContext", users: "NamedAuthInfo" }[section];
    if (typeof root[section] === "string")
      throw new Fail(
        `error loading config file ${q(path)}: json: cannot unmarshal string into Go struct field Config.${section} of type []v1.${type}`,
      );
    for (const entry of (root[section] as Obj[] | null) ?? []) {
      for (const [field, value] of Object.entries(entry[INNER[section]] ?? {})) {
        const bytes = field.endsWith("-data") ? badBase64(String(value)) : undefined;
        if (bytes !== undefined)
          throw new Fail(`error loading config file ${q(path)}: illegal base64 data at input byte ${bytes}`);
      }
      config[section].set(entry.name, entry[INNER[section]] ?? {});
      config.origin.set(`${section}/${entry.name}`, path);
    }
  }
  return config;
}

/** Where Go stops reading a text as base64; undefined where it is good. */
function badBase64(text: string): number | undefined {
  const clean = text.replace(/[\r\n]/g, "");
  const found = /[^A-Za-z0-9+/=]/.exec(clean);
  if (found !== null) return found.index;
  return clean.length % 4 === 0 ? undefined : clean.length - (clean.length % 4);
}

/** All files that count, the first to say something wins; relative files stand beside the kubeconfig. */
export function loadConfig(sys: Sys, flags: Flags): Kubeconfig {
  const { files, explicit } = configFiles(sys, flags);
  const merged = emptyConfig();
  for (const path of files) {
    const one = readConfigFile(sys, path);
    if (one === undefined) {
      if (explicit) throw new Fail(`stat ${path}: no such file or directory`);
      continue;
    }
    merged.loaded.push(path);
    merged.current ||= one.current;
    for (const section of ["clusters", "contexts", "users"] as const)
      for (const [name, entry] of one[section]) {
        if (merged[section].has(name)) continue;
        merged[section].set(name, entry);
        merged.origin.set(`${section}/${name}`, path);
      }
  }
  return merged;
}

/** A path of the kubeconfig, seen from where the command runs. */
export function besideConfig(file: string, origin: string | undefined): string {
  if (file.startsWith("/") || origin === undefined) return file;
  const folder = origin.includes("/") ? origin.slice(0, origin.lastIndexOf("/")) : "";
  const parts: string[] = [];
  for (const part of (folder === "" ? file : `${folder}/${file}`).split("/"))
    if (part === ".." && parts.at(-1)) parts.pop();
    else if (part !== ".") parts.push(part);
  return parts.join("/");
}

export interface Target {
  readonly server: string;
  readonly cluster: Obj;
  readonly clusterName: string;
  readonly user: Obj;
  readonly userName: string;
  readonly namespace: string;
  /** True where the namespace was chosen by flag or context. */
  readonly chosen: boolean;
  readonly config: Kubeconfig;
}

/** Cluster, user and namespace after contexts and flags. Throws what kubectl says of a wrong choice: another word for it where the cluster is looked for before the name space. */
export function resolveTarget(sys: Sys, flags: Flags, clusterFirst: boolean): Target {
  const config = loadConfig(sys, flags);
  const contextName = flags.text("context") || config.current;
  const context = config.contexts.get(contextName);
  if (context === undefined && flags.text("context") !== "" && clusterFirst)
    throw new Fail(`context ${q(contextName)} does not exist`);
  if (context === undefined && contextName !== "")
    throw new BareFail(`Error in configuration: context was not found for specified context: ${contextName}`);
  const clusterName = flags.global("cluster") || (context?.cluster ?? "");
  const userName = flags.global("user") || (context?.user ?? "");
  const found = config.clusters.get(clusterName);
  const person = config.users.get(userName);
  if (flags.global("cluster") !== "" && found === undefined)
    throw new Fail(`no server found for cluster ${q(clusterName)}`);
  if (flags.global("user") !== "" && person === undefined) throw new Fail(`auth info ${q(userName)} does not exist`);
  const cluster: Obj = { ...found };
  const user: Obj = { ...person };
  for (const field of FILE_FIELDS) {
    for (const [entry, key] of [
      [cluster, `clusters/${clusterName}`],
      [user, `users/${userName}`],
    ] as const)
      if (entry[field] !== undefined) entry[field] = besideConfig(entry[field], config.origin.get(key));
  }
  for (const [flag, entry, drop] of [
    ["certificate-authority", cluster, "certificate-authority-data"],
    ["client-certificate", user, "client-certificate-data"],
    ["client-key", user, "client-key-data"],
  ] as const)
    if (flags.has(flag)) {
      entry[flag] = flags.text(flag);
      delete entry[drop];
    }
  for (const [flag, entry] of [
    ["token", user],
    ["username", user],
    ["password", user],
    ["tls-server-name", cluster],
  ] as const)
    if (flags.has(flag)) entry[flag] = flags.text(flag);
  if (flags.has("insecure-skip-tls-verify")) {
    cluster["insecure-skip-tls-verify"] = flags.on("insecure-skip-tls-verify");
    if (flags.on("insecure-skip-tls-verify") && !flags.has("certificate-authority")) {
      delete cluster["certificate-authority"];
      delete cluster["certificate-authority-data"];
    }
  }
  if (flags.on("insecure-skip-tls-verify") && flags.has("certificate-authority"))
    throw new Fail("specifying a root certificates file with the insecure flag is not allowed");
  const server = withScheme(flags.text("server") || cluster.server || "http://localhost:8080");
  const namespace = flags.text("namespace") || context?.namespace || "default";
  return { server, cluster, clusterName, user, userName, namespace, chosen: flags.has("namespace"), config };
}

function withScheme(server: string): string {
  const text = server.replace(/\/$/, "");
  return /^https?:\/\//.test(text) ? text : `${/:443$/.test(text) ? "https" : "http"}://${text}`;
}

/** The config as `config view` and files show it. */
export function configObject(config: Kubeconfig): Obj {
  const list = (section: Section): Obj[] | null =>
    config[section].size === 0
      ? null
      : [...config[section].keys()]
          .sort((a, b) => (a < b ? -1 : 1))
          .map((name) => ({ [INNER[section]]: config[section].get(name), name }));
  return {
    apiVersion: "v1",
    clusters: list("clusters"),
    contexts: list("contexts"),
    "current-context": config.current,
    kind: "Config",
    users: list("users"),
  };
}

export function formatConfig(config: Kubeconfig): string {
  return formatYaml(configObject(config));
}
