// eval, source and exec.

import { isErrno } from "../../kernel/errno.ts";
import { decode } from "../../kernel/text.ts";
import { findProgram, searchAll } from "../program.ts";
import { complain, Exit } from "../state.ts";
import { exportedEnv } from "../vars.ts";
import { type Builtin, badFlags, parseFlags, usage } from "./define.ts";

export const evalBuiltin: Builtin = {
  usage: "eval [arg ...]",
  summary: "Execute arguments as a shell command.",
  *run(sh, args) {
    const flags = parseFlags(args.slice(0, 1), "");
    if (flags.bad !== undefined) return yield* badFlags(sh, evalBuiltin, flags);
    const text = (args[0] === "--" ? args.slice(1) : args).join(" ");
    if (text.trim() === "") return 0;
    sh.builtin = "";
    return yield* sh.runner.evaluate(sh, text, { label: "eval", line: sh.line });
  },
};

export const source: Builtin = {
  usage: "source filename [arguments]",
  summary: "Execute commands from a file in the current shell.",
  *run(sh, args) {
    const rest = args[0] === "--" ? args.slice(1) : args;
    const [name, ...params] = rest;
    if (name === undefined) {
      yield* complain(sh, "filename argument required");
      return yield* usage(sh, sh.builtin === "." ? dot : source);
    }
    if (rest === args && /^-./.test(name))
      return yield* badFlags(sh, sh.builtin === "." ? dot : source, {
        flags: "",
        values: {},
        rest: [],
        bad: name.slice(0, 2),
        used: 0,
      });
    const found = name.includes("/") || !sh.state.shopt.has("sourcepath") ? undefined : searchReadable(sh, name);
    const path = found ?? name;
    const bytes = sh.sys.readFile(path);
    const stat = sh.sys.stat(path);
    const { builtin } = sh;
    sh.builtin = "";
    if (!isErrno(stat) && stat.type === "directory") {
      sh.builtin = builtin;
      yield* complain(sh, `${name}: is a directory`);
      return 1;
    }
    let text: string;
    if (isErrno(bytes)) {
      const piped = bytes.code === "EINVAL" || path.startsWith("/dev/") ? yield* readStream(sh, path) : undefined;
      if (piped === undefined) {
        yield* complain(sh, `${name}: ${bytes.text}`);
        return 1;
      }
      text = piped;
    } else text = decode(bytes);
    if (text.slice(0, 80).includes("\0")) {
      sh.builtin = builtin;
      yield* complain(sh, `${name}: cannot execute binary file`);
      return 126;
    }
    const saved = sh.state.params;
    if (params.length > 0) sh.state.params = params;
    try {
      return yield* sh.runner.evaluate(sh, text, { source: path, line: 1 });
    } finally {
      if (params.length > 0) sh.state.params = saved;
    }
  },
};

export const dot: Builtin = { ...source, usage: ". filename [arguments]" };

function searchReadable(sh: Parameters<Builtin["run"]>[0], name: string): string | undefined {
  const path = sh.state.scopes[0]?.get("PATH")?.value ?? "";
  return path
    .split(":")
    .map((folder) => `${folder || "."}/${name}`)
    .find((full) => {
      const stat = sh.sys.stat(full);
      return !isErrno(stat) && stat.type === "file";
    });
}

/** Text of a pipe, as `source <(…)` reads it. */
function* readStream(sh: Parameters<Builtin["run"]>[0], path: string) {
  const fd = sh.sys.open(path, { read: true });
  if (isErrno(fd)) return undefined;
  let text = "";
  for (;;) {
    const bytes = yield* sh.sys.read(fd);
    if (isErrno(bytes) || bytes.length === 0) break;
    text += decode(bytes);
  }
  sh.sys.close(fd);
  return text;
}

export const exec: Builtin = {
  usage: "exec [-cl] [-a name] [command [argument ...]] [redirection ...]",
  summary: "Replace the shell with the given command.",
  *run(sh, args) {
    const flags = parseFlags(args, "cla:");
    if (flags.bad !== undefined || flags.missing !== undefined) return yield* badFlags(sh, exec, flags);
    const name = flags.rest[0];
    if (name === undefined) return 0;
    const path = findProgram(sh, name);
    const give = function* (text: string, status: number) {
      yield* complain(sh, text);
      if (!sh.state.interactive && !sh.state.shopt.has("execfail")) throw new Exit(status);
      return status;
    };
    if (path === undefined) return yield* give(`${name}: not found`, 127);
    if (!name.includes("/") && searchAll(sh, name).length === 0) return yield* give(`${path}: Permission denied`, 126);
    const stat = sh.sys.stat(path);
    if (isErrno(stat)) {
      const status = yield* give(`${name}: cannot execute: ${stat.text}`, 127);
      return status;
    }
    if (stat.type === "directory") return yield* give(`${name}: cannot execute: Is a directory`, 126);
    if (sh.sys.access(path, "x") !== undefined) return yield* give(`${name}: cannot execute: Permission denied`, 126);
    const argv = [...flags.rest];
    if (flags.values.a !== undefined) argv[0] = flags.values.a;
    if (flags.flags.includes("l")) argv[0] = `-${argv[0]}`;
    const status = yield* sh.runner.replace(
      sh,
      path,
      argv,
      flags.flags.includes("c") ? {} : { ...exportedEnv(sh), _: path },
    );
    throw new Exit(status);
  },
};
