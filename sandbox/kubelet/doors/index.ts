// Handlers that a node is seldom asked for: containers' doors, logs, metrics, statistics, debugging. Loaded when one is first asked.

import { DOORS_PROGRAM, type DoorsProgram } from "../routes/late.ts";
import { debugDoors } from "./debug.ts";
import { execDoors } from "./exec.ts";
import { logDoors } from "./logs.ts";
import { metricDoors } from "./metrics.ts";
import { statsDoors } from "./stats.ts";

export const kubeletDoors: DoorsProgram = {
  name: DOORS_PROGRAM,
  doors: { ...debugDoors, ...execDoors, ...logDoors, ...metricDoors, ...statsDoors },
};
