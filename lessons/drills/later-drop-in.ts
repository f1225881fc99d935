// Drop-ins of the configuration file: read in the order of their names, and the last one that says something has the last word.

import type { DrillTemplate } from "../_kit/drill.ts";
import { holdsAfterRestart, kubeletHealthy, logsReadable, settingIs } from "../_kit/drill-checks.ts";
import { numberFields } from "../_kit/drill-keys.ts";
import { boundToLoopback, CONFIG, EXTRA, notRestarted, pickNode, RESTART, restarted } from "../_kit/drill-ways.ts";

const HEAD = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n";

export const template: DrillTemplate = {
  id: "later-drop-in",
  title: "The last drop-in has the last word",
  topic: "settings",
  level: 2,
  minutes: 2.5,
  use: ["rep", "task"],
  misconceptions: ["earlier-file-wins", "forgot-restart"],
  make(random) {
    const host = pickNode(random);
    const folder = random.pick(["/etc/kubernetes/kubelet.conf.d", "/etc/kubelet.d", "/var/lib/kubelet/conf.d"]);
    const [field, flag] = random.pick(numberFields);
    const [wanted = 0, other = 0, third = 0] = random.shuffle([81, 82, 83, 84, 86, 87, 88, 89, 91, 92]);
    const early = `${folder}/${random.between(1, 4)}0-${random.pick(["base", "limits", "fleet"])}.conf`;
    const late = `${folder}/${random.between(5, 9)}0-${random.pick(["site", "local", "rescue", "zz"])}.conf`;
    const inMain = random.oneIn(2);
    const lay = (path: string, value: number) => ({ on: host, path, content: `${HEAD}${field}: ${value}\n` });
    const write = (path: string, value = wanted): string => `sed -i 's/^${field}: .*/${field}: ${value}/' ${path}`;
    const live = settingIs(host, field, wanted);
    return {
      base: "fleet",
      setup: restarted(host, [
        lay(early, wanted),
        lay(late, other),
        ...(inMain ? [{ on: host, run: `echo '${field}: ${third}' >> ${CONFIG}` }] : []),
        { on: host, path: EXTRA, content: `KUBELET_EXTRA_ARGS=--config-dir=${folder}\n` },
      ]),
      host,
      task: `The kubelet on \`${host}\` takes drop-ins for its configuration file. \`${early}\` was to give \`${field}\` the value ${wanted}, and another value is in effect. Let ${wanted} take effect and hold after a restart. The kubelet must go on reading drop-ins from that folder.`,
      checks: [
        { ...live, weight: 2 },
        holdsAfterRestart(live),
        {
          id: "folder-read",
          goal: `The kubelet still reads drop-ins from ${folder}.`,
          probe: { kind: "process", on: host, name: "kubelet" },
          expect: { running: { is: true }, args: { has: `--config-dir=${folder}` } },
          passed: "The folder is named on its command line.",
          failures: [
            { when: { running: { is: true } }, say: "The running kubelet is not told of the folder any more." },
          ],
          hints: { nudge: "The folder itself is wanted.", pointer: `\`--config-dir=${folder}\` stays where it is.` },
        },
        logsReadable(host),
        kubeletHealthy(host),
      ],
      because: `${late} comes later in the order of names and says ${other}. The last drop-in that sets a field wins, over earlier ones and over the file itself.`,
      solution: [write(late), RESTART],
      right: [
        { name: "the later one taken away", lines: [`rm ${late}`, RESTART] },
        { name: "a still later one", lines: [`cp ${early} ${folder}/99-last.conf`, RESTART] },
        { name: "by a flag", lines: [`sed -i 's/$/ ${flag}=${wanted}/' ${EXTRA}`, RESTART] },
      ],
      wrong: [
        notRestarted([write(late)], "value-live"),
        {
          name: "in the file itself",
          lines: [inMain ? write(CONFIG) : `echo '${field}: ${wanted}' >> ${CONFIG}`, RESTART],
          fails: "value-live",
        },
        { name: "an earlier one", lines: [`cp ${early} ${folder}/00-first.conf`, RESTART], fails: "value-live" },
        {
          name: "the folder not read any more",
          lines: [
            `: > ${EXTRA}`,
            `sed -i '/^${field}:/d' ${CONFIG}`,
            `echo '${field}: ${wanted}' >> ${CONFIG}`,
            RESTART,
          ],
          fails: "folder-read",
        },
        boundToLoopback([write(late)]),
      ],
    };
  },
};
