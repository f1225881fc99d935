// The options before ip's object, which may be cut short as far as they stay clear.

import { Failure } from "./failure.ts";

/** How ip was asked to show things. */
export interface Settings {
  family: "" | "4" | "6";
  brief: boolean;
  oneline: boolean;
  json: boolean;
  pretty: boolean;
  details: boolean;
  statistics: number;
  /** An option that prints something by itself. */
  alone: "" | "help" | "version";
}

/** Options in the order in which the first that begins with a word is the one meant. */
const OPTIONS = [
  ["loops", 1],
  ["family", 1],
  ["4", 0],
  ["6", 0],
  ["M", 0],
  ["B", 0],
  ["0", 0],
  ["human-readable", 0],
  ["iec", 0],
  ["statistics", 0],
  ["details", 0],
  ["resolve", 0],
  ["oneline", 0],
  ["timestamp", 0],
  ["tshort", 0],
  ["Version", 0],
  ["force", 0],
  ["batch", 1],
  ["brief", 0],
  ["json", 0],
  ["pretty", 0],
  ["rcvbuf", 1],
  ["color", 0],
  ["help", 0],
  ["netns", 1],
  ["Numeric", 0],
  ["all", 0],
  ["echo", 0],
] as const;
/** Words that stand for another option than the first they begin. */
const SHORT: Readonly<Record<string, string>> = { ts: "tshort", hum: "human-readable", human: "human-readable" };

/** Takes the options off the words. */
export function readSettings(words: string[]): Settings | Failure {
  const settings: Settings = {
    family: "",
    brief: false,
    oneline: false,
    json: false,
    pretty: false,
    details: false,
    statistics: 0,
    alone: "",
  };
  while (words[0]?.startsWith("-")) {
    const given = words.shift() ?? "";
    if (given === "--") break;
    const text = given.replace(/^--(?=.)/, "-").slice(1);
    const bare = text.replace(/^(color)=.*$/, "$1");
    const name = SHORT[bare] ?? OPTIONS.find(([long]) => bare !== "" && long.startsWith(bare))?.[0];
    if (name === undefined) return new Failure(`Option "-${text}" is unknown, try "ip -help".`, 255);
    const value = OPTIONS.some(([long, takes]) => long === name && takes === 1) ? words.shift() : "";
    if (value === undefined)
      return new Failure(
        name === "family"
          ? 'Error: argument "family type" is required'
          : 'Command line is not complete. Try option "help"',
        255,
      );
    const problem = apply(settings, name, value);
    if (problem !== undefined) return problem;
    if (settings.alone !== "") return settings;
  }
  return settings;
}

function apply(settings: Settings, name: string, value: string): Failure | undefined {
  if (name === "4" || name === "6") settings.family = name;
  else if (name === "family") {
    if (!["inet", "inet6", "mpls", "bridge", "link"].includes(value))
      return new Failure(`Error: argument "${value}" is wrong: invalid protocol family`, 255);
    settings.family = value === "inet" ? "4" : value === "inet6" ? "6" : "";
  } else if (name === "netns")
    return new Failure(`Cannot open network namespace "${value}": No such file or directory`, 255);
  else if (name === "batch")
    return new Failure(`Cannot open file "${value}" for reading: No such file or directory`, 1);
  else if (name === "brief") settings.brief = true;
  else if (name === "oneline") settings.oneline = true;
  else if (name === "json") settings.json = true;
  else if (name === "pretty") settings.pretty = true;
  else if (name === "details") settings.details = true;
  else if (name === "statistics") settings.statistics += 1;
  else if (name === "help") settings.alone = "help";
  else if (name === "Version") settings.alone = "version";
  return undefined;
}
