// What a route is, and how it answers.

import type { Sys, Task } from "../../kernel/sys.ts";
import type { HttpRequest, ResponseWriter } from "../../lib/http/message.ts";
import type { KubeletState } from "../state.ts";

export interface Call {
  readonly sys: Sys;
  readonly state: KubeletState;
  readonly request: HttpRequest;
  readonly response: ResponseWriter;
  /** Values of the pattern's `{names}`. */
  readonly params: Readonly<Record<string, string>>;
  /** Query parameters, all of them. */
  readonly query: (name: string) => readonly string[];
}

export interface Route {
  /** Undefined: any method. */
  readonly methods?: readonly string[];
  /** Exact path, or segments with `{names}`; `{rest*}` takes all that follows. */
  readonly pattern: string;
  readonly handle: (call: Call) => Task<void>;
}

/** A group of routes below one prefix, as the kubelet registers them with its mux. */
export interface Service {
  /** Such as /pods or /logs/; with a slash at the end the path without it is redirected. */
  readonly prefix: string;
  readonly routes: readonly Route[];
}

/** Matches segments; undefined where the path is another. */
export function matchPattern(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/").filter((part) => part !== "");
  const given = path.split("/").filter((part) => part !== "");
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const rest = /^\{(\w+)\*\}$/.exec(part)?.[1];
    if (rest !== undefined) {
      params[rest] = given.slice(i).join("/");
      return params;
    }
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    const value = given[i];
    if (value === undefined || (name === undefined && value !== part)) return undefined;
    if (name !== undefined) params[name] = value;
  }
  return wanted.length === given.length ? params : undefined;
}

/** go-restful's WriteErrorString: the text alone, no type set, so it is sniffed. */
export function* text(response: ResponseWriter, status: number, body: string): Task {
  response.writeHead(status);
  yield* response.write(body);
}

export function* json(response: ResponseWriter, body: unknown): Task {
  response.set("Content-Type", "application/json");
  yield* response.write(`${JSON.stringify(body)}\n`);
}

/** http.Error of Go with a type of one's own. */
export function* plainError(response: ResponseWriter, status: number, type: string, body: string): Task {
  response.set("Content-Type", type);
  response.set("X-Content-Type-Options", "nosniff");
  response.writeHead(status);
  yield* response.write(body);
}

export const TEXT = "text/plain; charset=utf-8";
