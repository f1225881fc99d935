// SQLite in one file, by Node's own module: write-ahead log, each commit on disk before it is acknowledged.

import { DatabaseSync, type StatementSync } from "node:sqlite";
import { type Ask, createGroup, type Database, type Row, StoreBusy, type Value } from "./database.ts";
import { migrate } from "./migrations.ts";

/** SQLITE_BUSY, SQLITE_LOCKED, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN: the disk's fault, and it may pass. */
const passing = new Set([5, 6, 10, 13, 14]);

/** So long (ms) after a failed write the hub is not ready, unless one succeeds. */
const notReady = 3_000;

const pragmas = [
  "journal_mode = WAL",
  "synchronous = FULL",
  "secure_delete = ON",
  "cache_size = -16000",
  "wal_autocheckpoint = 2000",
  "journal_size_limit = 67108864",
];

/** Statements of one connection, prepared once. */
function createAsk(database: DatabaseSync): Ask {
  const statements = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    // SQLite numbers its parameters ?1, ?2 …
    const statement = database.prepare(sql.replaceAll(/\$(\d+)/g, "?$1"));
    if (statements.size > 300) statements.clear();
    statements.set(sql, statement);
    return statement;
  };
  return async <R extends Row>(sql: string, ...values: readonly Value[]) => {
    try {
      return prepare(sql).all(...values) as R[];
    } catch (error) {
      throw translate(error);
    }
  };
}

/** A lock that dies with the process: news does not reach a second process, so it must not serve the same file. */
function lockFile(file: string): DatabaseSync {
  const lock = new DatabaseSync(`${file}.lock`, { timeout: 2_000 });
  try {
    lock.exec("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    throw new Error(`${file} is used by another hub; several processes need PostgreSQL (DATABASE_URL).`, {
      cause: error,
    });
  }
  return lock;
}

/** Opens the file, which is made where it is missing. Reads have a connection of their own, so that they see commits alone. */
export async function openSqlite(file: string): Promise<Database> {
  const lock = lockFile(file);
  const database = new DatabaseSync(file, { timeout: 2_000 });
  for (const pragma of pragmas) database.exec(`PRAGMA ${pragma}`);
  const ask = createAsk(database);

  const listeners: ((room: string | undefined) => void)[] = [];
  /** When a transaction could not be written, and none could since (ms, steady); 0 is never. */
  let failedAt = 0;
  const group = createGroup(async (each, rooms) => {
    await ask("BEGIN IMMEDIATE");
    try {
      await each(ask);
      await ask("COMMIT");
      failedAt = 0;
    } catch (error) {
      if (error instanceof StoreBusy) failedAt = performance.now();
      // SQLite may have rolled back by itself, as on a full disk.
      if (database.isTransaction) await ask("ROLLBACK");
      throw error;
    }
    for (const room of rooms) for (const listener of listeners) listener(room);
  });

  const closeAll = () => {
    database.close();
    lock.close();
  };
  try {
    await group("migrations", migrate);
  } catch (error) {
    closeAll();
    throw error;
  }
  const reader = new DatabaseSync(file, { readOnly: true, timeout: 2_000 });
  return {
    kind: "sqlite",
    ask: createAsk(reader),
    change: group,
    onChange: (listener) => void listeners.push(listener),
    isReady: async () => {
      if (failedAt > 0 && performance.now() - failedAt < notReady) return false;
      // A transaction under way is a database that works.
      if (database.isTransaction) return true;
      try {
        database.exec(failedAt > 0 ? "UPDATE migrations SET name = name" : "BEGIN IMMEDIATE; ROLLBACK");
        return true;
      } catch {
        return false;
      }
    },
    // Deleted content is overwritten at once (secure_delete); this takes it out of the log, too.
    scrub: async () => {
      if (!database.isTransaction) database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    },
    close: async () => {
      reader.close();
      closeAll();
    },
  };
}

function translate(error: unknown): unknown {
  const code = (error as { errcode?: number }).errcode;
  // The low byte is the primary result code.
  if (code !== undefined && passing.has(code & 0xff)) return new StoreBusy((error as Error).message, { cause: error });
  return error;
}
