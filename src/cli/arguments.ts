// Options of the command-line tools. One that is not known, or lacks its value, is told in a line instead of a stack.

import { type ParseArgsConfig, parseArgs } from "node:util";

/** As parseArgs of Node, with the words after the program. A mistake ends the process with status 2, as tools do. */
export function readArguments<const T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const known = Object.keys(config.options ?? {}).map((name) => `--${name}`);
    console.error(`${(error as Error).message.replace(/\. To .*$/s, "")}. Options: ${known.join(", ")}`);
    process.exit(2);
  }
}
