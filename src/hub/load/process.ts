// A hub in a process of its own, for load and fault tests: started, killed, started again on the same port and data.

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

export interface HubProcess {
  readonly url: string;
  start(): Promise<void>;
  /** As a crash: no goodbye. Resolves when it is gone. */
  kill(): Promise<void>;
  /** As an operator: answers under way are finished. */
  stop(): Promise<void>;
  /** Most memory it had so far in MB; undefined where the system does not tell. */
  peakMemory(): number | undefined;
  /** Seconds of processor it took so far. */
  processorSeconds(): number | undefined;
}

export interface HubProcessOptions {
  readonly data: string;
  readonly databaseUrl?: string;
  /** More for its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A port that was free a moment ago. */
function findPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

const main = join(import.meta.dirname, "../main.ts");

export async function createHubProcess(options: HubProcessOptions): Promise<HubProcess> {
  const port = await findPort();
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  let output = "";

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => ending.once("exit", () => resolve()));
    ending.kill(signal);
    await gone;
  };
  const readProc = (name: string): string | undefined => {
    try {
      return readFileSync(`/proc/${child?.pid}/${name}`, "utf8");
    } catch {
      return undefined;
    }
  };

  return {
    url,
    async start() {
      output = "";
      child = spawn(process.execPath, [main], {
        env: {
          ...process.env,
          HOST: "127.0.0.1",
          PORT: String(port),
          HUB_DATA: options.data,
          HUB_RATES: "0",
          HUB_LOG: "error",
          HUB_MAX_ROOMS: "10000",
          DATABASE_URL: options.databaseUrl ?? "",
          NODE_OPTIONS: "",
          ...options.env,
        },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const collect = (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-4_000);
      };
      child.stdout?.on("data", collect);
      child.stderr?.on("data", collect);
      for (let attempt = 0; attempt < 400; attempt++) {
        if (child.exitCode !== null) throw new Error(`the hub ended with ${child.exitCode}: ${output}`);
        const ready = await fetch(`${url}/readyz`).then(
          (response) => response.ok,
          () => false,
        );
        if (ready) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error(`the hub is not ready after 20 s: ${output}`);
    },
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
    peakMemory: () => {
      const match = /^VmHWM:\s+(\d+) kB$/m.exec(readProc("status") ?? "");
      return match === null ? undefined : Math.round(Number(match[1]) / 1024);
    },
    processorSeconds: () => {
      // After the name in parentheses: fields 14 and 15, in hundredths of a second.
      const fields = readProc("stat")
        ?.replace(/^.*\) /, "")
        .split(" ");
      return fields === undefined ? undefined : (Number(fields[11]) + Number(fields[12])) / 100;
    },
  };
}
