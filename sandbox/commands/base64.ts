// base64 and base32: encode or decode data.

import { isErrno } from "../kernel/errno.ts";
import { decode } from "../kernel/text.ts";
import { quote } from "../lib/quote.ts";
import { type CommandProgram, defineCommand } from "./define.ts";

const ALPHABETS = {
  base64: { bits: 6, group: 4, letters: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" },
  base32: { bits: 5, group: 8, letters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" },
} as const;

type Alphabet = (typeof ALPHABETS)[keyof typeof ALPHABETS];

function encodeWith({ bits, group, letters }: Alphabet, bytes: Uint8Array): string {
  let text = "";
  let held = 0;
  let count = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    count += 8;
    while (count >= bits) {
      count -= bits;
      text += letters[(held >> count) & ((1 << bits) - 1)];
    }
    held &= (1 << count) - 1;
  }
  if (count > 0) text += letters[(held << (bits - count)) & ((1 << bits) - 1)];
  return text + "=".repeat((group - (text.length % group)) % group);
}

/** Decodes as far as it is right; `bad` tells that it was not to the end. */
function decodeWith(
  { bits, group, letters }: Alphabet,
  text: string,
  ignore: boolean,
): { bytes: Uint8Array; bad: boolean } {
  const bytes: number[] = [];
  const clean = ignore
    ? [...text].filter((char) => letters.includes(char) || char === "=").join("")
    : text.replaceAll("\n", "");
  for (let at = 0; at < clean.length; at += group) {
    const part = clean.slice(at, at + group);
    const body = part.replace(/=+$/, "");
    let held = 0;
    let count = 0;
    let bad = part.length < group;
    for (const char of body) {
      const value = letters.indexOf(char);
      if (value < 0) {
        bad = true;
        break;
      }
      held = (held << bits) | value;
      count += bits;
      if (count >= 8) {
        count -= 8;
        bytes.push((held >> count) & 255);
        held &= (1 << count) - 1;
      }
    }
    const used = body.length % group;
    const fits = bits === 6 ? used !== 1 : ![1, 3, 6].includes(used);
    if (bad || !fits || body === "") return { bytes: Uint8Array.from(bytes), bad: true };
  }
  return { bytes: Uint8Array.from(bytes), bad: false };
}

function define(name: keyof typeof ALPHABETS): CommandProgram {
  return defineCommand({
    name,
    summary: `${name === "base64" ? "Base64" : "Base32"} encode or decode FILE, or standard input, to standard output.`,
    usage: ["[OPTION]... [FILE]"],
    options: `
    d,decode  decode data
    i,ignore-garbage  when decoding, ignore non-alphabet characters
    w,wrap=COLS  wrap encoded lines after COLS character (default 76); 0 disables wrapping`,
    *run(io) {
      const wrap = io.value("w") ?? "76";
      if (!/^\d+$/.test(wrap)) return yield* io.die(1, `invalid wrap size: ${quote(wrap)}`);
      const [file = "-", extra] = io.operands;
      if (extra !== undefined) return yield* io.usageError(`extra operand ${quote(extra)}`);
      const fd = io.open(file);
      if (isErrno(fd)) return yield* io.die(1, `${file}: ${fd.text}`);
      const bytes = yield* io.readFd(fd);
      if (isErrno(bytes)) return yield* io.die(1, `read error: ${bytes.text}`);
      const alphabet = ALPHABETS[name];
      if (io.has("d")) {
        const { bytes: plain, bad } = decodeWith(alphabet, decode(bytes), io.has("i"));
        io.print(plain);
        yield* io.flush();
        return bad ? yield* io.die(1, "invalid input") : 0;
      }
      const text = encodeWith(alphabet, bytes);
      const width = Number(wrap);
      if (width === 0) io.print(text);
      else for (let at = 0; at < text.length; at += width) io.print(`${text.slice(at, at + width)}\n`);
      return 0;
    },
  });
}

export const base64 = define("base64");
export const base32 = define("base32");
