// awk: mawk 1.3.4, pattern scanning and text processing. Text is bytes, as there.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { type Command, defineCommand, type Io } from "../define.ts";
import { toolProfile } from "../profile.ts";
import { ProgramError, unescapeString } from "./lexer.ts";
import { evaluate, type Signal } from "./nodes.ts";
import { parseProgram } from "./parser.ts";
import { Runtime } from "./runtime.ts";
import { FS, ORS } from "./specials.ts";
import type { Program, Rule } from "./statements.ts";
import { fromBytes } from "./streams.ts";
import { Input, toBoolean } from "./values.ts";
import { bytesOf, RuntimeError, RuntimeRegexError } from "./variables.ts";

interface Arguments {
  readonly separator: string | undefined;
  readonly variables: readonly string[];
  readonly files: readonly string[];
  readonly rest: readonly string[];
}

const USAGE = `Usage: mawk [Options] [Program] [file ...]

Program:
    The -f option value is the name of a file containing program text.
    If no -f option is given, a "--" ends option processing; the following
    parameters are the program text.

Options:
    -f program-file  Program  text is read from file instead of from the
                     command-line.  Multiple -f options are accepted.
    -F value         sets the field separator, FS, to value.
    -v var=value     assigns value to program variable var.
    --               unambiguous end of options.

    Implementation-specific options are prefixed with "-W".  They can be
    abbreviated:

    -W version       show version information and exit.
    -W dump          show assembler-like listing of program and exit.
    -W help          show this message and exit.
    -W interactive   set unbuffered output, line-buffered input.
    -W exec file     use file as program as well as last option.
    -W random=number set initial random seed.
    -W sprintf=number adjust size of sprintf buffer.
    -W posix_space   do not consider "\\n" a space.
    -W usage         show this message and exit.
`;

/** mawk's own reading of its arguments: the first word that is no option ends them. */
function* readArguments(io: Io): Task<Arguments> {
  let separator: string | undefined;
  const variables: string[] = [];
  const files: string[] = [];
  let at = 0;
  for (; at < io.args.length; at++) {
    const word = io.args[at] ?? "";
    if (word === "--") {
      at++;
      break;
    }
    if (!word.startsWith("-") || word === "-") break;
    const letter = word[1] ?? "";
    if (word.startsWith("--") || letter === "W" || !"fFv".includes(letter)) {
      const long = letter === "W" ? word.slice(2) || (io.args[++at] ?? "") : "";
      if (/^v(e|er|ers|ersi|ersio|ersion)?$/.test(long)) {
        const modern = toolProfile(io.sys).versions.coreutils !== "9.1";
        io.print(`mawk 1.3.4 ${modern ? "20250131" : "20200120"}\n`);
        yield* io.flush();
        return yield* io.sys.exit(0);
      }
      // `-W` tells of an option it does not know and goes on.
      if (letter === "W" && /^[hu]/.test(long)) {
        io.printError(USAGE);
        yield* io.flush();
        return yield* io.sys.exit(0);
      }
      if (letter === "W") {
        io.warn(`vacuous option: -W ${long}`);
        continue;
      }
      io.warn(`not an option: ${word}`);
      yield* io.flush();
      return yield* io.sys.exit(2);
    }
    let value = word.slice(2);
    if (value === "") {
      const next = io.args[++at];
      if (next === undefined) {
        io.warn(`option ${word} lacks argument`);
        yield* io.flush();
        return yield* io.sys.exit(2);
      }
      value = next;
    }
    if (letter === "F") separator = value;
    else if (letter === "f") files.push(value);
    else if (/^[A-Za-z_]\w*=/.test(value)) variables.push(value);
    else return yield* io.die(2, `improper assignment: -v ${value}`);
  }
  return { separator, variables, files, rest: io.args.slice(at) };
}

/** The program's text, from -f or the first operand. */
function* readProgram(io: Io, given: Arguments): Task<{ text: string; operands: readonly string[] }> {
  if (given.files.length === 0) {
    const [text, ...operands] = given.rest;
    if (text !== undefined) return { text: bytesOf(text), operands };
    io.printError(USAGE);
    yield* io.flush();
    return yield* io.sys.exit(0);
  }
  let text = "";
  for (const file of given.files) {
    const bytes = yield* io.readAll(file);
    if (isErrno(bytes)) return yield* io.die(2, `cannot open ${file} (${bytes.text})`);
    text += `${fromBytes(bytes).replace(/^#!.*/, "").replace(/\n$/, "")}\n`;
  }
  return { text: text.slice(0, -1), operands: given.rest };
}

function* compile(io: Io, text: string): Task<Program> {
  try {
    return parseProgram(text);
  } catch (problem) {
    if (problem instanceof RangeError) return yield* io.die(2, "program too deeply nested");
    if (!(problem instanceof ProgramError)) throw problem;
    for (const message of problem.messages) io.warn(message);
    yield* io.flush();
    return yield* io.sys.exit(2);
  }
}

/** One rule on the current record. */
function* applyRule(rt: Runtime, rule: Rule, active: Set<Rule>): Task<Signal> {
  if (rule.pattern !== undefined && !active.has(rule)) {
    const { sync } = rule.pattern;
    if (!toBoolean(sync !== undefined ? sync(rt) : yield* evaluate(rule.pattern, rt))) return undefined;
    if (rule.until !== undefined) active.add(rule);
  }
  if (rule.until !== undefined && toBoolean(yield* evaluate(rule.until, rt))) active.delete(rule);
  if (rule.body !== undefined) return yield* rule.body(rt);
  rt.output(`${rt.record()}${rt.variable(ORS)}`);
  return undefined;
}

function* runRules(rt: Runtime, rules: readonly Rule[]): Task<Signal> {
  for (const rule of rules) {
    if (rule.body === undefined) continue;
    const signal = yield* rule.body(rt);
    if (signal === "exit") return signal;
  }
  return undefined;
}

function* runMain(rt: Runtime, rules: readonly Rule[]): Task<Signal> {
  const active = new Set<Rule>();
  for (let count = 0; yield* rt.nextRecord(); count++) {
    for (const rule of rules) {
      const signal = yield* applyRule(rt, rule, active);
      if (signal === "exit") return signal;
      if (signal === "nextfile") rt.skipFile();
      if (signal === "next" || signal === "nextfile") break;
    }
    if (rt.io.full) yield* rt.io.drain();
    if (rt.io.writeError !== undefined) return "exit";
    if ((count & 63) === 63) yield* rt.breathe();
  }
  return undefined;
}

function* run(rt: Runtime, program: Program): Task<number> {
  const of = (kind: Rule["kind"]): Rule[] => program.rules.filter((rule) => rule.kind === kind);
  let signal = yield* runRules(rt, of("begin"));
  const [main, end] = [of("main"), of("end")];
  if (signal !== "exit" && main.length + end.length > 0) signal = yield* runMain(rt, main);
  // exit in BEGIN or a rule still runs END.
  if (rt.io.writeError === undefined) yield* runRules(rt, end);
  yield* rt.closeAll();
  return rt.status;
}

const COMMAND: Command = {
  name: "awk",
  summary: "Pattern scanning and text processing language.",
  usage: ["[Options] [Program] [file ...]"],
  usageStatus: 2,
  *run(io) {
    const given = yield* readArguments(io);
    const { text, operands } = yield* readProgram(io, given);
    const program = yield* compile(io, text);
    const rt = new Runtime(io, program.slots, [io.name, ...operands]);
    if (given.separator !== undefined) rt.setGlobal(FS, new Input(unescapeString(bytesOf(given.separator))));
    for (const assignment of given.variables) rt.assignOperand(bytesOf(assignment), unescapeString);
    try {
      return yield* run(rt, program);
    } catch (problem) {
      if (problem instanceof RuntimeRegexError) return yield* io.die(2, `line 1: ${problem.text}`);
      if (problem instanceof RuntimeError) return yield* rt.fail(problem.text);
      throw problem;
    }
  },
};

export const awk = defineCommand(COMMAND);
export const mawk = { ...awk, name: "mawk" };
