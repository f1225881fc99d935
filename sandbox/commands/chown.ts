// chown and chgrp: change owner and group.

import { isErrno } from "../kernel/errno.ts";
import type { Sys, Task } from "../kernel/sys.ts";
import { quote, quoteAlways } from "../lib/quote.ts";
import { findGroup, findUser, Names } from "../lib/users.ts";
import { defineCommand, type Io } from "./define.ts";

interface Owner {
  /** -1 leaves it. */
  readonly uid: number;
  readonly gid: number;
}

interface Spec extends Owner {
  readonly problem?: string;
  readonly warning?: string;
}

const NONE: Owner = { uid: -1, gid: -1 };

function userNumber(sys: Sys, word: string): number | undefined {
  const plus = word.startsWith("+");
  return (plus ? undefined : findUser(sys, word)?.uid) ?? (/^\+?\d+$/.test(word) ? Number(word) : undefined);
}

function groupNumber(sys: Sys, word: string): number | undefined {
  const plus = word.startsWith("+");
  return (plus ? undefined : findGroup(sys, word)?.gid) ?? (/^\+?\d+$/.test(word) ? Number(word) : undefined);
}

/** Reads `user`, `user:group`, `user:` (the login group), `:group`; a dot is an old colon. */
export function parseOwner(sys: Sys, text: string): Spec {
  const colon = text.indexOf(":");
  const result = splitOwner(sys, text, colon);
  if (colon >= 0 || result.problem === undefined || !text.includes(".")) return result;
  const dotted = splitOwner(sys, text, text.indexOf("."));
  return dotted.problem === undefined ? { ...dotted, warning: "'.' should be ':'" } : result;
}

function splitOwner(sys: Sys, text: string, at: number): Spec {
  const user = at < 0 ? text : text.slice(0, at);
  const group = at < 0 ? undefined : text.slice(at + 1);
  let { uid, gid } = NONE;
  if (user !== "") {
    const number = userNumber(sys, user);
    if (number === undefined) return { uid, gid, problem: group === "" ? "invalid spec" : "invalid user" };
    uid = number;
    if (group === "") {
      const login = findUser(sys, uid)?.gid;
      if (login === undefined || /^\+?\d+$/.test(user)) return { uid, gid, problem: "invalid spec" };
      gid = login;
    }
  }
  if (group !== undefined && group !== "") {
    const number = groupNumber(sys, group);
    if (number === undefined) return { uid, gid, problem: "invalid group" };
    gid = number;
  }
  return { uid, gid };
}

interface Job extends Owner {
  readonly names: Names;
  readonly noFollow: boolean;
  readonly from: Owner | undefined;
  readonly traverse: "H" | "L" | "P";
}

const OPTIONS = `
    c,changes  like verbose but report only when a change is made
    f,silent~quiet  suppress most error messages
    v,verbose  output a diagnostic for every file processed
    ,dereference  affect the referent of each symbolic link (the default)
    h,no-dereference  affect symbolic links instead of any referenced file
    ,from=CURRENT_OWNER:CURRENT_GROUP  change only files that have this owner and group
    ,no-preserve-root  do not treat '/' specially (the default)
    ,preserve-root  fail to operate recursively on '/'
    ,reference=RFILE  use RFILE's ownership rather than specifying values
    R,recursive  operate on files and directories recursively
    H  with -R, follow a link to a directory on the command line
    L  with -R, follow every link to a directory
    P  with -R, follow no links (the default)`;

function* runChange(io: Io, sys: Sys, groupOnly: boolean): Task<number | undefined> {
  const words = [...io.operands];
  const reference = io.value("reference");
  const spec = reference === undefined ? words.shift() : undefined;
  if (words.length === 0)
    return yield* io.usageError(spec === undefined ? "missing operand" : `missing operand after ${quote(spec)}`);
  let owner: Owner = NONE;
  if (reference !== undefined) {
    const stat = sys.stat(reference);
    if (isErrno(stat)) return yield* io.die(1, `failed to get attributes of ${quoteAlways(reference)}: ${stat.text}`);
    owner = { uid: groupOnly ? -1 : stat.uid, gid: stat.gid };
  } else if (groupOnly) {
    const gid = spec === "" ? -1 : groupNumber(sys, spec ?? "");
    if (gid === undefined) return yield* io.die(1, `invalid group: ${quote(spec ?? "")}`);
    owner = { uid: -1, gid };
  } else {
    const parsed = parseOwner(sys, spec ?? "");
    if (parsed.warning !== undefined) io.warn(`warning: ${parsed.warning}: ${quote(spec ?? "")}`);
    if (parsed.problem !== undefined) return yield* io.die(1, `${parsed.problem}: ${quote(spec ?? "")}`);
    owner = parsed;
  }
  const from = io.value("from");
  const job: Job = {
    uid: owner.uid,
    gid: owner.gid,
    names: new Names(sys),
    noFollow: io.has("h"),
    from: from === undefined ? undefined : parseOwner(sys, from),
    traverse: (io.options.findLast(([key]) => key === "H" || key === "L" || key === "P")?.[0] ??
      "P") as Job["traverse"],
  };
  for (const path of words) yield* changeOne(io, job, path, true);
  return undefined;
}

/** `user:group`, or one of them, as the messages name an owner. */
function ownerText(job: Job, uid: number | undefined, gid: number | undefined): string {
  const user = uid === undefined ? undefined : (job.names.user(uid) ?? String(uid));
  const group = gid === undefined ? undefined : (job.names.group(gid) ?? String(gid));
  return user !== undefined && group !== undefined ? `${user}:${group}` : (user ?? group ?? "");
}

const wantedText = (job: Job) => ownerText(job, job.uid < 0 ? undefined : job.uid, job.gid < 0 ? undefined : job.gid);

function report(io: Io, job: Job, path: string, outcome: "failed" | "changed" | "same", old: Owner): void {
  if (!io.has("v") && !(io.has("c") && outcome === "changed")) return;
  const [user, group] = [job.uid >= 0, job.gid >= 0];
  // `chown :group` speaks of ownership too, with an empty user.
  const what = io.command.name === "chgrp" && group ? "group" : "ownership";
  const both = what === "ownership" && group;
  const before = ownerText(job, user || both ? old.uid : undefined, group ? old.gid : undefined);
  const after = (both && !user ? ":" : "") + ownerText(job, user ? job.uid : undefined, group ? job.gid : undefined);
  const name = quoteAlways(path);
  if (!user && !group)
    io.print(outcome === "changed" ? `no change to ownership of ${name}\n` : `ownership of ${name} retained\n`);
  else if (outcome === "same") io.print(`${what} of ${name} retained as ${before}\n`);
  else if (outcome === "changed") io.print(`changed ${what} of ${name} from ${before} to ${after}\n`);
  else io.print(`failed to change ${what} of ${name} from ${before} to ${after}\n`);
}

function* changeOne(io: Io, job: Job, path: string, top: boolean): Task<void> {
  const sys = io.sys;
  const fail = (text: string) => {
    if (!io.has("f")) io.warn(text);
    io.status = 1;
  };
  const own = sys.lstat(path);
  if (isErrno(own)) {
    fail(`cannot access ${quoteAlways(path)}: ${own.text}`);
    if (io.has("v"))
      io.print(
        `failed to change ${io.command.name === "chgrp" ? "group" : "ownership"} of ${quoteAlways(path)} to ${wantedText(job)}\n`,
      );
    return;
  }
  const stat = job.noFollow ? own : sys.stat(path);
  if (isErrno(stat)) {
    fail(`cannot dereference ${quoteAlways(path)}: ${stat.text}`);
    if (io.has("v")) io.print(`failed to change ownership of ${quoteAlways(path)} to ${wantedText(job)}\n`);
    return;
  }
  const follow = job.traverse === "L" || (job.traverse === "H" && top);
  const enter = io.has("R") && (follow ? stat.type === "directory" : own.type === "directory");
  // What a folder holds comes before the folder itself.
  const entries = enter ? sys.readdir(path) : [];
  if (isErrno(entries)) fail(`cannot read directory ${quoteAlways(path)}: ${entries.text}`);
  for (const entry of isErrno(entries) ? [] : entries) {
    yield* changeOne(io, job, `${path.replace(/\/$/, "")}/${entry.name}`, false);
    if (sys.due()) yield* sys.rest();
  }
  const skip = io.has("R") && !follow && own.type === "symlink" && !job.noFollow && job.traverse === "P" && !top;
  const wanted =
    job.from === undefined ||
    ((job.from.uid < 0 || job.from.uid === stat.uid) && (job.from.gid < 0 || job.from.gid === stat.gid));
  if (!skip && wanted) {
    const problem = sys.chown(path, job.uid, job.gid, { noFollow: job.noFollow });
    const same = (job.uid < 0 || job.uid === stat.uid) && (job.gid < 0 || job.gid === stat.gid);
    if (problem !== undefined)
      fail(`changing ${job.uid >= 0 ? "ownership" : "group"} of ${quoteAlways(path)}: ${problem.text}`);
    report(io, job, path, problem !== undefined ? "failed" : same ? "same" : "changed", stat);
  }
}

export const chown = defineCommand({
  name: "chown",
  summary: "Change the owner and/or group of each FILE to OWNER and/or GROUP.",
  usage: ["[OPTION]... [OWNER][:[GROUP]] FILE...", "[OPTION]... --reference=RFILE FILE..."],
  options: OPTIONS,
  run: (io, sys) => runChange(io, sys, false),
});

export const chgrp = defineCommand({
  name: "chgrp",
  summary: "Change the group of each FILE to GROUP.",
  usage: ["[OPTION]... GROUP FILE...", "[OPTION]... --reference=RFILE FILE..."],
  options: OPTIONS,
  run: (io, sys) => runChange(io, sys, true),
});
