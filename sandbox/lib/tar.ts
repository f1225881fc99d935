// The tar format as GNU tar writes it: headers of 512 bytes, long names in members of their own, blocks of 10 KiB. Knows no files.

import { concat, decode, encode } from "../kernel/text.ts";

export type MemberType = "file" | "directory" | "symlink" | "link" | "fifo" | "other";

/** What a header says. */
export interface Member {
  readonly name: string;
  readonly type: MemberType;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly user: string;
  readonly group: string;
  /** Seconds since the epoch. */
  readonly mtime: number;
  /** Target of a link. */
  readonly target: string;
  readonly data: Uint8Array;
}

const BLOCK = 512;
const RECORD = 20 * BLOCK;
const NAME = 100;
const FLAGS: Readonly<Record<MemberType, string>> = {
  file: "0",
  link: "1",
  symlink: "2",
  directory: "5",
  fifo: "6",
  other: "?",
};

function header(name: string, flag: string, size: number, member?: Member): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const put = (at: number, text: string): void => block.set(encode(text), at);
  const octal = (at: number, digits: number, value: number): void =>
    put(at, `${value.toString(8).padStart(digits, "0")}\0`);
  block.set(encode(name).subarray(0, NAME), 0);
  octal(100, 7, member?.mode ?? 0o644);
  octal(108, 7, member?.uid ?? 0);
  octal(116, 7, member?.gid ?? 0);
  octal(124, 11, size);
  octal(136, 11, member?.mtime ?? 0);
  put(148, " ".repeat(8));
  put(156, flag);
  block.set(encode(member?.target ?? "").subarray(0, NAME), 157);
  put(257, "ustar  \0");
  put(265, member?.user ?? "root");
  put(297, member?.group ?? "root");
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return block;
}

function padded(data: Uint8Array): Uint8Array[] {
  const spare = (BLOCK - (data.length % BLOCK)) % BLOCK;
  return [data, new Uint8Array(spare)];
}

/** The blocks of one member. */
export function writeMember(member: Member): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [text, flag] of [
    [member.target, "K"],
    [member.name, "L"],
  ] as const) {
    const bytes = encode(`${text}\0`);
    if (bytes.length - 1 > NAME) parts.push(header("././@LongLink", flag, bytes.length), ...padded(bytes));
  }
  const data = member.type === "file" ? member.data : new Uint8Array(0);
  return concat([...parts, header(member.name, FLAGS[member.type], data.length, member), ...padded(data)]);
}

/** Two empty blocks, and as many as a record needs. */
export function endOfArchive(size: number): Uint8Array {
  return new Uint8Array(Math.ceil((size + 2 * BLOCK) / RECORD) * RECORD - size);
}

export interface Archive {
  readonly members: readonly Member[];
  readonly problem?: "not an archive" | "ends early";
}

const TYPES: Readonly<Record<string, MemberType>> = {
  "0": "file",
  "\0": "file",
  "1": "link",
  "2": "symlink",
  "5": "directory",
  "6": "fifo",
};

export function readArchive(bytes: Uint8Array): Archive {
  const members: Member[] = [];
  let longName: string | undefined;
  let longTarget: string | undefined;
  for (let at = 0; ; ) {
    const block = bytes.subarray(at, at + BLOCK);
    if (block.length === 0 && at > 0) return { members };
    if (block.length < BLOCK)
      return {
        members,
        problem: at === 0 && block.length > 0 ? "not an archive" : at === 0 ? "not an archive" : "ends early",
      };
    if (block.every((byte) => byte === 0)) return { members };
    const text = (from: number, length: number): string =>
      decode(block.subarray(from, from + length)).replace(/\0.*$/s, "");
    const number = (from: number, length: number): number => Number.parseInt(text(from, length).trim() || "0", 8);
    const sum = block.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
    if (sum !== number(148, 8)) return { members, problem: "not an archive" };
    const size = number(124, 12);
    const flag = decode(block.subarray(156, 157));
    const start = at + BLOCK;
    const data = bytes.subarray(start, start + size);
    at = start + Math.ceil(size / BLOCK) * BLOCK;
    if (data.length < size) return { members, problem: "ends early" };
    if (flag === "L") longName = decode(data).replace(/\0.*$/s, "");
    else if (flag === "K") longTarget = decode(data).replace(/\0.*$/s, "");
    else if (flag !== "x" && flag !== "g") {
      const prefix = text(257, 6) === "ustar" && decode(block.subarray(262, 263)) === "\0" ? text(345, 155) : "";
      members.push({
        name: longName ?? (prefix === "" ? text(0, NAME) : `${prefix}/${text(0, NAME)}`),
        type: TYPES[flag] ?? "other",
        mode: number(100, 8) & 0o7777,
        uid: number(108, 8),
        gid: number(116, 8),
        user: text(265, 32),
        group: text(297, 32),
        mtime: number(136, 12),
        target: longTarget ?? text(157, NAME),
        data,
      });
      longName = undefined;
      longTarget = undefined;
    }
  }
}
