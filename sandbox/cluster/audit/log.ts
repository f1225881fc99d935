// Audit: the gate that judges each request by the policy and writes its stages to the log file, which rotates.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import type { Attributes } from "../auth/types.ts";
import type { RequestContext } from "../request.ts";
import type { ServerState } from "../state.ts";
import { formatEvent, type Stage } from "./event.ts";
import { type AuditPolicy, type Judged, judge, parsePolicy } from "./policy.ts";

interface AuditMemory {
  policy: AuditPolicy | undefined;
  /** Where the log is, what is in it; empty: nowhere. */
  path: string;
  size: number;
  /** Events written and requests judged, by level: what /metrics tells. */
  events: number;
  readonly levels: Record<string, number>;
}

const memoryOf = (state: ServerState): AuditMemory | undefined =>
  state.gates["audit"] as unknown as AuditMemory | undefined;

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf("/")) || "/";

function makeFolders(sys: Sys, path: string): string | undefined {
  if (!isErrno(sys.stat(path))) return undefined;
  const above = makeFolders(sys, parentOf(path));
  if (above !== undefined) return above;
  const failed = sys.mkdir(path, 0o700);
  return failed === undefined ? undefined : `mkdir ${path}: ${failed.text.toLowerCase()}`;
}

/** Reads the policy and opens the log; the end of `"command failed" err=…` where that fails. */
export function prepareAudit(sys: Sys, state: ServerState): string | undefined {
  const { flags } = state;
  const file = flags["audit-policy-file"] ?? "";
  const path = flags["audit-log-path"] ?? "";
  let policy: AuditPolicy | undefined;
  if (file !== "") {
    const data = sys.readFile(file);
    if (isErrno(data))
      return `loading audit policy file: failed to read file path ${JSON.stringify(file)}: open ${file}: ${data.text.toLowerCase()}`;
    const parsed = parsePolicy(decode(data));
    if (typeof parsed === "string") return `loading audit policy file: ${parsed}: from file ${file}`;
    policy = Object.freeze(parsed);
  }
  let size = 0;
  if (path !== "" && path !== "-") {
    const failed = makeFolders(sys, parentOf(path));
    if (failed !== undefined) return `ensureLogFile: ${failed}`;
    const stat = sys.stat(path);
    if (!isErrno(stat)) size = stat.size;
    else {
      const made = sys.writeFile(path, "", { append: true, mode: 0o600 });
      if (made !== undefined) return `ensureLogFile: open ${path}: ${made.text.toLowerCase()}`;
    }
  }
  state.gates["audit"] = { policy, path, size, events: 0, levels: {} } satisfies AuditMemory as never;
  return undefined;
}

/** lumberjack: the full file is put aside with a time in its name, old ones go. */
function rotate(sys: Sys, state: ServerState, memory: AuditMemory): void {
  const { path } = memory;
  const dot = path.lastIndexOf(".") > path.lastIndexOf("/") ? path.lastIndexOf(".") : path.length;
  const [stem, end] = [path.slice(0, dot), path.slice(dot)];
  const stamp = new Date(Math.floor(sys.now())).toISOString().slice(0, -1).replaceAll(":", "-");
  sys.rename(path, `${stem}-${stamp}${end}`);
  memory.size = 0;
  const folder = parentOf(path);
  const entries = sys.readdir(folder);
  if (isErrno(entries)) return;
  const prefix = `${stem.slice(stem.lastIndexOf("/") + 1)}-`;
  const old = entries
    .map(({ name }) => name)
    .filter((name) => name.startsWith(prefix) && name.endsWith(end))
    .sort();
  const [most, age] = [Number(state.flags["audit-log-maxbackup"] ?? 0), Number(state.flags["audit-log-maxage"] ?? 0)];
  const oldest = sys.now() - age * 86_400_000;
  old.forEach((name, i) => {
    const written = Date.parse(`${name.slice(prefix.length, prefix.length + 10)}T00:00:00Z`);
    if ((most > 0 && i < old.length - most) || (age > 0 && written < oldest)) sys.unlink(`${folder}/${name}`);
  });
}

function* append(sys: Sys, state: ServerState, memory: AuditMemory, line: string): Task {
  if (memory.path === "-") {
    yield* sys.write(1, line);
    return;
  }
  const most = Number(state.flags["audit-log-maxsize"] || 0) || 100;
  if (memory.size + line.length > most * 1_048_576) rotate(sys, state, memory);
  memory.size += line.length;
  sys.writeFile(memory.path, line, { append: true, mode: 0o600 });
}

/** What the policy says of a request; asked once, with the caller that authentication found. */
export function judgeRequest(context: RequestContext, wanted: Attributes): Judged | undefined {
  const memory = memoryOf(context.state);
  if (memory?.policy === undefined || memory.path === "") return undefined;
  const judged = judge(memory.policy, wanted);
  memory.levels[judged.level] = (memory.levels[judged.level] ?? 0) + 1;
  return judged;
}

/** Writes one stage of a request. */
export function* writeStage(context: RequestContext, judged: Judged, stage: Stage): Task {
  const memory = memoryOf(context.state);
  if (memory === undefined || judged.level === "None" || judged.omitStages.includes(stage)) return;
  memory.events++;
  yield* append(context.sys, context.state, memory, formatEvent(context, judged, stage, context.sys.now()));
}
