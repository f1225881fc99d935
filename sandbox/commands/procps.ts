// What the commands of procps have in common: one text states their options, and stands after every mistake.

import type { Task } from "../kernel/sys.ts";
import { type Command, type CommandProgram, defineCommand, versionLine } from "./define.ts";

/** A command of procps; its options are read from the lines of its usage text. */
export interface ProcpsCommand extends Pick<Command, "name" | "summary" | "prepare" | "posix" | "usageStatus" | "run"> {
  readonly form: string;
  /** Lines such as ` -d, --delay <secs>  text`, without the two that all have in the end. */
  readonly list: string;
  /** The last lines where they are none of the usual, with the empty one before them. */
  readonly tail?: string;
  /** The page of the manual that the last line names; that of the command in section 1 unless told. */
  readonly manual?: string;
  /** A mistake is told in one line. */
  readonly quiet?: boolean;
}

const TAIL = `
 -h, --help     display this help and exit
 -V, --version  output version information and exit`;

/** An option line as lib/getopt states it; undefined for a line that goes on. */
function tableLine(line: string): string | undefined {
  const found =
    /^ {1,6}(?:-(\w)(?: \w+)?,? ?)?(?:--([\w-]+))?(\[?)(?:[ =]+([<=N[][^ ]*))?(?: .*?)?(?: {2,}(.*))?$/.exec(line);
  if (found === null || (found[1] === undefined && found[2] === undefined)) return undefined;
  const meta = (found[4] ?? "").replace(/[<>[\]=]/g, "");
  const value = meta === "" ? "" : found[3] === "[" || (found[4] ?? "").startsWith("[") ? `[=${meta}]` : `=${meta}`;
  return `${found[1] ?? ""}${found[2] === undefined ? "" : `,${found[2]}`}${value}  ${found[5] ?? ""}`;
}

/** Makes the Program of a command of procps. */
export function defineProcps(command: ProcpsCommand): CommandProgram {
  const { form, list, tail = TAIL, manual = `${command.name}(1)`, quiet, ...own } = command;
  const usage = `\nUsage:\n ${own.name} ${form}\n\nOptions:\n${list}\n${tail}\n\nFor more details see ${manual}.`;
  const options = `${list}\n${tail}`.split("\n").flatMap((line) => tableLine(line) ?? []);
  return defineCommand({
    ...own,
    package: "procps",
    usage: [form],
    // A letter of its own keeps --help and --version from the general answer.
    options: options.join("\n").replace(/^,(help|version) /m, "\x01,$1 "),
    hint: quiet === true ? "" : usage,
    *run(io, sys): Task<number | undefined> {
      if (io.options.some(([key]) => key === "\x01" || (key === "h" && /-h, --help/.test(tail)))) {
        io.print(`${usage}\n`);
        return 0;
      }
      if (io.has("V")) {
        io.print(`${versionLine(sys, io.command)}\n`);
        return 0;
      }
      return yield* own.run(io, sys);
    },
  });
}
