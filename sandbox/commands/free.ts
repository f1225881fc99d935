// free: memory and swap, in the units and with the further lines that its options ask for.

import type { Sys } from "../kernel/sys.ts";
import type { Io } from "./define.ts";
import { defineProcps } from "./procps.ts";
import { memory } from "./uptime.ts";

/** Powers of the units: those of 1024, and with kilo and the like those of 1000. */
const UNITS: Readonly<Record<string, readonly [base: number, power: number]>> = {
  b: [1024, 0],
  k: [1024, 1],
  m: [1024, 2],
  g: [1024, 3],
  tebi: [1024, 4],
  pebi: [1024, 5],
  kilo: [1000, 1],
  mega: [1000, 2],
  giga: [1000, 3],
  tera: [1000, 4],
  peta: [1000, 5],
};

/** A size with three digits at most: `512Mi`, `1.0G`, `0B`. */
function humanSize(kb: number, si: boolean): string {
  const base = si ? 1000 : 1024;
  let value = kb * 1024;
  for (const unit of ["", "K", "M", "G", "T", "P"]) {
    if (value < 1000 || unit === "P")
      return `${value < 10 && unit !== "" ? value.toFixed(1) : Math.floor(value)}${unit === "" ? "B" : unit + (si ? "" : "i")}`;
    value /= base;
  }
  return "";
}

/** How the options want a figure of kibibytes written. */
function writer(io: Io): (kb: number) => string {
  if (io.has("h")) return (kb) => humanSize(kb, io.has("si"));
  const key = io.options.findLast(([one]) => UNITS[one] !== undefined)?.[0] ?? "k";
  const [base, power] = UNITS[key] ?? [1024, 1];
  const size = (io.has("si") ? 1000 : base) ** power;
  return (kb) => String(Math.floor((kb * 1024) / size));
}

/** All lines of one look at the memory. */
function report(io: Io, sys: Sys): string {
  const { total, used, free: left, shared, cache, available } = memory(sys);
  const write = writer(io);
  if (io.has("L")) {
    const part = ([name, kb]: readonly [string, number]) => `${name} ${write(kb).padStart(11)} `;
    return `${(
      [
        ["SwapUse", 0],
        ["CachUse", cache],
        [" MemUse", used],
        ["MemFree", left],
      ] as const
    )
      .map(part)
      .join("")}\n`;
  }
  const buffers = Math.round(cache * 0.1);
  const line = (name: string, ...figures: readonly number[]) =>
    `${name.padEnd(8)}${figures.map((kb) => write(kb).padStart(12)).join("")}\n`;
  const caches = io.has("w") ? ["buffers", "cache"] : ["buff/cache"];
  const head = ["total", "used", "free", "shared", ...caches, "available"];
  let text = `        ${head.map((word) => word.padStart(12)).join("")}\n`;
  text += line("Mem:", total, used, left, shared, ...(io.has("w") ? [buffers, cache - buffers] : [cache]), available);
  if (io.has("l")) text += line("Low:", total, total - left, left) + line("High:", 0, 0, 0);
  text += line("Swap:", 0, 0, 0);
  if (io.has("t")) text += line("Total:", total, used, left);
  const limit = Math.floor(total / 2);
  if (io.has("v")) text += line("Comm:", limit, used, limit - used);
  return text;
}

export const free = defineProcps({
  name: "free",
  summary: "Display amount of free and used memory in the system.",
  form: "[options]",
  list: ` -b, --bytes         show output in bytes
     --kilo          show output in kilobytes
     --mega          show output in megabytes
     --giga          show output in gigabytes
     --tera          show output in terabytes
     --peta          show output in petabytes
 -k, --kibi          show output in kibibytes
 -m, --mebi          show output in mebibytes
 -g, --gibi          show output in gibibytes
     --tebi          show output in tebibytes
     --pebi          show output in pebibytes
 -h, --human         show human-readable output
     --si            use powers of 1000 not 1024
 -l, --lohi          show detailed low and high memory statistics
 -L, --line          show output on a single line
 -t, --total         show total for RAM + swap
 -v, --committed     show committed memory and commit limit
 -s N, --seconds N   repeat printing every N seconds
 -c N, --count N     repeat printing N times, then exit
 -w, --wide          wide output`,
  tail: `
     --help     display this help and exit
 -V, --version  output version information and exit`,
  *run(io, sys) {
    const [every, times] = [io.value("s"), io.value("c")];
    if (every !== undefined && !(Number(every) >= 0))
      return yield* io.die(1, `seconds argument failed: '${every}': Invalid argument`);
    if (every !== undefined && Number(every) === 0)
      return yield* io.die(1, `seconds argument \`${every}' is not positive number`);
    if (times !== undefined && !/^[0-9]+$/.test(times))
      return yield* io.die(1, `failed to parse count argument: '${times}'`);
    if (times !== undefined && Number(times) === 0)
      return yield* io.die(1, `failed to parse count argument: '${times}': Numerical result out of range`);
    if (io.operands.length > 0) return yield* io.usageError("");
    if (new Set(io.options.filter(([key]) => UNITS[key] !== undefined).map(([key]) => key)).size > 1)
      return yield* io.die(1, "Multiple unit options don't make sense.");
    let left = Number(times ?? (every === undefined ? 1 : Infinity));
    for (;;) {
      io.print(report(io, sys));
      left -= 1;
      if (left <= 0) break;
      if (!io.has("L")) io.print("\n");
      yield* io.flush();
      yield* sys.sleep(Number(every ?? 1) * 1000);
    }
    return 0;
  },
});
