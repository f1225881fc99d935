// sed: edits streams of lines by a script.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { type Command, defineCommand, type Io } from "../define.ts";
import { InPlace } from "./in-place.ts";
import { Input } from "./input.ts";
import { StreamSink, WriteFiles } from "./output.ts";
import { ScriptParser } from "./parse.ts";
import { NoPreviousRegex, Runner } from "./run.ts";
import { ScriptError, type SedCommand } from "./script.ts";

/** Printed for a wrong use and by --help alike. */
const USAGE = `Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...

  -n, --quiet, --silent
                 suppress automatic printing of pattern space
      --debug
                 annotate program execution
  -e script, --expression=script
                 add the script to the commands to be executed
  -f script-file, --file=script-file
                 add the contents of script-file to the commands to be executed
  --follow-symlinks
                 follow symlinks when processing in place
  -i[SUFFIX], --in-place[=SUFFIX]
                 edit files in place (makes backup if SUFFIX supplied)
  -l N, --line-length=N
                 specify the desired line-wrap length for the \`l' command
  --posix
                 disable all GNU extensions.
  -E, -r, --regexp-extended
                 use extended regular expressions in the script
                 (for portability use POSIX -E).
  -s, --separate
                 consider files as separate rather than as a single,
                 continuous long stream.
      --sandbox
                 operate in sandbox mode (disable e/r/w commands).
  -u, --unbuffered
                 load minimal amounts of data from the input files and flush
                 the output buffers more often
  -z, --null-data
                 separate lines by NUL characters
      --help     display this help and exit
      --version  output version information and exit

If no -e, --expression, -f, or --file option is given, then the first
non-option argument is taken as the sed script to interpret.  All
remaining arguments are names of input files; if no input files are
specified, then the standard input is read.

GNU sed home page: <https://www.gnu.org/software/sed/>.
General help using GNU software: <https://www.gnu.org/gethelp/>.
`;

/** Reads all scripts into one program; the files left are operands. */
function* readProgram(io: Io): Task<{ commands: readonly SedCommand[]; quiet: boolean; files: readonly string[] }> {
  const parser = new ScriptParser({ extended: io.has("E"), posix: io.has("posix"), sandbox: io.has("sandbox") });
  let files = io.operands;
  let expressions = 0;
  const addExpression = (text: string): void => {
    expressions += 1;
    const place = `-e expression #${expressions}`;
    parser.add(text, (at) => `${place}, char ${at}`);
  };
  try {
    const scripts = io.options.filter(([key]) => key === "e" || key === "f");
    for (const [key, value = ""] of scripts) {
      if (key === "e") addExpression(value);
      else {
        const bytes = yield* io.readAll(value);
        if (isErrno(bytes))
          return yield* io.die(4, `couldn't ${bytes.code === "EISDIR" ? "read" : "open"} file ${value}: ${bytes.text}`);
        const text = decode(bytes).replace(/\n$/, "");
        parser.add(
          text.replace(/^#!.*/, (line) => "#".padEnd(line.length)),
          (at) => `file ${value} line ${at === 0 ? 0 : text.slice(0, at).split("\n").length}`,
        );
      }
    }
    if (scripts.length === 0) {
      const [script, ...rest] = io.operands;
      if (script === undefined) return yield* usage(io);
      files = rest;
      addExpression(script);
    }
    return { commands: parser.finish(), quiet: parser.quiet, files };
  } catch (problem) {
    if (problem instanceof ScriptError) return yield* io.die(problem.status, problem.text);
    throw problem;
  }
}

function* usage(io: Io): Task<never> {
  io.printError(USAGE);
  yield* io.flush();
  return yield* io.sys.exit(1);
}

const COMMAND: Command = {
  name: "sed",
  summary: "Edit streams of text by a script.",
  usage: ["[OPTION]... {script-only-if-no-other-script} [input-file]..."],
  options: `
    b,binary  ignored
    s,separate  consider files as separate
    i,in-place[=SUFFIX]  edit files in place (makes backup if SUFFIX supplied)
    l,line-length=N  line-wrap length for the l command
    n,quiet~silent  suppress automatic printing of pattern space
    e,expression=script  add the script to the commands
    f,file=script-file  add the contents of script-file
    E|r,regexp-extended  use extended regular expressions
    z,null-data~zero-terminated  separate lines by NUL characters
    u,unbuffered  flush the output more often
    ,posix  disable all GNU extensions
    ,debug  annotate program execution
    ,sandbox  disable e/r/w commands
    ,follow-symlinks  follow symlinks when processing in place
    ,version  output version information and exit
    h,help  display this help and exit`,
  package: "sed",
  usageStatus: 1,
  hint: USAGE.slice(0, -1),
  *run(io, sys) {
    if (io.has("h")) return void io.print(USAGE);
    if (io.has("debug")) return yield* io.notModelled("--debug", 1);
    const { commands, quiet, files } = yield* readProgram(io);
    const end = io.has("z") ? "\0" : "\n";
    const inPlace = io.has("i");
    const stdout = new StreamSink((text) => io.print(text), end);
    const writes = new WriteFiles(io, stdout, end);
    for (const command of commands) {
      const name = command.name === "w" || command.name === "W" ? command.text : command.substitution?.file;
      if (name !== undefined) yield* writes.open(name);
    }
    const edit = inPlace ? new InPlace(io, end, io.value("i") ?? "", io.has("follow-symlinks")) : undefined;
    const input = new Input(io, files.length > 0 ? files : ["-"], end, inPlace || io.has("s"), edit);
    const lineLength = io.value("l") === undefined ? 70 : Number.parseInt(io.value("l") ?? "", 10) || 0;
    const options = {
      quiet: quiet || io.has("n"),
      posix: io.has("posix") || sys.env.POSIXLY_CORRECT !== undefined,
      end,
      lineLength,
      unbuffered: io.has("u"),
    } as const;
    const runner = new Runner(io, commands, input, () => edit?.output ?? stdout, writes, options);
    try {
      const status = yield* runner.run();
      yield* writes.flush();
      return status;
    } catch (problem) {
      if (!(problem instanceof NoPreviousRegex)) throw problem;
      return yield* io.die(1, `-e expression #1, char 0: no previous regular expression`);
    }
  },
};

export const sed = defineCommand(COMMAND);
