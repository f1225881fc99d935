// How long an exec or port-forward may stay open without a byte: the default is four hours.

import type { DrillTemplate } from "../_kit/drill.ts";
import { limitDrill } from "../_kit/drill-limits.ts";

export const template: DrillTemplate = {
  id: "streaming-timeout",
  title: "End idle streams",
  topic: "settings",
  level: 1,
  minutes: 4,
  use: ["rep", "task"],
  misconceptions: ["forgot-restart", "flag-beats-file", "wrong-key", "zero-is-off"],
  make(random) {
    const minutes = random.pick([5, 10, 15, 30]);
    return limitDrill(random, {
      field: "streamingConnectionIdleTimeout",
      flag: "--streaming-connection-idle-timeout",
      wanted: `${minutes}m0s`,
      same: `${minutes * 60}s`,
      before: random.pick(["0", "12h", "8h"]),
      inFile: true,
      noField: random.pick(["streamingIdleTimeout", "streaming-connection-idle-timeout", "streamingConnectionTimeout"]),
      story: (host) =>
        `Terminals that people forgot stay open on \`${host}\` for hours. Let the kubelet on \`${host}\` end streaming connections, as of exec and port-forward, after ${minutes} minutes without traffic.`,
      why: "`streamingConnectionIdleTimeout` in the file or the flag of that name sets it; kubeadm writes 0s there, which stands for the default of four hours.",
    });
  },
};
