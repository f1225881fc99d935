// The benchmark's checks of the kubelet, as kube-bench has them here, and where the course teaches and grades each.

import { type Check, NODE } from "#sandbox/commands/kube-bench/node-checks.ts";

/** The benchmark that kube-bench chooses for the course's version of Kubernetes. */
export const BENCHMARK = "cis-1.12";

export interface BenchmarkRow {
  readonly id: string;
  readonly title: string;
  /** It counts in the score; else a person decides. */
  readonly scored: boolean;
  /** What the tool looks at: a file's mode or owner, or a setting by flag and path. */
  readonly looksAt: string;
  readonly remedy: string;
  readonly lesson: string;
  /** Checks of that lesson that grade it. */
  readonly checks: readonly string[];
  /** What the tool cannot see, where that matters. */
  readonly beyond?: string;
}

/** Item → lesson, checks, and what lies beyond it. */
const graded: Readonly<Record<string, readonly [lesson: string, checks: readonly string[], beyond?: string]>> = {
  "4.1.1": [
    "ship-shape/locked-cabinets",
    ["unit-locked"],
    "One file is looked at; drop-ins and environment files count as much.",
  ],
  "4.1.2": ["ship-shape/locked-cabinets", ["unit-locked"], "Passes where there is no such file."],
  "4.1.5": ["ship-shape/locked-cabinets", ["kubeconfig-locked"], "The key it names lies in another file."],
  "4.1.6": ["ship-shape/locked-cabinets", ["kubeconfig-locked"]],
  "4.1.7": ["ship-shape/locked-cabinets", ["ca-locked"], "Whether it is the right CA."],
  "4.1.8": ["ship-shape/locked-cabinets", ["ca-locked"]],
  "4.1.9": ["ship-shape/locked-cabinets", ["config-locked"], "Drop-ins of --config-dir."],
  "4.1.10": ["ship-shape/locked-cabinets", ["config-locked"]],
  "4.2.1": [
    "who-goes-there/turn-strangers-away",
    ["stranger-refused", "holds-after-restart"],
    "What is saved and not yet running, and the default: without the key it fails although the file’s default is false.",
  ],
  "4.2.2": [
    "by-whose-order/ask-the-harbour",
    ["scraper-refused", "asks-after-restart"],
    "Which rights callers have at the API server.",
  ],
  "4.2.3": [
    "who-goes-there/show-your-papers",
    ["forged-refused", "pilot-logs"],
    "Whether the file is there, and whose CA it holds.",
  ],
  "4.2.4": [
    "by-whose-order/close-the-hatch",
    ["hatch-shut", "stays-shut"],
    "Without the key it passes, also on a kubelet without a file, whose default is 10255.",
  ],
  "4.2.5": ["ship-shape/provisions", ["idle-ends"], "0s is not the word 0, so it passes."],
  "4.2.6": ["inspection/the-surveyor", ["no-findings"]],
  "4.2.7": ["inspection/the-surveyor", ["no-findings"]],
  "4.2.8": ["ship-shape/provisions", ["events-limited"], "Any number passes."],
  "4.2.9": [
    "sealed-dispatches/sealed-dispatches",
    ["true-name", "true-address"],
    "serverTLSBootstrap is as good, and the tool does not know it.",
  ],
  "4.2.10": [
    "sealed-dispatches/fresh-seals",
    ["rotation-on"],
    "Without the key it passes, although the default is false.",
  ],
  "4.2.11": [
    "sealed-dispatches/fresh-seals",
    ["serving-believed"],
    "A feature gate is looked at, not whether the certificate is renewed.",
  ],
  "4.2.12": ["sealed-dispatches/sealed-dispatches", ["weak-refused"]],
  "4.2.13": ["ship-shape/provisions", ["pids-limited"], "-1 passes, and it is no limit."],
  "4.2.14": ["ship-shape/provisions", ["seccomp-default"], "false passes: only the key is looked for."],
};

const files: Readonly<Record<string, string>> = {
  kubeletsvc: "the kubelet’s unit or drop-in",
  kubeletconf: "/var/lib/kubelet/config.yaml",
  kubeletkubeconfig: "/etc/kubernetes/kubelet.conf",
  kubeletcafile: "the file of clientCAFile",
};

function describe({ audit, tests }: Check): string {
  if (audit.kind === "mode" || audit.kind === "owner") return `${audit.kind} of ${files[audit.file] ?? audit.file}`;
  const [first] = tests;
  const path = /^\{\.(.+)\}$/.exec(first?.path ?? "")?.[1];
  return [first?.flag, path].filter((each) => each !== undefined).join(", else ");
}

/** The benchmark's items that are about the kubelet and its files, kube-proxy left out. */
export const benchmarkRows: readonly BenchmarkRow[] = NODE.groups
  .filter(({ id }) => id === "4.1" || id === "4.2")
  .flatMap(({ checks }) => checks)
  .filter(
    ({ only, audit }) =>
      (only === undefined || only.includes(BENCHMARK)) && !/^proxy/.test("file" in audit ? audit.file : ""),
  )
  .map((check) => {
    const [lesson, checks, beyond] = graded[check.id] ?? ["", []];
    const { id, text, scored, remedy } = check;
    return { id, title: text, scored, looksAt: describe(check), remedy, lesson, checks, ...(beyond ? { beyond } : {}) };
  });
