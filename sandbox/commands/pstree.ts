// pstree: processes as a tree.

import type { ProcessInfo } from "../kernel/sys.ts";
import { findUser } from "../lib/users.ts";
import { defineCommand } from "./define.ts";

export const pstree = defineCommand({
  name: "pstree",
  package: "psmisc",
  summary: "Display a tree of processes.",
  usage: ["[-acglpsStTuZ] [-h | -H PID] [-n | -N type] [-A | -G | -U] [PID | USER]"],
  options: `
    a,arguments  show command line arguments
    A,ascii  use ASCII line drawing characters
    c,compact-not  don't compact identical subtrees
    g,show-pgids  show process group ids
    l,long  don't truncate long lines
    n,numeric-sort  sort output by PID
    p,show-pids  show PIDs
    s,show-parents  show parents of the selected process
    T,hide-threads  hide threads, show only processes
    u,uid-changes  show uid transitions
    U,unicode  use UTF-8 line drawing characters`,
  *run(io, sys) {
    // The other programs of a pipeline have started by the time pstree looks.
    yield* sys.sleep(4);
    const list = sys.processes().filter((process) => process.state !== "Z");
    const kids = (pid: number) =>
      list
        .filter((process) => process.ppid === pid)
        .sort((a, b) => (io.has("n") || a.comm === b.comm ? a.pid - b.pid : a.comm < b.comm ? -1 : 1));
    const title = (process: ProcessInfo) =>
      process.comm +
      (io.has("p") ? `(${process.pid})` : "") +
      (io.has("a") && process.argv.length > 1 ? ` ${process.argv.slice(1).join(" ")}` : "");
    const [both, single, middle, end, bar] =
      io.has("A") || (!io.has("U") && !io.tty) ? ["-+-", "---", "|-", "`-", "|"] : ["─┬─", "───", "├─", "└─", "│"];
    const lines: string[] = [];
    const draw = (process: ProcessInfo, only: ReadonlySet<number> | undefined): string[] => {
      const name = title(process);
      let subtrees = kids(process.pid)
        .filter((kid) => only === undefined || only.has(kid.pid))
        .map((kid) => draw(kid, only));
      if (!io.has("c") && !io.has("p")) {
        const groups = new Map<string, { tree: string[]; count: number }>();
        for (const tree of subtrees) {
          const key = tree.join("\n");
          const group = groups.get(key);
          if (group === undefined) groups.set(key, { tree, count: 1 });
          else group.count += 1;
        }
        subtrees = [...groups.values()].map(({ tree, count }) =>
          count === 1 ? tree : tree.map((line, i) => (i === 0 ? `${count}*[${line}]` : line)),
        );
      }
      if (process.threads > 1 && !io.has("T")) {
        const count = process.threads - 1;
        if (io.has("p")) for (let i = 1; i <= count; i++) subtrees.push([`{${process.comm}}(${process.pid + i})`]);
        else subtrees.push([count > 1 ? `${count}*[{${process.comm}}]` : `{${process.comm}}`]);
      }
      if (subtrees.length === 0) return [name];
      const pad = " ".repeat(name.length);
      if (subtrees.length === 1)
        return (subtrees[0] ?? []).map((line, i) => (i === 0 ? `${name}${single}${line}` : `${pad}   ${line}`));
      return subtrees.flatMap((tree, at) =>
        tree.map((line, i) => {
          if (at === 0) return i === 0 ? `${name}${both}${line}` : `${pad} ${bar} ${line}`;
          const last = at === subtrees.length - 1;
          return `${pad} ${i === 0 ? (last ? end : middle) : last ? "  " : `${bar} `}${line}`;
        }),
      );
    };
    const word = io.operands[0];
    const uid = word === undefined || /^\d+$/.test(word) ? undefined : findUser(sys, word)?.uid;
    if (word !== undefined && !/^\d+$/.test(word) && uid === undefined) {
      io.printError(`No such user name: ${word}\n`);
      return 1;
    }
    if (uid !== undefined) {
      for (const root of list.filter((process) => process.uid === uid && sys.process(process.ppid)?.uid !== uid))
        lines.push(...draw(root, undefined), "");
    } else {
      const pid = Number(word ?? 1);
      const root = sys.process(pid);
      if (root === undefined) return 1;
      if (io.has("s")) {
        const chain = new Set<number>([pid]);
        for (let at = root; at.ppid > 0; ) {
          const parent = sys.process(at.ppid);
          if (parent === undefined) break;
          chain.add(parent.pid);
          at = parent;
        }
        const topMost = [...chain]
          .map((one) => sys.process(one))
          .find((process) => process !== undefined && !chain.has(process.ppid));
        const chainOnly = new Set([
          ...chain,
          ...list.filter((process) => descends(list, process, pid)).map((process) => process.pid),
        ]);
        if (topMost !== undefined) lines.push(...draw(topMost, chainOnly));
      } else lines.push(...draw(root, undefined));
    }
    io.print(`${lines.join("\n").replace(/\n+$/, "")}\n`);
    return 0;
  },
});

function descends(list: readonly ProcessInfo[], process: ProcessInfo, pid: number): boolean {
  let at: ProcessInfo | undefined = process;
  while (at !== undefined && at.ppid !== 0) {
    if (at.ppid === pid) return true;
    const up: number = at.ppid;
    at = list.find((one) => one.pid === up);
  }
  return false;
}
