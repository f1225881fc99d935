// history and fc.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { addHistory, appendHistory, readHistory, writeHistory } from "../history.ts";
import { expandHistory } from "../history-expand.ts";
import { complain, type Shell } from "../state.ts";
import { getValue } from "../vars.ts";
import { type Builtin, badFlags, parseFlags, print } from "./define.ts";

function file(sh: Shell, name: string | undefined): string {
  return name ?? getValue(sh, "HISTFILE") ?? "";
}

export const history: Builtin = {
  usage: "history [-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]",
  summary: "Display or manipulate the history list.",
  *run(sh, args) {
    const { state } = sh;
    const flags = parseFlags(args, "cd:anrwps");
    if (flags.bad !== undefined || flags.missing !== undefined) return yield* badFlags(sh, history, flags);
    const has = (flag: string) => flags.flags.includes(flag);
    if (has("c")) {
      state.history = [];
      state.historyBase = 1;
      return 0;
    }
    if (flags.values.d !== undefined) return yield* deleteEntry(sh, flags.values.d);
    if (has("s")) {
      state.history.pop();
      if (flags.rest.length > 0) state.history.push(flags.rest.join(" "));
      return 0;
    }
    if (has("p")) {
      for (const text of flags.rest) {
        const result = expandHistory(sh, text);
        if (result.kind === "error") {
          yield* complain(sh, `${text}: history expansion failed`);
          return 1;
        }
        yield* print(sh, `${result.text}\n`);
      }
      return 0;
    }
    if (has("w")) return yield* report(sh, file(sh, flags.rest[0]), writeHistory(sh, file(sh, flags.rest[0])));
    if (has("a")) return yield* report(sh, file(sh, flags.rest[0]), appendHistory(sh, file(sh, flags.rest[0])));
    if (has("r") || has("n"))
      return yield* report(sh, file(sh, flags.rest[0]), readHistory(sh, file(sh, flags.rest[0])));
    let from = 0;
    const count = flags.rest[0];
    if (count !== undefined) {
      if (!/^\d+$/.test(count)) {
        yield* complain(sh, `${count}: numeric argument required`);
        return 1;
      }
      from = Math.max(0, state.history.length - Number(count));
    }
    const lines = state.history
      .slice(from)
      .map((line, i) => `${String(state.historyBase + from + i).padStart(5)}  ${line}\n`);
    return yield* print(sh, lines.join(""));
  },
};

function* report(sh: Shell, path: string, failed: string | undefined): Task<number> {
  if (failed === undefined) return 0;
  yield* complain(sh, `${path}: cannot ${"open"}: ${failed}`);
  return 1;
}

function* deleteEntry(sh: Shell, text: string): Task<number> {
  const { state } = sh;
  const range = /^(-?\d+)-(-?\d+)$/.exec(text);
  const place = (word: string) =>
    Number(word) < 0 ? state.history.length + Number(word) : Number(word) - state.historyBase;
  const from = place(range?.[1] ?? text);
  const to = range === null ? from : place(range[2] as string);
  if (Number.isNaN(from) || from < 0 || to >= state.history.length || to < from) {
    yield* complain(sh, `${text}: history position out of range`);
    return 1;
  }
  state.history.splice(from, to - from + 1);
  return 0;
}

/** An entry of `fc` by number, offset or prefix; -1 where there is none. */
function findEntry(sh: Shell, word: string): number {
  const { history: list, historyBase } = sh.state;
  const last = list.length - 1;
  if (/^-?\d+$/.test(word)) {
    const number = Number(word);
    const at = number < 0 || word === "-0" ? list.length + number - 1 : number - historyBase;
    return at < 0 ? 0 : Math.min(at, Math.max(last - 1, 0));
  }
  for (let i = last - 1; i >= 0; i--) if (list[i]?.startsWith(word)) return i;
  return -1;
}

export const fc: Builtin = {
  usage: "fc [-e ename] [-lnr] [first] [last] or fc -s [pat=rep] [command]",
  summary: "Display or execute commands from the history list.",
  *run(sh, args) {
    const { state } = sh;
    const at = args.findIndex((arg) => /^-?\d+$/.test(arg) || !arg.startsWith("-"));
    const flags = parseFlags(at < 0 ? args : args.slice(0, args[at - 1] === "-e" ? at + 1 : at), "e:lnrs");
    if (flags.bad !== undefined || flags.missing !== undefined) return yield* badFlags(sh, fc, flags);
    const rest = args.slice(args[at - 1] === "-e" ? at + 1 : at < 0 ? args.length : at);
    const has = (flag: string) => flags.flags.includes(flag);
    if (state.history.length === 0 && !has("s")) return 0;
    if (has("s")) return yield* again(sh, rest);
    const listing = has("l");
    const from =
      rest[0] === undefined
        ? listing
          ? Math.max(0, state.history.length - 17)
          : state.history.length - 2
        : findEntry(sh, rest[0]);
    const to = rest[1] === undefined ? (listing ? state.history.length - 2 : from) : findEntry(sh, rest[1]);
    if (from < 0 || to < 0) {
      yield* complain(sh, "no command found");
      return 1;
    }
    let numbers = Array.from({ length: Math.abs(to - from) + 1 }, (_, i) => Math.min(from, to) + i);
    if (has("r") !== from > to) numbers = numbers.reverse();
    if (listing)
      return yield* print(
        sh,
        numbers.map((i) => `${has("n") ? "" : state.historyBase + i}\t ${state.history[i]}\n`).join(""),
      );
    return yield* edit(sh, numbers.map((i) => state.history[i]).join("\n"), flags.values.e);
  },
};

/** `fc -s old=new command`: runs an entry again. */
function* again(sh: Shell, args: readonly string[]): Task<number> {
  const changes = args
    .filter((arg) => arg.includes("="))
    .map((arg) => [arg.slice(0, arg.indexOf("=")), arg.slice(arg.indexOf("=") + 1)] as const);
  const word = args.find((arg) => !arg.includes("="));
  const at = word === undefined ? sh.state.history.length - 2 : findEntry(sh, word);
  let text = sh.state.history[at];
  if (text === undefined) {
    yield* complain(sh, "no command found");
    return 1;
  }
  for (const [old, fresh] of changes) text = text.replaceAll(old, fresh);
  sh.state.history.pop();
  addHistory(sh, text);
  yield* sh.sys.write(2, `${text}\n`);
  sh.builtin = "";
  return yield* sh.runner.evaluate(sh, text);
}

function* edit(sh: Shell, text: string, editor: string | undefined): Task<number> {
  const path = `/tmp/bash-fc.${sh.sys.pid}`;
  sh.sys.writeFile(path, `${text}\n`, { mode: 0o600 });
  const program = editor ?? getValue(sh, "FCEDIT") ?? getValue(sh, "EDITOR") ?? "vi";
  sh.builtin = "";
  const status = yield* sh.runner.evaluate(sh, `${program} ${path}`);
  const bytes = sh.sys.readFile(path);
  sh.sys.unlink(path);
  if (status !== 0 || isErrno(bytes)) return status;
  const edited = decode(bytes);
  sh.state.history.pop();
  addHistory(sh, edited.trimEnd());
  yield* sh.sys.write(2, edited);
  return yield* sh.runner.evaluate(sh, edited);
}
