// Files of the kubelet that others may read or write, or that belong to somebody else.

import type { DrillCheck, DrillTemplate } from "../_kit/drill.ts";
import { kubeletHealthy, logsReadable, nodeReady } from "../_kit/drill-checks.ts";
import { pickNode } from "../_kit/drill-ways.ts";

interface Cabinet {
  readonly id: string;
  readonly path: string;
  /** What the benchmark grants. */
  readonly wanted: "600" | "644";
  readonly spoilt: readonly [string, ...string[]];
}

const cabinets: readonly Cabinet[] = [
  {
    id: "kubeconfig-locked",
    path: "/etc/kubernetes/kubelet.conf",
    wanted: "600",
    spoilt: ["644", "640", "664", "666"],
  },
  { id: "config-locked", path: "/var/lib/kubelet/config.yaml", wanted: "600", spoilt: ["644", "640", "664", "777"] },
  { id: "ca-locked", path: "/etc/kubernetes/pki/ca.crt", wanted: "644", spoilt: ["664", "666", "646", "777"] },
  {
    id: "unit-locked",
    path: "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf",
    wanted: "644",
    spoilt: ["666", "664", "777"],
  },
  { id: "key-locked", path: "/var/lib/kubelet/pki/kubelet.key", wanted: "600", spoilt: ["644", "640", "604"] },
];

function cabinetLocked(host: string, { id, path, wanted }: Cabinet): DrillCheck {
  return {
    id,
    goal: `${path} on ${host} belongs to root:root and has mode ${wanted} or stricter.`,
    probe: { kind: "file", on: host, path },
    expect: { exists: { is: true }, mode: { modeWithin: wanted }, owner: { is: "root" }, group: { is: "root" } },
    passed: "Locked.",
    failures: [
      { when: { exists: { is: false } }, say: "The file is gone." },
      { when: { owner: { not: "root" } }, say: "It belongs to {owner}:{group}, with mode {mode}." },
      { when: { group: { not: "root" } }, say: "Its group is {group}, and its mode {mode}." },
      { when: { owner: { is: "root" } }, say: "Its mode is {mode}." },
    ],
    hints: {
      nudge: "Whose is it, and who may do what?",
      pointer: "`stat -c '%a %U:%G %n' FILE`; `chmod` and `chown` set it.",
    },
  };
}

export const template: DrillTemplate = {
  id: "locked-cabinets",
  title: "Lock the cabinets",
  topic: "files",
  level: 1,
  minutes: 4,
  use: ["rep", "task"],
  misconceptions: ["mode-is-enough", "owner-is-enough", "nearly-tight", "read-only-is-locked"],
  make(random) {
    const host = pickNode(random);
    const [first, second] = random.shuffle(cabinets) as [Cabinet, Cabinet];
    const owner = random.pick(["daemon", "www-data", "backup", "nobody"]);
    const spoilt = random.pick([first, second]);
    const ruin = [first, second]
      .map(({ path, spoilt: modes }) => `chmod ${random.pick(modes)} ${path}`)
      .concat(
        `chown ${random.pick([owner, `${owner}:root`, `root:${owner === "nobody" ? "nogroup" : owner}`])} ${spoilt.path}`,
      );
    const modes =
      first.wanted === second.wanted
        ? `both with mode ${first.wanted} or stricter`
        : `the first with mode ${first.wanted} and the second with mode ${second.wanted}, or stricter`;
    const give = `chown root:root ${spoilt.path}`;
    const lock = ({ path, wanted }: Cabinet): string => `chmod ${wanted} ${path}`;
    return {
      base: "fleet",
      setup: [{ on: host, run: ruin.join(" && ") }],
      host,
      task: `The inspection found two files of the kubelet on \`${host}\` that others than root may read or write: \`${first.path}\` and \`${second.path}\`. Give them to \`root:root\`, ${modes}. The kubelet must go on working, the node must stay Ready, and logs of its pods readable through the API server.`,
      checks: [
        cabinetLocked(host, first),
        cabinetLocked(host, second),
        kubeletHealthy(host),
        nodeReady(host),
        logsReadable(host),
      ],
      because: `Both modes were too wide, and ${spoilt.path} belonged to another user or group. Owner and mode must both be right.`,
      solution: [lock(first), lock(second), give],
      right: [
        {
          name: "stricter",
          lines: [first, second].flatMap(({ path }) => [
            `chown root:root ${path}`,
            `chmod ${path.endsWith(".crt") ? "444" : "400"} ${path}`,
          ]),
        },
        {
          name: "with install",
          lines: [first, second].map(
            ({ path, wanted }) => `install -o root -g root -m ${wanted} ${path} /root/copy && mv /root/copy ${path}`,
          ),
        },
      ],
      wrong: [
        { name: "modes alone", lines: [lock(first), lock(second)], fails: spoilt.id },
        { name: "owners alone", lines: [first, second].map(({ path }) => `chown root:root ${path}`), fails: first.id },
        { name: "one of two", lines: [lock(first), `chown root:root ${first.path}`], fails: second.id },
        {
          name: "read-only for all",
          lines: [first, second].flatMap(({ path }) => [`chown root:root ${path}`, `chmod 646 ${path}`]),
          fails: first.id,
        },
      ],
    };
  },
};
