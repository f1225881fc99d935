// The terminals of a laboratory: which are open, and what was typed at their shells.

import type { Fleet, Terminal } from "../fleet.ts";
import type { Errno } from "../kernel/errno.ts";
import type { Boot, OpenTerminal } from "../protocol.ts";
import type { Scene } from "../scene.ts";

/** Columns and rows of a terminal, as the page asked for them. */
type Size = NonNullable<Boot["size"]>;

export class Terminals {
  readonly #size: Size;
  #next = 1;
  /** Commands typed so far in each shell, by the length of its history. */
  readonly #counts = new Map<string, number>();

  constructor(size: Size = { columns: 80, rows: 24 }) {
    this.#size = size;
  }

  /** Those a scene names; else one of root on each machine. */
  openScene(fleet: Fleet, scene: Scene): void {
    const wanted = scene.terminals ?? scene.machines.map(({ name }) => ({ machine: name, user: "root" }));
    for (const { machine, user } of wanted) this.open(fleet, machine, user);
  }

  open(fleet: Fleet, machine: string, user: string): Terminal | Errno {
    return fleet.openTerminal(`t${this.#next++}`, machine, user, this.#size);
  }

  /** A fleet came with terminals of its own: later ones are numbered after them. */
  continueAfter(fleet: Fleet): void {
    this.#next = 1 + Math.max(0, ...fleet.terminals.map((each) => Number(each.id.slice(1)) || 0));
  }

  /** Those that are open in one fleet and not in the other are opened there, with a fresh login. */
  carryOver(from: Fleet, to: Fleet): void {
    for (const { id, machine, user } of from.terminals)
      if (!to.terminals.some((have) => have.id === id)) to.openTerminal(id, machine, user, this.#size);
  }

  /** From here on commands are counted anew. */
  remember(fleet: Fleet): void {
    this.#counts.clear();
    for (const terminal of fleet.terminals) this.#counts.set(terminal.id, shellOf(fleet, terminal).typed);
  }

  /** The last command of each of these shells that has been given one since the last look. */
  takeCommands(fleet: Fleet, ids: readonly string[]): { machine: string; line: string }[] {
    return fleet.terminals.flatMap((terminal) => {
      if (!ids.includes(terminal.id)) return [];
      const { typed, lastTyped } = shellOf(fleet, terminal);
      const before = this.#counts.get(terminal.id) ?? 0;
      this.#counts.set(terminal.id, typed);
      return typed === before ? [] : [{ machine: terminal.machine, line: lastTyped }];
    });
  }
}

export function describeTerminal({ id, machine, user }: Terminal): OpenTerminal {
  return { terminal: id, machine, user };
}

/** `$?` of each terminal's shell. */
export function statusesOf(fleet: Fleet): Record<string, number> {
  return Object.fromEntries(fleet.terminals.map((each) => [each.id, shellOf(fleet, each).status]));
}

/** The lines in the history of every shell. */
export function historyOf(fleet: Fleet): string[] {
  return fleet.terminals.flatMap((terminal) => shellOf(fleet, terminal).history);
}

/** What a terminal's login shell shows of itself: commands typed so far, the last of them, its history and `$?`. */
function shellOf(
  fleet: Fleet,
  terminal: Terminal,
): { typed: number; lastTyped: string; history: readonly string[]; status: number } {
  const kept = fleet.machine(terminal.machine).process(terminal.pid)?.kept;
  const state = (typeof kept === "object" && kept !== null ? kept : {}) as Record<string, unknown>;
  return {
    typed: typeof state["typed"] === "number" ? state["typed"] : 0,
    lastTyped: typeof state["lastTyped"] === "string" ? state["lastTyped"] : "",
    history: Array.isArray(state["history"]) ? state["history"].map(String) : [],
    status: typeof state["status"] === "number" ? state["status"] : 0,
  };
}
