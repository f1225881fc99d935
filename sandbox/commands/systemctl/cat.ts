// systemctl cat: the files of a unit as they are on the disk now.

import type { Task } from "../../kernel/sys.ts";
import { printConfigFile } from "../../systemd/client/config-print.ts";
import { type Output, PLAIN } from "../../systemd/client/output.ts";
import { viewOf } from "../../systemd/file-view.ts";
import { type Context, unitNames } from "./context.ts";
import { expandPatterns } from "./jobs.ts";

function warnOutdated(out: Output, unit: string): void {
  const lines = [
    `# Warning: ${unit} changed on disk, the version systemd has loaded is outdated.`,
    "# This output shows the current version of the unit's original fragment and drop-in files.",
    "# If fragments or drop-ins were added or removed, they are not properly reflected in this output.",
    "# Run 'systemctl daemon-reload' to reload units.",
  ];
  const red = out.colors ? "\x1b[0;1;31m" : "";
  out.raw(2, `${lines.map((line) => `${red}${line}`).join("\n")}${out.colors ? PLAIN : ""}\n`);
}

/** The verb. */
export function* cat(context: Context): Task<number> {
  const { bus, out, options, sys } = context;
  const view = viewOf(sys);
  const names = yield* expandPatterns(context, unitNames(context, context.args));
  if (!options.has("no-pager")) yield* out.openPager();
  let first = true;
  for (const name of names) {
    const p = yield* bus.show(name);
    if (p.LoadState === "masked") {
      out.print(`${out.paint("\x1b[0;1;35m", `# Unit ${name} is masked`)}.\n`);
      continue;
    }
    const fragment = typeof p.FragmentPath === "string" ? p.FragmentPath : undefined;
    if (fragment === undefined) {
      out.error(`No files found for ${String(p.Id ?? name)}.`);
      return 1;
    }
    if (!first) out.print("\n");
    first = false;
    if (p.NeedDaemonReload === true) warnOutdated(out, String(p.Id));
    const files = [fragment, ...((p.DropInPaths as readonly string[] | undefined) ?? [])];
    for (const [i, path] of files.entries()) {
      const content = view.stat(path) === undefined ? undefined : (view.read(path) ?? "");
      if (content === undefined) {
        out.warning(`Failed to cat ${path}: No such file or directory`);
        continue;
      }
      if (i > 0) out.print("\n");
      printConfigFile(out, path, content);
    }
  }
  return 0;
}
