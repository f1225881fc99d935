// findmnt: what is mounted, as a tree or a list.

import type { MountInfo } from "../kernel/sys.ts";
import { formatHuman } from "../lib/sizes.ts";
import { defineCommand } from "./define.ts";
import { mountOf } from "./stat.ts";

export const findmnt = defineCommand({
  name: "findmnt",
  package: "util-linux",
  summary: "Find a (mounted) filesystem.",
  usage: ["[options]", "[options] <device> | <mountpoint>"],
  options: `
    n,noheadings  don't print column headings
    o,output=list  output columns
    T,target=path  the path to the filesystem to use
    t,types=list  limit the set of filesystems by FS types
    l,list  use list format output
    r,raw  use raw output format`,
  *run(io, sys) {
    const columns = (io.value("o") ?? "TARGET,SOURCE,FSTYPE,OPTIONS").toUpperCase().split(",");
    const bad = columns.find(
      (name) => !["TARGET", "SOURCE", "FSTYPE", "OPTIONS", "SIZE", "AVAIL", "USED", "USE%"].includes(name),
    );
    if (bad !== undefined) return yield* io.die(1, `unknown column: ${bad}`);
    const path = io.value("T");
    const inside = path === undefined ? undefined : mountOf(io, path);
    const [word] = io.operands;
    const type = io.value("t");
    const mounts = sys
      .mounts()
      .filter(
        (one) =>
          (type === undefined || type.split(",").includes(one.type)) &&
          (path === undefined || one === inside) &&
          (word === undefined || one.target === word || one.source === word),
      );
    if (mounts.length === 0) return 1;
    const value = (one: MountInfo, name: string) =>
      ({
        TARGET: one.target,
        SOURCE: one.source,
        FSTYPE: one.type,
        OPTIONS: one.options,
        SIZE: formatHuman(one.size * 1024),
        AVAIL: formatHuman(one.available * 1024),
        USED: formatHuman(one.used * 1024),
        "USE%": one.size === 0 ? "-" : `${Math.ceil((one.used * 100) / one.size)}%`,
      })[name] ?? "";
    const tree = word === undefined && path === undefined && !io.has("l") && !io.has("r") && type === undefined;
    const drawn = tree ? treeOrder(mounts) : mounts.map((one) => [one, ""] as const);
    const rows = drawn.map(([one, prefix]) =>
      columns.map((name) => (name === "TARGET" ? prefix : "") + value(one, name)),
    );
    const table = io.has("n") ? rows : [columns, ...rows];
    const widths = columns.map((_, i) => Math.max(...table.map((row) => row[i]?.length ?? 0)));
    for (const row of table)
      io.print(
        `${row.map((text, i) => (i === row.length - 1 ? text : text.padEnd(io.has("r") ? 0 : (widths[i] ?? 0)))).join(" ")}\n`,
      );
    return 0;
  },
});

/** Mounts below the ones they lie on, with the lines of the tree. */
function treeOrder(mounts: readonly MountInfo[]): (readonly [MountInfo, string])[] {
  const parent = (one: MountInfo) =>
    mounts
      .filter((other) => other !== one && (other.target === "/" || one.target.startsWith(`${other.target}/`)))
      .sort((a, b) => b.target.length - a.target.length)[0];
  const result: (readonly [MountInfo, string])[] = [];
  const visit = (one: MountInfo, own: string, below: string) => {
    result.push([one, own]);
    const kids = mounts.filter((other) => other !== one && parent(other) === one && other.target !== "/");
    kids.forEach((kid, i) => {
      const last = i === kids.length - 1;
      visit(kid, `${below}${last ? "└─" : "├─"}`, `${below}${last ? "  " : "│ "}`);
    });
  };
  for (const root of mounts.filter((one) => one.target === "/")) visit(root, "", "");
  return result;
}
