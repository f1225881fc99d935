// Commands that a prompt can do without at first: select, coproc and time. They arrive with more.ts.

import { isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { storeValue } from "./assign.ts";
import type { Command } from "./ast.ts";
import { expandWords } from "./expand.ts";
import { printCommand } from "./print.ts";
import { announceJob, startChild } from "./process.ts";
import { loop, run } from "./run.ts";
import type { Shell } from "./state.ts";
import { assign, getValue } from "./vars.ts";

export function* runSelect(sh: Shell, c: Extract<Command, { t: "for" | "select" }>): Task<number> {
  const values = c.words === undefined ? [...sh.state.params] : yield* expandWords(sh, c.words);
  if (values.length === 0) return 0;
  let show = true;
  let ended = false;
  const result = yield* loop(sh, {
    *test() {
      for (;;) {
        if (show) yield* sh.sys.write(2, menu(sh, values));
        yield* sh.sys.write(2, getValue(sh, "PS3") ?? "#? ");
        const status = yield* sh.runner.command(sh, ["read", "-r"], { builtinOnly: true });
        if (status !== 0) {
          yield* sh.sys.write(1, "\n");
          ended = true;
          return false;
        }
        const reply = getValue(sh, "REPLY") ?? "";
        show = reply === "";
        if (show) continue;
        const index = Number(reply.trim());
        yield* storeValue(sh, c.name, Number.isInteger(index) ? (values[index - 1] ?? "") : "");
        return true;
      }
    },
    body: c.body,
  });
  return ended ? 1 : result;
}

/** The numbered list of `select`, in columns as wide as the window. */
function menu(sh: Shell, values: readonly string[]): string {
  const columns = Number(getValue(sh, "COLUMNS") ?? 80) || 80;
  const digits = String(values.length).length;
  const longest = Math.max(...values.map((value) => value.length)) + digits + 2;
  const width = longest + 2;
  const perLine = values.length > 0 ? Math.max(1, Math.floor(columns / width)) : 1;
  let rows = Math.ceil(values.length / perLine);
  if (rows === 1) rows = values.length;
  let out = "";
  for (let row = 0; row < rows; row++) {
    let line = "";
    for (let i = row; i < values.length; i += rows) {
      const item = `${String(i + 1).padStart(digits)}) ${values[i]}`;
      line += i + rows < values.length ? item.padEnd(width) : item;
    }
    out += `${line}\n`;
  }
  return out;
}

export function* runCoproc(sh: Shell, c: Extract<Command, { t: "coproc" }>): Task<number> {
  const { sys } = sh;
  const input = sys.pipe();
  const output = sys.pipe();
  const pid = yield* startChild(sh, { group: true, background: true }, function* (child) {
    child.sys.dup(input.read, 0);
    child.sys.dup(output.write, 1);
    for (const fd of [input.read, input.write, output.read, output.write]) child.sys.close(fd);
    return yield* run(child, c.body);
  });
  sys.close(input.read);
  sys.close(output.write);
  const aside = (fd: number, least: number) => {
    const copy = sys.dupAside(fd, least);
    sys.close(fd);
    return isErrno(copy) ? -1 : copy;
  };
  assign(sh, c.name, String(aside(output.read, 63)), "0");
  assign(sh, c.name, String(aside(input.write, 60)), "1");
  assign(sh, `${c.name}_PID`, String(pid));
  const command = `coproc ${c.name} ${printCommand(c.body)}`;
  yield* announceJob(sh, { pgid: pid, procs: [{ pid }], command, told: true, background: true });
  return 0;
}

export function* runTimed(sh: Shell, c: Extract<Command, { t: "time" }>): Task<number> {
  const { sys } = sh;
  const cpu = () => sys.info.cpuTime;
  const [start, used] = [sys.now(), cpu()];
  const status = c.c === undefined ? 0 : yield* run(sh, c.c);
  const real = sys.now() - start;
  const user = Math.max(0, cpu() - used);
  const show = (ms: number) => `${Math.floor(ms / 60_000)}m${((ms % 60_000) / 1000).toFixed(3)}s`;
  const plain = (ms: number) => (ms / 1000).toFixed(2);
  const format = c.posix ? undefined : getValue(sh, "TIMEFORMAT");
  if (format === "") return status;
  const text =
    format !== undefined
      ? `${format
          .replace(/\\n/g, "\n")
          .replace(
            /%(?:([0-3])?(l)?([RUS])|(P)|(%))/g,
            (_, digits?: string, long?: string, kind?: string, share?: string) => {
              if (share !== undefined) return real === 0 ? "0.00" : ((user * 100) / real).toFixed(2);
              if (kind === undefined) return "%";
              const ms = kind === "R" ? real : kind === "U" ? user : 0;
              return long === undefined
                ? (ms / 1000).toFixed(Number(digits ?? 3))
                : `${Math.floor(ms / 60_000)}m${((ms % 60_000) / 1000).toFixed(Number(digits ?? 3))}s`;
            },
          )}\n`
      : c.posix
        ? `real ${plain(real)}\nuser ${plain(user)}\nsys ${plain(0)}\n`
        : `\nreal\t${show(real)}\nuser\t${show(user)}\nsys\t${show(0)}\n`;
  yield* sys.write(2, text);
  return status;
}
