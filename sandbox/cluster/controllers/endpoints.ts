// Where services lead: Endpoints and EndpointSlices of the pods that a service selects.

import type { Task } from "../../kernel/sys.ts";
import { at, type Fields, type KubeObject, listOf, nameSuffix, textOf } from "../object.ts";
import { matchesSelector } from "../selectors.ts";
import { isReady, referenceTo } from "./pods.ts";
import type { World } from "./world.ts";

const ENDPOINTS = "endpoints";
const SLICES = "endpointslices.discovery.k8s.io";
const SERVICE = "kubernetes.io/service-name";

interface Backend {
  readonly pod: KubeObject;
  readonly address: string;
  readonly ready: boolean;
}

/** Pods behind a service that have an address; those that go or have ended count no more. */
function backends(world: World, service: KubeObject): Backend[] {
  const selector = at(service, "spec", "selector");
  return world
    .list("pods", service.metadata.namespace)
    .filter(
      (pod) =>
        pod.metadata.deletionTimestamp === undefined &&
        !["Succeeded", "Failed"].includes(textOf(at(pod, "status", "phase"))) &&
        textOf(at(pod, "status", "podIP")) !== "" &&
        matchesSelector({ matchLabels: selector }, pod.metadata.labels),
    )
    .map((pod) => ({ pod, address: textOf(at(pod, "status", "podIP")), ready: isReady(pod) }))
    .sort((a, b) => (a.address < b.address ? -1 : 1));
}

/** The port of a pod that a service's port leads to; a name is looked up in the pod. */
function targetOf(port: Fields, pod: KubeObject | undefined): number | undefined {
  const target = port["targetPort"] ?? port["port"];
  if (typeof target === "number") return target;
  return listOf(at(pod, "spec", "containers"))
    .flatMap((each) => listOf(each["ports"]))
    .find((each) => each["name"] === target)?.["containerPort"] as number | undefined;
}

/** The service's ports as they are on its pods. */
function portsOf(service: KubeObject, pod: KubeObject | undefined, named: boolean): Fields[] {
  return listOf(at(service, "spec", "ports")).flatMap((port) => {
    const number = targetOf(port, pod);
    if (number === undefined) return [];
    const name = textOf(port["name"]);
    return [{ ...(named || name !== "" ? { name } : {}), port: number, protocol: port["protocol"] ?? "TCP" }];
  });
}

const refer = ({ metadata }: KubeObject): Fields => ({
  kind: "Pod",
  namespace: metadata.namespace,
  name: metadata.name,
  uid: metadata.uid,
});

function subsets(service: KubeObject, behind: readonly Backend[]): Fields[] {
  const ports = portsOf(service, behind[0]?.pod, false);
  if (behind.length === 0 || ports.length === 0) return [];
  const shown = (ready: boolean): Fields[] =>
    behind
      .filter((each) => each.ready === ready)
      .map(({ pod, address }) => ({ ip: address, nodeName: at(pod, "spec", "nodeName"), targetRef: refer(pod) }));
  const [addresses, notReadyAddresses] = [shown(true), shown(false)];
  return [
    {
      ...(addresses.length > 0 ? { addresses } : {}),
      ...(notReadyAddresses.length > 0 ? { notReadyAddresses } : {}),
      ports,
    },
  ];
}

const endpointOf = ({ pod, address, ready }: Backend): Fields => ({
  addresses: [address],
  conditions: { ready, serving: ready, terminating: false },
  targetRef: refer(pod),
  nodeName: at(pod, "spec", "nodeName"),
});

/** What two lists of addresses and ports say, whatever the order of their keys. */
const sign = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

/** Endpoints: one object of the service's name. */
export function* runEndpoints(world: World): Task {
  for (const service of world.list("services")) {
    if (at(service, "spec", "selector") === undefined) continue;
    const { name = "", namespace = "" } = service.metadata;
    const known = world.get(ENDPOINTS, namespace, name);
    const wanted = subsets(service, backends(world, service));
    if (known !== undefined && sign(known["subsets"] ?? []) === sign(wanted)) continue;
    const labels = { ...service.metadata.labels, "endpoints.kubernetes.io/managed-by": "endpoint-controller" };
    const more = wanted.length > 0 ? { subsets: wanted } : {};
    if (known === undefined) yield* world.create(ENDPOINTS, { metadata: { name, namespace, labels }, ...more });
    else {
      const { subsets: _, ...rest } = known;
      yield* world.update(ENDPOINTS, { ...rest, ...more } as KubeObject);
    }
  }
  for (const { metadata } of world.list(ENDPOINTS))
    if (
      metadata.labels?.["endpoints.kubernetes.io/managed-by"] !== undefined &&
      world.get("services", metadata.namespace ?? "", metadata.name ?? "") === undefined
    )
      yield* world.remove(ENDPOINTS, { metadata });
}

/** EndpointSlices: one for each service, with a random ending to its name. */
export function* runEndpointSlices(world: World): Task {
  for (const service of world.list("services")) {
    if (at(service, "spec", "selector") === undefined) continue;
    const { name = "", namespace = "" } = service.metadata;
    const known = world.list(SLICES, namespace).find(({ metadata }) => metadata.labels?.[SERVICE] === name);
    const behind = backends(world, service);
    const endpoints = behind.map(endpointOf);
    const ports = portsOf(service, behind[0]?.pod, true);
    if (known !== undefined && sign([known["endpoints"] ?? [], known["ports"] ?? []]) === sign([endpoints, ports]))
      continue;
    if (known !== undefined) {
      yield* world.update(SLICES, { ...known, endpoints, ports });
      continue;
    }
    yield* world.create(SLICES, {
      metadata: {
        name: `${name}-${nameSuffix(world.sys.random(5))}`,
        generateName: `${name}-`,
        namespace,
        labels: {
          ...service.metadata.labels,
          "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
          [SERVICE]: name,
        },
        ownerReferences: [referenceTo({ ...service, apiVersion: "v1", kind: "Service" })],
      },
      addressType: "IPv4",
      endpoints,
      ports,
    });
  }
  for (const slice of world.list(SLICES)) {
    const owner = slice.metadata.labels?.[SERVICE];
    const managed = slice.metadata.labels?.["endpointslice.kubernetes.io/managed-by"] !== undefined;
    if (managed && owner !== undefined && world.get("services", slice.metadata.namespace ?? "", owner) === undefined)
      yield* world.remove(SLICES, slice);
  }
}
