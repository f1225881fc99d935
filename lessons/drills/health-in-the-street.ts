// The health port answers the whole network instead of its own machine.

import type { DrillCheck, DrillTemplate } from "../_kit/drill.ts";
import { holdsAfterRestart, kubeletHealthy, logsReadable } from "../_kit/drill-checks.ts";
import {
  CONFIG,
  EXTRA,
  notRestarted,
  oldField,
  pickNode,
  placeSetting,
  RESTART,
  restarted,
} from "../_kit/drill-ways.ts";

const setting = oldField("healthzBindAddress", "--healthz-bind-address");

export const template: DrillTemplate = {
  id: "health-in-the-street",
  title: "Health is a private matter",
  topic: "ports",
  level: 1,
  minutes: 3,
  use: ["rep", "task"],
  misconceptions: ["health-turned-off", "one-port", "forgot-restart", "flag-beats-file"],
  make(random) {
    const host = pickNode(random);
    const neighbour = host === "node01" ? "node02" : "node01";
    const place = random.pick(["file", "extra", "kubeadm", "drop-in"]);
    // Two colons alone are no value in YAML.
    const everywhere = place === "file" ? "0.0.0.0" : random.pick(["0.0.0.0", "0.0.0.0", "::"]);
    const placed = placeSetting(random, place, host, setting, everywhere, "127.0.0.1");
    const hidden = (id: string, from: string): DrillCheck => ({
      id,
      goal: `${from} finds nobody on port 10248 of ${host}.`,
      probe: { kind: "http", from, url: `http://${host}:10248/healthz` },
      expect: { error: { is: "refused" } },
      setting: { on: host, field: setting.field, value: "127.0.0.1" },
      passed: "Connection refused.",
      failures: [
        {
          when: { status: { is: 200 } },
          say: "It gets ok from the health port, over plain http and without credentials.",
        },
        {
          when: { error: { is: "timeout" } },
          say: "No answer at all, as behind a firewall. The port is still bound to every address.",
        },
      ],
      hints: {
        nudge: "A kubelet has more than one port.",
        pointer:
          "`ss -tlnp` shows each with its address; `healthzBindAddress` or `--healthz-bind-address` is this one’s.",
      },
    });
    const outside = hidden("health-hidden", "outsider");
    return {
      base: "fleet",
      setup: restarted(host, placed.setup),
      host,
      task: `Everybody on the network can ask the kubelet on \`${host}\` for its health on port 10248, without credentials. Let it answer callers on \`${host}\` itself, at 127.0.0.1, and nobody else, in its own settings and for good. Port 10250 stays as it is.`,
      checks: [
        { ...outside, weight: 2 },
        hidden("neighbour-out", neighbour),
        holdsAfterRestart(outside),
        kubeletHealthy(host),
        logsReadable(host),
      ],
      because: `${placed.words}. The default is 127.0.0.1.`,
      solution: [...placed.mend, RESTART],
      right: [
        placed.change
          ? { name: "the flag says localhost", lines: [...placed.change, RESTART] }
          : {
              name: "by a flag",
              lines: [`echo KUBELET_EXTRA_ARGS=--healthz-bind-address=127.0.0.1 > ${EXTRA}`, RESTART],
            },
        { name: "the default", lines: [...placed.mend, `sed -i '/^healthzBindAddress/d' ${CONFIG}`, RESTART] },
      ],
      wrong: [
        notRestarted(placed.mend, "health-hidden"),
        {
          name: "turned off",
          lines: [...placed.mend, `sed -i 's/^healthzPort: .*/healthzPort: 0/' ${CONFIG}`, RESTART],
          fails: "ship-healthy",
          misconception: "health-turned-off",
        },
        {
          name: "a wall against one",
          lines: ["iptables -A INPUT -p tcp -s 172.30.9.9 --dport 10248 -j REJECT"],
          fails: "neighbour-out",
        },
        {
          name: "the other address",
          lines: [`echo 'address: 127.0.0.1' >> ${CONFIG}`, ...placed.mend, RESTART],
          fails: "pilot-logs",
          misconception: "closed-instead-of-locked",
        },
        ...(placed.change
          ? [
              {
                name: "the file has the last word",
                lines: [setting.inFile("127.0.0.1"), RESTART],
                fails: "health-hidden",
                misconception: "flag-beats-file",
              },
            ]
          : []),
      ],
    };
  },
};
