// A two-way flow of bytes, plain or through TLS: what HTTP and the clients talk over.

import type { Errno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";

export interface Stream {
  /** The connected descriptor below. */
  readonly fd: number;
  /** What has arrived; an empty array is the end. */
  read(max?: number): Task<Uint8Array | Errno>;
  write(data: Uint8Array | string): Task<number | Errno>;
  /** Says goodbye (TLS: close notify) and closes the descriptor. */
  close(): Task<void>;
  /** Set where the connection is TLS. */
  readonly tls?: TlsState;
  /** As `read`, but a session ticket ends the wait too. */
  readonly readEvent?: () => Task<Uint8Array | Errno | "ticket">;
  /** Whether data has been taken off the descriptor that nobody has read yet. */
  readonly buffered?: () => boolean;
  /** The number of a fatal alert received after the handshake. */
  readonly alert?: () => number | undefined;
}

/** What a finished handshake agreed on. */
export interface TlsState {
  readonly version: TlsVersion;
  /** Name by IANA, which is also Go's: `TLS_AES_128_GCM_SHA256`. */
  readonly cipher: string;
  /** Key exchange group: `X25519MLKEM768`, `x25519`, `secp256r1`. */
  readonly group: string;
  /** `h2`, `http/1.1`, or undefined where none was agreed on. */
  readonly alpn: string | undefined;
  /** Name the client asked for (SNI). */
  readonly serverName: string | undefined;
  /** The other side's certificates as sent, leaf first. DER. */
  readonly peerCertificates: readonly Uint8Array[];
}

export type TlsVersion = "1.0" | "1.1" | "1.2" | "1.3";

/** The calls a connection needs; a client may put its own time limits in front. */
export type Wire = Pick<Sys, "read" | "write" | "close">;

/** A connected descriptor as a stream. */
export function plainStream(sys: Wire, fd: number): Stream {
  return {
    fd,
    read: (max) => sys.read(fd, max),
    write: (data) => sys.write(fd, data),
    *close() {
      sys.close(fd);
    },
  };
}
