// `kubelet --help` and the usage that 1.20 prints before a flag error. fidelity: own short words, real names and defaults.

import { deprecationText, flagsOf } from "./parse.ts";

export function helpText(minor: number, usageOnly: boolean): string {
  const lines = ["Usage:", "  kubelet [flags]", "", "Flags:"];
  for (const row of flagsOf(minor).values()) {
    const [name, type, initial] = row;
    const short = name === "v" ? "-v, " : name === "help" ? "-h, " : "    ";
    const shown = type === "bool" ? "" : ` ${type}`;
    const standard =
      initial === "" || initial === "false" || initial === "0"
        ? ""
        : ` (default ${type === "string" ? JSON.stringify(initial) : initial})`;
    const old = deprecationText(row, minor) === "" ? "" : " (DEPRECATED)";
    lines.push(`  ${short}--${name}${shown}${standard}${old}`);
  }
  const body = `${lines.join("\n")}\n`;
  return usageOnly
    ? body
    : `The kubelet runs on every node: it registers the node and keeps the containers of its pods running.\n\n${body}`;
}
