// The node of old notes brought up to date: its kubelet takes strangers in, refuses nobody anything, and leaks on a second port.

import type { DrillTemplate } from "../_kit/drill.ts";
import {
  callerGets,
  harbourAsks,
  holdsAfterRestart,
  kubeletHealthy,
  logsReadable,
  nodeReady,
  strangerRefused,
} from "../_kit/drill-checks.ts";
import { CONFIG, RELOAD, RESTART } from "../_kit/drill-ways.ts";

const UNIT = "/etc/systemd/system/kubelet.service";
const host = "node01";

export const template: DrillTemplate = {
  id: "old-ship",
  title: "An old ship made safe",
  topic: "settings",
  level: 3,
  minutes: 8,
  use: ["rep", "task"],
  misconceptions: ["forgot-daemon-reload", "line-not-continued", "ca-missing", "wrong-case-mode"],
  make(random) {
    const space = random.pick(["blue", "shop", "lab", "team-7"]);
    const name = random.pick(["builder", "reader", "visitor"]);
    const verbosity = random.between(1, 4);
    const flags = [
      "--anonymous-auth=false",
      "--authentication-token-webhook=true",
      "--authorization-mode=Webhook",
      "--read-only-port=0",
    ];
    const add = (words: readonly string[]): string => `sed -i 's/--v=/${words.join(" ")} --v=/' ${UNIT}`;
    const refused = strangerRefused(host, { on: host, field: "authentication.anonymous.enabled", value: false });
    const head = "apiVersion: kubelet.config.k8s.io/v1beta1\\nkind: KubeletConfiguration\\n";
    return {
      base: "by-hand",
      setup: [
        {
          on: "controlplane",
          run: `kubectl create namespace ${space} && kubectl -n ${space} create serviceaccount ${name}`,
        },
        { on: host, run: `sed -i 's/--v=2/--v=${verbosity}/' ${UNIT} && ${RELOAD} && ${RESTART}` },
        { wait: 5 },
      ],
      host,
      task: `\`${host}\` was installed by hand with a kubelet of version 1.20, all by flags in \`${UNIT}\`. Let its kubelet answer callers without credentials with 401, accept the tokens of the cluster, and ask the API server what each caller may do: \`${name}\` of namespace \`${space}\`, which has no rights, must get 403. Port 10255 must be closed. All of it must hold after a restart, the node must stay Ready and its logs readable.`,
      checks: [
        refused,
        holdsAfterRestart(refused),
        callerGets(
          "caller-refused",
          `The ServiceAccount ${name} of ${space}, which has no rights,`,
          harbourAsks(host, "/pods", { as: { kind: "service-account", namespace: space, name } }),
          403,
          {
            passed: "403: known, and without the right.",
            hints: {
              nudge: "First the kubelet must know who calls, then ask what the caller may.",
              pointer: "`--authentication-token-webhook` for the first, `--authorization-mode` for the second.",
            },
          },
        ),
        {
          id: "hatch-shut",
          goal: `Nobody answers on port 10255 of ${host}.`,
          probe: { kind: "http", from: host, url: "http://127.0.0.1:10255/pods" },
          expect: { error: { is: "refused" } },
          passed: "Connection refused.",
          failures: [{ when: { status: { is: 200 } }, say: "10255 answers 200 with the list of pods." }],
          hints: {
            nudge: "There is a second port.",
            pointer: "`--read-only-port=0`; with a configuration file 0 is the default.",
          },
        },
        logsReadable(host),
        nodeReady(host),
        kubeletHealthy(host),
      ],
      because:
        "Without a configuration file the old defaults hold: anonymous callers, AlwaysAllow, port 10255. With one, even an empty one, the defaults are the safe ones.",
      solution: [add(flags), RELOAD, RESTART],
      right: [
        {
          name: "a configuration file with nothing in it",
          lines: [`printf '${head}' > ${CONFIG}`, add([`--config=${CONFIG.replaceAll("/", "\\/")}`]), RELOAD, RESTART],
        },
        {
          name: "a configuration file that says it all",
          lines: [
            `cat > ${CONFIG} <<'EOF'`,
            "apiVersion: kubelet.config.k8s.io/v1beta1",
            "kind: KubeletConfiguration",
            "authentication:",
            "  anonymous: {enabled: false}",
            "  webhook: {enabled: true}",
            "  x509: {clientCAFile: /etc/kubernetes/pki/ca.crt}",
            "authorization: {mode: Webhook}",
            "readOnlyPort: 0",
            "EOF",
            add([`--config=${CONFIG.replaceAll("/", "\\/")}`]),
            RELOAD,
            RESTART,
          ],
        },
      ],
      wrong: [
        {
          name: "systemd not told",
          lines: [add(flags), RESTART],
          fails: "stranger-refused",
          misconception: "forgot-daemon-reload",
        },
        {
          name: "tokens not looked at",
          lines: [add(flags.filter((flag) => !flag.includes("token"))), RELOAD, RESTART],
          fails: "caller-refused",
        },
        { name: "the port forgotten", lines: [add(flags.slice(0, 3)), RELOAD, RESTART], fails: "hatch-shut" },
        {
          name: "nobody asked",
          lines: [add(flags.filter((flag) => !flag.includes("mode"))), RELOAD, RESTART],
          fails: "caller-refused",
        },
        {
          name: "in small letters",
          lines: [add(flags.map((flag) => flag.replace("Webhook", "webhook"))), RELOAD, RESTART],
          fails: "ship-healthy",
          misconception: "wrong-case-mode",
        },
        {
          name: "the client CA dropped",
          lines: [add(flags), `sed -i '/client-ca-file/d' ${UNIT}`, RELOAD, RESTART],
          fails: "pilot-logs",
          misconception: "ca-missing",
        },
      ],
    };
  },
};
