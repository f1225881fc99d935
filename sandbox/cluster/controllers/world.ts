// What a controller sees and does: the cluster's objects as last told, and writes that go to the API server.

import type { Sys, Task } from "../../kernel/sys.ts";
import type { ApiCaller } from "../../lib/kube/daemon-client.ts";
import type { LineStream } from "../../lib/kube/line-stream.ts";
import { klog } from "../log.ts";
import { at, formatTime, type KubeObject, textOf } from "../object.ts";
import { resourceOf } from "../registry/resources.ts";
import { apiVersionOf, keyOf, objectKey, type Resource } from "../registry/types.ts";
import { type Reply, request } from "./client.ts";

/** The memory of kube-controller-manager or kube-scheduler. */
export interface ControllerState {
  readonly name: string;
  readonly client: ApiCaller;
  readonly flags: Readonly<Record<string, string>>;
  /** What the feed is asked for. */
  readonly query: string;
  feed: LineStream | undefined;
  synced: boolean;
  /** Objects by storage and key. */
  stores: Map<string, Map<string, KubeObject>>;
  /** Storages whose changes have come and that no round has looked at; and those of the round that runs. */
  changed: string[];
  running: string[];
  /** When a controller wants to look again whatever comes, by its place. */
  wakes: Record<string, number>;
  /** When a round began that has not ended; an old one was cut short. */
  busy: number | undefined;
  again: boolean;
  /** Since when the API server does not answer. */
  lost: number | undefined;
  /** What single controllers remember: times by key. */
  times: Record<string, number>;
  notes: Record<string, string>;
  /** Tokens of the controllers' ServiceAccounts, and the connections that carry them. */
  tokens: Record<string, { readonly token: string; readonly until: number }>;
  plain: number[];
  /** Key and certificate of its own port, once somebody asked. */
  serving: { readonly scalar: Uint8Array; readonly certificate: Uint8Array } | undefined;
}

export interface World {
  readonly sys: Sys;
  readonly state: ControllerState;
  readonly now: number;
  list(storage: string, namespace?: string): KubeObject[];
  get(storage: string, namespace: string, name: string): KubeObject | undefined;
  create(storage: string, object: KubeObject): Task<Reply | string>;
  /** Merge patch of an object or of one of its subresources. */
  patch(storage: string, object: KubeObject, patch: unknown, subresource?: string): Task<Reply | string>;
  update(storage: string, object: KubeObject, subresource?: string): Task<Reply | string>;
  remove(storage: string, object: KubeObject, options?: Record<string, unknown>): Task<Reply | string>;
  call(method: string, path: string, body?: unknown, type?: string): Task<Reply | string>;
  event(about: KubeObject, type: "Normal" | "Warning", reason: string, message: string, source: string): Task;
  /** Another round at this time, at the latest. */
  wake(time: number): void;
  /** The same as a controller's own ServiceAccount of kube-system, where --use-service-account-credentials says so. */
  as(account: string): World;
}

/** Path of a collection, or of an object in it. */
export function pathOf(resource: Resource, namespace: string | undefined, name = ""): string {
  const base = resource.group === "" ? "/api/v1" : `/apis/${resource.group}/${resource.version}`;
  const space = resource.namespaced ? `/namespaces/${namespace}` : "";
  return `${base}${space}/${resource.name}${name === "" ? "" : `/${name}`}`;
}

/** Keeps an object unless a newer one is known. */
export function keep(state: ControllerState, storage: string, object: KubeObject): void {
  let store = state.stores.get(storage);
  if (store === undefined) {
    store = new Map();
    state.stores.set(storage, store);
  }
  const known = store.get(keyOf(object));
  if (Number(known?.metadata.resourceVersion ?? 0) > Number(object.metadata.resourceVersion ?? 0)) return;
  store.set(keyOf(object), Object.freeze(object));
}

/** How long a controller's token is asked for, s. */
const TOKEN_LIFE = 3600;

/** The client of a controller's account: its token, asked for when it is first needed, and the account made where it is missing. */
function* clientFor(sys: Sys, state: ControllerState, account: string): Task<ApiCaller> {
  const { client } = state;
  if (account === "" || state.flags["use-service-account-credentials"] !== "true") return client;
  let known = state.tokens[account];
  if (known === undefined || known.until < sys.now()) {
    const base = "/api/v1/namespaces/kube-system/serviceaccounts";
    const ask = {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { expirationSeconds: TOKEN_LIFE },
    };
    let reply = yield* request(sys, client, "POST", `${base}/${account}/token`, ask);
    if (typeof reply !== "string" && reply.status === 404) {
      const made = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: account, namespace: "kube-system" } };
      yield* request(sys, client, "POST", base, made);
      reply = yield* request(sys, client, "POST", `${base}/${account}/token`, ask);
    }
    const token = typeof reply === "string" ? "" : textOf(at(reply.object, "status", "token"));
    known = { token, until: sys.now() + (token === "" ? 5000 : (TOKEN_LIFE - 600) * 1000) };
    state.tokens[account] = known;
  }
  return {
    ...client,
    client: { ...client.client, certificate: undefined, key: undefined, token: known.token },
    idle: state.plain,
  };
}

export function createWorld(sys: Sys, state: ControllerState, wake: (time: number) => void, account = ""): World {
  const send = function* (method: string, path: string, body?: unknown, type?: string): Task<Reply | string> {
    const reply = yield* request(sys, yield* clientFor(sys, state, account), method, path, body, type);
    const failed =
      typeof reply === "string"
        ? reply
        : reply.status >= 400 && ![404, 409].includes(reply.status)
          ? reply.message
          : "";
    if (failed !== "") yield* klog(sys, "E", "controller.go:190", `"Unhandled Error" err=${JSON.stringify(failed)}`);
    return reply;
  };
  const write = function* (
    storage: string,
    method: string,
    path: string,
    body?: unknown,
    type?: string,
  ): Task<Reply | string> {
    const reply = yield* send(method, path, body, type);
    if (typeof reply === "string" || reply.status >= 300 || reply.object.kind === "Status") return reply;
    if (reply.object.kind === resourceOf(storage).kind) keep(state, storage, reply.object);
    return reply;
  };
  const one = (storage: string, { metadata }: KubeObject, subresource = ""): string =>
    `${pathOf(resourceOf(storage), metadata.namespace, metadata.name)}${subresource === "" ? "" : `/${subresource}`}`;
  return {
    sys,
    state,
    now: sys.now(),
    list: (storage, namespace) =>
      [...(state.stores.get(storage)?.values() ?? [])].filter(
        (each) => namespace === undefined || each.metadata.namespace === namespace,
      ),
    get: (storage, namespace, name) => state.stores.get(storage)?.get(objectKey(namespace, name)),
    create: (storage, object) => {
      const resource = resourceOf(storage);
      const whole = { apiVersion: apiVersionOf(resource), kind: resource.kind, ...object };
      return write(storage, "POST", pathOf(resource, object.metadata.namespace), whole);
    },
    patch: (storage, object, patch, subresource) =>
      write(storage, "PATCH", one(storage, object, subresource), patch, "application/merge-patch+json"),
    update: (storage, object, subresource) => write(storage, "PUT", one(storage, object, subresource), object),
    *remove(storage, object, options) {
      const reply = yield* write(storage, "DELETE", one(storage, object), options ?? {});
      if (typeof reply !== "string" && (reply.status === 404 || reply.object.kind === "Status"))
        state.stores.get(storage)?.delete(keyOf(object));
      return reply;
    },
    call: send,
    as: (name) => createWorld(sys, state, wake, name),
    *event(about, type, reason, message, source) {
      const { kind, apiVersion, metadata } = about;
      const time = formatTime(sys.now());
      const namespace = metadata.namespace ?? "default";
      // The scheduler writes events of the newer kind. It decided before the kubelet could hear of it, so its name comes first.
      const newer = source === "default-scheduler";
      // Nanoseconds: those that the sandbox's clock does not have are made up.
      const [a = 0, b = 0, c = 0] = sys.random(3);
      const unique = (
        BigInt(Math.floor(sys.now()) - (newer ? 1 : 0)) * 1_000_000n +
        BigInt(((a << 16) | (b << 8) | c) % 1_000_000)
      ).toString(16);
      yield* send("POST", `/api/v1/namespaces/${namespace}/events`, {
        apiVersion: "v1",
        kind: "Event",
        metadata: { name: `${metadata.name}.${unique}`, namespace },
        involvedObject: {
          kind,
          ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
          name: metadata.name,
          uid: metadata.uid,
          apiVersion,
          ...(metadata.resourceVersion === undefined ? {} : { resourceVersion: metadata.resourceVersion }),
        },
        reason,
        message,
        type,
        ...(newer
          ? {
              source: {},
              firstTimestamp: null,
              lastTimestamp: null,
              eventTime: `${time.slice(0, -1)}.${String(sys.now() % 1000).padStart(3, "0")}000Z`,
              action: reason === "FailedScheduling" ? "Scheduling" : "Binding",
              reportingComponent: source,
              reportingInstance: `${source}-${sys.hostname}`,
            }
          : {
              source: { component: source },
              firstTimestamp: time,
              lastTimestamp: time,
              count: 1,
              reportingComponent: source,
              reportingInstance: "",
            }),
      });
    },
    wake,
  };
}
