// trap.

import { findSignal, SIGNALS, type SignalName } from "../../kernel/signal.ts";
import { singleQuote } from "../quote.ts";
import { complain, type Shell } from "../state.ts";
import { type Builtin, badFlags, parseFlags, print, usage } from "./define.ts";
import { signalTable } from "./jobs.ts";

const NAMED = ["EXIT", "DEBUG", "ERR", "RETURN"];

/** Name of a condition as traps are kept: `EXIT`, `SIGINT`, … */
function condition(text: string): string | undefined {
  const upper = text.toUpperCase();
  if (text === "0") return "EXIT";
  return NAMED.includes(upper) ? upper : findSignal(text);
}

function order(name: string): number {
  if (name === "EXIT") return 0;
  return name in SIGNALS ? SIGNALS[name as SignalName] : 100 + NAMED.indexOf(name);
}

function line(sh: Shell, name: string): string {
  return `trap -- ${singleQuote(sh.state.traps.get(name) ?? "")} ${name}\n`;
}

/** What the kernel is to do with a signal, as its trap says. */
function arrange(sh: Shell, name: string): void {
  if (!(name in SIGNALS)) return;
  const text = sh.state.traps.get(name);
  const guarded = sh.state.interactive && sh.depth === 0;
  if (text === "") sh.sys.sigaction(name as SignalName, "ignore");
  else if (text !== undefined) sh.sys.sigaction(name as SignalName, "catch");
  else if (guarded && name === "SIGINT") sh.sys.sigaction("SIGINT", "catch");
  else if (guarded && ["SIGTERM", "SIGQUIT", "SIGTSTP", "SIGTTIN", "SIGTTOU"].includes(name))
    sh.sys.sigaction(name as SignalName, "ignore");
  else sh.sys.sigaction(name as SignalName, "default");
}

export const trap: Builtin = {
  usage: "trap [-lp] [[arg] signal_spec ...]",
  summary: "Trap signals and other events.",
  *run(sh, args) {
    const { traps } = sh.state;
    const flags = parseFlags(args, "lp");
    if (flags.bad !== undefined) return yield* badFlags(sh, trap, flags);
    if (flags.flags.includes("l")) return yield* print(sh, signalTable());
    const sorted = () => [...traps.keys()].sort((a, b) => order(a) - order(b));
    if (flags.rest.length === 0)
      return yield* print(
        sh,
        sorted()
          .map((name) => line(sh, name))
          .join(""),
      );
    if (flags.flags.includes("p")) {
      let status = 0;
      for (const text of flags.rest) {
        const name = condition(text);
        if (name === undefined) {
          yield* complain(sh, `${text}: invalid signal specification`);
          status = 1;
        } else if (traps.has(name)) yield* print(sh, line(sh, name));
      }
      return status;
    }
    const [first = "", ...others] = flags.rest;
    const reset =
      first === "-" ||
      (/^\d+$/.test(first) && condition(first) !== undefined) ||
      (others.length === 0 && condition(first) !== undefined);
    if (others.length === 0 && !reset) return yield* usage(sh, trap);
    const names = reset && first !== "-" ? flags.rest : others;
    let status = 0;
    for (const text of names) {
      const name = condition(text);
      if (name === undefined) {
        yield* complain(sh, `${text}: invalid signal specification`);
        status = 1;
        continue;
      }
      if (reset) traps.delete(name);
      else traps.set(name, first);
      arrange(sh, name);
    }
    return status;
  },
};
