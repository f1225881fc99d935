// Which versions of TLS a kubelet speaks: an old minimum in the file or by a flag, or none at all.

import type { DrillCheck, DrillTemplate } from "../_kit/drill.ts";
import { holdsAfterRestart, kubeletHealthy, logsReadable } from "../_kit/drill-checks.ts";
import {
  boundToLoopback,
  CONFIG,
  EXTRA,
  newField,
  notRestarted,
  pickNode,
  placeSetting,
  portClosed,
  RESTART,
  restarted,
} from "../_kit/drill-ways.ts";

export const template: DrillTemplate = {
  id: "newest-tls",
  title: "No older TLS than that",
  topic: "certificates",
  level: 2,
  minutes: 3,
  use: ["rep", "task"],
  misconceptions: ["suite-names", "tls-is-tls", "forgot-restart", "flag-beats-file"],
  make(random) {
    const host = pickNode(random);
    const setting = newField("tlsMinVersion", "--tls-min-version");
    const old = random.pick(["VersionTLS10", "VersionTLS11", "VersionTLS12"]);
    const wanted = "VersionTLS13";
    const place = random.pick(["file", "extra", "kubeadm", "drop-in"]);
    const placed = placeSetting(random, place, host, setting, old, wanted);
    const rewrite = `sed -i 's/^tlsMinVersion: .*/tlsMinVersion: ${wanted}/' ${CONFIG}`;
    const mend = place === "file" ? [rewrite] : [...placed.mend, setting.inFile(wanted)];
    const spell = (value: string): readonly string[] =>
      place === "file" ? [rewrite.replace(`${wanted}/`, `${value}/`)] : [...placed.mend, setting.inFile(value)];
    const refused: DrillCheck = {
      id: "old-refused",
      goal: `A caller that speaks no more than TLS 1.2 comes to no connection with ${host}.`,
      probe: {
        kind: "command",
        on: "outsider",
        run: `curl -sk -m 5 -o /dev/null -w '%{http_code}' --tls-max 1.2 https://${host}:10250/pods`,
      },
      expect: { exit: { is: 35 } },
      setting: { on: host, field: "tlsMinVersion", value: wanted },
      passed: "The handshake fails, as it should.",
      failures: [
        { when: { exit: { is: 0 } }, say: `A caller that speaks TLS 1.2 gets its answer.` },
        {
          when: { exit: { is: 7 } },
          say: "Nobody answers on 10250; wanted is a handshake that fails for old callers alone.",
        },
      ],
      hints: {
        nudge: "Which versions does the kubelet offer?",
        pointer: `\`curl -k --tls-max 1.2\` asks with an old one; \`tlsMinVersion\` or \`--tls-min-version\` says what is too old.`,
      },
    };
    return {
      base: "fleet",
      setup: restarted(host, placed.setup),
      host,
      task: `The kubelet on \`${host}\` speaks versions of TLS that are too old. Let port 10250 of \`${host}\` accept nothing older than TLS 1.3, now and after the next restart. The API server must be able to read logs as before.`,
      checks: [{ ...refused, weight: 2 }, holdsAfterRestart(refused), logsReadable(host), kubeletHealthy(host)],
      because: `${placed.words}. The values have Go’s names: \`VersionTLS12\`, \`VersionTLS13\`; without any the kubelet begins at TLS 1.2.`,
      solution: [...mend, RESTART],
      right: [
        placed.change
          ? { name: "the flag says it", lines: [...placed.change, RESTART] }
          : { name: "by a flag", lines: [`echo KUBELET_EXTRA_ARGS=--tls-min-version=${wanted} > ${EXTRA}`, RESTART] },
        { name: "in quotes", lines: [...spell('"VersionTLS13"'), RESTART] },
      ],
      wrong: [
        notRestarted(mend, "old-refused"),
        {
          name: "named as people say it",
          lines: [...spell(random.pick(["TLS1.3", "TLSv1.3", "TLS13", "versionTLS13"])), RESTART],
          fails: "ship-healthy",
          misconception: "suite-names",
        },
        portClosed,
        boundToLoopback(mend),
        ...(placed.change
          ? [
              {
                name: "the file has the last word",
                lines: [setting.inFile(wanted), RESTART],
                fails: "old-refused",
                misconception: "flag-beats-file",
              },
            ]
          : []),
      ],
    };
  },
};
