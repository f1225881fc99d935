// A client of the hub in Node: requests by route name with answers held against their schemas, and streams as they come.

import type { Static, TSchema } from "typebox";
import { Compile, type Validator } from "typebox/compile";
import type { LearnerEvent } from "../../../src/hub/api/learner-events.ts";
import { type Problem, Problem as ProblemType } from "../../../src/hub/api/rooms.ts";
import { type Route, type RouteName, routes } from "../../../src/hub/api/routes.ts";

type AnswerOf<N extends RouteName> = (typeof routes)[N] extends { readonly answer: infer S extends TSchema }
  ? Static<S>
  : string;

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  /** Body of a 2xx. */
  readonly value: T;
  /** Body of any other answer. */
  readonly problem: Problem | undefined;
  /** The body as it came. */
  readonly text: string;
}

export interface Wish {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const compiled = new Map<TSchema, Validator>();

function check(schema: TSchema, value: unknown, what: string): void {
  const validator = compiled.get(schema) ?? Compile(schema);
  compiled.set(schema, validator);
  if (validator.Check(value)) return;
  const [first] = validator.Errors(value);
  throw new Error(`${what} does not fit its schema at ${first?.instancePath}: ${first?.message}`);
}

/** Sends one request of the API. An answer that does not fit its schema throws. */
export async function call<N extends RouteName>(base: string, name: N, wish: Wish = {}): Promise<Answer<AnswerOf<N>>> {
  const route: Route = routes[name];
  const response = await fetch(addressOf(base, name, wish), {
    method: route.method,
    headers: {
      ...(wish.key === undefined ? {} : { authorization: `Bearer ${wish.key}` }),
      ...(wish.body === undefined ? {} : { "content-type": "application/json" }),
      ...wish.headers,
    },
    ...(wish.body === undefined ? {} : { body: JSON.stringify(wish.body) }),
    ...(wish.signal === undefined ? {} : { signal: wish.signal }),
  });
  const text = await response.text();
  const json = response.headers.get("content-type")?.startsWith("application/json") ? JSON.parse(text) : undefined;
  if (response.ok && route.answer !== undefined) check(route.answer, json, name);
  if (!response.ok) check(ProblemType, json, `the problem of ${name}`);
  const { status, headers } = response;
  const value = (route.answer === undefined ? text : json) as AnswerOf<N>;
  return { status, headers, value, problem: response.ok ? undefined : json, text };
}

export function addressOf(base: string, name: RouteName, { params = {}, query = {} }: Wish): string {
  const path = routes[name].path.replaceAll(/:(\w+)/g, (_, param: string) => params[param] ?? "missing0");
  const search = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)])).toString();
  return `${base}/api/v1${path}${search === "" ? "" : `?${search}`}`;
}

export interface StreamedEvent {
  readonly event: string;
  readonly id: string;
  readonly data: unknown;
}

/** Events of a stream, until it ends or the reader stops. */
export async function* readStream(
  base: string,
  name: "boardStream" | "mineStream",
  wish: Wish,
): AsyncGenerator<StreamedEvent> {
  const response = await fetch(addressOf(base, name, wish), {
    headers: { ...(wish.key === undefined ? {} : { authorization: `Bearer ${wish.key}` }), ...wish.headers },
    ...(wish.signal === undefined ? {} : { signal: wish.signal }),
  });
  if (!response.ok || response.body === null) throw new Error(`the stream answered ${response.status}`);
  let text = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const event = parseEvent(text.slice(0, end));
      text = text.slice(end + 2);
      if (event !== undefined) yield event;
    }
  }
}

function parseEvent(block: string): StreamedEvent | undefined {
  const fields = new Map(
    block
      .split("\n")
      .filter((line) => !line.startsWith(":"))
      .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
  );
  const data = fields.get("data");
  return data === undefined
    ? undefined
    : { event: fields.get("event") ?? "message", id: fields.get("id") ?? "", data: JSON.parse(data) };
}

/** An event without the id and time it is sent with. */
export type Told = LearnerEvent extends infer E ? (E extends unknown ? Omit<E, "id" | "at"> : never) : never;

export const newId = (): string => crypto.randomUUID();

/** Events as a page sends them: with ids and times. */
export function batch(...told: readonly Told[]) {
  const at = Date.now();
  return { sentAt: at, events: told.map((event) => ({ id: newId(), at, ...event })) };
}
