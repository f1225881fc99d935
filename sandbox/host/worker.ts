// The worker's own file: one laboratory served on the worker's port. The only host code that touches worker globals.

import { Programs } from "../programs.ts";
import type { FromMachine, ToMachine } from "../protocol.ts";
import { LabServer } from "./serve.ts";

interface WorkerScope {
  postMessage(message: FromMachine): void;
  onmessage: ((event: { data: ToMachine }) => void) | null;
}

declare const self: WorkerScope;
declare const performance: { now(): number };
declare function setTimeout(run: () => void, ms: number): number;
declare class MessageChannel {
  readonly port1: { onmessage: (() => void) | null };
  readonly port2: { postMessage(message: null): void };
}

// A message to ourselves takes its turn after messages that have arrived: that is how ^C reaches a busy machine.
const turns: (() => void)[] = [];
const channel = new MessageChannel();
channel.port1.onmessage = () => turns.shift()?.();

const server = new LabServer(
  { post: (message) => self.postMessage(message) },
  {
    now: () => performance.now(),
    soon: (run) => {
      turns.push(run);
      channel.port2.postMessage(null);
    },
    later: (ms, run) => {
      setTimeout(run, ms);
    },
  },
  new Programs(),
  async () => (await import("./judge.ts")).judge,
);

self.onmessage = ({ data }) => server.receive(data);
