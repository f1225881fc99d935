// Faults on the kubelet's command line, in either environment file.

import { backInService, EXTRA_ENV, type FaultMaker, JOURNAL, KUBEADM_ENV, linkedAgain } from "../fault.ts";

/** A flag of an older release, left behind by an upgrade in the file that kubeadm writes. */
export const removedFlag: FaultMaker = (random, node) => {
  const flag = random.pick([
    "--container-runtime=remote",
    "--network-plugin=cni",
    "--pod-infra-container-image=registry.k8s.io/pause:3.9",
    "--cni-bin-dir=/opt/cni/bin",
    "--docker-endpoint=unix:///var/run/docker.sock",
  ]);
  const [name = ""] = flag.split("=");
  const level = random.between(0, 2);
  return {
    id: "removed-flag",
    order: 20,
    places: [KUBEADM_ENV],
    down: true,
    setup: [{ on: node, path: KUBEADM_ENV, content: `KUBELET_KUBEADM_ARGS="--v=${level} ${flag}"\n` }],
    evidence: { run: JOURNAL, shows: `unknown flag: ${name}` },
    mend: [`sed -i 's| ${name}=[^" ]*||' ${KUBEADM_ENV}`],
    checks: backInService(node),
    because: `\`${name}\` in ${KUBEADM_ENV} is a flag of older releases. A kubelet ends at a flag that it does not know.`,
  };
};

/** A flag that never was one. */
export const unknownFlag: FaultMaker = (random, node) => {
  const flag = random.pick([
    "--max-pod=60",
    "--anonymous-authn=false",
    "--authorisation-mode=Webhook",
    "--readonly-port=0",
    "--client-ca=/etc/kubernetes/pki/ca.crt",
    "--rotate-server-certificate=true",
  ]);
  const [name = ""] = flag.split("=");
  return {
    id: "unknown-flag",
    order: 21,
    places: [EXTRA_ENV],
    down: true,
    setup: [{ on: node, path: EXTRA_ENV, content: `KUBELET_EXTRA_ARGS=${flag}\n` }],
    evidence: { run: JOURNAL, shows: `unknown flag: ${name}` },
    mend: [`echo KUBELET_EXTRA_ARGS= > ${EXTRA_ENV}`],
    checks: backInService(node),
    because: `\`${name}\` in ${EXTRA_ENV} is no flag of the kubelet, and an unknown flag ends it at its start.`,
  };
};

/** A flag that is one, written in a way that it is not. */
export const flagValue: FaultMaker = (random, node) => {
  const [flag, shows, why] = random.pick([
    [
      "--anonymous-auth false",
      "unknown command false",
      "a truth flag takes its value after an equals sign; after a space it is a stray word",
    ],
    ["--max-pods=many", 'parsing \\"many\\": invalid syntax', "`--max-pods` takes a number"],
    ["--max-pods=60pods", 'parsing \\"60pods\\": invalid syntax', "`--max-pods` takes a number and no unit"],
    ["--event-qps:0", "unknown flag: --event-qps:0", "a flag takes its value after an equals sign, not after a colon"],
    ["-v=two", 'parsing \\"two\\": invalid syntax', "the level of the log is a number"],
  ] as const);
  return {
    id: "flag-value",
    order: 22,
    places: [EXTRA_ENV],
    down: true,
    setup: [{ on: node, path: EXTRA_ENV, content: `KUBELET_EXTRA_ARGS=${flag}\n` }],
    evidence: { run: JOURNAL, shows },
    mend: [`echo KUBELET_EXTRA_ARGS= > ${EXTRA_ENV}`],
    checks: backInService(node),
    because: `\`${flag}\` stood in ${EXTRA_ENV}: ${why}.`,
  };
};

/** The kubelet goes by a name that its certificate does not carry. */
export const wrongName: FaultMaker = (random, node) => {
  const name = random.pick(["node1", "worker-1", `${node}.fleet.local`, "ship"]);
  return {
    id: "wrong-name",
    order: 92,
    places: [EXTRA_ENV],
    down: true,
    setup: [{ on: node, path: EXTRA_ENV, content: `KUBELET_EXTRA_ARGS=--hostname-override=${name}\n` }],
    evidence: { run: JOURNAL, shows: `node \\"${node}\\" is not allowed to modify node \\"${name}\\"` },
    mend: [`echo KUBELET_EXTRA_ARGS= > ${EXTRA_ENV}`],
    // Under whichever name, the API server answers its questions about callers.
    checks: linkedAgain(node).filter(({ id }) => id !== "rights-asked"),
    because: `\`--hostname-override=${name}\` in ${EXTRA_ENV} made the kubelet speak for a node ${name}, with the certificate of ${node}. A node may write its own object only.`,
  };
};
