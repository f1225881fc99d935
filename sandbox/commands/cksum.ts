// cksum: the CRC of POSIX and the size of each file.

import { isErrno } from "../kernel/errno.ts";
import { quoteFile } from "../lib/quote.ts";
import { defineCommand } from "./define.ts";

/** The CRC-32 of POSIX: most significant bit first, the length after the data. */
function posixCrc(bytes: Uint8Array): number {
  let crc = 0;
  const take = (byte: number): void => {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  };
  for (const byte of bytes) take(byte);
  for (let size = bytes.length; size > 0; size = Math.floor(size / 256)) take(size & 255);
  return ~crc >>> 0;
}

export const cksum = defineCommand({
  name: "cksum",
  summary: "Print or check checksums.",
  usage: ["[OPTION]... [FILE]..."],
  options: `
    a,algorithm=TYPE  select the digest type to use`,
  *run(io) {
    const type = io.value("a") ?? "crc";
    if (type !== "crc") return yield* io.notModelled(`-a ${type}`, 1);
    for (const file of io.operands.length === 0 ? ["-"] : io.operands) {
      const data = yield* io.readAll(file);
      if (isErrno(data)) io.warnFile(file, data);
      else io.print(`${posixCrc(data)} ${data.length}${io.operands.length === 0 ? "" : ` ${quoteFile(file)}`}\n`);
      yield* io.drain();
    }
    return io.status;
  },
});
