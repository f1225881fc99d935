// /run, /exec, /attach, /portForward, /checkpoint: doors into containers. run and exec by WebSocket really execute there.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { concat, decode, encode } from "../../kernel/text.ts";
import { toBase64 } from "../../lib/crypto/base64.ts";
import { hash } from "../../lib/crypto/hash.ts";
import { parseQuery } from "../../lib/http/message.ts";
import { structured } from "../log.ts";
import { callRuntime } from "../node/runtime.ts";
import { findPod, log, type Pod } from "../state.ts";
import { type Call, plainError, type Route, type Service, TEXT, text } from "./route.ts";

/** The pod of the path; answers 404 itself where there is none. */
function* podOf({ state, params, response }: Call): Task<Pod | undefined> {
  const pod = findPod(state, params["namespace"] ?? "", params["pod"] ?? "", params["uid"]);
  if (pod === undefined) yield* text(response, 404, "pod does not exist");
  return pod;
}

function* run(call: Call): Task {
  const { sys, state, response, params, query, request } = call;
  const pod = yield* podOf(call);
  if (pod === undefined) return;
  const name = params["container"] ?? "";
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
  const name = params["container"] ?? "";
  const container = pod.containers[name];
  if (container === undefined) return yield* text(response, 500, `container not found ("${name}")`);
  const upgrade = upgradeOf(call);
  if (upgrade === undefined) return yield* wantsUpgrade(call);
  if (upgrade === "websocket") return yield* execWebSocket(call, container.id, query("command"));
  yield* holdOpen(call, upgrade);
}

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** A frame of the server: no mask. */
function frame(opcode: number, payload: Uint8Array): Uint8Array {
  const size = payload.length;
  const head = size < 126 ? [0x80 | opcode, size] : [0x80 | opcode, 126, size >> 8, size & 255];
  return concat([Uint8Array.from(head), payload]);
}

const channel = (number: number, data: string): Uint8Array => frame(2, concat([Uint8Array.of(number), encode(data)]));

function* execWebSocket(call: Call, container: string, command: readonly string[]): Task {
  const { sys, state, request, response, query } = call;
  const key = request.headers.get("sec-websocket-key") ?? "";
  const protocol = (request.headers.get("sec-websocket-protocol") ?? "")
    .split(",")
    .map((p) => p.trim())
    .find((p) => /channel\.k8s\.io$/.test(p));
  const stream = response.hijack();
  const accept = toBase64(hash("sha1", encode(key + GUID)));
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${accept}`,
    ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
  ];
  yield* stream.write(`${lines.join("\r\n")}\r\n\r\n`);
  const wants = (a: string, b: string): boolean => ["1", "true"].includes(query(a)[0] ?? query(b)[0] ?? "");
  const reply = yield* callRuntime(sys, state, { method: "ExecSync", container, command });
  if (wants("output", "stdout")) yield* stream.write(channel(1, ""));
  if (wants("error", "stderr")) yield* stream.write(channel(2, ""));
  if ("stdout" in reply) {
    if (wants("output", "stdout") && reply.stdout !== "") yield* stream.write(channel(1, reply.stdout));
    if (wants("error", "stderr") && reply.stderr !== "") yield* stream.write(channel(2, reply.stderr));
    const status =
      reply.exitCode === 0
        ? { status: "Success" }
        : {
            metadata: {},
            status: "Failure",
            message: `command terminated with non-zero exit code: exit status ${reply.exitCode}`,
            reason: "NonZeroExitCode",
            details: { causes: [{ reason: "ExitCode", message: String(reply.exitCode) }] },
          };
    yield* stream.write(channel(3, JSON.stringify(status)));
  } else
    yield* stream.write(
      channel(3, JSON.stringify({ metadata: {}, status: "Failure", message: "error" in reply ? reply.error : "" })),
    );
  yield* stream.write(frame(8, Uint8Array.of(0x03, 0xe8)));
  yield* stream.close();
}

/** fidelity: SPDY is agreed on, and then nothing is sent. */
function* holdOpen({ response, request, sys }: Call, upgrade: string): Task {
  const stream = response.hijack();
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Connection: Upgrade",
    `Upgrade: ${request.headers.get("upgrade") ?? upgrade}`,
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
  const name = call.params["container"] ?? "";
  if (pod.containers[name] === undefined) return yield* text(call.response, 500, `container not found ("${name}")`);
  const upgrade = upgradeOf(call);
  if (upgrade === undefined) return yield* wantsUpgrade(call);
  yield* holdOpen(call, upgrade);
}

function* portForward(call: Call): Task {
  const pod = yield* podOf(call);
  if (pod === undefined) return;
  const upgrade = upgradeOf(call);
  if (upgrade === undefined) return yield* wantsUpgrade(call);
  yield* holdOpen(call, upgrade);
}

function* checkpoint(call: Call): Task {
  const pod = yield* podOf(call);
  if (pod === undefined) return;
  const name = call.params["container"] ?? "";
  if (pod.containers[name] === undefined) return yield* text(call.response, 404, `container ${name} does not exist`);
  yield* text(
    call.response,
    500,
    `checkpointing of ${pod.namespace}/${pod.name}/${name} failed (rpc error: code = Unimplemented desc = method CheckpointContainer not implemented)`,
  );
}

const withContainer = (name: string, methods: readonly string[], handle: Route["handle"]): Service => ({
  prefix: `/${name}`,
  routes: [
    { methods, pattern: `/${name}/{namespace}/{pod}/{container}`, handle },
    { methods, pattern: `/${name}/{namespace}/{pod}/{uid}/{container}`, handle },
  ],
});

export const containerDoors: readonly Service[] = [
  withContainer("run", ["POST"], run),
  withContainer("exec", ["GET", "POST"], exec),
  withContainer("attach", ["GET", "POST"], attach),
  {
    prefix: "/portForward",
    routes: [
      { methods: ["GET", "POST"], pattern: "/portForward/{namespace}/{pod}", handle: portForward },
      { methods: ["GET", "POST"], pattern: "/portForward/{namespace}/{pod}/{uid}", handle: portForward },
    ],
  },
];

/** Since 1.25. */
export const checkpoints: Service = {
  prefix: "/checkpoint/",
  routes: [{ methods: ["POST"], pattern: "/checkpoint/{namespace}/{pod}/{container}", handle: checkpoint }],
};
