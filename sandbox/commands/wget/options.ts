// wget's command line.

export interface Wishes {
  urls: string[];
  output: string | undefined;
  directory: string;
  quiet: boolean;
  terse: boolean;
  check: boolean;
  spider: boolean;
  showHeaders: boolean;
  headers: string[];
  post: string | undefined;
  ca: string | undefined;
  timeout: number;
  tries: number;
  agent: string;
}

const WITH_VALUE: Readonly<Record<string, string>> = {
  O: "output-document",
  P: "directory-prefix",
  T: "timeout",
  t: "tries",
  U: "user-agent",
};

const PLAIN: Readonly<Record<string, string>> = {
  q: "quiet",
  v: "verbose",
  S: "server-response",
  c: "continue",
  N: "timestamping",
  4: "inet4-only",
  6: "inet6-only",
};

const LONG_VALUES = new Set([
  ...Object.values(WITH_VALUE),
  "header",
  "post-data",
  "ca-certificate",
  "connect-timeout",
  "read-timeout",
  "method",
  "body-data",
]);

const LONG_PLAIN = new Set([
  ...Object.values(PLAIN),
  "no-verbose",
  "no-check-certificate",
  "spider",
  "show-progress",
  "no-clobber",
  "https-only",
  "no-proxy",
]);

export const USAGE = "Usage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n";

/** The command line, or the complaint about it. */
export function parse(args: readonly string[]): Wishes | string {
  const wishes: Wishes = {
    urls: [],
    output: undefined,
    directory: "",
    quiet: false,
    terse: false,
    check: true,
    spider: false,
    showHeaders: false,
    headers: [],
    post: undefined,
    ca: undefined,
    timeout: 0,
    tries: 20,
    agent: "Wget/1.25.0",
  };
  const words = [...args];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (!word.startsWith("-") || word === "-") {
      wishes.urls.push(word);
      continue;
    }
    if (word.startsWith("--")) {
      const [name = "", given] = word.slice(2).split(/=(.*)/s);
      if (LONG_VALUES.has(name)) {
        const value = given ?? words.shift();
        if (value === undefined) return `wget: option '--${name}' requires an argument\n`;
        apply(wishes, name, value);
      } else if (LONG_PLAIN.has(name)) apply(wishes, name, "");
      else return `wget: unrecognized option '${word}'\n`;
      continue;
    }
    for (let i = 1; i < word.length; i++) {
      const letter = word[i] as string;
      const pair = letter === "n" ? word.slice(i, i + 2) : undefined;
      if (pair === "nv" || pair === "nc" || pair === "nd") {
        if (pair === "nv") wishes.terse = true;
        i += 1;
      } else if (letter in PLAIN) apply(wishes, PLAIN[letter] as string, "");
      else if (letter in WITH_VALUE) {
        const value = word.slice(i + 1) || words.shift();
        if (value === undefined) return `wget: option requires an argument -- '${letter}'\n`;
        apply(wishes, WITH_VALUE[letter] as string, value);
        break;
      } else return `wget: invalid option -- '${letter}'\n`;
    }
  }
  return wishes.urls.length === 0 ? "wget: missing URL\n" : wishes;
}

function apply(wishes: Wishes, name: string, value: string): void {
  if (name === "output-document") wishes.output = value;
  else if (name === "directory-prefix") wishes.directory = `${value.replace(/\/$/, "")}/`;
  else if (name === "quiet") wishes.quiet = true;
  else if (name === "no-verbose") wishes.terse = true;
  else if (name === "no-check-certificate") wishes.check = false;
  else if (name === "spider") wishes.spider = true;
  else if (name === "server-response") wishes.showHeaders = true;
  else if (name === "header") wishes.headers.push(value);
  else if (name === "post-data") wishes.post = value;
  else if (name === "ca-certificate") wishes.ca = value;
  else if (name === "user-agent") wishes.agent = value;
  else if (name === "tries") wishes.tries = Number(value) || 0;
  else if (name === "timeout" || name === "connect-timeout" || name === "read-timeout")
    wishes.timeout = Number(value) * 1000;
}
