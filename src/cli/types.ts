// npm run types: the sandbox by its own blind configuration first, then everything.

import { runProgram } from "./run.ts";

const statuses: number[] = [];
for (const project of ["sandbox/tsconfig.json", "tsconfig.json"]) {
  statuses.push((await runProgram("tsc", ["-p", project])).status);
}
process.exitCode = Math.max(...statuses);
