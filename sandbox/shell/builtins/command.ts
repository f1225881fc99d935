// type, command, builtin, hash, enable: what a name means.

import type { Task } from "../../kernel/sys.ts";
import { findProgram, searchAll } from "../program.ts";
import { singleQuote } from "../quote.ts";
import { complain, type Shell } from "../state.ts";
import { functionText } from "./declare.ts";
import { type Builtin, badFlags, parseFlags, print } from "./define.ts";
import { builtinNames, isBuiltin } from "./index.ts";

const KEYWORDS = new Set([
  "if",
  "then",
  "else",
  "elif",
  "fi",
  "case",
  "esac",
  "for",
  "select",
  "while",
  "until",
  "do",
  "done",
  "in",
  "function",
  "time",
  "{",
  "}",
  "!",
  "[[",
  "]]",
  "coproc",
]);

/** The default PATH of `command -p`. */
const STANDARD_PATH = "/bin:/usr/bin:/sbin:/usr/sbin:/etc:/usr/etc";

/** Where a name leads when it is typed: a path that can be run. */
function programPath(sh: Shell, name: string): string | undefined {
  if (name.includes("/")) return sh.sys.access(name, "x") === undefined ? name : undefined;
  return searchAll(sh, name)[0];
}

interface Style {
  readonly all: boolean;
  readonly path: boolean;
  readonly force: boolean;
  readonly word: boolean;
  readonly noFunctions: boolean;
  /** `command -v`: what to type, not a sentence. */
  readonly terse: boolean;
}

/** All meanings of a name as lines of text. */
function describe(sh: Shell, name: string, style: Style): string[] {
  const lines: string[] = [];
  const add = (word: string, sentence: string, terse: string) => {
    if (style.all || lines.length === 0) lines.push(style.word ? word : style.terse ? terse : sentence);
  };
  if (!style.force) {
    const alias = sh.state.shopt.has("expand_aliases") ? sh.state.aliases.get(name) : undefined;
    if (alias !== undefined && !style.path)
      add("alias", `${name} is aliased to \`${alias}'`, `alias ${name}=${singleQuote(alias)}`);
    if (KEYWORDS.has(name) && !style.path) add("keyword", `${name} is a shell keyword`, name);
    if (sh.state.functions.has(name) && !style.noFunctions && !style.path)
      add("function", `${name} is a function\n${functionText(sh, name).trimEnd()}`, name);
    if (isBuiltin(sh, name) && !style.path) add("builtin", `${name} is a shell builtin`, name);
    if (
      style.path &&
      !style.all &&
      lines.length === 0 &&
      (sh.state.aliases.has(name) || KEYWORDS.has(name) || sh.state.functions.has(name) || isBuiltin(sh, name))
    )
      return [""];
  }
  const paths = name.includes("/") ? [programPath(sh, name)].filter((path) => path !== undefined) : searchAll(sh, name);
  const hashed = style.all ? undefined : sh.state.hash.get(name)?.path;
  if (hashed !== undefined && lines.length === 0 && paths.length > 0)
    add("file", style.path ? hashed : `${name} is hashed (${hashed})`, hashed);
  else for (const path of paths) add("file", style.path ? path : `${name} is ${path}`, path);
  return lines;
}

export const type: Builtin = {
  usage: "type [-afptP] name [name ...]",
  summary: "Display information about command type.",
  *run(sh, args) {
    const flags = parseFlags(args, "afptP");
    if (flags.bad !== undefined) return yield* badFlags(sh, type, flags);
    const has = (flag: string) => flags.flags.includes(flag);
    let status = 0;
    for (const name of flags.rest) {
      const lines = describe(sh, name, {
        all: has("a"),
        path: has("p") || has("P"),
        force: has("P"),
        word: has("t"),
        noFunctions: has("f"),
        terse: false,
      });
      if (lines.length === 0) {
        status = 1;
        if (!has("t") && !has("p") && !has("P")) yield* complain(sh, `${name}: not found`);
      }
      yield* print(
        sh,
        lines
          .filter((line) => line !== "")
          .map((line) => `${line}\n`)
          .join(""),
      );
    }
    return status;
  },
};

export const command: Builtin = {
  usage: "command [-pVv] command [arg ...]",
  summary: "Execute a simple command or display information about commands.",
  *run(sh, args) {
    const flags = parseFlags(args, "pVv");
    if (flags.bad !== undefined) return yield* badFlags(sh, command, flags);
    const path = flags.flags.includes("p") ? STANDARD_PATH : undefined;
    if (!/[vV]/.test(flags.flags)) {
      if (flags.rest.length === 0) return 0;
      sh.builtin = "";
      return yield* sh.runner.command(sh, flags.rest, { noFunctions: true, ...(path === undefined ? {} : { path }) });
    }
    let found = false;
    const verbose = flags.flags.lastIndexOf("V") > flags.flags.lastIndexOf("v");
    for (const name of flags.rest) {
      const lines = describe(sh, name, {
        all: false,
        path: false,
        force: false,
        word: false,
        noFunctions: false,
        terse: !verbose,
      });
      if (lines.length > 0) found = true;
      else if (verbose) yield* complain(sh, `${name}: not found`);
      yield* print(sh, lines.map((line) => `${line}\n`).join(""));
    }
    return found ? 0 : 1;
  },
};

export const builtin: Builtin = {
  usage: "builtin [shell-builtin [arg ...]]",
  summary: "Execute shell builtins.",
  *run(sh, args) {
    const rest = args[0] === "--" ? args.slice(1) : args;
    const name = rest[0];
    if (name === undefined) return 0;
    if (!isBuiltin(sh, name)) {
      yield* complain(sh, `${name}: not a shell builtin`);
      return 1;
    }
    return yield* sh.runner.command(sh, rest, { builtinOnly: true });
  },
};

export const hash: Builtin = {
  usage: "hash [-lr] [-p pathname] [-dt] [name ...]",
  summary: "Remember or display program locations.",
  *run(sh, args) {
    const table = sh.state.hash;
    const flags = parseFlags(args, "lrp:dt");
    if (flags.bad !== undefined || flags.missing !== undefined) return yield* badFlags(sh, hash, flags);
    const has = (flag: string) => flags.flags.includes(flag);
    if (has("r")) table.clear();
    if (flags.rest.length === 0) {
      if (has("r")) return 0;
      if (table.size === 0) return yield* print(sh, "hash: hash table empty\n");
      if (has("l"))
        return yield* print(sh, [...table].map(([name, entry]) => `builtin hash -p ${entry.path} ${name}\n`).join(""));
      return yield* print(
        sh,
        `hits\tcommand\n${[...table.values()].map((entry) => `${String(entry.hits).padStart(4)}\t${entry.path}\n`).join("")}`,
      );
    }
    let status = 0;
    for (const name of flags.rest)
      status = (yield* hashOne(sh, name, flags.flags, flags.values.p, flags.rest.length > 1)) || status;
    return status;
  },
};

function* hashOne(sh: Shell, name: string, flags: string, path: string | undefined, several: boolean): Task<number> {
  const table = sh.state.hash;
  const missing = function* (): Task<number> {
    yield* complain(sh, `${name}: not found`);
    return 1;
  };
  if (path !== undefined) table.set(name, { path, hits: 0 });
  else if (flags.includes("d")) return table.delete(name) ? 0 : yield* missing();
  else if (flags.includes("t")) {
    const entry = table.get(name);
    if (entry === undefined) return yield* missing();
    yield* print(sh, several ? `${name}\t${entry.path}\n` : `${entry.path}\n`);
  } else if (!name.includes("/") && !isBuiltin(sh, name) && !sh.state.functions.has(name)) {
    table.delete(name);
    if (findProgram(sh, name) === undefined || searchAll(sh, name).length === 0) return yield* missing();
    const entry = table.get(name);
    if (entry !== undefined) entry.hits = 0;
  }
  return 0;
}

export const enable: Builtin = {
  usage: "enable [-a] [-dnps] [-f filename] [name ...]",
  summary: "Enable and disable shell builtins.",
  *run(sh, args) {
    const flags = parseFlags(args, "adnpsf:");
    if (flags.bad !== undefined || flags.missing !== undefined) return yield* badFlags(sh, enable, flags);
    const off = (name: string) => sh.state.completions.has(`disabled:${name}`);
    if (flags.rest.length === 0) {
      const only = flags.flags.includes("n");
      const names = builtinNames().filter((name) => (flags.flags.includes("a") ? true : off(name) === only));
      return yield* print(sh, names.map((name) => `enable ${off(name) ? "-n " : ""}${name}\n`).join(""));
    }
    let status = 0;
    for (const name of flags.rest) {
      if (!builtinNames().includes(name)) {
        yield* complain(sh, `${name}: not a shell builtin`);
        status = 1;
      } else if (flags.flags.includes("n")) sh.state.completions.set(`disabled:${name}`, "");
      else sh.state.completions.delete(`disabled:${name}`);
    }
    return status;
  },
};
