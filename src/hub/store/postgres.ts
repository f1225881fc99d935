// PostgreSQL for several hub processes behind one address: the state is there, and so is the news (LISTEN, NOTIFY).

import { Client, Pool, type PoolClient, type PoolConfig, types } from "pg";
import { createId } from "../keys.ts";
import { type Ask, createGroup, type Database, type Row, StoreBusy, type Value } from "./database.ts";
import { migrate } from "./migrations.ts";

const channel = "hub_rooms";
/** Only one process at a time may change the tables. */
const migrationLock = 4_322_008;

/** int8 and numeric as numbers: times and seqs are far below 2^53. */
const parsers = {
  getTypeParser: (oid: number, format?: "text" | "binary") =>
    oid === 20 || oid === 1700 ? Number : types.getTypeParser(oid, format as "text"),
} as typeof types;

/** Classes of SQLSTATE that pass: connection lost, out of resources, stopped by the operator, serialization, system error. */
const passing = /^(08|53|57|58|40)|^55P03$/;

function translate(error: unknown): unknown {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  const lost = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|ENOENT|EHOST|ENET)/.test(code);
  if (lost || passing.test(code) || /terminat|timeout|not queryable|connection/i.test(message))
    return new StoreBusy(message, { cause: error });
  return error;
}

/** Most statements that are kept prepared in each connection; the others are sent as they are. */
const mostPrepared = 400;

/** Names of statements, by their text: a connection plans each once. */
const createNames = (): ((sql: string) => { readonly name?: string }) => {
  const names = new Map<string, string>();
  return (sql) => {
    const known = names.get(sql);
    if (known !== undefined) return { name: known };
    if (names.size >= mostPrepared) return {};
    const name = `hub${names.size}`;
    names.set(sql, name);
    return { name };
  };
};

type Names = ReturnType<typeof createNames>;

/** Statements without values are control and news: several may stand in one. */
const askBy =
  (client: Pick<PoolClient, "query">, nameOf: Names): Ask =>
  async <R extends Row>(sql: string, ...values: readonly Value[]) => {
    try {
      const text = values.length === 0 ? sql : { text: sql, values: [...values], ...nameOf(sql) };
      return (await client.query(text)).rows as R[];
    } catch (error) {
      throw translate(error);
    }
  };

/** News as it is told: who tells, then rooms. Ids are small letters and digits; a message may have 8,000 bytes. */
function writeNews(teller: string, rooms: ReadonlySet<string>): string {
  const ids = [...rooms].map((room) => room.replaceAll(/\W/g, ""));
  let sql = "";
  for (let at = 0; at < ids.length; at += 200)
    sql += `NOTIFY ${channel}, '${[teller, ...ids.slice(at, at + 200)].join(" ")}'; `;
  return sql;
}

/** Connects, with patience while the server starts, and brings the tables up to date. `log` hears of lost connections. */
export async function openPostgres(url: string, log: (event: string) => void): Promise<Database> {
  const pool = new Pool({
    connectionString: url,
    max: 10,
    types: parsers,
    connectionTimeoutMillis: 3_000,
    statement_timeout: 15_000,
    idle_in_transaction_session_timeout: 15_000,
    keepAlive: true,
    // What does not wait for an answer goes out in one flight.
    pipeline: true,
  } as PoolConfig);
  const nameOf = createNames();
  const read = askBy(pool as unknown as PoolClient, nameOf);
  /** Who this process is in the news: what it told it knows. */
  const teller = createId();
  const listeners: ((room: string | undefined) => void)[] = [];
  const tellAll = (room: string | undefined) => {
    for (const listener of listeners) listener(room);
  };
  pool.on("error", () => log("an idle connection to PostgreSQL was lost"));

  const connect = async (): Promise<PoolClient> => {
    try {
      return await pool.connect();
    } catch (error) {
      throw translate(error);
    }
  };

  const transact = async (each: (ask: Ask) => Promise<void>, rooms: Set<string>): Promise<void> => {
    const client = await connect();
    let broken: Error | undefined;
    const onError = (error: Error) => {
      broken = error;
    };
    client.on("error", onError);
    const send = askBy(client, nameOf);
    try {
      // The first statements fly with it; whatever needs their answer waits for both.
      const begun = send("BEGIN");
      await each(async <R extends Row>(sql: string, ...values: readonly Value[]) => {
        const [rows] = await Promise.all([send<R>(sql, ...values), begun]);
        return rows;
      });
      // Told at the commit; without values, several statements are one message.
      await send(`${writeNews(teller, rooms)}COMMIT`);
    } catch (error) {
      await send("ROLLBACK").catch((failure: Error) => {
        broken = failure;
      });
      throw error;
    } finally {
      client.off("error", onError);
      client.release(broken);
    }
    for (const room of rooms) tellAll(room);
  };

  const groups = new Map<string, Database["change"]>();
  const groupOf = (key: string): Database["change"] => {
    const known = groups.get(key) ?? createGroup(transact);
    if (groups.size > 1_000) groups.clear();
    groups.set(key, known);
    return known;
  };

  const news = listen(url, teller, tellAll, log);

  const started = Date.now();
  for (;;) {
    try {
      await transact(async (ask) => {
        await ask("SELECT pg_advisory_xact_lock($1)", migrationLock);
        await migrate(ask);
      }, new Set());
      break;
    } catch (error) {
      if (!(error instanceof StoreBusy) || Date.now() - started > 30_000) {
        await news.close();
        await pool.end();
        throw error;
      }
      log("PostgreSQL does not answer yet");
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }

  return {
    kind: "postgres",
    ask: read,
    change: (key, work) => groupOf(key)(key, work),
    onChange: (listener) => void listeners.push(listener),
    scrub: async () => {
      for (const table of ["learners", "states", "acts", "events"]) await read(`VACUUM ${table}`);
    },
    isReady: async () => {
      try {
        const [row] = await read<{ standby: number }>(
          "SELECT CASE WHEN pg_is_in_recovery() THEN 1 ELSE 0 END AS standby",
        );
        return row?.standby === 0 && news.isConnected();
      } catch {
        return false;
      }
    },
    close: async () => {
      await news.close();
      await pool.end();
    },
  };
}

/** Keeps one connection listening; after each new connection any room may have changed. */
function listen(url: string, own: string, tell: (room: string | undefined) => void, log: (event: string) => void) {
  let client: Client | undefined;
  let connected = false;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  const lose = (which: Client) => {
    if (which !== client || closed) return;
    client = undefined;
    connected = false;
    log("the listening connection to PostgreSQL was lost");
    timer = setTimeout(connect, 500);
  };
  const connect = () => {
    const next = new Client({ connectionString: url, connectionTimeoutMillis: 3_000, keepAlive: true });
    client = next;
    next.on("error", () => lose(next));
    next.on("end", () => lose(next));
    next.on("notification", ({ payload = "" }) => {
      const [teller, ...rooms] = payload.split(" ");
      // What this process did was told here at once.
      if (teller !== own) for (const room of rooms) tell(room);
    });
    next
      .connect()
      .then(() => next.query(`LISTEN ${channel}`))
      .then(() => {
        connected = true;
        tell(undefined);
      })
      .catch(() => lose(next));
  };
  connect();
  return {
    isConnected: () => connected,
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}
