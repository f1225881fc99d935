// kube-apiserver's command line, read as pflag reads it, with pflag's errors.

import { quoteGo } from "../../lib/yaml-go/json.ts";
import { FLAGS } from "./table.ts";

/** Values by flag name, as text; lists joined by commas; only what was given or has a default. */
export type FlagValues = Readonly<Record<string, string>>;

export interface ParsedFlags {
  readonly values: FlagValues;
  /** Names that were given. */
  readonly given: ReadonlySet<string>;
}

/** Type and default of a flag; undefined where there is none of that name. */
function describe(name: string): { type: string; value: string } | undefined {
  for (const [type, words] of Object.entries(FLAGS))
    for (const word of words.split(/\s+/)) {
      const [known, value = ""] = word.split("=");
      if (known === name) return { type, value };
    }
  return undefined;
}

function defaults(): Record<string, string> {
  const values: Record<string, string> = {};
  for (const words of Object.values(FLAGS))
    for (const word of words.split(/\s+/)) {
      const at = word.indexOf("=");
      if (at > 0) values[word.slice(0, at)] = word.slice(at + 1);
    }
  return values;
}

const INTEGER = /^[+-]?(\d+|0[xX][\da-fA-F]+|0[oO]?[0-7]+|0[bB][01]+)$/;
const DURATION = /^[+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*$/;

/** Why a value does not fit a type, as pflag's Set says it. */
function complain(type: string, value: string): string | undefined {
  const parse = (name: string): string => `strconv.${name}: parsing ${quoteGo(value)}: invalid syntax`;
  switch (type) {
    case "bool":
      return /^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(value) ? undefined : parse("ParseBool");
    case "int":
    case "int64":
      return INTEGER.test(value) ? undefined : parse("ParseInt");
    case "float":
      return value !== "" && !Number.isNaN(Number(value)) ? undefined : parse("ParseFloat");
    case "duration":
      if (value === "0" || DURATION.test(value)) return undefined;
      return /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(value)
        ? `time: missing unit in duration ${quoteGo(value)}`
        : `time: invalid duration ${quoteGo(value)}`;
    case "ip":
      return /^[\d.]+$|:/.test(value) && value.split(".").every((part) => Number(part) < 256 || value.includes(":"))
        ? undefined
        : `failed to parse IP: ${quoteGo(value)}`;
    default:
      return undefined;
  }
}

/** The flags of a command line, or the text behind `Error: `. */
export function parseFlags(argv: readonly string[]): ParsedFlags | string {
  const values = defaults();
  const given = new Set<string>();
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i] as string;
    if (word === "--") {
      if (i + 1 < argv.length) return unexpected(argv.slice(i + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") return unexpected(argv.slice(i).filter((each) => !each.startsWith("-")));
    if (!word.startsWith("--")) {
      const letter = word.charAt(1);
      if (letter === "h") values.help = "true";
      else if (letter === "v") values.v = word.slice(2).replace(/^=/, "") || (argv[++i] ?? "");
      else return `unknown shorthand flag: '${letter}' in ${word}`;
      continue;
    }
    const equals = word.indexOf("=");
    const name = (equals < 0 ? word.slice(2) : word.slice(2, equals)).replaceAll("_", "-");
    const known = describe(name);
    if (known === undefined) return `unknown flag: --${name}`;
    let value = equals < 0 ? undefined : word.slice(equals + 1);
    if (value === undefined && (known.type === "bool" || name === "version")) value = "true";
    if (value === undefined) {
      value = argv[++i];
      if (value === undefined) return `flag needs an argument: --${name}`;
    }
    const wrong = complain(known.type, value);
    if (wrong !== undefined)
      return `invalid argument ${quoteGo(value)} for "${name === "v" ? "-v, --v" : `--${name}`}" flag: ${wrong}`;
    values[name] = known.type === "list" && given.has(name) ? `${values[name]},${value}` : value;
    given.add(name);
  }
  return { values: Object.freeze(values), given };
}

/** kube-apiserver takes no words. */
function unexpected(words: readonly string[]): string {
  return `kube-apiserver does not take any arguments, got [${words.map(quoteGo).join(" ")}]`;
}

/** A flag's boolean value. */
export function isOn(values: FlagValues, name: string): boolean {
  return /^(1|t|true)$/i.test(values[name] ?? "");
}

/** A flag's list. */
export function listFlag(values: FlagValues, name: string): string[] {
  return (values[name] ?? "").split(",").filter((item) => item !== "");
}
