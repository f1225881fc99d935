// kubeadm token: bootstrap tokens as Secrets of kube-system, and the command that lets a node join with one.

import type { Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import { fromBase64 } from "../../lib/crypto/base64.ts";
import { hash } from "../../lib/crypto/hash.ts";
import { certificatesFromPem } from "../../lib/x509/certificate.ts";
import { formatYaml } from "../../lib/yaml-go/emit.ts";
import type { Client } from "../kubectl/client.ts";
import { readYaml } from "../kubectl/documents.ts";
import { Fail, type Obj } from "../kubectl/values.ts";
import { base64, type Kubeadm, readConfigMap, reasonOf } from "./context.ts";

const TOKEN = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;
const SECRETS = "/api/v1/namespaces/kube-system/secrets";
const SHAPE = "\\\\A([a-z0-9]{6})\\\\.([a-z0-9]{16})\\\\z";
const ID_SHAPE = "\\\\A([a-z0-9]{6})\\\\z";

export const isToken = (text: string): boolean => TOKEN.test(text);

/** A new token, drawn from the machine's randomness. */
export const newToken = (k: Kubeadm): string => `${k.random(6)}.${k.random(16)}`;

/** RFC 7469 pins of a CA file: what a joining node compares. */
export const pinsOf = (pem: string): string[] =>
  certificatesFromPem(pem).map(
    (each) => `sha256:${Array.from(hash("sha256", each.spki), (byte) => byte.toString(16).padStart(2, "0")).join("")}`,
  );

const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** The Secret of a token. */
export function tokenSecret(
  token: string,
  ttl: number,
  now: number,
  more: { description: string; groups: readonly string[]; usages: readonly string[] },
): Obj {
  const [id = "", secret = ""] = token.split(".");
  const data: Record<string, string> = {
    "token-id": base64(id),
    "token-secret": base64(secret),
    ...(more.description === "" ? {} : { description: base64(more.description) }),
    ...(ttl > 0 ? { expiration: base64(time(now + ttl)) } : {}),
    ...Object.fromEntries(more.usages.map((usage) => [`usage-bootstrap-${usage}`, base64("true")])),
    ...(more.groups.length === 0 ? {} : { "auth-extra-groups": base64(more.groups.join(",")) }),
  };
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: `bootstrap-token-${id}`, namespace: "kube-system" },
    type: "bootstrap.kubernetes.io/token",
    data,
  };
}

export function* createToken(k: Kubeadm): Task {
  const { flags, args } = k;
  const token = args[0] ?? newToken(k);
  if (!isToken(token)) throw new Fail(`the bootstrap token ${JSON.stringify(token)} was not of the form "${SHAPE}"`);
  const groups = flags.has("groups") ? flags.list("groups") : ["system:bootstrappers:kubeadm:default-node-token"];
  for (const group of groups)
    if (!/^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/.test(group))
      throw new Fail(
        `bootstrapTokens.0.groups: Invalid value: ${JSON.stringify(groups)}: bootstrap group ${JSON.stringify(group)} is invalid (must match \\Asystem:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]\\z)`,
      );
  const usages = flags.has("usages") ? flags.list("usages") : ["signing", "authentication"];
  const bad = usages.filter((usage) => usage !== "signing" && usage !== "authentication");
  if (bad.length > 0)
    throw new Fail(
      `bootstrapTokens.0.usages: Invalid value: ${JSON.stringify(usages)}: invalid bootstrap token usage string: ${bad.join(",")}, valid usage options: signing,authentication`,
    );
  const client = k.client(k.adminConfig());
  const more = { description: flags.text("description"), groups, usages };
  const body = tokenSecret(token, flags.duration("ttl", 86_400_000), k.sys.now(), more);
  if (!flags.on("dry-run")) {
    const answer = yield* askServer(client, { method: "POST", path: SECRETS, body });
    if (answer.status === 409) throw new Fail(`a token with id ${JSON.stringify(token.slice(0, 6))} already exists`);
    if (answer.status >= 300)
      throw new Fail(
        `failed to create or update bootstrap token with name bootstrap-token-${token.slice(0, 6)}: unable to create Secret: ${answer.body?.message ?? answer.text}`,
      );
  }
  yield* k.print(flags.on("print-join-command") ? `${yield* joinCommand(k, client, token)}\n` : `${token}\n`);
}

function* askServer(client: Client, ask: Parameters<Client["ask"]>[0]) {
  try {
    return yield* client.ask(ask);
  } catch (error) {
    throw new Fail(reasonOf(error));
  }
}

/** What to type on the new node. */
export function* joinCommand(_k: Kubeadm, client: Client, token: string): Task<string> {
  const info = yield* readConfigMap(client, "kube-public", "cluster-info", "failed to get cluster-info: ");
  const config = readYaml(info.kubeconfig ?? "{}") as Obj;
  const cluster = (config.clusters as Obj[] | undefined)?.[0]?.cluster ?? {};
  const ca = decode(fromBase64(cluster["certificate-authority-data"] ?? "") ?? new Uint8Array());
  const server = String(cluster.server ?? client.to.server).replace("https://", "");
  const pins = pinsOf(ca).map((pin) => `--discovery-token-ca-cert-hash ${pin} `);
  return `kubeadm join ${server} --token ${token} ${pins.join("")}`;
}

interface Listed {
  readonly token: string;
  readonly description: string;
  readonly expires: string;
  readonly usages: readonly string[];
  readonly groups: readonly string[];
}

function describe(secret: Obj): Listed {
  const data = (secret.data ?? {}) as Record<string, string>;
  const text = (key: string): string => decode(fromBase64(data[key] ?? "") ?? encode(""));
  return {
    token: `${text("token-id")}.${text("token-secret")}`,
    description: text("description"),
    expires: text("expiration"),
    usages: Object.keys(data)
      .filter((key) => key.startsWith("usage-bootstrap-") && text(key) === "true")
      .map((key) => key.slice("usage-bootstrap-".length))
      .sort(),
    groups: text("auth-extra-groups") === "" ? [] : text("auth-extra-groups").split(","),
  };
}

export function* listTokens(k: Kubeadm): Task {
  const client = k.client(k.adminConfig());
  const path = `${SECRETS}?fieldSelector=type%3Dbootstrap.kubernetes.io%2Ftoken`;
  const answer = yield* askServer(client, { path });
  if (answer.status >= 300) throw new Fail(`failed to list bootstrap tokens: ${answer.body?.message ?? answer.text}`);
  const found = ((answer.body?.items ?? []) as Obj[]).filter((each) => each.type === "bootstrap.kubernetes.io/token");
  const tokens = found.map(describe).sort((a, b) => (a.token < b.token ? -1 : 1));
  const format = k.flags.text("experimental-output", k.flags.text("output", "text"));
  if (format === "json" || format === "yaml") {
    for (const { token, description, expires, usages, groups } of tokens) {
      const value = {
        kind: "BootstrapToken",
        apiVersion: "output.kubeadm.k8s.io/v1alpha3",
        token,
        ...(description === "" ? {} : { description }),
        ...(expires === "" ? {} : { expires }),
        usages,
        ...(groups.length === 0 ? {} : { groups }),
      };
      yield* k.print(format === "json" ? `${JSON.stringify(value, null, 4)}\n` : formatYaml(value));
    }
    return;
  }
  if (format !== "text")
    throw new Fail(
      `unsupported output format ${JSON.stringify(format)}, supported formats: go-template|go-template-file|json|jsonpath|jsonpath-as-json|jsonpath-file|template|templatefile|text|yaml`,
    );
  if (tokens.length === 0) return;
  yield* k.print(row("TOKEN", "TTL", "EXPIRES", "USAGES", "DESCRIPTION", "EXTRA GROUPS"));
  for (const { token, description, expires, usages, groups } of tokens) {
    const left = expires === "" ? "<forever>" : shortDuration(Date.parse(expires) - k.sys.now() - 1);
    yield* k.print(
      row(
        token,
        left,
        expires || "<never>",
        usages.join(",") || "<none>",
        description || "<none>",
        groups.join(",") || "<none>",
      ),
    );
  }
}

const row = (
  token: string,
  ttl: string,
  expires: string,
  usages: string,
  description: string,
  groups: string,
): string =>
  `${token.padEnd(23)}   ${ttl.padEnd(9)}   ${expires.padEnd(20)}   ${usages.padEnd(22)}   ${description.padEnd(56)}   ${groups}\n`;

/** Kubernetes' short way to tell a time span: 59m, 23h, 364d. */
export function shortDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h`;
  return hours < 24 * 365 ? `${Math.floor(hours / 24)}d` : `${Math.floor(hours / 24 / 365)}y`;
}

export function* deleteToken(k: Kubeadm): Task {
  if (k.args.length === 0)
    throw new Fail(`missing argument; 'token delete' is missing token of form "${SHAPE}" or "${ID_SHAPE}"`);
  const client = k.client(k.adminConfig());
  for (const given of k.args) {
    const id = TOKEN.exec(given)?.[1] ?? given;
    if (!/^[a-z0-9]{6}$/.test(id)) throw new Fail(`given token didn't match pattern "${SHAPE}" or "${ID_SHAPE}"`);
    const answer = yield* askServer(client, { method: "DELETE", path: `${SECRETS}/bootstrap-token-${id}` });
    if (answer.status >= 300)
      throw new Fail(`failed to delete bootstrap token ${JSON.stringify(id)}: ${answer.body?.message ?? answer.text}`);
    yield* k.print(`bootstrap token ${JSON.stringify(id)} deleted\n`);
  }
}
