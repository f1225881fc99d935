// What one curl operation is set to do: options interpreted in order, with --next between operations.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import { clash } from "./clash.ts";
import { parseWords, type Refusal, type Word } from "./options.ts";
import { encodeQuery } from "./request.ts";
import { addData, addForm, addHeaders, fileTrouble, readInput, timeCondition } from "./values.ts";

export interface FormPart {
  readonly name: string;
  readonly value: Uint8Array;
  readonly filename?: string;
  readonly type?: string;
}

/** One group of options and its URLs. */
export interface Operation {
  urls: string[];
  /** One per URL in order: a file, "" for the URL's own name (-O), undefined for stdout. */
  outputs: (string | undefined)[];
  uploads: string[];
  headers: string[];
  data: Uint8Array | undefined;
  json: boolean;
  form: FormPart[];
  request: string | undefined;
  head: boolean;
  get: boolean;
  cookies: string[];
  resolve: string[];
  connectTo: string[];
  /** Anything else, by name: last value given. */
  text: Map<string, string>;
  on: Set<string>;
}

/** Settings of the whole run. */
export interface Settings {
  operations: Operation[];
  silent: boolean;
  showError: boolean;
  verbose: boolean;
  noProgress: boolean;
  progressBar: boolean;
  styled: boolean;
  failEarly: boolean;
  stderrFile: string | undefined;
  trace: { file: string; ascii: boolean } | undefined;
  traceTime: boolean;
  action: "help" | "version" | "manual" | undefined;
  helpSubject: string;
}

const createOperation = (): Operation => ({
  urls: [],
  outputs: [],
  uploads: [],
  headers: [],
  data: undefined,
  json: false,
  form: [],
  request: undefined,
  head: false,
  get: false,
  cookies: [],
  resolve: [],
  connectTo: [],
  text: new Map(),
  on: new Set(),
});

export function createSettings(): Settings {
  return {
    operations: [createOperation()],
    silent: false,
    showError: false,
    verbose: false,
    noProgress: false,
    progressBar: false,
    styled: true,
    failEarly: false,
    stderrFile: undefined,
    trace: undefined,
    traceTime: false,
    action: undefined,
    helpSubject: "",
  };
}

/** Options that exist but do nothing here, or whose effect cannot be seen. */
const HARMLESS = new Set(
  "append basic keepalive keepalive-time tcp-nodelay compressed-ssh junk-session-cookies sessionid alpn npn buffer disable no-buffer ssl-no-revoke tcp-fastopen path-as-is http0.9 raw tr-encoding trace-ids crlf parallel parallel-immediate remote-time xattr location-trusted ftp-pasv eprt epsv use-ascii create-dirs cert-type key-type pass capath noproxy oauth2-bearer ipv4 ipv6".split(
    " ",
  ),
);

/** Options of protocols and features that this curl does not have. */
const UNMODELLED = new Set(
  "aws-sigv4 doh-url ftp-port quote socks4 socks4a socks5 socks5-hostname preproxy proxytunnel telnet-option mail-from mail-rcpt krb libcurl hsts alt-svc http3 http3-only engine abstract-unix-socket ssl-sessions ech".split(
    " ",
  ),
);

/** Options whose value may not be empty. */
const FILLED = new Set(
  "request output cookie-jar cacert key url unix-socket capath ciphers tls13-ciphers curves range dump-header interface request-target crlfile output-dir stderr trace trace-ascii".split(
    " ",
  ),
);

const NUMBERS = new Set(
  "max-time connect-timeout max-redirs retry retry-delay retry-max-time limit-rate speed-limit speed-time max-filesize keepalive-time expect100-timeout".split(
    " ",
  ),
);

/** What interpreting has to say. */
export interface Interpreted {
  readonly warnings: string[];
  /** Lines printed before the refusal, already with `curl: `. */
  readonly notes: string[];
  readonly refusal?: Refusal;
  readonly unmodelled?: string;
}

/** Reads the whole command line into settings, config files included. */
export function* interpret(sys: Sys, args: readonly string[], modern: boolean, settings: Settings): Task<Interpreted> {
  const parsed = parseWords(args, modern);
  const state: Interpreted = { warnings: [...parsed.warnings], notes: [] };
  for (const word of parsed.words) {
    const wrong = yield* apply(sys, word, modern, settings, state);
    if (wrong !== undefined && !("unmodelled" in wrong && parsed.refusal !== undefined)) return { ...state, ...wrong };
  }
  return parsed.refusal === undefined ? state : { ...state, refusal: parsed.refusal };
}

/** Why an option could not be taken. */
export type Wrong = { readonly refusal: Refusal } | { readonly unmodelled: string };

function* apply(
  sys: Sys,
  word: Word,
  modern: boolean,
  settings: Settings,
  state: Interpreted,
): Task<Wrong | undefined> {
  const operation = settings.operations[settings.operations.length - 1] as Operation;
  if (word.kind === "url") {
    operation.urls.push(word.value);
    return undefined;
  }
  const { name, value, on, given } = word;
  const refuse = (reason: string, status = 2) => ({ refusal: { given, reason, status } });
  if (UNMODELLED.has(name) && on) return { unmodelled: given };
  if (NUMBERS.has(name)) {
    if (!/^\d+(\.\d*)?$/.test(value) && !(name === "limit-rate" && /^\d+[kKmMgG]?$/.test(value))) {
      const whole = name !== "max-time" && name !== "connect-timeout";
      if (name === "max-redirs" && value === "-1") return undefined;
      return refuse(
        whole && /^-\d/.test(value)
          ? "expected a positive numerical parameter"
          : "expected a proper numerical parameter",
      );
    }
  }
  if (modern && on && value === "" && FILLED.has(name)) return refuse("blank argument where content is expected");
  switch (name) {
    case "anyauth":
    case "basic":
    case "digest":
    case "negotiate":
    case "ntlm":
      operation.text.set("auth", on ? name : "basic");
      return undefined;
    case "proto-default":
      operation.text.set(name, value);
      return undefined;
    case "next":
      if (modern && operation.urls.length === 0) return refuse("is badly used here");
      settings.operations.push(createOperation());
      return undefined;
    case "silent":
      settings.silent = on;
      return undefined;
    case "show-error":
      settings.showError = on;
      return undefined;
    case "verbose":
      settings.verbose = on;
      return undefined;
    case "progress-meter":
      settings.noProgress = !on;
      return undefined;
    case "progress-bar":
      settings.progressBar = on;
      return undefined;
    case "styled-output":
      settings.styled = on;
      return undefined;
    case "fail-early":
      settings.failEarly = on;
      return undefined;
    case "stderr":
      settings.stderrFile = value;
      return undefined;
    case "trace-time":
      settings.traceTime = on;
      return undefined;
    case "trace":
    case "trace-ascii":
      settings.trace = { file: value, ascii: name === "trace-ascii" };
      return undefined;
    case "help":
      settings.action ??= "help";
      settings.helpSubject = value;
      return undefined;
    case "version":
    case "manual":
      settings.action ??= name;
      return undefined;
    case "url":
      operation.urls.push(value);
      return undefined;
    case "output":
      operation.outputs.push(value);
      return undefined;
    case "remote-name":
      operation.outputs.push(on ? "" : undefined);
      return undefined;
    case "out-null":
      operation.outputs.push("/dev/null");
      return undefined;
    case "upload-file":
      operation.uploads.push(value);
      return undefined;
    case "header":
      return yield* addHeaders(sys, value, operation, () => fileTrouble(state, given, value.slice(1), modern));
    case "data":
    case "data-ascii":
    case "data-binary":
    case "data-raw":
    case "data-urlencode":
    case "json":
      return yield* addData(sys, name, value, operation, (file) => fileTrouble(state, given, file, modern));
    case "url-query":
      operation.text.set(
        "url-query",
        [operation.text.get("url-query"), encodeQuery(value)].filter((part) => part !== undefined).join("&"),
      );
      return undefined;
    case "form":
    case "form-string":
      return yield* addForm(sys, modern, name, value, operation, state, refuse);
    case "request":
      operation.request = value;
      return undefined;
    case "head":
      operation.head = on;
      return on ? clash(operation, "head", modern, state, refuse) : undefined;
    case "get":
      operation.get = on;
      return undefined;
    case "cookie":
      operation.cookies.push(value);
      return undefined;
    case "resolve":
      operation.resolve.push(value);
      return undefined;
    case "connect-to":
      operation.connectTo.push(value);
      return undefined;
    case "config":
      return yield* readConfig(sys, value, given, modern, settings, state);
    case "time-cond":
      return timeCondition(sys, value, operation, state);
    case "write-out": {
      const text = value.startsWith("@") ? yield* readInput(sys, value.slice(1)) : encode(value);
      if (text === undefined) return fileTrouble(state, given, value.slice(1), modern);
      // A file's line ends do not count.
      operation.text.set(name, value.startsWith("@") ? decode(text).replace(/[\r\n]/g, "") : decode(text));
      return undefined;
    }
    case "tls-max":
      if (!["default", "1.0", "1.1", "1.2", "1.3"].includes(value)) return refuse("is badly used here");
      operation.text.set(name, value);
      return undefined;
    case "tlsv1":
    case "tlsv1.0":
    case "tlsv1.1":
    case "tlsv1.2":
    case "tlsv1.3":
      operation.text.set("tls-min", name === "tlsv1" ? "1.0" : name.slice(4));
      return undefined;
    case "http1.0":
    case "http1.1":
    case "http2":
    case "http2-prior-knowledge":
      operation.text.set("http", name);
      return undefined;
    case "ipv4":
    case "ipv6":
      operation.text.set("family", name);
      return undefined;
    case "fail":
    case "fail-with-body": {
      const other = name === "fail" ? "fail-with-body" : "fail";
      if (modern && on && operation.on.has(other)) {
        state.notes.push("You must select either --fail or --fail-with-body, not both.");
        return refuse("is badly used here");
      }
      setSwitch(operation, name, on, state);
      return undefined;
    }
    case "insecure":
    case "location":
    case "include":
    case "show-headers":
    case "compressed":
    case "globoff":
    case "remote-header-name":
    case "remote-name-all":
    case "path-as-is":
    case "create-dirs":
    case "post301":
    case "post302":
    case "post303":
    case "retry-connrefused":
    case "retry-all-errors":
    case "location-trusted":
    case "skip-existing":
    case "netrc":
    case "netrc-optional":
      setSwitch(operation, name, on, state);
      return undefined;
  }
  if (on && value === "" && HARMLESS.has(name)) return undefined;
  operation.text.set(name, on ? value : "");
  return undefined;
}

function setSwitch(operation: Operation, name: string, on: boolean, state: Interpreted): void {
  const key = name === "show-headers" ? "include" : name === "location-trusted" ? "location" : name;
  if (on) operation.on.add(key);
  else operation.on.delete(key);
  if (name === "location-trusted") operation.on[on ? "add" : "delete"](name);
  if (on && (name === "fail" || name === "fail-with-body")) {
    const other = name === "fail" ? "fail-with-body" : "fail";
    if (operation.on.delete(other)) state.warnings.push(`--${name} deselects --${other} here`);
  }
}

/** -K: each line an option with or without dashes, `=`, `:` or a blank before its value. */
function* readConfig(
  sys: Sys,
  file: string,
  given: string,
  modern: boolean,
  settings: Settings,
  state: Interpreted,
): Task<Wrong | undefined> {
  const bytes = yield* readInput(sys, file);
  if (bytes === undefined) {
    state.notes.push(`cannot read config from '${file}'`);
    return { refusal: { given, reason: "error encountered when reading a file", status: 26 } };
  }
  const refused = (number: number, key: string, reason: string): Wrong => {
    state.notes.push(`${file}:${number}: '${key}' ${reason}`, `cannot read config from '${file}'`);
    return { refusal: { given, reason: "error encountered when reading a file", status: 26 } };
  };
  const lines = decode(bytes)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  for (const [index, line] of lines.entries()) {
    const match = /^(-?-?[^\s=:]+)(?:\s*[=:]\s*|\s+)?(.*)$/.exec(line);
    const [, key = "", rest = ""] = match ?? [];
    const value = rest.startsWith('"')
      ? rest
          .slice(1)
          .replace(/"[^"]*$/, "")
          .replace(/\\(.)/g, (_, letter: string) => ({ n: "\n", t: "\t", r: "\r" })[letter] ?? letter)
      : rest;
    const flag = key.startsWith("-") ? key : `--${key}`;
    const parsed = parseWords(value === "" ? [flag] : [flag, value], modern);
    state.warnings.push(...parsed.warnings);
    for (const word of parsed.words) {
      const wrong = yield* apply(sys, word, modern, settings, state);
      if (wrong !== undefined) return wrong;
    }
    if (parsed.refusal !== undefined)
      return modern ? refused(index + 1, key, parsed.refusal.reason) : { refusal: parsed.refusal };
  }
  return undefined;
}

/** ~/.curlrc, unless -q is the first option. */
export function* readUserConfig(sys: Sys, args: readonly string[], modern: boolean, settings: Settings): Task {
  const home = sys.env.HOME;
  if (home === undefined || /^(-q|--disable$)/.test(args[0] ?? "")) return;
  const file = `${home}/.curlrc`;
  if (isErrno(sys.stat(file))) return;
  yield* readConfig(sys, file, "", modern, settings, { warnings: [], notes: [] });
}
