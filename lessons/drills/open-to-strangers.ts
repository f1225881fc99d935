// A node takes strangers in; the seed says what opened it: the file, a flag in one of the environment files, or a drop-in of the unit.

import type { DrillTemplate } from "../_kit/drill.ts";
import {
  holdsAfterRestart,
  kubeletHealthy,
  logsReadable,
  madeUpTokenRefused,
  strangerRefused,
} from "../_kit/drill-checks.ts";
import {
  anonymous,
  authorizationMode,
  CONFIG,
  caDropped,
  EXTRA,
  notRestarted,
  pickNode,
  placeSetting,
  portClosed,
  RESTART,
  restarted,
  stopped,
} from "../_kit/drill-ways.ts";

export const template: DrillTemplate = {
  id: "open-to-strangers",
  title: "Turn strangers away",
  topic: "authentication",
  level: 1,
  minutes: 3,
  use: ["rep", "task"],
  misconceptions: ["forgot-restart", "flag-beats-file", "closed-instead-of-locked", "stopped-instead-of-locked"],
  make(random) {
    const host = pickNode(random);
    const place = random.pick(["file", "file", "extra", "kubeadm", "drop-in"]);
    const placed = placeSetting(random, place, host, anonymous, "true", "false");
    const lawless = random.oneIn(2) ? [{ on: host, run: authorizationMode.inFile("AlwaysAllow") }] : [];
    const refused = strangerRefused(host, { on: host, field: anonymous.field, value: false });
    return {
      base: "fleet",
      setup: restarted(host, [...placed.setup, ...lawless]),
      host,
      task: `The kubelet on \`${host}\` gives callers without any credentials a name, \`system:anonymous\`, instead of turning them away. Change its configuration so that it answers them with 401, now and after the next restart of the service. The API server must still be able to read logs from \`${host}\`.`,
      checks: [
        { ...refused, weight: 2 },
        madeUpTokenRefused(host),
        holdsAfterRestart(refused),
        logsReadable(host),
        kubeletHealthy(host),
      ],
      because: `${placed.words}.`,
      solution: [...placed.mend, RESTART],
      right: [
        placed.change
          ? { name: "the flag says no", lines: [...placed.change, RESTART] }
          : {
              name: "a flag says no",
              lines: [`echo KUBELET_EXTRA_ARGS=--anonymous-auth=false > ${EXTRA}`, RESTART],
            },
        { name: "looked up and written down", lines: [...placed.mend, anonymous.inFile("false"), RESTART] },
      ],
      wrong: [
        notRestarted(placed.mend, "stranger-refused"),
        portClosed,
        stopped,
        caDropped(placed.mend),
        placed.change
          ? {
              name: "the file has the last word",
              lines: [anonymous.inFile("false"), RESTART],
              fails: "stranger-refused",
              misconception: "flag-beats-file",
            }
          : {
              name: "a key that does not exist",
              lines: [`echo 'anonymousAuth: false' >> ${CONFIG}`, RESTART],
              fails: "stranger-refused",
              misconception: "wrong-key",
            },
      ],
    };
  },
};
