// A scraper of metrics with far more rights than it needs.

import type { DrillCheck, DrillTemplate } from "../_kit/drill.ts";
import { callerGets, harbourAsks } from "../_kit/drill-checks.ts";
import { bindRole, clusterRole, namespace, serviceAccount } from "../_kit/harbour.ts";
import { account, applied, asksApi } from "../_kit/shore.ts";

export const template: DrillTemplate = {
  id: "scraper-rights",
  title: "Only the metrics",
  topic: "authorization",
  level: 2,
  minutes: 4,
  use: ["rep", "task"],
  misconceptions: ["proxy-for-all"],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    const space = random.pick(["monitoring", "metrics", "observability", "watchtower"]);
    const name = random.pick(["scraper", "collector", "prometheus", "gatherer"]);
    const role = random.pick([`${name}-role`, `scrape-${space}`, `${space}-reader`]);
    const tooMuch = random.pick([
      [{ apiGroups: [""], resources: ["nodes/proxy"], verbs: ["get", "create"] }],
      [{ apiGroups: [""], resources: ["nodes/*"], verbs: ["*"] }],
      [{ apiGroups: ["*"], resources: ["*"], verbs: ["get", "list", "watch", "create"] }],
    ] as const);
    const who = account(space, name);
    const asScraper = (path: string, method: "GET" | "POST" = "GET") => harbourAsks(node, path, { as: who, method });
    const full = `${space}:${name}`;
    const least = `kubectl create clusterrole ${role} --verb=get --resource=nodes/metrics --dry-run=client -o yaml | kubectl replace -f -`;
    const refused = (id: string, what: string, probe: DrillCheck["probe"] & { kind: "http" }): DrillCheck =>
      callerGets(id, `The ServiceAccount \`${full}\`, ${what},`, probe, 403, {
        passed: "403.",
        hints: {
          nudge: "Which right is this one part of?",
          pointer: "Every path of a kubelet has its own subresource of nodes; `nodes/proxy` stands for many of them.",
        },
      });
    return {
      base: "fleet",
      setup: [
        applied([
          namespace(space),
          serviceAccount(space, name),
          clusterRole(role, tooMuch),
          bindRole(role, role, [{ kind: "ServiceAccount", name, namespace: space }]),
        ]),
        { wait: 2 },
      ],
      host: "controlplane",
      task: `The ServiceAccount \`${name}\` in namespace \`${space}\` collects the metrics of every node from port 10250, and nothing else. Its ClusterRole \`${role}\` gives it far more. Narrow the role so that the account can read \`/metrics\` of kubelets and nothing else there or in the cluster. The account, the role’s name and its binding stay.`,
      checks: [
        {
          ...callerGets(
            "metrics-served",
            `The ServiceAccount \`${full}\`, reading /metrics of ${node},`,
            asScraper("/metrics"),
            200,
            {
              passed: "200: its work goes on.",
              hints: { nudge: "What does it live on?", pointer: "`get` on `nodes/metrics`." },
            },
          ),
        },
        {
          ...refused("run-refused", "running a command", asScraper(`/run/default/web-${node}/web?cmd=id`, "POST")),
          weight: 2,
        },
        refused("pods-refused", "listing the pods", asScraper("/pods")),
        refused("settings-refused", "reading /configz", asScraper("/configz")),
        {
          id: "role-bound",
          goal: `The ClusterRoleBinding \`${role}\` binds the ClusterRole \`${role}\` to the account, and the role names \`nodes/metrics\` alone.`,
          probe: {
            kind: "command",
            on: "controlplane",
            run: `kubectl get clusterrolebinding ${role} -o jsonpath='{.roleRef.name} {.subjects[*].name} '; kubectl get clusterrole ${role} -o jsonpath='{.rules[*].resources[*]} {.rules[*].verbs[*]}'`,
          },
          expect: { stdout: { is: `${role} ${name} nodes/metrics get` } },
          passed: "One verb, one resource.",
          failures: [
            { when: { stderr: { has: "not found" } }, say: "Role or binding is gone." },
            { when: {}, say: "Role, account, resources and verbs are now: {stdout}" },
          ],
          hints: {
            nudge: "How little will do?",
            pointer: 'One rule: apiGroups `""`, resources `nodes/metrics`, verbs `get`.',
          },
        },
        callerGets(
          "secrets-refused",
          `The ServiceAccount \`${full}\`, listing secrets,`,
          asksApi("/api/v1/secrets", who),
          403,
          {
            passed: "403.",
            hints: { nudge: "The API server is a door as well.", pointer: "No `*` among the resources." },
          },
        ),
      ],
      because: `\`${tooMuch[0].resources[0]}\` opens far more than metrics; with \`nodes/proxy\` a caller runs commands in every pod of a node. \`get\` on \`nodes/metrics\` is what /metrics asks for.`,
      solution: [least],
      right: [
        {
          name: "by patch",
          lines: [
            `kubectl patch clusterrole ${role} --type=json -p '[{"op":"replace","path":"/rules","value":[{"apiGroups":[""],"resources":["nodes/metrics"],"verbs":["get"]}]}]'`,
          ],
        },
        {
          name: "deleted and made anew",
          lines: [
            `kubectl delete clusterrole ${role}`,
            `kubectl create clusterrole ${role} --verb=get --resource=nodes/metrics`,
          ],
        },
      ],
      wrong: [
        {
          name: "reading alone, of everything",
          lines: [
            `kubectl create clusterrole ${role} --verb=get --resource=nodes/proxy --dry-run=client -o yaml | kubectl replace -f -`,
          ],
          fails: "role-bound",
        },
        {
          name: "the binding taken away",
          lines: [`kubectl delete clusterrolebinding ${role}`],
          fails: "metrics-served",
        },
        {
          name: "nodes instead of their metrics",
          lines: [
            `kubectl create clusterrole ${role} --verb=get --resource=nodes --dry-run=client -o yaml | kubectl replace -f -`,
          ],
          fails: "metrics-served",
        },
        {
          name: "a second role beside the first",
          lines: [
            "kubectl create clusterrole scrape-only --verb=get --resource=nodes/metrics",
            `kubectl create clusterrolebinding scrape-only --clusterrole=scrape-only --serviceaccount=${full}`,
          ],
          fails: "role-bound",
        },
        {
          name: "too much in small pieces",
          lines: [
            `kubectl create clusterrole ${role} --verb=get --resource=nodes/metrics,nodes/pods,nodes/configz --dry-run=client -o yaml | kubectl replace -f -`,
          ],
          fails: "pods-refused",
        },
      ],
    };
  },
};
