// The hardened file is not the one that counts: a drop-in of the unit names another.

import type { DrillTemplate } from "../_kit/drill.ts";
import { holdsAfterRestart, kubeletHealthy, logsReadable, strangerRefused } from "../_kit/drill-checks.ts";
import {
  anonymous,
  authorizationMode,
  CONFIG,
  DROP_INS,
  EXTRA,
  pickNode,
  RELOAD,
  RESTART,
  restarted,
  stopped,
} from "../_kit/drill-ways.ts";

export const template: DrillTemplate = {
  id: "another-file-read",
  title: "The file that counts",
  topic: "settings",
  level: 2,
  minutes: 3,
  use: ["rep", "task"],
  misconceptions: ["wrong-file", "forgot-daemon-reload", "forgot-restart"],
  make(random) {
    const host = pickNode(random);
    const other = random.pick([
      "/etc/kubernetes/kubelet-debug.yaml",
      "/var/lib/kubelet/config-2.yaml",
      "/opt/kubelet/kubelet.yaml",
      "/root/kubelet-config.yaml",
    ]);
    const dropIn = `${DROP_INS}/${random.between(2, 9)}0-${random.pick(["debug", "rescue", "migration"])}.conf`;
    const folder = other.slice(0, other.lastIndexOf("/"));
    const open = [anonymous.inFile("true"), authorizationMode.inFile("AlwaysAllow")]
      .join("; ")
      .replaceAll(CONFIG, other);
    const shut = anonymous.inFile("false").replaceAll(CONFIG, other);
    const refused = strangerRefused(host, { on: host, field: anonymous.field, value: false });
    return {
      base: "fleet",
      setup: restarted(host, [
        { on: host, run: `mkdir -p ${folder}; cp ${CONFIG} ${other}; ${open}` },
        { on: host, path: dropIn, content: `[Service]\nEnvironment="KUBELET_CONFIG_ARGS=--config=${other}"\n` },
        { on: host, run: RELOAD },
      ]),
      host,
      task: `\`${CONFIG}\` on \`${host}\` turns strangers away, as the benchmark asks, and strangers read all pods there. Find out what the kubelet really uses, and see to it that callers without credentials get 401 on \`${host}\`, now and after the next restart. The API server must be able to read logs as before.`,
      checks: [{ ...refused, weight: 2 }, holdsAfterRestart(refused), logsReadable(host), kubeletHealthy(host)],
      because: `The drop-in ${dropIn} set \`--config=${other}\`, so the kubelet read that file, and nothing of ${CONFIG}.`,
      solution: [`rm ${dropIn}`, RELOAD, RESTART],
      right: [
        { name: "the other file shut", lines: [shut, RESTART] },
        { name: "by a flag", lines: [`echo KUBELET_EXTRA_ARGS=--anonymous-auth=false > ${EXTRA}`, RESTART] },
        { name: "one file over the other", lines: [`cp ${CONFIG} ${other}`, RESTART] },
      ],
      wrong: [
        {
          name: "the well-known file once more",
          lines: [anonymous.inFile("false"), RESTART],
          fails: "stranger-refused",
        },
        {
          name: "systemd not told",
          lines: [`rm ${dropIn}`, RESTART],
          fails: "stranger-refused",
          misconception: "forgot-daemon-reload",
        },
        {
          name: "not restarted",
          lines: [`rm ${dropIn}`, RELOAD],
          fails: "stranger-refused",
          misconception: "forgot-restart",
        },
        { name: "the other file taken away", lines: [`rm ${other}`, RESTART], fails: "ship-healthy" },
        stopped,
      ],
    };
  },
};
