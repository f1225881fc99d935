// which: where along PATH a command lies.

import { isExecutable } from "../lib/path-search.ts";
import { defineCommand } from "./define.ts";

export const which = defineCommand({
  name: "which",
  package: "other",
  summary: "Locate a command along PATH.",
  usage: ["[-as] args"],
  *run(io, sys) {
    const names: string[] = [];
    let all = false;
    let silent = false;
    for (const word of io.args) {
      if (word.startsWith("-") && word.length > 1 && names.length === 0) {
        if (!/^-[as]+$/.test(word)) {
          const letter = /[^as]/.exec(word.slice(1))?.[0] ?? "";
          io.printError(`Illegal option -${letter}\n`);
          io.print("Usage: /usr/bin/which [-a] args\n");
          return 2;
        }
        all ||= word.includes("a");
        silent ||= word.includes("s");
      } else names.push(word);
    }
    let missing = names.length === 0;
    for (const name of names) {
      const places = name.includes("/")
        ? [name]
        : (sys.env.PATH ?? "").split(":").map((folder) => `${folder === "" ? "." : folder}/${name}`);
      const found = places.filter((path) => isExecutable(sys, path));
      if (found.length === 0) missing = true;
      if (!silent) for (const path of all ? found : found.slice(0, 1)) io.print(`${path}\n`);
    }
    return missing ? 1 : 0;
  },
});
