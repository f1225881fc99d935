// A node that lags sixteen releases behind: emptied, given the control plane's kubelet, and put back into service.

import type { DrillCheck, DrillTemplate } from "../_kit/drill.ts";
import { logsReadable, nodeReady } from "../_kit/drill-checks.ts";
import { applied, onShore } from "../_kit/shore.ts";

const NODE = "node01";
const UNIT = "/etc/systemd/system/kubelet.service";

const onNode = (line: string): string => `ssh ${NODE} '${line}'`;

const version: DrillCheck = {
  id: "version-new",
  goal: `The node object of ${NODE} says kubelet v1.36.2.`,
  probe: {
    kind: "command",
    on: "controlplane",
    run: `kubectl get node ${NODE} -o jsonpath='{.status.nodeInfo.kubeletVersion}'`,
  },
  expect: { stdout: { is: "v1.36.2" } },
  passed: "v1.36.2.",
  failures: [{ when: {}, say: "The node object says: {stdout}{stderr}" }],
  hints: {
    nudge: "Which program does the unit start, and which version is it?",
    pointer: `\`systemctl cat kubelet\` on ${NODE} names it. A flag of the old release may end the new one: its journal says which.`,
  },
  weight: 2,
};

export const template: DrillTemplate = {
  id: "node-upgrade",
  title: "A captain of the new school",
  topic: "node",
  level: 3,
  minutes: 10,
  use: ["rep", "task"],
  misconceptions: ["removed-flag", "binary-is-running"],
  make(random) {
    const app = random.pick(["shop", "api", "till", "ledger"]);
    const space = random.pick(["default", "cargo", "trade"]);
    const level = random.pick([2, 3, 4]);
    const replace = `scp /usr/bin/kubelet ${NODE}:/usr/local/bin/kubelet`;
    const old = "/container-runtime=/d";
    const drain = `kubectl drain ${NODE} --ignore-daemonsets`;
    const stop = onNode("systemctl stop kubelet");
    const uncordon = `kubectl uncordon ${NODE}`;
    return {
      base: "by-hand",
      setup: [
        onShore(
          `${onNode(`sed -i "s/--v=2/--v=${level}/" ${UNIT}; systemctl daemon-reload; systemctl restart kubelet`)} 2>/dev/null`,
        ),
        ...(space === "default" ? [] : [onShore(`kubectl create namespace ${space} >/dev/null`)]),
        onShore("kubectl cordon controlplane >/dev/null"),
        { wait: 3 },
        applied([
          {
            apiVersion: "apps/v1",
            kind: "Deployment",
            metadata: { name: app, namespace: space },
            spec: {
              replicas: 1,
              selector: { matchLabels: { app } },
              template: {
                metadata: { labels: { app } },
                spec: {
                  terminationGracePeriodSeconds: 1,
                  tolerations: [{ operator: "Exists", key: "node-role.kubernetes.io/control-plane" }],
                  containers: [{ name: app, image: "nginx:1.29" }],
                },
              },
            },
          },
        ]),
        { wait: 8 },
        onShore("kubectl uncordon controlplane >/dev/null"),
      ],
      host: "controlplane",
      task: `\`${NODE}\` still runs kubelet 1.20, installed by hand at \`/usr/local/bin/kubelet\`. Give it the kubelet of the control plane (\`/usr/bin/kubelet\` on \`controlplane\`; ssh and scp to \`${NODE}\` work), after its pods that can move have moved. Flags that the new release does not have go; those that it has stay as they are in its unit. In the end \`${NODE}\` is Ready and takes pods again, and the deployment \`${app}\` in namespace \`${space}\` has its pod.`,
      checks: [
        version,
        { ...nodeReady(NODE), weight: 2 },
        {
          id: "takes-pods",
          goal: `${NODE} takes pods.`,
          probe: {
            kind: "command",
            on: "controlplane",
            run: `kubectl get node ${NODE} -o jsonpath='{.status.nodeInfo.kubeletVersion} x{.spec.unschedulable}x'`,
          },
          expect: { stdout: { is: "v1.36.2 xx" } },
          passed: "Back in service, with the new kubelet.",
          failures: [
            { when: { stdout: { has: "xtruex" } }, say: "The node is cordoned: nothing new is put there." },
            { when: {}, say: "Not yet with the new kubelet: {stdout}" },
          ],
          hints: { nudge: "Draining has a second half.", pointer: "`kubectl uncordon`." },
        },
        {
          id: "emptied-first",
          goal: `The pod of \`${app}\` moved to another node before the change.`,
          probe: {
            kind: "command",
            on: "controlplane",
            run: `kubectl get pods -n ${space} -l app=${app} -o jsonpath='{.items[*].spec.nodeName} {.items[*].status.phase}'`,
          },
          expect: { stdout: { is: "controlplane Running" } },
          passed: "It was out of harm’s way.",
          failures: [
            {
              when: { stdout: { has: NODE } },
              say: `The pod of \`${app}\` stayed on the node while its kubelet was changed.`,
            },
            { when: {}, say: "Where it is, and how it is: {stdout}{stderr}" },
          ],
          hints: {
            nudge: "Whoever is aboard should leave first.",
            pointer: "`kubectl drain`; DaemonSets' pods do not count.",
          },
        },
        logsReadable(NODE),
        {
          id: "flags-kept",
          goal: "The other flags of the unit are as they were.",
          probe: { kind: "process", on: NODE, name: "kubelet" },
          expect: {
            args: {
              hasAll: [`--v=${level}`, "--client-ca-file=/etc/kubernetes/pki/ca.crt", "--cluster-dns=10.96.0.10"],
            },
          },
          passed: "Only what is gone is gone.",
          failures: [{ when: {}, say: "Flags are missing that the new kubelet has as well: {args}" }],
          hints: {
            nudge: "Which one flag is it?",
            pointer: "`--container-runtime` is gone; `--container-runtime-endpoint` is not.",
          },
        },
      ],
      because:
        "A kubelet is one program and its flags. 1.36 does not know `--container-runtime` any more and ends at it; all other flags of this unit it still has. A kubelet may lag three releases behind its API server, not sixteen.",
      solution: [
        drain,
        stop,
        replace,
        onNode(`sed -i ${old} ${UNIT}`),
        onNode("systemctl daemon-reload; systemctl start kubelet"),
        "#@ wait 12",
        uncordon,
      ],
      right: [
        {
          name: "one thing after the other, on the node",
          lines: [
            drain,
            `scp /usr/bin/kubelet ${NODE}:/root/kubelet`,
            `#@ ${NODE}`,
            "install -m 755 /root/kubelet /usr/local/bin/kubelet",
            `sed -i '${old}' ${UNIT}`,
            "systemctl daemon-reload",
            "systemctl restart kubelet",
            "#@ wait 12",
            "#@ controlplane",
            uncordon,
          ],
        },
      ],
      wrong: [
        {
          name: "under full load",
          lines: [
            stop,
            replace,
            onNode(`sed -i ${old} ${UNIT}; systemctl daemon-reload; systemctl start kubelet`),
            "#@ wait 12",
          ],
          fails: "emptied-first",
        },
        {
          name: "left in the dock",
          lines: [
            drain,
            stop,
            replace,
            onNode(`sed -i ${old} ${UNIT}; systemctl daemon-reload; systemctl start kubelet`),
            "#@ wait 12",
          ],
          fails: "takes-pods",
        },
        {
          name: "with the old flags",
          lines: [drain, stop, replace, onNode("systemctl start kubelet"), "#@ wait 12", uncordon],
          fails: "version-new",
        },
        {
          name: "more flags taken out than are gone",
          lines: [
            drain,
            stop,
            replace,
            onNode(
              `sed -i "/container-runtime=/d;/client-ca/d;/cluster-dns/d" ${UNIT}; systemctl daemon-reload; systemctl restart kubelet`,
            ),
            "#@ wait 12",
            uncordon,
          ],
          fails: "flags-kept",
        },
        { name: "over the running program", lines: [drain, replace, uncordon], fails: "version-new" },
        { name: "copied, and not started", lines: [drain, stop, replace, uncordon], fails: "version-new" },
      ],
    };
  },
};
