// The contrast of every pair of colours that text or controls use, computed from tokens.css for both palettes and the red lamp.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const css = readFileSync(join(import.meta.dirname, "tokens.css"), "utf8");
const [everyday = "", red = ""] = css.split('[data-theme="red"]');
const strong = css.split(':root[data-theme="contrast"]')[1] ?? "";

type Palette = "light" | "dark" | "red";

function colour(token: string, palette: Palette): string {
  const pair = new RegExp(`--${token}:\\s*light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(everyday);
  const lamp = new RegExp(`--${token}:\\s*(#[0-9a-f]{6})`).exec(red);
  const found = palette === "red" ? lamp?.[1] : pair?.[palette === "light" ? 1 : 2];
  if (found === undefined) throw new Error(`tokens.css has no ${token} for ${palette}`);
  return found;
}

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const surfaces = ["paper", "sheet", "well"];
const text: [string, string][] = [
  ...["ink", "ink-2", "ink-3", "sea"].flatMap((ink) => surfaces.map((on): [string, string] => [ink, on])),
  ...["course", "pass", "wait", "blind", "peril", "code-key", "code-str", "code-num", "code-com"].map(
    (ink): [string, string] => [ink, "sheet"],
  ),
  ...["pass", "wait", "blind", "peril"].map((ink): [string, string] => [ink, `${ink}-wash`]),
  ...["pass-wash", "wait-wash", "peril-wash", "water-1", "water-2", "land"].map((on): [string, string] => ["ink", on]),
  ...["term-ink", "term-dim", "term-host", "term-ok", "term-err"].map((ink): [string, string] => [ink, "term-bg"]),
  ["on-sea", "sea"],
  ["on-course", "course"],
  ["course", "paper"],
  ["sounding", "paper"],
  ["term-dim", "term-bar"],
];
const controls: [string, string][] = [
  ...surfaces.flatMap((on): [string, string][] => [
    ["edge", on],
    ["focus", on],
  ]),
  ["course", "water-2"],
];

describe.each(["light", "dark", "red"] as const)("in %s", (palette) => {
  test.each(text)("%s on %s can be read", (ink, on) => {
    expect(contrast(colour(ink, palette), colour(on, palette))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(controls)("%s on %s can be seen", (line, on) => {
    expect(contrast(colour(line, palette), colour(on, palette))).toBeGreaterThanOrEqual(3);
  });
});

describe.each([0, 1])("in high contrast, palette %i", (palette) => {
  /** Tokens that high contrast does not change are those of every day. */
  const strongOf = (token: string): string => {
    const pair = new RegExp(`--${token}:\\s*light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(strong);
    return pair?.[palette + 1] ?? colour(token, palette === 0 ? "light" : "dark");
  };

  test.each(text.filter(([, on]) => !on.startsWith("term")))("%s on %s has 7:1", (ink, on) => {
    expect(contrast(strongOf(ink), strongOf(on))).toBeGreaterThanOrEqual(7);
  });
});
