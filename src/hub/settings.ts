// What the environment says about this hub. Everything has a default; a wrong value is refused with one sentence.

import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Settings {
  readonly host: string;
  readonly port: number;
  /** Folder of the SQLite file. */
  readonly data: string;
  /** PostgreSQL instead, where set. */
  readonly databaseUrl: string | undefined;
  /** Folder with the built site; none serves the API alone. */
  readonly site: string | undefined;
  /** Path below which everything is served. */
  readonly base: string;
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  /** Proxies whose X-Forwarded-* headers are believed. */
  readonly trustProxy: string | undefined;
  /** Without it anyone who reaches the hub may open a room. */
  readonly openingKey: string | undefined;
  /** Without it metrics are for this machine alone. */
  readonly metricsKey: string | undefined;
  readonly maxRooms: number;
  /** Days after a room's end until what is left of it (no names) goes, too. */
  readonly forgetDays: number;
  /** Factor on all rates; 0 lifts them, for load tests. */
  readonly rates: number;
  readonly logLevel: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

function readNumber(env: Environment, name: string, fallback: number, least: number, most: number): number {
  const text = env[name] ?? "";
  const value = text === "" ? fallback : Number(text);
  if (!Number.isFinite(value) || value < least || value > most)
    throw new Error(`${name} is ${text}; it must be a number from ${least} to ${most}.`);
  return value;
}

const readText = (env: Environment, name: string): string | undefined =>
  (env[name] ?? "") === "" ? undefined : env[name];

function readTls(env: Environment): Settings["tls"] {
  const cert = readText(env, "HUB_TLS_CERT");
  const key = readText(env, "HUB_TLS_KEY");
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new Error("HUB_TLS_CERT and HUB_TLS_KEY belong together.");
  return { cert: readFileSync(cert), key: readFileSync(key) };
}

/** Settings from the environment; `root` is the folder that relative defaults are in. */
export function readSettings(env: Environment, root: string): Settings {
  return {
    host: readText(env, "HOST") ?? "0.0.0.0",
    port: readNumber(env, "PORT", 4322, 0, 65_535),
    data: readText(env, "HUB_DATA") ?? join(root, "hub-data"),
    databaseUrl: readText(env, "DATABASE_URL"),
    site: readText(env, "HUB_SITE"),
    base: (readText(env, "KC_BASE") ?? "").replace(/\/$/, ""),
    tls: readTls(env),
    trustProxy: readText(env, "HUB_TRUST_PROXY"),
    openingKey: readText(env, "HUB_OPENING_KEY"),
    metricsKey: readText(env, "HUB_METRICS_KEY"),
    maxRooms: readNumber(env, "HUB_MAX_ROOMS", 100, 1, 100_000),
    forgetDays: readNumber(env, "HUB_FORGET_DAYS", 90, 0, 3_650),
    rates: readNumber(env, "HUB_RATES", 1, 0, 1_000),
    logLevel: readText(env, "HUB_LOG") ?? "info",
  };
}
