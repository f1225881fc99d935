// Plugins: executables called kubectl-NAME along PATH.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import type { Kube } from "./kube.ts";
import { Fail } from "./values.ts";

const folders = (sys: Sys): string[] => (sys.env.PATH ?? "").split(":").filter((folder) => folder !== "");

/** The first executable of the name along PATH. */
export function findInPath(sys: Sys, name: string): string | undefined {
  return folders(sys)
    .map((folder) => `${folder}/${name}`)
    .find((path) => sys.access(path, "x") === undefined);
}

export function* pluginList(kube: Kube): Task<number> {
  const { sys } = kube;
  const found: string[] = [];
  const problems: string[] = [];
  for (const folder of new Set(folders(sys))) {
    const entries = sys.readdir(folder);
    if (isErrno(entries)) continue;
    for (const name of entries.map((entry) => entry.name).sort()) {
      if (!name.startsWith("kubectl-")) continue;
      const path = `${folder}/${name}`;
      found.push(kube.flags.on("name-only") ? name : path);
      if (sys.access(path, "x") !== undefined)
        problems.push(`  - warning: ${path} identified as a kubectl plugin, but it is not executable\n`);
    }
  }
  if (found.length === 0) throw new Fail("unable to find any kubectl plugins in your PATH");
  yield* kube.out(`The following compatible plugins are available:\n\n${found.map((path) => `${path}\n`).join("")}`);
  if (problems.length === 0) return 0;
  yield* kube.err(problems.join(""));
  throw new Fail(
    problems.length === 1 ? "one plugin warning was found" : `${problems.length} plugin warnings were found`,
  );
}
