// Findings of a benchmark on one node: two settings and two files, drawn from those that the benchmark scores.

import type { DrillCheck, DrillTemplate, Lines } from "../_kit/drill.ts";
import { logsReadable, nodeReady, strangerRefused } from "../_kit/drill-checks.ts";
import { CONFIG, KUBECONFIG, run } from "../_kit/fault.ts";

interface Finding {
  readonly id: string;
  readonly setup: string;
  readonly mend: Lines;
  readonly restart?: true;
}

const settings: readonly [Finding, ...Finding[]] = [
  {
    id: "4.2.1",
    setup: `sed -i '/anonymous:/,/enabled:/s/false/true/' ${CONFIG}`,
    mend: [`sed -i '/anonymous:/,/enabled:/s/true/false/' ${CONFIG}`],
  },
  {
    id: "4.2.2",
    setup: `sed -i 's/^  mode: .*/  mode: AlwaysAllow/' ${CONFIG}`,
    mend: [`sed -i 's/^  mode: .*/  mode: Webhook/' ${CONFIG}`],
  },
  { id: "4.2.4", setup: `echo 'readOnlyPort: 10255' >> ${CONFIG}`, mend: [`sed -i '/^readOnlyPort/d' ${CONFIG}`] },
  {
    id: "4.2.6",
    setup: `echo 'makeIPTablesUtilChains: false' >> ${CONFIG}`,
    mend: [`sed -i '/^makeIPTables/d' ${CONFIG}`],
  },
  {
    id: "4.2.10",
    setup: `sed -i 's/^rotateCertificates: .*/rotateCertificates: false/' ${CONFIG}`,
    mend: [`sed -i 's/^rotateCertificates: .*/rotateCertificates: true/' ${CONFIG}`],
  },
];

const files: readonly [Finding, ...Finding[]] = [
  { id: "4.1.5", setup: `chmod 644 ${KUBECONFIG}`, mend: [`chmod 600 ${KUBECONFIG}`] },
  { id: "4.1.6", setup: `chown nobody ${KUBECONFIG}`, mend: [`chown root:root ${KUBECONFIG}`] },
  {
    id: "4.1.7",
    setup: "chmod 666 /etc/kubernetes/pki/ca.crt",
    mend: ["chmod 600 /etc/kubernetes/pki/ca.crt"],
  },
  {
    id: "4.1.8",
    setup: "chown nobody:nogroup /etc/kubernetes/pki/ca.crt",
    mend: ["chown root:root /etc/kubernetes/pki/ca.crt"],
  },
  { id: "4.1.10", setup: `chown nobody ${CONFIG}`, mend: [`chown root:root ${CONFIG}`] },
];

/** The benchmark itself, asked for one check. */
const scored = (node: string, id: string): DrillCheck => ({
  id: `check-${id.replaceAll(".", "-")}`,
  goal: `Check ${id} of the benchmark passes on ${node}.`,
  probe: { kind: "command", on: node, run: `kube-bench run --targets node --check ${id}` },
  expect: { stdout: { has: `[PASS] ${id} ` } },
  passed: "PASS.",
  failures: [
    { when: { stdout: { has: `[FAIL] ${id} ` } }, say: `${id} still fails.` },
    { when: {}, say: `${id} does not pass yet.` },
  ],
  hints: {
    nudge: "The report says what it looked at and what it wants.",
    pointer: `\`kube-bench run --targets node --check ${id}\`; its remediation names the file or the setting.`,
  },
  weight: 2,
});

/** What the live kubelet does, which a benchmark of files does not see. */
const live = (node: string, id: string): DrillCheck[] => {
  if (id === "4.2.1") return [strangerRefused(node)];
  const say = {
    "4.2.4": '"readOnlyPort":10255',
    "4.2.6": '"makeIPTablesUtilChains":false',
    "4.2.10": '"rotateCertificates":true',
  }[id];
  const wanted = id === "4.2.10";
  return [
    {
      id: "live-setting",
      goal: `The running kubelet on ${node} goes by it, too.`,
      probe: {
        kind: "command",
        on: "controlplane",
        run: `kubectl get --raw /api/v1/nodes/${node}/proxy/configz`,
      },
      expect:
        id === "4.2.2"
          ? { stdout: { has: '"mode":"Webhook"' } }
          : { stdout: wanted ? { has: say ?? "" } : { lacks: say ?? "" }, exit: { is: 0 } },
      passed: "Saved, and running.",
      failures: [
        { when: { exit: { not: 0 } }, say: "The kubelet does not answer the API server: {stderr}" },
        { when: {}, say: "The file is right, and the running kubelet was started before that." },
      ],
      hints: { nudge: "Who reads the file, and when?", pointer: "`systemctl restart kubelet`, then `/configz`." },
      weight: 2,
    },
  ];
};

export const template: DrillTemplate = {
  id: "bench-findings",
  title: "The surveyor was here",
  topic: "files",
  level: 2,
  minutes: 5,
  use: ["rep", "task"],
  misconceptions: ["forgot-restart"],
  make(random) {
    const node = random.pick(["node01", "node02"]);
    const setting = random.pick(settings);
    const [one, two] = random.shuffle(files) as unknown as readonly [Finding, Finding];
    const findings = [setting, one, two];
    const ids = findings.map(({ id }) => id).sort();
    const mend = (which: readonly Finding[]): Lines => which.flatMap((each) => each.mend);
    const restart = "systemctl restart kubelet";
    return {
      base: "fleet",
      setup: [run(node, `${findings.map((each) => each.setup).join("; ")}; ${restart}`), { wait: 5 }],
      host: node,
      task: `\`kube-bench\` was run on \`${node}\` (\`kube-bench run --targets node\`), and three of its findings are to be mended: ${ids.map((id) => `\`${id}\``).join(", ")}. Mend these three, on disk and in the running kubelet. The rest of its report is somebody else’s task. The node stays Ready, and the API server reads logs there.`,
      checks: [
        ...findings.map(({ id }) => scored(node, id)),
        ...live(node, setting.id),
        nodeReady(node),
        logsReadable(node),
      ],
      because: `${ids.join(", ")}: one setting in ${CONFIG}, which needs a restart, and the mode or owner of two files. The report reads files and command lines; what the running kubelet does it does not ask.`,
      solution: [...mend(findings), restart],
      right: [{ name: "files first", lines: [...mend([two, one]), ...setting.mend, restart] }],
      wrong: [
        { name: "the files alone", lines: mend([one, two]), fails: `check-${setting.id.replaceAll(".", "-")}` },
        { name: "the setting alone", lines: [...setting.mend, restart], fails: `check-${one.id.replaceAll(".", "-")}` },
        {
          name: "saved, not restarted",
          lines: mend(findings),
          fails: setting.id === "4.2.1" ? "stranger-refused" : "live-setting",
        },
        {
          name: "and then stopped, to be safe",
          lines: [...mend(findings), "systemctl stop kubelet"],
          fails: "pilot-logs",
          misconception: "stopped-instead-of-locked",
        },
      ],
    };
  },
};
