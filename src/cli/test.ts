// npm test: every step a change needs, cheap first. Each step is a script of its own; the last line is `N passed, N failed`.

import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "./packages.mjs";
import { type Finished, runProgram, runTool } from "./run.ts";

interface Count {
  readonly passed: number;
  readonly failed: number;
}

interface Step {
  readonly name: string;
  readonly what: string;
  run(): Promise<Finished>;
  /** Tests in the step; one for the whole step unless told. */
  count?(finished: Finished): Count | undefined;
  /** A step without which this one tells nothing. */
  readonly needs?: string;
}

const cache = join(root, "node_modules/.cache/kubelet-captain");
const reportOf = (project: string) => join(cache, `${project}.json`);

function runVitest(project: string): Promise<Finished> {
  rmSync(reportOf(project), { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportOf(project)}`];
  return runProgram("vitest", ["run", "--project", project, ...reporters]);
}

function countVitest(project: string): Count | undefined {
  const report = JSON.parse(readFileSync(reportOf(project), "utf8")) as {
    numPassedTests: number;
    numFailedTests: number;
  };
  return { passed: report.numPassedTests, failed: report.numFailedTests };
}

function countProofs({ output }: Finished): Count | undefined {
  const last = /^(\d+) proofs, (\d+) failed$/m.exec(output);
  if (last === null) return undefined;
  return { passed: Number(last[1]) - Number(last[2]), failed: Number(last[2]) };
}

const sample = process.env.KC_LONG === "1" ? [] : ["--sample"];

const steps: readonly Step[] = [
  {
    name: "lint",
    what: "format and lint",
    run: () => runProgram("biome", ["check", "--error-on-warnings", "--diagnostic-level=warn"]),
  },
  { name: "prose", what: "words, links, commands and pictures of the lessons", run: () => runTool("prose") },
  { name: "types", what: "types, the sandbox first", run: () => runTool("types") },
  {
    name: "unit",
    what: "unit, contract and architecture tests",
    run: () => runVitest("unit"),
    count: () => countVitest("unit"),
  },
  {
    name: "hub-test",
    what: "the hub on both databases: access, broken requests, load, faults",
    run: () => runVitest("hub"),
    count: () => countVitest("hub"),
  },
  {
    name: "prove",
    what: "lessons: start, right ways, wrong ways",
    run: () => runTool("prove", sample, { output: "both" }),
    count: countProofs,
  },
  { name: "floors", what: "agreement with recordings", run: () => runTool("floors") },
  { name: "build", what: "the static site", run: () => runTool("build") },
  { name: "size", what: "byte budgets", run: () => runTool("size"), needs: "build" },
  { name: "links", what: "no dead links", run: () => runTool("links"), needs: "build" },
  { name: "e2e", what: "browser tests", run: () => runVitest("e2e"), count: () => countVitest("e2e"), needs: "build" },
  { name: "knip", what: "no dead code, no unused dependency", run: () => runProgram("knip", []) },
];

/** A step's result: its tests, or the step itself; a step that ended badly has at least one failure. */
function countStep(step: Step, finished: Finished): Count {
  let count: Count | undefined;
  try {
    count = step.count?.(finished);
  } catch {
    count = { passed: 0, failed: 1 };
  }
  const { passed, failed } = count ?? { passed: finished.status === 0 ? 1 : 0, failed: finished.status === 0 ? 0 : 1 };
  return { passed, failed: finished.status !== 0 && failed === 0 ? 1 : failed };
}

function chooseSteps(args: readonly string[]): readonly Step[] {
  const unknown = args.filter((name) => !steps.some((step) => step.name === name));
  if (unknown.length > 0) {
    console.error(`There is no step "${unknown.join(", ")}". Steps: ${steps.map((step) => step.name).join(", ")}.`);
    process.exit(2);
  }
  return args.length === 0 ? steps : steps.filter((step) => args.includes(step.name));
}

const results: { readonly step: Step; readonly count: Count; readonly seconds: number; readonly note: string }[] = [];
mkdirSync(cache, { recursive: true });
for (const step of chooseSteps(process.argv.slice(2))) {
  const blocked = results.find((result) => result.step.name === step.needs && result.count.failed > 0);
  if (blocked !== undefined) {
    results.push({ step, count: { passed: 0, failed: 1 }, seconds: 0, note: `not run: ${blocked.step.name} failed` });
    continue;
  }
  console.log(`\n── ${step.name}: ${step.what}`);
  const finished = await step.run();
  const count = countStep(step, finished);
  results.push({
    step,
    count,
    seconds: finished.seconds,
    note: count.failed > 0 ? `run it alone: npm run ${step.name}` : "",
  });
}

console.log("\n── summary");
for (const { step, count, seconds, note } of results) {
  const verdict = count.failed === 0 ? "pass" : "FAIL";
  const figures = `${String(count.passed).padStart(5)} passed ${String(count.failed).padStart(4)} failed ${seconds.toFixed(1).padStart(7)} s`;
  console.log(`${verdict}  ${step.name.padEnd(8)} ${figures}  ${note}`.trimEnd());
}
const sum = (key: keyof Count) => results.reduce((total, result) => total + result.count[key], 0);
console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") === 0 ? 0 : 1;
