// The primaries that `test`, `[` and `[[` share: questions about files, strings and numbers.

import { isErrno } from "../kernel/errno.ts";
import type { Stat, Sys } from "../kernel/sys.ts";
import { type Shell, sameFile } from "./state.ts";
import { findVariable, getElement, isSet, resolveName } from "./vars.ts";

export const UNARY = /^-[abcdefghknoprstuvwxzGLNORS]$/;

function statOf(sys: Sys, path: string): Stat | undefined {
  const fd = /^\/dev\/fd\/(\d+)$/.exec(path);
  const stat = path === "" ? undefined : fd === null ? sys.stat(path) : sys.fstat(Number(fd[1]));
  return stat === undefined || isErrno(stat) ? undefined : stat;
}

/** Whether a variable, perhaps an element, is set: `-v`. */
function isVariableSet(sh: Shell, text: string): boolean {
  const match = /^([A-Za-z_]\w*)(?:\[(.*)\])?$/s.exec(text);
  if (match?.[1] === undefined) return /^\d+$/.test(text) ? sh.state.params[Number(text) - 1] !== undefined : false;
  const target = resolveName(sh, match[1]);
  const variable = findVariable(sh, target.name);
  const sub = match[2] ?? target.sub;
  if (variable === undefined) return false;
  if (sub === undefined)
    return variable.list !== undefined
      ? variable.list.has(0)
      : variable.map !== undefined
        ? variable.map.has("0")
        : variable.value !== undefined;
  if ((sub === "@" || sub === "*") && variable.map === undefined) return isSet(variable);
  return getElement(variable, sub) !== undefined;
}

/** A primary with one operand. */
export function testUnary(sh: Shell, op: string, arg: string): boolean {
  const { sys } = sh;
  const stat = () => statOf(sys, arg);
  const type = (wanted: Stat["type"]) => stat()?.type === wanted;
  const bit = (mask: number) => ((stat()?.mode ?? 0) & mask) !== 0;
  switch (op[1]) {
    case "z":
      return arg === "";
    case "n":
      return arg !== "";
    case "a":
    case "e":
      return stat() !== undefined;
    case "b":
      return type("block");
    case "c":
      return type("char");
    case "d":
      return type("directory");
    case "f":
      return type("file");
    case "g":
      return bit(0o2000);
    case "k":
      return bit(0o1000);
    case "u":
      return bit(0o4000);
    case "h":
    case "L": {
      const link = sys.lstat(arg);
      return !isErrno(link) && link.type === "symlink";
    }
    case "p":
      return type("fifo");
    case "S":
      return type("socket");
    case "r":
    case "w":
    case "x":
      return stat() !== undefined && sys.access(arg, op[1]) === undefined;
    case "s":
      return (stat()?.size ?? 0) > 0;
    case "t":
      return /^\s*\d+\s*$/.test(arg) && sys.isatty(Number(arg));
    case "O":
      return stat()?.uid === sys.info.euid;
    case "G":
      return stat()?.gid === sys.info.egid;
    case "N": {
      const found = stat();
      return found !== undefined && found.mtime > found.atime;
    }
    case "o":
      return sh.state.options.has(arg);
    case "v":
      return isVariableSet(sh, arg);
    case "R":
      return findVariable(sh, arg)?.flags.includes("n") ?? false;
    default:
      return false;
  }
}

/** A comparison of files; undefined for other operators. */
export function testFiles(sh: Shell, op: string, left: string, right: string): boolean | undefined {
  const time = (path: string) => statOf(sh.sys, path)?.mtime;
  const [a, b] = [time(left), time(right)];
  if (op === "-ef") return sameFile(sh.sys, left, right);
  if (op === "-nt") return a !== undefined && (b === undefined || a > b);
  if (op === "-ot") return b !== undefined && (a === undefined || a < b);
  return undefined;
}

/** A comparison of numbers; undefined for other operators. */
export function testNumbers(op: string, a: bigint, b: bigint): boolean | undefined {
  switch (op) {
    case "-eq":
      return a === b;
    case "-ne":
      return a !== b;
    case "-lt":
      return a < b;
    case "-le":
      return a <= b;
    case "-gt":
      return a > b;
    case "-ge":
      return a >= b;
    default:
      return undefined;
  }
}
