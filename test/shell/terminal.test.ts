// An interactive shell on a terminal of a fleet: prompts, keys, completion, and life after undo.

import { beforeAll, describe, expect, it } from "vitest";
import type { Fleet } from "#sandbox/fleet.ts";
import { bootShell, type ShellMachine } from "../support/shell.ts";

let machine: ShellMachine;

/** A terminal with the shell at its prompt. */
function openTerminal(): { fleet: Fleet; type: (keys: string) => string } {
  const fleet = machine.open();
  const type = typist(fleet);
  type("");
  type("PS1='$ '\r");
  return { fleet, type };
}

/** Types, lets a second pass and answers what the screen got. */
function typist(fleet: Fleet): (keys: string) => string {
  return (keys) => {
    fleet.type("t", keys);
    fleet.world.goal += 1000;
    let steps = 0;
    fleet.run(() => ++steps > 1500);
    return fleet.screen("t");
  };
}

beforeAll(async () => {
  machine = await bootShell("terminal");
});

const NEXT = "\x1b[?2004h$ ";
const RUN = "\r\n\x1b[?2004l\r";

describe("a terminal", () => {
  it("echoes, runs and prompts as readline does", () => {
    const { type } = openTerminal();
    expect(type("echo hi\r")).toBe(`echo hi${RUN}hi\r\n${NEXT}`);
    expect(type("nosuch\r")).toBe(`nosuch${RUN}bash: nosuch: command not found\r\n${NEXT}`);
    expect(type("echo $?\r")).toBe(`echo $?${RUN}127\r\n${NEXT}`);
  });

  it("asks for the rest with PS2, and Ctrl-C gives it up", () => {
    const { type } = openTerminal();
    expect(type("echo 'a\r")).toBe(`echo 'a${RUN}\x1b[?2004h> `);
    expect(type("b'\r")).toBe(`b'${RUN}a\r\nb\r\n${NEXT}`);
    expect(type("for i in 1; do\r")).toContain("> ");
    expect(type("\x03")).toBe(`^C\x1b[?2004l\r\x1b[?2004h\x1b[?2004l\r\r\n${NEXT}`);
  });

  it("stops a tight loop with Ctrl-C", () => {
    const { type } = openTerminal();
    type("while true; do :; done\r");
    expect(type("\x03")).toBe(`^C\r\n${NEXT}`);
    expect(type("echo $?\r")).toContain("130\r\n");
  });

  it("stops, lists and continues jobs", () => {
    const { type } = openTerminal();
    type("sleep 100\r");
    expect(type("\x1a")).toBe(`^Z\r\n[1]+  Stopped                 sleep 100\r\n${NEXT}`);
    expect(type("bg\r")).toBe(`bg${RUN}[1]+ sleep 100 &\r\n${NEXT}`);
    expect(type("jobs\r")).toContain("[1]+  Running                 sleep 100 &");
    expect(type("fg\r")).toBe(`fg${RUN}sleep 100\r\n`);
    expect(type("\x03")).toBe(`^C\r\n${NEXT}`);
  });

  it("completes paths, rings for several and lists them at the second Tab", () => {
    const { type } = openTerminal();
    expect(type("cat /etc/hostn\t")).toBe("cat /etc/hostname ");
    type("\x15");
    expect(type("cat /etc/host\t")).toBe("cat /etc/host\x07");
    expect(type("\t")).toBe("\x07\r\nhostname  hosts     \r\n$ cat /etc/host".replace(/^\x07/, ""));
  });

  it("completes at Escape twice, when the next key shows that no longer one was meant", () => {
    const { type } = openTerminal();
    expect(type("cat /etc/hostn")).toBe("cat /etc/hostn");
    expect(type("\x1b\x1b")).toBe("");
    expect(type("x")).toBe("ame x");
  });

  it("finds a line again with Ctrl-R", () => {
    const { type } = openTerminal();
    type("echo needle\r");
    type("echo other\r");
    expect(type("\x12nee\r")).toContain(`echo needle`);
    expect(type("history 1\r")).toMatch(/\d+ {2}history 1/);
  });

  it("goes on after undo with its folder, variables, functions and history, without what was in flight", () => {
    const { fleet, type } = openTerminal();
    type("cd /etc; x=5; f() { echo F $x; }; declare -A m=([k]=v); alias hi='echo aliased'\r");
    type("sleep 100\r");
    const restored = machine.restore(structuredClone(fleet.snapshot()));
    const again = typist(restored);
    expect(again("")).toBe(`\r\x1b[K${NEXT}`);
    expect(again("f; echo ${m[k]}; hi $PWD\r")).toContain("F 5\r\nv\r\naliased /etc\r\n");
    expect(again("history 3\r")).toContain("sleep 100");
  });
});
