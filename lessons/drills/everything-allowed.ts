// Every caller with a name may do anything: authorization is AlwaysAllow, by the file or by a flag.

import type { DrillTemplate } from "../_kit/drill.ts";
import { callerGets, harbourAsks, holdsAfterRestart, kubeletHealthy, logsReadable } from "../_kit/drill-checks.ts";
import {
  authorizationMode,
  CONFIG,
  caDropped,
  EXTRA,
  notRestarted,
  pickNode,
  placeSetting,
  RESTART,
  restarted,
  tokenWebhook,
} from "../_kit/drill-ways.ts";

export const template: DrillTemplate = {
  id: "everything-allowed",
  title: "Ask who may",
  topic: "authorization",
  level: 1,
  minutes: 3,
  use: ["rep", "task"],
  misconceptions: ["wrong-case-mode", "forgot-restart", "flag-beats-file", "401-or-403"],
  make(random) {
    const host = pickNode(random);
    const space = random.pick(["blue", "shop", "lab", "web-team"]);
    const name = random.pick(["builder", "reader", "visitor", "robot"]);
    const place = random.pick(["file", "extra", "kubeadm", "drop-in"]);
    const placed = placeSetting(random, place, host, authorizationMode, "AlwaysAllow", "Webhook");
    const refused = {
      ...callerGets(
        "caller-refused",
        `The ServiceAccount ${name} of ${space}, which has no rights,`,
        harbourAsks(host, "/pods", { as: { kind: "service-account", namespace: space, name } }),
        403,
        {
          passed: "403: the kubelet asks the API server, and the API server says no.",
          hints: {
            nudge: "A caller with a name is let in. Who decides what it may do?",
            pointer:
              "`authorization.mode`, or `--authorization-mode`: `AlwaysAllow` asks nobody, `Webhook` asks the API server.",
          },
        },
      ),
      setting: { on: host, field: authorizationMode.field, value: "Webhook" },
    };
    return {
      base: "fleet",
      setup: [
        {
          on: "controlplane",
          run: `kubectl create namespace ${space}; kubectl -n ${space} create serviceaccount ${name}`,
        },
        ...restarted(host, placed.setup),
      ],
      host,
      task: `Any ServiceAccount may do anything on port 10250 of \`${host}\`: \`${name}\` of namespace \`${space}\` has no rights in the cluster and reads all pods there. Let the kubelet on \`${host}\` ask the API server what a caller may do, now and after a restart. Logs of the pods must stay readable through the API server.`,
      checks: [{ ...refused, weight: 2 }, holdsAfterRestart(refused), logsReadable(host), kubeletHealthy(host)],
      because: `${placed.words}. With \`Webhook\` the kubelet sends a SubjectAccessReview for each request.`,
      solution: [...placed.mend, RESTART],
      right: [
        placed.change
          ? { name: "the flag says Webhook", lines: [...placed.change, RESTART] }
          : { name: "by a flag", lines: [`echo KUBELET_EXTRA_ARGS=--authorization-mode=Webhook > ${EXTRA}`, RESTART] },
        {
          name: "the default of a kubelet with a file",
          lines: [...placed.mend, `sed -i '/^  mode: /d' ${CONFIG}`, RESTART],
        },
      ],
      wrong: [
        notRestarted(placed.mend, "caller-refused"),
        {
          name: "in small letters",
          lines: [...placed.mend, authorizationMode.inFile("webhook"), RESTART],
          fails: "ship-healthy",
          misconception: "wrong-case-mode",
        },
        {
          name: "tokens switched off",
          lines: [...placed.mend, tokenWebhook.inFile("false"), RESTART],
          fails: "caller-refused",
        },
        caDropped(placed.mend),
        ...(placed.change
          ? [
              {
                name: "the file has the last word",
                lines: [authorizationMode.inFile("Webhook"), RESTART],
                fails: "caller-refused",
                misconception: "flag-beats-file",
              },
            ]
          : []),
      ],
    };
  },
};
