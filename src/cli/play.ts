// Plays a script into a laboratory as a person would type it, and keeps what was on the screen.

import type { GradeReport } from "#sandbox/grader/check.ts";
import type { Programs } from "#sandbox/programs.ts";
import { Laboratory, type LabStart } from "./laboratory.ts";
import type { ScriptLine } from "./lessons.ts";

export interface Played {
  readonly transcript: string;
  readonly report: GradeReport;
}

/** Types the lines, then asks for verdicts. A line that moves to another machine marks the transcript. */
export async function playScript(
  start: LabStart,
  lines: readonly ScriptLine[],
  programs: Programs,
  host = start.startOn,
): Promise<Played> {
  const laboratory = await Laboratory.boot(start, programs);
  let terminal = await laboratory.terminal(host);
  let transcript = laboratory.takeScreen(terminal);
  for (const line of lines) {
    if (line.kind === "wait") {
      await laboratory.wait(line.seconds * 1000);
    } else if (line.kind === "host") {
      terminal = await laboratory.terminal(line.machine);
      transcript += `\n── ${line.machine}\n`;
    } else {
      await laboratory.type(terminal, line.text);
    }
    transcript += laboratory.takeScreen(terminal);
  }
  return { transcript, report: await laboratory.grade() };
}
