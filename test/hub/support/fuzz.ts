// Requests out of a seed: valid ones made from the schemas of the routes, and the same with something broken. Knows no server.

import type { TSchema } from "typebox";
import { type Route, type RouteName, routes } from "../../../src/hub/api/routes.ts";

/** Strings that some program somewhere takes for more than text. */
const nasty: readonly string[] = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "javascript:alert(1)",
  "=cmd|' /C calc'!A0",
  "+1+1",
  "@SUM(A1)",
  "-2+3",
  "'; DROP TABLE rooms; --",
  "$1",
  "${7*7}{{7*7}}",
  "__proto__",
  "constructor",
  "../../../../etc/passwd",
  "%00%0d%0aX: y",
  "a\u0000b",
  "\u202Etxt.exe",
  "\ud800",
  "\uFFFF\uFEFF",
  "🏴‍☠️".repeat(20),
  "e\u0301".repeat(60),
  "ﷺ".repeat(200),
  "x".repeat(5_000),
  " ",
  "",
  "\r\n\r\nHTTP/1.1 200 OK",
  ',;\t"',
  "null",
  "1e999",
];

const oddities: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  -(2 ** 63),
  1e308,
  "",
  [],
  {},
  [[[[[[]]]]]],
  { toString: 1, length: -1 },
  Array.from({ length: 500 }, () => 0),
];

/** Chance out of a seed (mulberry32). */
export interface Chance {
  next(): number;
  below(n: number): number;
  pick<T>(list: readonly T[]): T;
  is(probability: number): boolean;
}

export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n: number) => Math.floor(next() * n);
  return {
    next,
    below,
    pick: (list) => list[below(list.length)] as (typeof list)[number],
    is: (probability) => next() < probability,
  };
}

/** What a schema looks like from outside; TypeBox's schemas are JSON Schema. */
interface Schema {
  readonly type?: string;
  readonly anyOf?: readonly Schema[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, Schema>>;
}

/** Ids that exist, so that valid requests meet something. */
export interface World {
  readonly learners: readonly string[];
  readonly acts: string[];
  readonly codes: readonly string[];
  readonly lessons: readonly string[];
}

function makeString(chance: Chance, { pattern = "", maxLength = 40 }: Schema, world: World): string {
  const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  const word = (length: number) => Array.from({ length }, () => letters[chance.below(36)]).join("");
  if (pattern.startsWith("^kc")) return chance.pick(world.codes);
  if (pattern === "^[a-z0-9]{8,32}$") return chance.is(0.8) ? chance.pick(world.learners) : word(16);
  if (pattern === "^[A-Za-z0-9_-]{8,64}$")
    return chance.is(0.3) && world.acts.length > 0 ? chance.pick(world.acts) : word(20);
  if (pattern.startsWith("^[A-Za-z0-9][A-Za-z0-9/")) return chance.pick(world.lessons);
  if (pattern.startsWith("^[\\w.-]")) return word(6);
  if (pattern.startsWith("^[A-Za-z0-9 -]")) return word(8);
  return chance.is(0.5) ? chance.pick(nasty).replaceAll("\u0000", "").slice(0, maxLength) || "x" : word(12);
}

/** A value that fits a schema. */
export function makeValue(chance: Chance, schema: Schema, world: World): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.anyOf !== undefined) return makeValue(chance, chance.pick(schema.anyOf), world);
  switch (schema.type) {
    case "string":
      return makeString(chance, schema, world);
    case "boolean":
      return chance.is(0.5);
    case "integer":
    case "number": {
      const least = schema.minimum ?? 0;
      const most = Math.min(schema.maximum ?? 100, least + (chance.is(0.1) ? 1e12 : 60));
      return least + Math.floor(chance.next() * (most - least + 1));
    }
    case "array": {
      const count = (schema.minItems ?? 0) + chance.below(Math.min(4, (schema.maxItems ?? 4) + 1));
      return Array.from({ length: count }, () => makeValue(chance, schema.items ?? {}, world));
    }
    case "object": {
      const [entry] = Object.values(schema.patternProperties ?? {});
      if (entry !== undefined)
        return Object.fromEntries(world.lessons.slice(0, 3).map((name) => [name, makeValue(chance, entry, world)]));
      const known = Object.entries(schema.properties ?? {});
      const kept = known.filter(([name]) => schema.required?.includes(name) === true || chance.is(0.5));
      return Object.fromEntries(kept.map(([name, part]) => [name, makeValue(chance, part, world)]));
    }
    default:
      return chance.pick(oddities);
  }
}

/** The value with one place in it broken. */
function breakValue(chance: Chance, value: unknown): unknown {
  if (chance.is(0.25) || typeof value !== "object" || value === null)
    return chance.is(0.5) ? chance.pick(nasty) : chance.pick(oddities);
  if (Array.isArray(value)) {
    if (value.length === 0 || chance.is(0.2)) return [...value, chance.pick(oddities)];
    const at = chance.below(value.length);
    return value.map((item, index) => (index === at ? breakValue(chance, item) : item));
  }
  const entries = Object.entries(value);
  const at = chance.below(Math.max(1, entries.length));
  if (entries.length === 0 || chance.is(0.2))
    return Object.fromEntries([...entries, [chance.pick(nasty), chance.pick(oddities)]]);
  if (chance.is(0.2)) return Object.fromEntries(entries.filter((_, index) => index !== at));
  return Object.fromEntries(
    entries.map(([name, item], index) => [name, index === at ? breakValue(chance, item) : item]),
  );
}

function breakText(chance: Chance, text: string): string {
  const at = chance.below(text.length + 1);
  switch (chance.below(5)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + chance.pick(['"', "{", "]", "\u0000", "\\u", ",,", "9e9999"]) + text.slice(at);
    case 2:
      return `${"[".repeat(3_000)}${text}`;
    case 3:
      return text.replace("{", '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{}},');
    default:
      return `\ufeff${text}${text}`;
  }
}

export interface MadeRequest {
  readonly name: RouteName;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface Keys {
  readonly room: string;
  readonly instructor: string;
  readonly learners: readonly string[];
}

/** The routes that may be asked at will: those that end the room or a membership would leave little to ask. */
const names = (Object.keys(routes) as RouteName[]).filter((name) => !["end", "erase", "leave"].includes(name));

const encodePart = (text: string): string => encodeURIComponent(text.toWellFormed());

/** Text a header may hold at all: what the client refuses to send never reaches the hub. */
const forHeader = (text: string): string => text.replaceAll(/[^\t\x20-\x7e]/g, "?");

/** One request: three in ten are valid, the others are broken in one place or several. */
export function makeRequest(chance: Chance, keys: Keys, world: World): MadeRequest {
  const name = chance.pick(names);
  const route: Route = routes[name];
  const isBroken = chance.is(0.7);
  const breaks = (probability: number) => isBroken && chance.is(probability);
  const query = route.query as Schema | undefined;
  const asked = query === undefined ? {} : (makeValue(chance, query, world) as Record<string, unknown>);
  // Who waits long holds up the run.
  if ("wait" in asked) asked.wait = 0;
  const search = breaks(0.2)
    ? `?${encodePart(chance.pick(nasty))}=${encodePart(chance.pick(nasty))}&after=${encodePart(chance.pick(nasty))}`
    : `?${Object.entries(asked)
        .map(([key, value]) => `${key}=${value}`)
        .join("&")}`;
  const params: Readonly<Record<string, string>> = {
    room: keys.room,
    act: world.acts.length > 0 ? chance.pick(world.acts) : "nothing-there",
    state: "aaaaaaaaaaaaaaaa",
  };
  const path = route.path.replaceAll(/:(\w+)/g, (_, param: string) =>
    breaks(0.1) ? encodePart(chance.pick(nasty)) : (params[param] ?? "x"),
  );
  const key = route.caller === "learner" ? chance.pick(keys.learners) : keys.instructor;
  const authorization = breaks(0.1) ? chance.pick(nasty) : `Bearer ${breaks(0.1) ? chance.pick(keys.learners) : key}`;
  const headers: Record<string, string> = { authorization: forHeader(authorization) };
  if (breaks(0.1)) headers.cookie = forHeader(`kc-learner=${chance.pick(nasty)}; kc-instructor=${chance.pick(nasty)}`);
  if (breaks(0.1)) headers["last-event-id"] = forHeader(chance.pick(nasty));
  if (breaks(0.05)) headers.origin = forHeader(chance.pick(nasty));
  if (route.body === undefined)
    return { name, method: route.method, path: `/api/v1${path}${search}`, headers, body: undefined };
  let value = makeValue(chance, route.body as TSchema as Schema, world);
  while (breaks(0.6)) value = breakValue(chance, value);
  const text = JSON.stringify(value) ?? "";
  headers["content-type"] = breaks(0.05)
    ? forHeader(chance.pick(["text/html", "application/xml", ...nasty]))
    : "application/json";
  const method = breaks(0.03) ? chance.pick(["PUT", "DELETE", "PATCH", "OPTIONS", "GET"]) : route.method;
  return { name, method, path: `/api/v1${path}`, headers, body: breaks(0.15) ? breakText(chance, text) : text };
}
