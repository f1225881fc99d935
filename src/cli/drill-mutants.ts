// Mutants of reference solutions, made by rule: one step left out, the steps in another order, on another machine, or hardened until friends are
// kept out. A grader that accepts one either overlooks something, or the mutant is another right way, for a reason that is told here.

import { bases } from "#lessons/_kit/bases.ts";
import { type DrillInstance, gradingOf, type Lines } from "#lessons/_kit/drill.ts";
import type { Check } from "#sandbox/grader/check.ts";
import type { DrillProof } from "./drill-proofs.ts";
import { SETTLE } from "./drills.ts";
import { parseScript } from "./lessons.ts";
import type { QuickPlayer } from "./quick-play.ts";

type Rule = "without" | "reversed" | "elsewhere" | "hardened";

interface Mutant {
  readonly rule: Rule;
  readonly name: string;
  readonly lines: Lines;
}

const isStage = (line: string): boolean => line.startsWith("#@");

/** Ways to keep out the friends of a node together with the strangers. */
const hardenings: readonly (readonly [name: string, lines: Lines])[] = [
  ["stopped", ["systemctl stop kubelet"]],
  ["walled", ["iptables -I INPUT -p tcp --dport 10250 -j DROP"]],
  ["loopback", ["echo 'address: 127.0.0.1' >> /var/lib/kubelet/config.yaml", "systemctl restart kubelet"]],
  ["no client CA", ["sed -i '/clientCAFile/d' /var/lib/kubelet/config.yaml", "systemctl restart kubelet"]],
];

/** Each step left out: a step is a line that is typed. */
function leaveOut(solution: Lines): Mutant[] {
  return solution.flatMap((line, at) =>
    isStage(line) ? [] : [{ rule: "without" as const, name: `without ${line}`, lines: solution.toSpliced(at, 1) }],
  );
}

/** The steps backwards, each where it was typed. */
function reverse(solution: Lines, host: string): Mutant[] {
  let machine = host;
  const placed = solution.flatMap((line) => {
    const to = /^#@ ([a-z]\w*)$/.exec(line)?.[1];
    if (to !== undefined && to !== "wait") machine = to;
    return isStage(line) ? [] : [{ machine, line }];
  });
  if (placed.length < 2) return [];
  const lines = placed.toReversed().flatMap(({ machine: on, line }) => [`#@ ${on}`, line]);
  return [{ rule: "reversed", name: "backwards", lines }];
}

/** Every mutant of a drill's reference solution. */
function listMutants({ base, host, solution }: DrillInstance): Mutant[] {
  const others = bases[base].machines.map(({ name }) => name).filter((name) => name !== host && /^node/.test(name));
  const elsewhere = others.slice(0, 1).map(
    (other): Mutant => ({
      rule: "elsewhere",
      name: `on ${other}`,
      lines: [`#@ ${other}`, ...solution.map((line) => (line === `#@ ${host}` ? `#@ ${other}` : line))],
    }),
  );
  const onNode = /^node/.test(host) && base !== "by-hand";
  const hardened = (onNode ? hardenings : []).map(
    ([name, lines]): Mutant => ({
      rule: "hardened",
      name: `and then ${name}`,
      lines: [...solution, `#@ ${host}`, ...lines],
    }),
  );
  return [...leaveOut(solution), ...reverse(solution, host), ...elsewhere, ...hardened];
}

/** A reason for which mutants are right ways themselves: of which drills, and which mutants. */
interface Equivalence {
  readonly drills: RegExp;
  readonly mutants: RegExp;
  readonly why: string;
}

const equivalences: readonly Equivalence[] = [
  {
    drills: /^client-ca-/,
    mutants: /^(without systemctl restart|backwards|on node)/,
    why: "a kubelet looks at the content of its client CA file again without being restarted",
  },
  {
    drills: /^(live-setting|which-node)$/,
    mutants: /^(without (kubectl get|curl|exit)|backwards)/,
    why: "a look changes nothing, and looking later neither",
  },
  {
    drills: /^(locked-cabinets|audit-secrets|node-restriction|bench-findings|pod-security)$/,
    mutants: /^backwards$/,
    why: "the steps do not build on one another",
  },
  {
    drills: /^node-expired$/,
    mutants: /^on node/,
    why: "the papers are sent to the node by its name, and systemd starts its kubelet again anyway",
  },
  {
    drills: /^node-walled$/,
    mutants: /^(without systemctl restart|backwards)/,
    why: "a kubelet tries the API server again by itself; the restart only saves the wait",
  },
];

/** What systemd does about the kubelet of a start. */
const unitOf = (host: string): Check => ({
  id: "unit",
  step: "task",
  goal: "",
  probe: { kind: "unit", on: host, unit: "kubelet.service" },
  expect: { sub: { is: "auto-restart" } },
  passed: "",
  hints: { nudge: "", pointer: "", solution: { text: "", commands: [] } },
});

/** The restart of a kubelet that systemd starts again every few seconds anyway: left out or put first, it makes no difference. */
const restartOnly = /^(without systemctl (daemon-reload; systemctl )?restart kubelet|backwards)$/;

/** Plays every mutant of a drill: one that passes all checks must be known to be equivalent. */
export async function proveMutants(drill: DrillInstance, player: QuickPlayer): Promise<DrillProof[]> {
  const start = await player.begin(bases[drill.base], drill.setup);
  const grading = gradingOf(drill);
  const play = (lines: Lines) =>
    player.play(start, drill.host, lines.length === 0 ? [] : parseScript(lines.join("\n")));
  const [unit] = play([]).grade({ ...grading, checks: [unitOf(drill.host)] }, 0).verdicts;
  const triesAgain = unit?.verdict === "pass";
  const known = (name: string): boolean =>
    (triesAgain && restartOnly.test(name)) ||
    equivalences.some(({ drills, mutants }) => drills.test(drill.template.id) && mutants.test(name));
  return listMutants(drill).map(({ name, lines }) => {
    const accepted = play(lines)
      .gradeLast(grading, SETTLE)
      .verdicts.every(({ verdict }) => verdict === "pass");
    return {
      name: `${drill.address}/mutant/${name}`,
      why: accepted && !known(name) ? ["a mutant is accepted", ...lines.map((line) => `  | ${line}`)].join("\n") : "",
    };
  });
}
