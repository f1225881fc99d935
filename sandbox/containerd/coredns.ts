// CoreDNS: names of services and pods for the cluster's own, with what its account may list.

import { isErrno } from "../kernel/errno.ts";
import type { Program, Sys, Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import type { DnsReply } from "../lib/dns.ts";
import { type ApiCaller, openRequest, takeBody } from "../lib/kube/daemon-client.ts";
import { ACCOUNT, readText } from "./account.ts";
import { answerOnce } from "./answer.ts";

interface State {
  /** Of its ports, the one that names are asked at. */
  readonly dns: number;
  readonly idle: number[];
}

const REFUSED: DnsReply = { status: "SERVFAIL", addresses: [] };
const UNKNOWN: DnsReply = { status: "NXDOMAIN", addresses: [] };

/** CoreDNS in a pod's own network. fidelity: it lists what it is asked for instead of watching, and asks no server beyond the cluster. */
export const coredns: Program = {
  name: "coredns",
  service: {
    *start(sys) {
      sys.setMemory(762_000, 46_000, 9);
      const [dns = 0] = [53, 8080, 8181, 9153].map((port) => sys.listen({ family: "tcp", address: "", port }));
      sys.kept = { dns: isErrno(dns) ? -1 : dns, idle: [] };
      yield* sys.write(
        1,
        ".:53\n[INFO] plugin/reload: Running configuration SHA512 = 1b226df79860026c6a52e67daa10d7f0d57ec5b023288ec00c5e05f93523c894564e15b91770d3a07ae1cfbe861d15b37d4a0027e69c546ab112970993a3b03b\nCoreDNS-1.14.2\nlinux/amd64, go1.25.5, 1db4568\n",
      );
      return undefined;
    },
    *connection(sys, fd, listener) {
      const state = sys.kept as unknown as State;
      if (listener !== state.dns) return yield* answerOnce(sys, fd, "OK");
      const asked = yield* sys.read(fd);
      if (!isErrno(asked)) yield* sys.write(fd, `${JSON.stringify(yield* answer(sys, state, decode(asked)))}\n`);
      sys.close(fd);
    },
    signals: ["SIGTERM", "SIGINT"],
    *signal(sys) {
      yield* sys.write(1, "[INFO] SIGTERM: Shutting down servers then terminating\n");
      yield* sys.exit(0);
    },
  },
};

function nameAsked(line: string): string {
  try {
    return String((JSON.parse(line) as { name?: unknown }).name ?? "").toLowerCase();
  } catch {
    return "";
  }
}

/** `kubernetes.default.svc.cluster.local.`, `10-244-1-3.default.pod.cluster.local.` */
function* answer(sys: Sys, state: State, line: string): Task<DnsReply> {
  const name = nameAsked(line);
  if (!name.endsWith(".cluster.local.")) return REFUSED;
  const [first = "", namespace = "", kind = "", ...more] = name.split(".");
  if (more.length !== 3) return UNKNOWN;
  if (kind === "pod") {
    const address = first.replaceAll("-", ".");
    return /^(\d+\.){3}\d+$/.test(address) ? { status: "NOERROR", addresses: [address] } : UNKNOWN;
  }
  if (kind !== "svc") return UNKNOWN;
  const within = (path: string, selector: string) =>
    list(sys, state, `${path.replace("*", namespace)}?${selector}${encodeURIComponent(first)}`);
  const services = yield* within("/api/v1/namespaces/*/services", "fieldSelector=metadata.name%3D");
  if (services === undefined) return REFUSED;
  const [service] = services;
  if (service === undefined) return UNKNOWN;
  const { clusterIP } = service["spec"] as { clusterIP?: string };
  if (clusterIP !== undefined && clusterIP !== "None") return { status: "NOERROR", addresses: [clusterIP] };
  const slices = yield* within(
    "/apis/discovery.k8s.io/v1/namespaces/*/endpointslices",
    "labelSelector=kubernetes.io%2Fservice-name%3D",
  );
  const endpoints = (slices ?? []).flatMap((slice) => (slice["endpoints"] ?? []) as { addresses: string[] }[]);
  return { status: "NOERROR", addresses: endpoints.flatMap(({ addresses }) => addresses) };
}

type Listed = Readonly<Record<string, unknown>>;

/** Undefined where the API server cannot be asked or refuses. */
function* list(sys: Sys, { idle }: State, path: string): Task<readonly Listed[] | undefined> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = sys.env;
  const client = {
    server: `https://${host ?? ""}:${port ?? ""}`,
    ca: readText(sys, `${ACCOUNT}/ca.crt`),
    certificate: undefined,
    key: undefined,
    token: readText(sys, `${ACCOUNT}/token`),
    insecure: false,
  };
  const caller: ApiCaller = { client, agent: "coredns/v0.0.0 (linux/amd64) kubernetes/$Format", idle, timeout: 5000 };
  const opened = yield* openRequest(sys, caller, "GET", path);
  if ("error" in opened) return undefined;
  const body = decode(yield* takeBody(sys, idle, opened));
  return opened.response.status === 200 ? ((JSON.parse(body) as { items: Listed[] | null }).items ?? []) : undefined;
}
