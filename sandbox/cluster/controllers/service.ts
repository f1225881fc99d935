// The life of a controller program: it reads the feed, runs its rounds, waits for the API server and gives up without it.

import { isErrno } from "../../kernel/errno.ts";
import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { ecKeyFromScalar, publicKeyOf } from "../../lib/crypto/keys.ts";
import { serveConnection } from "../../lib/http/server.ts";
import { altNamesOf, createCertificate, extension } from "../../lib/x509/build.ts";
import { USAGE } from "../../lib/x509/certificate.ts";
import { createGoName } from "../../lib/x509/name.ts";
import { klog } from "../log.ts";
import { readClient } from "./client.ts";
import { openFeed, readFeed } from "./feed.ts";
import { type ControllerState, createWorld, keep, type World } from "./world.ts";

export interface ControllerProgram {
  readonly name: string;
  /** Where its health is asked. */
  readonly port: number;
  /** Storages told whole, and those whose changes alone matter. */
  readonly all: readonly string[];
  readonly changes: readonly string[];
  /** In the order in which they look. */
  readonly controllers: readonly {
    /** ServiceAccount of kube-system; empty: the program's own certificate. */
    readonly account: string;
    /** Changes of these make it look. */
    readonly of: readonly string[];
    run(world: World): Task;
  }[];
}

/** A key and a certificate for itself, as DER. */
function selfSigned(sys: Sys): NonNullable<ControllerState["serving"]> {
  const scalar = sys.random(32);
  const key = ecKeyFromScalar("P-256", scalar);
  const name = createGoName(`${sys.hostname}@${Math.floor(sys.now() / 1000)}`);
  const certificate = createCertificate(
    {
      serial: Uint8Array.of(2),
      issuer: name,
      subject: name,
      notBefore: sys.now() - 3_600_000,
      notAfter: sys.now() + 365 * 86_400_000,
      publicKey: publicKeyOf(key),
      extensions: [
        extension.keyUsage(["digitalSignature", "keyEncipherment"]),
        extension.extendedKeyUsage([USAGE.server]),
        extension.altNames(altNamesOf(["localhost", "127.0.0.1"])),
      ],
    },
    key,
  );
  return { scalar, certificate };
}

/** How long the API server may be away before leadership is lost (renewDeadline of leader election). */
const PATIENCE = 10_000;
const RETRY = 1_000;
/** A round older than this was cut short with the handler that ran it. */
const STALE = 300;

const stateOf = (sys: Sys): ControllerState => sys.kept as unknown as ControllerState;

function parseArguments(argv: readonly string[]): Record<string, string> {
  const flags: Record<string, string> = {};
  for (const word of argv.slice(1)) {
    const match = /^--([\w-]+)(?:=(.*))?$/.exec(word);
    if (match !== null) flags[match[1] as string] = match[2] ?? "true";
  }
  return flags;
}

export function createController(program: ControllerProgram): Program {
  /** Health checks over TLS with a certificate made when the first one comes. */
  function* health(sys: Sys, fd: number): Task {
    const state = stateOf(sys);
    state.serving ??= selfSigned(sys);
    const { certificate, scalar } = state.serving;
    yield* serveConnection(sys, fd, {
      tls: { identity: { chain: [certificate], key: ecKeyFromScalar("P-256", scalar) }, alpn: ["h2", "http/1.1"] },
      *handler({ path }, response) {
        const healthy = ["/healthz", "/livez", "/readyz"].includes(path);
        response.set("Content-Type", healthy ? "text/plain; charset=utf-8" : "application/json");
        if (!healthy) response.writeHead(403);
        const message = `forbidden: User "system:anonymous" cannot get path ${JSON.stringify(path)}`;
        const refusal = {
          kind: "Status",
          apiVersion: "v1",
          metadata: {},
          status: "Failure",
          message,
          reason: "Forbidden",
          details: {},
          code: 403,
        };
        yield* response.write(healthy ? "ok" : `${JSON.stringify(refusal, undefined, 2)}\n`);
      },
    });
  }

  function* open(sys: Sys, state: ControllerState): Task {
    if (state.feed !== undefined) return;
    const feed = yield* openFeed(sys, state.client, state.query);
    if (typeof feed !== "string") {
      state.feed = feed;
      state.synced = false;
      state.stores = new Map();
      state.lost = undefined;
      return yield* take(sys, state);
    }
    state.lost ??= sys.now();
    if (sys.now() - state.lost >= PATIENCE) {
      yield* klog(
        sys,
        "E",
        "leaderelection.go:452",
        `"Error retrieving lease lock" err="${feed.replaceAll('"', '\\"')}" lock="kube-system/${program.name}"`,
      );
      yield* klog(
        sys,
        "E",
        program.name === "kube-scheduler" ? "server.go:312" : "controllermanager.go:350",
        '"Leaderelection lost"',
      );
      yield* sys.exit(1);
    }
    sys.setTimer("open", sys.now() + RETRY);
  }

  /** Reads what has come and looks at everything once all is known. */
  function* take(sys: Sys, state: ControllerState): Task {
    const { feed } = state;
    if (feed === undefined) return;
    const { events, ended } = yield* readFeed(sys, feed);
    for (const { type, storage, object } of events) {
      if (type === "SYNCED") state.synced = true;
      else if (type === "DELETED") {
        const { namespace, name = "" } = object.metadata;
        state.stores.get(storage)?.delete(namespace ? `${namespace}/${name}` : name);
      } else keep(state, storage, object);
      if (type !== "SYNCED" && !state.changed.includes(storage)) state.changed.push(storage);
    }
    if (ended) {
      sys.watch(feed.fd, false);
      sys.close(feed.fd);
      state.feed = undefined;
      state.lost ??= sys.now();
      sys.setTimer("open", sys.now() + 1);
    }
    if (events.length > 0) yield* work(sys, state);
  }

  function* work(sys: Sys, state: ControllerState): Task {
    if (!state.synced) return;
    if (state.busy !== undefined && sys.now() - state.busy < STALE) {
      state.again = true;
      return;
    }
    // What a round that was cut short had to look at is looked at again.
    state.changed.push(...state.running);
    do {
      state.again = false;
      state.busy = sys.now();
      state.running = state.changed;
      state.changed = [];
      // In a copy of the machine that was taken meanwhile this round is gone: another follows.
      sys.setTimer("round", sys.now() + STALE);
      for (const [i, { account, of, run }] of program.controllers.entries()) {
        const due = (state.wakes[i] ?? Number.POSITIVE_INFINITY) <= sys.now();
        if (!due && !state.running.some((storage) => of.includes(storage))) continue;
        delete state.wakes[i];
        const wake = (time: number): void => {
          state.wakes[i] = Math.min(state.wakes[i] ?? time, Math.max(time, sys.now() + 1));
        };
        yield* run(createWorld(sys, state, wake, account));
      }
      state.running = [];
    } while (state.again || state.changed.length > 0);
    state.busy = undefined;
    const wakes = Object.values(state.wakes);
    sys.setTimer("round", wakes.length === 0 ? undefined : Math.min(...wakes));
  }

  return {
    name: program.name,
    service: {
      *start(sys, argv) {
        const flags = parseArguments(argv);
        const path = flags["kubeconfig"] ?? flags["authentication-kubeconfig"] ?? "";
        const client = readClient(
          sys,
          path,
          `${program.name}/v1.36.2 (linux/amd64) kubernetes/98b3519/leader-election`,
        );
        if (typeof client === "string") {
          yield* klog(sys, "E", "run.go:72", `"command failed" err=${JSON.stringify(client)}`);
          return 1;
        }
        const port = Number(flags["secure-port"] ?? program.port);
        const address = flags["bind-address"] ?? "::";
        const listener = sys.listen({ family: "tcp", address: address === "0.0.0.0" ? "::" : address, port });
        if (isErrno(listener)) {
          const why = `failed to create listener: failed to listen on ${address}:${port}: listen tcp ${address}:${port}: bind: ${listener.text.toLowerCase()}`;
          yield* klog(sys, "E", "run.go:72", `"command failed" err=${JSON.stringify(why)}`);
          return 1;
        }
        const state: ControllerState = {
          name: program.name,
          client,
          flags,
          query: `all=${program.all.join()}&changes=${program.changes.join()}`,
          feed: undefined,
          synced: false,
          stores: new Map(),
          changed: [],
          running: [],
          wakes: {},
          busy: undefined,
          again: false,
          lost: undefined,
          times: {},
          notes: {},
          tokens: {},
          plain: [],
          serving: undefined,
        };
        sys.kept = state as never;
        sys.setMemory(1_310_000, 62_000, 9);
        yield* klog(sys, "I", "serving.go:380", "Generated self-signed cert in-memory");
        sys.setTimer("open", sys.now() + 1);
        return undefined;
      },
      connection: health,
      *readable(sys, fd) {
        const state = stateOf(sys);
        if (state.feed?.fd === fd) return yield* take(sys, state);
        sys.watch(fd, false);
      },
      *timer(sys, name) {
        const state = stateOf(sys);
        if (name === "open") yield* open(sys, state);
        else if (name === "round") yield* work(sys, state);
      },
      *signal(sys) {
        yield* sys.exit(0);
      },
      signals: ["SIGTERM", "SIGINT"],
    },
  };
}
