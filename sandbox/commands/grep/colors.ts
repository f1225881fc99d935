// The colours of grep --color, with GREP_COLORS; identity functions where there is no colour.

import type { LineMatcher } from "./matcher.ts";

export interface Colors {
  name(text: string): string;
  number(text: string): string;
  sign(text: string): string;
  separator(text: string): string;
  match(text: string, selected: boolean): string;
  /** A whole line with its matches marked. */
  line(text: string, matcher: LineMatcher | undefined, selected: boolean): string;
}

const PLAIN: Colors = {
  name: (text) => text,
  number: (text) => text,
  sign: (text) => text,
  separator: (text) => text,
  match: (text) => text,
  line: (text) => text,
};

export function createColors(on: boolean, spec: string | undefined): Colors {
  if (!on) return PLAIN;
  const codes: Record<string, string> = {
    ms: "01;31",
    mc: "01;31",
    sl: "",
    cx: "",
    fn: "35",
    ln: "32",
    bn: "32",
    se: "36",
  };
  for (const item of (spec ?? "").split(":")) {
    const [key = "", value] = item.split("=");
    if (key === "mt" && value !== undefined) codes.ms = codes.mc = value;
    else if (value !== undefined && key in codes) codes[key] = value;
  }
  const paint = (code: string | undefined, text: string): string =>
    code ? `\x1b[${code}m\x1b[K${text}\x1b[m\x1b[K` : text;
  const match = (text: string, selected: boolean): string => paint(selected ? codes.ms : codes.mc, text);
  return {
    name: (text) => paint(codes.fn, text),
    number: (text) => paint(codes.ln, text),
    sign: (text) => paint(codes.se, text),
    separator: (text) => paint(codes.se, text),
    match,
    line(text, matcher, selected) {
      const body = selected ? codes.sl : codes.cx;
      let result = "";
      let done = 0;
      for (let from = 0; matcher !== undefined && from <= text.length; ) {
        const span = matcher.find(text, from);
        if (span === undefined) break;
        if (span[1] > span[0]) {
          result +=
            (span[0] > done ? paint(body, text.slice(done, span[0])) : "") +
            match(text.slice(span[0], span[1]), selected);
          done = span[1];
        }
        from = span[1] > span[0] ? span[1] : span[0] + 1;
      }
      return result + (done < text.length ? paint(body, text.slice(done)) : "");
    },
  };
}
