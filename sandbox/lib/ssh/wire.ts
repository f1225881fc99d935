// How ssh and sshd speak here: the real version lines, then frames with a type and a length. fidelity: the frames are not encrypted.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { concat, decode, encode } from "../../kernel/text.ts";

export const VERSION_LINE = "SSH-2.0-OpenSSH_10.0p2 Debian-7+deb13u4\r\n";

export interface PtyRequest {
  readonly columns: number;
  readonly rows: number;
  readonly term: string;
}

/** Messages besides data. */
export type Message =
  | { readonly type: "hostkey"; readonly blob: string; readonly session: string; readonly signature: string }
  | {
      readonly type: "auth";
      readonly user: string;
      readonly method: "none" | "publickey" | "password";
      readonly blob?: string;
      readonly signature?: string;
      readonly password?: string;
    }
  | {
      readonly type: "authorized";
      readonly ok: boolean;
      readonly methods: readonly string[];
      /** All keys of the host, for the client's known_hosts (hostkeys-00@openssh.com). */
      readonly hostKeys?: readonly string[];
    }
  | { readonly type: "session"; readonly command?: string; readonly pty?: PtyRequest; readonly lang?: string }
  | { readonly type: "resize"; readonly columns: number; readonly rows: number }
  | { readonly type: "eof" }
  | { readonly type: "exit"; readonly status: number; readonly signal?: string };

export type Frame =
  | { readonly kind: "data"; readonly bytes: Uint8Array }
  | { readonly kind: "error"; readonly bytes: Uint8Array }
  | { readonly kind: "message"; readonly message: Message };

const KINDS = { data: 68, error: 69, message: 74 } as const;

export function encodeFrame(frame: Frame): Uint8Array {
  const body = frame.kind === "message" ? encode(JSON.stringify(frame.message)) : frame.bytes;
  const head = new Uint8Array(5);
  head[0] = KINDS[frame.kind];
  new DataView(head.buffer).setUint32(1, body.length);
  return concat([head, body]);
}

/** Takes whole frames off the front of what has come; the rest waits. */
export function takeFrames(bytes: Uint8Array): { frames: Frame[]; rest: Uint8Array } {
  const frames: Frame[] = [];
  let at = 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  while (at + 5 <= bytes.length) {
    const end = at + 5 + view.getUint32(at + 1);
    if (end > bytes.length) break;
    const body = bytes.slice(at + 5, end);
    const kind = bytes[at];
    if (kind === KINDS.message) frames.push({ kind: "message", message: JSON.parse(decode(body)) as Message });
    else frames.push({ kind: kind === KINDS.error ? "error" : "data", bytes: body });
    at = end;
  }
  return { frames, rest: bytes.slice(at) };
}

export function* sendFrame(sys: Sys, fd: number, frame: Frame): Task<boolean> {
  return !isErrno(yield* sys.write(fd, encodeFrame(frame)));
}

export function* sendMessage(sys: Sys, fd: number, message: Message): Task<boolean> {
  return yield* sendFrame(sys, fd, { kind: "message", message });
}
