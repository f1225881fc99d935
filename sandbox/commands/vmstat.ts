// vmstat: processes, memory, input and output, and the processor's time, once or again and again.

import type { Sys } from "../kernel/sys.ts";
import { formatTime, readZone } from "../lib/strftime.ts";
import type { Io } from "./define.ts";
import { defineProcps } from "./procps.ts";
import { memory } from "./uptime.ts";

/** The two header lines, as wide as -w wants them, with the columns of -a and -t. */
function header(io: Io, sys: Sys): string {
  const [first, second] = io.has("a") ? [" inact", "active"] : ["  buff", " cache"];
  const zone = formatTime("%Z", sys.now(), readZone(sys.env.TZ));
  const stamp = io.has("t") ? [" -----timestamp-----", ` ${zone.padStart(19)}`] : ["", ""];
  return io.has("w")
    ? `--procs-- -----------------------memory---------------------- ---swap-- -----io---- -system-- ----------cpu----------${stamp[0]}
   r    b         swpd         free ${first.padStart(12)} ${second.padStart(12)}   si   so    bi    bo   in   cs  us  sy  id  wa  st  gu${stamp[1]}\n`
    : `procs -----------memory---------- ---swap-- -----io---- -system-- -------cpu-------${stamp[0]}
 r  b   swpd   free ${first} ${second}   si   so    bi    bo   in   cs us sy id wa st gu${stamp[1]}\n`;
}

/** A line of figures. */
function row(io: Io, sys: Sys): string {
  const { used, free, cache } = memory(sys);
  const buffers = Math.round(cache * 0.1);
  const [room, cpu, queue, gap] = io.has("w") ? [12, 3, 4, 1] : [6, 2, 2, 1];
  const size = { k: 1000 / 1024, K: 1, m: 1000 ** 2 / 1024, M: 1024 }[io.value("S") ?? "K"] ?? 1;
  const two = io.has("a") ? [cache + Math.round(used / 2), Math.round(used / 2)] : [buffers, cache - buffers];
  const column = (width: number) => (value: number) => `${" ".repeat(gap)}${String(Math.floor(value)).padStart(width)}`;
  const running = sys.processes().filter((process) => process.state === "R").length;
  const stamp = io.has("t") ? formatTime(" %Y-%m-%d %H:%M:%S", sys.now(), readZone(sys.env.TZ)) : "";
  return `${[
    [running, 0]
      .map(column(queue))
      .join("")
      .slice(io.has("w") ? 1 : 1),
    [0, ...[free, ...two].map((kb) => kb / size)].map(column(room)).join(""),
    [0, 0].map(column(4)).join(""),
    [4, 10].map(column(5)).join(""),
    [90, 120].map(column(4)).join(""),
    [1, 1, 98, 0, 0, 0].map(column(cpu)).join(""),
  ].join("")}${stamp}\n`;
}

/** The table of -s: what has been counted since the start. */
function statistics(sys: Sys): string {
  const { total, used, free, cache } = memory(sys);
  const ticks = sys.processes().reduce((sum, process) => sum + Math.floor(process.cpuTime / 10), 0);
  const up = Math.floor((sys.now() - sys.bootTime()) / 10) * sys.machine.cpus;
  const buffers = Math.round(cache * 0.1);
  const lines: readonly (readonly [number, string])[] = [
    [total, "K total memory"],
    [used, "K used memory"],
    [Math.round(used / 2), "K active memory"],
    [cache + Math.round(used / 2), "K inactive memory"],
    [free, "K free memory"],
    [buffers, "K buffer memory"],
    [cache - buffers, "K swap cache"],
    [0, "K total swap"],
    [0, "K used swap"],
    [0, "K free swap"],
    [Math.floor(ticks / 2), "non-nice user cpu ticks"],
    [0, "nice user cpu ticks"],
    [Math.ceil(ticks / 2), "system cpu ticks"],
    [Math.max(0, up - ticks), "idle cpu ticks"],
    ...["IO-wait", "IRQ", "softirq", "stolen", "non-nice guest", "nice guest"].map(
      (name) => [0, `${name} cpu ticks`] as const,
    ),
    [cache, "K paged in"],
    [used, "K paged out"],
    [0, "pages swapped in"],
    [0, "pages swapped out"],
    [up, "interrupts"],
    [up * 2, "CPU context switches"],
    [Math.floor(sys.bootTime() / 1000), "boot time"],
    [Math.max(0, ...sys.processes().map((process) => process.pid)), "forks"],
  ];
  return lines.map(([value, text]) => `${String(value).padStart(13)} ${text}\n`).join("");
}

const DISK_HEADER = `disk- ------------reads------------ ------------writes----------- -----IO------
       total merged sectors      ms  total merged sectors      ms    cur    sec\n`;

export const vmstat = defineProcps({
  name: "vmstat",
  summary: "Report virtual memory statistics.",
  form: "[options] [delay [count]]",
  manual: "vmstat(8)",
  list: ` -a, --active           active/inactive memory
 -f, --forks            number of forks since boot
 -m, --slabs            slabinfo
 -n, --one-header       do not redisplay header
 -s, --stats            event counter statistics
 -d, --disk             disk statistics
 -D, --disk-sum         summarize disk statistics
 -p, --partition <dev>  partition specific statistics
 -S, --unit <char>      define display unit
 -w, --wide             wide output
 -t, --timestamp        show timestamp
 -y, --no-first         skips first line of output`,
  *run(io, sys) {
    const [delay = "", count = ""] = io.operands;
    if (io.has("m") || io.has("p")) return yield* io.notModelled(io.has("m") ? "-m" : "-p", 1);
    if (!/^[kKmM]$/.test(io.value("S") ?? "k")) return yield* io.die(1, "-S requires k, K, m or M (default is KiB)");
    const odd = io.operands.find((word) => !/^[0-9]+$/.test(word));
    if (odd !== undefined) return yield* io.die(1, `failed to parse argument: '${odd}'`);
    if (delay !== "" && Number(delay) === 0) return yield* io.die(1, "delay must be positive integer");
    if (io.operands.length > 2) return yield* io.usageError("");
    const once = io.has("f")
      ? statistics(sys).split("\n").at(-2)
      : io.has("s")
        ? statistics(sys).slice(0, -1)
        : undefined;
    if (once !== undefined) {
      io.print(`${once}\n`);
      return 0;
    }
    if (io.has("d") || io.has("D")) {
      const figures = "  9127    120  412190    3320   2211   1873   98122    2140      0      5";
      io.print(io.has("D") ? `${"1".padStart(13)} disks\n` : `${DISK_HEADER}vda  ${figures}\n`);
      return 0;
    }
    io.print(header(io, sys));
    for (let i = 0; i < (count !== "" ? Number(count) : delay === "" ? 1 : Infinity); i++) {
      if (i > 0) {
        yield* io.flush();
        yield* sys.sleep(Number(delay) * 1000);
      }
      io.print(row(io, sys));
    }
    return 0;
  },
});
