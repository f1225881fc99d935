// crictl ps, pods, images, stats: what there is, as a table, as ids, or as the runtime tells it.

import type { Sys, Task } from "../../kernel/sys.ts";
import type { RuntimeContainer, RuntimeImage } from "../../lib/cri.ts";
import { type Call, listContainers, listImages, listSandboxes, print, structured } from "./call.ts";
import { formatAge, formatSize, formatTable, stateOf } from "./format.ts";

const short = (id: string, whole: boolean): string => (whole ? id : id.slice(0, 13));

/** A pattern of a filter; names are matched as regular expressions by crictl, here as parts of words and simple anchors. */
function matches(pattern: string | undefined, value: string): boolean {
  if (pattern === undefined) return true;
  const plain = pattern.replace(/^\^|\$$/g, "");
  if (pattern.startsWith("^") && pattern.endsWith("$")) return value === plain;
  if (pattern.startsWith("^")) return value.startsWith(plain);
  return pattern.endsWith("$") ? value.endsWith(plain) : value.includes(plain.replaceAll(".*", ""));
}

function* printIds(sys: Sys, ids: readonly string[]): Task<number> {
  yield* print(sys, ids.map((id) => `${id}\n`).join(""));
  return 0;
}

export function* ps({ sys, runtime, flags, args }: Call): Task<number | undefined> {
  const wantedState = flags.state?.toLowerCase();
  const all =
    flags.all !== undefined || wantedState !== undefined || flags.last !== undefined || flags.latest !== undefined;
  const images = yield* listImages(runtime);
  const imageWanted = flags.image;
  let list = (yield* listContainers(runtime)).filter(
    (each) =>
      (all || each.running) &&
      (wantedState === undefined || stateOf(each).toLowerCase() === wantedState) &&
      matches(flags.name, each.name) &&
      (flags.pod === undefined || each.sandbox.startsWith(flags.pod)) &&
      (flags.id === undefined || each.id.startsWith(flags.id)) &&
      (imageWanted === undefined || each.image.includes(imageWanted) || (each.imageId ?? "").includes(imageWanted)) &&
      (flags.namespace === undefined || each.namespace === flags.namespace) &&
      (args[0] === undefined || each.id.startsWith(args[0])),
  );
  const last = flags.latest === undefined ? Number(flags.last ?? 0) : 1;
  if (last > 0) list = list.slice(0, last);
  if (flags.quiet !== undefined)
    return yield* printIds(
      sys,
      list.map((each) => each.id),
    );
  const shown = list.map((each) => ({
    id: each.id,
    podSandboxId: each.sandbox,
    metadata: { name: each.name, attempt: each.attempt ?? 0 },
    image: { image: each.imageId ?? each.image, annotations: {}, userSpecifiedImage: each.image, runtimeHandler: "" },
    imageRef: each.imageId ?? "",
    state: each.running ? "CONTAINER_RUNNING" : "CONTAINER_EXITED",
    createdAt: `${Math.floor(each.createdAt ?? each.startedAt)}000000`,
    labels: {
      "io.kubernetes.container.name": each.name,
      "io.kubernetes.pod.name": each.pod,
      "io.kubernetes.pod.namespace": each.namespace,
      "io.kubernetes.pod.uid": each.uid,
    },
    annotations: { "io.kubernetes.container.restartCount": String(each.attempt ?? 0) },
  }));
  if (yield* structured(sys, flags, { containers: shown })) return 0;
  const whole = flags["no-trunc"] !== undefined;
  const rows = list.map((each) => [
    short(each.id, whole),
    imageColumn(each, images, whole),
    `${formatAge(sys.now() - (each.createdAt ?? each.startedAt))} ago`,
    stateOf(each),
    each.name,
    String(each.attempt ?? 0),
    short(each.sandbox, whole),
    each.pod,
    each.namespace,
  ]);
  const head = ["CONTAINER", "IMAGE", "CREATED", "STATE", "NAME", "ATTEMPT", "POD ID", "POD", "NAMESPACE"];
  yield* print(sys, formatTable([head, ...rows]));
  return 0;
}

const imageColumn = (container: RuntimeContainer, images: readonly RuntimeImage[], whole: boolean): string => {
  const id = container.imageId ?? images.find((each) => each.repoTags.includes(container.image))?.id;
  return id === undefined ? container.image : short(id.replace("sha256:", ""), whole);
};

export function* pods({ sys, runtime, flags }: Call): Task<number | undefined> {
  const state = flags.state?.toLowerCase();
  const list = (yield* listSandboxes(runtime)).filter(
    (each) =>
      matches(flags.name, each.name) &&
      (flags.namespace === undefined || matches(flags.namespace, each.namespace)) &&
      (flags.id === undefined || each.id.startsWith(flags.id)) &&
      (state === undefined || (each.running === false ? "notready" : "ready") === state),
  );
  const last = flags.latest === undefined ? Number(flags.last ?? 0) : 1;
  const cut = last > 0 ? list.slice(0, last) : list;
  if (flags.quiet !== undefined)
    return yield* printIds(
      sys,
      cut.map((each) => each.id),
    );
  const shown = cut.map((each) => ({
    id: each.id,
    metadata: { name: each.name, uid: each.uid, namespace: each.namespace, attempt: each.attempt ?? 0 },
    state: each.running === false ? "SANDBOX_NOTREADY" : "SANDBOX_READY",
    createdAt: `${Math.floor(each.createdAt ?? 0)}000000`,
    labels: each.labels ?? {},
    annotations: {},
    runtimeHandler: "",
  }));
  if (yield* structured(sys, flags, { items: shown })) return 0;
  const rows = cut.map((each) => [
    short(each.id, flags["no-trunc"] !== undefined),
    `${formatAge(sys.now() - (each.createdAt ?? 0))} ago`,
    each.running === false ? "NotReady" : "Ready",
    each.name,
    each.namespace,
    String(each.attempt ?? 0),
    "(default)",
  ]);
  yield* print(sys, formatTable([["POD ID", "CREATED", "STATE", "NAME", "NAMESPACE", "ATTEMPT", "RUNTIME"], ...rows]));
  return 0;
}

export function* images({ sys, runtime, flags, args }: Call): Task<number | undefined> {
  const list = (yield* listImages(runtime)).filter(
    (each) => args[0] === undefined || each.repoTags.some((tag) => tag.includes(args[0] as string)),
  );
  const sorted = [...list].sort((a, b) => ((a.repoTags[0] ?? "") < (b.repoTags[0] ?? "") ? -1 : 1));
  if (flags.quiet !== undefined)
    return yield* printIds(
      sys,
      sorted.map((each) => each.id),
    );
  const shown = sorted.map((each) => ({
    ...each,
    size: String(each.size),
    uid: null,
    username: "",
    spec: null,
    pinned: /\/pause:/.test(each.repoTags[0] ?? ""),
  }));
  if (yield* structured(sys, flags, { images: shown })) return 0;
  const digests = flags.digests !== undefined;
  const rows = sorted.map((each) => {
    const [, name = "<none>", tag = "<none>"] = /^(.*):([^/]*)$/.exec(each.repoTags[0] ?? "") ?? [];
    const digest = each.repoDigests[0]?.split("@")[1] ?? "<none>";
    const id = short(each.id.replace("sha256:", ""), flags["no-trunc"] !== undefined);
    return [name, tag, ...(digests ? [digest.slice(0, 20)] : []), id, formatSize(each.size)];
  });
  yield* print(sys, formatTable([["IMAGE", "TAG", ...(digests ? ["DIGEST"] : []), "IMAGE ID", "SIZE"], ...rows]));
  return 0;
}

export function* stats({ sys, runtime, flags }: Call): Task<number | undefined> {
  const list = (yield* listContainers(runtime)).filter((each) => each.running && matches(flags.id, each.id));
  const rows = list.map((each) => {
    const process = sys.process(each.pid);
    const used = (process?.rss ?? 0) * 1024;
    const share = process === undefined ? 0 : (process.cpuTime / Math.max(1, sys.now() - process.startTime)) * 100;
    return [each.id.slice(0, 13), each.name, share.toFixed(2), formatSize(used), "28.67kB", "9"];
  });
  yield* print(sys, formatTable([["CONTAINER", "NAME", "CPU %", "MEM", "DISK", "INODES"], ...rows]));
  return 0;
}
