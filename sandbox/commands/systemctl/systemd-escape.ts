// systemd-escape: text to and from the form it has in unit names.

import { escapeName, escapePath, mangleUnitName, parseUnitName, unescapeName } from "../../systemd/unit-name.ts";
import { defineCommand } from "../define.ts";

export const systemdEscape = defineCommand({
  name: "systemd-escape",
  summary: "Escape strings for usage in systemd unit names.",
  usage: ["[OPTIONS...] [NAME...]"],
  options: `
,suffix=SUFFIX  Unit suffix to append to escaped strings
,template=TEMPLATE  Insert strings as instance into template
,instance  With --unescape, show just the instance part
u,unescape  Unescape strings
m,mangle  Mangle strings
p,path  When escaping/unescaping assume the string is a path
`,
  *run(io) {
    if (io.operands.length === 0) {
      io.printError("Not enough arguments.\n");
      return 1;
    }
    const words: string[] = [];
    for (const word of io.operands) {
      if (io.has("u")) {
        const text = io.has("instance") ? (parseUnitName(word).instance ?? "") : word;
        words.push(io.has("p") ? `/${unescapeName(text === "-" ? "" : text)}` : unescapeName(text));
        continue;
      }
      if (io.has("m")) {
        words.push(mangleUnitName(word).name);
        continue;
      }
      const escaped = io.has("p") ? escapePath(word) : escapeName(word);
      if (escaped === undefined) {
        io.printError("Failed to escape string: Invalid argument\n");
        return 1;
      }
      const template = io.value("template");
      const suffix = io.value("suffix");
      if (template !== undefined) words.push(template.replace("@.", `@${escaped}.`));
      else words.push(suffix === undefined ? escaped : `${escaped}.${suffix}`);
    }
    io.print(`${words.join(" ")}\n`);
    return 0;
  },
});
