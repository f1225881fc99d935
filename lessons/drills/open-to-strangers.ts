// A node answers everybody; where it was opened is for the seed to say: in the file, by a flag in either environment file, or by a drop-in.

import type { Setup } from "#sandbox/scene.ts";
import type { DrillTemplate } from "../_kit/drill.ts";
import {
  holdsAfterRestart,
  kubeletHealthy,
  logsReadable,
  madeUpTokenRefused,
  strangerRefused,
} from "../_kit/drill-checks.ts";

const CONFIG = "/var/lib/kubelet/config.yaml";

interface Place {
  readonly setup: (host: string) => Setup;
  readonly because: string;
  readonly solution: readonly string[];
}

const openFile = `sed -i '/anonymous:/,/enabled:/s/false/true/' ${CONFIG}`;
const shutFile = `sed -i '/anonymous:/,/enabled:/s/true/false/' ${CONFIG}`;

const places: Readonly<Record<"file" | "default" | "kubeadm", Place>> = {
  file: {
    setup: (on) => [{ on, run: `${openFile}; systemctl restart kubelet` }],
    because: "`authentication.anonymous.enabled` was `true` in the file that `--config` names.",
    solution: [shutFile, "systemctl restart kubelet"],
  },
  default: {
    setup: (on) => [
      { on, path: "/etc/default/kubelet", content: "KUBELET_EXTRA_ARGS=--anonymous-auth=true\n" },
      { on, run: "systemctl restart kubelet" },
    ],
    because: "The flag `--anonymous-auth=true` in /etc/default/kubelet went over the file, which was right all along.",
    solution: ["sed -i 's/--anonymous-auth=true//' /etc/default/kubelet", "systemctl restart kubelet"],
  },
  kubeadm: {
    setup: (on) => [
      { on, path: "/var/lib/kubelet/kubeadm-flags.env", content: 'KUBELET_KUBEADM_ARGS="--anonymous-auth=true"\n' },
      { on, run: "systemctl restart kubelet" },
    ],
    because:
      "The flag `--anonymous-auth=true` in /var/lib/kubelet/kubeadm-flags.env went over the file, which was right all along.",
    solution: ["sed -i 's/--anonymous-auth=true//' /var/lib/kubelet/kubeadm-flags.env", "systemctl restart kubelet"],
  },
};

export const template: DrillTemplate = {
  id: "open-to-strangers",
  title: "Turn strangers away",
  topic: "authentication",
  level: 1,
  minutes: 3,
  use: ["rep", "task", "incident"],
  misconceptions: ["forgot-restart", "flag-beats-file", "closed-instead-of-locked", "stopped-instead-of-locked"],
  make(random) {
    const host = random.pick(["node01", "node02"]);
    const place = random.pick(["file", "default", "kubeadm"] as const);
    const { setup, because, solution } = places[place];
    const refused = strangerRefused(host, { on: host, field: "authentication.anonymous.enabled", value: false });
    return {
      base: "fleet",
      setup: [...setup(host), { wait: 5 }],
      host,
      task: `The kubelet on \`${host}\` takes callers without any credentials for \`system:anonymous\` instead of turning them away. Change its configuration so that it answers them with 401, now and after the next restart of the service. The API server must still be able to read logs from \`${host}\`.`,
      checks: [
        { ...refused, weight: 2 },
        madeUpTokenRefused(host),
        holdsAfterRestart(refused),
        logsReadable(host),
        kubeletHealthy(host),
      ],
      because,
      solution,
      right: [
        {
          name: "a flag that says no",
          lines: [
            "sed -i 's/--anonymous-auth=true//' /var/lib/kubelet/kubeadm-flags.env",
            "echo KUBELET_EXTRA_ARGS=--anonymous-auth=false > /etc/default/kubelet",
            "systemctl restart kubelet",
          ],
        },
        {
          name: "in every place",
          lines: [
            shutFile,
            "sed -i 's/--anonymous-auth=true/--anonymous-auth=false/' /etc/default/kubelet /var/lib/kubelet/kubeadm-flags.env",
            "systemctl restart kubelet",
          ],
        },
      ],
      wrong: [
        {
          name: "not restarted",
          lines: solution.slice(0, 1),
          fails: "stranger-refused",
          misconception: "forgot-restart",
        },
        {
          name: "port closed to everybody",
          lines: ["iptables -A INPUT -p tcp --dport 10250 -j DROP"],
          fails: "pilot-logs",
          misconception: "closed-instead-of-locked",
        },
        {
          name: "stopped",
          lines: ["systemctl stop kubelet"],
          fails: "ship-healthy",
          misconception: "stopped-instead-of-locked",
        },
        {
          name: "client CA taken away as well",
          lines: [...solution.slice(0, 1), `sed -i '/clientCAFile/d' ${CONFIG}`, "systemctl restart kubelet"],
          fails: "pilot-logs",
          misconception: "ca-missing",
        },
        place === "file"
          ? {
              name: "a key that does not exist",
              lines: [`echo 'anonymousAuth: false' >> ${CONFIG}`, "systemctl restart kubelet"],
              fails: "stranger-refused",
              misconception: "wrong-key",
            }
          : {
              name: "the file has the last word",
              lines: [shutFile, "systemctl restart kubelet"],
              fails: "stranger-refused",
              misconception: "flag-beats-file",
            },
      ],
    };
  },
};
