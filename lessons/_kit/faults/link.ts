// Faults between a running kubelet and the rest of the fleet: the API server's address, a wall, pods that are not found, doors left open.

import type { DrillCheck } from "../drill.ts";
import { logsReadable } from "../drill-checks.ts";
import { CONFIG, EXTRA_ENV, type FaultMaker, JOURNAL, KUBECONFIG, linkedAgain, replaceIn, run } from "../fault.ts";

const SERVER = "https://172.30.1.2:6443";

/** The kubeconfig names another address than the API server's. */
export const serverAddress: FaultMaker = (random, node) => {
  const [wrong, shows] = random.pick([
    ["https://172.30.1.2:6444", "dial tcp 172.30.1.2:6444: connect: connection refused"],
    ["https://172.30.1.2:8443", "dial tcp 172.30.1.2:8443: connect: connection refused"],
    ["https://172.30.1.20:6443", "dial tcp 172.30.1.20:6443: connect: no route to host"],
    ["https://172.30.9.9:6443", "dial tcp 172.30.9.9:6443: connect: connection refused"],
    ["https://harbour:6443", "lookup harbour: no such host"],
    ["https://kube-api:6443", "lookup kube-api: no such host"],
  ] as const);
  return {
    id: "server-address",
    order: 90,
    places: [KUBECONFIG],
    down: true,
    setup: [run(node, replaceIn(KUBECONFIG, SERVER, wrong))],
    evidence: { run: JOURNAL, shows },
    mend: [replaceIn(KUBECONFIG, wrong, SERVER)],
    checks: linkedAgain(node),
    because: `${KUBECONFIG} named ${wrong} as the API server, which is ${SERVER}. The kubelet ran, healthy by its own lights, and nobody heard from it.`,
  };
};

/** A packet filter on the node drops what goes to the API server. */
export const wallOutward: FaultMaker = (random, node) => {
  const action = random.pick(["DROP", "REJECT"]);
  const to = random.oneIn(2) ? " -d 172.30.1.2" : "";
  const rule = `OUTPUT${to} -p tcp --dport 6443 -j ${action}`;
  return {
    id: "wall-outward",
    order: 91,
    // It would turn away calls to a wrong address in its own way.
    places: ["wall", KUBECONFIG],
    down: true,
    setup: [run(node, `iptables -A ${rule}`)],
    evidence: { run: "iptables -S OUTPUT", shows: `--dport 6443 -j ${action}` },
    // A connection that was begun in vain is tried again after long pauses only: a restart does not wait for it.
    mend: [`iptables -D ${rule}`],
    checks: linkedAgain(node),
    because: `A rule of the node’s own packet filter kept everything from port 6443 of the API server.`,
  };
};

/** Static pods are looked for where there are none. */
export const manifestFolder: FaultMaker = (random, node) => {
  const wrong = random.pick(["/etc/kubernetes/manifest", "/etc/kubelet/manifests", "/etc/kubernetes/static-pods"]);
  return {
    id: "manifest-folder",
    order: 93,
    places: ["yaml:static"],
    down: false,
    setup: [run(node, `sed -i 's|^staticPodPath: .*|staticPodPath: ${wrong}|' ${CONFIG}`)],
    evidence: {
      run: "ls $(awk '/^staticPodPath/{print $2}' /var/lib/kubelet/config.yaml) 2>&1",
      shows: `cannot access '${wrong}'`,
    },
    mend: [`sed -i 's|^staticPodPath: .*|staticPodPath: /etc/kubernetes/manifests|' ${CONFIG}`],
    checks: [logsReadable(node)],
    because: `\`staticPodPath\` named ${wrong}, which does not exist: the kubelet says so in its journal and goes on without the static pod \`web\`.`,
  };
};

/** A packet filter on the node drops what the API server asks. */
export const wallInward: FaultMaker = (random, node) => {
  const rule = `INPUT -p tcp --dport 10250 -j ${random.pick(["DROP", "REJECT"])}`;
  return {
    id: "wall-inward",
    order: 94,
    places: ["wall"],
    down: false,
    setup: [run(node, `iptables -A ${rule}`)],
    evidence: { run: "iptables -S INPUT", shows: "--dport 10250" },
    mend: [`iptables -D ${rule}`],
    restart: false,
    checks: [logsReadable(node)],
    because:
      "A rule of the node’s own packet filter kept everybody from port 10250, the API server with the strangers.",
  };
};

const papers =
  "--cert /etc/kubernetes/pki/apiserver-kubelet-client.crt --key /etc/kubernetes/pki/apiserver-kubelet-client.key";
const ask = "curl -sk -m 3 -o /dev/null -w '%{http_code} '";

/** What somebody who should be refused and the API server get, in one answer: neither a shut door nor an open one will do. */
function refusedAndServed(node: string, id: string, goal: string, stranger: string, wanted: string): DrillCheck {
  return {
    id,
    goal,
    probe: {
      kind: "command",
      on: "controlplane",
      run: `${ask} ${stranger}; ${ask} ${papers} https://${node}:10250/pods`,
    },
    expect: { stdout: { has: `${wanted} 200` } },
    passed: `${wanted} for one, 200 for the API server.`,
    failures: [{ when: {}, say: `Who asked got, and then the API server: {stdout}; wanted: ${wanted} 200.` }],
    hints: {
      nudge: "Ask as a stranger, and look at what decides the answer.",
      pointer: `\`ps -ww -o args= -C kubelet\` and ${CONFIG}: which of the two sets it?`,
    },
  };
}

/** Strangers are let in, by the file or by a flag. */
export const strangersIn: FaultMaker = (random, node) => {
  const byFlag = random.oneIn(2);
  const place = byFlag ? EXTRA_ENV : "yaml:anonymous";
  return {
    id: "strangers-in",
    order: 96,
    places: [place, "who"],
    down: false,
    setup: [
      byFlag
        ? { on: node, path: EXTRA_ENV, content: "KUBELET_EXTRA_ARGS=--anonymous-auth=true\n" }
        : run(node, `sed -i 's/^    enabled: false/    enabled: true/' ${CONFIG}`),
    ],
    evidence: { run: "curl -sk https://localhost:10250/pods", shows: "user=system:anonymous" },
    mend: [
      byFlag ? `echo KUBELET_EXTRA_ARGS= > ${EXTRA_ENV}` : `sed -i '/anonymous:/,/enabled:/s/true/false/' ${CONFIG}`,
    ],
    checks: [
      refusedAndServed(
        node,
        "strangers-out",
        `A caller without credentials gets 401 on port 10250 of ${node}, and the API server 200.`,
        `https://${node}:10250/pods`,
        "401",
      ),
    ],
    because: byFlag
      ? `\`--anonymous-auth=true\` in ${EXTRA_ENV} went over the file: callers without credentials had a name.`
      : "`authentication.anonymous.enabled` was `true`: callers without credentials had a name.",
  };
};

/** Whoever is known may do anything. */
export const everythingAllowed: FaultMaker = (_random, node) => ({
  id: "everything-allowed",
  order: 97,
  // Nobody is asked about rights, so that a broken link to the API server would not show.
  places: ["yaml:mode", "who", "wall", KUBECONFIG],
  down: false,
  setup: [run(node, `sed -i 's/^  mode: Webhook/  mode: AlwaysAllow/' ${CONFIG}`)],
  evidence: {
    on: "controlplane",
    run: `curl -sk -H "Authorization: Bearer $(kubectl create token default)" https://${node}:10250/pods`,
    shows: '"kind":"PodList"',
  },
  mend: [`sed -i 's/^  mode: .*/  mode: Webhook/' ${CONFIG}`],
  checks: [
    refusedAndServed(
      node,
      "nobody-special",
      `A ServiceAccount without rights gets 403 on port 10250 of ${node}, and the API server 200.`,
      `-H "Authorization: Bearer $(kubectl create token default)" https://${node}:10250/pods`,
      "403",
    ),
  ],
  because: "`authorization.mode` was `AlwaysAllow`: every token of the cluster opened this node.",
});

/** The port without TLS and without questions. */
export const plainPort: FaultMaker = (_random, node) => ({
  id: "plain-port",
  order: 98,
  // An address that is not the node's stops this port first, and nothing tells of the other.
  places: ["yaml:read-only", "yaml:port"],
  down: false,
  setup: [run(node, `echo 'readOnlyPort: 10255' >> ${CONFIG}`)],
  evidence: { run: "curl -s http://localhost:10255/pods", shows: '"kind":"PodList"' },
  mend: [`sed -i '/^readOnlyPort/d' ${CONFIG}`],
  checks: [
    refusedAndServed(
      node,
      "plain-port-shut",
      `Nobody answers on port 10255 of ${node}, and the API server gets 200 on 10250.`,
      `http://${node}:10255/pods`,
      "000",
    ),
  ],
  because:
    "`readOnlyPort: 10255` told everybody on the network, without TLS, which pods run here and with what in their environment.",
});
