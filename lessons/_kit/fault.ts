// A fault is one thing that is wrong with a node: how it came about, where it shows, what mends it. Drills take one, incidents several.

import type { Setup, SetupStep } from "#sandbox/scene.ts";
import type { Drill, DrillCheck, Lines, RightWay, WrongWay } from "./drill.ts";
import { harbourAsks, holdsAfterRestart, logsReadable, nodeReady, strangerRefused } from "./drill-checks.ts";
import type { Random } from "./random.ts";

export const CONFIG = "/var/lib/kubelet/config.yaml";
export const KUBECONFIG = "/etc/kubernetes/kubelet.conf";
export const KUBEADM_ENV = "/var/lib/kubelet/kubeadm-flags.env";
export const EXTRA_ENV = "/etc/default/kubelet";

export interface Fault {
  readonly id: string;
  /**
   * When it shows: a fault with a lower number hides those above it. 10 unit, 20 flags, 30 configuration file, 40 its values, 50 the way to
   * the first open port, 80 ports, 90 the link to the API server, 95 what strangers get. Two of the same number never meet in one node.
   */
  readonly order: number;
  /** What it changes: a file, or a line of one. Faults that share a place never meet in one node. */
  readonly places: readonly string[];
  /** The kubelet does not run because of it (or does not reach the API server), so that the node is NotReady. */
  readonly down: boolean;
  /** Nothing starts the kubelet: it stays off. */
  readonly stopped?: boolean;
  readonly setup: Setup;
  /** A command, on the node unless told, whose output holds the text once the faults before this one are mended. */
  readonly evidence: { readonly run: string; readonly shows: string; readonly on?: string };
  /** Typed as root on the node, without the restart at the end. */
  readonly mend: Lines;
  /** False: nothing need be restarted after it. */
  readonly restart?: boolean;
  /** The unit is another one after it: `systemctl daemon-reload` before the restart. */
  readonly reload?: boolean;
  /** None of them passes while the fault is there. */
  readonly checks: readonly DrillCheck[];
  /** The check that still fails where all other faults are mended; the first unless told. */
  readonly fails?: string;
  /** The file in which it stands, or that it names. */
  readonly file?: string;
  /** What was the matter, as a sentence. */
  readonly because: string;
}

/** Draws a fault for a node. */
export type FaultMaker = (random: Random, node: string) => Fault;

/** The check that tells that a fault was left. */
export const toldBy = ({ fails, checks }: Fault): string => fails ?? checks[0]?.id ?? "";

export const run = (on: string, line: string): SetupStep => ({ on, run: line });

/** The last lines of the kubelet's journal. */
export const JOURNAL = "journalctl -u kubelet -n 40 --no-pager";

/** Other than the node that is meant. */
export const otherNode = (node: string): string => (node === "node01" ? "node02" : "node01");

export const replaceIn = (path: string, from: string, to: string): string => `sed -i 's|${from}|${to}|' ${path}`;

/** A ServiceAccount without any rights knocks: a kubelet that asks the API server says 403. */
export function rightsAsked(node: string): DrillCheck {
  return {
    id: "rights-asked",
    goal: `A ServiceAccount without rights gets 403 on port 10250 of ${node}.`,
    probe: harbourAsks(node, "/pods", { as: { kind: "service-account", namespace: "default", name: "default" } }),
    expect: { status: { is: 403 } },
    passed: "403: known, and without the right.",
    failures: [
      {
        when: { status: { is: 200 } },
        say: "A ServiceAccount that nobody gave any right lists the pods: this kubelet asks nobody what callers may do.",
      },
      {
        when: { status: { is: 401 } },
        say: "The ServiceAccount’s token gets 401: this kubelet does not have tokens checked.",
      },
      { when: { error: { is: "refused" } }, say: "Nobody answers on 10250." },
    ],
    hints: {
      nudge: "Who decides what a known caller may do?",
      pointer: "`authorization.mode: Webhook` and `authentication.webhook.enabled: true`.",
    },
  };
}

/** What a node that was down must do again: all of it fails while its kubelet is down. */
export function backInService(node: string): DrillCheck[] {
  const logs = logsReadable(node);
  return [
    { ...nodeReady(node), weight: 2 },
    { ...logs, weight: 2 },
    strangerRefused(node),
    rightsAsked(node),
    holdsAfterRestart(logs),
  ];
}

/** What a node must do again whose kubelet runs, and does not reach the API server: all of it fails until then. */
export function linkedAgain(node: string): DrillCheck[] {
  const logs = logsReadable(node);
  return [{ ...nodeReady(node), weight: 2 }, { ...logs, weight: 2 }, rightsAsked(node), holdsAfterRestart(logs)];
}

/** The faults in a node: those that show last are made first, and the API server has had time to notice. */
export function breakNode(node: string, faults: readonly Fault[]): Setup {
  const inward = faults.toSorted((a, b) => b.order - a.order);
  const start = faults.some(({ stopped }) => stopped) ? "true" : "systemctl start kubelet; true";
  return [
    run(node, "systemctl stop kubelet"),
    ...inward.flatMap(({ setup }) => setup),
    run(node, `systemctl daemon-reload; ${start}`),
    { wait: 60 },
  ];
}

/** Mends faults in the order in which they show, with one restart at the end. */
export function mendAll(faults: readonly Fault[]): Lines {
  const outward = faults.toSorted((a, b) => a.order - b.order);
  const reload = faults.some((fault) => fault.reload);
  return [
    ...outward.flatMap(({ mend }) => mend),
    ...(reload ? ["systemctl daemon-reload"] : []),
    ...(faults.every(({ restart }) => restart === false) && faults.length > 0 ? [] : ["systemctl restart kubelet"]),
  ];
}

/** A file that starts a kubelet and opens it to everybody. */
const openFile: WrongWay = {
  name: "any file that starts",
  lines: [
    `printf 'apiVersion: kubelet.config.k8s.io/v1beta1\\nkind: KubeletConfiguration\\nstaticPodPath: /etc/kubernetes/manifests\\nauthentication: {anonymous: {enabled: true}}\\nauthorization: {mode: AlwaysAllow}\\n' > ${CONFIG}`,
    "systemctl restart kubelet",
  ],
  fails: "stranger-refused",
};

/** Without --config the defaults are those of flags: everybody is let in. */
const noFile: WrongWay = {
  name: "a start without the file",
  lines: [
    "mkdir -p /etc/systemd/system/kubelet.service.d",
    `printf '[Service]\\nExecStart=\\nExecStart=/usr/bin/kubelet --kubeconfig=${KUBECONFIG} --pod-manifest-path=/etc/kubernetes/manifests\\n' > /etc/systemd/system/kubelet.service.d/99-start.conf`,
    "systemctl daemon-reload",
    "systemctl restart kubelet",
  ],
  fails: "stranger-refused",
};

/** What a drill about one fault has of its own. */
export interface SingleFault {
  readonly node: string;
  readonly fault: Fault;
  readonly task: string;
  /** Of the first check. */
  readonly hints: DrillCheck["hints"];
  readonly right?: readonly RightWay[];
  readonly wrong?: readonly WrongWay[];
  /** Further checks, besides the fault's own. */
  readonly checks?: readonly DrillCheck[];
  /** What a restart without a change shows. */
  readonly believed?: string;
}

/** A node with one fault. Where nothing but the kubelet's unit or files is wrong, some ways get it running, and open to everybody. */
export function singleFault(own: SingleFault): Drill {
  const { node, fault, task, hints, right = [], wrong = [], checks = [], believed } = own;
  const restarted: WrongWay = {
    name: "restarted and hoped",
    lines: ["systemctl reset-failed kubelet", "systemctl restart kubelet"],
    fails: toldBy(fault),
    ...(believed === undefined ? {} : { misconception: believed }),
  };
  const elsewhere: WrongWay = {
    name: "on the wrong node",
    lines: [`#@ ${otherNode(node)}`, ...mendAll([fault])],
    fails: toldBy(fault),
  };
  const patient: RightWay = { name: "left to systemd, which tries again", lines: [...fault.mend, "#@ wait 12"] };
  const triesAgain = fault.down && fault.order < 90 && fault.reload !== true && fault.stopped !== true;
  return {
    base: "fleet",
    setup: breakNode(node, [fault]),
    host: node,
    task,
    checks: [...fault.checks, ...checks].map((check, at) => (at === 0 ? { ...check, hints } : check)),
    because: fault.because,
    solution: mendAll([fault]),
    right: [...(triesAgain ? [patient] : []), ...right],
    wrong: [
      restarted,
      elsewhere,
      ...(fault.checks.some(({ id }) => id === openFile.fails) ? [openFile, noFile] : []),
      ...wrong,
    ],
  };
}
