// file:// URLs: curl reads the disk of its own machine, and with -T writes to it.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { encode } from "../../kernel/text.ts";
import { formatTime, UTC } from "../../lib/strftime.ts";
import type { CurlError } from "./connecting.ts";
import type { Output } from "./output.ts";
import type { Run } from "./run.ts";
import type { Operation } from "./settings.ts";
import type { CurlUrl } from "./url.ts";

interface Counters {
  received: number;
  sent: number;
  expected: number | undefined;
}

/** The part of a file that -r names. */
function cut(bytes: Uint8Array, range: string | undefined): Uint8Array | undefined {
  const [, from = "", to = ""] = /^(\d*)-(\d*)$/.exec(range ?? "0-") ?? [];
  if (from === "" && to === "") return bytes;
  if (from === "") return bytes.subarray(Math.max(0, bytes.length - Number(to)));
  if (Number(from) > bytes.length) return undefined;
  return bytes.subarray(Number(from), to === "" ? undefined : Number(to) + 1);
}

/** Copies a file to the output, or an upload into a file. */
export function* transferFile(
  run: Run,
  operation: Operation,
  counters: Counters,
  url: CurlUrl,
  upload: Uint8Array | undefined,
  sink: Output,
): Task<CurlError | undefined> {
  const { sys, version } = run;
  const path = decodeURIComponent(url.target.replace(/\?.*$/s, ""));
  if (upload !== undefined) {
    const failed = sys.writeFile(path, upload);
    if (failed !== undefined)
      return { code: 23, text: version.modern ? `cannot open ${path} for writing` : `Can't open ${path} for writing` };
    counters.sent = upload.length;
    return undefined;
  }
  const stat = sys.stat(path);
  const bytes = isErrno(stat) ? stat : stat.type === "directory" ? new Uint8Array() : sys.readFile(path);
  if (isErrno(stat) || isErrno(bytes)) return { code: 37, text: `Couldn't open file ${path}` };
  if (operation.head) {
    const changed = formatTime("%a, %d %b %Y %H:%M:%S GMT", stat.mtime, UTC);
    const head = `Content-Length: ${bytes.length}\r\nAccept-ranges: bytes\r\nLast-Modified: ${changed}\r\n\r\n`;
    return yield* sink.body(encode(head));
  }
  const part = cut(bytes, operation.text.get("range"));
  if (part === undefined) return { code: 36, text: "failed to resume file:// transfer" };
  counters.expected = part.length;
  if (part.length === 0) return undefined;
  const failed = yield* sink.body(part);
  if (failed === undefined) counters.received = part.length;
  return failed;
}
