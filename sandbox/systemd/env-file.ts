// Environment files (EnvironmentFile=): a shell-like syntax of its own. Pure text to assignments.

export interface EnvAssignment {
  readonly name: string;
  readonly value: string;
  /** Line on which the assignment begins, from 1. */
  readonly line: number;
}

const BLANK = " \t\n\r";

type State =
  | "before"
  | "key"
  | "start"
  | "value"
  | "escape"
  | "single"
  | "double"
  | "double-escape"
  | "comment"
  | "comment-escape";

/** Reads an environment file. Quotes may span lines; names are not checked here (see `isEnvName`). */
export function parseEnvFile(text: string): EnvAssignment[] {
  const found: EnvAssignment[] = [];
  let state: State = "before";
  let key = "";
  let value = "";
  let line = 1;
  let began = 1;
  const push = (chomp: boolean) => {
    found.push({ name: key.replace(/[ \t\n\r]+$/, ""), value: chomp ? value.slice(0, solid) : value, line: began });
    key = "";
    value = "";
    solid = 0;
  };
  // Length of the value up to its last character that must stay: trailing blanks of an unquoted value go.
  let solid = 0;
  for (const char of text) {
    const newline = char === "\n" || char === "\r";
    switch (state) {
      case "before":
        if (char === "#" || char === ";") state = "comment";
        else if (!BLANK.includes(char)) {
          state = "key";
          key = char;
          began = line;
        }
        break;
      case "key":
        if (newline) {
          state = "before";
          key = "";
        } else if (char === "=") {
          state = "start";
          value = "";
          solid = 0;
        } else key += char;
        break;
      case "start":
        if (newline) {
          push(false);
          state = "before";
        } else if (char === "'") state = "single";
        else if (char === '"') state = "double";
        else if (char === "\\") state = "escape";
        else if (!BLANK.includes(char)) {
          state = "value";
          value += char;
          solid = value.length;
        }
        break;
      case "value":
        if (newline) {
          push(true);
          state = "before";
        } else if (char === "\\") {
          state = "escape";
          solid = value.length;
        } else {
          value += char;
          if (!BLANK.includes(char)) solid = value.length;
        }
        break;
      case "escape":
        state = "value";
        if (!newline) {
          value += char;
          solid = value.length;
        }
        break;
      case "single":
        if (char === "'") state = "start";
        else value += char;
        break;
      case "double":
        if (char === '"') state = "start";
        else if (char === "\\") state = "double-escape";
        else value += char;
        break;
      case "double-escape":
        state = "double";
        if ('"\\`$'.includes(char)) value += char;
        else if (char !== "\n") value += `\\${char}`;
        break;
      case "comment":
        if (char === "\\") state = "comment-escape";
        else if (newline) state = "before";
        break;
      case "comment-escape":
        state = newline ? "before" : "comment";
        break;
    }
    if (char === "\n") line += 1;
  }
  if (!["before", "key", "comment", "comment-escape"].includes(state)) push(state === "value");
  return found;
}

/** Whether `name` may be an environment variable's name. */
export function isEnvName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

/** Whether `text` is NAME=VALUE with a good name. */
export function isEnvAssignment(text: string): boolean {
  const equals = text.indexOf("=");
  return equals > 0 && isEnvName(text.slice(0, equals));
}
