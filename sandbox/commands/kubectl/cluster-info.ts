// kubectl cluster-info: where the cluster's services are; and dump: nodes, and what runs in name spaces with its logs.

import type { Task } from "../../kernel/sys.ts";
import { pathOf } from "./discovery.ts";
import type { Kube } from "./kube.ts";
import { printerFor } from "./print.ts";
import { at, Fail, nameOf, type Obj } from "./values.ts";

const SYSTEM = "kube-system";

const colored = (kube: Kube, code: number, text: string): string =>
  kube.sys.isatty(1) ? `\x1b[0;${code}m${text}\x1b[0m` : text;

function* tellService(kube: Kube, name: string, url: string): Task {
  yield* kube.out(`${colored(kube, 32, name)} is running at ${colored(kube, 33, url)}\n`);
}

export function* clusterInfo(kube: Kube): Task<number> {
  const client = yield* kube.client();
  const { server } = client.to;
  let failed: unknown;
  try {
    const services = yield* (yield* kube.discovery()).find("services");
    const list: Obj = (yield* client.call({
      path: `${pathOf(services, SYSTEM)}?labelSelector=kubernetes.io%2Fcluster-service%3Dtrue&limit=500`,
    })).body;
    yield* tellService(kube, "Kubernetes control plane", server);
    for (const { metadata, spec } of list.items ?? []) {
      const port = spec?.ports?.[0]?.name ? `:${spec.ports[0].name}` : "";
      yield* tellService(
        kube,
        metadata.labels?.["kubernetes.io/name"] ?? metadata.name,
        `${server}/api/v1/namespaces/${metadata.namespace}/services/${metadata.name}${port}/proxy`,
      );
    }
  } catch (error) {
    failed = error;
  }
  yield* kube.out("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n");
  if (failed !== undefined) throw failed;
  return 0;
}

/** What is dumped of a name space: the file's name and the type. */
const DUMPED = [
  ["events"],
  ["replication-controllers", "replicationcontrollers"],
  ["services"],
  ["daemonsets"],
  ["deployments"],
  ["replicasets"],
  ["pods"],
] as const;

export const DUMP_FLAGS = "all-namespaces:A! namespaces* output:o=json output-directory= pod-running-timeout@20s";

export function* clusterInfoDump(kube: Kube): Task<number> {
  const { flags, sys } = kube;
  const client = yield* kube.client();
  const discovery = yield* kube.discovery();
  const folder = flags.text("output-directory").replace(/^-$/, "");
  const format = flags.text("output", "json");
  const print = printerFor(kube, format, { sorted: false }) ?? String;
  const write = function* (file: string, text: string): Task {
    if (folder === "") return yield* kube.out(text);
    const path = `${folder}/${file}`;
    const parts = path.split("/");
    for (let count = 1; count < parts.length; count++) sys.mkdir(parts.slice(0, count).join("/") || "/", 0o755);
    const failed = sys.writeFile(path, text);
    if (failed !== undefined) throw new Fail(`open ${path}: ${failed.text.toLowerCase()}`);
  };
  const list = function* (type: string, namespace: string): Task<Obj> {
    return (yield* client.call({ path: pathOf(yield* discovery.find(type), namespace) })).body;
  };
  const extension = format === "json" || format === "yaml" ? format : "txt";
  yield* write(`nodes.${extension}`, print(yield* list("nodes", "")));
  const chosen = flags.list("namespaces");
  const spaces = flags.on("all-namespaces")
    ? (yield* list("namespaces", "")).items.map(nameOf)
    : chosen.length > 0
      ? chosen
      : [SYSTEM, kube.namespace];
  for (const namespace of spaces) {
    let found: Obj = {};
    for (const [file, type = file] of DUMPED) {
      found = yield* list(type, namespace);
      yield* write(`${namespace}/${file}.${extension}`, print(found));
    }
    for (const pod of found.items)
      yield* write(`${namespace}/${nameOf(pod)}/logs.txt`, yield* logsOf(kube, namespace, pod));
  }
  if (folder !== "") yield* kube.out(`Cluster info dumped to ${folder}\n`);
  return 0;
}

/** The logs of all containers, each between its marks. */
function* logsOf(kube: Kube, namespace: string, pod: Obj): Task<string> {
  const client = yield* kube.client();
  let text = "";
  for (const { name } of [...(at(pod, "spec.initContainers") ?? []), ...(at(pod, "spec.containers") ?? [])]) {
    const whose = `container ${name} of pod ${namespace}/${nameOf(pod)}`;
    text += `==== START logs for ${whose} ====\n`;
    try {
      text += (yield* client.call({
        path: `/api/v1/namespaces/${namespace}/pods/${nameOf(pod)}/log?container=${name}`,
      })).text;
    } catch (error) {
      text += `Request log error: ${(error as Error).message}\n`;
    }
    text += `==== END logs for ${whose} ====\n`;
  }
  return text;
}
