// touch: sets times of files, and makes those that are missing.

import { isErrno } from "../kernel/errno.ts";
import { parseDate, parseStamp } from "../lib/parse-date.ts";
import { quote, quoteAlways } from "../lib/quote.ts";
import { readZone } from "../lib/strftime.ts";
import { defineCommand } from "./define.ts";

export const touch = defineCommand({
  name: "touch",
  summary: "Update the access and modification times of each FILE to the current time.",
  usage: ["[OPTION]... FILE..."],
  options: `
    a  change only the access time
    c,no-create  do not create any files
    d,date=STRING  parse STRING and use it instead of current time
    f  (ignored)
    h,no-dereference  affect each symbolic link instead of any referenced file
    m  change only the modification time
    r,reference=FILE  use this file's times instead of current time
    t=STAMP  use [[CC]YY]MMDDhhmm[.ss] instead of current time
    ,time=WORD  change the specified time: access, atime, use, modify, mtime`,
  *run(io, sys) {
    const zone = readZone(sys.env.TZ);
    const word = io.value("time");
    let [access, modify] = [io.has("a"), io.has("m")];
    if (word !== undefined) {
      if (["access", "atime", "use"].includes(word)) access = true;
      else if (["modify", "mtime"].includes(word)) modify = true;
      else {
        io.warn(`invalid argument ${quote(word)} for ${quote("--time")}`);
        io.printError(
          `Valid arguments are:\n  - ${["atime", "access", "use"].map(quote).join(", ")}\n  - ${["mtime", "modify"].map(quote).join(", ")}\n`,
        );
        return yield* io.usageError("");
      }
    }
    if (!access && !modify) access = modify = true;
    const stamp = io.value("t");
    const date = io.value("d");
    const reference = io.value("r");
    if (stamp !== undefined && (date !== undefined || reference !== undefined))
      return yield* io.usageError("cannot specify times from more than one source");
    let times: readonly [number, number] = [sys.now(), sys.now()];
    if (reference !== undefined) {
      const stat = io.has("h") ? sys.lstat(reference) : sys.stat(reference);
      if (isErrno(stat)) return yield* io.die(1, `failed to get attributes of ${quoteAlways(reference)}: ${stat.text}`);
      times = [stat.atime, stat.mtime];
    }
    if (stamp !== undefined) {
      const time = parseStamp(stamp, sys.now(), zone);
      if (time === undefined) return yield* io.die(1, `invalid date format ${quote(stamp)}`);
      times = [time, time];
    }
    if (date !== undefined) {
      const parsed = times.map((base) => parseDate(date, base, zone));
      if (parsed[0] === undefined || parsed[1] === undefined)
        return yield* io.die(1, `invalid date format ${quote(date)}`);
      times = [parsed[0], parsed[1]];
    }
    if (io.operands.length === 0) return yield* io.usageError("missing file operand");
    for (const path of io.operands) {
      if (path === "-") continue;
      const noFollow = io.has("h");
      let stat = noFollow ? sys.lstat(path) : sys.stat(path);
      if (isErrno(stat) && !io.has("c") && !noFollow) {
        const fd = sys.open(path, { write: true, create: true });
        if (isErrno(fd)) {
          io.warn(
            fd.code === "EISDIR"
              ? `setting times of ${quoteAlways(path)}: No such file or directory`
              : `cannot touch ${quoteAlways(path)}: ${fd.text}`,
          );
          io.status = 1;
          continue;
        }
        stat = sys.fstat(fd);
        sys.close(fd);
      }
      if (isErrno(stat)) {
        if (stat.code === "ENOENT" && io.has("c")) continue;
        io.warn(`${noFollow ? "setting times of" : "cannot touch"} ${quoteAlways(path)}: ${stat.text}`);
        io.status = 1;
        continue;
      }
      const problem = sys.utimes(path, access ? times[0] : stat.atime, modify ? times[1] : stat.mtime, { noFollow });
      if (problem === undefined) continue;
      io.warn(
        `${problem.code === "EPERM" || io.has("c") ? "setting times of" : "cannot touch"} ${quoteAlways(path)}: ${problem.text}`,
      );
      io.status = 1;
    }
    return undefined;
  },
});
