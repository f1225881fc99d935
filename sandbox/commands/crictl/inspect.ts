// crictl inspect, inspectp, inspecti, info, version: one thing, or the runtime itself, in full.

import type { Task } from "../../kernel/sys.ts";
import { type Call, findContainer, findSandbox, listImages, need, print, showObject } from "./call.ts";
import { describeContainer, describeSandbox } from "./format.ts";
import { Fatal } from "./runtime.ts";

export function* inspect(call: Call): Task<number | undefined> {
  const images = yield* listImages(call.runtime);
  for (const id of need(call.args, "ID")) {
    const container = yield* findContainer(call, id);
    const root = `/run/containerd/io.containerd.runtime.v2.task/k8s.io/${container.id}/rootfs`;
    const image = images.find((each) => each.id === container.imageId);
    const value = describeContainer(container, image, root);
    if (call.flags.output === "go-template") yield* template(call, value);
    else yield* showObject(call, value);
  }
  return 0;
}

/** `--template` with plain fields: {{.status.exitCode}}. */
function* template({ sys, flags }: Call, value: unknown): Task {
  const text = (flags.template ?? "").replace(/\{\{\s*\.([\w.]+)\s*\}\}/g, (_, path: string) => {
    let at: unknown = value;
    for (const key of path.split(".")) at = (at as Record<string, unknown> | undefined)?.[key];
    return at === undefined ? "<no value>" : typeof at === "object" ? JSON.stringify(at) : String(at);
  });
  yield* print(sys, `${text}\n`);
}

export function* inspectp(call: Call): Task<number | undefined> {
  for (const id of need(call.args, "ID"))
    yield* showObject(call, describeSandbox(yield* findSandbox(call, id, "PodSandboxStatus")));
  return 0;
}

export function* inspecti(call: Call): Task<number | undefined> {
  for (const id of need(call.args, "ID")) {
    const reply = yield* call.runtime.ask({ method: "ImageStatus", image: id });
    const image = "images" in reply ? reply.images[0] : undefined;
    if (image === undefined) throw new Fatal(`no such image "${id}" present`);
    yield* showObject(call, {
      status: { ...image, size: String(image.size), uid: null, username: "", spec: null, pinned: false },
      info: {},
    });
  }
  return 0;
}

export function* version({ sys, runtime }: Call): Task<number | undefined> {
  const reply = yield* runtime.ask({ method: "Version" });
  const known = "runtime" in reply ? reply : { runtime: "", version: "" };
  yield* print(
    sys,
    `Version:  0.1.0\nRuntimeName:  ${known.runtime}\nRuntimeVersion:  v${known.version}\nRuntimeApiVersion:  v1\n`,
  );
  return 0;
}

export function* info(call: Call): Task<number | undefined> {
  yield* call.runtime.ask({ method: "Version" });
  yield* showObject(call, {
    config: {
      containerd: {
        defaultRuntimeName: "runc",
        snapshotter: "overlayfs",
        runtimes: { runc: { options: { SystemdCgroup: true }, runtimeType: "io.containerd.runc.v2" } },
      },
      cni: { binDir: "/opt/cni/bin", confDir: "/etc/cni/net.d", maxConfNum: 1 },
      containerdEndpoint: "/run/containerd/containerd.sock",
      containerdRootDir: "/var/lib/containerd",
      rootDir: "/var/lib/containerd/io.containerd.grpc.v1.cri",
      stateDir: "/run/containerd/io.containerd.grpc.v1.cri",
    },
    golang: "go1.24.5",
    lastCNILoadStatus: "OK",
    status: {
      conditions: [
        { message: "", reason: "", status: true, type: "RuntimeReady" },
        { message: "", reason: "", status: true, type: "NetworkReady" },
      ],
    },
  });
  return 0;
}
