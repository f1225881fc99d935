// Random command lines at a terminal: nothing throws, Ctrl-C always brings the prompt back, and a machine taken up from a snapshot answers.

import { beforeAll, expect, it } from "vitest";
import { Fleet, type FleetState } from "#sandbox/fleet.ts";
import { installProgram } from "#sandbox/images/base.ts";
import { createMachine } from "#sandbox/machine.ts";
import { Programs } from "#sandbox/programs.ts";
import { commandLine } from "./grammar.ts";

const BOOT = Date.UTC(2026, 10, 21, 14, 0, 0);
const LONG = process.env.KC_LONG === "1";
const LINES = Number(process.env.KC_LINES ?? (LONG ? 100_000 : 1500));
const FIRST = Number(process.env.KC_FIRST ?? 0);
/** Lines typed on one machine before the next one begins anew, from a snapshot of this one every other time. */
const ROUND = 25;
/** Turns of the scheduler a line may take before Ctrl-C is pressed, and after. */
const PATIENCE = 4000;
const programs = new Programs();
let base: FleetState;

beforeAll(async () => {
  await programs.loadAll(programs.names.filter((name) => programs.known(name)));
  const machine = createMachine({
    name: "node01",
    address: "172.30.2.2",
    seed: "random",
    boot: BOOT,
    hosts: [],
    programs: programs.names,
    install: (fs) => {
      installProgram(fs, "init");
      fs.install("/root/.profile", { data: "" });
      fs.install("/root/file", { data: "a 1\nb 2\nroot:x:0\n" });
      fs.install("/root/notes.txt", { data: "one\ntwo\nthree a b\n" });
      fs.install("/root/d/e", { data: "x\n" });
      fs.install("/root/run", { data: "#!/bin/bash\necho run $# $1\n", mode: 0o755 });
    },
  });
  const fleet = new Fleet(
    { world: { now: BOOT, nextStream: 1, streams: new Map() }, machines: [machine], terminals: [] },
    programs,
  );
  // Without it the shell would be process 1, which cannot wait for its children.
  expect(fleet.machine("node01").spawn(undefined, { path: "/usr/lib/init/init", argv: ["init"], fds: {} })).toBe(1);
  fleet.run();
  fleet.openTerminal("t", "node01", "root", { columns: 80, rows: 24 });
  settle(fleet, PATIENCE);
  base = fleet.snapshot();
});

/** Lets it run until it rests, some seconds of its clock included; false: it would still go on. */
function settle(fleet: Fleet, patience: number): boolean {
  let steps = 0;
  for (let second = 0; second < 4; second++) {
    if (fleet.run(() => ++steps > patience) === "busy") return false;
    if (fleet.atPrompt("t")) return true;
    fleet.world.goal = fleet.world.now + 1000;
  }
  return false;
}

const isOver = (fleet: Fleet, shown = ""): boolean =>
  fleet.world.closedTerminals.has("t") || shellIsGone(fleet) || isLeftRaw(fleet, shown);

/**
 * A full-screen program holds the terminal, was stopped in it, or was in front while its group was and could not set it back from behind,
 * with the keys' signals switched off: as on a real one, none of our keys helps.
 */
function isLeftRaw(fleet: Fleet, shown: string): boolean {
  const { ttys, processes } = fleet.machine("node01").state;
  const raw = [...ttys.values()].some((tty) => !tty.modes.isig && !fleet.atPrompt("t"));
  const was = shown.includes(FILLS_SCREEN);
  return (
    raw && (was || [...processes.values()].some((each) => each.state !== "zombie" && FULL_SCREEN.has(each.program)))
  );
}

/** What such a program writes first. */
const FILLS_SCREEN = "\x1b[?1049h";
const FULL_SCREEN: ReadonlySet<string> = new Set(["vi", "nano", "less", "top"]);

function shellIsGone(fleet: Fleet): boolean {
  const pid = fleet.terminals[0]?.pid;
  return pid === undefined || fleet.machine("node01").process(pid)?.program !== "bash";
}

/** Types a line and gets the prompt back, by Ctrl-C, Ctrl-Z and Ctrl-D if need be; a terminal may also be over, and where no key helps it hangs. */
function live(fleet: Fleet, line: string): "prompt" | "over" | "hangs" {
  fleet.type("t", `${line}\r`);
  if (settle(fleet, PATIENCE)) {
    fleet.type("t", "\x03");
    settle(fleet, PATIENCE);
    return isOver(fleet) ? "over" : "prompt";
  }
  let shown = "";
  for (const key of ["\x03", "\x03", "\x1a", "\x04", "q", "\x1c"]) {
    shown += fleet.screen("t");
    fleet.type("t", key);
    const isBack = settle(fleet, PATIENCE);
    if (isOver(fleet, shown)) return "over";
    if (isBack) return "prompt";
  }
  // A job behind it that never ends keeps the machine busy, and not the terminal.
  return fleet.atPrompt("t") && echoes(fleet) ? "over" : "hangs";
}

/** Whether a command that is typed is run. */
function echoes(fleet: Fleet): boolean {
  fleet.type("t", "\x03");
  settle(fleet, PATIENCE);
  fleet.type("t", "\x15\\exec >/dev/tty 2>&1; \\unset IFS; PATH=/usr/bin; set +euxn; \\command echo al''ive\r");
  settle(fleet, PATIENCE * 4);
  return fleet.screen("t").includes("alive");
}

/** Whether the machine of a snapshot shows a prompt and runs a command. */
function answers(state: FleetState): boolean {
  const fleet = new Fleet(structuredClone(state), programs);
  settle(fleet, PATIENCE);
  return echoes(fleet);
}

it(`lives through ${LINES} random command lines`, { timeout: 3_600_000 }, () => {
  const problems: string[] = [];
  let fleet = new Fleet(structuredClone(base), programs);
  for (let at = 0; at < LINES; at++) {
    const seed = FIRST + at;
    const line = commandLine(seed);
    try {
      const end = live(fleet, line);
      if (end === "hangs") problems.push(`${seed} hangs: ${line}`);
      fleet.screen("t");
      if (end !== "prompt") fleet = new Fleet(structuredClone(base), programs);
    } catch (error) {
      problems.push(
        `${seed} throws ${error instanceof Error ? (error.stack ?? "").split("\n").slice(0, 9).join(" | ") : error}: ${line}`,
      );
      fleet = new Fleet(structuredClone(base), programs);
    }
    if (at % ROUND !== ROUND - 1) continue;
    try {
      if (!answers(fleet.snapshot())) problems.push(`${seed}: no answer after a snapshot; the last line was: ${line}`);
    } catch (error) {
      problems.push(`${seed}: a snapshot throws ${error instanceof Error ? error.stack : error}: ${line}`);
    }
    fleet = new Fleet(structuredClone(base), programs);
  }
  expect(problems.slice(0, 40), `${problems.length} of ${LINES}`).toEqual([]);
});
