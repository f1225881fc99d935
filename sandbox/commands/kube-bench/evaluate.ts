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

/** `ps -fC NAME`: processes by the name of their program. */
function processList(sys: Sys, name: string): string {
  const lines = sys
    .processes()
    .filter((each) => each.comm === name.slice(0, 15))
    .map(
      (each) =>
        `root ${String(each.pid).padStart(11)} ${String(each.ppid).padStart(7)}  0 00:00 ?        00:00:00 ${each.argv.join(" ")}`,
    );
  return ["UID          PID    PPID  C STIME TTY          TIME CMD", ...lines].join("\n");
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
  let path = locate(sys, audit.file);
  if (audit.file === "kubeletcafile") {
    // Its own audit finds the file on the command line first.
    const given = /--client-ca-file=(\S+)/.exec(processList(sys, "kubelet"))?.[1];
    path = given ?? path;
  }
  const stat = sys.stat(path);
  const format = audit.kind === "mode" ? "permissions=%a" : "%U:%G";
  const command = `/bin/sh -c 'if test -e ${path}; then stat -c ${format} ${path}; fi' `;
  if (isErrno(stat))
    return { output: audit.kind === "owner" ? (audit.absent ?? "") : "", audit: command, auditConfig: "" };
  const output =
    audit.kind === "mode"
      ? `permissions=${(stat.mode & 0o7777).toString(8)}`
      : `${userName(sys, stat.uid)}:${groupName(sys, stat.gid)}`;
  return { output, audit: command, auditConfig: "" };
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

/** One check, judged. */
export function judge(sys: Sys, check: Check): Result {
  const looked = look(sys, check);
  let config: unknown;
  let reason = "";
  try {
    config = looked.config === undefined ? undefined : readYaml(looked.config);
  } catch (error) {
    reason = `failed to load YAML or JSON from provided input ${JSON.stringify((looked.config ?? "").slice(0, 60))}: ${(error as Error).message}`;
  }
  const outcomes = check.tests.map((item) => evaluate(item, looked, config));
  const passed =
    reason === "" &&
    (check.any === true ? outcomes.some((each) => each.passed) : outcomes.every((each) => each.passed));
  const file = check.audit.kind === "process" ? undefined : check.audit.file;
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
