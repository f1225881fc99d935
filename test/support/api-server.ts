// etcd and kube-apiserver on a machine of their own, and callers with certificates: what tests of the API talk to.

import { Fleet } from "../../sandbox/fleet.ts";
import { installProgram } from "../../sandbox/images/base.ts";
import { createClusterPki, type Pair } from "../../sandbox/images/pki.ts";
import { isErrno } from "../../sandbox/kernel/errno.ts";
import type { Sys, Task } from "../../sandbox/kernel/sys.ts";
import { decode, encode } from "../../sandbox/kernel/text.ts";
import { decodePrivateKey } from "../../sandbox/lib/crypto/keys.ts";
import { parsePem } from "../../sandbox/lib/crypto/pem.ts";
import { createConnection, readResponse, sendRequest } from "../../sandbox/lib/http/client.ts";
import { connectTls } from "../../sandbox/lib/tls/client.ts";
import { GO_DEFAULT_SUITES, SUITES } from "../../sandbox/lib/tls/suites.ts";
import { createMachine } from "../../sandbox/machine.ts";
import { Programs } from "../../sandbox/programs.ts";

const BOOT = Date.UTC(2026, 10, 21, 12, 0, 0);
const ADDRESS = "172.30.1.2";
const PKI = "/etc/kubernetes/pki";

export interface Answer {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the server says
  readonly body: any;
  readonly warnings: readonly string[];
}

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly type?: string;
  readonly accept?: string;
  /** Common name of the client certificate: an administrator unless told; empty: no certificate. */
  readonly as?: string;
}

export interface ApiServer {
  readonly fleet: Fleet;
  call(call: Call): Answer;
  /** Makes all calls at the same time, each from a process of its own; answers in the order of the calls. */
  callAtOnce(calls: readonly Call[]): Answer[];
  /** Ends one of the two and starts it again. */
  restart(program: "etcd" | "kube-apiserver", signal: "SIGTERM" | "SIGKILL"): void;
}

const ETCD = ["etcd", "--data-dir=/var/lib/etcd"];
const FLAGS = [
  "kube-apiserver",
  `--advertise-address=${ADDRESS}`,
  "--authorization-mode=Node,RBAC",
  "--disable-admission-plugins=ServiceAccount",
  `--client-ca-file=${PKI}/ca.crt`,
  "--etcd-servers=http://127.0.0.1:2379",
  "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
  `--service-account-key-file=${PKI}/sa.pub`,
  `--service-account-signing-key-file=${PKI}/sa.key`,
  `--tls-cert-file=${PKI}/apiserver.crt`,
  `--tls-private-key-file=${PKI}/apiserver.key`,
];

/** A machine with a fresh cluster's storage and its API server. */
export async function startApiServer(): Promise<ApiServer> {
  const programs = new Programs();
  await programs.loadAll(["init", "etcd", "kube-apiserver"]);
  const pki = createClusterPki("api-server", BOOT - 86_400_000, ["controlplane", ADDRESS]);
  const people = new Map<string, Pair>([["kubernetes-admin", pki.superAdmin]]);
  const certificateOf = (name: string): Pair => {
    const known = people.get(name) ?? pki.ca.issue({ commonName: name, organizations: [], usage: "client" });
    people.set(name, known);
    return known;
  };
  const machine = createMachine({
    name: "controlplane",
    address: ADDRESS,
    seed: "api-server",
    boot: BOOT,
    hosts: [],
    programs: programs.names,
    install: (fs) => {
      installProgram(fs, "init", "/usr/lib/init/init");
      for (const name of ["etcd", "kube-apiserver"]) installProgram(fs, name, `/usr/bin/${name}`);
      const files = {
        "ca.crt": pki.ca.cert,
        "apiserver.crt": pki.apiserver.cert,
        "apiserver.key": pki.apiserver.key,
        "sa.pub": pki.serviceAccount.publicKey,
        "sa.key": pki.serviceAccount.key,
      };
      for (const [name, data] of Object.entries(files)) fs.install(`${PKI}/${name}`, { data });
    },
  });
  const fleet = new Fleet(
    { world: { now: BOOT, nextStream: 1, streams: new Map() }, machines: [machine], terminals: [] },
    programs,
  );
  const kernel = fleet.machine("controlplane");
  kernel.spawn(undefined, { path: "/usr/lib/init/init", argv: ["init"] });
  const start = (path: string, argv: readonly string[]): void => {
    fleet.runTask("controlplane", function* (sys) {
      const nothing = sys.open("/dev/null", { read: true, write: true });
      if (!isErrno(nothing)) sys.spawn({ path, argv, session: true, fds: { 0: nothing, 1: nothing, 2: nothing } });
      return 0;
    });
    fleet.run();
  };
  start("/usr/bin/etcd", ETCD);
  fleet.run();
  start("/usr/bin/kube-apiserver", FLAGS);
  fleet.run();
  const callAtOnce = (calls: readonly Call[]): Answer[] => {
    const answers = calls.map((): Answer => ({ status: 0, text: "", body: undefined, warnings: [] }));
    const callers = calls.map((call, i) => {
      const pair = call.as === "" ? undefined : certificateOf(call.as ?? "kubernetes-admin");
      const keep = (one: Answer): void => {
        answers[i] = one;
      };
      return (sys: Sys) => exchange(sys, call, pair, keep);
    });
    const all = function* (sys: Sys): Task<number> {
      for (const pid of callers.map((caller) => sys.fork(caller))) if (!isErrno(pid)) yield* sys.waitpid(pid);
      return 0;
    };
    fleet.runTask("controlplane", all, { patience: 60_000 });
    return answers;
  };
  return {
    fleet,
    call: (call) => callAtOnce([call])[0] as Answer,
    callAtOnce,
    restart: (program, signal) => {
      const found = [...kernel.state.processes.values()].find((process) => process.comm === program);
      if (found !== undefined) kernel.signal(found, signal);
      fleet.run();
      start(`/usr/bin/${program}`, program === "etcd" ? ETCD : FLAGS);
      fleet.run();
    },
  };
}

function* exchange(sys: Sys, call: Call, pair: Pair | undefined, keep: (answer: Answer) => void): Task<number> {
  const fd = yield* sys.connect({ family: "tcp", address: "127.0.0.1", port: 6443 });
  if (isErrno(fd)) return 1;
  const key = pair && parsePem(pair.key)[0];
  const done = yield* connectTls(sys, fd, {
    cipherSuites: [
      ...SUITES.filter((each) => each.name.startsWith("TLS_AES")).map((each) => each.name),
      ...GO_DEFAULT_SUITES,
    ],
    groups: ["x25519"],
    alpn: ["http/1.1"],
    identity:
      pair && key ? { chain: parsePem(pair.cert).map((each) => each.der), key: decodePrivateKey(key.der) } : undefined,
    verify: () => undefined,
  });
  if (!done.ok) return 1;
  const connection = createConnection(done.connected.stream);
  const method = call.method ?? (call.body === undefined ? "GET" : "POST");
  const text = typeof call.body === "string" ? call.body : call.body === undefined ? "" : JSON.stringify(call.body);
  const body = encode(text);
  yield* sendRequest(connection, {
    method,
    target: call.path,
    headers: [
      ["Host", "127.0.0.1:6443"],
      ["User-Agent", "test/1"],
      ["Connection", "close"],
      ...(call.accept === undefined ? [] : [["Accept", call.accept] as const]),
      ["Content-Type", call.type ?? "application/json"],
      ["Content-Length", String(body.length)],
    ],
    body,
  });
  const response = yield* readResponse(connection, method);
  if (typeof response !== "object" || !("status" in response)) return 1;
  const data = yield* response.body();
  const got = isErrno(data) ? "" : decode(data);
  let parsed: unknown;
  try {
    parsed = JSON.parse(got);
  } catch {
    parsed = undefined;
  }
  keep({ status: response.status, text: got, body: parsed, warnings: response.headers.all("warning") });
  return 0;
}
