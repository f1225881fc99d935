// Finding a program: along PATH, as execvp(3) does, or as given where it has a slash.

import { isErrno } from "../kernel/errno.ts";
import type { Sys } from "../kernel/sys.ts";

/** Whether the path is a file that this process may execute. */
export function isExecutable(sys: Sys, path: string): boolean {
  const stat = sys.stat(path);
  return !isErrno(stat) && stat.type === "file" && !isErrno(sys.access(path, "x"));
}

/** Path of the program that a name means. A file that is there but not executable is answered where nothing better is. */
export function searchPath(sys: Sys, name: string, path = sys.env.PATH ?? "/bin:/usr/bin"): string | undefined {
  if (name.includes("/")) return name;
  if (name === "") return undefined;
  let refused: string | undefined;
  for (const folder of path.split(":")) {
    const candidate = `${folder === "" ? "." : folder}/${name}`;
    if (isExecutable(sys, candidate)) return candidate;
    const stat = sys.stat(candidate);
    if (!isErrno(stat) && stat.type === "file") refused ??= candidate;
  }
  return refused;
}
