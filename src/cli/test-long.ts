// npm run test:long: the same steps with nothing left out: property tests by the hundred thousand, all proofs, all recordings, the hub under its whole load.

import { runTool } from "./run.ts";

process.exitCode = (await runTool("test", process.argv.slice(2), { env: { KC_LONG: "1" } })).status;
