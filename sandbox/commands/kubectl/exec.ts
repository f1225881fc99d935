// kubectl exec, attach, port-forward, cp and proxy.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { concat, decode, encode } from "../../kernel/text.ts";
import { createReader, readHeaders } from "../../lib/http/reader.ts";
import { plainStream } from "../../lib/tls/stream.ts";
import { type Channels, copyStreams, openChannels } from "./channels.ts";
import { klogHeader } from "./client.ts";
import { standardMessage } from "./errors.ts";
import type { Kube } from "./kube.ts";
import { containerOf, podsOf } from "./pods.ts";
import { at, Fail, nameOf, namespaceOf, type Obj, q } from "./values.ts";

export const EXEC_FLAGS = "container:c= detach-keys= filename:f* pod-running-timeout@60s quiet:q! stdin:i! tty:t!";

interface Into {
  readonly pod: Obj;
  readonly container: string;
  readonly verb: "exec" | "attach";
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
}

function streamPath({ pod, container, verb, command, stdin, tty }: Into): string {
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

function checkPhase(pod: Obj): void {
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
  if (dash > 1) throw kube.usage("exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead");
  if (command.length === 0) throw new Fail("you must specify at least one command for the container");
  if (dash < 0 && args.length > 1)
    throw new Fail(
      "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h' for help and examples",
    );
  const [pod] = yield* podsOf(kube, args[0] as string, "attach to");
  checkPhase(pod as Obj);
  const container = yield* containerOf(kube, pod as Obj, flags.text("container"), flags.on("quiet"));
  const tty = yield* wantsTty(kube);
  const into: Into = { pod: pod as Obj, container, verb: "exec", command, stdin: flags.on("stdin"), tty };
  const channels = yield* openChannels(kube, streamPath(into));
  return yield* copyStreams(kube, channels, into);
}

export function* attach(kube: Kube): Task<number> {
  const { flags, args } = kube;
  if (args.length === 0 && flags.list("filename").length === 0)
    throw kube.usage("at least 1 argument is required for attach");
  if (args.length > 2)
    throw kube.usage(
      `expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${args.length}: [${args.join(" ")}]`,
    );
  const [pod] = yield* podsOf(kube, args.length === 2 ? args.join("/") : (args[0] as string), "attach to");
  return yield* attachTo(kube, pod as Obj, flags.text("container"));
}

export function* attachTo(kube: Kube, pod: Obj, wanted: string): Task<number> {
  const { flags } = kube;
  checkPhase(pod);
  const container = yield* containerOf(kube, pod, wanted, flags.on("quiet"));
  const spec: Obj = (at(pod, "spec.containers") ?? []).find((one: Obj) => one.name === container) ?? {};
  let tty = yield* wantsTty(kube);
  if (tty && spec.tty !== true) {
    if (!flags.on("quiet"))
      yield* kube.err(`error: Unable to use a TTY - container ${container} did not allocate one\n`);
    tty = false;
  } else if (!tty && spec.tty === true && flags.on("stdin")) tty = kube.sys.isatty(0);
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

// --- port-forward ---

export const FORWARD_FLAGS = "address*localhost pod-running-timeout@60s";

interface Forward {
  readonly local: number;
  readonly remote: number;
}

export function* portForward(kube: Kube): Task<number> {
  const { args, flags, sys } = kube;
  if (args.length < 2) throw kube.usage("TYPE/NAME and list of ports are required for port-forward");
  const [word = "", ...ports] = args;
  const [pod] = yield* podsOf(kube, word, "attach to");
  const service = /^(?:services?|svc)\//.test(word)
    ? yield* (yield* kube.client()).get(`/api/v1/namespaces/${kube.namespace}/services/${word.replace(/^.*\//, "")}`)
    : undefined;
  const forwards = ports.map((text) => readForward(text, pod as Obj, service));
  if (at(pod, "status.phase") !== "Running")
    throw new Fail(`unable to forward port because pod is not running. Current status=${at(pod, "status.phase")}`);
  const path = `/api/v1/namespaces/${namespaceOf(pod as Obj)}/pods/${nameOf(pod as Obj)}/portforward`;
  const open = function* (remote: number) {
    return yield* openChannels(kube, `${path}?ports=${remote}`, "v4.channel.k8s.io");
  };
  try {
    yield* (yield* open((forwards[0] as Forward).remote)).stream.close();
  } catch (error) {
    throw new Fail(
      `error upgrading connection: ${standardMessage(error) === undefined ? (error as Error).message : (error as Error).message}`,
    );
  }
  const listeners: { fd: number; forward: Forward }[] = [];
  const addresses = flags.list("address").length > 0 ? flags.list("address") : ["localhost"];
  for (const forward of forwards)
    for (const address of addresses.flatMap((one) => (one === "localhost" ? ["127.0.0.1", "::1"] : [one]))) {
      const fd = sys.listen({ family: "tcp", address, port: forward.local });
      if (isErrno(fd)) {
        if (address === "::1") continue;
        yield* kube.err(
          `Unable to listen on port ${forward.local}: Listeners failed to create with the following errors: [unable to create listener: Error listen tcp4 ${address}:${forward.local}: bind: ${fd.text.toLowerCase()}]\n`,
        );
        throw new Fail(`unable to listen on any of the requested ports: [{${forward.local} ${forward.remote}}]`);
      }
      const bound = sys.getsockname(fd);
      const port = isErrno(bound) || bound.family === "unix" ? forward.local : bound.port;
      listeners.push({ fd, forward: { local: port, remote: forward.remote } });
      yield* kube.out(
        `Forwarding from ${address.includes(":") ? `[${address}]` : address}:${port} -> ${forward.remote}\n`,
      );
    }
  for (;;) {
    yield* sys.waitUntil(() => listeners.some(({ fd }) => sys.readable(fd)));
    for (const { fd, forward } of listeners) {
      if (!sys.readable(fd)) continue;
      const connection = yield* sys.accept(fd);
      if (isErrno(connection)) continue;
      yield* kube.out(`Handling connection for ${forward.local}\n`);
      if (yield* relay(kube, connection, forward, yield* open(forward.remote)))
        throw new Fail("lost connection to pod");
    }
  }
}

/** A port as Go reads it into 16 bits. */
function readPort(text: string, side: "local" | "remote"): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 65_535)
    throw new Fail(
      `error parsing ${side} port '${text}': strconv.ParseUint: parsing ${q(text)}: ${/^\d+$/.test(text) ? "value out of range" : "invalid syntax"}`,
    );
  return number;
}

/** The container port that a name or a number means; a service's port leads to its target first. */
function targetPort(word: string, pod: Obj, service: Obj | undefined): number {
  let wanted: string | number = word;
  if (service !== undefined) {
    const one = (at(service, "spec.ports") ?? []).find((port: Obj) => port.name === word || String(port.port) === word);
    if (one === undefined)
      throw new Fail(
        `Service ${nameOf(service)} does not have a service port ${/^\d+$/.test(word) ? word : `named ${word}`}`,
      );
    wanted = one.targetPort ?? one.port;
  }
  if (/^\d+$/.test(String(wanted))) return Number(wanted);
  const declared: Obj[] = (at(pod, "spec.containers") ?? []).flatMap((each: Obj) => each.ports ?? []);
  const found = declared.find((port) => port.name === wanted);
  if (found === undefined) throw new Fail(`Pod '${nameOf(pod)}' does not have a named port '${wanted}'`);
  return found.containerPort;
}

/** `8080:80`, `:80`, `80` or a name in place of the remote one. */
function readForward(text: string, pod: Obj, service: Obj | undefined): Forward {
  const parts = text.split(":");
  if (parts.length > 2) throw new Fail(`invalid port format '${text}'`);
  const [first = "", second] = parts;
  const remote = readPort(String(targetPort(second ?? first, pod, service)), "remote");
  if (remote === 0) throw new Fail("remote port must be > 0");
  const local = second === undefined ? first : first === "" ? "0" : first;
  // Without a port of its own, the name's number is the local one too.
  return { local: second === undefined && !/^\d+$/.test(local) ? remote : readPort(local, "local"), remote };
}

/** One connection over channels 0 (data) and 1 (errors); each begins with its port. True where the other side had trouble, which is told. */
function* relay(kube: Kube, fd: number, forward: Forward, channels: Channels): Task<boolean> {
  const { sys } = kube;
  const heads = new Set<number>();
  let problem = "";
  let open = true;
  for (;;) {
    yield* sys.waitUntil(() => channels.ready() || (open && sys.readable(fd)));
    if (open && sys.readable(fd)) {
      const bytes = yield* sys.read(fd);
      if (isErrno(bytes) || bytes.length === 0) break;
      yield* channels.write(0, bytes);
    }
    if (!channels.ready()) continue;
    const message = yield* channels.read();
    if (message === undefined) break;
    if (!heads.has(message.channel)) {
      heads.add(message.channel);
      if (message.data.length <= 2) continue;
    }
    if (message.channel === 1) {
      problem += decode(message.data);
      open = false;
      break;
    }
    yield* sys.write(fd, message.data);
  }
  if (problem !== "")
    yield* kube.err(
      `${klogHeader(sys, "E", "portforward.go:522")}"Unhandled Error" err=${q(`an error occurred forwarding ${forward.local} -> ${forward.remote}: ${problem}`)}\n`,
    );
  sys.close(fd);
  yield* channels.stream.close();
  return problem !== "";
}

// --- cp ---

export function* copy(kube: Kube): Task<number> {
  const { args, flags, sys } = kube;
  if (args.length !== 2) throw new Fail("source and destination are required");
  const parse = (text: string): { pod: string; namespace: string; path: string } | undefined => {
    const colon = text.indexOf(":");
    if (colon <= 0) return undefined;
    const [first = "", second] = text.slice(0, colon).split("/");
    return {
      pod: second ?? first,
      namespace: second === undefined ? kube.namespace : first,
      path: text.slice(colon + 1),
    };
  };
  const [from, to] = [parse(args[0] as string), parse(args[1] as string)];
  if (from !== undefined && to !== undefined) throw new Fail("src and dest cannot both be remote file specifications");
  const remote = from ?? to;
  if (remote === undefined) throw new Fail("one of src or dest must be a remote file specification");
  if (remote.path === "") throw new Fail("filepath can not be empty");
  if (to !== undefined && isErrno(sys.stat(args[0] as string)))
    throw new Fail(`${args[0]} doesn't exist in local filesystem`);
  const client = yield* kube.client();
  const pod: Obj = (yield* client.call({ path: `/api/v1/namespaces/${remote.namespace}/pods/${remote.pod}` })).body;
  const container = yield* containerOf(kube, pod, flags.text("container"));
  // fidelity: files travel as they are, not in a tar archive; folders are not modelled.
  const command = from === undefined ? ["sh", "-c", 'cat > "$0"', remote.path] : ["cat", remote.path];
  const channels = yield* openChannels(
    kube,
    streamPath({ pod, container, verb: "exec", command, stdin: from === undefined, tty: false }),
  );
  if (from === undefined) {
    const bytes = sys.readFile(args[0] as string);
    if (isErrno(bytes)) throw new Fail("folders cannot be copied in this sandbox", 2);
    yield* channels.write(0, bytes);
    yield* channels.end(0);
  }
  const parts: Uint8Array[] = [];
  for (;;) {
    const message = yield* channels.read();
    if (message === undefined) break;
    if (message.channel === 1) parts.push(message.data);
    if (message.channel === 2) yield* sys.write(2, message.data);
    if (message.channel !== 3) continue;
    const status = JSON.parse(decode(message.data)) as Obj;
    if (status.status === "Success") break;
    throw new Fail(
      status.reason === "NonZeroExitCode" ? "command terminated with exit code 1" : (status.message ?? ""),
    );
  }
  yield* channels.stream.close();
  if (from === undefined) return 0;
  const place = sys.stat(args[1] as string);
  const target =
    !isErrno(place) && place.type === "directory"
      ? `${args[1]}/${remote.path.replace(/^.*\//, "")}`
      : (args[1] as string);
  const failed = sys.writeFile(target, concat(parts));
  if (failed !== undefined) throw new Fail(`open ${target}: ${failed.text.toLowerCase()}`);
  return 0;
}

// --- proxy ---

export const PROXY_FLAGS =
  "accept-hosts= accept-paths= address=127.0.0.1 api-prefix=/ append-server-path! disable-filter! keepalive@0s port:p#8001 reject-methods= reject-paths= unix-socket:u= www:w= www-prefix:P=";

/** Passes requests on to the API server with the caller's credentials. */
export function* proxy(kube: Kube): Task<number> {
  const { flags, sys } = kube;
  const client = yield* kube.client();
  const address = flags.text("address", "127.0.0.1");
  const port = flags.number("port", 8001);
  if (port < 0 || port > 65_535) throw new Fail(`listen tcp: address ${port}: invalid port`);
  const fd = sys.listen({ family: "tcp", address, port });
  if (isErrno(fd)) throw new Fail(`listen tcp ${address}:${port}: bind: ${fd.text.toLowerCase()}`);
  const bound = sys.getsockname(fd);
  yield* kube.out(`Starting to serve on ${address}:${isErrno(bound) || bound.family === "unix" ? port : bound.port}\n`);
  for (;;) {
    const connection = yield* sys.accept(fd);
    if (isErrno(connection)) return 1;
    const stream = plainStream(sys, connection);
    const reader = createReader(stream);
    const line = yield* reader.line();
    const [method = "GET", target = "/"] = typeof line === "string" ? line.split(" ") : [];
    const headers = typeof line === "string" ? yield* readHeaders(reader) : undefined;
    if (headers !== undefined) {
      const size = Number(headers.get("content-length") ?? 0);
      const body: Uint8Array[] = [];
      for (let got = 0; got < size; ) {
        const part = yield* reader.some(size - got);
        if (isErrno(part) || part.length === 0) break;
        got += part.length;
        body.push(part);
      }
      if (/\/pods\/[^/]+\/(exec|attach)/.test(target) && !flags.on("disable-filter"))
        yield* stream.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 10\r\nConnection: close\r\n\r\nForbidden\n");
      else {
        const answer = yield* client.ask({
          method,
          path: target,
          accept: headers.get("accept") ?? "*/*",
          ...(size > 0 ? { raw: decode(concat(body)), type: headers.get("content-type") ?? "application/json" } : {}),
        });
        const bytes = encode(answer.text);
        yield* stream.write(
          `HTTP/1.1 ${answer.status} ${answer.status === 200 ? "OK" : ""}\r\nContent-Type: ${answer.type}\r\nContent-Length: ${bytes.length}\r\nConnection: close\r\n\r\n`,
        );
        yield* stream.write(bytes);
      }
    }
    yield* stream.close();
  }
}
