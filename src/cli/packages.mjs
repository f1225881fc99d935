// Makes node_modules agree with package-lock.json and finds Node 24 in it. Plain Node 20 without packages: it runs on a fresh clone.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of the project. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Folder of the built site; KC_DIST names another. */
export const dist = resolve(root, process.env.KC_DIST ?? "dist");

/** Ends the command with one sentence that says what to do. @param {string} sentence @returns {never} */
export function refuse(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

/** Whether the reader forbade installing. */
export const mayInstall = () => (process.env.KC_NO_INSTALL ?? "") !== "1";

/** Runs a program whose output goes to stderr, so that stdout stays the command's own. @param {string} program @param {string[]} args */
export function runAside(program, args) {
  const windows = process.platform === "win32";
  return (
    spawnSync(program, args, { cwd: root, stdio: ["ignore", 2, 2], shell: windows && program.endsWith(".cmd") })
      .status ?? 1
  );
}

/** Why node_modules is not what the lock file says; undefined where it is. */
export function describeDrift() {
  const hidden = join(root, "node_modules/.package-lock.json");
  if (!existsSync(hidden)) return "node_modules is missing";
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const present = JSON.parse(readFileSync(hidden, "utf8")).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "" || (entry.optional === true && present[path] === undefined)) continue;
    if (present[path]?.version !== entry.version) return `${path} is not version ${entry.version}`;
  }
  return undefined;
}

function npm() {
  const script = process.env.npm_execpath;
  if (script?.endsWith("npm-cli.js")) return [process.execPath, script];
  return [process.platform === "win32" ? "npm.cmd" : "npm"];
}

/** Installs what the lock file names where it is not there yet: announced, and refused with KC_NO_INSTALL=1. */
export function ensurePackages() {
  const drift = describeDrift();
  if (drift === undefined) return;
  if (!mayInstall())
    refuse(`Packages are needed (${drift}) and KC_NO_INSTALL=1 forbids installing: run npm ci, then this again.`);
  process.stderr.write(`Installing packages from package-lock.json with npm ci (${drift}) …\n`);
  const [program, ...args] = npm();
  const status = runAside(program ?? "npm", [...args, "ci", "--no-audit", "--no-fund"]);
  if (status !== 0) refuse(`npm ci failed with status ${status}; its own lines above say why. Nothing else was run.`);
}

/** Node 24 or newer: the `node` package's, else the one that runs now. */
export function findNode() {
  const own = join(root, "node_modules/node/bin/node");
  const major = Number(process.versions.node.split(".")[0]);
  if (existsSync(own)) return own;
  if (major >= 24) return process.execPath;
  if (mayInstall()) {
    process.stderr.write(
      "The install script of the package `node` did not run (scripts are blocked): running it now …\n",
    );
    spawnSync(process.execPath, ["installArchSpecificPackage.js"], {
      cwd: join(root, "node_modules/node"),
      stdio: ["ignore", 2, 2],
    });
    if (existsSync(own)) return own;
  }
  return refuse(
    `Node 24 is needed and this is ${process.version}: let npm run the install script of the package \`node\` (npm ci), or use Node 24.`,
  );
}
