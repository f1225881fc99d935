// What a builtin is, and the helpers that builtins share: options, complaints, output.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import type { ArrayValue } from "../assign.ts";
import { complain, type Shell } from "../state.ts";

export interface Builtin {
  /** Its line in `help`, and after a wrong option. */
  readonly usage: string;
  readonly summary: string;
  /** `arrays`: values of `name=(…)` arguments, by the argument's index. */
  run(sh: Shell, args: readonly string[], arrays: ReadonlyMap<number, ArrayValue>): Task<number>;
}

export interface Flags {
  readonly flags: string;
  readonly values: Readonly<Record<string, string>>;
  readonly rest: readonly string[];
  /** An option that does not exist, or whose argument is missing. */
  readonly bad?: string;
  readonly missing?: string;
  /** How many arguments were options. */
  readonly used: number;
}

/** Options of a builtin: letters, with `:` where one takes an argument. Plus signs count where `plus` is set. */
export function parseFlags(args: readonly string[], letters: string, plus = false): Flags {
  let flags = "";
  const values: Record<string, string> = {};
  let at = 0;
  for (; at < args.length; at++) {
    const arg = args[at] as string;
    if (arg === "--") {
      at += 1;
      break;
    }
    if (!/^-./.test(arg) && !(plus && /^\+./.test(arg))) break;
    for (let i = 1; i < arg.length; i++) {
      const letter = arg[i] as string;
      const index = letters.indexOf(letter);
      if (index < 0 || letter === ":")
        return { flags, values, rest: args.slice(at), bad: `${arg[0]}${letter}`, used: at };
      flags += arg[0] === "+" ? `+${letter}` : letter;
      if (letters[index + 1] !== ":") continue;
      const value = i + 1 < arg.length ? arg.slice(i + 1) : args[++at];
      if (value === undefined) return { flags, values, rest: [], missing: `-${letter}`, used: at };
      values[letter] = value;
      break;
    }
  }
  return { flags, values, rest: args.slice(at), used: at };
}

/** Writes to standard output; a pipe nobody reads is an error. */
export function* print(sh: Shell, text: string): Task<number> {
  if (text === "") return 0;
  const written = yield* sh.sys.write(1, text);
  if (!isErrno(written)) return 0;
  yield* complain(sh, `write error: ${written.text}`);
  return 1;
}

/** The usage line; status 2. */
export function* usage(sh: Shell, builtin: Builtin): Task<number> {
  yield* sh.sys.write(2, `${sh.builtin}: usage: ${builtin.usage}\n`);
  return 2;
}

/** A wrong option, or one without its argument. */
export function* badFlags(sh: Shell, builtin: Builtin, flags: Flags): Task<number> {
  yield* complain(
    sh,
    flags.bad === undefined ? `${flags.missing}: option requires an argument` : `${flags.bad}: invalid option`,
  );
  return yield* usage(sh, builtin);
}

export function* invalidName(sh: Shell, name: string): Task<number> {
  yield* complain(sh, `\`${name}': not a valid identifier`);
  return 1;
}

/** A whole number as arguments give it; undefined after a complaint. */
export function* wholeNumber(sh: Shell, text: string, message = "numeric argument required"): Task<number | undefined> {
  if (/^\s*[-+]?\d+\s*$/.test(text)) return Number(text);
  yield* complain(sh, `${text}: ${message}`);
  return undefined;
}
