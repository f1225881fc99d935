// Objects and their revisions: reads from the cache, writes through to etcd with a comparison, changes told to watchers.

import { isErrno } from "../kernel/errno.ts";
import type { Sys, Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import type { EtcdAnswer, EtcdRequest } from "./etcd-wire.ts";
import type { KubeObject } from "./object.ts";
import { RESOURCES } from "./registry/resources.ts";
import { keyOf, objectKey } from "./registry/types.ts";
import type { ServerState, WatchEvent } from "./state.ts";
import { StatusError } from "./status.ts";

/** How many changes are kept for watchers that come back. */
const EVENT_LIMIT = 400;

/** An object by storage name, namespace and name. */
export function readObject(
  state: ServerState,
  storage: string,
  namespace: string | undefined,
  name: string,
): KubeObject | undefined {
  return state.cache.get(storage)?.get(objectKey(namespace, name));
}

/** All objects of a storage, in etcd's order; of one namespace where it is given. */
export function readObjects(state: ServerState, storage: string, namespace?: string): KubeObject[] {
  const found = state.cache.get(storage);
  if (found === undefined) return [];
  const keys = [...found.keys()].filter((key) => !namespace || key.startsWith(`${namespace}/`)).sort();
  return keys.map((key) => found.get(key) as KubeObject);
}

/** etcd's key of an object. */
export function etcdKey(storage: string, key: string): string {
  return `${prefixOf(storage)}/${key}`;
}

const PREFIXES = new Map(RESOURCES.map((each) => [each.storage, each.prefix]));

function prefixOf(storage: string): string {
  const known = PREFIXES.get(storage);
  if (known !== undefined) return known;
  // A custom resource: /registry/GROUP/PLURAL.
  const [name = "", ...group] = storage.split(".");
  return `/registry/${group.join(".")}/${name}`;
}

const STORAGES = [...RESOURCES.filter((each) => each.secondary !== true && each.storage !== "")].map(
  (each) => [`${each.prefix}/`, each.storage] as const,
);

/** Storage name and key of an etcd key. */
function placeOf(key: string): readonly [storage: string, key: string] | undefined {
  const found = STORAGES.find(([prefix]) => key.startsWith(prefix));
  if (found !== undefined) return [found[1], key.slice(found[0].length)];
  const custom = /^\/registry\/([^/]+\.[^/]+)\/([^/]+)\/(.+)$/.exec(key);
  return custom === null ? undefined : [`${custom[2]}.${custom[1]}`, custom[3] as string];
}

/** Address of the first of --etcd-servers. */
function etcdAddress(state: ServerState): { address: string; port: number } {
  const [, host = "127.0.0.1", port = "2379"] =
    /^https?:\/\/([^:/,]+)(?::(\d+))?/.exec(state.flags["etcd-servers"] ?? "") ?? [];
  return { address: host === "localhost" ? "127.0.0.1" : host, port: Number(port) };
}

/** Asks etcd; undefined where it cannot be reached. */
export function* askEtcd(sys: Sys, state: ServerState, request: EtcdRequest): Task<EtcdAnswer | undefined> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const fd = state.idle.pop() ?? (yield* sys.connect({ family: "tcp", ...etcdAddress(state) }, { timeout: 5000 }));
    if (isErrno(fd)) break;
    const answer = yield* exchange(sys, fd, request);
    if (answer !== undefined) {
      state.idle.push(fd);
      state.etcdDown = false;
      return answer;
    }
    // A kept connection may have died with the etcd before this one: try a new one.
    sys.close(fd);
  }
  state.etcdDown = true;
  return undefined;
}

function* exchange(sys: Sys, fd: number, request: EtcdRequest): Task<EtcdAnswer | undefined> {
  sys.sigaction("SIGPIPE", "ignore");
  if (isErrno(yield* sys.write(fd, `${JSON.stringify(request)}\n`))) return undefined;
  const parts: string[] = [];
  for (;;) {
    const part = yield* sys.read(fd);
    if (isErrno(part) || part.length === 0) return undefined;
    parts.push(decode(part));
    if (parts[parts.length - 1]?.endsWith("\n")) return JSON.parse(parts.join("")) as EtcdAnswer;
  }
}

/** Reads everything from etcd into the cache; false where it does not answer. */
export function* loadStorage(sys: Sys, state: ServerState): Task<boolean> {
  const answer = yield* askEtcd(sys, state, { op: "range", prefix: "/registry/" });
  if (answer === undefined) return false;
  state.revision = answer.revision;
  for (const { key, value, mod } of answer.entries ?? []) {
    const place = placeOf(key);
    if (place !== undefined) remember(state, place[0], place[1], value as KubeObject, mod);
  }
  return true;
}

/** Puts an object into the cache with its revision; frozen, so that copies of the machine share it. */
function remember(state: ServerState, storage: string, key: string, value: KubeObject, mod: number): KubeObject {
  const object = Object.freeze({
    ...value,
    metadata: withRevision(value.metadata, String(mod)),
  }) as KubeObject;
  let objects = state.cache.get(storage);
  if (objects === undefined) {
    objects = new Map();
    state.cache.set(storage, objects);
  }
  objects.set(key, object);
  return object;
}

/** Metadata with its resourceVersion, in the order of metav1.ObjectMeta. */
function withRevision(metadata: KubeObject["metadata"], resourceVersion: string): KubeObject["metadata"] {
  const {
    name,
    generateName,
    namespace,
    selfLink: _,
    uid,
    resourceVersion: __,
    ...rest
  } = metadata as Record<string, never>;
  return {
    ...(name === undefined ? {} : { name }),
    ...(generateName === undefined ? {} : { generateName }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
    resourceVersion,
    ...(rest as object),
  };
}

function tell(state: ServerState, event: WatchEvent): void {
  // A copied machine shares what is frozen.
  state.events.push(Object.freeze(event));
  if (state.events.length <= EVENT_LIMIT) return;
  for (const old of state.events.splice(0, EVENT_LIMIT / 4)) state.since = old.revision;
}

/** How long a change waits for those before it; one whose answer was lost never comes. */
const TURN = 20;

/**
 * Waits until all changes up to a revision have been told. Writes that meet get their answers from etcd on connections of
 * their own and may be taken up in another order; watchers, who go by the latest revision, would miss the earlier one.
 */
function* untilTold(sys: Sys, state: ServerState, revision: number): Task {
  if (state.revision < revision) yield* sys.waitUntil(() => state.revision >= revision, sys.now() + TURN);
}

/** etcd holds another state than the cache (it was started anew from an older log): what it holds counts. */
function* readAgain(sys: Sys, state: ServerState, storage: string, key: string): Task<"conflict"> {
  const wanted = etcdKey(storage, key);
  const answer = yield* askEtcd(sys, state, { op: "range", prefix: wanted });
  if (answer !== undefined) yield* untilTold(sys, state, answer.revision);
  const entry = answer?.entries?.find((each) => each.key === wanted);
  const known = state.cache.get(storage)?.get(key);
  if (answer === undefined || String(entry?.mod ?? "") === (known?.metadata.resourceVersion ?? "")) return "conflict";
  if (entry === undefined) state.cache.get(storage)?.delete(key);
  else remember(state, storage, key, entry.value as KubeObject, entry.mod);
  return "conflict";
}

/** What a write came to: the stored object, or that another write was first. */
export type Written = KubeObject | "conflict";

/**
 * Writes an object: `expected` is the resourceVersion it must still have ("" : it must be new, undefined: any).
 * Without etcd it throws what the real server answers then.
 */
export function* writeObject(
  sys: Sys,
  state: ServerState,
  storage: string,
  object: KubeObject,
  expected: string | undefined,
): Task<Written> {
  const key = keyOf(object);
  const { resourceVersion: _, ...metadata } = object.metadata;
  const value = { ...object, metadata };
  const answer = yield* askEtcd(sys, state, {
    op: "put",
    key: etcdKey(storage, key),
    value,
    ...(expected === undefined ? {} : { mod: Number(expected) }),
  });
  if (answer === undefined) throw storageDown();
  if (!answer.ok) return yield* readAgain(sys, state, storage, key);
  yield* untilTold(sys, state, answer.revision - 1);
  const before = state.cache.get(storage)?.get(key);
  state.revision = Math.max(state.revision, answer.revision);
  const stored = remember(state, storage, key, value, answer.revision);
  tell(state, {
    revision: answer.revision,
    type: before === undefined ? "ADDED" : "MODIFIED",
    storage,
    object: stored,
    before,
  });
  return stored;
}

/** Removes an object; its last state carries the revision of the removal. */
export function* removeObject(
  sys: Sys,
  state: ServerState,
  storage: string,
  object: KubeObject,
  expected: string | undefined,
): Task<Written> {
  const key = keyOf(object);
  const answer = yield* askEtcd(sys, state, {
    op: "delete",
    key: etcdKey(storage, key),
    ...(expected === undefined ? {} : { mod: Number(expected) }),
  });
  if (answer === undefined) throw storageDown();
  if (!answer.ok) return yield* readAgain(sys, state, storage, key);
  yield* untilTold(sys, state, answer.revision - 1);
  const before = state.cache.get(storage)?.get(key);
  state.cache.get(storage)?.delete(key);
  state.revision = Math.max(state.revision, answer.revision);
  const last: KubeObject = { ...object, metadata: withRevision(object.metadata, String(answer.revision)) };
  tell(state, { revision: answer.revision, type: "DELETED", storage, object: last, before });
  return last;
}

/** A cluster's first objects in one transaction, without events. */
export function* loadObjects(
  sys: Sys,
  state: ServerState,
  objects: readonly (readonly [storage: string, object: KubeObject])[],
): Task<boolean> {
  const entries = objects.map(([storage, object]) => ({ key: etcdKey(storage, keyOf(object)), value: object }));
  const first = state.revision;
  const answer = yield* askEtcd(sys, state, { op: "load", entries });
  if (answer === undefined) return false;
  state.revision = answer.revision;
  objects.forEach(([storage, object], i) => {
    remember(state, storage, keyOf(object), object, first + i + 1);
  });
  return true;
}

function storageDown(): StatusError {
  return internalErrorOf("etcdserver: request timed out");
}

/** 500 of storage, as the generic registry words it. */
function internalErrorOf(message: string): StatusError {
  return new StatusError(500, "", message);
}
