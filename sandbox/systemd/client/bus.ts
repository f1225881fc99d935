// A tool's line to PID 1: requests out, replies in.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { CONTROL_SOCKET, type Properties, type Refusal, type Reply, type Request } from "../protocol.ts";
import { askPassword } from "./agent.ts";
import type { Output } from "./output.ts";

export class Bus {
  readonly sys: Sys;
  readonly out: Output;
  /** --no-ask-password was not given. */
  readonly ask: boolean;
  #fd: number;
  #pending = "";
  #agent = false;
  /** Replies that came while something else was waited for. */
  readonly #early: Reply[] = [];

  constructor(sys: Sys, out: Output, fd: number, ask: boolean) {
    this.sys = sys;
    this.out = out;
    this.ask = ask;
    this.#fd = fd;
  }

  /** The next reply that fits; others wait their turn. */
  *next(fits: (reply: Reply) => boolean): Task<Reply> {
    for (;;) {
      const at = this.#early.findIndex(fits);
      if (at >= 0) return this.#early.splice(at, 1)[0] as Reply;
      const newline = this.#pending.indexOf("\n");
      if (newline >= 0) {
        this.#early.push(JSON.parse(this.#pending.slice(0, newline)) as Reply);
        this.#pending = this.#pending.slice(newline + 1);
        continue;
      }
      const bytes = yield* this.sys.read(this.#fd);
      if (isErrno(bytes) || bytes.length === 0) return { error: "Failed", message: "Connection reset by peer" };
      this.#pending += decode(bytes);
    }
  }

  /** Asks, and answers what comes back. Where polkit wants a password and there is somebody to ask, asks. */
  *call(request: Request): Task<Reply> {
    yield* this.#startAgent(request);
    const reply = yield* this.#once(request);
    if (!isRefusal(reply) || reply.action === undefined || !this.ask || !this.sys.isatty(0)) return reply;
    const credentials = yield* askPassword(this.sys, this.out, reply);
    if (credentials === undefined) return reply;
    const second = yield* this.#once({ ...request, authorize: credentials });
    if (isRefusal(second) && second.error === "AccessDenied") {
      yield* this.sys.write(2, "polkit-agent-helper-1: pam_authenticate failed: Authentication failure\n");
      yield* this.sys.write(1, "\x1b[1;31m==== AUTHENTICATION FAILED ====\n\x1b[0m");
    } else yield* this.sys.write(1, "\x1b[1;31m==== AUTHENTICATION COMPLETE ====\n\x1b[0m");
    return second;
  }

  /** The agent that would ask for a password is started beforehand, by those who are not root, on a terminal. */
  *#startAgent(request: Request): Task<void> {
    const reads = ["show", "show-manager", "list-units", "list-jobs", "unit-of-pid"].includes(request.call);
    if (this.#agent || reads || !this.ask || this.sys.info.euid === 0 || !this.sys.isatty(0)) return;
    this.#agent = true;
    if (!isErrno(this.sys.stat("/usr/bin/pkttyagent"))) return;
    this.out.error("Failed to execute /usr/bin/pkttyagent: No such file or directory");
    yield* this.out.drain();
  }

  *#once(request: Request): Task<Reply> {
    yield* this.sys.write(this.#fd, `${JSON.stringify(request)}\n`);
    return yield* this.next((reply) => !("event" in reply));
  }

  /** Properties of a unit. */
  *show(unit: string): Task<Properties> {
    const reply = yield* this.call({ call: "show", unit });
    return "properties" in reply ? reply.properties : {};
  }
}

export function isRefusal(reply: Reply): reply is Refusal {
  return "error" in reply;
}

/** Opens the line; undefined after saying why there is none. */
export function* connectBus(sys: Sys, out: Output, ask: boolean): Task<Bus | undefined> {
  const fd = yield* sys.connect({ family: "unix", path: CONTROL_SOCKET });
  if (!isErrno(fd)) return new Bus(sys, out, fd, ask);
  out.error("System has not been booted with systemd as init system (PID 1). Can't operate.");
  out.error("Failed to connect to system scope bus via local transport: Host is down");
  return undefined;
}
