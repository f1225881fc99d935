// What nano reads from the keyboard: keys, answers to its questions, one letter of a few.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { textWidth } from "../../lib/width.ts";
import type { Nano } from "./editor.ts";
import { splitKeys } from "./keys.ts";
import { draw, type Hints, measure, type Prompt, put } from "./screen.ts";

export function* readKey(nano: Nano): Task<string> {
  while (nano.keys.length === 0) {
    draw(nano);
    yield* nano.io.flush();
    const bytes = yield* nano.io.sys.read(nano.fd);
    if (nano.io.sys.takeSignal() === "SIGWINCH") {
      measure(nano);
      put(nano, "\x1b[2J");
    } else if (!isErrno(bytes) && bytes.length > 0) nano.keys.push(...splitKeys(decode(bytes)));
    else if (!isErrno(bytes) || bytes.code !== "EINTR") {
      nano.done = true;
      return "";
    }
  }
  return nano.keys.shift() ?? "";
}

/** A key while something is asked; undefined at the end of the input. */
function* answerKey(nano: Nano, prompt: Prompt): Task<string | undefined> {
  while (nano.keys.length === 0) {
    draw(nano, prompt);
    yield* nano.io.flush();
    const bytes = yield* nano.io.sys.read(nano.fd);
    if (isErrno(bytes) || bytes.length === 0) return undefined;
    nano.keys.push(...splitKeys(decode(bytes)));
  }
  return nano.keys.shift();
}

/** A question on the line of messages; undefined where it was cancelled. */
export function* ask(
  nano: Nano,
  question: string,
  start: string,
  hints: Hints = [
    [
      ["^G", "Help"],
      ["^C", "Cancel"],
    ],
  ],
): Task<string | undefined> {
  let text = start;
  nano.status = "";
  for (;;) {
    const cursor = question.length + 2 + textWidth(text);
    const key = yield* answerKey(nano, { text: `${question}: ${text}`, hints, cursor });
    if (key === undefined) return undefined;
    if (key === "\r" || key === "\n") return text;
    if (key === "\x03" || key === "\x1b") {
      nano.status = "Cancelled";
      return undefined;
    }
    if (key === "\x7f" || key === "\b") text = text.slice(0, -1);
    else if (key === "\x0b" || key === "\x15") text = "";
    else if (key.length === 1 && key >= " ") text += key;
  }
}

/** One letter of a few; undefined for ^C. */
export function* choose(nano: Nano, question: string, letters: string): Task<string | undefined> {
  const hints: Hints = letters.includes("a")
    ? [
        [
          [" Y", "Yes"],
          [" N", "No"],
        ],
        [
          [" A", "All"],
          ["^C", "Cancel"],
        ],
      ]
    : [
        [
          [" Y", "Yes"],
          ["", ""],
        ],
        [
          [" N", "No"],
          ["^C", "Cancel"],
        ],
      ];
  for (;;) {
    const key = (yield* answerKey(nano, { text: question, hints, cursor: question.length + 1 }))?.toLowerCase();
    if (key === undefined) return undefined;
    if (key === "\x03" || key === "\x1b") {
      nano.status = "Cancelled";
      return undefined;
    }
    if (key !== "" && letters.includes(key)) return key;
  }
}
