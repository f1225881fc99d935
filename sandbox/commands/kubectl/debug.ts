// kubectl debug: a container beside those of a pod, a copy of a pod, or a pod with a node's file system.

import type { Task } from "../../kernel/sys.ts";
import { fullName, pathOf } from "./discovery.ts";
import { attachTo } from "./exec.ts";
import type { Kube } from "./kube.ts";
import { type Item, selectArgs } from "./resources.ts";
import { at, clone, Fail, nameOf, type Obj, q } from "./values.ts";

export const DEBUG_FLAGS =
  "arguments-only! attach! container:c= copy-to= custom= env+ filename:f* image= image-pull-policy= keep-annotations! keep-init-containers! keep-labels! keep-liveness! keep-readiness! keep-startup! profile=general quiet:q! replace! same-node! set-image* share-processes! stdin:i! target= tty:t!";

const LETTERS = "bcdfghjklmnpqrstvwxz2456789";
const suffix = (kube: Kube): string => [...kube.sys.random(5)].map((byte) => LETTERS[byte % LETTERS.length]).join("");

export function* debug(kube: Kube): Task<number> {
  const { flags, args } = kube;
  const image = flags.text("image");
  const words = flags.dash < 0 ? args : args.slice(0, flags.dash);
  const command = flags.dash < 0 ? [] : args.slice(flags.dash);
  checkFlags(kube, command.length > 0);
  if (words.length === 0) throw new Fail("NAME is required for debug");
  for (const word of words) {
    const { items } = yield* selectArgs(kube, word.includes("/") ? [word] : ["pods", word]);
    for (const item of items) yield* debugOne(kube, item, image, command);
  }
  return 0;
}

function* debugOne(kube: Kube, item: Item, image: string, command: readonly string[]): Task<number> {
  const { flags } = kube;
  const client = yield* kube.client();
  const object: Obj = (yield* client.call({
    path: pathOf(item.resource, item.namespace, item.name),
    resource: fullName(item.resource),
    name: item.name,
  })).body;
  const container = (name: string): Obj => ({
    name,
    image,
    ...(command.length > 0 ? (flags.on("arguments-only") ? { args: command } : { command }) : {}),
    ...(flags.on("stdin") ? { stdin: true } : {}),
    ...(flags.on("tty") ? { tty: true } : {}),
    resources: {},
    terminationMessagePolicy: "File",
    imagePullPolicy: flags.text("image-pull-policy", "IfNotPresent"),
  });
  let pod: Obj;
  let name = flags.text("container");
  const profile = flags.text("profile", "general");
  if (flags.has("custom")) throw new Fail("--custom is not modelled in this sandbox", 2);
  if (!PROFILES.includes(profile)) throw new Fail(`unknown profile: ${profile}`);
  if (profile === "legacy")
    yield* kube.err(
      '--profile=legacy is deprecated and planned to be removed in v1.39. It is recommended to specify other profile, for example "--profile=general".\n',
    );
  if (flags.has("target") && !flags.on("quiet"))
    yield* kube.out(
      `Targeting container ${q(flags.text("target"))}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
    );
  if (item.resource.name === "nodes")
    pod = yield* nodePod(kube, nameOf(object), container(name || "debugger"), profile);
  else if (item.resource.name !== "pods")
    throw new Fail(
      `"${item.resource.group}/${item.resource.version}, Kind=${item.resource.kind}" not supported by debug`,
    );
  else if (flags.has("copy-to")) {
    // Without an image the command is that of a container which is there.
    if (name === "" && image === "" && command.length > 0) name = at(object, "spec.containers.0.name");
    if (image !== "") name ||= yield* defaultName(kube);
    pod = yield* copyPod(
      kube,
      object,
      name === "" ? undefined : { ...container(name), ...(image === "" ? {} : securityOf(profile, "copy")) },
    );
  } else {
    name ||= yield* defaultName(kube);
    const one = {
      ...container(name),
      ...securityOf(profile, "ephemeral"),
      ...(flags.has("target") ? { targetContainerName: flags.text("target") } : {}),
    };
    const body = { spec: { ephemeralContainers: [...(at(object, "spec.ephemeralContainers") ?? []), one] } };
    pod = (yield* client.call({
      method: "PATCH",
      path: pathOf(item.resource, item.namespace, item.name, "ephemeralcontainers"),
      body,
      type: "application/strategic-merge-patch+json",
    })).body;
  }
  if (!(flags.on("stdin") || flags.on("attach"))) return 0;
  return yield* waitAndAttach(kube, pod, name || (at(pod, "spec.containers.0.name") as string));
}

function* defaultName(kube: Kube): Task<string> {
  const name = `debugger-${suffix(kube)}`;
  if (!kube.flags.on("quiet")) yield* kube.out(`Defaulting debug container name to ${name}.\n`);
  return name;
}

/** What flags may not stand together, in the order in which kubectl looks. */
function checkFlags({ flags }: Kube, command: boolean): void {
  const copies = flags.has("copy-to");
  const image = flags.text("image");
  if (copies && image === "" && !flags.has("set-image") && !command)
    throw new Fail("you must specify --image, --set-image or command arguments.");
  if (copies && flags.has("target"))
    throw new Fail("--target is incompatible with --copy-to. Use --share-processes instead.");
  if (!copies)
    for (const name of ["replace", "same-node", "set-image"])
      if (flags.has(name)) throw new Fail(`--${name} may only be used with --copy-to.`);
  if (!copies && image === "") throw new Fail("you must specify --image when not using --copy-to.");
  if (/\s|[A-Z].*\//.test(image)) throw new Fail(`invalid image name ${q(image)}: invalid reference format`);
  const policy = flags.text("image-pull-policy");
  if (!["", "Always", "IfNotPresent", "Never"].includes(policy)) throw new Fail(`invalid image pull policy: ${policy}`);
  if (flags.on("tty") && !flags.on("stdin")) throw new Fail("-i/--stdin is required for containers with -t/--tty=true");
}

const PROFILES = ["baseline", "general", "legacy", "netadmin", "restricted", "sysadmin"];

/** What a profile gives the container of its own; `where` it runs. */
function securityOf(profile: string, where: "node" | "copy" | "ephemeral"): Obj {
  const context: Record<string, Obj | undefined> = {
    general: where === "node" ? undefined : { capabilities: { add: ["SYS_PTRACE"] } },
    netadmin: { capabilities: { add: ["NET_ADMIN", "NET_RAW"] } },
    restricted: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    },
    sysadmin: { privileged: true },
  };
  const securityContext = context[profile];
  return securityContext === undefined ? {} : { securityContext };
}

/** The pod that `debug node/NAME` makes: by its profile with the host's name spaces and the node's root below /host. */
function* nodePod(kube: Kube, node: string, container: Obj, profile: string): Task<Obj> {
  const client = yield* kube.client();
  const name = `node-debugger-${node}-${suffix(kube)}`;
  if (!kube.flags.on("quiet"))
    yield* kube.out(`Creating debugging pod ${name} with container ${container.name} on node ${node}.\n`);
  const shared = ["general", "legacy", "netadmin", "sysadmin"].includes(profile);
  const mounted = ["general", "legacy", "sysadmin"].includes(profile);
  const body = {
    kind: "Pod",
    apiVersion: "v1",
    metadata: { name, namespace: kube.namespace, labels: { "app.kubernetes.io/managed-by": "kubectl-debug" } },
    spec: {
      containers: [
        {
          ...container,
          ...(container.stdin === true ? { stdinOnce: true } : {}),
          ...(mounted ? { volumeMounts: [{ name: "host-root", mountPath: "/host" }] } : {}),
          ...securityOf(profile, "node"),
        },
      ],
      ...(shared ? { hostIPC: true, hostNetwork: true, hostPID: true } : {}),
      ...(mounted ? { volumes: [{ name: "host-root", hostPath: { path: "/" } }] } : {}),
      nodeName: node,
      restartPolicy: "Never",
      tolerations: [{ operator: "Exists" }],
    },
  };
  return (yield* client.call({ method: "POST", path: `/api/v1/namespaces/${kube.namespace}/pods`, body })).body;
}

function* copyPod(kube: Kube, object: Obj, container: Obj | undefined): Task<Obj> {
  const { flags } = kube;
  const client = yield* kube.client();
  const spec: Obj = clone(object.spec);
  if (!flags.on("same-node")) delete spec.nodeName;
  if (flags.on("share-processes", true)) spec.shareProcessNamespace = true;
  delete spec.ephemeralContainers;
  for (const one of spec.containers) {
    for (const [probe, flag] of [
      ["livenessProbe", "keep-liveness"],
      ["readinessProbe", "keep-readiness"],
      ["startupProbe", "keep-startup"],
    ] as const)
      if (!flags.on(flag)) delete one[probe];
    for (const pair of flags.list("set-image")) {
      const [which, image] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
      if (which === "*" || which === one.name) one.image = image;
    }
  }
  const known = spec.containers.find((one: Obj) => one.name === container?.name);
  if (known === undefined && container !== undefined) spec.containers.push(container);
  for (const field of ["image", "command", "args", "stdin", "tty"])
    if (known !== undefined && container?.[field]) known[field] = container[field];
  const metadata = {
    name: flags.text("copy-to"),
    namespace: kube.namespace,
    ...(flags.on("keep-labels") ? { labels: object.metadata.labels } : {}),
  };
  const path = `/api/v1/namespaces/${kube.namespace}/pods`;
  const made = (yield* client.call({ method: "POST", path, body: { kind: "Pod", apiVersion: "v1", metadata, spec } }))
    .body;
  if (flags.on("replace")) yield* client.call({ method: "DELETE", path: `${path}/${nameOf(object)}` });
  return made;
}

function* waitAndAttach(kube: Kube, pod: Obj, container: string): Task<number> {
  const client = yield* kube.client();
  const path = `/api/v1/namespaces/${kube.namespace}/pods/${nameOf(pod)}`;
  for (;;) {
    const now: Obj = yield* client.get(path);
    const all: Obj[] = [
      ...(at(now, "status.containerStatuses") ?? []),
      ...(at(now, "status.ephemeralContainerStatuses") ?? []),
    ];
    const state: Obj = all.find((one) => one.name === container)?.state ?? {};
    if (state.running !== undefined) return yield* attachTo(kube, now, container);
    if (state.terminated !== undefined) {
      yield* kube.out((yield* client.call({ path: `${path}/log?container=${container}` })).text);
      return 0;
    }
    yield* kube.sys.sleep(50);
  }
}
