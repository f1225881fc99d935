// Where free play can begin: fleets booted at build time, what somebody did to them, and what callers then get. Data; a test boots each.

import { boardingParty, harbourPilot } from "#lessons/_kit/callers.ts";
import { webPod } from "#lessons/_kit/crew.ts";
import { harbourMaster, harbourMasterWelcome } from "#lessons/_kit/ssh.ts";
import type { Grading } from "#sandbox/grader/check.ts";
import type { Scene, SceneMachine, Setup } from "#sandbox/scene.ts";
import { approve, layDown } from "../reference/hardened.ts";

/** The two that the sandbox knows whole. */
export type Release = "1.36" | "1.20";

/** What becomes of a start, as callers and the journal tell it; shown on the page, and asked for by the test. */
export interface Promised {
  /** What a caller without papers gets for /pods on 10250. */
  readonly stranger: "200" | "401" | "connection refused";
  /** What the API server gets for the logs of a pod. */
  readonly pilot: "served" | "refused";
  /** Whether the API server takes the node for Ready. */
  readonly ready: boolean;
  /** Words of the kubelet's journal. */
  readonly journal?: string;
}

export interface Start {
  /** One of `playBases`. */
  readonly base: string;
  readonly setup: Setup;
  /** Files that the editor offers first. */
  readonly files: readonly string[];
  readonly promised: Promised;
}

export interface Preset {
  readonly id: string;
  readonly title: string;
  /** One or two sentences, `code` between backticks. */
  readonly about: string;
  readonly kind: "whole" | "broken";
  /** By release; one that is missing cannot be chosen with this start. */
  readonly starts: Readonly<Partial<Record<Release, Start>>>;
}

const CONFIG = "/var/lib/kubelet/config.yaml";
const ENV = "/var/lib/kubelet/kubeadm-flags.env";
const UNIT = "/etc/systemd/system/kubelet.service";
const versions = { "1.36": "1.36.2", "1.20": "1.20.2" } as const;

const crew = { ...harbourMasterWelcome, "/etc/kubernetes/manifests/web.yaml": webPod };
const others: readonly SceneMachine[] = [
  { name: "controlplane", image: "controlplane", files: { ...harbourMaster, ...harbourMasterWelcome } },
  { name: "outsider", image: "outsider" },
];
const terminals = [
  { machine: "node01", user: "root" },
  { machine: "outsider", user: "pirate" },
  { machine: "controlplane", user: "root" },
];

function fleet(name: string, node: Omit<SceneMachine, "name">, more: readonly SceneMachine[] = []): Scene {
  return { seed: `play/${name}`, machines: [{ name: "node01", ...node }, ...others, ...more], terminals };
}

/** The fleets, by the name of their prebuilt scene below scenes/. */
export const playBases: Readonly<Record<string, Scene>> = {
  "play/kubeadm@1.36": fleet("kubeadm", { image: "worker", files: crew }),
  "play/kubeadm@1.20": fleet("kubeadm@1.20", { image: "worker", version: versions["1.20"], files: crew }),
  "play/by-hand@1.36": fleet("by-hand@1.36", { image: "hand-installed", version: versions["1.36"], files: crew }),
  "play/by-hand@1.20": fleet("by-hand", { image: "hand-installed", files: crew }),
  "play/unjoined@1.36": fleet("unjoined", { image: "unjoined", files: harbourMasterWelcome }, [
    { name: "depot", image: "depot" },
  ]),
};

/** What the two boats ask after each change; nothing else is judged in free play. */
export const playGrading: Grading = {
  captain: "node01",
  checks: [],
  boarding: boardingParty,
  pilot: harbourPilot("default/web-node01/web"),
};

const on = (...lines: string[]): Setup => [{ on: "node01", run: lines.join("\n") }];
const restart = "systemctl restart kubelet";
const settle: Setup = [{ wait: 12 }];
/** Until the node’s lease has run out and it counts as NotReady. */
const crash: Setup = [{ wait: 60 }];
const shut: Promised = { stranger: "401", pilot: "served", ready: true };
const open: Promised = { stranger: "200", pilot: "served", ready: true };
const down = (journal: string): Promised => ({
  stranger: "connection refused",
  pilot: "refused",
  ready: false,
  journal,
});

/** A start on kubeadm's node, for both releases alike. */
function onKubeadm(setup: Setup, promised: Promised): Preset["starts"] {
  const files = [`node01:${CONFIG}`, `node01:${ENV}`];
  return {
    "1.36": { base: "play/kubeadm@1.36", setup, files, promised },
    "1.20": { base: "play/kubeadm@1.20", setup, files, promised },
  };
}

const byHand = (release: Release): Start => ({
  base: `play/by-hand@${release}`,
  setup: [],
  files: [`node01:${UNIT}`],
  promised: open,
});

function hardened(release: Release, minor: number): Start {
  const setup: Setup = [
    ...on(...layDown(minor)),
    { wait: 20 },
    { on: "controlplane", run: approve.at(-1) ?? "" },
    { wait: 15 },
  ];
  return { base: `play/kubeadm@${release}`, setup, files: [`node01:${CONFIG}`, `node01:${UNIT}`], promised: shut };
}

const opened = `sed -i '/^  anonymous:/,/enabled:/s/false/true/; s/mode: Webhook/mode: AlwaysAllow/' ${CONFIG}
echo 'readOnlyPort: 10255' >> ${CONFIG}`;

export const presets: readonly Preset[] = [
  {
    id: "kubeadm",
    title: "As kubeadm leaves it",
    about: "A worker that joined with `kubeadm join`, and nothing done to it since.",
    kind: "whole",
    starts: onKubeadm([], shut),
  },
  {
    id: "wide-open",
    title: "Wide open",
    about: "Anonymous callers are let in, everything is allowed, and 10255 answers without TLS.",
    kind: "whole",
    starts: onKubeadm([...on(opened, restart), ...settle], open),
  },
  {
    id: "hardened",
    title: "The hardened ship",
    about:
      "The final unit and the final `config.yaml` of the course, with a serving certificate that the cluster signed.",
    kind: "whole",
    starts: { "1.36": hardened("1.36", 36), "1.20": hardened("1.20", 20) },
  },
  {
    id: "by-hand",
    title: "Installed by hand",
    about: "The node of old course notes: one unit, every setting a flag, no configuration file.",
    kind: "whole",
    starts: { "1.36": byHand("1.36"), "1.20": byHand("1.20") },
  },
  {
    id: "unjoined",
    title: "Not joined yet, with a depot",
    about: "Packages installed, nothing joined. The depot serves binaries and their checksums over HTTP.",
    kind: "whole",
    starts: {
      "1.36": {
        base: "play/unjoined@1.36",
        setup: [],
        files: ["node01:/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf"],
        promised: { stranger: "connection refused", pilot: "refused", ready: false },
      },
    },
  },
  {
    id: "shut-on-paper",
    title: "Shut on paper",
    about: "The configuration file turns strangers away. A flag in another file lets them in again.",
    kind: "broken",
    starts: onKubeadm(
      [
        ...on(
          "echo 'KUBELET_EXTRA_ARGS=--anonymous-auth=true --authorization-mode=AlwaysAllow' > /etc/default/kubelet",
          restart,
        ),
        ...settle,
      ],
      open,
    ),
  },
  {
    id: "moored-to-itself",
    title: "Moored to itself",
    about: "The kubelet listens on `127.0.0.1` alone: strangers are out, and so is the pilot.",
    kind: "broken",
    starts: onKubeadm([...on(`echo 'address: 127.0.0.1' >> ${CONFIG}`, restart), ...settle], {
      stranger: "connection refused",
      pilot: "refused",
      ready: true,
    }),
  },
  {
    id: "no-harbour",
    title: "No way to the harbour",
    about: "The kubelet’s kubeconfig names a server that does not answer. It runs, and the node becomes NotReady.",
    kind: "broken",
    starts: onKubeadm(
      [...on("sed -i 's/172.30.1.2:6443/172.30.1.3:6443/' /etc/kubernetes/kubelet.conf", restart), { wait: 60 }],
      { stranger: "401", pilot: "refused", ready: false, journal: "172.30.1.3:6443" },
    ),
  },
  {
    id: "unknown-flag",
    title: "A flag it does not know",
    about:
      "An environment file passes a flag that this release has no more, or not yet. The kubelet ends at once, again and again.",
    kind: "broken",
    starts: {
      "1.36": {
        ...(onKubeadm([], shut)["1.36"] as Start),
        setup: [...on(`sed -i 's/ARGS="/ARGS="--container-runtime=remote /' ${ENV}`, restart), ...crash],
        promised: down("unknown flag: --container-runtime"),
      },
      "1.20": {
        ...(onKubeadm([], shut)["1.20"] as Start),
        setup: [...on(`sed -i 's/ARGS="/ARGS="--config-dir=\\/etc\\/kubelet.d /' ${ENV}`, restart), ...crash],
        promised: down("unknown flag: --config-dir"),
      },
    },
  },
  {
    id: "tab",
    title: "A tab in the YAML",
    about: "One line of `config.yaml` is indented with a tab, so no line of it is read.",
    kind: "broken",
    starts: onKubeadm(
      [...on(`sed -i 's/^    enabled: false/\\tenabled: false/' ${CONFIG}`, restart), ...crash],
      down("found character that cannot start any token"),
    ),
  },
  {
    id: "no-ca",
    title: "A CA that is not there",
    about: "`clientCAFile` names a file that nobody made.",
    kind: "broken",
    starts: onKubeadm(
      [
        ...on(`sed -i 's|clientCAFile: .*|clientCAFile: /etc/kubernetes/pki/client-ca.crt|' ${CONFIG}`, restart),
        ...crash,
      ],
      down("/etc/kubernetes/pki/client-ca.crt: no such file or directory"),
    ),
  },
  {
    id: "small-letters",
    title: "A mode in small letters",
    about: "Somebody wrote `mode: webhook`. There is no such mode.",
    kind: "broken",
    starts: onKubeadm([...on(`sed -i 's/mode: Webhook/mode: webhook/' ${CONFIG}`, restart), ...crash], down("webhook")),
  },
];

/** Name of a start's laboratory: kept, saved and shared under it. */
export const playName = (preset: string, release: Release): string => `play:${preset}@${release}`;

/** All starts by their names. */
export const playStarts: ReadonlyMap<string, Start> = new Map(
  presets.flatMap(({ id, starts }) =>
    Object.entries(starts).map(([release, start]) => [playName(id, release as Release), start] as const),
  ),
);
