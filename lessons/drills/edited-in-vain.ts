// Somebody wrote all the right settings into a file that no kubelet reads.

import type { DrillTemplate } from "../_kit/drill.ts";
import {
  callerGets,
  harbourAsks,
  holdsAfterRestart,
  kubeletHealthy,
  logsReadable,
  strangerRefused,
} from "../_kit/drill-checks.ts";
import {
  anonymous,
  authorizationMode,
  CONFIG,
  EXTRA,
  notRestarted,
  pickNode,
  RESTART,
  restarted,
  stopped,
} from "../_kit/drill-ways.ts";

export const template: DrillTemplate = {
  id: "edited-in-vain",
  title: "The right settings in the wrong file",
  topic: "settings",
  level: 2,
  minutes: 4,
  use: ["rep", "task"],
  misconceptions: ["wrong-file", "ca-missing", "forgot-restart"],
  make(random) {
    const host = pickNode(random);
    const space = random.pick(["blue", "shop", "lab"]);
    const path = random.pick([
      "/etc/kubernetes/kubelet-config.yaml",
      "/var/lib/kubelet/config.yml",
      "/etc/kubernetes/kubelet.yaml",
      "/etc/default/kubelet.yaml",
    ]);
    const head = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n";
    const content = `${head}authentication:\n  anonymous:\n    enabled: false\nauthorization:\n  mode: Webhook\n`;
    const shut = [anonymous.inFile("false"), authorizationMode.inFile("Webhook")];
    const refused = strangerRefused(host, { on: host, field: anonymous.field, value: false });
    return {
      base: "fleet",
      setup: [
        { on: "controlplane", run: `kubectl create namespace ${space}` },
        { on: host, path, content },
        ...restarted(host, [
          { on: host, run: `${anonymous.inFile("true")}; ${authorizationMode.inFile("AlwaysAllow")}` },
        ]),
      ],
      host,
      task: `A colleague wrote \`${path}\` on \`${host}\` to turn strangers away and to let the API server decide what others may do, restarted the kubelet, and closed the ticket. Strangers still read all pods. Let the two settings of that file take effect in the kubelet on \`${host}\`, for good; the API server must be able to read logs as before.`,
      checks: [
        { ...refused, weight: 2 },
        callerGets(
          "caller-refused",
          `The ServiceAccount default of ${space}, which has no rights,`,
          harbourAsks(host, "/pods", { as: { kind: "service-account", namespace: space, name: "default" } }),
          403,
          {
            passed: "403: the API server was asked, and said no.",
            hints: {
              nudge: "There are two settings in that file.",
              pointer: "`authorization.mode` decides what callers with a name may do.",
            },
          },
        ),
        holdsAfterRestart(refused),
        logsReadable(host),
        kubeletHealthy(host),
      ],
      because: `The kubelet reads the one file that \`--config\` names, ${CONFIG}. Nothing reads ${path}.`,
      solution: [...shut, RESTART],
      right: [
        {
          name: "by flags",
          lines: [`echo 'KUBELET_EXTRA_ARGS=--anonymous-auth=false --authorization-mode=Webhook' > ${EXTRA}`, RESTART],
        },
        {
          name: "as a drop-in of the configuration",
          lines: [
            "mkdir /etc/kubernetes/kubelet.d",
            `cp ${path} /etc/kubernetes/kubelet.d/10-shut.conf`,
            `echo KUBELET_EXTRA_ARGS=--config-dir=/etc/kubernetes/kubelet.d > ${EXTRA}`,
            RESTART,
          ],
        },
      ],
      wrong: [
        { name: "restarted once more", lines: [RESTART], fails: "stranger-refused", misconception: "wrong-file" },
        notRestarted(shut, "stranger-refused"),
        { name: "one of two", lines: [anonymous.inFile("false"), RESTART], fails: "caller-refused" },
        {
          name: "the file laid over the other",
          lines: [`cp ${path} ${CONFIG}`, RESTART],
          fails: "pilot-logs",
          misconception: "ca-missing",
        },
        {
          name: "put at its end",
          lines: [`cat ${path} >> ${CONFIG}`, RESTART],
          fails: "pilot-logs",
          misconception: "ca-missing",
        },
        stopped,
      ],
    };
  },
};
