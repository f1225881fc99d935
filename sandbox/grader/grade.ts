// Grades a fork: asks every probe, compares, and explains what is not met. Only what callers get decides.

import type { Fleet } from "../fleet.ts";
import { type Captain, captainOf, viewCaptain } from "./captain.ts";
import { readChanges, startMayDiffer } from "./changes.ts";
import type { Call, CallResult, Check, GradeReport, Grading, Observation, Verdict } from "./check.ts";
import { describeSeen, diagnose, listPassedLayers } from "./diagnose.ts";
import type { Evidence } from "./evidence.ts";
import { compare, describeWanted } from "./expect.ts";
import { recogniseAll } from "./misconceptions.ts";
import { askProbe } from "./probes/ask.ts";
import { restartKubelet } from "./restart.ts";

/** A check with what its probe brought back, before anything is explained. */
interface Asked {
  readonly check: Check;
  readonly observation: Observation | undefined;
  readonly met: boolean;
}

/** Whether an answer is one: a refusal is an answer (and an answer where a refusal is wanted), a missing fact without a reason is not. */
function isTold(check: Check, observation: Observation): boolean {
  return (
    compare(observation, check.expect).kind !== "missing" ||
    observation.error !== undefined ||
    observation.status !== undefined ||
    observation.exists === false
  );
}

/** What a fork answered: enough to judge it, and to judge it again by other expectations. */
export interface Inquiry {
  readonly machine: string | undefined;
  readonly captain: Captain | undefined;
  readonly changed: Evidence["changed"];
  /** By check; undefined where a probe brought nothing back. */
  readonly answers: ReadonlyMap<string, Observation | undefined>;
}

/** Asks the probes of all checks; those about the next start on a second fork, whose kubelet is restarted first if anything changed since its start. */
export function inquire(fork: Fleet, { checks, captain: named }: Grading): Inquiry {
  const machine = named ?? captainOf(fork);
  // The captain is looked at first: a command that a check runs may restart it on this fork.
  const captain = machine === undefined ? undefined : viewCaptain(fork, machine);
  const needed = checks.some((check) => check.after === "restart") && startMayDiffer(fork, machine);
  const restarted = needed ? fork.fork() : undefined;
  if (restarted !== undefined && machine !== undefined) restartKubelet(restarted, machine);
  const answers = checks.map(({ id, after, probe }): [string, Observation | undefined] => [
    id,
    askProbe(after === "restart" && restarted !== undefined ? restarted : fork, probe),
  ]);
  return { machine, captain, changed: readChanges(fork), answers: new Map(answers) };
}

function compareAnswer(check: Check, answer: Observation | undefined): Asked {
  const told = answer !== undefined && isTold(check, answer);
  return {
    check,
    observation: told ? answer : undefined,
    met: told && compare(answer, check.expect).kind === "holds",
  };
}

function collectEvidence(
  { machine, captain, changed }: Inquiry,
  asked: readonly Asked[],
  history: readonly string[],
): Evidence {
  const failed = asked.filter(({ met }) => !met);
  return {
    machine: machine ?? "",
    saved: captain?.saved,
    running: captain?.running,
    unit: captain?.unit,
    changed,
    history,
    observed: new Map(
      asked.flatMap(({ check, observation }) => (observation === undefined ? [] : [[check.id, observation]])),
    ),
    failed: new Set(failed.map(({ check }) => check.id)),
    wanted: new Map(
      asked.flatMap(({ check: { setting } }) => (setting === undefined ? [] : [[setting.field, setting.value]])),
    ),
  };
}

function judge({ check, observation, met }: Asked, evidence: Evidence, misconceptions: readonly string[]): Verdict {
  const { id } = check;
  const wanted = describeWanted(check.expect);
  if (observation === undefined) {
    const message =
      "This could not be told: the question found no answer to compare. Try again when the ship has settled.";
    return { id, verdict: "unknown", layer: null, seen: "nothing", wanted, message, layers: [], misconceptions: [] };
  }
  if (met) {
    const layers = listPassedLayers(check, observation, evidence);
    return {
      id,
      verdict: "pass",
      layer: null,
      seen: describeSeen(observation, check.expect),
      wanted,
      message: check.passed,
      layers,
      misconceptions: [],
    };
  }
  return { id, verdict: "not-yet", ...diagnose(check, observation, evidence), misconceptions };
}

/** `200, 6 pods`, `401 Unauthorized`, `connection refused`. */
function describeGot(seen: Observation): string {
  if (seen.error !== undefined || seen.status === undefined) return describeSeen(seen);
  const body = String(seen.body ?? "");
  const pods = /"kind":"PodList"/.test(body)
    ? (JSON.parse(body) as { items?: unknown[] | null }).items?.length
    : undefined;
  if (pods !== undefined) return `${seen.status}, ${pods === 1 ? "1 pod" : `${pods} pods`}`;
  const words = /^[A-Za-z ]{1,24}$/.test(body.trim()) ? ` ${body.trim()}` : "";
  return `${seen.status}${words}`;
}

function call(fork: Fleet, { id, what, probe }: Call): CallResult {
  const seen = askProbe(fork, probe);
  if (seen === undefined) return { id, what, got: "could not tell", served: false };
  const status = Number(seen.status ?? 0);
  const served = seen.ready === undefined ? (status >= 200 && status < 300) || status === 101 : seen.ready === "True";
  return { id, what, got: describeGot(seen), served };
}

/** Settings that somebody has written since the machine was switched on; a kubelet writes none of them. */
const SETTINGS = /^\/etc\/|\/config\.yaml$|\.(conf|env)$/;

/** Whether anybody has done anything yet: a ship as a predecessor left it shows what he believed, and not the learner. */
const hasActed = ({ changed }: Inquiry, history: readonly string[]): boolean =>
  history.length > 0 || changed.some(({ path, own }) => own && SETTINGS.test(path));

/** Judges what a fork answered by the expectations of checks. */
export function judgeInquiry(
  inquiry: Inquiry,
  checks: readonly Check[],
  history: readonly string[],
): Pick<GradeReport, "verdicts" | "misconceptions"> {
  const asked = checks.map((check) => compareAnswer(check, inquiry.answers.get(check.id)));
  const evidence = collectEvidence(inquiry, asked, history);
  const misconceptions = hasActed(inquiry, history) ? recogniseAll(evidence) : [];
  const ids = misconceptions.map(({ id }) => id);
  return { verdicts: asked.map((each) => judge(each, evidence, ids)), misconceptions };
}

/** Judges a fork. The fork is used up; the laboratory itself does not notice. */
export function gradeFleet(fork: Fleet, grading: Grading, history: readonly string[]): GradeReport {
  return {
    ...judgeInquiry(inquire(fork, grading), grading.checks, history),
    boarding: grading.boarding.map((each) => call(fork, each)),
    pilot: grading.pilot.map((each) => call(fork, each)),
  };
}
