// echo: the program (bash has its own): -n, -e, -E only where the first word is made of these letters.

import type { Program } from "../kernel/sys.ts";
import { expandEscapes } from "../lib/escapes.ts";

export const echo: Program = {
  name: "echo",
  *main(sys, argv) {
    let args = argv.slice(1);
    let newline = true;
    let escapes = false;
    while (args[0] !== undefined && /^-[neE]+$/.test(args[0])) {
      for (const letter of args[0].slice(1)) {
        if (letter === "n") newline = false;
        else escapes = letter === "e";
      }
      args = args.slice(1);
    }
    let text = args.join(" ");
    if (escapes) {
      const expanded = expandEscapes(text, "echo");
      text = expanded.text;
      if (expanded.stop) newline = false;
    }
    yield* sys.write(1, newline ? `${text}\n` : text);
    return 0;
  },
};
