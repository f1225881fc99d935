// The tables, as steps that are never changed once they were released: a new need is a new step at the end. Both databases run the same ones.

import type { Ask } from "./database.ts";

const steps: readonly { readonly name: string; readonly statements: readonly string[] }[] = [
  {
    name: "rooms, people, events, acts, states",
    statements: [
      `CREATE TABLE rooms (
        id TEXT PRIMARY KEY, code TEXT NOT NULL UNIQUE, title TEXT NOT NULL, opened BIGINT NOT NULL, ends BIGINT NOT NULL,
        ended BIGINT, keep_hours BIGINT NOT NULL, erase_at BIGINT, erased BIGINT,
        seq BIGINT NOT NULL, view_seq BIGINT NOT NULL, locked BIGINT NOT NULL, view TEXT NOT NULL)`,
      `CREATE TABLE instructors (
        id TEXT PRIMARY KEY, room TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL, hash TEXT NOT NULL)`,
      "CREATE INDEX instructors_of_room ON instructors (room)",
      `CREATE TABLE learners (
        id TEXT PRIMARY KEY, room TEXT NOT NULL, number BIGINT NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL,
        joined BIGINT NOT NULL, seen BIGINT NOT NULL, presence TEXT NOT NULL, removed BIGINT NOT NULL,
        events BIGINT NOT NULL, seq BIGINT NOT NULL, state TEXT NOT NULL)`,
      "CREATE INDEX learners_of_room ON learners (room, seq)",
      `CREATE TABLE events (
        learner TEXT NOT NULL, id TEXT NOT NULL, room TEXT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL,
        PRIMARY KEY (learner, id))`,
      "CREATE INDEX events_of_room ON events (room)",
      `CREATE TABLE acts (
        room TEXT NOT NULL, id TEXT NOT NULL, number BIGINT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL, by_name TEXT NOT NULL,
        type TEXT NOT NULL, undone BIGINT NOT NULL, state TEXT, body TEXT NOT NULL, before TEXT, PRIMARY KEY (room, id))`,
      "CREATE INDEX acts_of_room ON acts (room, seq)",
      `CREATE TABLE states (
        id TEXT PRIMARY KEY, room TEXT NOT NULL, sender TEXT NOT NULL, at BIGINT NOT NULL, size BIGINT NOT NULL, code TEXT NOT NULL)`,
      "CREATE INDEX states_of_room ON states (room, sender, at)",
    ],
  },
  {
    name: "the key that signs class exams",
    statements: ["CREATE TABLE signing_keys (id BIGINT PRIMARY KEY, pem TEXT NOT NULL)"],
  },
];

/** Brings an empty or older database up to date; a newer one is refused. Runs inside a transaction that nobody else can be in. */
export async function migrate(ask: Ask): Promise<void> {
  await ask("CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL)");
  const [last] = await ask<{ number: number | null }>("SELECT max(number) AS number FROM migrations");
  const done = last?.number ?? 0;
  if (done > steps.length)
    throw new Error(
      `The database was written by a newer hub (step ${done}; this one knows ${steps.length}): use that one.`,
    );
  for (const [index, step] of steps.entries()) {
    if (index < done) continue;
    for (const statement of step.statements) await ask(statement);
    await ask("INSERT INTO migrations (number, name) VALUES ($1, $2)", index + 1, step.name);
  }
}
