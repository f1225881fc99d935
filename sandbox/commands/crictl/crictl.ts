// crictl 1.36: containers, pods, images and logs asked of the container runtime itself, past the kubelet and the API server.

import { isErrno } from "../../kernel/errno.ts";
import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { concat, decode, encode } from "../../kernel/text.ts";
import { execFrame, type RuntimeContainer, type RuntimeImage, type RuntimeSandbox, readFrames } from "../../lib/cri.ts";
import { formatYaml } from "../../lib/yaml-go/emit.ts";
import { describeContainer, describeSandbox, formatAge, formatSize, formatTable, stateOf } from "./format.ts";
import { Fatal, findEndpoints, formatError, formatLog, Runtime } from "./runtime.ts";

/** Flags of a command: names (the long one last), and whether a value follows. */
type FlagTable = readonly (readonly [names: string, takes: boolean])[];

interface Call {
  readonly sys: Sys;
  readonly runtime: Runtime;
  readonly flags: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

interface Verb {
  readonly names: readonly string[];
  readonly help: string;
  readonly usage?: string;
  readonly flags: FlagTable;
  run(call: Call): Task<number | undefined>;
}

const GLOBAL: FlagTable = [
  ["c config", true],
  ["D debug", false],
  ["i image-endpoint", true],
  ["r runtime-endpoint", true],
  ["t timeout", true],
  ["h help", false],
  ["v version", false],
];
const OUTPUT: FlagTable = [
  ["o output", true],
  ["q quiet", false],
];

function parseFlags(words: readonly string[], table: FlagTable, usage: string) {
  const flags: Record<string, string> = {};
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] as string;
    if (!/^-./.test(word)) break;
    if (word === "--") {
      at++;
      break;
    }
    const [, name = "", value] = /^--?([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const entry = table.find(([names]) => names.split(" ").includes(name));
    // Single letters may stand together, as -it.
    if (
      entry === undefined &&
      /^-[a-z]{2,}$/i.test(word) &&
      [...name].every((one) => table.some(([n, takes]) => !takes && n.split(" ").includes(one)))
    ) {
      for (const one of name) flags[longName(table, one)] = "true";
      continue;
    }
    if (entry === undefined) throw new Fatal(`flag provided but not defined: -${name}${usage}`);
    const key = longName(table, name);
    if (!entry[1]) flags[key] = value ?? "true";
    else {
      const given = value ?? words[++at];
      if (given === undefined) throw new Fatal(`flag needs an argument: -${name}${usage}`);
      flags[key] = flags[key] === undefined ? given : `${flags[key]}\n${given}`;
    }
  }
  return { flags, rest: words.slice(at) };
}

const longName = (table: FlagTable, name: string): string =>
  table
    .find(([names]) => names.split(" ").includes(name))?.[0]
    .split(" ")
    .at(-1) ?? name;

const print = (sys: Sys, text: string): Task<unknown> => sys.write(1, text);

// --- lists ---

function* listContainers(runtime: Runtime): Task<RuntimeContainer[]> {
  const reply = yield* runtime.ask({ method: "ListContainers" });
  const all = "containers" in reply ? [...reply.containers] : [];
  return all.sort((a, b) => (b.createdAt ?? b.startedAt) - (a.createdAt ?? a.startedAt));
}

function* listSandboxes(runtime: Runtime): Task<RuntimeSandbox[]> {
  const reply = yield* runtime.ask({ method: "ListPodSandbox" });
  const all = "sandboxes" in reply ? [...reply.sandboxes] : [];
  return all.sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0));
}

function* listImages(runtime: Runtime): Task<readonly RuntimeImage[]> {
  const reply = yield* runtime.ask({ method: "ListImages" });
  return "images" in reply ? reply.images : [];
}

const short = (id: string, whole: boolean): string => (whole ? id : id.slice(0, 13));

/** A pattern of a filter; names are matched as regular expressions by crictl, here as parts of words and simple anchors. */
function matches(pattern: string | undefined, value: string): boolean {
  if (pattern === undefined) return true;
  const plain = pattern.replace(/^\^|\$$/g, "");
  if (pattern.startsWith("^") && pattern.endsWith("$")) return value === plain;
  if (pattern.startsWith("^")) return value.startsWith(plain);
  return pattern.endsWith("$") ? value.endsWith(plain) : value.includes(plain.replaceAll(".*", ""));
}

function* structured(sys: Sys, flags: Call["flags"], value: unknown): Task<boolean> {
  const format = flags.output;
  if (format === "json") yield* print(sys, `${JSON.stringify(value, null, 2)}\n`);
  else if (format === "yaml") yield* print(sys, formatYaml(JSON.parse(JSON.stringify(value))));
  else if (format === undefined || format === "table") return false;
  else throw new Fatal(`unsupported output format "${format}"`);
  return true;
}

function* ps({ sys, runtime, flags, args }: Call): Task<number | undefined> {
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

function* printIds(sys: Sys, ids: readonly string[]): Task<number> {
  yield* print(sys, ids.map((id) => `${id}\n`).join(""));
  return 0;
}

function* pods({ sys, runtime, flags }: Call): Task<number | undefined> {
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

function* images({ sys, runtime, flags, args }: Call): Task<number | undefined> {
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

// --- one of them ---

const notFound = (id: string): string =>
  `rpc error: code = NotFound desc = an error occurred when try to find container "${id}": not found`;

/** The container that a name of it means: the beginning of its id. */
function* findContainer({ sys, runtime }: Call, id: string, call = "ContainerStatus"): Task<RuntimeContainer> {
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

function* findSandbox({ sys, runtime }: Call, id: string, call: string): Task<RuntimeSandbox> {
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

const need = (args: readonly string[], what: string): readonly string[] => {
  if (args.length === 0) throw new Fatal(`${what} cannot be empty`);
  return args;
};

function* inspect(call: Call): Task<number | undefined> {
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

function* showObject({ sys, flags }: Call, value: unknown): Task {
  yield* structured(sys, { ...flags, output: flags.output ?? "json" }, value);
}

function* inspectp(call: Call): Task<number | undefined> {
  for (const id of need(call.args, "ID"))
    yield* showObject(call, describeSandbox(yield* findSandbox(call, id, "PodSandboxStatus")));
  return 0;
}

function* inspecti(call: Call): Task<number | undefined> {
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

/** stop, rm, stopp, rmp: each id is answered with itself. */
function* onContainers(call: Call, verb: "stop" | "rm"): Task<number | undefined> {
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

function* onSandboxes(call: Call, verb: "stop" | "rm"): Task<number | undefined> {
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

function* logs(call: Call): Task<number | undefined> {
  const { sys, flags } = call;
  const container = yield* findContainer(call, need(call.args, "container-id")[0] as string);
  const path = container.logPath ?? "";
  let seen = 0;
  for (let first = true; ; first = false) {
    const data = sys.readFile(path);
    if (isErrno(data)) {
      if (first)
        throw new Fatal(
          `failed to try resolving symlinks in path "${path}": lstat ${path}: ${data.text.toLowerCase()}`,
        );
      return 0;
    }
    let lines = decode(data).split("\n").slice(seen, -1);
    seen += lines.length;
    const tail = Number(flags.tail ?? -1);
    if (first && tail >= 0) lines = tail === 0 ? [] : lines.slice(-tail);
    for (const line of lines) {
      const [, time = "", stream = "stdout", text = ""] = /^(\S+) (stdout|stderr) [FP] (.*)$/s.exec(line) ?? [line];
      yield* sys.write(stream === "stderr" ? 2 : 1, `${flags.timestamps === undefined ? "" : `${time} `}${text}\n`);
    }
    if (flags.follow === undefined) return 0;
    const version = sys.version(path);
    if (isErrno(yield* sys.waitUntil(() => sys.version(path) !== version))) return 130;
  }
}

function* exec(call: Call): Task<number | undefined> {
  const { sys, runtime, flags } = call;
  const [id, ...command] = call.args;
  if (id === undefined) throw new Fatal("ID cannot be empty");
  const container = yield* findContainer(call, id);
  if (command.length === 0) throw new Fatal("command cannot be empty");
  const stdin = flags.interactive !== undefined;
  const tty = flags.tty !== undefined;
  const fd = yield* runtime.open();
  const reply = yield* runtime.exchange(fd, { method: "Exec", container: container.id, command, stdin, tty });
  if ("error" in reply) {
    const inner = reply.error.replace(/^rpc error: code = \w+ desc = /, "");
    throw new Fatal(
      `execing command in container: ${flags.sync === undefined ? `Internal error occurred: error executing command in container: ${inner}` : reply.error}`,
    );
  }
  const status = yield* converse(sys, fd, stdin, tty);
  if (status !== 0) throw new Fatal(`execing command in container: command terminated with exit code ${status}`);
  return 0;
}

/** Keyboard in, output out, until the exit status comes. */
function* converse(sys: Sys, fd: number, stdin: boolean, tty: boolean): Task<number> {
  const raw = tty && sys.isatty(0);
  const before = raw ? sys.tcgetattr(0) : undefined;
  if (raw) sys.tcsetattr(0, { icanon: false, echo: false, isig: false, icrnl: false, opost: false });
  if (tty) {
    const size = sys.windowSize(0);
    if (!isErrno(size))
      yield* sys.write(fd, execFrame(4, encode(JSON.stringify({ Width: size.columns, Height: size.rows }))));
  }
  let open = stdin;
  if (!stdin) yield* sys.write(fd, execFrame(0, new Uint8Array(0)));
  let pending: Uint8Array = new Uint8Array(0);
  let status = 0;
  for (let over = false; !over; ) {
    yield* sys.waitUntil(() => sys.readable(fd) || (open && sys.readable(0)));
    if (open && sys.readable(0)) {
      const part = yield* sys.read(0);
      const bytes = isErrno(part) ? new Uint8Array(0) : part;
      open = bytes.length > 0;
      yield* sys.write(fd, execFrame(0, bytes));
    }
    if (!sys.readable(fd)) continue;
    const part = yield* sys.read(fd);
    if (isErrno(part) || part.length === 0) break;
    const { frames, rest } = readFrames(concat([pending, part]));
    pending = rest;
    for (const { channel, payload } of frames) {
      if (channel === 3) {
        status = Number(decode(payload));
        over = true;
      } else yield* sys.write(channel === 2 ? 2 : 1, payload);
    }
  }
  if (before !== undefined && !isErrno(before)) sys.tcsetattr(0, before);
  sys.close(fd);
  return status;
}

function* pull({ sys, runtime, args }: Call): Task<number | undefined> {
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

function* rmi({ sys, runtime, args, flags }: Call): Task<number | undefined> {
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

// --- the runtime itself ---

function* version({ sys, runtime }: Call): Task<number | undefined> {
  const reply = yield* runtime.ask({ method: "Version" });
  const known = "runtime" in reply ? reply : { runtime: "", version: "" };
  yield* print(
    sys,
    `Version:  0.1.0\nRuntimeName:  ${known.runtime}\nRuntimeVersion:  v${known.version}\nRuntimeApiVersion:  v1\n`,
  );
  return 0;
}

function* info(call: Call): Task<number | undefined> {
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

function* stats({ sys, runtime, flags }: Call): Task<number | undefined> {
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

const LIST: FlagTable = [
  ...OUTPUT,
  ["a all", false],
  ["id", true],
  ["image", true],
  ["l latest", false],
  ["label", true],
  ["n last", true],
  ["name", true],
  ["namespace", true],
  ["no-trunc", false],
  ["p pod", true],
  ["s state", true],
  ["v verbose", false],
];
const SHOW: FlagTable = [...OUTPUT, ["template", true]];
const REMOVE: FlagTable = [
  ["a all", false],
  ["f force", false],
  ["keep-logs", false],
];

const VERBS: readonly Verb[] = [
  {
    names: ["exec"],
    help: "Run a command in a running container",
    usage: "CONTAINER-ID COMMAND [ARG...]",
    flags: [
      ["i interactive", false],
      ["t tty", false],
      ["s sync", false],
      ["timeout", true],
      ["q quiet", false],
    ],
    run: exec,
  },
  {
    names: ["images", "image", "img"],
    help: "List images",
    usage: "[REPOSITORY[:TAG]]",
    flags: [...OUTPUT, ["digests", false], ["no-trunc", false], ["v verbose", false]],
    run: images,
  },
  {
    names: ["inspect"],
    help: "Display the status of one or more containers",
    usage: "CONTAINER-ID [CONTAINER-ID...]",
    flags: SHOW,
    run: inspect,
  },
  {
    names: ["inspecti"],
    help: "Return the status of one or more images",
    usage: "IMAGE-ID [IMAGE-ID...]",
    flags: SHOW,
    run: inspecti,
  },
  {
    names: ["inspectp"],
    help: "Display the status of one or more pods",
    usage: "POD-ID [POD-ID...]",
    flags: SHOW,
    run: inspectp,
  },
  {
    names: ["logs"],
    help: "Fetch the logs of a container",
    usage: "CONTAINER-ID",
    flags: [
      ["f follow", false],
      ["tail", true],
      ["t timestamps", false],
      ["since", true],
      ["p previous", false],
    ],
    run: logs,
  },
  { names: ["ps"], help: "List containers", flags: LIST, run: ps },
  {
    names: ["pull"],
    help: "Pull an image from a registry",
    usage: "NAME[:TAG|@DIGEST]",
    flags: [
      ["creds", true],
      ["auth", true],
    ],
    run: pull,
  },
  {
    names: ["rm"],
    help: "Remove one or more containers",
    usage: "CONTAINER-ID [CONTAINER-ID...]",
    flags: REMOVE,
    run: (call) => onContainers(call, "rm"),
  },
  {
    names: ["rmi"],
    help: "Remove one or more images",
    usage: "IMAGE-ID [IMAGE-ID...]",
    flags: [
      ["a all", false],
      ["q prune", false],
    ],
    run: rmi,
  },
  {
    names: ["rmp"],
    help: "Remove one or more pods",
    usage: "POD-ID [POD-ID...]",
    flags: REMOVE,
    run: (call) => onSandboxes(call, "rm"),
  },
  { names: ["pods"], help: "List pods", flags: LIST, run: pods },
  { names: ["info"], help: "Display information of the container runtime", flags: OUTPUT, run: info },
  {
    names: ["stop"],
    help: "Stop one or more running containers",
    usage: "CONTAINER-ID [CONTAINER-ID...]",
    flags: [
      ["t timeout", true],
      ["a all", false],
    ],
    run: (call) => onContainers(call, "stop"),
  },
  {
    names: ["stopp"],
    help: "Stop one or more running pods",
    usage: "POD-ID [POD-ID...]",
    flags: [["a all", false]],
    run: (call) => onSandboxes(call, "stop"),
  },
  {
    names: ["stats"],
    help: "List container(s) resource usage statistics",
    flags: [...OUTPUT, ["a all", false], ["id", true]],
    run: stats,
  },
  { names: ["version"], help: "Display runtime version information", flags: [], run: version },
];
const UNMODELLED =
  "attach checkpoint completion config create events port-forward run runp runtime-config imagefsinfo start statsp metricsp update update-runtime-config metricdescs".split(
    " ",
  );

const help = (): string => `NAME:
   crictl - client for CRI

USAGE:
   crictl [global options] command [command options]

VERSION:
   v1.36.0

COMMANDS:
${VERBS.map(({ names, help: text }) => `   ${names.join(", ").padEnd(22)}${text}\n`).join("")}
GLOBAL OPTIONS:
   --config value, -c value            Location of the client config file (default: "/etc/crictl.yaml") [$CRI_CONFIG_FILE]
   --debug, -D                         Enable debug mode (default: false)
   --image-endpoint value, -i value    Endpoint of CRI image manager service [$IMAGE_SERVICE_ENDPOINT]
   --runtime-endpoint value, -r value  Endpoint of CRI container runtime service [$CONTAINER_RUNTIME_ENDPOINT]
   --timeout value, -t value           Timeout of connecting to the server in seconds (default: 2s)
   --help, -h                          show help
   --version, -v                       print the version
`;

function* run(sys: Sys, argv: readonly string[]): Task<number> {
  const { flags: global, rest } = parseFlags(argv.slice(1), GLOBAL, "");
  const [name, ...words] = rest;
  if (global.version !== undefined) {
    yield* print(sys, "crictl version v1.36.0\n");
    return 0;
  }
  if (name === undefined || name === "help" || name === "h" || global.help !== undefined) {
    yield* print(sys, help());
    return 0;
  }
  const verb = VERBS.find((each) => each.names.includes(name));
  if (verb === undefined) {
    if (!UNMODELLED.includes(name)) throw new Fatal(`No help topic for '${name}'`, 3);
    yield* sys.write(2, `crictl: ${name} is not modelled in this sandbox\n`);
    return 2;
  }
  const { flags, rest: args } = parseFlags(words, [...verb.flags, ["h help", false]], "");
  if (flags.help !== undefined) {
    yield* print(
      sys,
      `NAME:\n   crictl ${verb.names[0]} - ${verb.help}\n\nUSAGE:\n   crictl ${verb.names[0]} [command options] ${verb.usage ?? ""}\n`,
    );
    return 0;
  }
  const { runtime, warnings } = findEndpoints(sys, global);
  for (const warning of warnings) yield* sys.write(2, formatLog(sys, "warning", warning));
  return (yield* verb.run({ sys, runtime: new Runtime(sys, runtime), flags, args })) ?? 0;
}

export const crictl: Program = {
  name: "crictl",
  *main(sys, argv) {
    try {
      return yield* run(sys, argv);
    } catch (error) {
      if (!(error instanceof Fatal)) throw error;
      yield* sys.write(2, error.status === 3 ? `${error.message}\n` : formatLog(sys, "fatal", error.message));
      return error.status;
    }
  },
};
