// Option parsing as getopt_long(3) of glibc does it: permutation, bundles, abbreviations and its messages.

/** One option of a program. `key` is what the parser reports: the letter, or the long name where there is no letter. */
export interface OptionSpec {
  readonly key: string;
  readonly short?: string;
  readonly long?: string;
  readonly takes: "none" | "required" | "optional";
  /** Name of the argument in the help text. */
  readonly meta?: string;
  readonly help: string;
}

/** Options in the order given, with their arguments, and what is left. `error` is the message without the program's name. */
export interface ParsedOptions {
  readonly options: readonly (readonly [key: string, value: string | undefined])[];
  readonly operands: readonly string[];
  readonly error?: string;
}

/**
 * Reads an option table, one option a line: `a,all  help`, `n,lines=NUM  help`, `,color[=WHEN]  help`, `v  help`.
 * Letters separated by `|` mean the same (`r|R,recursive`); the first is the key. A long name after a `~` is an old spelling.
 */
export function parseOptionTable(table: string): OptionSpec[] {
  const specs: OptionSpec[] = [];
  for (const line of table.split("\n")) {
    const found = /^\s*([^\s,=[]*)(?:,([^\s=[]+))?(\[=(\S+)\]|=(\S+))?(?:\s+(.*))?$/.exec(line);
    if (found === null || line.trim() === "") continue;
    const letters = (found[1] ?? "").split("|").filter((letter) => letter !== "");
    const longs = (found[2] ?? "").split("~").filter((name) => name !== "");
    const takes = found[3] === undefined ? "none" : found[3].startsWith("[") ? "optional" : "required";
    const meta = found[4] ?? found[5];
    const key = letters[0] ?? longs[0] ?? "";
    const count = Math.max(letters.length, longs.length);
    for (let i = 0; i < count; i++) {
      const short = letters[i];
      const long = longs[i];
      specs.push({
        key,
        takes,
        help: i === 0 ? (found[6] ?? "") : "",
        ...(short === undefined ? {} : { short }),
        ...(long === undefined ? {} : { long }),
        ...(meta === undefined ? {} : { meta }),
      });
    }
  }
  return specs;
}

type Found = OptionSpec | { readonly error: string };

function findLong(specs: readonly OptionSpec[], name: string, dashes: string): Found {
  const matches: OptionSpec[] = [];
  for (const spec of specs) {
    if (spec.long === name) return spec;
    if (spec.long?.startsWith(name)) matches.push(spec);
  }
  const first = matches[0];
  if (first === undefined) return { error: `unrecognized option '${dashes}${name}'` };
  if (matches.every((spec) => spec.key === first.key)) return first;
  const names = matches.map((spec) => ` '--${spec.long}'`).join("");
  return { error: `option '${dashes}${name}' is ambiguous; possibilities:${names}` };
}

/** Parses the arguments (without the program's name). With `posix` the first operand ends the options. */
export function parseOptions(args: readonly string[], specs: readonly OptionSpec[], posix = false): ParsedOptions {
  const options: [string, string | undefined][] = [];
  const operands: string[] = [];
  const fail = (error: string): ParsedOptions => ({ options, operands, error });
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? "";
    if (word === "--") {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (word === "-" || !word.startsWith("-")) {
      if (posix) {
        operands.push(...args.slice(i));
        break;
      }
      operands.push(word);
      continue;
    }
    if (word.startsWith("--")) {
      const equals = word.indexOf("=");
      const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
      let value = equals < 0 ? undefined : word.slice(equals + 1);
      const spec = findLong(specs, name, "--");
      if ("error" in spec) {
        return fail(
          spec.error.startsWith("unrec") ? `unrecognized option '${word}'` : spec.error.replace(`--${name}`, word),
        );
      }
      if (value !== undefined && spec.takes === "none")
        return fail(`option '--${spec.long}' doesn't allow an argument`);
      if (value === undefined && spec.takes === "required") {
        i += 1;
        if (i >= args.length) return fail(`option '--${spec.long}' requires an argument`);
        value = args[i];
      }
      options.push([spec.key, value]);
      continue;
    }
    const letters = [...word.slice(1)];
    for (let j = 0; j < letters.length; j++) {
      const letter = letters[j] ?? "";
      const spec = specs.find((one) => one.short === letter);
      if (spec === undefined || letter === "-") return fail(`invalid option -- '${letter}'`);
      if (spec.takes === "none") {
        options.push([spec.key, undefined]);
        continue;
      }
      const rest = letters.slice(j + 1).join("");
      if (rest !== "") options.push([spec.key, rest]);
      else if (spec.takes === "optional") options.push([spec.key, undefined]);
      else {
        i += 1;
        if (i >= args.length) return fail(`option requires an argument -- '${letter}'`);
        options.push([spec.key, args[i]]);
      }
      break;
    }
  }
  return { options, operands };
}
