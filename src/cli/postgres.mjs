// Finds PostgreSQL's server for the hub's tests, or installs Debian's package. Plain Node 20 without packages.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { mayInstall, runAside } from "./packages.mjs";

const debians = "/usr/lib/postgresql";

/** Folders that may hold `initdb` and `postgres`, the newest of Debian's first. */
function listFolders() {
  const versions = existsSync(debians)
    ? readdirSync(debians)
        .filter((name) => /^\d+$/.test(name))
        .sort((a, b) => Number(b) - Number(a))
    : [];
  return [
    ...versions.map((version) => join(debians, version, "bin")),
    ...(process.env.PATH ?? "").split(delimiter),
    "/opt/homebrew/bin",
    "/usr/local/bin",
    "/usr/pgsql/bin",
  ];
}

/** @param {string} folder */
const holdsServer = (folder) =>
  ["initdb", "postgres", "pg_ctl"].every((name) => existsSync(join(folder, name))) &&
  spawnSync(join(folder, "postgres"), ["--version"], { timeout: 30_000 }).status === 0;

/** Folder with PostgreSQL's programs (KC_POSTGRES names one); undefined where there is none. */
export function findPostgres() {
  const named = process.env.KC_POSTGRES ?? "";
  if (named !== "") return holdsServer(named) ? named : undefined;
  return listFolders().find(holdsServer);
}

function isDebian() {
  if (!existsSync("/etc/os-release")) return false;
  return /^ID(_LIKE)?="?.*debian/m.test(readFileSync("/etc/os-release", "utf8"));
}

/** PostgreSQL's programs: found, else Debian's package when root. Without them the tests that need them say so and are skipped. */
export function ensurePostgres() {
  const found = findPostgres();
  if (found !== undefined) return found;
  if (!mayInstall()) {
    process.stderr.write("No PostgreSQL found, and KC_NO_INSTALL=1 forbids installing: its tests are skipped.\n");
    return undefined;
  }
  if (process.getuid?.() !== 0 || !isDebian()) {
    process.stderr.write("No PostgreSQL found, and none can be installed here: its tests are skipped.\n");
    return undefined;
  }
  process.stderr.write("No PostgreSQL found: installing Debian's package postgresql with apt-get …\n");
  process.env.DEBIAN_FRONTEND = "noninteractive";
  runAside("apt-get", ["update", "-qq"]);
  runAside("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "postgresql"]);
  const installed = findPostgres();
  if (installed === undefined) process.stderr.write("PostgreSQL could not be installed: its tests are skipped.\n");
  return installed;
}
