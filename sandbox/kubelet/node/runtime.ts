// The kubelet's side of the container runtime's socket.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { askLine } from "../../lib/ask-line.ts";
import type { RuntimeReply, RuntimeRequest } from "../../lib/cri.ts";
import type { KubeletState } from "../state.ts";

/** Path of the runtime's socket. */
export function runtimeSocket(state: KubeletState): string {
  const endpoint = String(
    state.effective.values.containerRuntimeEndpoint ?? state.effective.flags["container-runtime-endpoint"] ?? "",
  );
  return endpoint.replace(/^unix:\/\//, "");
}

export function* callRuntime(sys: Sys, state: KubeletState, request: RuntimeRequest): Task<RuntimeReply> {
  const path = runtimeSocket(state);
  const reply = yield* askLine<RuntimeReply>(sys, path, request);
  if (isErrno(reply))
    return {
      error: `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix ${path}: connect: ${reply.text.toLowerCase()}"`,
    };
  return reply ?? { error: "rpc error: code = Unavailable desc = error reading from server: EOF" };
}

/** A request whose connection carries frames after the answer; the descriptor is then the caller's. */
export function* openRuntime(
  sys: Sys,
  state: KubeletState,
  request: RuntimeRequest,
): Task<{ readonly fd: number } | { readonly error: string }> {
  const fd = yield* sys.connect({ family: "unix", path: runtimeSocket(state) });
  if (isErrno(fd)) return { error: fd.text.toLowerCase() };
  yield* sys.write(fd, `${JSON.stringify(request)}\n`);
  let text = "";
  while (!text.endsWith("\n")) {
    const part = yield* sys.read(fd, 1);
    if (isErrno(part) || part.length === 0) break;
    text += decode(part);
  }
  const reply = text === "" ? { error: "EOF" } : (JSON.parse(text) as RuntimeReply);
  if ("streaming" in reply) return { fd };
  sys.close(fd);
  return { error: "error" in reply ? reply.error : "unexpected answer of the runtime" };
}
