// A drop-in was changed, the kubelet restarted, and systemd still starts the old command.

import type { DrillTemplate } from "../_kit/drill.ts";
import { holdsAfterRestart, kubeletHealthy, logsReadable, settingIs } from "../_kit/drill-checks.ts";
import { numberFields } from "../_kit/drill-keys.ts";
import { CONFIG, DROP_INS, pickNode, RELOAD, RESTART, restarted } from "../_kit/drill-ways.ts";

export const template: DrillTemplate = {
  id: "reload-forgotten",
  title: "Restarted, and still the old command",
  topic: "settings",
  level: 1,
  minutes: 2,
  use: ["rep", "task"],
  misconceptions: ["forgot-daemon-reload", "forgot-restart"],
  make(random) {
    const host = pickNode(random);
    const [field, flag] = random.pick(numberFields);
    const [before = 0, now = 0] = random.shuffle([81, 82, 83, 84, 86, 87, 88, 89, 91, 92]);
    const path = `${DROP_INS}/${random.between(2, 9)}0-${random.pick(["limits", "local", "tuning", "site"])}.conf`;
    const dropIn = (value: number) =>
      ({
        on: host,
        path,
        content: `[Service]\nEnvironment="KUBELET_CONFIG_ARGS=--config=${CONFIG} ${flag}=${value}"\n`,
      }) as const;
    const live = settingIs(host, field, now);
    return {
      base: "fleet",
      setup: [...restarted(host, [dropIn(before), { on: host, run: RELOAD }]), ...restarted(host, [dropIn(now)])],
      host,
      task: `\`${path}\` on \`${host}\` sets \`${flag}=${now}\`. It was changed this morning and the kubelet was restarted afterwards, and it runs with ${before} all the same. Let the new value take effect, without changing any file.`,
      checks: [
        { ...live, weight: 2 },
        holdsAfterRestart(live),
        {
          id: "drop-in-kept",
          goal: `${path} is as it was.`,
          probe: { kind: "file", on: host, path },
          expect: { exists: { is: true }, content: { is: dropIn(now).content } },
          passed: "Untouched.",
          failures: [{ when: { exists: { is: false } }, say: "The drop-in is gone." }],
          hints: { nudge: "The file is right.", pointer: "Who read it last, and when?" },
        },
        logsReadable(host),
        kubeletHealthy(host),
      ],
      because:
        "systemd keeps the units it read until `systemctl daemon-reload`; a restart alone starts the old command again.",
      solution: [RELOAD, RESTART],
      right: [
        { name: "stopped and started", lines: ["systemctl stop kubelet", RELOAD, "systemctl start kubelet"] },
        { name: "in one line", lines: [`${RELOAD} && ${RESTART}`] },
      ],
      wrong: [
        { name: "restarted once more", lines: [RESTART], fails: "value-live", misconception: "forgot-daemon-reload" },
        { name: "reloaded and not restarted", lines: [RELOAD], fails: "value-live", misconception: "forgot-restart" },
        { name: "the drop-in taken away", lines: [`rm ${path}`, RELOAD, RESTART], fails: "drop-in-kept" },
        {
          name: "killed",
          lines: ["pkill -x kubelet", "#@ wait 15"],
          fails: "value-live",
          misconception: "forgot-daemon-reload",
        },
      ],
    };
  },
};
