// The read-only port is open, on a number of somebody's choice; a flag, the file, or both opened it.

import type { HttpProbe, SettingWanted } from "#sandbox/grader/check.ts";
import type { DrillCheck, DrillTemplate } from "../_kit/drill.ts";
import { harbourAsks, kubeletHealthy, logsReadable } from "../_kit/drill-checks.ts";

const CONFIG = "/var/lib/kubelet/config.yaml";
const EXTRA = "/etc/default/kubelet";

function nobodyAnswers(id: string, node: string, port: number, from: string): DrillCheck {
  const inside = from === node;
  const probe: HttpProbe = { kind: "http", from, url: `http://${inside ? "127.0.0.1" : node}:${port}/pods` };
  const setting: SettingWanted = { on: node, field: "readOnlyPort", value: 0 };
  return {
    id,
    goal: inside ? `Nobody answers on ${port} on ${node} itself.` : `Nobody answers strangers on ${node}:${port}.`,
    probe,
    expect: { error: { is: "refused" } },
    setting,
    passed: "Connection refused.",
    failures: [
      { when: { status: { is: 200 } }, say: `Port ${port} still answers 200, over plain http, with the list of pods.` },
      {
        when: { error: { is: "timeout" } },
        say: "No answer at all, as behind a firewall: the port itself is still open.",
      },
    ],
    hints: {
      nudge: "Which port is it, and who opened it?",
      pointer: "`readOnlyPort` in the file, `--read-only-port` on the command line; `ss -tlnp` shows what listens.",
    },
  };
}

export const template: DrillTemplate = {
  id: "read-only-port",
  title: "Close the read-only port",
  topic: "ports",
  level: 1,
  minutes: 3,
  use: ["rep", "task", "incident"],
  misconceptions: ["forgot-restart", "flag-beats-file", "hidden-not-closed", "closed-instead-of-locked"],
  make(random) {
    const host = random.pick(["node01", "node02"]);
    const port = random.pick([10255, 10255, random.between(10300, 10999)]);
    const byFlag = random.oneIn(2);
    const alsoFile = byFlag && random.oneIn(2);
    const inFile = `echo 'readOnlyPort: ${port}' >> ${CONFIG}`;
    const dropLine = `sed -i '/^readOnlyPort/d' ${CONFIG}`;
    const dropFlag = `sed -i 's/--read-only-port=[0-9]*//' ${EXTRA}`;
    const first = [...(byFlag ? [dropFlag] : []), ...(byFlag && !alsoFile ? [] : [dropLine])];
    const restart = "systemctl restart kubelet";
    return {
      base: "fleet",
      setup: [
        ...(byFlag ? [{ on: host, path: EXTRA, content: `KUBELET_EXTRA_ARGS=--read-only-port=${port}\n` }] : []),
        ...(byFlag && !alsoFile ? [] : [{ on: host, run: inFile }]),
        { on: host, run: restart },
        { wait: 5 },
      ],
      host,
      task: `On \`${host}\` the kubelet still serves its pods over plain http, without asking who calls, on port ${port}. Close that port in the kubelet’s own settings, so that it stays closed when the service starts again. Monitoring with a certificate must still get metrics from port 10250.`,
      checks: [
        { ...nobodyAnswers("hatch-shut", host, port, "outsider"), weight: 2 },
        nobodyAnswers("shut-inside", host, port, host),
        {
          ...nobodyAnswers("stays-shut", host, port, host),
          after: "restart",
          goal: `Port ${port} stays shut after the next restart.`,
        },
        {
          ...logsReadable(host),
          id: "pilot-metrics",
          goal: `The API server’s certificate still gets metrics from ${host}:10250.`,
          probe: harbourAsks(host, "/metrics/resource"),
        },
        kubeletHealthy(host),
      ],
      because: `${byFlag ? `\`--read-only-port=${port}\` in ${EXTRA} opened it` : `\`readOnlyPort: ${port}\` in config.yaml opened it`}${alsoFile ? ", and the file said the same below the flag" : ""}. With a configuration file the default is 0, shut.`,
      solution: [...first, restart],
      right: [
        {
          name: "a flag that says 0",
          lines: [dropLine, `echo KUBELET_EXTRA_ARGS=--read-only-port=0 > ${EXTRA}`, restart],
        },
        {
          name: "the file says 0, and no flag",
          lines: [`: > ${EXTRA}`, dropLine, `echo 'readOnlyPort: 0' >> ${CONFIG}`, restart],
        },
      ],
      wrong: [
        { name: "not restarted", lines: first, fails: "hatch-shut", misconception: "forgot-restart" },
        {
          name: "hidden by a firewall",
          lines: [`iptables -A INPUT -p tcp -s 172.30.9.9 --dport ${port} -j REJECT`],
          fails: "shut-inside",
          misconception: "hidden-not-closed",
        },
        {
          name: "server switched off",
          lines: [...first, `echo 'enableServer: false' >> ${CONFIG}`, restart],
          fails: "pilot-metrics",
          misconception: "closed-instead-of-locked",
        },
        {
          name: "a number in quotes",
          lines: [`: > ${EXTRA}`, dropLine, `echo 'readOnlyPort: "0"' >> ${CONFIG}`, restart],
          fails: "ship-healthy",
          misconception: "config-stops-kubelet",
        },
        ...(byFlag
          ? [
              {
                name: "file only",
                lines: [dropLine, `echo 'readOnlyPort: 0' >> ${CONFIG}`, restart],
                fails: "hatch-shut",
                misconception: "flag-beats-file",
              },
            ]
          : []),
      ],
    };
  },
};
