// How many processes one pod may have: without a limit one pod can use up the node's.

import type { DrillTemplate } from "../_kit/drill.ts";
import { limitDrill } from "../_kit/drill-limits.ts";

export const template: DrillTemplate = {
  id: "pod-pid-limit",
  title: "Limit the processes of a pod",
  topic: "settings",
  level: 1,
  minutes: 3,
  use: ["rep", "task"],
  misconceptions: ["forgot-restart", "flag-beats-file", "wrong-key"],
  make(random) {
    const wanted = random.pick([128, 256, 512, 1024, 2048]);
    return limitDrill(random, {
      field: "podPidsLimit",
      flag: "--pod-max-pids",
      wanted,
      before: random.pick(["-1", "65536"]),
      inFile: false,
      noField: random.pick(["podPIDsLimit", "podMaxPids", "podsPidLimit"]),
      story: (host) =>
        `A pod on \`${host}\` forked until the node had no process numbers left. Let the kubelet on \`${host}\` allow each pod ${wanted} processes and no more.`,
      why: "`podPidsLimit` in the file or `--pod-max-pids` as a flag sets the limit; -1 means none.",
    });
  },
};
