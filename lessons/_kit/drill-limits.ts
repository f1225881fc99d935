// Drills about one number or duration that the running kubelet must have, whatever the file said before and whichever flag is in the way.

import type { Drill } from "./drill.ts";
import { holdsAfterRestart, kubeletHealthy, logsReadable, settingIs } from "./drill-checks.ts";
import {
  boundToLoopback,
  CONFIG,
  EXTRA,
  newField,
  notRestarted,
  oldField,
  pickNode,
  placeSetting,
  RESTART,
  restarted,
  stopped,
} from "./drill-ways.ts";
import type { Random } from "./random.ts";

/** What a drill of this kind is about. */
export interface Limit {
  readonly field: string;
  readonly flag: string;
  /** As the file has it and as `/configz` shows it. */
  readonly wanted: number | string;
  /** Wanted in other words that mean the same, for a second right way. */
  readonly same?: string;
  /** What somebody set instead. */
  readonly before: string;
  /** Whether kubeadm's file has the field already. */
  readonly inFile: boolean;
  /** The task's first sentences. */
  readonly story: (host: string) => string;
  /** The flag's name written as a field, or another name that the file does not know. */
  readonly noField: string;
  readonly why: string;
}

/** A wrong spelling is ignored; a value of the wrong kind ends the kubelet. */
export function limitDrill(random: Random, limit: Limit): Drill {
  const { field, flag, wanted, before, inFile, story, noField, why } = limit;
  const host = pickNode(random);
  const setting = inFile ? oldField(field, flag) : newField(field, flag);
  const write = setting.inFile(String(wanted));
  const place = random.pick(["none", "extra", "kubeadm", "drop-in"]);
  const placed = place === "none" ? undefined : placeSetting(random, place, host, setting, before, String(wanted));
  const mend = placed?.mend ?? [];
  const live = settingIs(host, field, wanted);
  const elsewhere = typeof wanted === "number" ? `"${wanted}x"` : `"${wanted} or so"`;
  return {
    base: "fleet",
    setup: placed ? restarted(host, placed.setup) : [],
    host,
    task: `${story(host)} The value must be in effect in the running kubelet and stay so after a restart. Logs of the pods on \`${host}\` must stay readable through the API server.`,
    checks: [{ ...live, weight: 2 }, holdsAfterRestart(live), logsReadable(host), kubeletHealthy(host)],
    because: `${placed ? `${placed.words}. ` : ""}${why}`,
    solution: [...mend, write, RESTART],
    right: [
      placed?.change
        ? { name: "in the place where the flag was", lines: [...placed.change, RESTART] }
        : { name: "by a flag", lines: [`echo KUBELET_EXTRA_ARGS=${flag}=${wanted} > ${EXTRA}`, RESTART] },
      { name: "written another way", lines: [...mend, setting.inFile(limit.same ?? `${wanted} # agreed`), RESTART] },
    ],
    wrong: [
      notRestarted([...mend, write], "value-live"),
      {
        name: "a key that does not exist",
        lines: [...mend, `echo '${noField}: ${wanted}' >> ${CONFIG}`, RESTART],
        fails: "value-live",
        misconception: "wrong-key",
      },
      {
        name: "no value at all",
        lines: [...mend, setting.inFile(elsewhere), RESTART],
        fails: "ship-healthy",
        misconception: "config-stops-kubelet",
      },
      boundToLoopback([...mend, write]),
      stopped,
      ...(placed
        ? [
            {
              name: "the file has the last word",
              lines: [write, RESTART],
              fails: "value-live",
              misconception: "flag-beats-file",
            },
          ]
        : []),
    ],
  };
}
