// kube-proxy: watches services and their endpoints with its account's token, and has the node's kernel pass connections on.

import type { Forwarded, Program, Sys, Task } from "../kernel/sys.ts";
import type { ApiCaller } from "../lib/kube/daemon-client.ts";
import {
  closeWatch,
  createReflector,
  listAndWatch,
  type Reflected,
  type Reflector,
  takeNews,
} from "../lib/kube/reflector.ts";
import { ACCOUNT, readText } from "./account.ts";
import { answerOnce } from "./answer.ts";

interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
}

interface Service extends Reflected {
  readonly spec: { readonly clusterIP?: string; readonly ports?: readonly ServicePort[] };
}

interface EndpointSlice extends Reflected {
  readonly endpoints?:
    | readonly { readonly addresses: readonly string[]; readonly conditions?: { readonly ready?: boolean } }[]
    | null;
  readonly ports?: readonly { readonly name?: string; readonly port?: number }[] | null;
}

interface State {
  readonly services: Reflector<Service>;
  readonly slices: Reflector<EndpointSlice>;
  readonly idle: number[];
  /** Pause before the next try (ms). */
  pause: number;
}

const KUBECONFIG = "/var/lib/kube-proxy/kubeconfig.conf";
const FIRST_PAUSE = 800;
const LONGEST_PAUSE = 30_000;

const klogTime = (now: number): string => {
  const at = new Date(now).toISOString();
  return `${at.slice(5, 7)}${at.slice(8, 10)} ${at.slice(11, 23)}000`;
};

const GREETING = [
  ["server_linux.go:63", '"Using iptables proxy"'],
  ["shared_informer.go:349", '"Waiting for caches to sync" controller="node informer cache"'],
  ["shared_informer.go:356", '"Caches are synced" controller="node informer cache"'],
  ["server.go:242", '"kube-proxy running in dual-stack mode" primary ipFamily="IPv4"'],
  ["server.go:529", '"Version info" version="v1.36.2"'],
  ["config.go:200", '"Starting service config controller"'],
  ["config.go:106", '"Starting endpoint slice config controller"'],
] as const;

/**
 * kube-proxy: opens its two ports, says what it would do and keeps the table of services.
 * fidelity: the table is one of addresses and those who serve behind them, not chains of iptables; no node ports.
 */
export const kubeProxy: Program = {
  name: "kube-proxy",
  service: {
    *start(sys) {
      sys.setMemory(1_290_000, 48_000, 8);
      for (const [place, text] of GREETING)
        yield* sys.write(2, `I${klogTime(sys.now())} ${String(sys.pid).padStart(7)} ${place}] ${text}\n`);
      sys.listen({ family: "tcp", address: "127.0.0.1", port: 10_249 });
      sys.listen({ family: "tcp", address: "::", port: 10_256 });
      const state: State = {
        services: createReflector("/api/v1/services"),
        slices: createReflector("/apis/discovery.k8s.io/v1/endpointslices"),
        idle: [],
        pause: FIRST_PAUSE,
      };
      sys.kept = state as never;
      sys.setTimer("sync", sys.now());
      return undefined;
    },
    *timer(sys) {
      yield* sync(sys, sys.kept as unknown as State);
    },
    *readable(sys) {
      yield* hear(sys, sys.kept as unknown as State);
    },
    *connection(sys, fd) {
      yield* answerOnce(sys, fd, '{"lastUpdated": "","currentTime": "", "nodeEligible": true}');
    },
    signals: ["SIGTERM", "SIGINT"],
    *signal(sys) {
      yield* sys.exit(0);
    },
  },
};

function callerOf(sys: Sys, { idle }: State): ApiCaller | undefined {
  const server = /^\s*server: (\S+)/m.exec(readText(sys, KUBECONFIG) ?? "")?.[1];
  if (server === undefined) return undefined;
  const client = {
    server,
    ca: readText(sys, `${ACCOUNT}/ca.crt`),
    certificate: undefined,
    key: undefined,
    token: readText(sys, `${ACCOUNT}/token`),
    insecure: false,
  };
  return { client, agent: "kube-proxy/v1.36.2 (linux/amd64) kubernetes/98b3519", idle, timeout: 10_000 };
}

/** Opens what is not watched yet; what failed is tried again later. */
function* sync(sys: Sys, state: State): Task {
  const caller = callerOf(sys, state);
  for (const reflector of [state.services, state.slices] as Reflector<Reflected>[]) {
    if (reflector.watch !== undefined) continue;
    if (caller !== undefined && (yield* listAndWatch(sys, caller, reflector))) continue;
    sys.setTimer("sync", sys.now() + state.pause);
    state.pause = Math.min(LONGEST_PAUSE, state.pause * 2);
    return;
  }
  state.pause = FIRST_PAUSE;
  writeTable(sys, state);
}

function* hear(sys: Sys, state: State): Task {
  for (const reflector of [state.services, state.slices] as Reflector<Reflected>[]) {
    if (reflector.watch === undefined || (yield* takeNews(sys, reflector))) continue;
    closeWatch(sys, reflector);
    sys.setTimer("sync", sys.now() + FIRST_PAUSE);
  }
  writeTable(sys, state);
}

function writeTable(sys: Sys, { services, slices }: State): void {
  const table: Forwarded[] = [];
  for (const { metadata, spec } of services.objects.values()) {
    if (spec.clusterIP === undefined || spec.clusterIP === "None" || spec.clusterIP === "") continue;
    const own = [...slices.objects.values()].filter(
      (slice) =>
        slice.metadata.namespace === metadata.namespace &&
        slice.metadata.labels?.["kubernetes.io/service-name"] === metadata.name,
    );
    for (const { name = "", port, protocol = "TCP" } of spec.ports ?? []) {
      if (protocol !== "TCP") continue;
      const to = own.flatMap(({ ports, endpoints }) => {
        const target = ports?.find((each) => (each.name ?? "") === name)?.port;
        return target === undefined ? [] : readyOf(endpoints).map((address) => [address, target] as const);
      });
      table.push({ address: spec.clusterIP, port, to });
    }
  }
  sys.forwarded(Object.freeze(table));
}

const readyOf = (endpoints: EndpointSlice["endpoints"]): string[] =>
  (endpoints ?? []).flatMap(({ addresses, conditions }) => (conditions?.ready === false ? [] : addresses));
