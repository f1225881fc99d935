// What a connection of curl is made with, how long it may take, and how it fails.

import { errno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import type { Wire } from "../../lib/tls/stream.ts";
import type { Console } from "./console.ts";
import type { Operation } from "./settings.ts";
import type { CurlVersion } from "./versions.ts";

/** How a transfer failed: curl's exit status and text. */
export interface CurlError {
  readonly code: number;
  readonly text: string;
  /** What OpenSSL said of the server's certificate, where that was what failed. */
  readonly verifyCode?: number;
}

/** What a connection is made with. */
export interface Connecting {
  readonly sys: Sys;
  readonly console: Console;
  readonly version: CurlVersion;
  readonly operation: Operation;
  readonly number: number;
  /** When this transfer began, and when it must be over. */
  readonly started: number;
  readonly deadline: number | undefined;
  readonly slow: { readonly ms: number } | undefined;
  /** Shows the last update of the meter, which stands before the connection's end. */
  endMeter(failed: boolean): void;
}

/** A failure from its status and text. */
export const fail = (code: number, text: string): CurlError => ({ code, text });

export const isCurlError = (value: object): value is CurlError => "code" in value && "text" in value;

/** A wire whose reads end at the deadline. */
export function limitedWire(sys: Sys, deadline: number | undefined, idle?: number): Wire {
  if (deadline === undefined && idle === undefined) return sys;
  return {
    *read(fd, max) {
      const ready = yield* sys.waitUntil(
        () => sys.readable(fd),
        Math.min(deadline ?? Infinity, sys.now() + (idle ?? Infinity)),
      );
      return ready === false ? errno("ETIMEDOUT") : yield* sys.read(fd, max);
    },
    write: (fd, data) => sys.write(fd, data),
    close: (fd) => sys.close(fd),
  };
}

export function connectLimit({ operation, started, deadline }: Connecting): number | undefined {
  const seconds = Number(operation.text.get("connect-timeout") ?? 0);
  const own = seconds > 0 ? started + seconds * 1000 : undefined;
  return own === undefined ? deadline : Math.min(own, deadline ?? own);
}

export const timedOut = ({ sys, started }: Connecting): CurlError =>
  fail(28, `Connection timed out after ${Math.round(sys.now() - started) + 1} milliseconds`);
