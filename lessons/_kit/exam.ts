// Practice exams: from a seed and a number of minutes to tasks, hosts and weights. Pure, so that a class sits the same exam anywhere.

import { type DrillTemplate, makeDrill, type Topic } from "./drill.ts";
import { type Random, seedChoices } from "./random.ts";

export interface ExamTask {
  /** `drill:ID:SEED`. */
  readonly id: string;
  readonly title: string;
  readonly host: string;
  /** Points of 100. */
  readonly weight: number;
  readonly minutes: number;
}

export interface Exam {
  readonly seed: number | string;
  readonly minutes: number;
  /** Points to pass, of 100. */
  readonly passMark: number;
  readonly tasks: readonly ExamTask[];
}

/** Lengths that can be sat, in minutes. */
export const examLengths = [25, 50, 120] as const;
export type ExamLength = (typeof examLengths)[number];

/** What every exam of a length keeps to. */
export interface ExamBand {
  /** Fewest and most tasks. */
  readonly tasks: readonly [number, number];
  /** Mean of the levels 1 to 3. */
  readonly level: readonly [number, number];
  /** The tasks' own minutes as a share of the exam's: the rest is for reading, thinking and going back. */
  readonly time: readonly [number, number];
  /** Most tasks about broken nodes with several possible causes. */
  readonly incidents: number;
  /** Most points of one task. */
  readonly weight: number;
  /** Fewest different topics and hosts. */
  readonly topics: number;
  readonly hosts: number;
  /** Most tasks, as a share, of one topic and on one host. */
  readonly topicShare: number;
  readonly hostShare: number;
}

export const examBands: Readonly<Record<ExamLength, ExamBand>> = {
  25: {
    tasks: [4, 6],
    level: [1.5, 2.4],
    time: [0.45, 0.9],
    incidents: 1,
    weight: 40,
    topics: 3,
    hosts: 2,
    topicShare: 0.5,
    hostShare: 0.6,
  },
  50: {
    tasks: [8, 10],
    level: [1.5, 2.4],
    time: [0.45, 0.9],
    incidents: 1,
    weight: 25,
    topics: 4,
    hosts: 3,
    topicShare: 0.4,
    hostShare: 0.55,
  },
  120: {
    tasks: [15, 20],
    level: [1.6, 2.3],
    time: [0.45, 0.9],
    incidents: 2,
    weight: 15,
    topics: 6,
    hosts: 3,
    topicShare: 0.3,
    hostShare: 0.5,
  },
};

const PASS_MARK = 67;
/** Fewest points of a task: below it nobody would open it. */
const LEAST = 2;
/** Draws before giving up: a pool of templates that allows so few exams is the author's mistake. */
const TRIES = 2_000;

/** Points by share, whole, at least `LEAST` each, 100 in all: the largest remainders get what is left. */
function apportion(shares: readonly number[]): number[] {
  const spare = 100 - LEAST * shares.length;
  const all = shares.reduce((sum, share) => sum + share, 0);
  const exact = shares.map((share) => (spare * share) / all);
  const points = exact.map((value) => LEAST + Math.floor(value));
  const left = 100 - points.reduce((sum, value) => sum + value, 0);
  const order = exact
    .map((value, at) => ({ at, rest: value - Math.floor(value) }))
    .sort((a, b) => b.rest - a.rest || a.at - b.at);
  for (const { at } of order.slice(0, left)) points[at] = (points[at] ?? 0) + 1;
  return points;
}

/** Templates whose names begin alike are about the like: not too many of them in one exam. */
const family = ({ id }: DrillTemplate): string => id.slice(0, `${id}-`.indexOf("-"));

/** The templates in another order, in which the longer ones tend to come first. */
function shuffleByLength(random: Random, templates: readonly DrillTemplate[]): DrillTemplate[] {
  return templates
    .map((template) => ({ template, key: ((random.int(1_000_000) + 1) / 1_000_001) ** (1 / template.minutes) }))
    .sort((a, b) => b.key - a.key || (a.template.id < b.template.id ? -1 : 1))
    .map(({ template }) => template);
}

const countOf = <T>(list: readonly T[], test: (each: T) => boolean): number => list.filter(test).length;

/** Different templates, within the band's shares of topics, families and incidents. */
function chooseTemplates(random: Random, pool: readonly DrillTemplate[], band: ExamBand): DrillTemplate[] {
  const wanted = random.between(...band.tasks);
  const chosen: DrillTemplate[] = [];
  for (const template of shuffleByLength(random, pool)) {
    if (chosen.length === wanted) break;
    const alike = countOf(chosen, (each) => family(each) === family(template));
    const about = countOf(chosen, ({ topic }) => topic === template.topic);
    const most = template.id.startsWith("incident-") ? band.incidents : Math.ceil(wanted / 5);
    if (alike < most && about < Math.floor(wanted * band.topicShare)) chosen.push(template);
  }
  return chosen;
}

/** Seeds for the templates, so that no host gets more than its share where that can be had. */
function drawTasks(random: Random, templates: readonly DrillTemplate[], band: ExamBand): Omit<ExamTask, "weight">[] {
  const tasks: Omit<ExamTask, "weight">[] = [];
  const most = Math.floor(templates.length * band.hostShare);
  for (const template of templates) {
    const { title, minutes } = template;
    let task: Omit<ExamTask, "weight"> | undefined;
    for (let tries = 0; tries < 6; tries++) {
      const drill = makeDrill(template, String(random.between(1000, 9999)));
      task = { id: drill.address, title, host: drill.host, minutes };
      const { host } = task;
      if (countOf(tasks, (each) => each.host === host) < most) break;
    }
    if (task !== undefined) tasks.push(task);
  }
  return tasks;
}

const within = (value: number, [least, most]: readonly [number, number]): boolean => value >= least && value <= most;

/** Whether templates and tasks keep to the band. */
function keepsTo(
  band: ExamBand,
  minutes: number,
  templates: readonly DrillTemplate[],
  tasks: readonly Omit<ExamTask, "weight">[],
): boolean {
  const hosts = new Map<string, number>();
  for (const { host } of tasks) hosts.set(host, (hosts.get(host) ?? 0) + 1);
  const time = tasks.reduce((sum, task) => sum + task.minutes, 0);
  const level = templates.reduce((sum, template) => sum + template.level, 0) / templates.length;
  return (
    within(templates.length, band.tasks) &&
    within(level, band.level) &&
    within(time / minutes, band.time) &&
    new Set(templates.map(({ topic }) => topic)).size >= band.topics &&
    hosts.size >= band.hosts &&
    Math.max(...hosts.values()) <= templates.length * band.hostShare
  );
}

/**
 * The exam of a seed. Tasks never meet on a machine: each has a fleet of its own, with the host that it names.
 * @throws Error where the templates do not allow for one.
 */
export function drawExam(all: readonly DrillTemplate[], seed: number | string, minutes: ExamLength): Exam {
  const band = examBands[minutes];
  const pool = all.filter(({ use }) => use.includes("task")).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  for (let tries = 0; tries < TRIES; tries++) {
    const random = seedChoices(`exam:${minutes}:${seed}:${tries}`);
    const templates = random.shuffle(chooseTemplates(random, pool, band));
    const [least] = band.tasks;
    if (templates.length < least) continue;
    const tasks = drawTasks(random, templates, band);
    // What takes longer and is harder counts more.
    const weights = apportion(templates.map((template) => template.minutes + 2 * template.level));
    if (!keepsTo(band, minutes, templates, tasks) || Math.max(...weights) > band.weight) continue;
    return {
      seed,
      minutes,
      passMark: PASS_MARK,
      tasks: tasks.map((task, at) => ({
        id: task.id,
        title: task.title,
        host: task.host,
        weight: weights[at] ?? 0,
        minutes: task.minutes,
      })),
    };
  }
  throw new Error(`no exam of ${minutes} minutes can be drawn from ${pool.length} templates`);
}

/** A domain of the CKS with its share of the real exam. */
export interface ExamDomain {
  readonly name: string;
  readonly share: number;
  /** Topics, and single drills of other topics, that belong there. */
  readonly topics: readonly Topic[];
  readonly drills: readonly string[];
}

/**
 * The domains and shares as the CNCF states them. A practice exam of this course is about the kubelet and what it meets: a small part of the
 * real one, which asks above all for things that are not taught here. Mending a node that is down belongs to none of them.
 */
export const examDomains: readonly ExamDomain[] = [
  { name: "Cluster Setup", share: 15, topics: ["settings", "certificates", "files"], drills: [] },
  {
    name: "Cluster Hardening",
    share: 15,
    topics: ["authentication", "authorization"],
    drills: ["node-upgrade", "node-restriction", "apiserver-papers"],
  },
  { name: "System Hardening", share: 10, topics: ["ports"], drills: [] },
  { name: "Minimize Microservice Vulnerabilities", share: 20, topics: [], drills: ["pod-security"] },
  { name: "Supply Chain Security", share: 20, topics: [], drills: [] },
  { name: "Monitoring, Logging and Runtime Security", share: 20, topics: [], drills: ["audit-secrets"] },
];

/** The domain of a drill; undefined where it is none of the exam's. */
export function domainOf({ id, topic }: Pick<DrillTemplate, "id" | "topic">): ExamDomain | undefined {
  return (
    examDomains.find(({ drills }) => drills.includes(id)) ?? examDomains.find(({ topics }) => topics.includes(topic))
  );
}
