// Programs: looking for them in PATH, remembering where they are, and becoming one.

import { isErrno } from "../kernel/errno.ts";
import type { Task } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import { complain, type Shell } from "./state.ts";
import { exportedEnv, getValue } from "./vars.ts";

/** What a PATH search looks for. */
function isProgram(sh: Shell, path: string): boolean {
  const stat = sh.sys.stat(path);
  return !isErrno(stat) && stat.type === "file" && sh.sys.access(path, "x") === undefined;
}

/** All places of a name in a PATH. */
export function searchAll(sh: Shell, name: string, path = getValue(sh, "PATH") ?? ""): string[] {
  return path
    .split(":")
    .map((folder) => (folder === "" ? `./${name}` : `${folder.replace(/\/$/, "")}/${name}`))
    .filter((full) => isProgram(sh, full));
}

/** Path of the program a name means; a name with a slash is a path. Remembers what it found. */
export function findProgram(sh: Shell, name: string, path?: string): string | undefined {
  if (name.includes("/")) return name;
  if (name === "") return undefined;
  if (path !== undefined) return searchAll(sh, name, path)[0];
  const known = sh.state.hash.get(name);
  if (known !== undefined && (isProgram(sh, known.path) || !sh.state.shopt.has("checkhash"))) {
    known.hits += 1;
    return known.path;
  }
  const found = searchAll(sh, name)[0];
  if (found !== undefined) {
    if (sh.state.options.has("hashall")) sh.state.hash.set(name, { path: found, hits: 1 });
    return found;
  }
  // A file that is there but may not be run is what the message is about.
  const folders = (getValue(sh, "PATH") ?? "").split(":");
  return folders
    .map((folder) => `${folder || "."}/${name}`)
    .find((full) => {
      const stat = sh.sys.stat(full);
      return !isErrno(stat) && stat.type === "file";
    });
}

/** Becomes a program; answers an exit status where that fails. */
export function* runProgram(
  sh: Shell,
  path: string,
  argv: readonly string[],
  extra: Readonly<Record<string, string>> = {},
): Task<number> {
  const env = { ...exportedEnv(sh), ...extra, _: path };
  return yield* sh.runner.replace(sh, path, argv, env);
}

/** Says why a program could not be run. */
export function* cannotRun(sh: Shell, path: string, code: string, text: string): Task<number> {
  const { sys } = sh;
  sh.builtin = "";
  const stat = sys.stat(path);
  if (!isErrno(stat) && stat.type === "directory") {
    yield* complain(sh, `${path}: Is a directory`);
    return 126;
  }
  if (code === "ENOENT" && !isErrno(stat)) {
    const bytes = sys.readFile(path);
    const first = isErrno(bytes) ? "" : decode(bytes.subarray(0, 256)).split("\n", 1)[0];
    const interpreter = /^#!\s*(\S+)/.exec(first ?? "")?.[1];
    const message =
      interpreter === undefined
        ? "cannot execute: required file not found"
        : `${interpreter}: bad interpreter: No such file or directory`;
    yield* complain(sh, `${path}: ${interpreter === undefined ? message : "cannot execute: required file not found"}`);
    return 127;
  }
  yield* complain(sh, `${path}: ${text}`);
  return code === "ENOENT" ? 127 : 126;
}
