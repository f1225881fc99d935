// Container images: which a registry would have, what is kept of them, and the small root folders that stand for their layers.

import { executable } from "../kernel/fs/executable.ts";
import type { Sys } from "../kernel/sys.ts";
import { describeImage, normalizeImage } from "../lib/container-image.ts";
import type { RuntimeImage } from "../lib/cri.ts";
import { makeFolders, remember, type State } from "./state.ts";

// --- names and registries ---

/** Registries that answer on this network. */
const REGISTRIES: ReadonlySet<string> = new Set([
  "docker.io",
  "registry.k8s.io",
  "quay.io",
  "ghcr.io",
  "gcr.io",
  "public.ecr.aws",
]);

const isKnown = (full: string): boolean => {
  const registry = full.slice(0, full.indexOf("/"));
  return REGISTRIES.has(registry) && !/(^|[/:])(no-?such|does-?not-?exist)/.test(full);
};

/** An image by name or id; with `pull` it is fetched where a registry has it. */
export function findImage(sys: Sys, state: State, reference: string, pull: boolean): RuntimeImage | undefined {
  const full = normalizeImage(reference);
  const id = reference.replace(/^sha256:/, "");
  for (const image of state.images.values()) {
    if (image.repoTags.includes(full) || image.repoDigests.includes(full)) return image;
    if (/^[0-9a-f]{4,64}$/.test(id) && image.id.startsWith(`sha256:${id}`)) return image;
  }
  if (!pull || !isKnown(full)) return undefined;
  const image = describeImage(full);
  state.images.set(image.id, image);
  remember(sys, state);
  return image;
}

export function removeImage(state: State, reference: string): void {
  const full = normalizeImage(reference);
  for (const image of [...state.images.values()])
    if (image.repoTags.includes(full) || image.id === reference || image.id.startsWith(`sha256:${reference}`))
      state.images.delete(image.id);
}

/** What a pull of an image says that no registry has. */
export function pullFailure(reference: string): string {
  const full = normalizeImage(reference);
  const registry = full.slice(0, full.indexOf("/"));
  const [, repository = "", tag = ""] = /^[^/]+\/(.*?)[:@]([^/]*)$/.exec(full) ?? [];
  const head = `failed to pull and unpack image ${JSON.stringify(full)}: failed to resolve reference ${JSON.stringify(full)}`;
  if (REGISTRIES.has(registry)) return `rpc error: code = NotFound desc = ${head}: ${full}: not found`;
  const url = `https://${registry}/v2/${repository}/manifests/${tag}`;
  return `rpc error: code = Unknown desc = ${head}: failed to do request: Head ${JSON.stringify(url)}: dial tcp: lookup ${registry.replace(/:\d+$/, "")} on 172.30.0.1:53: no such host`;
}

// --- root folders ---

/** Commands in a busybox's /bin, by the program that runs them. */
export const imageCommands: readonly string[] = (
  "cat ls echo env hostname ps sleep mkdir rm cp mv grep sed head tail wc sort uniq cut tee touch date uname " +
  "printenv pwd true false whoami stat find curl wget chroot tr awk xargs base64 chmod kill df vi ln rmdir sha256sum nc mount tar test nslookup"
).split(" ");

const nameOf = (image: string): string => {
  const full = normalizeImage(image).replace(/[:@][^/]*$/, "");
  return full.slice(full.lastIndexOf("/") + 1);
};

/** Images without a shell: only their program, by its path. */
const BARE: Readonly<Record<string, readonly string[]>> = {
  "kube-apiserver": ["/usr/local/bin/kube-apiserver"],
  "kube-controller-manager": ["/usr/local/bin/kube-controller-manager"],
  "kube-scheduler": ["/usr/local/bin/kube-scheduler"],
  etcd: ["/usr/local/bin/etcd", "/usr/local/bin/etcdctl"],
  coredns: ["/coredns"],
  pause: ["/pause"],
};
/** What images with a shell hold besides it. */
const EXTRA: Readonly<Record<string, readonly (readonly [path: string, program: string])[]>> = {
  nginx: [
    ["/bin/bash", "bash"],
    ["/usr/sbin/nginx", "container-app"],
  ],
  redis: [
    ["/usr/local/bin/redis-server", "container-app"],
    ["/usr/local/bin/docker-entrypoint.sh", "container-app"],
  ],
  "kube-proxy": [["/usr/local/bin/kube-proxy", "kube-proxy"]],
};

/** Makes the root folder of a container. */
export function unpackImage(sys: Sys, root: string, image: string, hostname: string): void {
  const name = nameOf(image);
  const program = (path: string, program_: string): void => {
    makeFolders(sys, root + path.slice(0, path.lastIndexOf("/")), 0o755);
    sys.writeFile(root + path, executable(program_), { mode: 0o755 });
  };
  const write = (path: string, text: string): void => {
    sys.writeFile(root + path, text, { mode: 0o644 });
  };
  for (const folder of ["/etc", "/tmp", "/proc", "/dev", "/sys", "/var/run"]) makeFolders(sys, root + folder, 0o755);
  sys.chmod(`${root}/tmp`, 0o1777);
  write("/etc/hostname", `${hostname}\n`);
  const bare = BARE[name];
  if (bare !== undefined) {
    write(
      "/etc/passwd",
      "root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n",
    );
    for (const path of bare) program(path, path.slice(path.lastIndexOf("/") + 1));
    return;
  }
  for (const folder of ["/var/log", "/usr/bin", "/usr/sbin", "/home"]) makeFolders(sys, root + folder, 0o755);
  sys.mkdir(`${root}/root`, 0o700);
  program("/bin/sh", "bash");
  program("/bin/id", "busybox");
  for (const command of imageCommands) program(`/bin/${command}`, command);
  if (name === "nginx") makeFolders(sys, `${root}/usr/share/nginx/html`, 0o755);
  for (const [path, of] of EXTRA[name] ?? [["/usr/bin/app", "container-app"] as const]) program(path, of);
  write("/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n");
  write("/etc/group", "root:x:0:\nnobody:x:65534:\n");
}

const ENTRYPOINTS: Readonly<Record<string, readonly [entrypoint: readonly string[], command: readonly string[]]>> = {
  nginx: [[], ["nginx", "-g", "daemon off;"]],
  redis: [["docker-entrypoint.sh"], ["redis-server"]],
  busybox: [[], ["sh"]],
  alpine: [[], ["/bin/sh"]],
  coredns: [["/coredns"], []],
  pause: [["/pause"], []],
};

/** What an image runs when the pod names no command; with arguments of the pod only its entrypoint. */
export function entrypointOf(image: string, hasArgs: boolean): readonly string[] {
  const [entrypoint, command] = ENTRYPOINTS[nameOf(image)] ?? [["app"], []];
  return hasArgs ? entrypoint : [...entrypoint, ...command];
}
