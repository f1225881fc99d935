// A line in an environment file that has no effect: the ways in which systemd reads such files otherwise than a shell does.

import type { SetupStep } from "#sandbox/scene.ts";
import type { DrillTemplate, Lines } from "../_kit/drill.ts";
import { holdsAfterRestart, kubeletHealthy, logsReadable, settingIs } from "../_kit/drill-checks.ts";
import { numberFields, pickNumber } from "../_kit/drill-keys.ts";
import {
  boundToLoopback,
  CONFIG,
  EXTRA,
  notRestarted,
  pickNode,
  RELOAD,
  RESTART,
  restarted,
} from "../_kit/drill-ways.ts";

interface Trap {
  readonly file: SetupStep & { readonly path: string };
  readonly mend: Lines;
  readonly because: string;
}

export const template: DrillTemplate = {
  id: "line-without-effect",
  title: "A line without effect",
  topic: "settings",
  level: 2,
  minutes: 2.5,
  use: ["rep", "task"],
  misconceptions: ["forgot-restart"],
  make(random) {
    const host = pickNode(random);
    const [field, flag] = random.pick(numberFields);
    const value = pickNumber(random);
    const word = `${flag}=${value}`;
    const lay = (content: string, path = EXTRA) => ({ on: host, path, content });
    const misspelt = random.pick(["KUBELET_EXTRA_ARG", "KUBELET_ARGS", "KUBELET_EXTRAARGS", "EXTRA_KUBELET_ARGS"]);
    const trap: Trap = {
      twice: {
        file: lay(`KUBELET_EXTRA_ARGS=${word}\n# from the package\nKUBELET_EXTRA_ARGS=\n`),
        mend: [`sed -i '$d' ${EXTRA}`],
        because: "The variable stood there twice, and the last line counts.",
      },
      export: {
        file: lay(`export KUBELET_EXTRA_ARGS=${word}\n`),
        mend: [`sed -i 's/export //' ${EXTRA}`],
        because: "systemd reads environment files itself; `export` is a word of the shell, and such a line is ignored.",
      },
      name: {
        file: lay(`${misspelt}=${word}\n`),
        mend: [`sed -i 's/^${misspelt}=/KUBELET_EXTRA_ARGS=/' ${EXTRA}`],
        because: `The unit asks for \`KUBELET_EXTRA_ARGS\`, and nobody asks for \`${misspelt}\`.`,
      },
      newline: {
        file: lay(`KUBELET_EXTRA_ARGS=--v=2\n${word}\n`),
        mend: [`echo 'KUBELET_EXTRA_ARGS=--v=2 ${word}' > ${EXTRA}`],
        because:
          "A new line begins a new variable; flags that belong together stand on one line, or behind a backslash.",
      },
      elsewhere: {
        file: lay(`KUBELET_EXTRA_ARGS=${word}\n`, "/etc/sysconfig/kubelet"),
        mend: [`cp /etc/sysconfig/kubelet ${EXTRA}`],
        because: "/etc/sysconfig/kubelet is where other distributions have it; this unit reads /etc/default/kubelet.",
      },
    }[random.pick(["twice", "export", "name", "newline", "elsewhere"])];
    const live = settingIs(host, field, value);
    return {
      base: "fleet",
      setup: restarted(host, [trap.file]),
      host,
      task: `A note in the log book says: “\`${word}\` set in \`${trap.file.path}\` on \`${host}\`, kubelet restarted.” The kubelet on \`${host}\` runs with another value. Let it run with ${value}, now and after the next restart; logs of the pods must stay readable through the API server.`,
      checks: [{ ...live, weight: 2 }, holdsAfterRestart(live), logsReadable(host), kubeletHealthy(host)],
      because: trap.because,
      solution: [...trap.mend, RESTART],
      right: [
        { name: "the file written anew", lines: [`echo KUBELET_EXTRA_ARGS=${word} > ${EXTRA}`, RESTART] },
        { name: "in the configuration file", lines: [`echo '${field}: ${value}' >> ${CONFIG}`, RESTART] },
      ],
      wrong: [
        notRestarted(trap.mend, "value-live"),
        { name: "reloaded and restarted", lines: [RELOAD, RESTART], fails: "value-live" },
        { name: "exported in the shell", lines: [`export KUBELET_EXTRA_ARGS=${word}`, RESTART], fails: "value-live" },
        {
          name: "a colon for the equals sign",
          lines: [`echo KUBELET_EXTRA_ARGS=${flag}:${value} > ${EXTRA}`, RESTART],
          fails: "ship-healthy",
          misconception: "flag-syntax",
        },
        boundToLoopback(trap.mend),
      ],
    };
  },
};
