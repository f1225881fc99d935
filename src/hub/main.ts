// Starts the hub from the environment and stops it at a signal: answers under way are finished, streams are told, the database is closed.

import { chmodSync, mkdirSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { createHubServer, type HubServer } from "./server.ts";
import { readSettings, type Settings } from "./settings.ts";
import type { Database } from "./store/database.ts";
import { openPostgres } from "./store/postgres.ts";
import { openSqlite } from "./store/sqlite.ts";

/** The database that the settings name. The folder of the file is the hub's own: keys' hashes and names are in it. */
export async function openDatabase(settings: Settings, log: (line: string) => void): Promise<Database> {
  if (settings.databaseUrl !== undefined) return await openPostgres(settings.databaseUrl, log);
  mkdirSync(settings.data, { recursive: true, mode: 0o700 });
  chmodSync(settings.data, 0o700);
  return await openSqlite(join(settings.data, "hub.sqlite"));
}

/** Addresses that others in the network can use. */
function listAddresses(settings: Settings, port: number): string[] {
  const everywhere = settings.host === "0.0.0.0" || settings.host === "::";
  const hosts = everywhere
    ? [
        "localhost",
        ...Object.values(networkInterfaces())
          .flat()
          .filter((face) => face !== undefined && face.family === "IPv4" && !face.internal)
          .map((face) => face?.address ?? ""),
      ]
    : [settings.host.includes(":") ? `[${settings.host}]` : settings.host];
  return hosts.map((host) => `${settings.tls === undefined ? "http" : "https"}://${host}:${port}${settings.base}/`);
}

/** Runs until SIGINT or SIGTERM. Answers the server once it listens; a mistake in the settings is one sentence and status 1. */
export async function runHub(settings: Settings): Promise<HubServer> {
  const database = await openDatabase(settings, (line) => console.error(line));
  const server = await createHubServer({ settings, database });
  const port = await server.listen();
  const [own, ...others] = listAddresses(settings, port);
  console.log(`The hub is at ${own} (Ctrl-C ends it)`);
  for (const address of others) console.log(`  for the others in this network: ${address}`);
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      server.stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  return server;
}

if (import.meta.main)
  await runHub(readSettings(process.env, process.cwd())).catch((error: Error) => {
    console.error(error.message);
    process.exit(1);
  });
