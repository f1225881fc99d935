// find's own output formats: -printf and -ls.

import { isErrno } from "../../kernel/errno.ts";
import { C_ESCAPES } from "../../lib/escapes.ts";
import { formatMode } from "../../lib/modes.ts";
import { formatTime, nanoseconds, readZone } from "../../lib/strftime.ts";
import type { Names } from "../../lib/users.ts";
import { lastPart } from "../basename.ts";
import type { Io } from "../define.ts";
import type { Met } from "./find.ts";

const LETTERS = { file: "f", directory: "d", symlink: "l", fifo: "p", socket: "s", char: "c", block: "b" } as const;

/** Times of -printf: `%t`, and `%Tk` with a letter of strftime or @. */
function timeText(io: Io, time: number, letter: string | undefined): string {
  const zone = readZone(io.sys.env.TZ);
  const fraction = `.${String(nanoseconds(time)).padStart(9, "0")}0`;
  if (letter === undefined) return formatTime(`%a %b %e %H:%M:%S${fraction} %Y`, time, zone);
  if (letter === "@") return Math.floor(time / 1000) + fraction;
  if (letter === "S") return formatTime("%S", time, zone) + fraction;
  if (letter === "T" || letter === "X") return formatTime("%H:%M:%S", time, zone) + fraction;
  if (letter === "+") return formatTime("%Y-%m-%d+%H:%M:%S", time, zone) + fraction;
  return formatTime(`%${letter}`, time, zone);
}

function field(io: Io, names: Names, met: Met, letter: string, time: string | undefined): string | undefined {
  const { stat, path } = met;
  const link = () => {
    const target = stat.type === "symlink" ? io.sys.readlink(path) : "";
    return isErrno(target) ? "" : target;
  };
  switch (letter) {
    case "p":
      return path;
    case "f":
      return lastPart(path);
    case "h": {
      const trimmed = path.replace(/(.)\/+$/, "$1");
      const slash = trimmed.lastIndexOf("/");
      return slash < 0 ? "." : slash === 0 ? (trimmed === "/" ? "/" : "") : trimmed.slice(0, slash);
    }
    case "P":
      return path === met.start ? "" : path.slice(met.start.length).replace(/^\//, "");
    case "H":
      return met.start;
    case "d":
      return String(met.depth);
    case "m":
      return stat.mode.toString(8);
    case "M":
      return formatMode(stat);
    case "u":
      return names.user(stat.uid) ?? String(stat.uid);
    case "g":
      return names.group(stat.gid) ?? String(stat.gid);
    case "U":
      return String(stat.uid);
    case "G":
      return String(stat.gid);
    case "s":
      return String(stat.size);
    case "b":
      return String(stat.blocks);
    case "k":
      return String(Math.ceil(stat.blocks / 2));
    case "n":
      return String(stat.nlink);
    case "i":
      return String(stat.ino);
    case "D":
      return String(stat.dev);
    case "S":
      return stat.size === 0 ? "1" : String(Number(((stat.blocks * 512) / stat.size).toPrecision(6)));
    case "l":
      return link();
    case "y":
      return LETTERS[stat.type];
    case "Y": {
      const target = io.sys.stat(path);
      return isErrno(target) ? (target.code === "ELOOP" ? "L" : "N") : LETTERS[target.type];
    }
    case "F":
      return "ext4";
    case "t":
    case "T":
      return timeText(io, stat.mtime, letter === "t" ? undefined : time);
    case "a":
    case "A":
      return timeText(io, stat.atime, letter === "a" ? undefined : time);
    case "c":
    case "C":
      return timeText(io, stat.ctime, letter === "c" ? undefined : time);
    case "B":
      return timeText(io, stat.btime, time);
    default:
      return undefined;
  }
}

/** Fills a -printf format. `stop` where \c ended it. */
export function formatEntry(io: Io, names: Names, format: string, met: Met): { text: string; stop: boolean } {
  let text = "";
  const pattern = /\\([0-7]{1,3}|.)|%([-+ #0]*)(\d*)(?:\.(\d+))?(?:([TACB])(.)|(.))?|[^\\%]+|\\/gs;
  for (const piece of format.matchAll(pattern)) {
    const [whole, escaped, flags = "", width = "", precision, timed, timeLetter, letter] = piece;
    if (escaped !== undefined) {
      if (escaped === "c") return { text, stop: true };
      if (/^[0-7]/.test(escaped)) text += String.fromCharCode(Number.parseInt(escaped, 8));
      else {
        if (C_ESCAPES[escaped] === undefined) io.warn(`warning: unrecognized escape \`\\${escaped}'`);
        text += C_ESCAPES[escaped] ?? whole;
      }
      continue;
    }
    if (!whole.startsWith("%")) {
      text += whole;
      continue;
    }
    if (letter === "%") {
      text += "%";
      continue;
    }
    const name = timed ?? letter;
    let value = name === undefined ? undefined : field(io, names, met, name, timeLetter);
    if (value === undefined) {
      if (name !== undefined) io.warn(`warning: unrecognized format directive \`%${name}'`);
      text += whole;
      continue;
    }
    if (name === "m" && flags.includes("#")) value = `0${value}`;
    if (precision !== undefined) value = value.slice(0, Number(precision));
    text += flags.includes("-")
      ? value.padEnd(Number(width))
      : value.padStart(Number(width), flags.includes("0") && /[msbknid]/.test(name ?? "") ? "0" : " ");
  }
  return { text, stop: false };
}

/** The line of -ls: that of `ls -dils`. */
export function longLine(io: Io, names: Names, met: Met): string {
  const { stat, path } = met;
  const now = io.sys.now();
  const recent = stat.mtime > now - 31556952000 / 2 && stat.mtime <= now;
  const time = formatTime(recent ? "%b %e %H:%M" : "%b %e  %Y", stat.mtime, readZone(io.sys.env.TZ));
  const special = stat.type === "char" || stat.type === "block";
  const size = special
    ? `${String(stat.rdev?.[0] ?? 0).padStart(3)}, ${String(stat.rdev?.[1] ?? 0).padStart(3)}`
    : String(stat.size).padStart(8);
  const target = stat.type === "symlink" ? io.sys.readlink(path) : undefined;
  const user = (names.user(stat.uid) ?? String(stat.uid)).padEnd(8);
  const group = (names.group(stat.gid) ?? String(stat.gid)).padEnd(8);
  const name = path.replace(/[ \\"]/g, "\\$&");
  return `${String(stat.ino).padStart(9)} ${String(Math.ceil(stat.blocks / 2)).padStart(6)} ${formatMode(stat)} ${String(stat.nlink).padStart(3)} ${user} ${group} ${size} ${time} ${name}${typeof target === "string" ? ` -> ${target}` : ""}\n`;
}
