// dd: copies and converts by blocks.

import { isErrno } from "../kernel/errno.ts";
import { quote, quoteAlways } from "../lib/quote.ts";
import { formatHuman, parseSize } from "../lib/sizes.ts";
import { defineCommand } from "./define.ts";

const KEYS = [
  "if",
  "of",
  "bs",
  "ibs",
  "obs",
  "cbs",
  "count",
  "skip",
  "iseek",
  "seek",
  "oseek",
  "conv",
  "iflag",
  "oflag",
  "status",
];
const CONVERSIONS = [
  "lcase",
  "ucase",
  "swab",
  "noerror",
  "notrunc",
  "sync",
  "fdatasync",
  "fsync",
  "excl",
  "nocreat",
  "sparse",
];

export const dd = defineCommand({
  name: "dd",
  summary: "Copy a file, converting and formatting according to the operands.",
  usage: ["[OPERAND]...", "OPTION"],
  *run(io, sys) {
    const settings = new Map<string, string>();
    for (const word of io.args) {
      const at = word.indexOf("=");
      const key = word.slice(0, at);
      if (at < 0 || !KEYS.includes(key)) return yield* io.usageError(`unrecognized operand '${word}'`);
      settings.set(key, word.slice(at + 1));
    }
    const numbers: Record<string, number> = {};
    for (const key of ["bs", "ibs", "obs", "count", "skip", "iseek", "seek", "oseek"]) {
      const text = settings.get(key);
      if (text === undefined) continue;
      const value = text.split("x").reduce((product, part) => {
        const size = parseSize(part, "bcwkKMGTPEZY0B");
        return typeof size === "number" ? product * size : Number.NaN;
      }, 1);
      if (Number.isNaN(value)) return yield* io.die(1, `invalid number: '${text}'`);
      if (value === 0 && key.endsWith("bs")) return yield* io.die(1, `invalid number: '${text}'`);
      numbers[key] = value;
    }
    const conversions = new Set((settings.get("conv") ?? "").split(",").filter((word) => word !== ""));
    for (const word of conversions)
      if (!CONVERSIONS.includes(word)) return yield* io.usageError(`invalid conversion: ${quote(word)}`);
    const status = settings.get("status") ?? "default";
    if (!["default", "none", "noxfer", "progress"].includes(status))
      return yield* io.usageError(`invalid status level: ${quote(status)}`);
    const ibs = numbers.bs ?? numbers.ibs ?? 512;
    const obs = numbers.bs ?? numbers.obs ?? 512;
    const from = settings.get("if");
    const to = settings.get("of");
    const input = from === undefined ? 0 : sys.open(from, { read: true });
    if (isErrno(input)) return yield* io.die(1, `failed to open ${quoteAlways(from ?? "")}: ${input.text}`);
    const seek = numbers.seek ?? numbers.oseek ?? 0;
    const output =
      to === undefined
        ? 1
        : sys.open(to, {
            write: true,
            create: !conversions.has("nocreat"),
            ...(conversions.has("notrunc") || seek > 0 ? {} : { truncate: true }),
            ...(conversions.has("excl") ? { exclusive: true } : {}),
          });
    if (isErrno(output)) return yield* io.die(1, `failed to open ${quoteAlways(to ?? "")}: ${output.text}`);
    if (seek > 0) {
      if (!conversions.has("notrunc")) sys.ftruncate(output, seek * obs);
      sys.seek(output, seek * obs, "set");
    }
    const begin = sys.now();
    let full = 0;
    let partial = 0;
    let bytes = 0;
    let outFull = 0;
    let outPartial = 0;
    const skip = (numbers.skip ?? numbers.iseek ?? 0) * ibs;
    const fullBlock = (settings.get("iflag") ?? "").includes("fullblock");
    if (skip > 0 && isErrno(sys.seek(input, skip, "cur"))) {
      for (let left = skip; left > 0; ) {
        const block = yield* io.read(input, Math.min(left, 65536));
        if (isErrno(block) || block.length === 0) break;
        left -= block.length;
      }
    }
    const count = numbers.count ?? Infinity;
    let problem: string | undefined;
    while (full + partial < count) {
      let block = yield* io.read(input, ibs);
      while (fullBlock && !isErrno(block) && block.length > 0 && block.length < ibs) {
        const more = yield* io.read(input, ibs - block.length);
        if (isErrno(more) || more.length === 0) break;
        const whole = new Uint8Array(block.length + more.length);
        whole.set(block);
        whole.set(more, block.length);
        block = whole;
      }
      if (isErrno(block)) {
        problem = `error reading ${quoteAlways(from ?? "standard input")}: ${block.text}`;
        break;
      }
      if (block.length === 0) break;
      if (block.length === ibs) full += 1;
      else partial += 1;
      let data = block;
      if (conversions.has("sync") && data.length < ibs) {
        data = new Uint8Array(ibs);
        data.set(block);
      }
      if (conversions.has("ucase") || conversions.has("lcase")) {
        const upper = conversions.has("ucase");
        data = data.map((byte) =>
          upper && byte > 96 && byte < 123 ? byte - 32 : !upper && byte > 64 && byte < 91 ? byte + 32 : byte,
        );
      }
      const written = yield* sys.write(output, data);
      if (isErrno(written)) {
        problem = `error writing ${quoteAlways(to ?? "standard output")}: ${written.text}`;
        break;
      }
      bytes += data.length;
      if (data.length === obs) outFull += 1;
      else if (numbers.bs === undefined && ibs !== obs) outFull += data.length / obs;
      else outPartial += 1;
      if (sys.due()) yield* sys.rest();
    }
    if (problem !== undefined) io.warn(problem);
    if (status !== "none") {
      outPartial += outFull % 1 > 0 ? 1 : 0;
      io.printError(`${full}+${partial} records in\n${Math.floor(outFull)}+${outPartial} records out\n`);
      if (status !== "noxfer") io.printError(`${transfer(bytes, (sys.now() - begin) / 1000)}\n`);
    }
    return problem === undefined ? 0 : 1;
  },
});

/** `1048576 bytes (1.0 MB, 1.0 MiB) copied, 0.01 s, 105 MB/s`. */
function transfer(bytes: number, seconds: number): string {
  const spaced = (text: string) => `${text.replace(/([A-Za-z])$/, " $1")}`;
  const si = spaced(formatHuman(bytes, 1000));
  const iec = spaced(formatHuman(bytes, 1024));
  const sizes = bytes < 1000 ? "" : ` (${si}B${bytes >= 1024 ? `, ${iec}iB` : ""})`;
  const time = Math.max(seconds, 0.0001);
  return `${bytes} byte${bytes === 1 ? "" : "s"}${sizes} copied, ${Number(time.toPrecision(6))} s, ${spaced(formatHuman(bytes / time, 1000))}B/s`;
}
