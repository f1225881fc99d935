// The options of find that stand in its expression: they hold for the whole walk.

import { quote } from "../../lib/quote.ts";
import type { Predicate, Words } from "./words.ts";

const REGEX_TYPES =
  "findutils-default ed emacs gnu-awk grep posix-awk awk posix-basic posix-egrep egrep posix-extended posix-minimal-basic sed".split(
    " ",
  );

/** Global options after tests work, but find says that they should come first. */
function warnLate(words: Words, word: string): void {
  const before = words.all
    .slice(0, words.all.indexOf(word, Math.max(0, words.at - 2)))
    .find(
      (one) =>
        /^-(?!(?:max|min)depth|depth|d$|mount|xdev|daystart|warn|nowarn|noleaf|follow|regextype)[a-z]/.test(one) ||
        one === "(" ||
        one === "!",
    );
  if (before === undefined) return;
  words.warnings.push(
    `warning: you have specified the global option ${word} after the argument ${before}, but global options are not positional, i.e., ${word} affects tests specified before it as well as those specified after it.  Please specify global options before other arguments.`,
  );
}

function depthLimit(words: Words, name: string, word: string): undefined {
  const text = words.argument(word);
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) {
    return words.fail(`Expected a positive decimal integer argument to ${word}, but got ${quote(text)}`);
  }
  if (name === "-maxdepth") words.maxDepth = Number(text);
  else words.minDepth = Number(text);
  warnLate(words, word);
  return undefined;
}

function depthFirst(words: Words, _name: string, word: string): undefined {
  words.depthFirst = true;
  warnLate(words, word);
}

function oneSystem(words: Words): undefined {
  words.oneSystem = true;
}

function regexType(words: Words, _name: string, word: string): undefined {
  words.regexType = words.argument(word) ?? "";
  if (!REGEX_TYPES.includes(words.regexType)) {
    const types = REGEX_TYPES.map((type) => `‘${type}’`).join(", ");
    words.fail(`Unknown regular expression type ‘${words.regexType}’; valid types are ${types}.`);
  }
}

const ignored = () => undefined;

export const OPTIONS: Readonly<Record<string, Predicate<never>>> = {
  "-regextype": regexType,
  "-maxdepth": depthLimit,
  "-mindepth": depthLimit,
  "-depth": depthFirst,
  "-d": depthFirst,
  "-mount": oneSystem,
  "-xdev": oneSystem,
  "-daystart": (words) => {
    words.dayStart = true;
  },
  "-warn": ignored,
  "-nowarn": ignored,
  "-noleaf": ignored,
  "-ignore_readdir_race": ignored,
  "-noignore_readdir_race": ignored,
  "-follow": ignored,
};
