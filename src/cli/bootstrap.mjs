// Entry of every npm script: installs what is missing, then runs the command with Node 24. Plain Node 20 without packages.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { ensureBrowser } from "./browser.mjs";
import { ensurePackages, findNode, refuse, root } from "./packages.mjs";
import { ensurePostgres } from "./postgres.mjs";

/** Commands that drive a browser. */
const browsing = ["test", "test-long", "e2e", "bench", "size", "picture"];

/** Commands whose tests want a PostgreSQL; its being absent is no failure. */
const storing = ["test", "test-long", "hub-load"];

const [command = "", ...args] = process.argv.slice(2);
const file = join(root, "src/cli", `${command}.ts`);
if (!/^[a-z-]+$/.test(command) || !existsSync(file))
  refuse(`There is no command "${command}": src/cli/${command}.ts does not exist.`);

ensurePackages();
const node = findNode();
if (browsing.includes(command)) process.env.KC_BROWSER = ensureBrowser(node);
if (storing.includes(command)) process.env.KC_POSTGRES = ensurePostgres() ?? "";
process.env.PATH = [join(root, "node_modules/.bin"), process.env.PATH ?? ""].join(delimiter);
process.env.ASTRO_TELEMETRY_DISABLED = "1";

const child = spawn(node, [file, ...args], { cwd: root, stdio: "inherit" });
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.on(signal, () => child.kill(signal));
child.on("exit", (status, signal) => process.exit(status ?? 128 + (signal === null ? 1 : constants.signals[signal])));
