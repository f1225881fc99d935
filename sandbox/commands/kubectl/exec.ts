// kubectl exec and attach, and the pod that kubectl run -it makes to attach to.

import type { Task } from "../../kernel/sys.ts";
import { copyStreams, openChannels } from "./channels.ts";
import type { Kube } from "./kube.ts";
import { containerOf, podsOf } from "./pods.ts";
import { at, Fail, nameOf, namespaceOf, type Obj, q } from "./values.ts";

export const EXEC_FLAGS = "container:c= detach-keys= filename:f* pod-running-timeout@60s quiet:q! stdin:i! tty:t!";

/** What is run in a container, and what is passed on. */
export interface Into {
  readonly pod: Obj;
  readonly container: string;
  readonly verb: "exec" | "attach";
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
}

/** Where the API server lets a client into a container. */
export function streamPath({ pod, container, verb, command, stdin, tty }: Into): string {
  const query = [
    ...command.map((word) => `command=${encodeURIComponent(word).replace(/%20/g, "+")}`),
    `container=${container}`,
    ...(tty ? [] : ["stderr=true"]),
    ...(stdin ? ["stdin=true"] : []),
    "stdout=true",
    ...(tty ? ["tty=true"] : []),
  ];
  return `/api/v1/namespaces/${namespaceOf(pod)}/pods/${nameOf(pod)}/${verb}?${query.join("&")}`;
}

/** Whether -t can have its way: stdin must be a terminal. */
function* wantsTty(kube: Kube): Task<boolean> {
  if (!kube.flags.on("tty")) return false;
  if (!kube.flags.on("stdin")) return false;
  if (kube.sys.isatty(0)) return true;
  if (!kube.flags.on("quiet"))
    yield* kube.err("Unable to use a TTY - input is not a terminal or the right kind of file\n");
  return false;
}

/** Where it is told which container was taken: nowhere with --quiet. */
const teller = (kube: Kube) =>
  function* (text: string): Task {
    if (!kube.flags.on("quiet")) yield* kube.err(text);
  };

export function checkPhase(pod: Obj): void {
  const phase = at(pod, "status.phase");
  if (phase === "Succeeded" || phase === "Failed")
    throw new Fail(`cannot exec into a container in a completed pod; current phase is ${phase}`);
}

export function* exec(kube: Kube): Task<number> {
  const { flags, args } = kube;
  const { dash } = flags;
  if (args.length === 0 || dash === 0) {
    if (flags.list("filename").length === 0) throw new Fail("pod, type/name or --filename must be specified");
  }
  const command = dash < 0 ? args.slice(1) : args.slice(dash);
  if (command.length === 0) throw new Fail("you must specify at least one command for the container");
  if (dash < 0 && args.length > 1)
    throw new Fail(
      "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h' for help and examples",
    );
  const [pod] = yield* podsOf(kube, args[0] as string, "attach to");
  checkPhase(pod as Obj);
  const container = yield* containerOf(pod as Obj, flags.text("container"), teller(kube));
  const tty = yield* wantsTty(kube);
  const into: Into = { pod: pod as Obj, container, verb: "exec", command, stdin: flags.on("stdin"), tty };
  const channels = yield* openChannels(kube, streamPath(into));
  return yield* copyStreams(kube, channels, into);
}

export function* attach(kube: Kube): Task<number> {
  const { flags, args } = kube;
  if (args.length === 0 && flags.list("filename").length === 0)
    throw new Fail("at least 1 argument is required for attach");
  if (args.length > 2)
    throw new Fail(
      `expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${args.length}: [${args.join(" ")}]`,
    );
  const [pod] = yield* podsOf(kube, args.length === 2 ? args.join("/") : (args[0] as string), "attach to");
  return yield* attachTo(kube, pod as Obj, flags.text("container"));
}

export function* attachTo(kube: Kube, pod: Obj, wanted: string): Task<number> {
  const { flags } = kube;
  checkPhase(pod);
  const container = yield* containerOf(pod, wanted, teller(kube));
  const spec: Obj = (at(pod, "spec.containers") ?? []).find((one: Obj) => one.name === container) ?? {};
  let tty = false;
  if (spec.tty === true) tty = (yield* wantsTty(kube)) || (flags.on("stdin") && kube.sys.isatty(0));
  else if (flags.on("tty") && flags.on("stdin") && !flags.on("quiet"))
    yield* kube.err(`error: Unable to use a TTY - container ${container} did not allocate one\n`);
  if (!flags.on("quiet"))
    yield* kube.err(
      "All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\nIf you don't see a command prompt, try pressing enter.\n",
    );
  const into: Into = { pod, container, verb: "attach", command: [], stdin: flags.on("stdin"), tty };
  const channels = yield* openChannels(kube, streamPath(into));
  return yield* copyStreams(kube, channels, into);
}

/** run -it: makes the pod, waits for it, attaches, and removes it with --rm. */
export function* attachNew(kube: Kube, object: Obj): Task<number> {
  const client = yield* kube.client();
  const { flags, sys } = kube;
  const path = `/api/v1/namespaces/${kube.namespace}/pods`;
  object.metadata.namespace = kube.namespace;
  let pod: Obj = (yield* client.call({ method: "POST", path: `${path}?fieldManager=kubectl-run`, body: object })).body;
  const name = nameOf(pod);
  const until = sys.now() + flags.duration("pod-running-timeout", 60_000);
  const phase = (): string => at(pod, "status.phase") ?? "Pending";
  while (phase() === "Pending" && sys.now() < until) {
    yield* sys.sleep(250);
    pod = yield* client.get(`${path}/${name}`);
  }
  let code = 0;
  if (phase() === "Pending") throw new Fail("timed out waiting for the condition");
  if (phase() === "Running") code = yield* attachTo(kube, pod, "");
  else
    yield* kube.out(
      (yield* client.call({ path: `${path}/${name}/log?container=${at(pod, "spec.containers.0.name")}` })).text,
    );
  for (let i = 0; i < 40 && object.spec.restartPolicy !== "Always"; i++) {
    pod = yield* client.get(`${path}/${name}`);
    const ended: Obj | undefined = at(pod, "status.containerStatuses.0.state.terminated");
    if (ended !== undefined) {
      code = ended.exitCode;
      break;
    }
    yield* sys.sleep(250);
  }
  if (flags.on("rm")) {
    yield* client.call({
      method: "DELETE",
      path: `${path}/${name}`,
      body: { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: "Background" },
    });
    yield* kube.out(`pod ${q(name)} deleted from ${kube.namespace} namespace\n`);
  }
  if (code !== 0) throw new Fail(`pod ${namespaceOf(pod)}/${name} terminated (Error)`, code);
  return 0;
}
