// /configz, /debug/pprof, /debug/flags/v, /statusz, /flagz: what the kubelet tells of itself.

import type { Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { quoteGo } from "../../lib/yaml-go/json.ts";
import { fieldRows } from "../config/table.ts";
import { flagsOf } from "../flags/parse.ts";
import { type Call, plainError, TEXT } from "../routes/route.ts";
import type { KubeletState } from "../state.ts";

function* pprof({ state, response, params }: Call): Task {
  response.set("Content-Type", TEXT);
  response.set("X-Content-Type-Options", "nosniff");
  const name = params["name"] ?? "";
  if (name === "cmdline") yield* response.write(state.argv.join("\0"));
  else if (name === "symbol") yield* response.write("num_symbols: 1\n");
  else yield* response.write(`profile ${quoteGo(name)} is not modelled in this sandbox\n`);
}

/** PUT a number: the log's verbosity. */
function* debugFlags({ state, request, response }: Call): Task {
  if (request.method !== "PUT") return yield* plainError(response, 406, "text/plain", "unsupported http method\n");
  const body = decode(yield* request.body());
  const modern = state.profile.structured;
  if (!/^\d+$/.test(body)) {
    const inner = `strconv.${modern ? "ParseUint" : "ParseInt"}: parsing ${quoteGo(body)}: invalid syntax`;
    return yield* plainError(
      response,
      400,
      "text/plain",
      `${modern ? "" : "failed set klog.logging.verbosity : "}${inner}\n`,
    );
  }
  state.verbosity = Number(body);
  yield* plainError(response, 200, "text/plain", `successfully set klog.logging.verbosity to ${body}`);
}

const WARNING =
  "Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for debugging purposes only.\n";
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function unixDate(ms: number): string {
  const at = new Date(ms);
  return `${DAYS[at.getUTCDay()]} ${MONTHS[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)} ${at.toISOString().slice(11, 19)} UTC ${at.getUTCFullYear()}`;
}

function* statusz({ sys, state, response }: Call): Task {
  const mark = markOf(sys);
  const up = Math.floor((sys.now() - state.startedAt) / 1000);
  const two = (n: number): string => String(n).padStart(2, "0");
  const version = state.profile.version.slice(1);
  const paths = [
    "/configz",
    "/debug",
    ...(gate(state, "ComponentFlagz") ? ["/flagz"] : []),
    "/healthz",
    // Log routes are of another router; only where they are off, a refusal takes their place in this list.
    ...(state.effective.values["enableSystemLogHandler"] === false ? ["/logs"] : []),
    "/metrics",
  ];
  response.set("Content-Type", TEXT);
  yield* response.write(
    `\nkubelet statusz\n${WARNING}\nStarted${mark} ${unixDate(state.startedAt)}\nUp${mark} ${Math.floor(up / 3600)} hr ${two(Math.floor(up / 60) % 60)} min ${two(up % 60)} sec\n` +
      `Go version${mark} go1.26.10\nBinary version${mark} ${version}\nEmulation version${mark} ${version.replace(/\.\d+$/, "")}\nPaths${mark} ${paths.join(" ")}\n`,
  );
}

function gate(state: KubeletState, name: string): boolean {
  const set = (state.effective.values["featureGates"] ?? {}) as Record<string, boolean>;
  return set[name] ?? true;
}

/** A value as pflag prints it. */
function flagText(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return `[${value.join(",")}]`;
  if (typeof value === "object")
    return Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => `${k}=${String(v)}`)
      .join(",");
  return String(value);
}

/** Flags as the command line left them: what files say is not in here. The mark between name and value is drawn by lot. */
function* flagz({ sys, state, response }: Call): Task {
  const { values, sources, flags } = state.effective;
  const mark = markOf(sys);
  const lines = [...flagsOf(state.profile.minor).values()].map(([name, type, initial]) => {
    const field = fieldOfFlag.get(name);
    const given = field === undefined ? flags[name] : sources[field]?.kind === "flag" ? values[field] : undefined;
    const value = given === undefined ? (type === "strings" ? `[${initial}]` : initial) : flagText(given);
    return `${name}${mark}${value}`;
  });
  response.set("Content-Type", TEXT);
  yield* response.write(`\nkubelet flagz\n${WARNING}${lines.join("\n")}\n`);
}

const fieldOfFlag: ReadonlyMap<string, string> = new Map(
  fieldRows.flatMap(([path, , , facts]) => (facts?.flag === undefined ? [] : [[facts.flag, path] as const])),
);

/** One of Kubernetes' four marks, drawn anew for every request. */
const markOf = (sys: Sys): string => [":", ": ", "=", " "][Math.floor(sys.now()) % 4] ?? ":";

export const debugDoors = { pprof, debugFlags, statusz, flagz };
