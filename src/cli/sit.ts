// Sits a person down at a laboratory in their own terminal: keys in, screen out, in real time, until the shell ends.

import type { Programs } from "#sandbox/programs.ts";
import { Laboratory, type LabStart } from "./laboratory.ts";
import type { Played } from "./play.ts";

/** How often the machines catch up with the clock (ms). */
const BEAT = 20;
/** Ctrl-]: leaves at once, as in telnet. */
const LEAVE = 0x1d;

/** Runs until the shell of that machine ends, Ctrl-] is pressed or the input is at its end; then asks for verdicts. */
export async function sitDown(start: LabStart, programs: Programs, host: string): Promise<Played> {
  const { stdin, stdout } = process;
  const laboratory = await Laboratory.boot(start, programs, stdout.columns ?? 80);
  const terminal = await laboratory.terminal(host);
  stdout.write(`${start.name} on ${host}. Ctrl-] or the end of the shell asks for verdicts.\n`);
  stdout.write(laboratory.takeBytes(terminal));
  const typed: string[] = [];
  let left = false;
  if (stdin.isTTY) stdin.setRawMode(true);
  const read = (data: Buffer) => {
    if (data.includes(LEAVE)) left = true;
    else typed.push(data.toString());
  };
  const end = () => {
    left = true;
  };
  stdin.on("data", read);
  stdin.on("end", end);
  let last = performance.now();
  while (!left && laboratory.isOpen(terminal)) {
    await new Promise((resolve) => setTimeout(resolve, BEAT));
    for (const keys of typed.splice(0)) laboratory.press(terminal, keys);
    const now = performance.now();
    await laboratory.wait(now - last);
    last = now;
    stdout.write(laboratory.takeBytes(terminal));
  }
  stdin.off("data", read);
  stdin.off("end", end);
  stdin.pause();
  if (stdin.isTTY) stdin.setRawMode(false);
  stdout.write("\n");
  return { transcript: "", report: await laboratory.grade() };
}
