// One stream of all changes for the controllers, in place of an informer's watch each. fidelity: the real ones open a watch
// for every resource; here one connection tells everything, and each resource is left out that its caller may not watch.

import type { Task } from "../kernel/sys.ts";
import { resourceOf } from "./registry/resources.ts";
import type { Resource } from "./registry/types.ts";
import type { RequestContext } from "./request.ts";
import { readObjects } from "./storage.ts";

export const FEED = "/sandbox/feed";

/** Who may ask at all: the two programs that are made for it. */
const CALLERS = ["system:kube-controller-manager", "system:kube-scheduler"];

export const mayFeed = (user: string): boolean => CALLERS.includes(user);

/** `all` lists storages told from the beginning, `changes` those whose changes alone are told. */
export function* serveFeed(
  { sys, state, query, response, fd }: RequestContext,
  mayWatch: (resource: Resource) => boolean,
): Task {
  const named = (key: string): string[] =>
    (query.get(key) ?? "").split(",").filter((storage) => storage !== "" && mayWatch(resourceOf(storage)));
  const all = named("all");
  const wanted = new Set([...all, ...named("changes")]);
  const latest = (): number => state.events[state.events.length - 1]?.revision ?? 0;
  let sent = latest();
  response.set("Content-Type", "application/json");
  response.writeHead(200);
  const line = (type: string, storage: string, object: unknown): string =>
    `${JSON.stringify({ type, storage, object })}\n`;
  const first = all.flatMap((storage) => readObjects(state, storage).map((object) => line("ADDED", storage, object)));
  yield* response.write(`${first.join("")}${JSON.stringify({ type: "SYNCED" })}\n`);
  for (;;) {
    if (!(yield* response.flush())) return;
    yield* sys.waitUntil(() => latest() > sent || sys.readable(fd));
    if (latest() <= sent) return;
    const fresh = state.events.filter(({ revision, storage }) => revision > sent && wanted.has(storage));
    sent = latest();
    if (fresh.length > 0)
      yield* response.write(fresh.map(({ type, storage, object }) => line(type, storage, object)).join(""));
  }
}
