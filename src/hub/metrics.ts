// Figures for Prometheus: requests by route, events applied, who listens, how long news waits. No label comes from people.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Channels } from "./channels.ts";

export interface Metrics {
  readonly registry: Registry;
  readonly requests: Histogram<"method" | "route" | "status">;
  readonly events: Counter<"result">;
  readonly acts: Counter<"type">;
  readonly news: Histogram;
  readonly problems: Counter<"error">;
}

const seconds = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export function createMetrics(channels: () => Channels): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: "hub_listeners",
    help: "Open streams by kind",
    labelNames: ["kind"] as const,
    registers,
    collect() {
      const { boards, learners } = channels().count();
      this.set({ kind: "board" }, boards);
      this.set({ kind: "learner" }, learners);
    },
  });
  return {
    registry,
    requests: new Histogram({
      name: "hub_request_seconds",
      help: "Time to answer, by route pattern",
      labelNames: ["method", "route", "status"] as const,
      buckets: seconds,
      registers,
    }),
    events: new Counter({
      name: "hub_events_total",
      help: "Learners' events by result: applied, known, refused",
      labelNames: ["result"] as const,
      registers,
    }),
    acts: new Counter({
      name: "hub_acts_total",
      help: "Instructors' acts by type",
      labelNames: ["type"] as const,
      registers,
    }),
    news: new Histogram({
      name: "hub_news_seconds",
      help: "Time from a commit to the streams",
      buckets: seconds,
      registers,
    }),
    problems: new Counter({
      name: "hub_problems_total",
      help: "Answers that told of a problem, by its word",
      labelNames: ["error"] as const,
      registers,
    }),
  };
}
