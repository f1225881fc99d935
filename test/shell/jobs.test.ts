// Jobs at a terminal, as a real bash 5.2.15 tells of them: notices after every wait, lists that an interrupt gives up, and a machine that is full.

import { beforeAll, describe, expect, it } from "vitest";
import type { Fleet } from "#sandbox/fleet.ts";
import { bootShell, type ShellMachine } from "../support/shell.ts";

let machine: ShellMachine;

/** A shell that has been typed to; what the screen got after each line, without the line itself. */
function openShell(): { fleet: Fleet; type: (keys: string) => string } {
  const fleet = machine.open();
  return { fleet, type: typist(fleet) };
}

function typist(fleet: Fleet): (keys: string) => string {
  const type = (keys: string) => {
    fleet.type("t", keys);
    fleet.world.goal += 1000;
    let steps = 0;
    fleet.run(() => ++steps > 20_000);
    return fleet
      .screen("t")
      .replaceAll("\r", "")
      .replace(/\x1b\[\?2004[hl]/g, "");
  };
  type("PS1='$ '\r");
  return type;
}

beforeAll(async () => {
  machine = await bootShell("jobs");
});

describe("jobs", () => {
  it("are told of after the wait in which they ended", () => {
    const { type } = openShell();
    expect(type("sleep 0.05 & sleep 0.15; echo hi\r")).toMatch(/\[1\] \d+\n\[1\]\+ {2}Done {20}sleep 0.05\nhi\n/);
    expect(type("(exit 3) & wait $!; echo $?\r")).toMatch(/\[1\] \d+\n\[1\]\+ {2}Exit 3 {18}\( exit 3 \)\n3\n/);
  });

  it("die of a signal sent before their first step", () => {
    const { type } = openShell();
    expect(type("sleep 100 & kill %1; wait %1; echo $?\r")).toMatch(/Terminated {14}sleep 100\n143\n/);
  });

  it("are stopped, listed with what stopped them, and run again", () => {
    const { type } = openShell();
    const shown = type("sleep 5 & kill -STOP %1; sleep 0.1; jobs -l; kill -CONT %1; jobs\r");
    expect(shown).toMatch(/\n\n\[1\]\+ {2}Stopped {17}sleep 5\n\[1\]\+ +\d+ Stopped \(signal\) {8}sleep 5\n/);
    expect(shown).toContain("[1]+  Running                 sleep 5 &\n");
  });

  it("take the rest of the line with them when they are interrupted", () => {
    const { type } = openShell();
    type("sleep 100; echo never\r");
    expect(type("\x03")).toBe("^C\n$ ");
    type("f() { sleep 100; echo never; }; f || echo no\r");
    expect(type("\x03")).toBe("^C\n$ ");
  });

  it("of the shell's own group, which nobody could continue, are refused the terminal instead of stopped", () => {
    const { type } = openShell();
    const refused = "cat: -: Input/output error\n";
    expect(type("cat x <(cat) -\r")).toContain(refused);
    expect(type("\x03")).toBe("^C\n$ ");
    type("\x03");
    expect(type("echo here\r")).toBe("echo here\nhere\n$ ");
  });

  it("cannot be more than the machine holds: a fork bomb ends in bash's own words, and Ctrl-C comes back", () => {
    const { fleet, type } = openShell();
    const bomb = type(":(){ :|:& };:\r");
    expect(bomb).toContain("bash: fork: retry: Resource temporarily unavailable\n");
    type("cat\r");
    type("\x03");
    for (let second = 0; second < 5 && !fleet.atPrompt("t"); second++) type("");
    expect(fleet.machine("node01").state.processes.size).toBeLessThanOrEqual(1002);
    expect(fleet.atPrompt("t")).toBe(true);
  });

  it("outlive a snapshot in a shell within the shell, called sh", () => {
    const { fleet, type } = openShell();
    type("sh\r");
    const again = typist(machine.restore(structuredClone(fleet.snapshot())));
    expect(again("echo $0 alive\r")).toContain("sh alive\n");
  });
});
