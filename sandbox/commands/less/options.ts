// Options of less, from the command line, from LESS, and typed with `-` while it runs.

export interface LessOptions {
  /** Chop long lines (-S). */
  chop: boolean;
  numbers: boolean;
  raw: "" | "R" | "r";
  quitIfOneScreen: boolean;
  noInit: boolean;
  /** Prompt: short, -m or -M. */
  prompt: 0 | 1 | 2;
  quitOnInterrupt: boolean;
  /** -i ignores case unless the pattern has capitals, -I always. */
  ignoreCase: 0 | 1 | 2;
  quitAtEnd: 0 | 1 | 2;
  squeeze: boolean;
  noHighlight: boolean;
  /** Commands typed before the first key (+G, +/pattern). */
  start: string;
  search: string;
}

export function defaultOptions(): LessOptions {
  return {
    chop: false,
    numbers: false,
    raw: "",
    quitIfOneScreen: false,
    noInit: false,
    prompt: 0,
    quitOnInterrupt: false,
    ignoreCase: 0,
    quitAtEnd: 0,
    squeeze: false,
    noHighlight: false,
    start: "",
    search: "",
  };
}

const LONG: Readonly<Record<string, string>> = {
  "chop-long-lines": "S",
  "LINE-NUMBERS": "N",
  "line-numbers": "n",
  "RAW-CONTROL-CHARS": "R",
  "raw-control-chars": "r",
  "quit-if-one-screen": "F",
  "no-init": "X",
  "long-prompt": "m",
  "LONG-PROMPT": "M",
  "quit-on-intr": "K",
  "ignore-case": "i",
  "IGNORE-CASE": "I",
  "quit-at-eof": "e",
  "QUIT-AT-EOF": "E",
  "squeeze-blank-lines": "s",
  "hilite-search": "g",
  "HILITE-SEARCH": "G",
  quiet: "q",
  silent: "q",
  force: "f",
  "no-keypad": "",
  "use-color": "",
  mouse: "",
  "status-column": "J",
};

/** Letters that take a value; those that less knows and we take without effect. */
const WITH_VALUE = "bhjPptTxyzDkoO";
const IGNORED = "acCdfgJLqQuUVwWBA~#";

/** Sets options from one word without its dash; a text is what is wrong with it. */
export function setOptions(options: LessOptions, word: string): string | undefined {
  if (word.startsWith("-")) {
    const [name = "", ...value] = word.slice(1).split("=");
    const known = Object.keys(LONG).filter((long) => long === name || long.startsWith(name));
    const letter = LONG[known.find((long) => long === name) ?? (known.length > 0 ? (known[0] ?? "") : "")];
    if (letter === undefined)
      return /^(pattern|tag|prompt|tabs|jump-target)/.test(name)
        ? undefined
        : `There is no --${name} option ("less --help" for help)`;
    return letter === "" ? undefined : setOptions(options, letter + value.join("="));
  }
  for (let i = 0; i < word.length; i++) {
    const letter = word[i] ?? "";
    if (letter === "p") {
      options.search = word.slice(i + 1);
      return undefined;
    }
    if (WITH_VALUE.includes(letter)) return undefined;
    const problem = setOption(options, letter);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function setOption(options: LessOptions, letter: string): string | undefined {
  switch (letter) {
    case "S":
      options.chop = true;
      return undefined;
    case "N":
    case "n":
      options.numbers = letter === "N";
      return undefined;
    case "R":
    case "r":
      options.raw = letter;
      return undefined;
    case "F":
      options.quitIfOneScreen = true;
      return undefined;
    case "X":
      options.noInit = true;
      return undefined;
    case "m":
    case "M":
      options.prompt = letter === "m" ? 1 : 2;
      return undefined;
    case "K":
      options.quitOnInterrupt = true;
      return undefined;
    case "i":
    case "I":
      options.ignoreCase = letter === "i" ? 1 : 2;
      return undefined;
    case "e":
    case "E":
      options.quitAtEnd = letter === "e" ? 1 : 2;
      return undefined;
    case "s":
      options.squeeze = true;
      return undefined;
    case "G":
      options.noHighlight = true;
      return undefined;
    default:
      return IGNORED.includes(letter) ? undefined : `There is no -${letter} option ("less --help" for help)`;
  }
}

/** What `-X` typed at the prompt toggles, and the sentence less shows for it. */
export function toggleOption(options: LessOptions, letter: string): string | undefined {
  switch (letter) {
    case "S":
      options.chop = !options.chop;
      return options.chop ? "Chop long lines" : "Fold long lines";
    case "N":
      options.numbers = !options.numbers;
      return options.numbers ? "Constantly display line numbers" : "Don't use line numbers";
    case "i":
      options.ignoreCase = options.ignoreCase === 1 ? 0 : 1;
      return options.ignoreCase === 1 ? "Ignore case in searches" : "Case is significant in searches";
    case "I":
      options.ignoreCase = options.ignoreCase === 2 ? 0 : 2;
      return options.ignoreCase === 2 ? "Ignore case in searches and in patterns" : "Case is significant in searches";
    case "R":
      options.raw = options.raw === "R" ? "" : "R";
      return options.raw === "R"
        ? "Display ANSI sequences directly, other control characters as ^X"
        : "Display control characters as ^X";
    case "M":
      options.prompt = options.prompt === 2 ? 0 : 2;
      return options.prompt === 2 ? "Long prompt" : "Short prompt";
    default:
      return undefined;
  }
}
