// A copy of the API server's objects, kept by list and watch (client-go's Reflector), for programs that run in pods. Plain data:
// it lives on through snapshots and forks of the machine.

import type { Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { type ApiCaller, openRequest, takeBody } from "./daemon-client.ts";
import { followLines, type LineStream, readLines } from "./line-stream.ts";

export interface Reflected {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly resourceVersion?: string;
  };
}

export interface Reflector<T extends Reflected> {
  /** The resource's path, such as `/api/v1/services`. */
  readonly path: string;
  /** By name space and name. */
  readonly objects: Map<string, T>;
  watch: LineStream | undefined;
}

export const createReflector = <T extends Reflected>(path: string): Reflector<T> => ({
  path,
  objects: new Map(),
  watch: undefined,
});

const keyOf = ({ metadata }: Reflected): string => `${metadata.namespace ?? ""}/${metadata.name}`;

/** How long the API server keeps a watch open (s). */
const WATCH_SECONDS = 480;

/** Lists the objects anew and opens a watch from there; false where either failed. */
export function* listAndWatch<T extends Reflected>(
  sys: Sys,
  caller: ApiCaller,
  reflector: Reflector<T>,
): Task<boolean> {
  const { path, objects } = reflector;
  const listed = yield* openRequest(sys, caller, "GET", `${path}?limit=500&resourceVersion=0`);
  if ("error" in listed) return false;
  const body = decode(yield* takeBody(sys, caller.idle, listed));
  if (listed.response.status !== 200) return false;
  const { items, metadata } = JSON.parse(body) as { items: T[] | null; metadata: { resourceVersion: string } };
  objects.clear();
  for (const item of items ?? []) objects.set(keyOf(item), item);
  const from = `allowWatchBookmarks=true&resourceVersion=${metadata.resourceVersion}`;
  const opened = yield* openRequest(sys, caller, "GET", `${path}?${from}&timeoutSeconds=${WATCH_SECONDS}&watch=true`);
  if ("error" in opened) return false;
  if (opened.response.status !== 200) {
    sys.close(opened.fd);
    return false;
  }
  reflector.watch = followLines(sys, opened);
  return true;
}

/** Takes in what the watch has told; false where it has ended and must be opened anew. Never waits. */
export function* takeNews<T extends Reflected>(sys: Sys, { watch, objects }: Reflector<T>): Task<boolean> {
  if (watch === undefined) return false;
  const { lines, ended } = yield* readLines(sys, watch);
  let lost = ended;
  for (const line of lines) {
    const event = parseEvent<T>(line);
    if (event === undefined || event.type === "ERROR") lost = true;
    else if (event.type === "DELETED") objects.delete(keyOf(event.object));
    else if (event.type !== "BOOKMARK") objects.set(keyOf(event.object), event.object);
  }
  return !lost;
}

/** Undefined where a watch has lost its place, as after a copy in mid-flight. */
function parseEvent<T>(line: string): { readonly type: string; readonly object: T } | undefined {
  try {
    return JSON.parse(line) as { type: string; object: T };
  } catch {
    return undefined;
  }
}

/** Closes a watch that has ended. */
export function closeWatch<T extends Reflected>(sys: Sys, reflector: Reflector<T>): void {
  if (reflector.watch === undefined) return;
  sys.watch(reflector.watch.fd, false);
  sys.close(reflector.watch.fd);
  reflector.watch = undefined;
}
