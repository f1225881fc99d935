// getopts, let, times, umask, ulimit, caller, bind and completion's registry.

import type { Task } from "../../kernel/sys.ts";
import { parseMode } from "../../lib/modes.ts";
import { evaluate } from "../arith.ts";
import { arithProblem } from "../expand.ts";
import { complain, type Shell } from "../state.ts";
import { assign, getValue, isName, unsetVariable } from "../vars.ts";
import { type Builtin, badFlags, invalidName, parseFlags, print, usage, wholeNumber } from "./define.ts";

export const letBuiltin: Builtin = {
  usage: "let arg [arg ...]",
  summary: "Evaluate arithmetic expressions.",
  *run(sh, args) {
    const list = args[0] === "--" ? args.slice(1) : args;
    if (list.length === 0) {
      yield* complain(sh, "expression expected");
      return 1;
    }
    let value = 0n;
    for (const text of list) {
      try {
        value = evaluate(sh, text);
      } catch (problem) {
        yield* arithProblem(sh, problem);
        return 1;
      }
    }
    return value === 0n ? 1 : 0;
  },
};

export const getopts: Builtin = {
  usage: "getopts optstring name [arg ...]",
  summary: "Parse option arguments.",
  *run(sh, args) {
    const [spec, name, ...given] = args[0] === "--" ? args.slice(1) : args;
    if (spec === undefined || name === undefined) return yield* usage(sh, getopts);
    if (!isName(name)) return yield* invalidName(sh, name);
    const words = given.length > 0 ? given : sh.state.params;
    const index = Number(getValue(sh, "OPTIND") ?? 1) || 1;
    if (index === 1 && sh.optAt > (words[0]?.length ?? 0)) sh.optAt = 1;
    return yield* nextOption(sh, spec, name, words, index);
  },
};

function* nextOption(sh: Shell, spec: string, name: string, words: readonly string[], index: number): Task<number> {
  const word = words[index - 1];
  const finish = (next: number): number => {
    assign(sh, "OPTIND", String(next));
    assign(sh, name, "?");
    unsetVariable(sh, "OPTARG");
    sh.optAt = 1;
    return 1;
  };
  if (word === undefined || !/^-./.test(word)) return finish(index);
  if (word === "--") return finish(index + 1);
  const letter = word[sh.optAt] as string;
  const at = spec.indexOf(letter);
  const quiet = spec.startsWith(":");
  const tell = !quiet && getValue(sh, "OPTERR") !== "0";
  sh.optAt += 1;
  const ended = sh.optAt >= word.length;
  const advance = (by: number) => {
    assign(sh, "OPTIND", String(index + by));
    sh.optAt = 1;
  };
  if (letter === undefined || letter === ":" || at < 0) {
    if (ended) advance(1);
    assign(sh, name, "?");
    if (quiet) assign(sh, "OPTARG", letter ?? "");
    else unsetVariable(sh, "OPTARG");
    if (tell) yield* sh.sys.write(2, `${sh.state.name}: illegal option -- ${letter}\n`);
    return 0;
  }
  if (spec[at + 1] !== ":") {
    if (ended) advance(1);
    assign(sh, name, letter);
    unsetVariable(sh, "OPTARG");
    return 0;
  }
  const inline = word.slice(sh.optAt);
  const value = ended ? words[index] : inline;
  if (value === undefined) {
    advance(1);
    assign(sh, name, quiet ? ":" : "?");
    if (quiet) assign(sh, "OPTARG", letter);
    else unsetVariable(sh, "OPTARG");
    if (tell) yield* sh.sys.write(2, `${sh.state.name}: option requires an argument -- ${letter}\n`);
    return 0;
  }
  advance(ended ? 2 : 1);
  assign(sh, name, letter);
  assign(sh, "OPTARG", value);
  return 0;
}

function minutes(ms: number): string {
  return `${Math.floor(ms / 60_000)}m${((ms % 60_000) / 1000).toFixed(3)}s`;
}

export const times: Builtin = {
  usage: "times",
  summary: "Display process times.",
  *run(sh) {
    return yield* print(sh, `${minutes(sh.sys.info.cpuTime)} ${minutes(0)}\n${minutes(0)} ${minutes(0)}\n`);
  },
};

function symbolic(mask: number): string {
  const allowed = ~mask & 0o777;
  const part = (shift: number) => ["r", "w", "x"].filter((_, i) => (allowed >> (shift + 2 - i)) & 1).join("");
  return `u=${part(6)},g=${part(3)},o=${part(0)}`;
}

export const umask: Builtin = {
  usage: "umask [-p] [-S] [mode]",
  summary: "Display or set file mode mask.",
  *run(sh, args) {
    const flags = parseFlags(args, "pS");
    if (flags.bad !== undefined) return yield* badFlags(sh, umask, flags);
    const arg = flags.rest[0];
    const has = (flag: string) => flags.flags.includes(flag);
    if (arg === undefined) {
      const mask = sh.sys.umask();
      const shown = has("S") ? symbolic(mask) : mask.toString(8).padStart(4, "0");
      return yield* print(sh, `${has("p") ? `umask ${has("S") ? "-S " : ""}` : ""}${shown}\n`);
    }
    if (/^\d/.test(arg)) {
      if (!/^[0-7]+$/.test(arg) || Number.parseInt(arg, 8) > 0o7777) {
        yield* complain(sh, `${arg}: octal number out of range`);
        return 1;
      }
      sh.sys.umask(Number.parseInt(arg, 8) & 0o777);
    } else {
      const change = parseMode(arg);
      if (change === undefined) {
        const operator = /^[ugoa]*([^ugoa+=-])/.exec(arg)?.[1];
        const bad = operator ?? /[^ugoarwxXst,+=-]/.exec(arg)?.[0] ?? "";
        yield* complain(sh, `\`${bad}': invalid symbolic mode ${operator === undefined ? "character" : "operator"}`);
        return 1;
      }
      sh.sys.umask(~change(~sh.sys.umask() & 0o777, false, 0) & 0o777);
    }
    if (has("S")) yield* print(sh, `${symbolic(sh.sys.umask())}\n`);
    return 0;
  },
};

/** Limits in the order of `ulimit -a`: letter, text, unit, value. */
const LIMITS: readonly (readonly [string, string, string, string])[] = [
  ["R", "real-time non-blocking time  ", "microseconds", "unlimited"],
  ["c", "core file size              ", "blocks", "0"],
  ["d", "data seg size               ", "kbytes", "unlimited"],
  ["e", "scheduling priority                 ", "", "0"],
  ["f", "file size                   ", "blocks", "unlimited"],
  ["i", "pending signals                     ", "", "15417"],
  ["l", "max locked memory           ", "kbytes", "502464"],
  ["m", "max memory size             ", "kbytes", "unlimited"],
  ["n", "open files                          ", "", "1024"],
  ["p", "pipe size                ", "512 bytes", "8"],
  ["q", "POSIX message queues        ", "bytes", "819200"],
  ["r", "real-time priority                  ", "", "0"],
  ["s", "stack size                  ", "kbytes", "8192"],
  ["t", "cpu time                   ", "seconds", "unlimited"],
  ["u", "max user processes                  ", "", "15417"],
  ["v", "virtual memory              ", "kbytes", "unlimited"],
  ["x", "file locks                          ", "", "unlimited"],
];

export const ulimit: Builtin = {
  usage: "ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]",
  summary: "Modify shell resource limits.",
  *run(sh, args) {
    const flags = parseFlags(args, "SHabcdefiklmnpqrstuvxPRT");
    if (flags.bad !== undefined) return yield* badFlags(sh, ulimit, flags);
    const value = (letter: string) =>
      sh.state.completions.get(`limit:${letter}`) ?? LIMITS.find(([name]) => name === letter)?.[3] ?? "unlimited";
    if (flags.flags.includes("a")) {
      return yield* print(
        sh,
        LIMITS.map(
          ([letter, text, unit]) => `${text}(${unit === "" ? "" : `${unit}, `}-${letter}) ${value(letter)}\n`,
        ).join(""),
      );
    }
    const letters = [...flags.flags].filter((flag) => flag !== "S" && flag !== "H");
    const letter = letters[0] ?? "f";
    const given = flags.rest[0];
    const first = letter === "n" ? "1048576" : letter === "c" || letter === "s" ? "unlimited" : value(letter);
    const hard = sh.state.completions.get(`hard:${letter}`) ?? first;
    if (given === undefined) return yield* print(sh, `${flags.flags.includes("H") ? hard : value(letter)}\n`);
    if (given !== "unlimited" && given !== "hard" && given !== "soft" && !/^\d+$/.test(given)) {
      yield* complain(sh, `${given}: invalid number`);
      return 1;
    }
    const refuse = function* (why: string): Task<number> {
      const text = LIMITS.find(([name]) => name === letter)?.[1].trim() ?? letter;
      yield* complain(sh, `${text}: cannot modify limit: ${why}`);
      return 1;
    };
    const size = (text: string) => (text === "unlimited" ? Number.POSITIVE_INFINITY : Number(text));
    const wanted = given === "hard" ? hard : given === "soft" ? value(letter) : given;
    const both = flags.flags.includes("H") === flags.flags.includes("S");
    if (flags.flags.includes("H") || both) {
      if (size(wanted) > size(hard) && sh.sys.info.euid !== 0) return yield* refuse("Operation not permitted");
      if (!both && size(wanted) < size(value(letter))) return yield* refuse("Invalid argument");
      sh.state.completions.set(`hard:${letter}`, wanted);
    } else if (size(wanted) > size(hard)) return yield* refuse("Invalid argument");
    if (flags.flags.includes("S") || both) sh.state.completions.set(`limit:${letter}`, wanted);
    return 0;
  },
};

export const caller: Builtin = {
  usage: "caller [expr]",
  summary: "Return the context of the current subroutine call.",
  *run(sh, args) {
    const frames = sh.frames.filter((frame) => frame.kind === "function" || frame.kind === "source");
    if (frames.length === 0) return 1;
    const at = args[0] === undefined ? 0 : yield* wholeNumber(sh, args[0], "invalid number");
    if (at === undefined) return yield* usage(sh, caller);
    const frame = frames[frames.length - 1 - at];
    if (frame === undefined) return 1;
    const outer = frames[frames.length - 2 - at];
    const source = outer?.source ?? frame.source;
    if (args[0] === undefined) return yield* print(sh, `${frame.line} ${source}\n`);
    return yield* print(sh, `${frame.line} ${outer?.name ?? "main"} ${source}\n`);
  },
};

export const bind: Builtin = {
  usage:
    "bind [-lpsvPSVX] [-m keymap] [-f filename] [-q name] [-u name] [-r keyseq] [-x keyseq:shell-command] [keyseq:readline-function or readline-command]",
  summary: "Set Readline key bindings and variables.",
  *run(sh, args) {
    const setting = args.find((arg) => /^set\s/.test(arg));
    if (setting !== undefined) {
      const [, name = "", value = ""] = setting.trim().split(/\s+/);
      sh.state.completions.set(`readline:${name}`, value);
      return 0;
    }
    if (!sh.state.interactive) yield* complain(sh, "warning: line editing not enabled");
    return 0;
  },
};
