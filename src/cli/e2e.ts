// npm run e2e: the browser tests over the built site; names of files narrow it.

import { buildSite, isStale } from "./build.ts";
import { runProgram } from "./run.ts";

const built = isStale() ? await buildSite() : 0;
process.exitCode =
  built === 0 ? (await runProgram("vitest", ["run", "--project", "e2e", ...process.argv.slice(2)])).status : built;
