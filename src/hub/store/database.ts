// What the hub asks of a database: one dialect of SQL that SQLite and PostgreSQL both understand, and transactions in groups.

/** A value that goes into a statement or comes out of one. Times and seqs are numbers, JSON is text. */
export type Value = string | number | null;

export type Row = Readonly<Record<string, Value>>;

/** Runs one statement with `$1`, `$2` … filled in. */
export type Ask = <R extends Row>(sql: string, ...values: readonly Value[]) => Promise<R[]>;

/** A write could not be made durable, or the database cannot be reached: the caller is told to send again. */
export class StoreBusy extends Error {
  override name = "StoreBusy";
}

export interface Database {
  readonly kind: "sqlite" | "postgres";
  /** Reads outside of a transaction. */
  readonly ask: Ask;
  /**
   * Runs `work` in a transaction; its promise resolves after the commit is durable. Works that wait at the same time under the
   * same key share one commit; one that throws is rolled back alone, and may be run again. `tell` names a room of which others are told after the commit.
   */
  change<T>(key: string, work: (ask: Ask, tell: (room: string) => void) => Promise<T>): Promise<T>;
  /** Hears of every room that was changed, by this process or another; undefined means any may have. */
  onChange(listener: (room: string | undefined) => void): void;
  /** Makes what was deleted unreadable in the files, as far as the database can. */
  scrub(): Promise<void>;
  /** Whether it can be written to now. */
  isReady(): Promise<boolean>;
  close(): Promise<void>;
}

/** A work that waits for the next transaction. */
interface Waiting {
  run(ask: Ask, tell: (room: string) => void): Promise<void>;
  commit(): void;
  fail(error: unknown): void;
}

/** Carries out one transaction: `each` is to be called once inside it. */
export type Transact = (each: (ask: Ask) => Promise<void>, rooms: Set<string>) => Promise<void>;

/** Most works that share a commit. */
const largestGroup = 200;

/**
 * Gathers works into transactions, one at a time: while one commits, the next group gathers. When a work throws, its group is
 * rolled back and each is run again by itself, so that it fails alone; a work may therefore run twice, and only counts committed.
 */
export function createGroup(transact: Transact): Database["change"] {
  const waiting: Waiting[] = [];
  let busy = false;

  const runTogether = async (group: readonly Waiting[]): Promise<void> => {
    const rooms = new Set<string>();
    await transact(async (ask) => {
      for (const work of group) await work.run(ask, (room) => rooms.add(room));
    }, rooms);
  };

  const runGroup = async (): Promise<void> => {
    const group = waiting.splice(0, largestGroup);
    try {
      await runTogether(group);
      for (const work of group) work.commit();
    } catch (error) {
      const [only] = group;
      if (group.length === 1) only?.fail(error);
      // A database that cannot write now is not asked two hundred times.
      else if (error instanceof StoreBusy) for (const work of group) work.fail(error);
      else for (const work of group) await runTogether([work]).then(work.commit, work.fail);
    }
  };

  const pump = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    // A turn of the event loop lets requests that arrived together share the commit.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) await runGroup();
    busy = false;
  };

  return <T>(_key: string, work: (ask: Ask, tell: (room: string) => void) => Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      let result: T;
      waiting.push({
        run: async (ask, tell) => {
          result = await work(ask, tell);
        },
        commit: () => resolve(result),
        fail: reject,
      });
      void pump();
    });
}
