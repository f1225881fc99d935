// kube-bench 0.12: the CIS benchmark of workers and control planes, read off processes and files, with its report in lines or as JSON.

import { isErrno } from "../../kernel/errno.ts";
import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import { type Flags, parseFlags, parseSpecs } from "../kubectl/flags.ts";
import { Fail } from "../kubectl/values.ts";
import { CONTROL_PLANE } from "./control-plane-checks.ts";
import { judge, type Result, type State } from "./evaluate.ts";
import { type Control, type Group, NODE } from "./node-checks.ts";

const SPECS = parseSpecs(
  "targets:s* json! junit! noresults! nosummary! noremediations! nototals! scored!true unscored!true skip= include-test-output! outputfile= check:c= group:g= config= config-dir:D= version= benchmark= exit-code# pgsql! asff! v:v#0 logtostderr! alsologtostderr! help:h!",
);
const COLOURS: Readonly<Record<State, number>> = { PASS: 32, FAIL: 31, WARN: 33, INFO: 34 };
const BENCHMARKS = ["cis-1.10", "cis-1.11", "cis-1.12"];

/** The version that the kubelet's own program tells: which benchmark fits is decided by it. */
function* detectVersion(sys: Sys): Task<string | undefined> {
  const path = sys.processes().find((each) => each.comm === "kubelet")?.argv[0] ?? "";
  const pipe = sys.pipe();
  const pid = sys.spawn({ path, argv: [path, "--version"], fds: { 0: 0, 1: pipe.write, 2: 2 } });
  sys.close(pipe.write);
  const said = yield* sys.read(pipe.read);
  sys.close(pipe.read);
  if (isErrno(pid)) return undefined;
  yield* sys.waitpid(pid);
  return isErrno(said) ? undefined : /v(\d+\.\d+)/.exec(decode(said))?.[1];
}

/** The benchmark for a version of Kubernetes: the newest that is mapped, for versions later than all of them. */
function benchmarkOf(version: string): string {
  const minor = Number(/^1\.(\d+)/.exec(version)?.[1] ?? 36);
  if (minor >= 32) return "cis-1.12";
  if (minor >= 29) return "cis-1.11";
  if (minor === 28) return "cis-1.10";
  throw new Fail(`kube-bench: the benchmark for version ${version} is not modelled in this sandbox`, 2);
}

const count = (results: readonly Result[], state: State): number =>
  results.filter((each) => each.state === state).length;
const STATES: readonly State[] = ["PASS", "FAIL", "WARN", "INFO"];

interface Judged {
  readonly group: Group;
  readonly results: readonly Result[];
}

/** One target's results. */
interface Section {
  readonly control: Control;
  readonly judged: readonly Judged[];
}

const resultsOf = (judged: readonly Judged[]): Result[] => judged.flatMap(({ results }) => results);

/** The checks of a target that flags choose, judged. */
function runChecks(sys: Sys, flags: Flags, control: Control, benchmark: string): Judged[] {
  const words = (name: string): string[] =>
    flags
      .text(name)
      .split(",")
      .filter((each) => each !== "");
  const [ids, groups, skipped] = [words("check"), words("group"), words("skip")];
  if (ids.length > 0 && groups.length > 0) throw new Fail("group option and check option can't be used together");
  return control.groups
    .map((group) => ({
      group,
      results: group.checks
        .filter((check) => check.only === undefined || check.only.includes(benchmark))
        .filter(
          (check) => (ids.length === 0 || ids.includes(check.id)) && (groups.length === 0 || groups.includes(group.id)),
        )
        .filter((check) => (check.scored ? flags.on("scored", true) : flags.on("unscored", true)))
        .map((check) => {
          const result = judge(sys, check);
          const skip = skipped.some((each) => each === check.id || each === group.id);
          return skip ? { ...result, state: "INFO" as const, reason: "" } : result;
        }),
    }))
    .filter(({ results }) => results.length > 0);
}

const title = ({ check }: Result): string => `${check.id} ${check.text} (${check.scored ? "Automated" : "Manual"})`;

/** The report in lines. Only the state in brackets and the headings have a colour, and only on a terminal. */
function report(sys: Sys, flags: Flags, sections: readonly Section[]): string {
  const paint = (state: State, text: string): string =>
    sys.isatty(1) ? `\x1b[${COLOURS[state]}m${text}\x1b[0m` : text;
  const line = (state: State, text: string): string => `${paint(state, `[${state}] `)}${text}\n`;
  const summary = (name: string, all: readonly Result[]): string => {
    const worst = count(all, "FAIL") > 0 ? "FAIL" : count(all, "WARN") > 0 ? "WARN" : "PASS";
    const sums = STATES.map((state) => `${count(all, state)} checks ${state}\n`).join("");
    return `${paint(worst, `== Summary ${name} ==`)}\n${sums}\n`;
  };
  let text = "";
  for (const { control, judged } of sections) {
    if (!flags.on("noresults")) {
      text += line("INFO", `${control.id} ${control.text}`);
      for (const { group, results } of judged) {
        text += line("INFO", `${group.id} ${group.text}`);
        for (const result of results) {
          text += line(result.state, title(result));
          if (flags.on("include-test-output") && result.state === "FAIL" && result.actual !== "")
            text += result.actual
              .split("\n")
              .map((each) => `\t ${each}\n`)
              .join("");
        }
      }
      text += "\n";
    }
    const all = resultsOf(judged);
    const open = all.filter(({ state }) => state === "FAIL" || state === "WARN");
    if (!flags.on("noremediations") && open.length > 0) {
      text += `${paint("WARN", `== Remediations ${control.target} ==`)}\n`;
      for (const { check, remedy } of open) text += `${check.id} ${remedy}\n\n`;
      text += "\n";
    }
    if (!flags.on("nosummary")) text += summary(control.target, all);
  }
  if (!flags.on("nototals"))
    text += summary(
      "total",
      sections.flatMap(({ judged }) => resultsOf(judged)),
    );
  return text;
}

const totals = (results: readonly Result[]) => ({
  total_pass: count(results, "PASS"),
  total_fail: count(results, "FAIL"),
  total_warn: count(results, "WARN"),
  total_info: count(results, "INFO"),
});

/** The report as kube-bench's JSON: one line. */
function reportJson(flags: Flags, sections: readonly Section[], benchmark: string, detected: string): string {
  const controls = sections.map(({ control, judged }) => ({
    id: control.id,
    version: benchmark,
    detected_version: detected,
    text: control.text,
    node_type: control.target,
    tests: judged.map(({ group, results }) => ({
      section: group.id,
      type: "",
      pass: count(results, "PASS"),
      fail: count(results, "FAIL"),
      warn: count(results, "WARN"),
      info: count(results, "INFO"),
      desc: group.text,
      results: results.map((each) => ({
        test_number: each.check.id,
        test_desc: title(each).slice(each.check.id.length + 1),
        audit: each.audit,
        AuditEnv: "",
        AuditConfig: each.auditConfig,
        type: each.check.manual === true ? "manual" : "",
        remediation: each.remedy,
        test_info: [each.remedy],
        status: each.state,
        actual_value: each.actual,
        scored: each.check.scored,
        IsMultiple: each.check.audit.kind === "stat",
        expected_result: each.expected,
        ...(each.reason === "" ? {} : { reason: each.reason }),
      })),
    })),
    ...totals(resultsOf(judged)),
  }));
  const all = sections.flatMap(({ judged }) => resultsOf(judged));
  return `${JSON.stringify(flags.on("nototals") ? controls : { Controls: controls, Totals: totals(all) })}\n`;
}

/** Programs that a target's checks are about, by the names that kube-bench looks for. */
const PROGRAMS: Readonly<Record<string, readonly (readonly [component: string, ...bins: string[]])[]>> = {
  master: [
    [
      "apiserver",
      "kube-apiserver",
      "hyperkube apiserver",
      "hyperkube kube-apiserver",
      "apiserver",
      "openshift start master api",
      "hypershift openshift-kube-apiserver",
    ],
    ["scheduler", "kube-scheduler", "hyperkube scheduler", "hyperkube kube-scheduler", "scheduler"],
    [
      "controllermanager",
      "kube-controller-manager",
      "kube-controller",
      "hyperkube controller-manager",
      "hyperkube kube-controller-manager",
      "controller-manager",
    ],
  ],
  etcd: [["etcd", "etcd", "openshift start etcd"]],
  node: [["kubelet", "kubelet", "hyperkube kubelet"]],
};
const ROLES: Readonly<Record<string, string>> = { node: "worker node", etcd: "etcd node" };

/** The component of a target that does not run. */
function missing(sys: Sys, target: string): readonly string[] | undefined {
  const running = new Set(sys.processes().map((each) => each.comm));
  return (PROGRAMS[target === "controlplane" ? "master" : target] ?? []).find(
    ([, ...bins]) => !bins.some((bin) => running.has(bin.slice(0, 15))),
  );
}

function* complainMissing(sys: Sys, target: string, [component = "", ...bins]: readonly string[]): Task<never> {
  const type = target === "node" || target === "etcd" ? target : "master";
  const list = (target === "node" ? [...bins].reverse() : bins).map((bin) => `\t- ${bin}\n`).join("");
  yield* sys.write(
    1,
    `\n\nThe following "${ROLES[target] ?? "master node"}" programs have been searched, but none of them have been found:\n${list}\n\nThese program names are provided in the config.yaml, section '${type}.${component}.bins'\n\n`,
  );
  throw new Fail(`unable to detect running programs for component "${component}"`);
}

const CONTROLS: readonly Control[] = [...CONTROL_PLANE, NODE];
const TARGETS = ["master", "node", "controlplane", "etcd", "policies"];

/** The targets that are asked for; without any, those whose programs run here. */
function chooseTargets(sys: Sys, flags: Flags, command: string): string[] {
  const named = command === "node" || command === "master" ? [command] : flags.list("targets");
  if (named.length === 0)
    return CONTROLS.map(({ target }) => target).filter(
      (target) => target === "node" || missing(sys, target) === undefined,
    );
  const targets = named.map((name) => name.toLowerCase().replaceAll("worker", "node"));
  for (const target of targets) {
    if (!TARGETS.includes(target))
      throw new Fail(
        `The specified --targets "${named.join(",")}" are not configured for the CIS Benchmark ${flags.text("benchmark", "cis-1.12")}\n Valid targets [${TARGETS.join(" ")}]`,
      );
    if (target === "policies") throw new Fail("kube-bench: the target policies is not modelled in this sandbox", 2);
  }
  return targets;
}

const HELP = `This tool runs the CIS Kubernetes Benchmark (https://www.cisecurity.org/benchmark/kubernetes/)

Usage:
  kube-bench [flags]
  kube-bench [command]

Available Commands:
  run         Run tests
  version     Shows the version of kube-bench.

Flags:
      --benchmark string      The benchmark to use: cis-1.10, cis-1.11 or cis-1.12
  -c, --check string          Checks to run, with commas between them, as 4.2.1,4.2.2
  -g, --group string          Groups of checks to run, as 4.1,4.2
      --exit-code int         Exit status where a check fails
      --include-test-output   Print the audit's output of checks that fail
      --json                  Print the results as JSON
      --noremediations        Leave the remedies out
      --noresults             Leave the results out
      --nosummary             Leave the summary out
      --nototals              Leave the totals out
      --scored                Run the scored checks (default true)
      --outputfile string     Write the JSON into this file
  -s, --targets strings       Targets: master, controlplane, etcd, node; without it, those that run here
      --skip string           Checks or groups that are shown as INFO
      --unscored              Run the unscored checks (default true)
      --version string        Kubernetes version to take the benchmark for
`;

function* run(sys: Sys, argv: readonly string[]): Task<number> {
  let flags: Flags;
  try {
    flags = parseFlags(argv.slice(1), SPECS, "kube-bench");
  } catch (error) {
    throw error instanceof Fail ? new Fail(error.message.split("\n")[0] as string) : error;
  }
  const [command = ""] = flags.args;
  if (flags.on("help") || command === "help") {
    yield* sys.write(1, HELP);
    return 0;
  }
  if (command === "version") {
    yield* sys.write(1, "0.12.0\n");
    return 0;
  }
  if (!["", "run", "node", "master"].includes(command))
    throw new Fail(`unknown command ${JSON.stringify(command)} for "kube-bench"`);
  for (const name of ["config-dir", "config", "junit", "pgsql", "asff"])
    if (flags.has(name)) throw new Fail(`kube-bench: --${name} is not modelled in this sandbox`, 2);
  const targets = chooseTargets(sys, flags, command);
  for (const target of targets) {
    const without = missing(sys, target);
    if (without !== undefined) yield* complainMissing(sys, target, without);
  }
  const detected = flags.text("version") || ((yield* detectVersion(sys)) ?? "");
  const benchmark = flags.text("benchmark") || benchmarkOf(detected);
  if (!BENCHMARKS.includes(benchmark))
    throw new Fail(`kube-bench: the benchmark ${benchmark} is not modelled in this sandbox`, 2);
  if (benchmark !== "cis-1.12" && targets.some((target) => target !== "node"))
    throw new Fail(`kube-bench: of ${benchmark} only the target node is modelled in this sandbox`, 2);
  const some = flags.has("check") || flags.has("group");
  const sections = targets
    .map((target): Section => {
      const control = CONTROLS.find((each) => each.target === target) as Control;
      return { control, judged: runChecks(sys, flags, control, benchmark) };
    })
    .filter(({ judged }) => !some || targets.length === 1 || judged.length > 0);
  const file = flags.text("outputfile");
  if (flags.on("json") && file !== "") {
    const failed = sys.writeFile(file, encode(reportJson(flags, sections, benchmark, detected)));
    if (isErrno(failed))
      throw new Fail(`Failed to write to output file ${file}: open ${file}: ${failed.text.toLowerCase()}`);
  } else {
    yield* sys.write(
      1,
      flags.on("json") ? reportJson(flags, sections, benchmark, detected) : report(sys, flags, sections),
    );
  }
  if (!some && targets.length > 1 && !flags.has("targets"))
    yield* sys.write(2, "kube-bench: the target policies is not modelled in this sandbox\n");
  const failed = sections.some(({ judged }) => resultsOf(judged).some(({ state }) => state === "FAIL"));
  return failed ? flags.number("exit-code", 0) : 0;
}

export const kubeBench: Program = {
  name: "kube-bench",
  *main(sys, argv) {
    try {
      return yield* run(sys, argv);
    } catch (error) {
      if (!(error instanceof Fail)) throw error;
      yield* sys.write(2, `${error.message}\n`);
      return error.code;
    }
  },
};
