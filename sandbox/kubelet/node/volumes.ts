// Volumes of a pod as folders of the node, and where its containers see them.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import type { Mount } from "../../lib/cri.ts";
import { fromBase64 } from "../../lib/crypto/base64.ts";
import { makeFolders } from "../files.ts";
import type { KubeletState, Pod } from "../state.ts";
import { callApi } from "./api.ts";
import { list, record, type Stored } from "./manifest.ts";
import { resolverOf } from "./resolver.ts";

/** What stops a pod's start, in the words of the event. */
export interface Trouble {
  readonly trouble: string;
}

export const podFolder = (state: KubeletState, pod: Pod): string =>
  `${String(state.effective.flags["root-dir"] ?? "/var/lib/kubelet")}/pods/${pod.uid}`;

/** Data of a ConfigMap or Secret as text by key; `missing` with the API server's words. */
export function* readObject(
  sys: Sys,
  state: KubeletState,
  pod: Pod,
  kind: "configmaps" | "secrets",
  name: string,
): Task<Record<string, string> | { readonly missing: string }> {
  const reply = yield* callApi(sys, state, "GET", `/api/v1/namespaces/${pod.namespace}/${kind}/${name}`);
  if ("error" in reply || reply.status !== 200) return { missing: "error" in reply ? reply.error : reply.text };
  const data = record(reply.body.data) as Record<string, string>;
  const binary = record(reply.body.binaryData) as Record<string, string>;
  const bytes = (text: string): string => decode(fromBase64(text) ?? new Uint8Array(0));
  const coded = kind === "secrets" ? data : binary;
  return {
    ...(kind === "secrets" ? {} : data),
    ...Object.fromEntries(Object.entries(coded).map(([key, value]) => [key, bytes(value)])),
  };
}

/** A field of the pod for the downward API. */
export function fieldOf(state: KubeletState, pod: Pod, path: string): string | undefined {
  const { metadata, spec } = pod.object;
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (keyed !== null) return String(record(metadata[keyed[1] as string])[keyed[2] as string] ?? "");
  switch (path) {
    case "metadata.name":
      return pod.name;
    case "metadata.namespace":
      return pod.namespace;
    case "metadata.uid":
      return pod.uid;
    case "metadata.labels":
    case "metadata.annotations":
      return Object.entries(record(metadata[path.slice(9)]))
        .sort()
        .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
        .join("\n");
    case "spec.nodeName":
      return state.nodeName;
    case "spec.serviceAccountName":
      return String(spec.serviceAccountName ?? "default");
    case "status.hostIP":
      return state.nodeIP;
    case "status.podIP":
      return spec.hostNetwork === true ? state.nodeIP : (pod.ip ?? "");
    default:
      return undefined;
  }
}

/** A fresh token of the pod's ServiceAccount, bound to the pod. */
function* fetchToken(sys: Sys, state: KubeletState, pod: Pod, source: Stored): Task<string | Trouble> {
  const account = String(pod.object.spec.serviceAccountName ?? "default");
  const path = `/api/v1/namespaces/${pod.namespace}/serviceaccounts/${account}/token`;
  const audience = source.audience;
  const reply = yield* callApi(sys, state, "POST", path, {
    kind: "TokenRequest",
    apiVersion: "authentication.k8s.io/v1",
    metadata: {},
    spec: {
      audiences: audience === undefined ? null : [audience],
      expirationSeconds: source.expirationSeconds ?? 3600,
      boundObjectRef: { kind: "Pod", apiVersion: "v1", name: pod.name, uid: pod.uid },
    },
  });
  const token = "body" in reply ? record(reply.body.status).token : undefined;
  return typeof token === "string"
    ? token
    : { trouble: `failed to fetch token: ${"error" in reply ? reply.error : reply.text}` };
}

type Files = Record<string, { readonly text: string; readonly mode: number }>;

const pick = (data: Record<string, string>, items: readonly Stored[], mode: number): Files =>
  Object.fromEntries(
    items.length === 0
      ? Object.entries(data).map(([key, text]) => [key, { text, mode }])
      : items.map((item) => [
          String(item.path),
          { text: data[String(item.key)] ?? "", mode: Number(item.mode ?? mode) },
        ]),
  );

function* objectFiles(
  sys: Sys,
  state: KubeletState,
  pod: Pod,
  kind: "configmaps" | "secrets",
  source: Stored,
  mode: number,
): Task<Files | Trouble> {
  const name = String(source.name ?? source.secretName);
  const data = yield* readObject(sys, state, pod, kind, name);
  if (!("missing" in data)) return pick(data, list(source.items), mode);
  return source.optional === true ? {} : { trouble: data.missing };
}

function* projectedFiles(sys: Sys, state: KubeletState, pod: Pod, volume: Stored): Task<Files | Trouble> {
  const mode = Number(volume.defaultMode ?? 0o644);
  const all: Files = {};
  for (const source of list(volume.sources)) {
    let files: Files | Trouble = {};
    if (source.configMap !== undefined)
      files = yield* objectFiles(sys, state, pod, "configmaps", record(source.configMap), mode);
    else if (source.secret !== undefined)
      files = yield* objectFiles(sys, state, pod, "secrets", record(source.secret), mode);
    else if (source.downwardAPI !== undefined) files = downwardFiles(state, pod, record(source.downwardAPI), mode);
    else if (source.serviceAccountToken !== undefined) {
      const wanted = record(source.serviceAccountToken);
      const token = yield* fetchToken(sys, state, pod, wanted);
      files = typeof token === "string" ? { [String(wanted.path)]: { text: token, mode } } : token;
    }
    if ("trouble" in files && typeof files.trouble === "string") return files as Trouble;
    Object.assign(all, files);
  }
  return all;
}

const downwardFiles = (state: KubeletState, pod: Pod, volume: Stored, mode: number): Files =>
  Object.fromEntries(
    list(volume.items).map((item) => [
      String(item.path),
      { text: fieldOf(state, pod, String(record(item.fieldRef).fieldPath)) ?? "", mode },
    ]),
  );

/** Writes files as the kubelet's atomic writer lays them: a dated folder, `..data` pointing at it, a link for each name. */
function writeFiles(sys: Sys, folder: string, files: Files): void {
  makeFolders(sys, folder);
  const dated = `..${new Date(sys.now()).toISOString().slice(0, 19).replace(/[-:]/g, "_").replace("T", "_")}.${Math.floor(sys.now()) % 1_000_000_000}`;
  makeFolders(sys, `${folder}/${dated}`);
  for (const [path, { text, mode }] of Object.entries(files)) {
    const at = path.lastIndexOf("/");
    if (at > 0) makeFolders(sys, `${folder}/${dated}/${path.slice(0, at)}`);
    sys.writeFile(`${folder}/${dated}/${path}`, text, { mode });
    const top = path.split("/")[0] ?? path;
    if (isErrno(sys.lstat(`${folder}/${top}`))) sys.symlink(`..data/${top}`, `${folder}/${top}`);
  }
  sys.unlink(`${folder}/..data`);
  sys.symlink(dated, `${folder}/..data`);
}

const HOST_TYPES: Readonly<Record<string, readonly [type: string, words: string, make: boolean]>> = {
  Directory: ["directory", "a directory", false],
  DirectoryOrCreate: ["directory", "a directory", true],
  File: ["file", "a file", false],
  FileOrCreate: ["file", "a file", true],
  Socket: ["socket", "a socket file", false],
};

function hostFolder(sys: Sys, volume: Stored): string | Trouble {
  const path = String(volume.path);
  const wanted = HOST_TYPES[String(volume.type ?? "")];
  if (wanted === undefined) return path;
  const [type, words, make] = wanted;
  const stat = sys.stat(path);
  if (isErrno(stat) && make) {
    if (type === "directory") makeFolders(sys, path);
    else sys.writeFile(path, "", { mode: 0o644 });
    return path;
  }
  return !isErrno(stat) && stat.type === type
    ? path
    : { trouble: `hostPath type check failed: ${path} is not ${words}` };
}

const KINDS = {
  configMap: "configmap",
  secret: "secret",
  projected: "projected",
  downwardAPI: "downward-api",
} as const;

/** Makes one volume ready: its folder on the node. */
function* prepare(sys: Sys, state: KubeletState, pod: Pod, volume: Stored): Task<string | Trouble> {
  const name = String(volume.name);
  const base = `${podFolder(state, pod)}/volumes/kubernetes.io~`;
  if (volume.hostPath !== undefined) return hostFolder(sys, record(volume.hostPath));
  const kind = (Object.keys(KINDS) as (keyof typeof KINDS)[]).find((key) => volume[key] !== undefined);
  if (kind === undefined) {
    const folder = `${base}empty-dir/${name}`;
    makeFolders(sys, folder);
    sys.chmod(folder, 0o777);
    return folder;
  }
  const folder = `${base}${KINDS[kind]}/${name}`;
  const source = record(volume[kind]);
  const mode = Number(source.defaultMode ?? 0o644);
  const files =
    kind === "projected"
      ? yield* projectedFiles(sys, state, pod, source)
      : kind === "downwardAPI"
        ? downwardFiles(state, pod, source, mode)
        : yield* objectFiles(sys, state, pod, kind === "secret" ? "secrets" : "configmaps", source, mode);
  if ("trouble" in files && typeof files.trouble === "string") return files as Trouble;
  writeFiles(sys, folder, files as Files);
  return folder;
}

/** Folders of all volumes by name, or the event's words. */
export function* prepareVolumes(sys: Sys, state: KubeletState, pod: Pod): Task<ReadonlyMap<string, string> | Trouble> {
  const folders = new Map<string, string>();
  for (const volume of list(pod.object.spec.volumes)) {
    const made = yield* prepare(sys, state, pod, volume);
    if (typeof made !== "string")
      return { trouble: `MountVolume.SetUp failed for volume "${String(volume.name)}" : ${made.trouble}` };
    folders.set(String(volume.name), made);
  }
  return folders;
}

/** Where a container sees them; /etc/resolv.conf for the pod, /etc/hosts of its own where the pod has a network of its own. */
export function mountsOf(
  sys: Sys,
  state: KubeletState,
  pod: Pod,
  container: Stored,
  folders: ReadonlyMap<string, string>,
): Mount[] {
  const mounts = list(container.volumeMounts).map((mount) => ({
    containerPath: String(mount.mountPath),
    hostPath: `${folders.get(String(mount.name)) ?? ""}${mount.subPath === undefined ? "" : `/${String(mount.subPath)}`}`,
    ...(mount.readOnly === true ? { readOnly: true } : {}),
  }));
  const taken = (file: string): boolean => mounts.some((mount) => mount.containerPath === file);
  makeFolders(sys, podFolder(state, pod));
  if (!taken("/etc/resolv.conf")) {
    // fidelity: the real file is the runtime's, beside the sandbox.
    const hostPath = `${podFolder(state, pod)}/resolv.conf`;
    sys.writeFile(hostPath, resolverOf(sys, state, pod), { mode: 0o644 });
    mounts.push({ containerPath: "/etc/resolv.conf", hostPath });
  }
  if (pod.object.spec.hostNetwork === true || taken("/etc/hosts")) return mounts;
  const path = `${podFolder(state, pod)}/etc-hosts`;
  sys.writeFile(
    path,
    `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n${pod.ip ?? ""}\t${pod.name}\n`,
    { mode: 0o644 },
  );
  return [...mounts, { containerPath: "/etc/hosts", hostPath: path }];
}
