// klog lines: severity, month and day, time, process id padded to seven, source.

import type { Sys, Task } from "../kernel/sys.ts";

export function* klog(sys: Sys, severity: "I" | "W" | "E", source: string, text: string): Task {
  const at = new Date(sys.now());
  const two = (value: number): string => String(value).padStart(2, "0");
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}.${String(at.getUTCMilliseconds()).padStart(3, "0")}000`;
  yield* sys.write(
    2,
    `${severity}${two(at.getUTCMonth() + 1)}${two(at.getUTCDate())} ${time} ${String(sys.pid).padStart(7)} ${source}] ${text}\n`,
  );
}
