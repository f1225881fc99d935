// crictl stop, rm, stopp, rmp, pull, rmi: each answers with what it did.

import type { Task } from "../../kernel/sys.ts";
import {
  type Call,
  findContainer,
  findSandbox,
  listContainers,
  listImages,
  listSandboxes,
  need,
  print,
} from "./call.ts";
import { Fatal, formatError } from "./runtime.ts";

/** stop, rm, stopp, rmp: each id is answered with itself. */
export function* onContainers(call: Call, verb: "stop" | "rm"): Task<number | undefined> {
  const { sys, runtime, flags } = call;
  const all = flags.all === undefined ? call.args : (yield* listContainers(runtime)).map((each) => each.id);
  for (const id of need(all, "ID")) {
    const container = yield* findContainer(call, id);
    const force = flags.force !== undefined;
    if (verb === "stop" || (force && container.running)) {
      const timeout = verb === "stop" ? Number(flags.timeout ?? 0) : 0;
      yield* runtime.ask({ method: "StopContainer", container: container.id, timeout });
    }
    if (verb === "rm") {
      if (container.running && !force) throw new Fatal(`container "${id}" is running, please stop it first`);
      const reply = yield* runtime.ask({ method: "RemoveContainer", container: container.id });
      if ("error" in reply) throw new Fatal(`removing the container "${id}": ${reply.error}`);
    }
    yield* print(sys, `${id}\n`);
  }
  return 0;
}

export function* onSandboxes(call: Call, verb: "stop" | "rm"): Task<number | undefined> {
  const { sys, runtime, flags } = call;
  const all = flags.all === undefined ? call.args : (yield* listSandboxes(runtime)).map((each) => each.id);
  for (const id of need(all, "ID")) {
    const sandbox = yield* findSandbox(call, id, verb === "stop" ? "StopPodSandbox" : "PodSandboxStatus");
    if (verb === "rm" && sandbox.running !== false && flags.force === undefined)
      throw new Fatal(`cannot remove sandbox "${id}": pod sandbox "${id}" is running, please stop it first`);
    yield* runtime.ask({ method: verb === "stop" ? "StopPodSandbox" : "RemovePodSandbox", sandbox: sandbox.id });
    yield* print(sys, `${verb === "stop" ? "Stopped" : "Removed"} sandbox ${id}\n`);
  }
  return 0;
}

export function* pull({ sys, runtime, args }: Call): Task<number | undefined> {
  const [image] = need(args, "Image name");
  const reply = yield* runtime.ask({ method: "PullImage", image: image as string });
  if ("error" in reply) {
    yield* sys.write(
      2,
      formatError(
        sys,
        `"PullImage from image service failed" err=${JSON.stringify(reply.error)} image=${JSON.stringify(image)}`,
      ),
    );
    throw new Fatal(`pulling image: ${reply.error}`);
  }
  yield* print(sys, `Image is up to date for ${"image" in reply ? reply.image : ""}\n`);
  return 0;
}

export function* rmi({ sys, runtime, args, flags }: Call): Task<number | undefined> {
  const all = flags.all === undefined ? args : (yield* listImages(runtime)).map((each) => each.id);
  for (const image of need(all, "Image")) {
    const reply = yield* runtime.ask({ method: "ImageStatus", image });
    const found = "images" in reply ? reply.images[0] : undefined;
    if (found === undefined) throw new Fatal(`unable to remove the image(s): no such image ${image}`);
    yield* runtime.ask({ method: "RemoveImage", image: found.id });
    for (const tag of found.repoTags) yield* print(sys, `Deleted: ${tag}\n`);
  }
  return 0;
}
