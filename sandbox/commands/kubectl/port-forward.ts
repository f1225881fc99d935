// kubectl port-forward: ports of this machine that lead into a pod.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { type Channels, openChannels } from "./channels.ts";
import { klogHeader } from "./client.ts";
import type { Kube } from "./kube.ts";
import { podsOf } from "./pods.ts";
import { at, Fail, nameOf, namespaceOf, type Obj, q } from "./values.ts";

export const FORWARD_FLAGS = "address*localhost pod-running-timeout@60s";

interface Forward {
  readonly local: number;
  readonly remote: number;
}

export function* portForward(kube: Kube): Task<number> {
  const { args, flags, sys } = kube;
  if (args.length < 2) throw kube.usage("TYPE/NAME and list of ports are required for port-forward");
  if (/^-|^0+(ns|us|ms|s|m|h)?$/.test(flags.text("pod-running-timeout")))
    throw kube.usage("--pod-running-timeout must be higher than zero");
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
    throw new Fail(`error upgrading connection: ${(error as Error).message}`);
  }
  const listeners: { fd: number; forward: Forward }[] = [];
  const bad = flags.list("address").find((one) => one !== "localhost" && !/^[\d.]+$|:/.test(one));
  if (bad !== undefined) throw new Fail(`${bad} is not a valid IP`);
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
        /^\d+$/.test(word)
          ? `Service ${nameOf(service)} does not have a service port ${word}`
          : `Service '${nameOf(service)}' does not have a named port '${word}'`,
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
  if (parts.length === 2 && parts[1] === "") throw new Fail("remote port cannot be empty");
  const [first = ""] = parts;
  // More than one colon, and the first part is both.
  const second = parts.length === 2 ? parts[1] : undefined;
  const target = String(targetPort(second ?? first, pod, service));
  // Without a port of its own, the name's number is the local one too.
  const local = second === undefined && !/^\d+$/.test(first) ? target : readPort(first || "0", "local");
  const remote = readPort(target, "remote");
  if (remote === 0) throw new Fail("remote port must be > 0");
  return { local: Number(local), remote };
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
