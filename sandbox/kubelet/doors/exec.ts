// /run, /exec, /attach, /portForward, /checkpoint: doors into containers. run and exec by WebSocket really execute there.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { concat, decode } from "../../kernel/text.ts";
import { execFrame, readFrames } from "../../lib/cri.ts";
import { parseQuery } from "../../lib/http/message.ts";
import { structured } from "../log.ts";
import { callRuntime, openRuntime } from "../node/runtime.ts";
import { type Call, plainError, TEXT, text } from "../routes/route.ts";
import { findPod, log, type Pod } from "../state.ts";
import { acceptSocket, type Socket } from "./websocket.ts";

/** The pod of the path; answers 404 itself where there is none. */
function* podOf({ state, params, response }: Call): Task<Pod | undefined> {
  const pod = findPod(state, params.namespace ?? "", params.pod ?? "", params.uid);
  if (pod === undefined) yield* text(response, 404, "pod does not exist");
  return pod;
}

function* run(call: Call): Task {
  const { sys, state, response, params, query, request } = call;
  const pod = yield* podOf(call);
  if (pod === undefined) return;
  const name = params.container ?? "";
  const container = pod.containers[name];
  let command = query("cmd")[0] ?? "";
  // Before 1.2x the handler read a form's body too.
  if (
    command === "" &&
    state.profile.minor < 30 &&
    /^application\/x-www-form-urlencoded/.test(request.headers.get("content-type") ?? "")
  )
    command = parseQuery(decode(yield* request.body())).find(([key]) => key === "cmd")?.[1] ?? "";
  if (container === undefined) return yield* text(response, 500, `container not found ("${name}")`);
  const reply = yield* callRuntime(sys, state, {
    method: "ExecSync",
    container: container.id,
    command: command.split(" "),
  });
  if ("error" in reply) return yield* text(response, 500, reply.error);
  if (!("stdout" in reply)) return yield* text(response, 500, "unexpected answer of the runtime");
  const output = reply.stdout + reply.stderr;
  if (reply.exitCode !== 0)
    return yield* text(response, 500, `command '${command}' exited with ${reply.exitCode}: ${output}`);
  response.set("Content-Type", "application/json");
  yield* response.write(output);
}

/** A plain request to a streaming route: the runtime's streaming server wants an upgrade. */
function* wantsUpgrade(call: Call): Task {
  const { sys, state, response } = call;
  const modern = state.profile.structured;
  yield* log(sys, {
    severity: "E",
    source: modern ? "server.go:974" : "server.go:747",
    text: modern
      ? structured("Error while proxying request", ["err", "Upgrade request required"])
      : "Error while proxying request: Upgrade request required",
  });
  yield* plainError(response, 500, TEXT, "Upgrade request required\n");
}

const upgradeOf = ({ request }: Call): string | undefined =>
  /upgrade/i.test(request.headers.get("connection") ?? "") ? request.headers.get("upgrade")?.toLowerCase() : undefined;

function* exec(call: Call): Task {
  const { state, sys, response, query, params } = call;
  const streams = ["input", "stdin", "output", "stdout", "error", "stderr"].some(
    (name) => query(name)[0] === "1" || query(name)[0] === "true",
  );
  if (!streams) {
    const message = "you must specify at least 1 of stdin, stdout, stderr";
    const modern = state.profile.structured;
    yield* log(sys, {
      severity: "E",
      source: modern ? "server.go:1020" : "server.go:788",
      text: modern ? structured("Unhandled Error", ["err", message], ["logger", "UnhandledError"]) : message,
    });
    return yield* text(response, 400, message);
  }
  const pod = yield* podOf(call);
  if (pod === undefined) return;
  const name = params.container ?? "";
  const container = pod.containers[name];
  if (container?.running !== true) return yield* text(response, 500, `container not found ("${name}")`);
  const upgrade = upgradeOf(call);
  if (upgrade === undefined) return yield* wantsUpgrade(call);
  if (upgrade === "websocket") return yield* execWebSocket(call, container.id, query("command"));
  yield* holdOpen(call, upgrade);
}

const wants = (call: Call, a: string, b: string): boolean =>
  ["1", "true"].includes(call.query(a)[0] ?? call.query(b)[0] ?? "");

const EXEC_STATUS = (code: number): string =>
  JSON.stringify(
    code === 0
      ? { status: "Success" }
      : {
          metadata: {},
          status: "Failure",
          message: `command terminated with non-zero exit code: exit status ${code}`,
          reason: "NonZeroExitCode",
          details: { causes: [{ reason: "ExitCode", message: String(code) }] },
        },
  );

/** Runs the command through the runtime's stream: input, output, window size and exit status as they come. */
function* execWebSocket(call: Call, container: string, command: readonly string[]): Task {
  const { sys, state } = call;
  const socket = yield* acceptSocket(call);
  if (socket === undefined) return;
  const stdin = wants(call, "input", "stdin");
  const shown = [false, wants(call, "output", "stdout"), wants(call, "error", "stderr")];
  const tty = wants(call, "tty", "tty");
  const opened = yield* openRuntime(sys, state, { method: "Exec", container, command, stdin, tty });
  if (shown[1]) yield* socket.send(1, "");
  if (shown[2] && !tty) yield* socket.send(2, "");
  if ("error" in opened) {
    // A kubelet that takes the clients' stream (v5) itself translates it for the runtime's and wraps the error once more.
    const translated =
      state.profile.minor >= 33 && /v5\.channel/.test(call.request.headers.get("sec-websocket-protocol") ?? "");
    const wrapped = translated ? "Internal error occurred: " : "";
    const status = {
      metadata: {},
      status: "Failure",
      message: `${wrapped}Internal error occurred: error executing command in container: ${opened.error.replace(/^rpc error: code = \w+ desc = /, "")}`,
      reason: "InternalError",
      code: 500,
    };
    yield* socket.send(3, JSON.stringify(status));
    return yield* socket.close();
  }
  yield* relayFrames(call, socket, opened.fd, shown, EXEC_STATUS);
}

/** Frames of the runtime's stream to channels of the socket and back, until one side ends. */
function* relayFrames(
  { sys }: Call,
  socket: Socket,
  fd: number,
  shown: readonly boolean[],
  statusOf: (code: number) => string,
): Task {
  let pending: Uint8Array = new Uint8Array(0);
  for (let alive = true; alive; ) {
    yield* sys.waitUntil(() => socket.ready() || sys.readable(fd));
    if (socket.ready()) {
      const messages = yield* socket.read();
      if (messages === undefined) break;
      for (const { channel, data } of messages) {
        if (channel === 0 && data === undefined) yield* sys.write(fd, execFrame(0, new Uint8Array(0)));
        else if (data !== undefined && data.length > 0 && (channel === 0 || channel === 4))
          yield* sys.write(fd, execFrame(channel, data));
      }
    }
    if (!sys.readable(fd)) continue;
    const part = yield* sys.read(fd);
    alive = !isErrno(part) && part.length > 0;
    if (isErrno(part)) break;
    const { frames, rest } = readFrames(concat([pending, part]));
    pending = rest;
    for (const { channel, payload } of frames) {
      if (channel === 3) {
        yield* socket.send(3, statusOf(Number(decode(payload))));
        alive = false;
      } else if (shown[channel]) yield* socket.send(channel, payload);
    }
  }
  sys.close(fd);
  yield* socket.close();
}

/** What a container's process prints from now on, and its input; ends well with it, however it ended. */
function* attachWebSocket(call: Call, container: string): Task {
  const { sys, state } = call;
  const socket = yield* acceptSocket(call);
  if (socket === undefined) return;
  const opened = yield* openRuntime(sys, state, { method: "Attach", container });
  if ("error" in opened) return yield* socket.close();
  const shown = [false, wants(call, "output", "stdout"), wants(call, "error", "stderr")];
  yield* relayFrames(call, socket, opened.fd, shown, () => EXEC_STATUS(0));
}

/** One port: data on channel 0, trouble on channel 1, each begun by the port's number as the protocol has it. */
function* forwardWebSocket(call: Call, pod: Pod): Task {
  const { sys, state } = call;
  const socket = yield* acceptSocket(call);
  if (socket === undefined) return;
  const port = Number(call.query("ports")[0] ?? call.query("port")[0] ?? 0);
  const number = Uint8Array.of(port & 255, port >> 8);
  yield* socket.send(0, number);
  yield* socket.send(1, number);
  // fidelity: the kubelet enters the pod's network by itself; the real one asks the runtime to.
  const netns = pod.object.spec.hostNetwork === true ? {} : { netns: pod.ip ?? "" };
  const fd = yield* sys.connect({ family: "tcp", address: "127.0.0.1", port }, { timeout: 500, ...netns });
  if (isErrno(fd)) {
    const space = `/var/run/netns/cni-${pod.uid}`;
    yield* socket.send(
      1,
      `error forwarding port ${port} to pod ${pod.sandbox ?? ""}, uid : failed to execute portforward in network namespace "${space}": failed to connect to localhost:${port} inside namespace "${pod.sandbox ?? ""}", IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused IPv6 dial tcp6: address localhost: no suitable address found `,
    );
    return yield* socket.close();
  }
  while (state.pods.includes(pod)) {
    yield* sys.waitUntil(() => socket.ready() || sys.readable(fd));
    if (socket.ready()) {
      const messages = yield* socket.read();
      if (messages === undefined) break;
      for (const { channel, data } of messages)
        if (channel === 0 && data !== undefined && data.length > 0) yield* sys.write(fd, data);
    }
    if (!sys.readable(fd)) continue;
    const part = yield* sys.read(fd);
    if (isErrno(part) || part.length === 0) break;
    yield* socket.send(0, part);
  }
  sys.close(fd);
  yield* socket.close();
}

/** The protocol of port-forward over SPDY, which its client wants to see agreed on. */
const FORWARDING = "portforward.k8s.io";

/** fidelity: SPDY is agreed on, and then nothing is sent. */
function* holdOpen({ response, request, sys }: Call, upgrade: string): Task {
  const stream = response.hijack();
  const forwards = request.headers.get("x-stream-protocol-version") === FORWARDING;
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Connection: Upgrade",
    `Upgrade: ${request.headers.get("upgrade") ?? upgrade}`,
    ...(forwards ? [`X-Stream-Protocol-Version: ${FORWARDING}`] : []),
    `Date: ${new Date(sys.now()).toUTCString()}`,
  ];
  yield* stream.write(`${lines.join("\r\n")}\r\n\r\n`);
  for (;;) {
    const part = yield* stream.read();
    if (isErrno(part) || part.length === 0) break;
  }
  yield* stream.close();
}

function* attach(call: Call): Task {
  const streams = ["input", "stdin", "output", "stdout", "error", "stderr"].some(
    (name) => call.query(name)[0] === "1" || call.query(name)[0] === "true",
  );
  if (!streams) return yield* exec(call);
  const pod = yield* podOf(call);
  if (pod === undefined) return;
  const name = call.params.container ?? "";
  const container = pod.containers[name];
  if (container === undefined) return yield* text(call.response, 500, `container not found ("${name}")`);
  const upgrade = upgradeOf(call);
  if (upgrade === undefined) return yield* wantsUpgrade(call);
  if (upgrade === "websocket") return yield* attachWebSocket(call, container.id);
  yield* holdOpen(call, upgrade);
}

function* portForward(call: Call): Task {
  const pod = yield* podOf(call);
  if (pod === undefined) return;
  const upgrade = upgradeOf(call);
  if (upgrade === undefined) return yield* wantsUpgrade(call);
  if (upgrade === "websocket") return yield* forwardWebSocket(call, pod);
  yield* holdOpen(call, upgrade);
}

function* checkpoint(call: Call): Task {
  const pod = yield* podOf(call);
  if (pod === undefined) return;
  const name = call.params.container ?? "";
  if (pod.containers[name] === undefined) return yield* text(call.response, 404, `container ${name} does not exist`);
  yield* text(
    call.response,
    500,
    `checkpointing of ${pod.namespace}/${pod.name}/${name} failed (rpc error: code = Unimplemented desc = method CheckpointContainer not implemented)`,
  );
}

export const execDoors = { run, exec, attach, portForward, checkpoint };
