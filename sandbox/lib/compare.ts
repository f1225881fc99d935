// Orders of text: by bytes (the C locale), and version order as `sort -V` and `ls -v` have it.

/** Order of code points, which is the order of UTF-8 bytes. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates of real pairs come after the rest of the first plane.
    const shift = (unit: number, text: string) =>
      unit >= 0xd800 && text.codePointAt(i) !== unit ? unit + 0x10000 : unit;
    return shift(x, a) - shift(y, b);
  }
  return a.length - b.length;
}

function order(char: string | undefined): number {
  if (char === undefined || /\d/.test(char)) return 0;
  if (char === "~") return -1;
  return /[A-Za-z]/.test(char) ? char.charCodeAt(0) : char.charCodeAt(0) + 256;
}

/** The order of Debian versions: digits as numbers, letters before other characters, ~ before all. */
function compareParts(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while ((i < a.length && !/\d/.test(a[i] ?? "")) || (j < b.length && !/\d/.test(b[j] ?? ""))) {
      const difference = order(a[i]) - order(b[j]);
      if (difference !== 0) return difference;
      i += 1;
      j += 1;
    }
    const x = /^\d*/.exec(a.slice(i))?.[0] ?? "";
    const y = /^\d*/.exec(b.slice(j))?.[0] ?? "";
    const [m, n] = [x.replace(/^0+/, ""), y.replace(/^0+/, "")];
    if (m.length !== n.length) return m.length - n.length;
    if (m !== n) return m < n ? -1 : 1;
    i += x.length;
    j += y.length;
  }
  return 0;
}

/** filevercmp of gnulib: file name suffixes count only where all else is equal. */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0;
  const special = (text: string) =>
    text === "" ? 0 : text === "." ? 1 : text === ".." ? 2 : text.startsWith(".") ? 3 : 4;
  const ranks = special(a) - special(b);
  if (ranks !== 0 || special(a) < 3) return ranks;
  const strip = (text: string) => text.replace(/(?:\.[A-Za-z~][A-Za-z0-9~]*)*$/, "");
  return compareParts(strip(a), strip(b)) || compareParts(a, b) || compareText(a, b);
}
