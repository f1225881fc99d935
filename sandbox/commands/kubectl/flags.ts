// Command line flags as spf13/pflag reads them, with its error texts.

import { Fail } from "./values.ts";

/** One flag: `!` switch, `=` text, `#` number, `@` duration, `*` list (commas part), `+` repeated text, `?` text that may be left out. */
export interface FlagSpec {
  readonly name: string;
  readonly short: string;
  readonly kind: string;
  /** Default; for `?` what the bare flag means. */
  readonly value: string;
}

/** `output:o= all-namespaces:A! limit#500 dry-run?unchanged`: name, short form, kind, default. */
export function parseSpecs(text: string): FlagSpec[] {
  return text.split(/\s+/).flatMap((word) => {
    const match = /^([\w-]+)(?::(\w))?([!=#@*+?])(.*)$/.exec(word);
    return match === null
      ? []
      : [{ name: match[1] as string, short: match[2] ?? "", kind: match[3] as string, value: match[4] ?? "" }];
  });
}

export const GLOBAL_FLAGS = parseSpecs(
  "as= as-group+ as-uid= as-user-extra+ cache-dir= certificate-authority= client-certificate= client-key= cluster= context= disable-compression! insecure-skip-tls-verify! kubeconfig= kuberc= log-flush-frequency@5s match-server-version! namespace:n= password= profile=none profile-output=profile.pprof request-timeout=0 server:s= tls-server-name= token= user= username= v:v#0 vmodule= warnings-as-errors! help:h!",
);

export class Flags {
  readonly values = new Map<string, string[]>();
  args: string[] = [];
  /** Names the command itself defines, which hide global flags of the same name. */
  readonly own = new Set<string>();
  /** Number of arguments before `--`; -1 where there is none. */
  dash = -1;

  /** Value of a global flag; empty where the command has its own flag of the name. */
  global(name: string): string {
    return this.own.has(name) ? "" : this.text(name);
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  text(name: string, otherwise = ""): string {
    return this.values.get(name)?.at(-1) ?? otherwise;
  }

  on(name: string, otherwise = false): boolean {
    const value = this.values.get(name)?.at(-1);
    return value === undefined ? otherwise : TRUE.has(value);
  }

  list(name: string): string[] {
    return this.values.get(name) ?? [];
  }

  number(name: string, otherwise: number): number {
    const value = this.values.get(name)?.at(-1);
    return value === undefined ? otherwise : Number(value);
  }

  /** Milliseconds. */
  duration(name: string, otherwise: number): number {
    const value = this.values.get(name)?.at(-1);
    return value === undefined ? otherwise : (parseGoDuration(value) as number);
  }
}

const TRUE = new Set(["1", "t", "T", "true", "TRUE", "True"]);
const FALSE = new Set(["0", "f", "F", "false", "FALSE", "False"]);
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** time.ParseDuration: milliseconds, or Go's complaint. */
export function parseGoDuration(text: string): number | string {
  if (text === "0") return 0;
  const body = text.replace(/^[-+]/, "");
  if (body === "" || !/^[\d.]/.test(body)) return `time: invalid duration ${JSON.stringify(text)}`;
  let total = 0;
  let rest = body;
  while (rest !== "") {
    const part = /^(\d+\.?\d*|\.\d+)([^\d.]*)/.exec(rest);
    if (part === null) return `time: invalid duration ${JSON.stringify(text)}`;
    if (part[2] === "") return `time: missing unit in duration ${JSON.stringify(text)}`;
    const unit = UNITS[part[2] as string];
    if (unit === undefined) return `time: unknown unit ${JSON.stringify(part[2])} in duration ${JSON.stringify(text)}`;
    total += Number(part[1]) * unit;
    rest = rest.slice(part[0].length);
  }
  return text.startsWith("-") ? -total : total;
}

function complain(value: string, spec: FlagSpec, why: string): string {
  const shown = spec.short === "" ? `--${spec.name}` : `-${spec.short}, --${spec.name}`;
  return `invalid argument ${JSON.stringify(value)} for ${JSON.stringify(shown)} flag: ${why}`;
}

/** pflag's Set: the value is good, or why not. */
function problemOf(value: string, spec: FlagSpec): string | undefined {
  if (spec.kind === "!" && !TRUE.has(value) && !FALSE.has(value))
    return complain(value, spec, `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`);
  if (spec.kind === "#" && !/^[-+]?\d+$/.test(value))
    return complain(value, spec, `strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  if (spec.kind === "@") {
    const parsed = parseGoDuration(value);
    if (typeof parsed === "string") return complain(value, spec, parsed);
  }
  return undefined;
}

const bare = (spec: FlagSpec): string | undefined =>
  spec.kind === "!" ? "true" : spec.kind === "?" ? spec.value : undefined;

/** Reads all words of one command. `path` is the command as called, for the hint behind an error. */
export function parseFlags(words: readonly string[], specs: readonly FlagSpec[], path: string): Flags {
  const flags = new Flags();
  const fail = (message: string): never => {
    throw new Fail(`${message}\nSee '${path} --help' for usage.`);
  };
  const set = (spec: FlagSpec, value: string): void => {
    const problem = problemOf(value, spec);
    if (problem !== undefined) fail(problem);
    const given = spec.kind === "*" ? value.split(",") : [value];
    if (spec.kind === "*" || spec.kind === "+") flags.values.set(spec.name, [...flags.list(spec.name), ...given]);
    else flags.values.set(spec.name, given);
  };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (word === "--") {
      flags.dash = flags.args.length;
      flags.args.push(...words.slice(i + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      flags.args.push(word);
      continue;
    }
    if (word.startsWith("--")) {
      const equals = word.indexOf("=");
      const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
      if (name === "" || name.startsWith("-")) fail(`bad flag syntax: ${word}`);
      const spec = specs.find((each) => each.name === name) ?? fail(`unknown flag: --${name}`);
      if (equals >= 0) set(spec, word.slice(equals + 1));
      else if (bare(spec) !== undefined) set(spec, bare(spec) as string);
      else if (i + 1 < words.length) set(spec, words[++i] as string);
      else fail(`flag needs an argument: ${word}`);
      continue;
    }
    for (let rest = word.slice(1); rest !== ""; ) {
      const letter = rest.charAt(0);
      const spec =
        specs.find((each) => each.short === letter) ?? fail(`unknown shorthand flag: '${letter}' in -${rest}`);
      if (rest.length > 2 && rest[1] === "=") set(spec, rest.slice(2));
      else if (bare(spec) !== undefined) {
        set(spec, bare(spec) as string);
        rest = rest.slice(1);
        continue;
      } else if (rest.length > 1) set(spec, rest.slice(1));
      else if (i + 1 < words.length) set(spec, words[++i] as string);
      else fail(`flag needs an argument: '${letter}' in -${rest}`);
      break;
    }
  }
  return flags;
}

/** Whether a word before the command's name takes the next word along, as cobra guesses it. */
export function takesNext(word: string, specs: readonly FlagSpec[]): boolean {
  if (word.includes("=") || word === "--") return false;
  const spec = word.startsWith("--")
    ? specs.find((each) => each.name === word.slice(2))
    : word.length === 2
      ? specs.find((each) => each.short === word[1])
      : undefined;
  if (!word.startsWith("--") && word.length !== 2) return false;
  return spec === undefined || bare(spec) === undefined;
}
