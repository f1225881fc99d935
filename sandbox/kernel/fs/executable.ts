// Executables: files that begin as ELF ones do and name their program.

import { concat, encode } from "../text.ts";

/** Content of an executable: an ELF header that names its program (see `programOf`). */
export function executable(program: string): Uint8Array<ArrayBuffer> {
  return concat([
    Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0x3e, 0),
    encode(`${program}\0`),
  ]);
}

/** The program that an executable's content names; undefined where it is no ELF file. */
export function programOf(data: Uint8Array): string | undefined {
  if (data[0] !== 0x7f || data[1] !== 0x45 || data[2] !== 0x4c || data[3] !== 0x46) return undefined;
  let end = 20;
  while (end < data.length && data[end] !== 0) end += 1;
  let name = "";
  for (let i = 20; i < end; i++) name += String.fromCharCode(data[i] as number);
  return name;
}
