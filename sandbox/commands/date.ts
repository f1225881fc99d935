// date: shows the time, or another one, in a format; sets the clock never.

import { isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { parseDate } from "../lib/parse-date.ts";
import { quote, quoteFile } from "../lib/quote.ts";
import { formatTime, readZone, UTC } from "../lib/strftime.ts";
import { defineCommand, type Io } from "./define.ts";

const ISO: Readonly<Record<string, string>> = {
  date: "%Y-%m-%d",
  hours: "%Y-%m-%dT%H%:z",
  minutes: "%Y-%m-%dT%H:%M%:z",
  seconds: "%Y-%m-%dT%H:%M:%S%:z",
  ns: "%Y-%m-%dT%H:%M:%S,%N%:z",
};

const RFC3339: Readonly<Record<string, string>> = {
  date: "%Y-%m-%d",
  seconds: "%Y-%m-%d %H:%M:%S%:z",
  ns: "%Y-%m-%d %H:%M:%S.%N%:z",
};

function* pick(io: Io, table: Readonly<Record<string, string>>, option: string, word: string): Task<string> {
  const found = Object.keys(table).find((name) => name.startsWith(word) && word !== "");
  if (found !== undefined) return table[found] ?? "";
  io.warn(`invalid argument ${quote(word)} for ${quote(option)}`);
  io.printError(
    `Valid arguments are:\n${["hours", "minutes", "date", "seconds", "ns"]
      .filter((name) => name in table)
      .map((name) => `  - ${quote(name)}\n`)
      .join("")}`,
  );
  return yield* io.usageError("");
}

export const date = defineCommand({
  name: "date",
  summary: "Display date and time in the given FORMAT.",
  usage: ["[OPTION]... [+FORMAT]", "[-u|--utc|--universal] [MMDDhhmm[[CC]YY][.ss]]"],
  options: `
    d,date=STRING  display time described by STRING, not 'now'
    ,debug  annotate the parsed date
    f,file=DATEFILE  like --date; once for each line of DATEFILE
    I,iso-8601[=FMT]  ISO 8601 format: date (default), hours, minutes, seconds, ns
    ,resolution  output the available resolution of timestamps
    R,rfc-email~rfc-822~rfc-2822  RFC 5322 format
    ,rfc-3339=FMT  RFC 3339 format: date, seconds, ns
    r,reference=FILE  display the last modification time of FILE
    s,set=STRING  set time described by STRING
    u,utc~universal~uct  print or set Coordinated Universal Time (UTC)`,
  *run(io, sys) {
    const zone = io.has("u") ? UTC : readZone(sys.env.TZ);
    let format: string | undefined;
    let formats = 0;
    for (const [key, value] of io.options) {
      if (!["I", "R", "rfc-3339", "resolution"].includes(key)) continue;
      formats += 1;
      if (key === "I") format = yield* pick(io, ISO, "--iso-8601", value ?? "date");
      if (key === "R") format = "%a, %d %b %Y %H:%M:%S %z";
      if (key === "rfc-3339") format = yield* pick(io, RFC3339, "--rfc-3339", value ?? "");
    }
    const sources = ["d", "f", "r", "resolution"].filter((key) => io.has(key));
    if (sources.length > 1)
      return yield* io.usageError("the options to specify dates for printing are mutually exclusive");
    if (sources.length > 0 && io.has("s"))
      return yield* io.usageError("the options to print and set the time may not be used together");
    if (io.operands[1] !== undefined) return yield* io.usageError(`extra operand ${quote(io.operands[1])}`);
    for (const word of io.operands) {
      if (word.startsWith("+")) {
        if (format !== undefined || formats > 0) return yield* io.die(1, "multiple output formats specified");
        format = word.slice(1);
        formats += 1;
        continue;
      }
      if (sources.length > 0 || format !== undefined) {
        io.warn(`the argument ${quote(word)} lacks a leading '+';`);
        io.printError(
          "when using an option to specify date(s), any non-option\nargument must be a format string beginning with '+'\n",
        );
        return yield* io.usageError("");
      }
      if (!/^\d{8}(\d{2}(\d{2})?)?(\.\d{2})?$/.test(word)) return yield* io.die(1, `invalid date ${quote(word)}`);
      return yield* io.die(1, "cannot set date: Operation not permitted");
    }
    if (io.has("s")) {
      const text = io.value("s") ?? "";
      if (parseDate(text, sys.now(), zone) === undefined) return yield* io.die(1, `invalid date ${quote(text)}`);
      return yield* io.die(1, "cannot set date: Operation not permitted");
    }
    const shown = format ?? "%a %b %e %H:%M:%S %Z %Y";
    const show = (time: number) => io.print(`${formatTime(shown, time, zone)}\n`);
    const list = io.value("f");
    if (list !== undefined) {
      const bytes = yield* io.readAll(list);
      if (isErrno(bytes)) return yield* io.die(1, `${quoteFile(list)}: ${bytes.text}`);
      for (const line of decode(bytes).replace(/\n$/, "").split("\n")) {
        const time = parseDate(line, sys.now(), zone);
        if (time === undefined) {
          io.warn(`invalid date ${quote(line)}`);
          io.status = 1;
        } else show(time);
      }
      return undefined;
    }
    const reference = io.value("r");
    if (reference !== undefined) {
      const stat = sys.stat(reference);
      if (isErrno(stat)) return yield* io.die(1, `${quoteFile(reference)}: ${stat.text}`);
      show(stat.mtime);
      return undefined;
    }
    if (io.has("resolution")) {
      io.print("0.000000001\n");
      return undefined;
    }
    const text = io.value("d");
    const time = text === undefined ? sys.now() : parseDate(text, sys.now(), zone);
    if (time === undefined) return yield* io.die(1, `invalid date ${quote(text ?? "")}`);
    show(time);
    return undefined;
  },
});
