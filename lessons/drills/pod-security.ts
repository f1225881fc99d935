// A namespace that takes any pod, one pod in it that is the whole node, and a workload that does no harm.

import type { DrillCheck, DrillTemplate } from "../_kit/drill.ts";
import { namespace } from "../_kit/harbour.ts";
import { applied, onShore } from "../_kit/shore.ts";

const MODE = "pod-security.kubernetes.io";

/** A pod that is tried without being kept. */
function tries(space: string, spec: object): string {
  const pod = JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "tried", namespace: space }, spec });
  return `kubectl apply --dry-run=server -f - <<'END'\n${pod}\nEND`;
}

const meek = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
const meekPod = { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } };

export const template: DrillTemplate = {
  id: "pod-security",
  title: "What comes on board",
  topic: "cluster",
  level: 2,
  minutes: 4,
  use: ["rep", "task"],
  misconceptions: [],
  make(random) {
    const space = random.pick(["cargo", "shop", "depot", "payments"]);
    const level = random.pick(["restricted", "baseline"]);
    const bad = random.pick(["crate", "debug", "toolbox", "node-shell"]);
    const app = random.pick(["web", "api", "till"]);
    const root = { containers: [{ name: "c", image: "busybox:1.37", command: ["sleep", "600"] }] };
    const host = {
      hostPID: true,
      containers: [
        { name: "c", image: "busybox:1.37", command: ["sleep", "600"], securityContext: { privileged: true } },
      ],
    };
    const good = { securityContext: meekPod, containers: [{ name: app, image: "nginx:1.29", securityContext: meek }] };
    const hard = level === "restricted" ? root : host;
    const enforce = (value: string): string => `kubectl label namespace ${space} ${MODE}/enforce=${value}`;
    const remove = `kubectl delete pod ${bad} -n ${space}`;
    const refused: DrillCheck = {
      id: "pod-refused",
      goal: `The namespace \`${space}\` refuses a pod that the level \`${level}\` forbids.`,
      probe: { kind: "command", on: "controlplane", run: tries(space, hard) },
      expect: { stderr: { has: `violates PodSecurity "${level}:` } },
      passed: "Refused, by the level that was asked for.",
      failures: [
        { when: { stdout: { has: "created" } }, say: "Such a pod is still taken." },
        {
          when: { stderr: { has: "violates PodSecurity" } },
          say: "It is refused by another level than the one that was asked for: {stderr}",
        },
        { when: {}, say: "The API server said: {stderr}" },
      ],
      hints: {
        nudge: "Three levels, three modes. Which mode refuses?",
        pointer: `Labels of the namespace: \`${MODE}/enforce\`, \`warn\`, \`audit\`.`,
      },
      weight: 2,
    };
    return {
      base: "fleet",
      setup: [
        applied([namespace(space)]),
        { wait: 2 },
        applied([
          {
            apiVersion: "v1",
            kind: "Pod",
            metadata: { name: bad, namespace: space },
            spec: { ...host, terminationGracePeriodSeconds: 1 },
          },
          {
            apiVersion: "apps/v1",
            kind: "Deployment",
            metadata: { name: app, namespace: space },
            spec: {
              replicas: 1,
              selector: { matchLabels: { app } },
              template: { metadata: { labels: { app } }, spec: good },
            },
          },
        ]),
        onShore(`kubectl label namespace ${space} ${MODE}/warn=${level} >/dev/null`),
        { wait: 10 },
      ],
      host: "controlplane",
      task: `Pods in the namespace \`${space}\` are to keep to the Pod Security Standard \`${level}\`: those that do not are to be refused, in this namespace and in no other. A pod \`${bad}\` there, left by somebody who is gone, does not keep to it and is not needed. The deployment \`${app}\` keeps to it and goes on undisturbed.`,
      checks: [
        refused,
        {
          id: "pod-gone",
          goal: `The pod \`${bad}\` is gone.`,
          probe: { kind: "command", on: "controlplane", run: `kubectl get pods -n ${space} -o name` },
          expect: { stdout: { lacks: `pod/${bad}` }, exit: { is: 0 } },
          passed: "Gone.",
          failures: [
            { when: {}, say: `\`${bad}\` still runs: admission looks at pods that come, not at those that are there.` },
          ],
          hints: { nudge: "When does admission look at a pod?", pointer: "Only when it is created or changed." },
        },
        {
          id: "work-goes-on",
          goal: `The deployment \`${app}\` has its pod, and would get another one.`,
          probe: {
            kind: "command",
            on: "controlplane",
            run: `kubectl get deployment ${app} -n ${space} -o jsonpath='{.status.availableReplicas} '; ${tries(space, good)}`,
          },
          expect: { stdout: { has: "1 pod/tried created" } },
          passed: "Undisturbed.",
          failures: [
            { when: { stderr: { has: "not found" } }, say: "The namespace or the deployment is gone." },
            { when: {}, say: "Available pods, and what a new one would meet: {stdout}{stderr}" },
          ],
          hints: { nudge: "Does it keep to the level?", pointer: "`kubectl get deployment -n NAMESPACE`." },
        },
        {
          id: "others-free",
          goal: "Other namespaces are as they were.",
          probe: { kind: "command", on: "controlplane", run: tries("default", host) },
          expect: { stdout: { has: "created" } },
          passed: "Only this one.",
          failures: [{ when: {}, say: "The namespace `default` refuses pods now as well: {stderr}" }],
          hints: { nudge: "Which namespaces were meant?", pointer: `\`kubectl get ns -L ${MODE}/enforce\`.` },
        },
      ],
      because: `The namespace had the label \`${MODE}/warn\` only: a warning goes to whoever creates a pod, and the pod comes. \`enforce\` refuses; what runs already stays until somebody takes it away.`,
      solution: [enforce(level), remove],
      right: [
        {
          name: "by patch",
          lines: [
            `kubectl patch namespace ${space} -p '{"metadata":{"labels":{"${MODE}/enforce":"${level}"}}}'`,
            `kubectl -n ${space} delete pod ${bad} --now`,
          ],
        },
        {
          name: "with its version",
          lines: [enforce(level), `kubectl label namespace ${space} ${MODE}/enforce-version=latest`, remove],
        },
      ],
      wrong: [
        {
          name: "a warning more",
          lines: [`kubectl label namespace ${space} ${MODE}/audit=${level}`, remove],
          fails: "pod-refused",
        },
        { name: "the pod left", lines: [enforce(level)], fails: "pod-gone" },
        {
          name: "another level",
          lines: [enforce(level === "restricted" ? "baseline" : "restricted"), remove],
          fails: "pod-refused",
        },
        {
          name: "every namespace",
          lines: [`kubectl label namespace --all ${MODE}/enforce=${level} --overwrite`, remove],
          fails: "others-free",
        },
        {
          name: "all pods deleted, and the deployment",
          lines: [enforce(level), `kubectl delete deployment,pod --all -n ${space}`],
          fails: "work-goes-on",
        },
        {
          name: "on the pod",
          lines: [`kubectl label pod ${bad} -n ${space} ${MODE}/enforce=${level}`],
          fails: "pod-refused",
        },
      ],
    };
  },
};
