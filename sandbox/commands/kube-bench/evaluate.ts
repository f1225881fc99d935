// How kube-bench judges: it looks at what is written on command lines and in files, never at what a process does with it.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { readGroups, readUsers } from "../../lib/users.ts";
import { readYaml } from "../kubectl/documents.ts";
import { type Check, FILES, type FileName, type TestItem } from "./node-checks.ts";

export type State = "PASS" | "FAIL" | "WARN" | "INFO";

export interface Result {
  readonly check: Check;
  readonly state: State;
  readonly actual: string;
  readonly expected: string;
  readonly reason: string;
  readonly audit: string;
  readonly auditConfig: string;
  readonly remedy: string;
}

/** First of the places where a file is, else the usual one. */
export const locate = (sys: Sys, file: FileName): string =>
  FILES[file].find((path) => !isErrno(sys.stat(path))) ?? (FILES[file].at(-1) as string);

type Processes = ReturnType<Sys["processes"]>;

const processLine = (each: Processes[number]): string =>
  `root ${String(each.pid).padStart(11)} ${String(each.ppid).padStart(7)}  0 00:00 ?        00:00:00 ${each.argv.join(" ")}`;

/** `ps -fC NAME`: processes by the name of their program. */
function processList(sys: Sys, name: string): string {
  const lines = sys.processes().filter((each) => each.comm === name.slice(0, 15));
  return ["UID          PID    PPID  C STIME TTY          TIME CMD", ...lines.map(processLine)].join("\n");
}

/** `ps -ef | grep NAME | grep -v grep`: also the lines of others that carry the name in an argument. */
const grepList = (sys: Sys, name: string): string =>
  sys
    .processes()
    .map(processLine)
    .filter((line) => line.includes(name) && !line.includes("grep"))
    .join("\n");

/** Files that a `stat` audit means. */
function filesOf(sys: Sys, path: string): string[] {
  const below = (folder: string, end: string): string[] => {
    const entries = sys.readdir(folder);
    if (isErrno(entries)) return [];
    return entries.flatMap(({ name, type }) => [
      ...(name.endsWith(end) ? [`${folder}/${name}`] : []),
      ...(type === "directory" ? below(`${folder}/${name}`, end) : []),
    ]);
  };
  return path.split(" ").flatMap((word) => {
    const [folder = "", end] = word.split("/*");
    if (end === undefined) return [word];
    const inside = below(folder, end.replace("*", ""));
    return end === "*" ? [folder, ...inside] : inside;
  });
}

function stat(sys: Sys, path: string, what: "mode" | "owner"): string {
  const found = sys.stat(path);
  if (isErrno(found)) return `stat: cannot statx '${path}': ${found.text}`;
  return what === "mode"
    ? `permissions=${(found.mode & 0o7777).toString(8)}`
    : `${userName(sys, found.uid)}:${groupName(sys, found.gid)}`;
}

/** `provider=NAME` of the first provider in the file that the API server is started with. */
function provider(sys: Sys): string {
  const path = /--encryption-provider-config[= ](\S+)/.exec(grepList(sys, "kube-apiserver"))?.[1];
  const data = path === undefined ? undefined : sys.readFile(path);
  if (data === undefined || isErrno(data)) return "";
  const lines = decode(data).split("\n");
  const next = lines[lines.findLastIndex((line) => line.includes("providers:")) + 1] ?? "";
  return (next.match(/[A-Za-z]+/g) ?? []).map((word) => `provider=${word}`).join("\n");
}

interface Looked {
  readonly output: string;
  readonly audit: string;
  /** Settings file: its text, and what it holds. */
  readonly config?: string;
  readonly auditConfig: string;
}

function look(sys: Sys, { audit }: Check): Looked {
  if (audit.kind === "process") {
    const command = `/bin/ps -fC ${audit.of}`;
    const output = processList(sys, audit.of);
    if (audit.config === undefined) return { output, audit: command, auditConfig: "" };
    const path = locate(sys, audit.config);
    const data = sys.readFile(path);
    const auditConfig = `/bin/sh -c 'if test -e ${path}; then /bin/cat ${path}; fi' `;
    return { output, audit: command, auditConfig, ...(isErrno(data) ? {} : { config: decode(data) }) };
  }
  if (audit.kind === "grep")
    return {
      output: grepList(sys, audit.of),
      audit: `/bin/ps -ef | grep ${audit.of} | grep -v grep`,
      auditConfig: "",
    };
  if (audit.kind === "encryption")
    return { output: provider(sys), audit: "grep -A1 'providers:' $ENCRYPTION_PROVIDER_CONFIG", auditConfig: "" };
  if (audit.kind === "stat") {
    const format = audit.what === "mode" ? "permissions=%a" : "%U:%G";
    const output = filesOf(sys, audit.path).map((path) => stat(sys, path, audit.what));
    return { output: output.join("\n"), audit: `stat -c ${format} ${audit.path}`, auditConfig: "" };
  }
  let path = locate(sys, audit.file);
  if (audit.file === "kubeletcafile") {
    // Its own audit finds the file on the command line first.
    const given = /--client-ca-file=(\S+)/.exec(processList(sys, "kubelet"))?.[1];
    path = given ?? path;
  }
  const format = audit.kind === "mode" ? "permissions=%a" : "%U:%G";
  const command = `/bin/sh -c 'if test -e ${path}; then stat -c ${format} ${path}; fi' `;
  if (isErrno(sys.stat(path)))
    return { output: audit.kind === "owner" ? (audit.absent ?? "") : "", audit: command, auditConfig: "" };
  return { output: stat(sys, path, audit.kind), audit: command, auditConfig: "" };
}

const userName = (sys: Sys, uid: number): string => readUsers(sys).find((each) => each.uid === uid)?.name ?? "UNKNOWN";
const groupName = (sys: Sys, gid: number): string =>
  readGroups(sys).find((each) => each.gid === gid)?.name ?? "UNKNOWN";

/** The value behind a flag: what follows `=` or a colon; a flag that stands alone is "true". */
function flagValue(output: string, flag: string): string | undefined {
  const at = output.indexOf(flag);
  if (at < 0) return undefined;
  const rest = output.slice(at + flag.length);
  const [, value = ""] = /^(?:=|: *)*(\S*)/.exec(rest) ?? [];
  return value !== "" ? value : flag.startsWith("--") ? "true" : flag;
}

/** The value at a plain JSONPath; lists of a range are joined as kube-bench's template joins them. */
function pathValue(config: unknown, path: string): string | undefined {
  const list = /^\{range \.(\w+)\[:\]\}/.exec(path)?.[1];
  const keys = list === undefined ? path.replace(/^\{\.|\}$/g, "").split(".") : [list];
  let here = config;
  for (const key of keys) here = (here as Record<string, unknown> | null | undefined)?.[key];
  if (here === undefined || here === null || here === "") return undefined;
  if (list !== undefined) return Array.isArray(here) && here.length > 0 ? here.join(",") : undefined;
  return typeof here === "object" ? JSON.stringify(here) : String(here);
}

interface Outcome {
  readonly passed: boolean;
  readonly expected: string;
}

function compare({ op, value: wanted = "" }: TestItem, value: string, name: string): Outcome {
  switch (op) {
    case "eq": {
      const same = /^(true|false)$/i.test(value) ? value.toLowerCase() === wanted : value === wanted;
      return { passed: same, expected: `'${name}' is equal to '${wanted}'` };
    }
    case "noteq":
      return { passed: value !== wanted, expected: `'${name}' is not equal to '${wanted}'` };
    case "has":
      return { passed: value.includes(wanted), expected: `'${name}' has '${wanted}'` };
    case "nothave":
      return { passed: !value.includes(wanted), expected: `'${name}' does not have '${wanted}'` };
    case "gte":
      return { passed: Number(value) >= Number(wanted), expected: `'${name}' is greater or equal to ${wanted}` };
    case "bitmask": {
      const [bits, limit] = [Number.parseInt(value, 8), Number.parseInt(wanted, 8)];
      return {
        passed: (bits & limit) === bits,
        expected: `${name} has permissions ${value}, expected ${wanted} or more restrictive`,
      };
    }
    case "valid_elements": {
      const allowed = wanted.split(",");
      const passed = value.split(",").every((each) => allowed.includes(each));
      return { passed, expected: `'${name}' contains valid elements from '${wanted}'` };
    }
    default:
      return { passed: true, expected: `'${name}' is present` };
  }
}

function evaluate(item: TestItem, looked: Looked, config: unknown): Outcome {
  const onLine = flagValue(looked.output, item.flag);
  const inFile = onLine === undefined && item.path !== undefined ? pathValue(config, item.path) : undefined;
  const name = onLine === undefined && inFile !== undefined ? (item.path as string) : item.flag;
  const value = onLine ?? inFile;
  if (item.op === "absent") return { passed: value === undefined, expected: `'${name}' is not present` };
  if (value === undefined) return { passed: false, expected: `'${name}' is present` };
  return compare(item, value, name);
}

/** A check that somebody must do by hand. */
const byHand = (check: Check): Result => ({
  check,
  state: "WARN",
  actual: "",
  expected: "",
  reason: "Test marked as a manual test",
  audit: "",
  auditConfig: "",
  remedy: check.remedy,
});

/** One check, judged. */
export function judge(sys: Sys, check: Check): Result {
  if (check.manual === true) return byHand(check);
  const looked = look(sys, check);
  let config: unknown;
  let reason = "";
  try {
    config = looked.config === undefined ? undefined : readYaml(looked.config);
  } catch (error) {
    reason = `failed to load YAML or JSON from provided input ${JSON.stringify((looked.config ?? "").slice(0, 60))}: ${(error as Error).message}`;
  }
  // Of several files each must do; the first that does not ends it.
  const rows = check.audit.kind === "stat" ? looked.output.split("\n") : [looked.output];
  const outcomes = check.tests.map((item) => {
    const each = rows.map((output) => evaluate(item, { ...looked, output }, config));
    return each.find((one) => !one.passed) ?? (each.at(-1) as Outcome);
  });
  const passed =
    reason === "" &&
    (check.any === true ? outcomes.some((each) => each.passed) : outcomes.every((each) => each.passed));
  const file = "file" in check.audit ? check.audit.file : undefined;
  const actual =
    looked.output.includes(check.tests[0]?.flag ?? "") || looked.config === undefined ? looked.output : looked.config;
  return {
    check,
    state: passed ? "PASS" : check.scored ? "FAIL" : "WARN",
    actual: actual.trim(),
    expected: outcomes.map((each) => each.expected).join(check.any === true ? " OR " : " AND "),
    reason,
    audit: looked.audit,
    auditConfig: looked.auditConfig,
    remedy:
      reason !== ""
        ? `audit test did not run: ${reason}`
        : file === undefined
          ? check.remedy
          : check.remedy.replace(`$${file}`, locate(sys, file)),
  };
}
