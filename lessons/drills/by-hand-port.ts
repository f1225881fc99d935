// The node of old notes: one unit, no file, and the read-only port open because nobody said otherwise.

import type { DrillCheck, DrillTemplate } from "../_kit/drill.ts";
import { kubeletHealthy, logsReadable } from "../_kit/drill-checks.ts";
import { RELOAD, RESTART } from "../_kit/drill-ways.ts";

const UNIT = "/etc/systemd/system/kubelet.service";
const host = "node01";

export const template: DrillTemplate = {
  id: "by-hand-port",
  title: "An old hatch on an old ship",
  topic: "ports",
  level: 2,
  minutes: 4,
  use: ["rep", "task"],
  misconceptions: ["forgot-daemon-reload", "line-not-continued", "hidden-not-closed"],
  make(random) {
    const port = random.pick([10255, 10255, random.between(10300, 10999)]);
    const said = port !== 10255 || random.oneIn(2);
    const verbosity = random.between(1, 4);
    const nobody = (id: string, from: string, number = port): DrillCheck => ({
      id,
      goal:
        from === host
          ? `Nobody answers on ${number} on ${host} itself.`
          : `Nobody answers strangers on ${host}:${number}.`,
      probe: { kind: "http", from, url: `http://${from === host ? "127.0.0.1" : host}:${number}/pods` },
      expect: { error: { is: "refused" } },
      setting: { on: host, field: "readOnlyPort", value: 0 },
      passed: "Connection refused.",
      failures: [
        {
          when: { status: { is: 200 } },
          say: `Port ${port} still answers 200, over plain http, with the list of pods.`,
        },
        {
          when: { error: { is: "timeout" } },
          say: "No answer at all, as behind a firewall: the port itself is still open.",
        },
      ],
      hints: {
        nudge: "Where does this kubelet get its settings from?",
        pointer: "`systemctl cat kubelet`: all are flags. `--read-only-port=0` closes it.",
      },
    });
    // Without its flag the kubelet goes back to the usual port.
    const usual = port === 10255 ? [] : [{ ...nobody("usual-shut", host, 10255) }];
    const setFlag = (value: string | number): string =>
      said
        ? `sed -i 's/--read-only-port=${port}/--read-only-port=${value}/' ${UNIT}`
        : `sed -i 's/--v=/--read-only-port=${value} --v=/' ${UNIT}`;
    const dropIn = `${UNIT}.d/${random.between(1, 9)}0-shut.conf`;
    return {
      base: "by-hand",
      setup: [
        {
          on: host,
          run: `sed -i 's/--v=2/${said ? `--read-only-port=${port} \\\\\\n  ` : ""}--v=${verbosity}/' ${UNIT} && ${RELOAD} && ${RESTART}`,
        },
        { wait: 5 },
      ],
      host,
      task: `\`${host}\` was installed by hand years ago: its kubelet has one unit file, \`${UNIT}\`, and no configuration file. It still serves its pods over plain http, without asking who calls, on port ${port}. Close it in the kubelet’s own settings, now and for every later start, open no other instead, and leave the rest as it is.`,
      checks: [
        { ...nobody("hatch-shut", "outsider"), weight: 2 },
        nobody("shut-inside", host),
        ...usual,
        { ...nobody("stays-shut", host), after: "restart", goal: `Port ${port} stays shut after the next restart.` },
        logsReadable(host),
        kubeletHealthy(host),
      ],
      because: `${said ? `\`--read-only-port=${port}\` stood in the unit.` : "Without a configuration file the read-only port is open on 10255 unless a flag says 0."} A changed unit counts after \`systemctl daemon-reload\`.`,
      solution: [setFlag(0), RELOAD, RESTART],
      right: [
        {
          name: "on a line of its own",
          lines: [
            `sed -i '/--read-only-port/d; s|^  --register-node=true|  --read-only-port=0 \\\\\\n&|' ${UNIT}`,
            RELOAD,
            RESTART,
          ],
        },
        {
          name: "by a drop-in",
          lines: [
            `mkdir ${UNIT}.d`,
            `(echo [Service]; echo ExecStart=; sed -n '/^ExecStart/,/--v/p' ${UNIT} | sed 's/--read-only-port=[0-9]*//; s/--v=/--read-only-port=0 --v=/') > ${dropIn}`,
            RELOAD,
            RESTART,
          ],
        },
      ],
      wrong: [
        {
          name: "systemd not told",
          lines: [setFlag(0), RESTART],
          fails: "hatch-shut",
          misconception: "forgot-daemon-reload",
        },
        {
          name: "no backslash before it",
          lines: [`sed -i '/--read-only-port/d; s|^  --v=.*|&\\n  --read-only-port=0|' ${UNIT}`, RELOAD, RESTART],
          fails: port === 10255 ? "hatch-shut" : "usual-shut",
          misconception: "line-not-continued",
        },
        {
          name: "hidden by a firewall",
          lines: [`iptables -A INPUT -p tcp -s 172.30.9.9 --dport ${port} -j REJECT`],
          fails: "shut-inside",
          misconception: "hidden-not-closed",
        },
        { name: "not a number", lines: [setFlag("off"), RELOAD, RESTART], fails: "ship-healthy" },
        {
          name: "an environment file that nothing reads",
          lines: ["echo KUBELET_EXTRA_ARGS=--read-only-port=0 > /etc/default/kubelet", RELOAD, RESTART],
          fails: "hatch-shut",
        },
      ],
    };
  },
};
