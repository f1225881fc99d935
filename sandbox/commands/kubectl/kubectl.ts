// kubectl 1.36: finds the command, reads its flags, runs it, and words what went wrong.

import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { formatIndented } from "../../lib/yaml-go/emit.ts";
import { DialError, klogHeader, StatusError } from "./client.ts";
import type { KubectlCommand, MoreCommands } from "./command.ts";
import { errorText } from "./errors.ts";
import type { Expressions } from "./expressions.ts";
import { Flags, GLOBAL_FLAGS, parseFlags, parseSpecs, takesNext } from "./flags.ts";
import { helpText, rootHelp } from "./help.ts";
import { Kube } from "./kube.ts";
import { findInPath } from "./plugins.ts";
import { COMMANDS } from "./tree.ts";
import { BareFail, Fail } from "./values.ts";

interface Found {
  readonly path: string;
  readonly command: KubectlCommand | undefined;
  /** Words that are not the command's name. */
  readonly words: readonly string[];
}

/** The command that words name, as cobra walks: flags may stand before it. */
export function findCommand(words: readonly string[], commands: readonly KubectlCommand[] = COMMANDS): Found {
  let path = "kubectl";
  let command: KubectlCommand | undefined;
  let rest = [...words];
  for (;;) {
    const choices = command === undefined ? commands : (command.sub ?? []);
    if (choices.length === 0) break;
    const specs = [...parseSpecs(command?.flags ?? ""), ...GLOBAL_FLAGS];
    let place = -1;
    for (let i = 0; i < rest.length; i++) {
      const word = rest[i] as string;
      if (word === "--") break;
      if (word.startsWith("-") && word !== "-") {
        if (takesNext(word, specs)) i++;
        continue;
      }
      place = i;
      break;
    }
    const next =
      place < 0
        ? undefined
        : choices.find((one) => one.name === rest[place] || one.aliases?.includes(rest[place] as string));
    if (next === undefined) break;
    path += ` ${next.name}`;
    command = next;
    rest = [...rest.slice(0, place), ...rest.slice(place + 1)];
  }
  return { path, command, words: rest };
}

/** Words that people try, and the commands that answer to them. */
const MEANT: Readonly<Record<string, string>> = {
  list: "get",
  ls: "get",
  rm: "delete",
  remove: "delete",
  inspect: "describe",
};

/** Edit distance, without regard to case. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min(
          (row[j] as number) + 1,
          (next[j - 1] as number) + 1,
          (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[b.length] as number;
}

function unknownCommand(name: string): Fail {
  const lower = name.toLowerCase();
  const close = COMMANDS.filter(
    (one) =>
      !one.name.startsWith("__") &&
      (distance(lower, one.name) <= 2 || one.name.startsWith(lower) || one.name === MEANT[lower]),
  );
  const hint = close.length === 0 ? "" : `\n\nDid you mean this?\n${close.map((one) => `\t${one.name}\n`).join("")}`;
  return new Fail(`unknown command ${JSON.stringify(name)} for "kubectl"${hint}`.replace(/\n$/, ""));
}

function* runRoot(sys: Sys, words: readonly string[]): Task<number> {
  // A word that is no command is told of before any flag is looked at.
  let name: string | undefined;
  for (let i = 0; i < words.length && name === undefined; i++) {
    const word = words[i] as string;
    if (word === "--") break;
    if (!word.startsWith("-") || word === "-") name = word;
    else if (takesNext(word, GLOBAL_FLAGS)) i++;
  }
  if (name !== undefined) {
    if (words[0] !== name) throw new BareFail(`Error: flags cannot be placed before plugin name: ${words[0]}`);
    // The longest name that a plugin has: kubectl-foo-bar is foo bar.
    const flag = words.findIndex((word) => word.startsWith("-"));
    for (let count = flag < 0 ? words.length : flag; count > 0; count--) {
      const plugin = findInPath(
        sys,
        ["kubectl", ...words.slice(0, count).map((word) => word.replaceAll("-", "_"))].join("-"),
      );
      if (plugin === undefined) continue;
      const failed = yield* sys.exec(plugin, [plugin, ...words.slice(count)], sys.env);
      throw new Fail(`fork/exec ${plugin}: ${failed.text.toLowerCase()}`);
    }
    throw unknownCommand(name);
  }
  parseFlags(words, GLOBAL_FLAGS, "kubectl");
  yield* sys.write(1, rootHelp(COMMANDS));
  return 0;
}

/** `kubectl help COMMAND` is `kubectl COMMAND --help`. */
function* dispatchHelp(sys: Sys, words: readonly string[], made: { kube: Kube | undefined }): Task<number> {
  const topic = words.filter((word) => !word.startsWith("-"));
  if (topic.length === 0 || findCommand(topic).command !== undefined)
    return yield* dispatch(sys, topic.length === 0 ? ["--help"] : [...topic, "--help"], made);
  yield* sys.write(
    2,
    `Unknown help topic [${topic.map((word) => `\`${word}\``).join(" ")}]\n\n\n${rootHelp(COMMANDS).replace(/^[\s\S]*?(?=Basic)/, "")}`,
  );
  return 0;
}

/** Commands that can write down what was typed, as the cause of the change. */
const RECORDING =
  /^kubectl (?:annotate|apply|autoscale|create|edit|expose|label|patch|replace|run|scale|set (?:image|resources|selector|serviceaccount))$/;

function* dispatch(sys: Sys, words: readonly string[], made: { kube: Kube | undefined }): Task<number> {
  if (words[0] === "help") return yield* dispatchHelp(sys, words.slice(1), made);
  let { path, command, words: rest } = findCommand(words);
  let commands = COMMANDS;
  if (command?.later) {
    const more = (yield* sys.load("kubectl-more")) as MoreCommands | undefined;
    commands = COMMANDS.map((one) =>
      one.later ? (more?.commands.find((other) => other.name === one.name) ?? one) : one,
    );
    ({ path, command, words: rest } = findCommand(words, commands));
  }
  if (command === undefined && rest[0] === "alpha") {
    yield* sys.write(2, "No alpha commands are available in this version of kubectl\n");
    return 0;
  }
  if (command === undefined) return yield* runRoot(sys, rest);
  const records = RECORDING.test(path) ? " record!" : "";
  // The shell's completion passes its words on as they are.
  const flags = command.name.startsWith("__")
    ? Object.assign(new Flags(), { args: [...rest] })
    : parseFlags(rest, [...parseSpecs((command.flags ?? "") + records), ...GLOBAL_FLAGS], path);
  if (flags.on("help")) {
    yield* sys.write(1, helpText(path, command));
    return 0;
  }
  for (const spec of parseSpecs(command.flags ?? "")) flags.own.add(spec.name);
  if (flags.text("dry-run") === "unchanged") {
    flags.values.set("dry-run", ["client"]);
    const advice = "--dry-run is deprecated and can be replaced with --dry-run=client.\n";
    yield* sys.write(2, klogHeader(sys, "W", "helpers.go:719") + advice);
  }
  if (flags.has("record"))
    yield* sys.write(2, "Flag --record has been deprecated, --record will be removed in the future\n");
  const kube = new Kube(sys, flags, path);
  kube.commands = commands;
  kube.help = helpText(path, command);
  const given = ["output", "template", "sort-by", "for"].map((name) => flags.text(name));
  if (given[1] || given[2] || /path|column|template/i.test(`${given[0]} ${given[3]}`))
    kube.expressions = (yield* sys.load("kubectl-expressions")) as Expressions | undefined;
  made.kube = kube;
  if (command.run !== undefined) {
    const code = yield* command.run(kube);
    const warnings = (yield* warningsOf(kube)) && flags.on("warnings-as-errors");
    if (warnings) throw new Fail(`${warnings === true ? 1 : warnings} warning received`);
    return code;
  }
  const { fd, code } = command.bare ?? { fd: 2, code: 1 };
  if (flags.args.length > 0 && code !== 0) throw kube.usage(`unknown command ${JSON.stringify(flags.args.join(" "))}`);
  yield* sys.write(fd, helpText(path, command));
  return code;
}

/** From -v=4 on a refusal is shown whole, by a format that its argument does not fit; of a failed connection its request. */
function* tellObject(sys: Sys, kube: Kube | undefined, error: unknown): Task {
  if ((kube?.verbose ?? 0) < 4) return;
  const head = klogHeader(sys, "I", "helpers.go:246");
  if (error instanceof StatusError) {
    const { generic: _, ...status } = error.status;
    yield* sys.write(2, `${head}server response object: %s[${formatIndented(status, "  ", false)}]\n`);
  } else if (error instanceof DialError)
    yield* sys.write(2, `${head}Connection error: ${error.verb} ${error.url}: ${error.inner}\n`);
}

function* warningsOf(kube: Kube): Task<number> {
  return kube.flags.has("warnings-as-errors") ? (yield* kube.client()).warnings : 0;
}

function* main(sys: Sys, argv: readonly string[]): Task<number> {
  const made: { kube: Kube | undefined } = { kube: undefined };
  // As in Go: a broken pipe ends the program on stdout and stderr only, not on sockets.
  sys.sigaction("SIGPIPE", "ignore");
  try {
    return yield* dispatch(sys, argv.slice(1), made);
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError || error instanceof ReferenceError) throw error;
    const text = errorText(error);
    if (error instanceof Fail) yield* sys.write(1, error.shown);
    yield* tellObject(sys, made.kube, error);
    if ((error as Error).message !== "") yield* sys.write(2, `${text}${text.endsWith("\n") ? "" : "\n"}`);
    return error instanceof Fail ? error.code : 1;
  } finally {
    const closing = made.kube;
    if (closing !== undefined) yield* closing.close();
  }
}

export const kubectl: Program = { name: "kubectl", main };
