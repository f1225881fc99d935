// Faults in the kubelet's unit: it is off, or systemd cannot start what its drop-ins say.

import type { DrillCheck } from "../drill.ts";
import { backInService, type FaultMaker, JOURNAL, run } from "../fault.ts";

const DROP_INS = "/etc/systemd/system/kubelet.service.d";
const ARGS = "$KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS";
const names = ["20-local", "30-site", "50-fleet", "70-tuning", "90-override"] as const;

/** A unit starts at the next boot, too. */
function enabled(node: string, unit: string): DrillCheck {
  return {
    id: `${unit}-enabled`,
    goal: `${unit} on ${node} starts at boot as well.`,
    probe: { kind: "command", on: node, run: `systemctl is-enabled ${unit}` },
    expect: { stdout: { hasLine: "enabled" } },
    passed: "enabled.",
    failures: [
      { when: { stdout: { has: "masked" } }, say: `${unit} is masked: nothing can start it.` },
      { when: { stdout: { has: "disabled" } }, say: `${unit} is disabled: nothing starts it at the next boot.` },
    ],
    hints: {
      nudge: "What happens at the next boot?",
      pointer: `\`systemctl is-enabled ${unit}\` tells; \`enable\` is another thing than \`start\`.`,
    },
  };
}

/** The kubelet is off: stopped and disabled, or masked. */
export const kubeletOff: FaultMaker = (random, node) => {
  const masked = random.oneIn(2);
  return {
    id: "kubelet-off",
    order: 10,
    places: ["enablement"],
    down: true,
    stopped: true,
    setup: [run(node, masked ? "systemctl mask kubelet" : "systemctl disable kubelet")],
    evidence: { run: "systemctl is-enabled kubelet", shows: masked ? "masked" : "disabled" },
    mend: masked ? ["systemctl unmask kubelet"] : ["systemctl enable kubelet"],
    // Whoever restarts it has started it: what holds after that says nothing here.
    checks: [...backInService(node).filter(({ after }) => after === undefined), enabled(node, "kubelet")],
    fails: "kubelet-enabled",
    because: masked
      ? "The unit was masked: a link to /dev/null stood in its place, so that nothing could start it."
      : "The service was stopped and disabled: nothing would have started it, not even the next boot.",
  };
};

/** A drop-in with a second ExecStart, and without the empty one that takes the first away. */
export const twoCommands: FaultMaker = (random, node) => {
  const file = `${DROP_INS}/${random.pick(names)}.conf`;
  const level = random.between(1, 4);
  return {
    id: "two-commands",
    order: 11,
    places: ["drop-in"],
    down: true,
    reload: true,
    file,
    setup: [{ on: node, path: file, content: `[Service]\nExecStart=/usr/bin/kubelet ${ARGS} --v=${level}\n` }],
    evidence: { run: JOURNAL, shows: "Service has more than one ExecStart= setting" },
    mend: [`sed -i 's/.Service./&\\nExecStart=/' ${file}`],
    checks: backInService(node),
    because: `The drop-in ${file} gave a second ExecStart=. In a drop-in an empty \`ExecStart=\` must come first: it takes the earlier command away.`,
  };
};

/** A line of a drop-in that systemd cannot carry out before the program even starts. */
export const dropInTrap: FaultMaker = (random, node) => {
  const file = `${DROP_INS}/${random.pick(names)}.conf`;
  const user = random.pick(["kubelet", "kube", "node-agent"]);
  const folder = random.pick(["/var/lib/kublet", "/opt/kubelet", "/srv/kubelet"]);
  const env = random.pick(["/etc/kubernetes/kubelet.env", "/etc/sysconfig/kubelet", "/etc/kubelet.env"]);
  const [line, shows, why] = random.pick([
    [`User=${user}`, "Failed to determine user credentials", `a user \`${user}\`, whom this node does not know`],
    [
      `WorkingDirectory=${folder}`,
      "Changing to the requested working directory failed",
      `a folder \`${folder}\` that does not exist`,
    ],
    [
      `EnvironmentFile=${env}`,
      "Failed to load environment files",
      `an environment file \`${env}\` that does not exist, without the dash that would allow for it`,
    ],
  ] as const);
  return {
    id: "drop-in-trap",
    order: 12,
    places: ["drop-in"],
    down: true,
    reload: true,
    file,
    setup: [{ on: node, path: file, content: `[Service]\n${line}\n` }],
    evidence: { run: JOURNAL, shows },
    mend: [`rm ${file}`],
    checks: backInService(node),
    because: `The drop-in ${file} named ${why}. systemd gave up before the kubelet’s first line.`,
  };
};

/** A drop-in starts a program that is not there. */
export const wrongProgram: FaultMaker = (random, node) => {
  const file = `${DROP_INS}/${random.pick(names)}.conf`;
  const path = random.pick(["/usr/local/bin/kubelet", "/opt/bin/kubelet", "/usr/bin/kublet", "/usr/sbin/kubelet"]);
  return {
    id: "wrong-program",
    order: 14,
    places: ["drop-in"],
    down: true,
    reload: true,
    file,
    setup: [{ on: node, path: file, content: `[Service]\nExecStart=\nExecStart=${path} ${ARGS}\n` }],
    evidence: { run: JOURNAL, shows: `Unable to locate executable '${path}'` },
    mend: [`sed -i 's|${path}|/usr/bin/kubelet|' ${file}`],
    checks: backInService(node),
    because: `The drop-in ${file} started ${path}, which does not exist; the package puts the program at /usr/bin/kubelet. Status 203/EXEC says so.`,
  };
};

/** The container runtime is off. */
export const containerdOff: FaultMaker = (random, node) => {
  const masked = random.oneIn(2);
  return {
    id: "containerd-off",
    order: 61,
    places: ["containerd"],
    down: true,
    setup: [
      run(node, "systemctl disable --now containerd"),
      ...(masked ? [run(node, "systemctl mask containerd")] : []),
    ],
    evidence: { run: JOURNAL, shows: "/containerd/containerd.sock: connect: connection refused" },
    mend: [...(masked ? ["systemctl unmask containerd"] : []), "systemctl enable --now containerd"],
    checks: [...backInService(node), enabled(node, "containerd")],
    because: `containerd was ${masked ? "masked" : "disabled"} and not running, so the kubelet found nobody behind its socket.`,
  };
};
