// How many events a kubelet may record each second: 0 means no limit at all, and a flag may say so over the file.

import type { DrillTemplate } from "../_kit/drill.ts";
import { limitDrill } from "../_kit/drill-limits.ts";

export const template: DrillTemplate = {
  id: "event-rate",
  title: "Limit the events of a node",
  topic: "settings",
  level: 1,
  minutes: 3,
  use: ["rep", "task"],
  misconceptions: ["forgot-restart", "flag-beats-file", "wrong-key", "zero-is-off"],
  make(random) {
    const wanted = random.pick([5, 10, 20, 25, 30]);
    return limitDrill(random, {
      field: "eventRecordQPS",
      flag: "--event-qps",
      wanted,
      before: random.pick(["0", "0", "500", "1000"]),
      inFile: false,
      noField: random.pick(["eventQPS", "eventRecordQps", "event-qps"]),
      story: (host) =>
        `The auditors want the kubelet on \`${host}\` to record ${wanted} events a second at most: \`eventRecordQPS\`, or the flag that stands for it.`,
      why: "`eventRecordQPS` in the file or `--event-qps` as a flag sets the rate; 0 means without a limit.",
    });
  },
};
