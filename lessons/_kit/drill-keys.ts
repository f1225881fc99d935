// Drills about a number in the configuration file that the kubelet does not see: misspelt, or at the wrong depth.

import type { Setup } from "#sandbox/scene.ts";
import type { Drill, Lines, WrongWay } from "./drill.ts";
import { holdsAfterRestart, kubeletHealthy, logsReadable, settingIs } from "./drill-checks.ts";
import { CONFIG, EXTRA, notRestarted, RESTART, restarted, stopped } from "./drill-ways.ts";
import type { Random } from "./random.ts";

/** Numbers at the left edge of the file: field, flag, and how people misspell the field. */
export const numberFields = [
  ["maxPods", "--max-pods", ["maxPod", "max-pods", "MaxPods"]],
  ["podPidsLimit", "--pod-max-pids", ["podPIDsLimit", "podPidLimit", "podMaxPids"]],
  ["eventRecordQPS", "--event-qps", ["eventRecordQps", "eventQPS", "eventsRecordQPS"]],
  ["containerLogMaxFiles", "--container-log-max-files", ["containerLogMaxFile", "containerLogsMaxFiles"]],
  ["imageGCHighThresholdPercent", "--image-gc-high-threshold", ["imageGcHighThresholdPercent", "imageGCHighThreshold"]],
  ["registryPullQPS", "--registry-qps", ["registryPullQps", "registryQPS"]],
] as const;

/** A value that suits any of them, and is the default of none. */
export const pickNumber = (random: Random): number => random.between(86, 97);

export interface IgnoredKey {
  readonly host: string;
  readonly field: string;
  readonly flag: string;
  readonly value: number;
  /** Spoils the file. */
  readonly setup: Setup;
  readonly mend: Lines;
  readonly because: string;
  /** Wrong ways of this one; those that fit every ignored key are added. */
  readonly wrong: readonly WrongWay[];
}

export function ignoredKeyDrill({ host, field, flag, value, setup, mend, because, wrong }: IgnoredKey): Drill {
  const live = settingIs(host, field, value);
  const wellSpelt = `^ *${field}:`;
  return {
    base: "fleet",
    setup: restarted(host, setup),
    host,
    task: `Somebody set \`${field}\` to ${value} in the configuration file of the kubelet on \`${host}\` and restarted it, and the kubelet still runs with another value. Find out why, and let the value take effect, now and after the next restart. Nothing else about the kubelet may change.`,
    checks: [{ ...live, weight: 2 }, holdsAfterRestart(live), logsReadable(host), kubeletHealthy(host)],
    because,
    solution: [...mend, RESTART],
    right: [
      {
        name: "written anew at the end",
        lines: [`sed -i '/${wellSpelt}/d' ${CONFIG}`, `echo '${field}: ${value}' >> ${CONFIG}`, RESTART],
      },
      { name: "by a flag", lines: [`echo KUBELET_EXTRA_ARGS=${flag}=${value} > ${EXTRA}`, RESTART] },
    ],
    wrong: [
      notRestarted(mend, "value-live"),
      { name: "restarted once more", lines: [RESTART], fails: "value-live" },
      {
        name: "a number in quotes",
        lines: [`sed -i '/${wellSpelt}/d' ${CONFIG}`, `echo '${field}: "${value}"' >> ${CONFIG}`, RESTART],
        fails: "ship-healthy",
        misconception: "config-stops-kubelet",
      },
      stopped,
      ...wrong,
    ],
  };
}
