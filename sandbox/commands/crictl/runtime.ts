// crictl's way to the runtime: which endpoint is meant, what is said when nobody answers there, logrus' lines.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import type { RuntimeReply, RuntimeRequest } from "../../lib/cri.ts";

/** Ends the command with a text for stderr; crictl's own status is 1. */
export class Fatal extends Error {
  readonly status: number;
  constructor(message: string, status = 1) {
    super(message);
    this.status = status;
  }
}

const COLOURS: Readonly<Record<string, number>> = { warning: 33, fatal: 31, error: 31, info: 36 };

/** A line as logrus writes it: short and coloured on a terminal, key=value else. */
export function formatLog(sys: Sys, level: "warning" | "fatal" | "error", message: string): string {
  if (sys.isatty(2))
    return `\x1b[${COLOURS[level]}m${level.toUpperCase().slice(0, 4)}\x1b[0m[0000] ${message.padEnd(44)} \n`;
  const time = `${new Date(Math.floor(sys.now())).toISOString().slice(0, 19)}Z`;
  const text = /^[\w\-./@^+:]+$/.test(message) ? message : JSON.stringify(message);
  return `time="${time}" level=${level} msg=${text}\n`;
}

/** A klog line of the CRI client library. */
export function formatError(sys: Sys, text: string): string {
  const at = new Date(sys.now());
  const iso = at.toISOString();
  return `E${iso.slice(5, 7)}${iso.slice(8, 10)} ${iso.slice(11, 23)}000 ${String(sys.pid).padStart(7)} log.go:32] ${text}\n`;
}

const CONFIG = "/etc/crictl.yaml";
const DEFAULTS = [
  "unix:///run/containerd/containerd.sock",
  "unix:///run/crio/crio.sock",
  "unix:///var/run/cri-dockerd.sock",
];

export interface Endpoints {
  /** In the order in which they are tried. */
  readonly runtime: readonly string[];
  readonly warnings: readonly string[];
}

/** Endpoint of the flags, the environment or the settings file; else the usual ones, with a warning. */
export function findEndpoints(sys: Sys, flags: Readonly<Record<string, string>>): Endpoints {
  const path = flags.config ?? sys.env.CRI_CONFIG_FILE ?? CONFIG;
  const given = flags["runtime-endpoint"] ?? sys.env.CONTAINER_RUNTIME_ENDPOINT;
  const warnings: string[] = [];
  const data = sys.readFile(path);
  if (isErrno(data) && path !== CONFIG)
    throw new Fatal(`load config file: load config: open ${path}: ${data.text.toLowerCase()}`);
  if (isErrno(data)) warnings.push(`Config "${path}" does not exist, trying next: "/usr/bin/crictl.yaml"`);
  const config = isErrno(data) ? {} : readConfig(decode(data));
  const endpoint = given ?? config["runtime-endpoint"] ?? "";
  if (endpoint !== "") return { runtime: [endpoint], warnings };
  const list = `[${DEFAULTS.join(" ")}]. As the default settings are now deprecated, you should set the endpoint instead.`;
  return {
    runtime: DEFAULTS,
    warnings: [...warnings, `runtime connect using default endpoints: ${list}`],
  };
}

/** crictl.yaml is flat: a key and a value on each line. */
function readConfig(text: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const match = /^([\w-]+):\s*(?:"([^"]*)"|'([^']*)'|([^#]*?))\s*(?:#.*)?$/.exec(line);
    if (match !== null) found[match[1] as string] = match[2] ?? match[3] ?? match[4] ?? "";
    else if (!/^\s*(#.*|---)?$/.test(line))
      throw new Fatal("load config file: load config: unmarshal YAML: yaml: line 1: could not find expected ':'");
  }
  return found;
}

export class Runtime {
  readonly sys: Sys;
  readonly endpoints: readonly string[];
  #path = "";

  constructor(sys: Sys, endpoints: readonly string[]) {
    this.sys = sys;
    this.endpoints = endpoints;
  }

  /** Finds the endpoint that answers. */
  *open(): Task<number> {
    let last = "";
    for (const endpoint of this.#path === "" ? this.endpoints : [this.#path]) {
      const path = endpoint.replace(/^unix:\/\//, "");
      const fd = yield* this.sys.connect({ family: "unix", path });
      if (!isErrno(fd)) {
        this.#path = endpoint;
        return fd;
      }
      last = `validate service connection: validate CRI v1 runtime API for endpoint "${endpoint.includes("://") ? endpoint : `unix://${endpoint}`}": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix ${path}: connect: ${fd.text.toLowerCase()}"`;
    }
    throw new Fatal(last);
  }

  *ask(request: RuntimeRequest): Task<RuntimeReply> {
    const fd = yield* this.open();
    const reply = yield* this.exchange(fd, request);
    this.sys.close(fd);
    return reply;
  }

  /** One question on an open connection, which stays open. */
  *exchange(fd: number, request: RuntimeRequest): Task<RuntimeReply> {
    yield* this.sys.write(fd, encode(`${JSON.stringify(request)}\n`));
    const parts: string[] = [];
    for (;;) {
      // Byte by byte only where frames may follow.
      const part = yield* this.sys.read(fd, request.method === "Exec" ? 1 : 65_536);
      if (isErrno(part) || part.length === 0)
        throw new Fatal("rpc error: code = Unavailable desc = error reading from server: EOF");
      const text = decode(part);
      parts.push(text);
      if (text.endsWith("\n")) return JSON.parse(parts.join("")) as RuntimeReply;
    }
  }
}
