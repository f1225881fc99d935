// One run of kubectl: its flags, its streams, its client, what the server offers; made when first needed.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { concat, decode } from "../../kernel/text.ts";
import { fromBase64 } from "../../lib/crypto/base64.ts";
import { Client, type Credentials, StatusError } from "./client.ts";
import type { KubectlCommand } from "./command.ts";
import { Discovery } from "./discovery.ts";
import type { Expressions } from "./expressions.ts";
import type { Flags } from "./flags.ts";
import { resolveTarget, type Target } from "./kubeconfig.ts";
import { BareFail, Fail, q } from "./values.ts";

export class Kube {
  readonly sys: Sys;
  readonly flags: Flags;
  /** The command as called: `kubectl get`. */
  readonly path: string;
  /** What --help writes. */
  help = "";
  /** All commands there are, for completion. */
  commands: readonly KubectlCommand[] = [];
  /** The server has said that it checks fields itself. */
  checkable = false;
  /** What reads paths and templates, where the line has one. */
  expressions: Expressions | undefined;
  /** What --record writes down; undefined without it. */
  readonly cause: string | undefined;
  #target: Target | undefined;
  #client: Client | undefined;
  #discovery: Discovery | undefined;

  constructor(sys: Sys, flags: Flags, path: string) {
    this.sys = sys;
    this.flags = flags;
    this.path = path;
    const given = [...flags.values].map(([name, values]) => `--${name}=${values.join(",")}`);
    this.cause = flags.on("record") ? [path, ...flags.args, ...given].join(" ") : undefined;
  }

  get args(): readonly string[] {
    return this.flags.args;
  }

  *out(text: string): Task {
    if (text === "") return;
    const done = yield* this.sys.write(1, text);
    if (!isErrno(done)) return;
    if (done.code === "EPIPE") {
      this.sys.sigaction("SIGPIPE", "default");
      this.sys.kill(this.sys.pid, "SIGPIPE");
      yield* this.sys.rest();
    }
    throw new Fail("", 1);
  }

  *err(text: string): Task {
    yield* this.sys.write(2, text);
  }

  /** cmdutil.UsageErrorf: the message and where to read more. */
  usage(message: string): Fail {
    return new Fail(`${message}\nSee '${this.path} -h' for help and examples`);
  }

  /** Words that a command does not take: its help, then what they were. */
  *unexpected(): Task<Fail> {
    yield* this.out(this.help);
    return new Fail(`Unexpected args: [${this.args.join(" ")}]`);
  }

  get verbose(): number {
    return this.flags.number("v", 0);
  }

  get target(): Target {
    this.#target ??= resolveTarget(this.sys, this.flags, CLUSTER_FIRST.test(this.path) || this.flags.has("raw"));
    return this.#target;
  }

  get namespace(): string {
    return this.target.namespace;
  }

  *client(): Task<Client> {
    if (this.#client !== undefined) return this.#client;
    const { target } = this;
    if (!/^-?\d+$|^[-+]?((\d+\.?\d*|\.\d+)([nuµm]?s|m|h))+$/.test(this.flags.text("request-timeout") || "0"))
      throw new Fail(
        "Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)",
      );
    const secure = target.server.startsWith("https:");
    const basic = secure ? yield* this.#login(target) : undefined;
    const credentials = this.#credentials(target, secure, basic);
    const client = new Client(this.sys, credentials, this.verbose);
    this.#client = client;
    for (const file of target.config.loaded) yield* client.log(6, "loader.go:407", `Config loaded from file:  ${file}`);
    if (this.verbose >= 1)
      for (const [gate, on] of GATES)
        yield* client.log(1, "envvar.go:195", `"Feature gate default state" feature=${q(gate)} enabled=${on}`);
    return client;
  }

  *#login({ user }: Target): Task<string | undefined> {
    const known = ["username", "token", "tokenFile", "client-certificate", "client-certificate-data"].some(
      (key) => (user[key] ?? "") !== "",
    );
    if (user.exec !== undefined) throw new Fail("exec credential plugins are not modelled in this sandbox");
    if (known) return user.username === undefined ? undefined : `${user.username}:${user.password ?? ""}`;
    yield* this.out("Please enter Username: ");
    const name = yield* this.line();
    if (name === undefined) throw new Fail("EOF");
    yield* this.out("Please enter Password: ");
    const modes = this.sys.tcsetattr(0, { echo: false });
    const secret = yield* this.line();
    if (modes === undefined) this.sys.tcsetattr(0, { echo: true });
    return `${name}:${secret ?? ""}`;
  }

  #credentials(target: Target, secure: boolean, basic: string | undefined): Credentials {
    const { cluster, clusterName, user, userName, server } = target;
    const { flags, sys } = this;
    const wrong: string[] = [];
    const file = (what: string, path: string | undefined, of: string): string | undefined => {
      if (path === undefined || path === "") return undefined;
      const bytes = sys.readFile(path);
      if (!isErrno(bytes)) return decode(bytes);
      wrong.push(`unable to read ${what} ${path} for ${of} due to open ${path}: ${bytes.text.toLowerCase()}`);
      return "";
    };
    const data = (what: string, value: string | undefined): string | undefined => {
      if (value === undefined || value === "") return undefined;
      const bytes = fromBase64(value);
      if (bytes === undefined) throw new Fail(`illegal base64 data at input byte ${what.length}`);
      return decode(bytes);
    };
    const impersonate: [string, string][] = [];
    if (flags.has("as")) impersonate.push(["Impersonate-User", flags.text("as")]);
    for (const group of flags.list("as-group")) impersonate.push(["Impersonate-Group", group]);
    if (flags.has("as-uid")) impersonate.push(["Impersonate-Uid", flags.text("as-uid")]);
    for (const extra of flags.list("as-user-extra")) {
      const [key = "", value] = extra.split(/=(.*)/s);
      if (value !== undefined) impersonate.push([`Impersonate-Extra-${key}`, value]);
    }
    if (impersonate.length > 0 && !flags.has("as"))
      throw new Fail(`requesting uid, groups or user-extra for ${userName} without impersonating a user`);
    const token =
      user.token ?? (user.tokenFile === undefined ? undefined : file("tokenFile", user.tokenFile, userName)?.trim());
    if (user.token && user.username)
      wrong.push(
        `more than one authentication method found for ${userName}; found [token basicAuth], only one is allowed`,
      );
    const certificate =
      data("cert", user["client-certificate-data"]) ?? file("client-cert", user["client-certificate"], userName);
    const key = data("key", user["client-key-data"]) ?? file("client-key", user["client-key"], userName);
    if (certificate !== undefined && key === undefined)
      wrong.push(
        `client-key-data or client-key must be specified for ${userName} to use the clientCert authentication method.`,
      );
    const ca =
      data("ca", cluster["certificate-authority-data"]) ??
      file("certificate-authority", cluster["certificate-authority"], clusterName);
    if (wrong.length > 1) throw new BareFail(`Error in configuration: \n${wrong.map((one) => `* ${one}`).join("\n")}`);
    if (wrong.length === 1) throw new Fail(wrong[0] as string);
    if (secure && ca !== undefined && !ca.includes("-----BEGIN CERTIFICATE-----"))
      throw new Fail(
        `unable to load root certificates: ${ca.includes("-----BEGIN ") ? "no valid certificate authority data seen" : "unable to parse bytes as PEM block"}`,
      );
    return {
      server,
      ca,
      serverName: cluster["tls-server-name"],
      insecure: cluster["insecure-skip-tls-verify"] === true,
      certificate,
      key,
      reloaded: [user["client-certificate-data"], user["client-key-data"]].every((each) => !each),
      token: secure ? token : undefined,
      basic: token === undefined ? basic : undefined,
      impersonate,
    };
  }

  *discovery(): Task<Discovery> {
    this.#discovery ??= new Discovery(this.sys, yield* this.client());
    return this.#discovery;
  }

  /** A line from stdin without its end; undefined at the end. */
  *line(): Task<string | undefined> {
    let text = "";
    for (;;) {
      const bytes = yield* this.sys.read(0, 1);
      if (isErrno(bytes) || bytes.length === 0) return text === "" ? undefined : text;
      const letter = decode(bytes);
      if (letter === "\n") return text;
      text += letter;
    }
  }

  *stdin(): Task<string> {
    const parts: Uint8Array[] = [];
    for (;;) {
      const bytes = yield* this.sys.read(0);
      if (isErrno(bytes) || bytes.length === 0) return decode(concat(parts));
      parts.push(bytes);
    }
  }

  *close(): Task {
    if (this.#client !== undefined) yield* this.#client.close();
  }
}

/** Commands that ask for the cluster before they ask for the name space. */
const CLUSTER_FIRST =
  /^kubectl (?:cluster-info|auth [cw]|apply$|version|api-|top node|drain|u?n?cordon|create(?! token)|run|explain|proxy|wait|expose|replace|diff|autoscale|certificate)/;

const GATES: readonly (readonly [string, boolean])[] = [
  ["InOrderInformers", true],
  ["InOrderInformersBatchProcess", true],
  ["ClientsAllowCARotation", true],
  ["InformerResourceVersion", true],
  ["ClientsAllowCBOR", false],
  ["ClientsAllowTLSCacheGC", true],
  ["UnlockWhileProcessingFIFO", true],
  ["AtomicFIFO", true],
  ["WatchListClient", true],
  ["ClientsPreferCBOR", false],
];

/** Whether a refusal is for this reason. */
export function isReason(error: unknown, reason: string): error is StatusError {
  return error instanceof StatusError && error.reason === reason;
}
