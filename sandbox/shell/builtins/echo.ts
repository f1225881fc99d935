// echo, true, false and the colon.

import { expandEscapes } from "../../lib/escapes.ts";
import { type Builtin, print } from "./define.ts";

export const echo: Builtin = {
  usage: "echo [-neE] [arg ...]",
  summary: "Write arguments to the standard output.",
  *run(sh, args) {
    let newline = true;
    let escapes = sh.state.shopt.has("xpg_echo");
    let at = 0;
    for (; /^-[neE]+$/.test(args[at] ?? ""); at++) {
      for (const letter of (args[at] as string).slice(1)) {
        if (letter === "n") newline = false;
        else escapes = letter === "e";
      }
    }
    const text = args.slice(at).join(" ");
    if (!escapes) return yield* print(sh, newline ? `${text}\n` : text);
    const result = expandEscapes(text, "echo");
    return yield* print(sh, newline && !result.stop ? `${result.text}\n` : result.text);
  },
};

function constant(usage: string, summary: string, status: number): Builtin {
  return {
    usage,
    summary,
    *run() {
      return status;
    },
  };
}

export const colon = constant(":", "Null command.", 0);
export const trueBuiltin = constant("true", "Return a successful result.", 0);
export const falseBuiltin = constant("false", "Return an unsuccessful result.", 1);
