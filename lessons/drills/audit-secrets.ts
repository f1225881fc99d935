// An audit policy for the API server: what it must hold, and what must never stand in a log.

import type { DrillCheck, DrillTemplate } from "../_kit/drill.ts";
import { COMING_BACK, harbourOpen, MANIFEST, onShore } from "../_kit/shore.ts";

/** Folders of policy and log, mounted into the API server's pod before anybody came. */
const mounts = (policyDir: string, logDir: string): string =>
  [
    `mkdir -p ${policyDir} ${logDir}`,
    `sed -i 's|^    volumeMounts:|&\\n    - mountPath: ${policyDir}\\n      name: audit-policy\\n      readOnly: true\\n    - mountPath: ${logDir}\\n      name: audit-log|;s|^  volumes:|&\\n  - hostPath:\\n      path: ${policyDir}\\n      type: DirectoryOrCreate\\n    name: audit-policy\\n  - hostPath:\\n      path: ${logDir}\\n      type: DirectoryOrCreate\\n    name: audit-log|' ${MANIFEST}`,
  ].join("; ");

export const template: DrillTemplate = {
  id: "audit-secrets",
  title: "Who touched the secrets",
  topic: "cluster",
  level: 3,
  minutes: 10,
  use: ["rep", "task"],
  misconceptions: [],
  make(random) {
    const dir = random.pick(["/etc/kubernetes/audit", "/etc/kubernetes/policies", "/etc/kubernetes/logbook"]);
    const logs = random.pick(["/var/log/kubernetes", "/var/log/audit", "/var/log/apiserver"]);
    const policy = `${dir}/policy.yaml`;
    const log = `${logs}/audit.log`;
    const [kind, what, create] = random.pick([
      ["secrets", "secret", "kubectl create secret generic tried --from-literal=word=kraken77"],
      ["configmaps", "configmap", "kubectl create configmap tried --from-literal=word=kraken77"],
    ] as const);
    const write = (rules: string): string =>
      `printf 'apiVersion: audit.k8s.io/v1\\nkind: Policy\\nrules:\\n${rules}' > ${policy}`;
    const own = (level: string): string => `- level: ${level}\\n  resources: [{group: "", resources: [${kind}]}]\\n`;
    const name = `sed -i 's|- --authorization-mode=.*|&\\n    - --audit-policy-file=${policy}\\n    - --audit-log-path=${log}|' ${MANIFEST}`;
    const done = "#@ wait 15";
    const asked = (after: string): DrillCheck["probe"] => ({
      kind: "command",
      on: "controlplane",
      run: `${create} >/dev/null; kubectl get ${what} tried -o name >/dev/null; kubectl get nodes >/dev/null; kubectl delete ${what} tried >/dev/null; sleep 1; ${after}`,
    });
    const noLog = {
      when: { stderr: { has: "No such file" } },
      say: `There is no ${log}: nothing is written.`,
    } as const;
    return {
      base: "fleet",
      setup: [onShore(mounts(dir, logs)), { wait: COMING_BACK }],
      host: "controlplane",
      task: `Have the API server keep an audit log in \`${log}\` by a policy in \`${policy}\`; both folders are mounted into its pod already. For every request about ${kind} the log must say who did what, at level \`Metadata\`, and never what was in it. Nothing about other resources is to be written.`,
      checks: [
        {
          id: "touch-written",
          goal: `Who creates a ${what} is in the log.`,
          probe: asked(
            `jq -r 'select(.objectRef.name=="tried") | "\\(.verb) \\(.level) \\(.user.username)"' ${log} | sort -u`,
          ),
          expect: { stdout: { has: "create Metadata kubernetes-admin" } },
          passed: "Written down.",
          failures: [
            noLog,
            {
              when: { stdout: { has: "create Request" } },
              say: "It is written down at a level that keeps the contents, too.",
            },
            { when: { stderr: { has: "was refused" } }, say: "The API server does not answer." },
            { when: {}, say: `The log has nothing of a new ${what}: {stdout}{stderr}` },
          ],
          hints: {
            nudge: "Two flags and a file with rules; the first rule that fits decides.",
            pointer:
              "`--audit-policy-file`, `--audit-log-path`; `apiVersion: audit.k8s.io/v1`, `kind: Policy`, `rules` with `level` and `resources`.",
          },
          weight: 2,
        },
        {
          id: "nothing-told",
          goal: "What is in it stays out of the log.",
          probe: asked(`grep -c tried ${log}; grep -c -e kraken77 -e a3Jha2VuNzc= ${log}`),
          expect: { stdout: { has: "\n0\n" } },
          passed: "Names only.",
          failures: [noLog, { when: {}, say: "The contents stand in the log, for everybody who reads logs." }],
          hints: {
            nudge: "Which level leaves bodies out?",
            pointer: "`Metadata`; `Request` and `RequestResponse` keep them.",
          },
        },
        {
          id: "nothing-else",
          goal: "The log holds nothing about other resources.",
          probe: asked(`wc -l < ${log}; jq -r 'select(.objectRef.resource!="${kind}") | .requestURI' ${log} | wc -l`),
          expect: { stdout: { has: "\n0\n" } },
          passed: `Nothing but ${kind}.`,
          failures: [noLog, { when: {}, say: "Lines in all, and lines about other things: {stdout}" }],
          hints: {
            nudge: "What becomes of requests that no rule is about?",
            pointer: "A last rule with `level: None`, or none at all, leaves them out.",
          },
        },
        harbourOpen,
      ],
      because:
        "Without `--audit-policy-file` the API server writes nothing down. At level Metadata an event has user, verb, object and time; the levels above it keep bodies, and with them the contents.",
      solution: [write(own("Metadata")), name, done],
      right: [
        { name: "with a last rule for the rest", lines: [write(`${own("Metadata")}- level: None\\n`), name, done] },
        {
          name: "without the first stage",
          lines: [write(own("Metadata")).replace("rules:", "omitStages: [RequestReceived]\\nrules:"), name, done],
        },
      ],
      wrong: [
        { name: "with bodies", lines: [write(own("RequestResponse")), name, done], fails: "nothing-told" },
        { name: "everything", lines: [write("- level: Metadata\\n"), name, done], fails: "nothing-else" },
        { name: "a policy that nobody reads", lines: [write(own("Metadata"))], fails: "touch-written" },
        {
          name: "nothing first",
          lines: [write(`- level: None\\n${own("Metadata")}`), name, done],
          fails: "touch-written",
        },
        {
          name: "no policy of that name",
          lines: [write(own("Metadata")), name.replace(`=${policy}`, `=${policy}x`), done],
          fails: "harbour-open",
        },
        {
          name: "an unknown level",
          lines: [write(own("metadata")), name, done],
          fails: "harbour-open",
        },
      ],
    };
  },
};
