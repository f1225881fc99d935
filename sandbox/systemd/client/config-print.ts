// Configuration files on the screen, in systemd's colours.

import { type Output, PLAIN } from "./output.ts";

const BLUE = "\x1b[0;1;34m";
const CYAN = "\x1b[0;1;36m";
const KEY = "\x1b[0;1;32m";
const COMMENT = "\x1b[0;1;38:5:245m";

/** A line of a configuration file in systemd's colours. */
function paintLine(line: string, continued: boolean): string {
  if (/^\s*\[/.test(line)) return `${CYAN}${line}${PLAIN}`;
  if (/^\s*(?:[#;]|$)/.test(line)) return `${COMMENT}${line}${PLAIN}`;
  const equals = continued ? -1 : line.indexOf("=");
  return equals < 0 ? line : `${KEY}${line.slice(0, equals + 1)}${PLAIN}${line.slice(equals + 1)}`;
}

/** Prints a configuration file under a line with its path. */
export function printConfigFile(out: Output, path: string, content: string): void {
  out.print(`${out.colors ? BLUE : ""}# ${out.linkPath(path)}${out.colors ? PLAIN : ""}\n`);
  if (!out.colors) {
    out.print(content === "" || content.endsWith("\n") ? content : `${content}\n`);
    return;
  }
  let continued = false;
  for (const line of content.replace(/\n$/, "").split("\n")) {
    if (content !== "") out.print(`${paintLine(line, continued)}\n`);
    continued = /(?:^|[^\\])(?:\\\\)*\\$/.test(line);
  }
}
