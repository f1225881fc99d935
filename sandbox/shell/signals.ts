// Signals and traps of a shell.

import { SIGNALS, type SignalName } from "../kernel/signal.ts";
import type { Task } from "../kernel/sys.ts";
import { Discard, type Shell } from "./state.ts";

/** Signals that an interactive shell does not die of. */
export const SHELL_SIGNALS: readonly SignalName[] = ["SIGQUIT", "SIGTERM", "SIGTSTP", "SIGTTIN", "SIGTTOU"];

/** Sets up signals of a shell that talks to a user. */
export function guardShell(sh: Shell): void {
  for (const name of SHELL_SIGNALS) sh.sys.sigaction(name, "ignore");
  sh.sys.sigaction("SIGINT", "catch");
}

/** Gives a child the actions its program expects. */
export function releaseSignals(sh: Shell, background: boolean): void {
  const { sys, state } = sh;
  for (const name of ["SIGINT", ...SHELL_SIGNALS] as SignalName[])
    if (state.traps.get(name) !== "") sys.sigaction(name, "default");
  for (const [name, action] of state.traps) {
    if (!(name in SIGNALS)) continue;
    if (action === "") sys.sigaction(name as SignalName, "ignore");
    else sys.sigaction(name as SignalName, "default");
  }
  // Traps that do something are not inherited, unless an option says so; those that ignore are.
  const kept = (name: string) =>
    name === "ERR" ? state.options.has("errtrace") : /^(DEBUG|RETURN)$/.test(name) && state.options.has("functrace");
  for (const [name, action] of [...state.traps]) if (action !== "" && !kept(name)) state.traps.delete(name);
  if (background) {
    sys.sigaction("SIGINT", "ignore");
    sys.sigaction("SIGQUIT", "ignore");
  }
}

/** Takes the signals that came from the kernel. */
export function collectSignals(sh: Shell): void {
  for (let name = sh.sys.takeSignal(); name !== undefined; name = sh.sys.takeSignal()) sh.pending.push(name);
}

/** Acts upon signals that came: runs traps; an interrupt gives up the line. */
export function* pollSignals(sh: Shell): Task<void> {
  if (sh.sys.due()) yield* sh.sys.rest();
  collectSignals(sh);
  while (sh.pending.length > 0) {
    const name = sh.pending.shift() as SignalName;
    const trap = sh.state.traps.get(name);
    if (trap !== undefined && trap !== "") yield* runTrap(sh, name, trap);
    else if (name === "SIGINT") {
      sh.pending = [];
      if (sh.state.interactive && sh.depth === 0) yield* sh.sys.write(2, "\n");
      throw new Discard(130, true);
    }
  }
}

/** What messages about mistakes in a trap's text call it; others say `trap`. */
const TRAP_LABELS: Readonly<Record<string, string>> = {
  EXIT: "exit trap",
  ERR: "error trap",
  DEBUG: "debug trap",
  RETURN: "return trap",
  SIGINT: "interrupt trap",
};

/** Runs the text of a trap; `$?` is as it was afterwards. */
export function* runTrap(sh: Shell, name: string, text: string): Task<void> {
  if (sh.inTrap.has(name)) return;
  const { status } = sh.state;
  const { pipeStatus, line, builtin, command } = sh;
  sh.inTrap.add(name);
  sh.builtin = "";
  try {
    const label = TRAP_LABELS[name];
    yield* sh.runner.evaluate(sh, text, label === undefined ? {} : { label });
    sh.state.status = status;
  } finally {
    sh.inTrap.delete(name);
    Object.assign(sh, { pipeStatus, line, builtin, command });
  }
}

/** Runs a trap such as EXIT, ERR, DEBUG or RETURN where it is set. */
export function* runNamedTrap(sh: Shell, name: string): Task<void> {
  const text = sh.state.traps.get(name);
  if (text !== undefined && text !== "") yield* runTrap(sh, name, text);
}
