// Prompts: the backslash escapes of PS1 and PS2. Expansion of variables in them is done by the caller.

import { isErrno } from "../kernel/errno.ts";
import { byteText } from "../lib/escapes.ts";
import { formatTime, readZone } from "../lib/strftime.ts";
import { findUser } from "../lib/users.ts";
import type { Shell } from "./state.ts";
import { BASH_VERSION, getValue, homeFolder } from "./vars.ts";

/** The folder with the home abbreviated to a tilde. */
export function shortFolder(sh: Shell, path: string): string {
  const home = homeFolder(sh);
  if (home !== "/" && (path === home || path.startsWith(`${home}/`))) return `~${path.slice(home.length)}`;
  return path;
}

function trimmed(sh: Shell, path: string): string {
  const keep = Number(getValue(sh, "PROMPT_DIRTRIM") ?? 0);
  const parts = path.split("/");
  if (!(keep > 0)) return path;
  const head = path.startsWith("~") ? "~" : "";
  const names = parts.slice(1);
  return names.length <= keep ? path : `${head}/.../${names.slice(-keep).join("/")}`.replace(/^\/\.\.\./, "...");
}

/** Expands the backslash escapes. `\[` and `\]` become \x01 and \x02, which the line editor takes out. */
export function expandPrompt(sh: Shell, text: string): string {
  const { sys, state } = sh;
  const zone = readZone(getValue(sh, "TZ"));
  const time = (format: string) => formatTime(format, sys.now(), zone);
  return text.replace(
    /\\(?:D\{([^}]*)\}|([0-7]{1,3})|(.)|$)/gs,
    (all, format?: string, octal?: string, letter?: string) => {
      if (format !== undefined) return time(format === "" ? "%X" : format);
      if (octal !== undefined) return byteText(Number.parseInt(octal, 8) & 255);
      switch (letter) {
        case "a":
          return "\x07";
        case "d":
          return time("%a %b %d");
        case "e":
          return "\x1b";
        case "h":
          return sys.hostname.split(".")[0] ?? "";
        case "H":
          return sys.hostname;
        case "j":
          return String(state.jobs.length);
        case "l": {
          const name = sys.ttyName(0);
          return isErrno(name) ? "tty" : name.replace("/dev/", "");
        }
        case "n":
          return "\n";
        case "r":
          return "\r";
        case "s":
          return state.name.replace(/^-/, "").split("/").at(-1) ?? "";
        case "t":
          return time("%H:%M:%S");
        case "T":
          return time("%I:%M:%S");
        case "@":
          return time("%I:%M %p");
        case "A":
          return time("%H:%M");
        case "u":
          return findUser(sys, sys.info.euid)?.name ?? "I have no name!";
        case "v":
          return BASH_VERSION.split(".").slice(0, 2).join(".");
        case "V":
          return BASH_VERSION.split("(")[0] ?? "";
        case "w":
          return trimmed(sh, shortFolder(sh, state.cwd));
        case "W":
          return shortFolder(sh, state.cwd) === "~"
            ? "~"
            : state.cwd === "/"
              ? "/"
              : (state.cwd.split("/").at(-1) ?? "");
        case "!":
          return String(state.historyBase + state.history.length);
        case "#":
          return String(state.history.length + 1);
        case "$":
          return sys.info.euid === 0 ? "#" : "$";
        case "[":
          return "\x01";
        case "]":
          return "\x02";
        case "\\":
          return "\\";
        default:
          return all;
      }
    },
  );
}
