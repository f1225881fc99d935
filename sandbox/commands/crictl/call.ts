// What every command of crictl is given, and what they all do: ask for lists, find one by its id, print an object.

import type { Sys, Task } from "../../kernel/sys.ts";
import type { RuntimeContainer, RuntimeImage, RuntimeSandbox } from "../../lib/cri.ts";
import { formatYaml } from "../../lib/yaml-go/emit.ts";
import { Fatal, formatError, type Runtime } from "./runtime.ts";

export interface Call {
  readonly sys: Sys;
  readonly runtime: Runtime;
  readonly flags: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

export const print = (sys: Sys, text: string): Task<unknown> => sys.write(1, text);

export function* listContainers(runtime: Runtime): Task<RuntimeContainer[]> {
  const reply = yield* runtime.ask({ method: "ListContainers" });
  const all = "containers" in reply ? [...reply.containers] : [];
  return all.sort((a, b) => (b.createdAt ?? b.startedAt) - (a.createdAt ?? a.startedAt));
}

export function* listSandboxes(runtime: Runtime): Task<RuntimeSandbox[]> {
  const reply = yield* runtime.ask({ method: "ListPodSandbox" });
  const all = "sandboxes" in reply ? [...reply.sandboxes] : [];
  return all.sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0));
}

export function* listImages(runtime: Runtime): Task<readonly RuntimeImage[]> {
  const reply = yield* runtime.ask({ method: "ListImages" });
  return "images" in reply ? reply.images : [];
}

export function* structured(sys: Sys, flags: Call["flags"], value: unknown): Task<boolean> {
  const format = flags.output;
  if (format === "json") yield* print(sys, `${JSON.stringify(value, null, 2)}\n`);
  else if (format === "yaml") yield* print(sys, formatYaml(JSON.parse(JSON.stringify(value))));
  else if (format === undefined || format === "table") return false;
  else throw new Fatal(`unsupported output format "${format}"`);
  return true;
}

export function* showObject({ sys, flags }: Call, value: unknown): Task {
  yield* structured(sys, { ...flags, output: flags.output ?? "json" }, value);
}

const notFound = (id: string): string =>
  `rpc error: code = NotFound desc = an error occurred when try to find container "${id}": not found`;

/** The container that a name of it means: the beginning of its id. */
export function* findContainer({ sys, runtime }: Call, id: string, call = "ContainerStatus"): Task<RuntimeContainer> {
  const found = (yield* listContainers(runtime)).filter((each) => each.id.startsWith(id));
  if (found.length === 1) return found[0] as RuntimeContainer;
  yield* sys.write(
    2,
    formatError(
      sys,
      `${JSON.stringify(`${call} from runtime service failed`)} err=${JSON.stringify(notFound(id))} containerID=${JSON.stringify(id)}`,
    ),
  );
  throw new Fatal(notFound(id));
}

export function* findSandbox({ sys, runtime }: Call, id: string, call: string): Task<RuntimeSandbox> {
  const found = (yield* listSandboxes(runtime)).filter((each) => each.id.startsWith(id));
  if (found.length === 1) return found[0] as RuntimeSandbox;
  const error = `rpc error: code = NotFound desc = an error occurred when try to find sandbox: not found`;
  yield* sys.write(
    2,
    formatError(
      sys,
      `${JSON.stringify(`${call} from runtime service failed`)} err=${JSON.stringify(error)} podSandboxID=${JSON.stringify(id)}`,
    ),
  );
  throw new Fatal(error);
}

export const need = (args: readonly string[], what: string): readonly string[] => {
  if (args.length === 0) throw new Fatal(`${what} cannot be empty`);
  return args;
};
