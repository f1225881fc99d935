// The folders PID 1 makes for a service before it runs, and takes away after it: RuntimeDirectory= and its like (systemd.exec(5)).

import type { Sys } from "../../kernel/sys.ts";
import { removeTree } from "../../lib/remove-tree.ts";
import { type Definition, settingOf, settingsOf } from "../definition.ts";

const KINDS = [
  ["Runtime", "/run"],
  ["State", "/var/lib"],
  ["Cache", "/var/cache"],
  ["Logs", "/var/log"],
  ["Configuration", "/etc"],
] as const;

/** Paths below `root` that a setting names; what follows a colon is the name of a link, and not made. */
function pathsOf(definition: Definition, kind: string, root: string): string[] {
  const words = settingsOf(definition, `Service.${kind}Directory`).flatMap((text) => text.split(/\s+/));
  return words.filter((word) => word !== "").map((word) => `${root}/${(word.split(":")[0] ?? "").replace(/\/+$/, "")}`);
}

function makeParents(sys: Sys, path: string): void {
  const parts = path.split("/").slice(1, -1);
  for (const i of parts.keys()) sys.mkdir(`/${parts.slice(0, i + 1).join("/")}`, 0o755);
}

/** Makes a service's folders; the variables that tell it where they are. */
export function makeFolders(sys: Sys, definition: Definition, uid: number, gid: number): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [kind, root] of KINDS) {
    const paths = pathsOf(definition, kind, root);
    if (paths.length === 0) continue;
    const mode = Number.parseInt(settingOf(definition, `Service.${kind}DirectoryMode`) ?? "0755", 8);
    for (const path of paths) {
      makeParents(sys, path);
      sys.mkdir(path, mode);
      sys.chmod(path, mode);
      if (kind !== "Configuration") sys.chown(path, uid, gid);
    }
    env[`${kind.toUpperCase()}_DIRECTORY`] = paths.join(":");
  }
  return env;
}

/** Takes a service's runtime folders away, unless they are to stay. */
export function dropFolders(sys: Sys, definition: Definition, restarting: boolean): void {
  const keep = settingOf(definition, "Service.RuntimeDirectoryPreserve") ?? "no";
  if (/^(?:yes|true|1|on)$/.test(keep) || (keep === "restart" && restarting)) return;
  for (const path of pathsOf(definition, "Runtime", "/run")) removeTree(sys, path);
}
