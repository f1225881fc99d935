// getopt: parses a script's options and writes them in order, quoted for the shell.

import { defineCommand } from "./define.ts";

interface Long {
  readonly name: string;
  readonly takes: 0 | 1 | 2;
}

const quoteWord = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

function readLongs(texts: readonly string[]): Long[] {
  return texts
    .flatMap((text) => text.split(/[,\s]+/))
    .filter((name) => name !== "")
    .map((name) => ({ name: name.replace(/:+$/, ""), takes: name.endsWith("::") ? 2 : name.endsWith(":") ? 1 : 0 }));
}

interface Parsed {
  readonly words: string[];
  readonly errors: string[];
}

/** The words of a script, options first, as getopt_long reads them. */
function parseWords(words: readonly string[], spec: string, longs: readonly Long[], alone: boolean): Parsed {
  const [out, rest, errors]: [string[], string[], string[]] = [[], [], []];
  const posix = spec.startsWith("+");
  const inPlace = spec.startsWith("-");
  const letters = spec.replace(/^[-+]/, "");
  let at = 0;
  const long = (word: string, dashes: string): void => {
    const cut = word.indexOf("=");
    const name = cut < 0 ? word : word.slice(0, cut);
    const value = cut < 0 ? undefined : word.slice(cut + 1);
    const near = longs.filter((one) => one.name.startsWith(name));
    const found = near.find((one) => one.name === name) ?? (near.length === 1 ? near[0] : undefined);
    if (found === undefined) {
      errors.push(
        near.length > 1
          ? `option '${dashes}${word}' is ambiguous; possibilities: ${near.map((one) => `'--${one.name}'`).join(" ")}`
          : `unrecognized option '${dashes}${word}'`,
      );
      return;
    }
    out.push(`--${found.name}`);
    if (found.takes === 0 && value !== undefined) {
      out.pop();
      errors.push(`option '--${found.name}' doesn't allow an argument`);
    } else if (found.takes === 2) out.push(quoteWord(value ?? ""));
    else if (found.takes === 1) {
      const given = value ?? words[at++];
      if (given !== undefined) out.push(quoteWord(given));
      else {
        out.pop();
        errors.push(`option '${dashes}${found.name}' requires an argument`);
      }
    }
  };
  while (at < words.length) {
    const word = words[at++] ?? "";
    if (word === "--") break;
    if (!/^-./s.test(word)) {
      if (posix) {
        at -= 1;
        break;
      }
      if (inPlace) out.push(quoteWord(word));
      else rest.push(word);
      continue;
    }
    if (word.startsWith("--")) {
      long(word.slice(2), "--");
      continue;
    }
    if (alone && (word.length > 2 || !letters.includes(word[1] ?? ""))) {
      long(word.slice(1), "-");
      continue;
    }
    for (let i = 1; i < word.length; i++) {
      const letter = word[i] ?? "";
      const place = letters.indexOf(letter);
      if (place < 0 || letter === ":") {
        errors.push(`invalid option -- '${letter}'`);
        continue;
      }
      out.push(`-${letter}`);
      if (letters[place + 1] !== ":") continue;
      const inline = word.slice(i + 1);
      const given = inline !== "" ? inline : letters[place + 2] === ":" ? "" : words[at++];
      if (given !== undefined) out.push(quoteWord(given));
      else {
        out.pop();
        errors.push(`option requires an argument -- '${letter}'`);
      }
      break;
    }
  }
  return { words: [...out, "--", ...[...rest, ...words.slice(at)].map(quoteWord)], errors };
}

export const getopt = defineCommand({
  name: "getopt",
  package: "util-linux",
  summary: "Parse command options.",
  usage: ["<optstring> <parameters>", "[options] [--] <optstring> <parameters>"],
  usageStatus: 2,
  posix: true,
  options: `
    a,alternative  allow long options starting with single -
    l,longoptions=LONGOPTS  the long options to be recognized
    n,name=NAME  the name under which errors are reported
    o,options=OPTSTRING  the short options to be recognized
    q,quiet  disable error reporting by getopt(3)
    Q,quiet-output  no normal output
    s,shell=SHELL  set quoting conventions to those of SHELL
    T,test  test for getopt(1) version
    u,unquoted  do not quote the output`,
  *run(io) {
    if (io.has("T")) return 4;
    // The old form: the first word is the option string, and nothing is quoted.
    const old = io.args[0] !== undefined && !io.args[0].startsWith("-");
    let words: readonly string[] = io.operands;
    let spec = io.value("o");
    if (spec === undefined) {
      spec = words[0];
      words = words.slice(1);
      if (spec === undefined) return yield* io.usageError("missing optstring argument");
      if (words[0] === "--") words = words.slice(1);
    }
    const longs = readLongs(io.options.filter(([key]) => key === "l").map(([, value]) => value ?? ""));
    const { words: parsed, errors } = parseWords(words, spec, longs, io.has("a"));
    if (!io.has("q")) for (const error of errors) io.printError(`${io.value("n") ?? io.name}: ${error}\n`);
    const plain = old || io.has("u");
    const shown = plain
      ? parsed.map((word) => (word.startsWith("'") ? word.slice(1, -1).replaceAll("'\\''", "'") : word))
      : parsed;
    if (!io.has("Q")) io.print(` ${shown.join(" ")}\n`);
    return errors.length > 0 ? 1 : 0;
  },
});
