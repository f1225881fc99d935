// A machine with bash, cat and sleep on it and nothing else running: what tests of the terminal start from.

import { Fleet, type FleetState } from "#sandbox/fleet.ts";
import { installProgram } from "#sandbox/images/base.ts";
import { createMachine } from "#sandbox/machine.ts";
import { Programs } from "#sandbox/programs.ts";
import { BOOT } from "./machine.ts";

export interface ShellMachine {
  /** A fork of it, with the terminal `t` (80 by 24) opened for root. */
  open(): Fleet;
  /** A fleet of such a machine from its state. */
  restore(state: FleetState): Fleet;
}

/** Boots it as node01. */
export async function bootShell(seed: string): Promise<ShellMachine> {
  const programs = new Programs();
  await programs.loadAll(["init", "bash", "bash-more", "cat", "sleep"]);
  const machine = createMachine({
    name: "node01",
    address: "172.30.2.2",
    seed,
    boot: BOOT,
    hosts: [],
    programs: programs.names,
    install: (fs) => {
      installProgram(fs, "init", "/usr/lib/init");
      fs.install("/root/.profile", { data: "" });
    },
  });
  const fleet = new Fleet(
    { world: { now: BOOT, nextStream: 1, streams: new Map() }, machines: [machine], terminals: [] },
    programs,
  );
  fleet.machine("node01").spawn(undefined, { path: "/usr/lib/init", argv: ["init"], fds: {} });
  fleet.run();
  const base = fleet.snapshot();
  return {
    open() {
      const fork = new Fleet(base, programs).fork();
      fork.openTerminal("t", "node01", "root", { columns: 80, rows: 24 });
      return fork;
    },
    restore: (state) => new Fleet(state, programs),
  };
}
