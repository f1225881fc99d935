// Texts of bash's own command line: version, help and usage.

const USAGE = "[GNU long option] [option] ...";
const VERSION =
  "GNU bash, version 5.2.37(1)-release (x86_64-pc-linux-gnu)\nCopyright (C) 2022 Free Software Foundation, Inc.\nLicense GPLv3+: GNU GPL version 3 or later <http://gnu.org/licenses/gpl.html>\n\nThis is free software; you are free to change and redistribute it.\nThere is NO WARRANTY, to the extent permitted by law.\n";

function usageText(name: string): string {
  return `Usage:\t${name} ${USAGE}\n\t${name} ${USAGE.replace("[option] ...", "[option] script-file ...")}\nGNU long options:\n${["debug", "debugger", "dump-po-strings", "dump-strings", "help", "init-file", "login", "noediting", "noprofile", "norc", "posix", "pretty-print", "rcfile", "restricted", "verbose", "version"].map((option) => `\t--${option}\n`).join("")}Shell options:\n\t-ilrsD or -c command or -O shopt_option\t\t(invocation only)\n\t-abefhkmnptuvxBCEHPT or -o option\n`;
}

/** What --version and --help print, and the usage after a wrong option. */
export function optionText(kind: "version" | "help" | "usage", name: string): string {
  if (kind === "version") return VERSION;
  return `${kind === "help" ? "GNU bash, version 5.2.37(1)-release-(x86_64-pc-linux-gnu)\n" : ""}${usageText(name)}`;
}
