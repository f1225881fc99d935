// A PostgreSQL of the tests' own: in a temporary folder, on a socket there, run by a user without rights; gone afterwards.

import { spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPostgres } from "../../../src/cli/postgres.mjs";

export interface Postgres {
  /** Address of a new, empty database. */
  createDatabase(): string;
  /** Stops it as a crash would, and starts it again after `ms`. */
  restart(ms: number): Promise<void>;
  stop(): void;
}

/** Why there is none; undefined where there is one. */
export function explainAbsence(): string | undefined {
  if (process.platform === "win32") return "PostgreSQL's tests need sockets in a folder, which Windows has not";
  return findPostgres() === undefined
    ? "no PostgreSQL found: install Debian's package postgresql, or name its programs' folder in KC_POSTGRES"
    : undefined;
}

/** A user without rights: PostgreSQL refuses to run as root. */
function findUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8").split("\n");
  const line = ["postgres", "nobody"].map((name) => users.find((user) => user.startsWith(`${name}:`))).find(Boolean);
  const [, , uid, gid] = line?.split(":") ?? [];
  if (uid === undefined || gid === undefined) throw new Error("there is no user postgres or nobody to run PostgreSQL");
  return { uid: Number(uid), gid: Number(gid) };
}

/** Starts a server; the caller stops it. */
export function startPostgres(): Postgres {
  const programs = findPostgres() ?? "";
  const user = findUser();
  const folder = mkdtempSync(join(tmpdir(), "kc-pg-"));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const env = { PATH: process.env.PATH ?? "", LC_ALL: "C", HOME: folder };

  const run = (program: string, ...args: string[]): void => {
    const done = spawnSync(join(programs, program), args, {
      cwd: folder,
      env,
      ...user,
      // Not a pipe: the server would keep it open.
      stdio: "ignore",
      timeout: 60_000,
    });
    if (done.status !== 0) {
      const log = join(folder, "log");
      throw new Error(`${program} failed: ${existsSync(log) ? readFileSync(log, "utf8").slice(-800) : done.error}`);
    }
  };
  const start = () => run("pg_ctl", "start", "-w", "-D", data, "-l", join(folder, "log"), "-o", `-k ${folder} -h ''`);

  run("initdb", "-D", data, "-A", "trust", "-U", "hub", "-E", "UTF8", "--no-locale");
  start();
  let databases = 0;
  return {
    createDatabase: () => {
      const name = `hub${++databases}`;
      run("createdb", "-h", folder, "-U", "hub", name);
      return `postgresql://hub@localhost/${name}?host=${encodeURIComponent(folder)}`;
    },
    restart: async (ms) => {
      run("pg_ctl", "stop", "-m", "immediate", "-D", data);
      await new Promise((resolve) => setTimeout(resolve, ms));
      start();
    },
    stop: () => {
      run("pg_ctl", "stop", "-m", "immediate", "-D", data);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
