// The escapes of $'…'.

import { byteText, C_ESCAPES, joinBytes } from "../lib/escapes.ts";

const ANSI: Readonly<Record<string, string>> = {
  ...C_ESCAPES,
  e: "\x1b",
  E: "\x1b",
  "'": "'",
  '"': '"',
  "?": "?",
};

/** What $'…' stands for. */
export function unescapeAnsi(text: string): string {
  const out = text.replace(
    /\\(?:([abeEfnrtv\\'"?])|([0-7]{1,3})|x\{([0-9a-fA-F]+)\}|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|c([\s\S]))/g,
    (_, plain?: string, octal?: string, wide?: string, hex?: string, u?: string, big?: string, control?: string) => {
      if (plain !== undefined) return ANSI[plain] ?? plain;
      if (octal !== undefined) return byteText(Number.parseInt(octal, 8) & 255);
      const byte = wide ?? hex;
      if (byte !== undefined) return byteText(Number.parseInt(byte, 16) & 255);
      if (control !== undefined)
        return String.fromCharCode(control === "?" ? 127 : control.toUpperCase().charCodeAt(0) & 31);
      const point = Number.parseInt(u ?? big ?? "0", 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : "";
    },
  );
  const nul = out.indexOf("\0");
  return joinBytes(nul < 0 ? out : out.slice(0, nul));
}
