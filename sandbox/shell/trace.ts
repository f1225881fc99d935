// `set -x`: commands told before they run.

import type { Task } from "../kernel/sys.ts";
import { expandString } from "./expand.ts";
import { parseText } from "./parse.ts";
import type { Shell } from "./state.ts";
import { getValue } from "./vars.ts";

/** `set -x`: a line on standard error, with PS4. */
export function* trace(sh: Shell, text: string): Task<void> {
  const ps4 = getValue(sh, "PS4") ?? "";
  const on = sh.state.options.delete("xtrace");
  let prefix = ps4;
  if (/[$`\\]/.test(ps4)) prefix = yield* expandString(sh, parseText(ps4));
  if (on) sh.state.options.add("xtrace");
  const repeated = (prefix[0] ?? "").repeat(sh.traced) + prefix;
  const fd = Number(getValue(sh, "BASH_XTRACEFD") ?? 2);
  yield* sh.sys.write(fd, `${repeated}${text}\n`);
}
