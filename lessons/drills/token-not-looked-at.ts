// A scraper with the right token and the right role gets 401: this kubelet does not look at tokens.

import type { DrillTemplate } from "../_kit/drill.ts";
import {
  callerGets,
  harbourAsks,
  holdsAfterRestart,
  kubeletHealthy,
  logsReadable,
  madeUpTokenRefused,
} from "../_kit/drill-checks.ts";
import {
  anonymous,
  authorizationMode,
  EXTRA,
  notRestarted,
  pickNode,
  placeSetting,
  RESTART,
  restarted,
  tokenWebhook,
} from "../_kit/drill-ways.ts";

export const template: DrillTemplate = {
  id: "token-not-looked-at",
  title: "Let the kubelet look at tokens",
  topic: "authentication",
  level: 2,
  minutes: 3,
  use: ["rep", "task"],
  misconceptions: ["token-ignored", "forgot-restart", "flag-beats-file"],
  make(random) {
    const host = pickNode(random);
    const space = random.pick(["monitoring", "metrics", "observe"]);
    const name = random.pick(["scraper", "prometheus", "collector", "agent"]);
    const place = random.pick(["file", "extra", "kubeadm", "drop-in"]);
    const placed = placeSetting(random, place, host, tokenWebhook, "false", "true");
    const served = {
      ...callerGets(
        "scraper-served",
        `The ServiceAccount ${name} of ${space}`,
        harbourAsks(host, "/metrics", { as: { kind: "service-account", namespace: space, name } }),
        200,
        {
          passed: "The token was looked at, and its bearer may read metrics.",
          hints: {
            nudge: "The role is right. Does the kubelet know who calls?",
            pointer: "`authentication.webhook.enabled`: without it bearer tokens are not looked at.",
          },
        },
      ),
      setting: { on: host, field: tokenWebhook.field, value: true },
    };
    const kubectl = [
      `kubectl create namespace ${space}`,
      `kubectl -n ${space} create serviceaccount ${name}`,
      `kubectl create clusterrole ${name} --verb=get --resource=nodes/metrics`,
      `kubectl create clusterrolebinding ${name} --clusterrole=${name} --serviceaccount=${space}:${name}`,
    ];
    return {
      base: "fleet",
      setup: [{ on: "controlplane", run: kubectl.join(" && ") }, ...restarted(host, placed.setup)],
      host,
      task: `Metrics of \`${host}\` are missing: the ServiceAccount \`${name}\` of namespace \`${space}\` may get \`nodes/metrics\`, and yet \`${host}\` answers its token with 401. Its role is right and works on the other node. Let the kubelet on \`${host}\` accept the tokens of the cluster, and no others, now and after a restart.`,
      checks: [
        { ...served, weight: 2 },
        holdsAfterRestart(served),
        madeUpTokenRefused(host),
        logsReadable(host),
        kubeletHealthy(host),
      ],
      because: `${placed.words}. Only with it the kubelet sends a TokenReview to the API server.`,
      solution: [...placed.mend, RESTART],
      right: [
        placed.change
          ? { name: "the flag says yes", lines: [...placed.change, RESTART] }
          : {
              name: "by a flag",
              lines: [`echo KUBELET_EXTRA_ARGS=--authentication-token-webhook > ${EXTRA}`, RESTART],
            },
        { name: "written down again", lines: [...placed.mend, tokenWebhook.inFile("yes"), RESTART] },
      ],
      wrong: [
        notRestarted(placed.mend, "scraper-served"),
        {
          name: "strangers let in",
          lines: [anonymous.inFile("true"), authorizationMode.inFile("AlwaysAllow"), RESTART],
          fails: "token-refused",
          misconception: "token-ignored",
        },
        { name: "only strangers let in", lines: [anonymous.inFile("true"), RESTART], fails: "scraper-served" },
        {
          name: "more rights",
          lines: [
            "#@ controlplane",
            `kubectl create clusterrolebinding more --clusterrole=cluster-admin --serviceaccount=${space}:${name}`,
          ],
          fails: "scraper-served",
        },
        ...(placed.change
          ? [
              {
                name: "the file has the last word",
                lines: [tokenWebhook.inFile("true"), RESTART],
                fails: "scraper-served",
              },
            ]
          : []),
      ],
    };
  },
};
