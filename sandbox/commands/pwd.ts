// pwd: the program (bash has its own): the working directory, -L from PWD where that is right.

import { isErrno } from "../kernel/errno.ts";
import { defineCommand } from "./define.ts";

export const pwd = defineCommand({
  name: "pwd",
  summary: "Print the full filename of the current working directory.",
  usage: ["[OPTION]..."],
  options: `
    L,logical  use PWD from environment, even if it contains symlinks
    P,physical  avoid all symlinks`,
  *run(io, sys) {
    if (io.operands.length > 0) io.warn("ignoring non-option arguments");
    const logical = io.options.findLast(([key]) => key === "L" || key === "P")?.[0] === "L";
    const named = sys.env.PWD;
    const here = sys.getcwd();
    const there = logical && named?.startsWith("/") && !/\/\.\.?(\/|$)/.test(named) ? sys.realpath(named) : undefined;
    io.print(`${there !== undefined && !isErrno(there) && there === here ? named : here}\n`);
    return 0;
  },
});
