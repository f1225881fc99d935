// Incidents: one to four faults in one node, drawn so that each can be found once those before it are mended.

import type { Drill, DrillCheck, DrillTemplate, WrongWay } from "./drill.ts";
import { breakNode, type Fault, mendAll, toldBy } from "./fault.ts";
import { faults as all } from "./faults/index.ts";
import { type Random, seedChoices } from "./random.ts";

/** What an incident is made of. */
export interface Incident {
  readonly node: string;
  /** In the order in which they show. */
  readonly faults: readonly Fault[];
}

const compatible = (a: Fault, b: Fault): boolean =>
  a.order !== b.order && !a.places.some((place) => b.places.includes(place));

/** Characters to type, with Enter. */
const typed = (faults: readonly Fault[]): number => mendAll(faults).reduce((sum, line) => sum + line.length + 1, 0);

/**
 * Draws faults that do not get in each other's way, one at least of which keeps the node out of service: so that nothing of what is asked
 * for holds at the start. What is to be typed lies between the bounds, so that one time fits all incidents of a template.
 */
function drawIncident(random: Random, count: number, least: number, most: number): Incident {
  for (;;) {
    const node = random.pick(["node01", "node02"]);
    const chosen: Fault[] = [];
    for (const make of random.shuffle(all)) {
      const fault = make(random, node);
      if (chosen.length < count && (chosen.length > 0 || fault.down) && chosen.every((each) => compatible(each, fault)))
        chosen.push(fault);
    }
    const length = typed(chosen);
    if (chosen.length === count && length >= least && length <= most)
      return { node, faults: chosen.toSorted((a, b) => a.order - b.order) };
  }
}

/** The checks of all faults, each once; the first of that name has its weight. */
function gather(faults: readonly Fault[]): DrillCheck[] {
  const checks = new Map<string, DrillCheck>();
  for (const check of faults.flatMap((fault) => fault.checks)) if (!checks.has(check.id)) checks.set(check.id, check);
  return [...checks.values()];
}

/** What a task asks for: each goal once, and none that another says with more. */
function askedFor(checks: readonly DrillCheck[]): string[] {
  const goals = checks.filter(({ after }) => after === undefined).map(({ goal }) => goal);
  return goals.filter((goal) => !goals.some((other) => other.startsWith(goal.replace(/\.$/, ","))));
}

const stories = [
  (node: string) =>
    `\`${node}\` has been out of service since last night’s maintenance, and nobody wrote down what was done.`,
  (node: string) =>
    `Since this morning \`${node}\` has been NotReady. Whoever had the watch before you says that nothing was changed.`,
  (node: string) => `Somebody hardened \`${node}\` after notes found on the network. It has been NotReady ever since.`,
  (node: string) => `After an upgrade that was broken off \`${node}\` did not come back.`,
] as const;

function makeIncident({ node, faults }: Incident, random: Random): Drill {
  const checks = gather(faults);
  const asked = askedFor(checks);
  const more = faults.length === 1 ? "Find out why" : "More than one thing may be wrong. Find out what";
  const left = faults.map(
    (fault): WrongWay => ({
      name: `left: ${fault.id}`,
      lines: mendAll(faults.filter((each) => each !== fault)),
      fails: toldBy(fault),
    }),
  );
  const stopped: WrongWay = {
    name: "mended, and then stopped",
    lines: [...mendAll(faults), "systemctl stop kubelet"],
    fails: "pilot-logs",
    misconception: "stopped-instead-of-locked",
  };
  const aside: WrongWay = {
    name: "on the wrong node",
    lines: [`#@ ${node === "node01" ? "node02" : "node01"}`, "systemctl restart kubelet"],
    fails: checks[0]?.id ?? "",
  };
  return {
    base: "fleet",
    setup: breakNode(node, faults),
    host: node,
    task: `${random.pick(stories)(node)} ${more}, and bring it back so that all of this holds, now and after a restart:\n${asked.map((goal) => `- ${goal}`).join("\n")}`,
    checks,
    because: faults.map(({ because }) => because).join(" "),
    solution: mendAll(faults),
    right:
      faults.length === 1 ? [] : [{ name: "one after the other", lines: faults.flatMap((fault) => mendAll([fault])) }],
    wrong: [...left, stopped, aside],
  };
}

/** Templates of incidents by the number of their faults. */
const sizes = {
  1: { id: "incident-one", title: "A ship in distress", level: 2, minutes: 3, least: 60, most: 190 },
  2: { id: "incident-two", title: "Two leaks", level: 2, minutes: 5, least: 105, most: 320 },
  3: { id: "incident-three", title: "Three leaks", level: 3, minutes: 7, least: 145, most: 450 },
  4: { id: "incident-four", title: "All hands", level: 3, minutes: 10, least: 205, most: 650 },
} as const;

export type IncidentSize = keyof typeof sizes;

/** The faults behind the incident of an address, for proofs and for reports. */
export function incidentOf(size: IncidentSize, seed: string): Incident {
  const { id, least, most } = sizes[size];
  return drawIncident(seedChoices(`${id}:${seed}`), size, least, most);
}

export function incidentTemplate(size: IncidentSize): DrillTemplate {
  const { id, title, level, minutes, least, most } = sizes[size];
  return {
    id,
    title,
    topic: "node",
    level,
    minutes,
    use: ["incident", "task"],
    misconceptions: [
      "forgot-restart",
      "forgot-daemon-reload",
      "config-stops-kubelet",
      "removed-flag",
      "stopped-instead-of-locked",
    ],
    make: (random) => makeIncident(drawIncident(random, size, least, most), random),
  };
}
