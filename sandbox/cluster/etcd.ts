// etcd as the control plane uses it: keys with revisions, kept in memory and in a log below its data directory.

import { isErrno } from "../kernel/errno.ts";
import type { Program, Sys } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { serveConnection } from "../lib/http/server.ts";
import type { EtcdAnswer, EtcdEntry, EtcdRequest } from "./etcd-wire.ts";

interface EtcdState {
  readonly entries: Map<string, EtcdEntry>;
  revision: number;
  readonly wal: string;
  /** Lines in the log; past a limit it is written anew. */
  lines: number;
  /** Descriptor of the listener for clients. */
  readonly client: number;
  /** Descriptor of the plain HTTP listener for probes. */
  metrics: number;
  /** What arrived of a request that is not whole yet, by connection. */
  readonly partial: Map<number, string>;
}

const LOG_LIMIT = 500;

/** Renewed every few seconds and worth nothing after a stop: they wait for the next time that everything is written. */
const isFleeting = (request: EtcdRequest): boolean =>
  request.op === "put" && request.key.startsWith("/registry/leases/");

function flagsOf(argv: readonly string[]): Record<string, string> {
  const flags: Record<string, string> = {
    "data-dir": "default.etcd",
    "listen-client-urls": "http://localhost:2379",
    "listen-metrics-urls": "",
  };
  for (let i = 1; i < argv.length; i++) {
    const [, name = "", value] = /^--?([\w-]+)(?:=(.*))?$/.exec(argv[i] as string) ?? [];
    if (name !== "") flags[name] = value ?? argv[++i] ?? "";
  }
  return flags;
}

/** Addresses and ports of a list of URLs. */
function addressesIn(urls: string): { address: string; port: number }[] {
  return [...urls.matchAll(/https?:\/\/([^:,/]+):(\d+)/g)].map(([, host = "", port]) => ({
    address: host === "localhost" ? "127.0.0.1" : host,
    port: Number(port),
  }));
}

export const etcd: Program = {
  name: "etcd",
  service: {
    *start(sys, argv) {
      const flags = flagsOf(argv);
      const [client = { address: "127.0.0.1", port: 2379 }, ...others] = addressesIn(flags["listen-client-urls"] ?? "");
      const listener = sys.listen({ family: "tcp", ...client });
      if (isErrno(listener)) {
        const why = `listen tcp ${client.address}:${client.port}: bind: ${listener.text.toLowerCase()}`;
        yield* sys.write(2, `{"level":"fatal","msg":"discovery failed","error":"${why}"}\n`);
        return 1;
      }
      // fidelity: the wire here is no gRPC and knows no TLS, so that other machines find the ports and get nothing from them.
      for (const each of [...others, ...addressesIn(flags["listen-peer-urls"] ?? "")])
        sys.listen({ family: "tcp", ...each });
      const [probes] = addressesIn(flags["listen-metrics-urls"] ?? "");
      const metrics = probes === undefined ? -1 : sys.listen({ family: "tcp", ...probes });
      const state: EtcdState = {
        entries: new Map(),
        revision: 1,
        wal: `${flags["data-dir"]}/member/wal/0.wal`,
        lines: 0,
        client: listener,
        metrics: isErrno(metrics) ? -1 : metrics,
        partial: new Map(),
      };
      makeFolders(sys, state.wal);
      replay(sys, state);
      sys.kept = state as never;
      sys.setMemory(11_200_000, 58_000, 12);
      return undefined;
    },
    *connection(sys, fd, listener) {
      if (listener === (sys.kept as unknown as EtcdState).metrics)
        return yield* serveConnection(sys, fd, {
          *handler(request, response) {
            const known = ["/health", "/livez", "/readyz"].includes(request.path);
            response.writeHead(known ? 200 : 404);
            yield* response.write(
              request.path === "/health" ? '{"health":"true","reason":""}' : known ? "ok\n" : "404 page not found\n",
            );
          },
        });
      if (listener === (sys.kept as unknown as EtcdState).client) sys.watch(fd);
      else sys.close(fd);
    },
    *readable(sys, fd) {
      const state = sys.kept as unknown as EtcdState;
      const bytes = yield* sys.read(fd);
      if (isErrno(bytes) || bytes.length === 0) {
        state.partial.delete(fd);
        sys.watch(fd, false);
        sys.close(fd);
        return;
      }
      const lines = ((state.partial.get(fd) ?? "") + decode(bytes)).split("\n");
      state.partial.set(fd, lines.pop() as string);
      for (const line of lines) yield* sys.write(fd, `${JSON.stringify(answer(sys, state, line))}\n`);
    },
    *signal(sys) {
      writeAll(sys, sys.kept as unknown as EtcdState);
      yield* sys.exit(0);
    },
    signals: ["SIGTERM", "SIGINT"],
  },
};

function makeFolders(sys: Sys, path: string): void {
  for (let at = path.indexOf("/", 1); at > 0; at = path.indexOf("/", at + 1)) sys.mkdir(path.slice(0, at), 0o700);
}

/** Takes up what the log tells. Lines are requests as they came. */
function replay(sys: Sys, state: EtcdState): void {
  const log = sys.readFile(state.wal);
  if (isErrno(log)) return;
  const lines = decode(log)
    .split("\n")
    .filter((line) => line !== "");
  for (const line of lines) {
    state.lines++;
    try {
      apply(state, JSON.parse(line) as EtcdRequest);
    } catch {
      // A torn last line: the write that it was never came to an answer.
    }
  }
  // After a stop without warning, leases were given out under revisions that nobody wrote down: none may come twice.
  if (!lines.at(-1)?.startsWith('{"op":"restore"')) state.revision += 10_000;
}

function answer(sys: Sys, state: EtcdState, line: string): EtcdAnswer {
  let request: EtcdRequest;
  try {
    request = JSON.parse(line) as EtcdRequest;
  } catch {
    return { ok: false, revision: state.revision };
  }
  if (request.op === "range") {
    const { prefix } = request;
    const entries = [...state.entries.values()].filter((entry) => entry.key.startsWith(prefix));
    entries.sort((one, other) => (one.key < other.key ? -1 : 1));
    return { ok: true, revision: state.revision, entries };
  }
  const before = state.revision;
  const ok = apply(state, request);
  if (ok && state.revision !== before && !isFleeting(request)) remember(sys, state, line);
  return { ok, revision: state.revision };
}

/** Changes the store; whether the condition held. */
function apply(state: EtcdState, request: EtcdRequest): boolean {
  const put = (key: string, value: unknown): void => {
    state.revision++;
    state.entries.set(key, Object.freeze({ key, value, mod: state.revision }));
  };
  switch (request.op) {
    case "restore":
      for (const entry of request.entries) state.entries.set(entry.key, Object.freeze(entry));
      state.revision = request.revision;
      return true;
    case "load":
      for (const { key, value } of request.entries) put(key, value);
      return true;
    case "put":
    case "delete": {
      const there = state.entries.get(request.key);
      if (request.mod !== undefined && (there?.mod ?? 0) !== request.mod) return false;
      if (request.op === "put") put(request.key, request.value);
      else if (state.entries.delete(request.key)) state.revision++;
      return true;
    }
    default:
      return false;
  }
}

/** Writes a change down; a long log is replaced by one line with everything. */
function remember(sys: Sys, state: EtcdState, line: string): void {
  state.lines++;
  if (state.lines > LOG_LIMIT) writeAll(sys, state);
  else sys.writeFile(state.wal, `${line}\n`, { append: true, mode: 0o600 });
}

function writeAll(sys: Sys, state: EtcdState): void {
  const entries = [...state.entries.values()];
  const { revision } = state;
  state.lines = 1;
  sys.writeFile(state.wal, `${JSON.stringify({ op: "restore", entries, revision } satisfies EtcdRequest)}\n`, {
    mode: 0o600,
  });
}
