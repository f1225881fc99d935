// jq 1.6: filters and reshapes JSON.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { type Command, defineCommand, type Io } from "../define.ts";
import { toolProfile } from "../profile.ts";
import { builtins } from "./builtins.ts";
import { check } from "./check.ts";
import { CompileError } from "./compile-error.ts";
import { Env, Halt, type Machine } from "./env.ts";
import type { Filter } from "./filter.ts";
import { formatJson, JsonError, JsonReader, type Style } from "./json.ts";
import { LIBRARY } from "./library.ts";
import { parseLibrary, parseProgram } from "./parse.ts";
import { values } from "./run.ts";
import { JqError, kindOf, truthy } from "./values.ts";

interface Options {
  readonly flags: ReadonlySet<string>;
  readonly indent: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly positional: readonly unknown[];
  readonly program: string | undefined;
  readonly files: readonly string[];
}

const LONG: Readonly<Record<string, string>> = {
  slurp: "s",
  "raw-input": "R",
  "null-input": "n",
  "compact-output": "c",
  "color-output": "C",
  "monochrome-output": "M",
  "ascii-output": "a",
  unbuffered: "u",
  "sort-keys": "S",
  "raw-output": "r",
  "join-output": "j",
  "exit-status": "e",
  "from-file": "f",
  help: "h",
};

const USAGE = `Usage:\tjq [OPTIONS] FILTER [FILES...]
\tjq [OPTIONS] --args FILTER [ARGUMENTS...]
\tjq [OPTIONS] --jsonargs FILTER [JSON_VALUES...]
`;

function* fail(io: Io, status: number, text: string): Task<never> {
  io.printError(text);
  yield* io.flush();
  return yield* io.sys.exit(status);
}

function* readOptions(io: Io): Task<Options> {
  const flags = new Set<string>();
  const variables: Record<string, unknown> = {};
  const named: Record<string, unknown> = {};
  const positional: unknown[] = [];
  const files: string[] = [];
  let indent: string | undefined = "  ";
  let program: string | undefined;
  let rest: "files" | "args" | "jsonargs" = "files";
  const set = (name: string, value: unknown): void => {
    variables[name] = value;
    named[name] = value;
  };
  for (let i = 0; i < io.args.length; i++) {
    const word = io.args[i] ?? "";
    const parse = function* (text: string, option: string): Task<unknown> {
      try {
        const found = new JsonReader(text).next();
        if (found !== "done") return found.value;
      } catch (problem) {
        if (!(problem instanceof JsonError)) throw problem;
      }
      return yield* fail(
        io,
        2,
        `jq: Invalid JSON text passed to --${option}\nUse jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://stedolan.github.io/jq\n`,
      );
    };
    // A minus before anything but a letter begins a program, such as -1.
    if (!/^-[-A-Za-z]/.test(word)) {
      if (program === undefined && !flags.has("f")) program = word;
      else if (program === undefined) program = word;
      else if (rest === "args") positional.push(word);
      else if (rest === "jsonargs") positional.push(yield* parse(word, "jsonargs"));
      else files.push(word);
      continue;
    }
    const long = word.startsWith("--") ? word.slice(2) : undefined;
    if (long === undefined || LONG[long] !== undefined) {
      const letters = long === undefined ? [...word.slice(1)] : [LONG[long] ?? ""];
      const bad = letters.find((letter) => !"sRncCMaSrjefhV".includes(letter));
      if (bad !== undefined) return yield* unknownOption(io, word);
      for (const letter of letters) flags.add(letter);
      continue;
    }
    const next = (): string => io.args[++i] ?? "";
    switch (long) {
      case "":
        break;
      case "tab":
        indent = "\t";
        break;
      case "indent": {
        const count = Number(next());
        if (!(count >= 0 && count <= 7))
          return yield* fail(io, 2, `jq: Cannot indent ${count < 0 ? "less than zero" : "more than 7 characters"}\n`);
        indent = count === 0 ? undefined : " ".repeat(count);
        break;
      }
      case "arg":
        set(next(), next());
        break;
      case "argjson": {
        const name = next();
        set(name, yield* parse(next(), "argjson"));
        break;
      }
      case "slurpfile":
      case "rawfile": {
        const [name, file] = [next(), next()];
        const bytes = yield* io.readAll(file);
        if (isErrno(bytes))
          return yield* fail(
            io,
            2,
            `jq: Bad JSON in --${long} ${name} ${file}: Could not open ${file}: ${bytes.text}\n`,
          );
        const text = decode(bytes);
        set(name, long === "rawfile" ? text : readAllValues(text));
        break;
      }
      case "args":
      case "jsonargs":
        rest = long;
        break;
      case "version":
        io.print(`jq-${toolProfile(io.sys).versions.jq}\n`);
        yield* io.flush();
        return yield* io.sys.exit(0);
      case "seq":
      case "stream":
        return yield* fail(io, 2, `jq: --${long} is not modelled in this sandbox\n`);
      default:
        return yield* unknownOption(io, word);
    }
  }
  if (flags.has("V")) flags.add("h");
  variables.ARGS = { positional, named };
  if (flags.has("c")) indent = undefined;
  return { flags, indent, variables, positional, program, files };
}

function* unknownOption(io: Io, word: string): Task<never> {
  return yield* fail(
    io,
    2,
    `jq: Unknown option ${word}\nUse jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://stedolan.github.io/jq\n`,
  );
}

function readAllValues(text: string): unknown[] {
  const reader = new JsonReader(text);
  const found: unknown[] = [];
  for (let next = reader.next(); next !== "done"; next = reader.next()) found.push(next.value);
  return found;
}

function* compileProgram(io: Io, text: string, options: Options): Task<Filter> {
  try {
    const program = parseProgram(text);
    const functions = new Set(parseLibrary(LIBRARY).map(({ name, params }) => `${name}/${params.length}`));
    check(program, text, functions, new Set([...Object.keys(options.variables), "__prog_args"]));
    return program;
  } catch (problem) {
    if (problem instanceof RangeError)
      return yield* fail(io, 3, "jq: error: program is too deeply nested\njq: 1 compile error\n");
    if (!(problem instanceof CompileError)) throw problem;
    return yield* fail(
      io,
      3,
      `jq: error: ${problem.text}\njq: ${problem.count} compile error${problem.count === 1 ? "" : "s"}\n`,
    );
  }
}

/** All inputs, one text after another, as values or raw lines. */
class Inputs {
  readonly texts: { readonly name: string; readonly text: string }[] = [];
  readonly #raw: boolean;
  #at = -1;
  #reader: JsonReader | undefined;
  #lines: string[] = [];

  constructor(raw: boolean) {
    this.#raw = raw;
  }

  next(): { value: unknown } | undefined {
    for (;;) {
      if (this.#raw) {
        const line = this.#lines.shift();
        if (line !== undefined) return { value: line };
      } else {
        const found = this.#reader?.next();
        if (found !== undefined && found !== "done") return found;
      }
      const text = this.texts[++this.#at];
      if (text === undefined) return undefined;
      if (this.#raw) this.#lines = text.text === "" ? [] : text.text.replace(/\n$/, "").split("\n");
      else this.#reader = new JsonReader(text.text);
    }
  }

  /** `nodes.json:4`: where reading stands. */
  get place(): string {
    const current = this.texts[Math.min(this.#at, this.texts.length - 1)];
    if (current === undefined || this.#at < 0) return "<unknown>";
    return `${current.name}:${this.#raw ? current.text.split("\n").length - 1 - this.#lines.length : (this.#reader?.line ?? 0)}`;
  }

  get name(): string | null {
    const name = this.texts[Math.min(Math.max(this.#at, 0), this.texts.length - 1)]?.name;
    return name === undefined || name === "<stdin>" ? null : name;
  }
}

const COMMAND: Command = {
  name: "jq",
  summary: "Command-line JSON processor.",
  usage: ["[OPTIONS] FILTER [FILES...]"],
  package: "other",
  *run(io, sys) {
    const options = yield* readOptions(io);
    const { flags } = options;
    let { program } = options;
    const files = [...options.files];
    if (flags.has("h") || (program === undefined && sys.isatty(0) && sys.isatty(1))) {
      if (flags.has("h")) io.print(USAGE);
      else io.printError(USAGE);
      return flags.has("h") ? 0 : 2;
    }
    if (flags.has("f") && program !== undefined) {
      const bytes = yield* io.readAll(program);
      if (isErrno(bytes)) return yield* fail(io, 2, `jq: error: Could not open ${program}: ${bytes.text}\n`);
      program = decode(bytes).replace(/^#!.*/, "");
    }
    const filter = yield* compileProgram(io, program ?? ".", options);
    const inputs = new Inputs(flags.has("R"));
    let status = 0;
    for (const file of files.length > 0 ? files : ["-"]) {
      if (file === "-" && flags.has("n") && files.length === 0) {
        // -n reads its input only when the program asks for it; a terminal would wait.
        if (!/\binputs?\b/.test(program ?? "")) continue;
      }
      const bytes = yield* io.readAll(file);
      if (isErrno(bytes)) {
        io.printError(
          bytes.code === "EISDIR"
            ? `jq: error: Could not open file ${file}: It's a directory\n`
            : `jq: error: Could not open file ${file}: ${bytes.text}\n`,
        );
        status = 2;
      } else
        inputs.texts.push({
          name: file === "-" ? "<stdin>" : file,
          text: decode(bytes).replace(/[\udc80-\udcff]/g, "\ufffd"),
        });
    }
    const run = new Run(io, options, inputs, filter);
    const result = yield* run.all();
    return status !== 0 && result <= 1 ? status : result;
  },
};

class Run {
  readonly #io: Io;
  readonly #options: Options;
  readonly #inputs: Inputs;
  readonly #filter: Filter;
  readonly #env: Env;
  readonly #style: Style;
  #status = 0;
  #last: unknown;
  #any = false;

  constructor(io: Io, options: Options, inputs: Inputs, filter: Filter) {
    this.#io = io;
    this.#options = options;
    this.#inputs = inputs;
    this.#filter = filter;
    const { flags } = options;
    const machine: Machine = {
      input: () => inputs.next(),
      now: () => io.sys.now(),
      environment: { ...io.sys.env },
      file: () => inputs.name,
      debug: (value) => io.printError(`${formatJson(value, { ...this.#style, indent: undefined, color: false })}\n`),
      builtins,
      depth: 0,
    };
    this.#env = new Env(machine);
    for (const { name, params, body } of parseLibrary(LIBRARY))
      this.#env.functions.set(`${name}/${params.length}`, { params, body, env: this.#env });
    for (const [name, value] of Object.entries(options.variables)) this.#env.variables.set(name, value);
    this.#style = {
      indent: options.indent,
      sorted: flags.has("S"),
      ascii: flags.has("a"),
      color: flags.has("C") || (io.tty && !flags.has("M")),
    };
  }

  *all(): Task<number> {
    const { flags } = this.#options;
    try {
      if (flags.has("n")) yield* this.#one(null);
      else if (flags.has("s")) {
        if (flags.has("R")) yield* this.#one(this.#inputs.texts.map((one) => one.text).join(""));
        else {
          const list: unknown[] = [];
          for (let next = this.#inputs.next(); next !== undefined; next = this.#inputs.next()) list.push(next.value);
          yield* this.#one(list);
        }
      } else {
        for (let next = this.#inputs.next(); next !== undefined; next = this.#inputs.next()) {
          yield* this.#one(next.value);
          if (this.#io.writeError !== undefined) break;
        }
      }
    } catch (problem) {
      if (problem instanceof JsonError) {
        yield* this.#io.flush();
        // Since 1.7 with the program's name, and as an error of the input.
        const old = toolProfile(this.#io.sys).versions.jq === "1.6";
        this.#io.printError(`${old ? "" : "jq: "}parse error: ${problem.text}\n`);
        this.#status = old ? 4 : 5;
      } else if (problem instanceof Halt) return yield* this.#halt(problem);
      else throw problem;
    }
    if (this.#status !== 0 || !flags.has("e")) return this.#status;
    return !this.#any ? 4 : truthy(this.#last) ? 0 : 1;
  }

  *#halt(halt: Halt): Task<number> {
    yield* this.#io.flush();
    if (halt.value !== undefined)
      this.#io.printError(
        typeof halt.value === "string"
          ? halt.value
          : `${formatJson(halt.value, { ...this.#style, indent: undefined })}\n`,
      );
    return halt.status;
  }

  /** One input through the program. The exit status is that of the last input. */
  *#one(input: unknown): Task<void> {
    this.#status = 0;
    try {
      for (const value of values(this.#filter, this.#env, input)) {
        this.#any = true;
        this.#last = value;
        this.#print(value);
        if (this.#io.full) yield* this.#io.drain();
        if (this.#io.writeError !== undefined) return;
        if (this.#io.sys.due()) yield* this.#io.sys.rest();
      }
    } catch (problem) {
      if (problem instanceof RangeError) yield* this.#complain(new JqError("recursion is too deep for this sandbox"));
      else if (problem instanceof JqError) yield* this.#complain(problem);
      else throw problem;
    }
  }

  #print(value: unknown): void {
    const { flags } = this.#options;
    const raw = (flags.has("r") || flags.has("j")) && typeof value === "string";
    this.#io.print((raw ? value : formatJson(value, this.#style)) + (flags.has("j") ? "" : "\n"));
  }

  *#complain(problem: JqError): Task<void> {
    yield* this.#io.flush();
    const { value } = problem;
    // error(null) is no error at all.
    if (value === null) return;
    const place = `(at ${this.#inputs.place})`;
    const kind = kindOf(value);
    const text =
      kind === "string"
        ? `${place}: ${value as string}`
        : `${place} (not a string): ${formatJson(value, { ...this.#style, indent: undefined, color: false })}`;
    this.#io.printError(`jq: error ${text}\n`);
    this.#status = 5;
  }
}

export const jq = defineCommand(COMMAND);
