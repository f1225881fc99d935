// Runs other programs for the command-line tools: the built-in tools of node_modules/.bin, with Node 24.

import { spawn } from "node:child_process";
import { root } from "./packages.mjs";

export interface Finished {
  readonly status: number;
  readonly seconds: number;
  /** What it wrote to stdout and stderr together; empty unless captured. */
  readonly output: string;
}

export interface RunOptions {
  /** `show` lets the output through, `capture` keeps it, `both` does both. */
  readonly output?: "show" | "capture" | "both";
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** Runs a program to its end. One that cannot be started or is killed has a status over 0. */
export function runProgram(program: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const started = performance.now();
  const mode = options.output ?? "show";
  return new Promise((resolve) => {
    const child = spawn(program, [...args], {
      cwd: root,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", mode === "show" ? "inherit" : "pipe", mode === "show" ? "inherit" : "pipe"],
      timeout: options.timeoutMs,
    });
    let output = "";
    const collect = (stream: NodeJS.WriteStream) => (chunk: Buffer) => {
      output += chunk.toString();
      if (mode === "both") stream.write(chunk);
    };
    child.stdout?.on("data", collect(process.stdout));
    child.stderr?.on("data", collect(process.stderr));
    const finish = (status: number) => resolve({ status, seconds: (performance.now() - started) / 1000, output });
    child.on("error", (error) => {
      output += `${program}: ${error.message}\n`;
      finish(127);
    });
    child.on("close", (status, signal) => finish(status ?? (signal === null ? 1 : 128)));
  });
}

/** Runs one of our own command-line tools with this very Node. */
export function runTool(name: string, args: readonly string[] = [], options: RunOptions = {}): Promise<Finished> {
  return runProgram(process.execPath, [`src/cli/${name}.ts`, ...args], options);
}
