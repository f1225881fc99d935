// Names of units: parts, escaping, and what people may type instead of the full name.

export const UNIT_TYPES = [
  "service",
  "mount",
  "swap",
  "socket",
  "target",
  "device",
  "automount",
  "timer",
  "path",
  "slice",
  "scope",
] as const;

export interface UnitNameParts {
  /** Name without its type: `getty@tty1`. */
  readonly base: string;
  /** Part before the `@`. */
  readonly prefix: string;
  /** Part after the `@`; empty for a template, undefined where there is no `@`. */
  readonly instance: string | undefined;
  readonly type: string;
}

export function parseUnitName(name: string): UnitNameParts {
  const dot = name.lastIndexOf(".");
  const base = dot < 0 ? name : name.slice(0, dot);
  const at = base.indexOf("@");
  return {
    base,
    prefix: at < 0 ? base : base.slice(0, at),
    instance: at < 0 ? undefined : base.slice(at + 1),
    type: dot < 0 ? "" : name.slice(dot + 1),
  };
}

/** `getty@.service` for `getty@tty1.service`; undefined where the name is no instance. */
export function templateOf(name: string): string | undefined {
  const parts = parseUnitName(name);
  return parts.instance === undefined || parts.instance === "" ? undefined : `${parts.prefix}@.${parts.type}`;
}

export function hasUnitSuffix(name: string): boolean {
  return (UNIT_TYPES as readonly string[]).includes(parseUnitName(name).type);
}

const VALID = /^[A-Za-z0-9:\-_.\\@]+$/;

export function isValidUnitName(name: string): boolean {
  const { base } = parseUnitName(name);
  return name.length < 256 && hasUnitSuffix(name) && VALID.test(name) && base !== "" && !name.startsWith("@");
}

function escapeByte(char: string): string {
  let text = "";
  for (const byte of new TextEncoder().encode(char)) text += `\\x${byte.toString(16).padStart(2, "0")}`;
  return text;
}

/** systemd-escape: `/` becomes `-`, other characters `\x..`. */
export function escapeName(text: string): string {
  let result = "";
  for (const char of text) {
    if (char === "/") result += "-";
    else if (/[A-Za-z0-9:_]/.test(char) || (char === "." && result !== "")) result += char;
    else result += escapeByte(char);
  }
  return result;
}

/** systemd-escape --path; undefined where the path is not one (`..`). */
export function escapePath(path: string): string | undefined {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) return undefined;
  return parts.length === 0 ? "-" : escapeName(parts.join("/"));
}

/** Undoes `escapeName`. */
export function unescapeName(text: string): string {
  const bytes = new TextEncoder().encode(text.replace(/-/g, "/"));
  const out: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    const hex =
      bytes[i] === 92 && bytes[i + 1] === 120 ? String.fromCharCode(bytes[i + 2] ?? 0, bytes[i + 3] ?? 0) : "";
    if (/^[0-9a-f]{2}$/i.test(hex)) {
      out.push(Number.parseInt(hex, 16));
      i += 3;
    } else out.push(bytes[i] as number);
  }
  return new TextDecoder().decode(Uint8Array.from(out));
}

/** Characters that are kept when people's input is made a unit name. */
function mangleChars(text: string, keep: RegExp): string {
  let result = "";
  for (const char of text) result += keep.test(char) ? char : char === "/" ? "-" : escapeByte(char);
  return result;
}

export interface Mangled {
  readonly name: string;
  /** The hint systemctl prints where it had to escape something. */
  readonly hint: string | undefined;
}

/** What systemctl makes of a word: `kubelet` → `kubelet.service`, `/mnt/x` → `mnt-x.mount`, `a b` → `a\x20b.service`. */
export function mangleUnitName(word: string, suffix = ".service", globs = true): Mangled {
  if (isValidUnitName(word)) return { name: word, hint: undefined };
  if (globs && /[*?[]/.test(word) && /^[A-Za-z0-9:\-_.\\@*?[\]!^]+$/.test(word)) return { name: word, hint: undefined };
  if (word.startsWith("/dev/")) return { name: `${escapePath(word) ?? ""}.device`, hint: undefined };
  if (word.startsWith("/")) return { name: `${escapePath(word) ?? ""}.mount`, hint: undefined };
  const escaped = mangleChars(word, /[A-Za-z0-9:\-_.\\@]/);
  const hint =
    escaped === word
      ? undefined
      : `Invalid unit name "${word}" escaped as "${escaped}" (maybe you should use systemd-escape?).`;
  return { name: hasUnitSuffix(escaped) ? escaped : `${escaped}${suffix}`, hint };
}

/** Whether `name` fits a shell pattern (`*`, `?`, `[…]`). */
export function matchesPattern(name: string, pattern: string): boolean {
  const match = (n: number, p: number): boolean => {
    for (; p < pattern.length; p++, n++) {
      const char = pattern[p] as string;
      if (char === "*") {
        for (let end = name.length; end >= n; end--) if (match(end, p + 1)) return true;
        return false;
      }
      if (n >= name.length) return false;
      const close = char === "[" ? pattern.indexOf("]", p + 2) : -1;
      if (close > 0) {
        if (!inClass(name[n] as string, pattern.slice(p + 1, close))) return false;
        p = close;
      } else if (char === "\\" && p + 1 < pattern.length) {
        p += 1;
        if (name[n] !== pattern[p]) return false;
      } else if (char !== "?" && char !== name[n]) return false;
    }
    return n === name.length;
  };
  return match(0, 0);
}

function inClass(char: string, body: string): boolean {
  const negated = body.startsWith("!") || body.startsWith("^");
  for (let i = negated ? 1 : 0; i < body.length; i++) {
    const from = body[i] as string;
    const range = body[i + 1] === "-" && i + 2 < body.length;
    const to = range ? (body[i + 2] as string) : from;
    if (char >= from && char <= to) return !negated;
    if (range) i += 2;
  }
  return negated;
}
