// Times such as `1.5m`, as sleep and timeout read them.

const UNITS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600, d: 86400 };

/** Seconds, or undefined where the text is no time. */
export function parseDuration(text: string): number | undefined {
  if (/^\+?inf(inity)?[smhd]?$/i.test(text)) return Infinity;
  const found = /^\s*\+?(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|0[xX][\da-fA-F]+)([smhd]?)$/.exec(text);
  return found === null ? undefined : Number(found[1]) * (UNITS[found[2] ?? ""] ?? 1);
}
