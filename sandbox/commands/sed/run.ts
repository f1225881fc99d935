// Carries out a sed program, one cycle a line.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import type { Regex } from "../../lib/regex/regex.ts";
import { substitute } from "../../lib/regex/replace.ts";
import type { Io } from "../define.ts";
import type { Input } from "./input.ts";
import type { Output, WriteFiles } from "./output.ts";
import type { Address, SedCommand } from "./script.ts";

export interface RunOptions {
  readonly quiet: boolean;
  readonly posix: boolean;
  readonly end: "\n" | "\0";
  readonly lineLength: number;
  readonly unbuffered: boolean;
}

type Range = { state: "off" | "on" | "done"; end: number };

/** What ends a cycle: go on with the next line, start again without reading, or leave. */
type Flow = "next" | "restart" | { readonly quit: number };

export class Runner {
  readonly #io: Io;
  readonly #commands: readonly SedCommand[];
  readonly #input: Input;
  readonly #output: () => Output;
  readonly #files: WriteFiles;
  readonly #options: RunOptions;
  readonly #ranges: Range[];
  #space = "";
  #ended = true;
  #hold = "";
  #holdEnded = true;
  #replaced = false;
  /** Text of a, r and R, written when the cycle ends. */
  #queue: (() => void)[] = [];
  readonly #readers = new Map<string, string[]>();
  #lastRegex: Regex | undefined;

  constructor(
    io: Io,
    commands: readonly SedCommand[],
    input: Input,
    output: () => Output,
    files: WriteFiles,
    options: RunOptions,
  ) {
    this.#io = io;
    this.#commands = commands;
    this.#input = input;
    this.#output = output;
    this.#files = files;
    this.#options = options;
    this.#ranges = commands.map((command) => {
      const fromStart = command.first?.kind === "line" && command.first.line === 0;
      return { state: fromStart ? "on" : "off", end: 0 };
    });
  }

  /** Runs to the end of the input; the exit status. */
  *run(): Task<number> {
    let flow: Flow = "next";
    for (let count = 0; ; count++) {
      if (flow === "next" && !(yield* this.#readLine())) break;
      flow = yield* this.#cycle();
      this.#dumpQueue();
      if (typeof flow === "object") {
        this.#input.finish();
        return flow.quit;
      }
      if (this.#io.full) yield* this.#io.drain();
      if (this.#options.unbuffered) yield* this.#io.flush();
      if (this.#io.writeError !== undefined) break;
      if ((count & 63) === 63 && this.#io.sys.due()) yield* this.#io.sys.rest();
    }
    return this.#io.status;
  }

  *#readLine(): Task<boolean> {
    const line = yield* this.#input.read();
    if (line === undefined) return false;
    this.#space = line.text;
    this.#ended = line.ended;
    this.#replaced = false;
    return true;
  }

  #dumpQueue(): void {
    const queue = this.#queue;
    this.#queue = [];
    for (const write of queue) write();
  }

  #print(): void {
    this.#output().line(this.#space, this.#ended);
  }

  *#cycle(): Task<Flow> {
    let pc = 0;
    for (let steps = 0; pc < this.#commands.length; steps++) {
      if ((steps & 1023) === 1023 && this.#io.sys.due()) yield* this.#io.sys.rest();
      const command = this.#commands[pc] as SedCommand;
      if ((yield* this.#selects(command, pc)) === command.negated) {
        pc = command.name === "{" ? command.target : pc + 1;
        continue;
      }
      const flow = yield* this.#execute(command, pc);
      if (typeof flow === "number") pc = flow;
      else return flow;
    }
    if (!this.#options.quiet) this.#print();
    return "next";
  }

  /** One command: the place to go on, or how the cycle ends. */
  *#execute(command: SedCommand, pc: number): Task<number | Flow> {
    const { text } = command;
    switch (command.name) {
      case "=":
        this.#output().raw(`${this.#input.number}\n`);
        break;
      case "a":
        this.#queue.push(() => this.#output().raw(text));
        break;
      case "i":
        this.#output().raw(text);
        break;
      case "c": {
        const isInside = command.second !== undefined && this.#ranges[pc]?.state === "on" && !command.negated;
        if (!isInside) this.#output().raw(text);
        return "next";
      }
      case "b":
        return command.target;
      case "t":
      case "T": {
        const taken = this.#replaced === (command.name === "t");
        this.#replaced = false;
        if (taken) return command.target;
        break;
      }
      case "d":
        return "next";
      case "D": {
        const at = this.#space.indexOf("\n");
        if (at < 0) return "next";
        this.#space = this.#space.slice(at + 1);
        return "restart";
      }
      case "F":
        this.#output().raw(`${this.#input.file}\n`);
        break;
      case "g":
        this.#space = this.#hold;
        this.#ended = this.#holdEnded;
        break;
      case "G":
        this.#space += this.#options.end + this.#hold;
        break;
      case "h":
        this.#hold = this.#space;
        this.#holdEnded = this.#ended;
        break;
      case "H":
        this.#hold += this.#options.end + this.#space;
        break;
      case "x":
        // Whether the line had a newline goes with it.
        [this.#space, this.#hold] = [this.#hold, this.#space];
        [this.#ended, this.#holdEnded] = [this.#holdEnded, this.#ended];
        break;
      case "l":
        this.#list(command.number ?? this.#options.lineLength);
        break;
      case "n":
        if (yield* this.#input.isLast()) {
          if (this.#options.posix) return { quit: this.#io.status };
          return yield* this.#end();
        }
        if (!this.#options.quiet) this.#print();
        this.#dumpQueue();
        return (yield* this.#readNext()) ? pc + 1 : { quit: this.#io.status };
      case "N": {
        if (yield* this.#input.isLast()) return this.#options.posix ? { quit: this.#io.status } : yield* this.#end();
        const before = this.#space;
        this.#dumpQueue();
        if (!(yield* this.#readNext())) return { quit: this.#io.status };
        this.#space = before + this.#options.end + this.#space;
        break;
      }
      case "p":
        this.#print();
        break;
      case "P":
        this.#output().line(this.#space.split("\n", 1)[0] ?? "", true);
        break;
      case "q":
        if (!this.#options.quiet) this.#print();
        return { quit: command.number ?? this.#io.status };
      case "Q":
        return { quit: command.number ?? this.#io.status };
      case "r": {
        const contents = text === "/dev/stdin" ? yield* this.#io.readFd(0) : this.#io.sys.readFile(text);
        this.#queue.push(() => this.#output().raw(isErrno(contents) ? "" : decode(contents)));
        break;
      }
      case "R":
        this.#queueLine(text);
        break;
      case "s":
        this.#substitute(command);
        break;
      case "w":
        this.#files.get(text).line(this.#space, this.#ended);
        break;
      case "W":
        this.#files.get(text).line(this.#space.split("\n", 1)[0] ?? "", true);
        break;
      case "y":
        this.#space = [...this.#space].map((char) => command.map?.get(char) ?? char).join("");
        break;
      case "z":
        this.#space = "";
        break;
    }
    return pc + 1;
  }

  /** n or N with nothing left to read: print and leave, unless another file of -i or -s follows. */
  *#end(): Task<Flow> {
    if (!this.#options.quiet) this.#print();
    return "next";
  }

  *#readNext(): Task<boolean> {
    const replaced = this.#replaced;
    const found = yield* this.#readLine();
    this.#replaced = replaced;
    return found;
  }

  #queueLine(name: string): void {
    let lines = this.#readers.get(name);
    if (lines === undefined) {
      const bytes = this.#io.sys.readFile(name);
      lines = isErrno(bytes) ? [] : decode(bytes).replace(/\n$/, "").split("\n");
      if (!isErrno(bytes) && bytes.length === 0) lines = [];
      this.#readers.set(name, lines);
    }
    const line = lines.shift();
    if (line !== undefined) this.#queue.push(() => this.#output().line(line, true));
  }

  #substitute(command: SedCommand): void {
    const order = command.substitution;
    if (order === undefined) return;
    const result = substitute(this.#space, this.#regex(order.regex), order);
    if (result === undefined) return;
    this.#space = result;
    this.#replaced = true;
    if (order.print > 0) this.#print();
    if (order.file !== undefined) this.#files.get(order.file).line(this.#space, this.#ended);
  }

  /** An empty regular expression is the last one that was used. */
  #regex(regex: Regex | undefined): Regex {
    const found = regex ?? this.#lastRegex;
    if (found === undefined) throw new NoPreviousRegex();
    this.#lastRegex = found;
    return found;
  }

  *#selects(command: SedCommand, index: number): Task<boolean> {
    const { first, second } = command;
    if (first === undefined) return true;
    if (second === undefined) return yield* this.#matches(first);
    const range = this.#ranges[index] as Range;
    const line = this.#input.number;
    if (range.state === "on") {
      if (second.kind === "regex" || second.kind === "last" || second.kind === "step") {
        if (yield* this.#matches(second)) range.state = "done";
        return true;
      }
      const end = second.kind === "line" ? second.line : range.end;
      if (end <= line) range.state = "done";
      return line <= end;
    }
    if (!(yield* this.#matches(first))) return false;
    if (second.kind === "line" && line >= second.line) return true;
    if (second.kind === "plus") range.end = line + second.count;
    // From a multiple itself it goes on to the next one.
    if (second.kind === "multiple") range.end = second.of > 0 ? line + second.of - (line % second.of) : line;
    if ((second.kind === "plus" || second.kind === "multiple") && range.end <= line) return true;
    range.state = "on";
    return true;
  }

  *#matches(address: Address): Task<boolean> {
    const line = this.#input.number;
    switch (address.kind) {
      case "line":
        return line === address.line;
      case "step":
        return line >= address.first && (line - address.first) % address.step === 0;
      case "last":
        return yield* this.#input.isLast();
      case "regex":
        return this.#regex(address.regex).test(this.#space);
      default:
        return false;
    }
  }

  /** The l command: everything visible, long lines folded. */
  #list(length: number): void {
    const width = length > 0 ? length - 1 : Infinity;
    const names: Readonly<Record<number, string>> = {
      7: "a",
      8: "b",
      9: "t",
      10: "n",
      11: "v",
      12: "f",
      13: "r",
      92: "\\",
    };
    let result = "";
    let column = 0;
    for (const byte of encode(this.#space)) {
      const name = names[byte];
      const shown =
        name !== undefined
          ? `\\${name}`
          : byte >= 32 && byte < 127
            ? String.fromCharCode(byte)
            : `\\${byte.toString(8).padStart(3, "0")}`;
      if (column + shown.length > width) {
        result += "\\\n";
        column = 0;
      }
      result += shown;
      column += shown.length;
    }
    this.#output().raw(`${result}$\n`);
  }
}

/** `//` before any regular expression was used. */
export class NoPreviousRegex {}
