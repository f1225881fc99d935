// The modes, and what the last line calls them.

export type Mode = "normal" | "insert" | "replace" | "visual" | "lines" | "block";

/** The kinds of selection by the keys that begin them. */
export const VISUAL_MODES: Readonly<Record<string, "visual" | "lines" | "block">> = {
  v: "visual",
  V: "lines",
  "\x16": "block",
};

export const MODE_NAMES: Readonly<Record<Mode, string>> = {
  insert: "INSERT",
  replace: "REPLACE",
  visual: "VISUAL",
  lines: "VISUAL LINE",
  block: "VISUAL BLOCK",
  normal: "",
};
