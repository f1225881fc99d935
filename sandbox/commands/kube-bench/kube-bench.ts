// kube-bench 0.12: the CIS benchmark of a worker, read off processes and files, with its report in lines or as JSON.

import { isErrno } from "../../kernel/errno.ts";
import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import { type Flags, parseFlags, parseSpecs } from "../kubectl/flags.ts";
import { Fail } from "../kubectl/values.ts";
import { judge, type Result, type State } from "./evaluate.ts";
import { type Group, NODE_GROUPS } from "./node-checks.ts";

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

/** The checks that flags choose, judged. */
function runChecks(sys: Sys, flags: Flags, benchmark: string): Judged[] {
  const words = (name: string): string[] =>
    flags
      .text(name)
      .split(",")
      .filter((each) => each !== "");
  const [ids, groups, skipped] = [words("check"), words("group"), words("skip")];
  if (ids.length > 0 && groups.length > 0) throw new Fail("group option and check option can't be used together");
  return NODE_GROUPS.map((group) => ({
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
  })).filter(({ results }) => results.length > 0);
}

const title = ({ check }: Result): string => `${check.id} ${check.text} (${check.scored ? "Automated" : "Manual"})`;

/** The report in lines. Only the state in brackets and the headings have a colour, and only on a terminal. */
function report(sys: Sys, flags: Flags, judged: readonly Judged[]): string {
  const paint = (state: State, text: string): string =>
    sys.isatty(1) ? `\x1b[${COLOURS[state]}m${text}\x1b[0m` : text;
  const line = (state: State, text: string): string => `${paint(state, `[${state}] `)}${text}\n`;
  const all = judged.flatMap(({ results }) => results);
  let text = "";
  if (!flags.on("noresults")) {
    text += line("INFO", "4 Worker Node Security Configuration");
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
  const open = all.filter(({ state }) => state === "FAIL" || state === "WARN");
  if (!flags.on("noremediations") && open.length > 0) {
    text += `${paint("WARN", "== Remediations node ==")}\n`;
    for (const { check, remedy } of open) text += `${check.id} ${remedy}\n\n`;
    text += "\n";
  }
  const worst = count(all, "FAIL") > 0 ? "FAIL" : count(all, "WARN") > 0 ? "WARN" : "PASS";
  const sums = STATES.map((state) => `${count(all, state)} checks ${state}\n`).join("");
  if (!flags.on("nosummary")) text += `${paint(worst, "== Summary node ==")}\n${sums}\n`;
  if (!flags.on("nototals")) text += `${paint(worst, "== Summary total ==")}\n${sums}\n`;
  return text;
}

/** The report as kube-bench's JSON: one line. */
function reportJson(flags: Flags, judged: readonly Judged[], benchmark: string, detected: string): string {
  const totals = (results: readonly Result[]) => ({
    total_pass: count(results, "PASS"),
    total_fail: count(results, "FAIL"),
    total_warn: count(results, "WARN"),
    total_info: count(results, "INFO"),
  });
  const all = judged.flatMap(({ results }) => results);
  const controls = [
    {
      id: "4",
      version: benchmark,
      detected_version: detected,
      text: "Worker Node Security Configuration",
      node_type: "node",
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
          type: "",
          remediation: each.remedy,
          test_info: [each.remedy],
          status: each.state,
          actual_value: each.actual,
          scored: each.check.scored,
          IsMultiple: false,
          expected_result: each.expected,
          ...(each.reason === "" ? {} : { reason: each.reason }),
        })),
      })),
      ...totals(all),
    },
  ];
  return `${JSON.stringify(flags.on("nototals") ? controls : { Controls: controls, Totals: totals(all) })}\n`;
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
  const targets = command === "node" || command === "master" ? [command] : flags.list("targets");
  for (const target of targets) {
    if (!["master", "node", "controlplane", "etcd", "policies"].includes(target))
      throw new Fail(
        `The specified --targets "${targets.join(",")}" are not configured for the CIS Benchmark ${flags.text("benchmark", "cis-1.12")}\n Valid targets [master node controlplane etcd policies]`,
      );
    if (target !== "node") throw new Fail(`kube-bench: the target ${target} is not modelled in this sandbox`, 2);
  }
  if (!sys.processes().some((each) => each.comm === "kubelet")) {
    yield* sys.write(
      1,
      "\n\nThe following \"worker node\" programs have been searched, but none of them have been found:\n\t- hyperkube kubelet\n\t- kubelet\n\n\nThese program names are provided in the config.yaml, section 'node.kubelet.bins'\n\n",
    );
    throw new Fail('unable to detect running programs for component "kubelet"');
  }
  const detected = flags.text("version") || ((yield* detectVersion(sys)) ?? "");
  const benchmark = flags.text("benchmark") || benchmarkOf(detected);
  if (!BENCHMARKS.includes(benchmark))
    throw new Fail(`kube-bench: the benchmark ${benchmark} is not modelled in this sandbox`, 2);
  const judged = runChecks(sys, flags, benchmark);
  const file = flags.text("outputfile");
  if (flags.on("json") && file !== "") {
    const failed = sys.writeFile(file, encode(reportJson(flags, judged, benchmark, detected)));
    if (isErrno(failed))
      throw new Fail(`Failed to write to output file ${file}: open ${file}: ${failed.text.toLowerCase()}`);
  } else {
    yield* sys.write(1, flags.on("json") ? reportJson(flags, judged, benchmark, detected) : report(sys, flags, judged));
  }
  const failed = judged.some(({ results }) => results.some(({ state }) => state === "FAIL"));
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
