// The actions of find, each with the arguments it reads.

import type { Action } from "./expression.ts";
import type { Predicate, Words } from "./words.ts";

/** With such an action in the expression nothing is printed that it does not ask for. */
function act(words: Words, action: Action): Action {
  words.acts = true;
  return action;
}

function execAction(words: Words, name: string, word: string): Action | undefined {
  const ask = name.startsWith("-ok");
  const start = words.at;
  let end = start;
  let many = false;
  for (; end < words.all.length; end++) {
    if (words.all[end] === ";") break;
    if (!ask && words.all[end] === "+" && words.all[end - 1] === "{}" && end > start) {
      many = true;
      break;
    }
  }
  if (end >= words.all.length) {
    return words.fail(start >= words.all.length ? `missing argument to \`${word}'` : `missing argument to \`${word}'`);
  }
  const command = words.all.slice(start, end);
  words.at = end + 1;
  if (command.length === 0) {
    return words.fail(`invalid argument \`${words.all[end]}' to \`${word}'`);
  }
  if (many && command.filter((one) => one.includes("{}")).length > 1) {
    return words.fail(`Only one instance of {} is supported with ${word} ... +`);
  }
  words.execs += 1;
  return act(words, { kind: "exec", words: command, many, dir: name.endsWith("dir"), ask, id: words.execs });
}

export const ACTIONS: Readonly<Record<string, Predicate<Action>>> = {
  "-print": (words) => act(words, { kind: "print", end: "\n", file: undefined }),
  "-print0": (words) => act(words, { kind: "print", end: "\0", file: undefined }),
  "-fprint": (words, _name, word) => act(words, { kind: "print", end: "\n", file: words.argument(word) }),
  "-fprint0": (words, _name, word) => act(words, { kind: "print", end: "\0", file: words.argument(word) }),
  "-printf": (words, _name, word) => {
    const format = words.argument(word);
    return format === undefined ? undefined : act(words, { kind: "printf", format, file: undefined });
  },
  "-fprintf": (words, _name, word) => {
    const file = words.argument(word);
    const format = words.argument(word);
    return format === undefined ? undefined : act(words, { kind: "printf", format, file });
  },
  "-ls": (words) => act(words, { kind: "ls", file: undefined }),
  "-fls": (words, _name, word) => act(words, { kind: "ls", file: words.argument(word) }),
  "-exec": execAction,
  "-execdir": execAction,
  "-ok": execAction,
  "-okdir": execAction,
  "-delete": (words) => {
    words.depthFirst = true;
    return act(words, { kind: "delete" });
  },
  "-prune": () => ({ kind: "prune" }),
  "-quit": (words) => act(words, { kind: "quit" }),
};
