// Condition…= and Assert…= of units: whether they hold now.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import type { Condition, Definition } from "../definition.ts";
import { matchesPattern } from "../unit-name.ts";
import { parseBoolean, parseBytes } from "../values.ts";

const MACHINES = /^(?:kvm|qemu|vmware|microsoft|oracle|xen|bochs|uml|parallels|bhyve|amazon|google|apple)$/;

/** Whether a machine is virtual in this way: by name, as a machine or a container, or at all. */
function isVirtual(how: string, value: string): boolean {
  if (value === "vm") return MACHINES.test(how);
  if (value === "container") return how !== "none" && !MACHINES.test(how);
  return value === how || parseBoolean(value) === (how !== "none");
}

/** `>=4`, `<1G`, `2`: a figure against a bound; no sign means at least. */
function compareNumber(figure: number, text: string): boolean {
  const match = /^(<=|>=|!=|=|<|>)?\s*(.*)$/.exec(text);
  const bound = parseBytes(match?.[2] ?? "") ?? Number.NaN;
  switch (match?.[1]) {
    case "<":
      return figure < bound;
    case "<=":
      return figure <= bound;
    case ">":
      return figure > bound;
    case "=":
      return figure === bound;
    case "!=":
      return figure !== bound;
    default:
      return figure >= bound;
  }
}

/** Whether one condition holds, its `!` aside. */
export function conditionHolds(sys: Sys, key: string, value: string): boolean {
  const stat = sys.stat(value);
  switch (key.replace(/^(?:Condition|Assert)/, "")) {
    case "PathExists":
      return !isErrno(stat);
    case "PathExistsGlob": {
      const slash = value.lastIndexOf("/");
      const entries = sys.readdir(value.slice(0, slash) || "/");
      return !isErrno(entries) && entries.some((entry) => matchesPattern(entry.name, value.slice(slash + 1)));
    }
    case "PathIsDirectory":
      return !isErrno(stat) && stat.type === "directory";
    case "PathIsSymbolicLink":
      return !isErrno(sys.readlink(value));
    case "PathIsMountPoint":
      return sys.mounts().some((mount) => mount.target === value);
    case "PathIsReadWrite":
      return !isErrno(stat);
    case "DirectoryNotEmpty": {
      const entries = sys.readdir(value);
      return !isErrno(entries) && entries.length > 0;
    }
    case "FileNotEmpty":
      return !isErrno(stat) && stat.type === "file" && stat.size > 0;
    case "FileIsExecutable":
      return !isErrno(stat) && stat.type === "file" && (stat.mode & 0o111) !== 0;
    case "Host":
      return matchesPattern(sys.hostname, value) || value === sys.machine.machineId;
    case "Virtualization":
      return isVirtual(sys.machine.virtualization, value);
    case "User":
      return value === "root" || value === "0" || value === "@system";
    case "CPUs":
      return compareNumber(sys.machine.cpus, value);
    case "Memory":
      return compareNumber(sys.machine.memory * 1024, value);
    case "Environment":
      return value.includes("=")
        ? sys.env[value.slice(0, value.indexOf("="))] === value.slice(value.indexOf("=") + 1)
        : sys.env[value] !== undefined;
    case "Architecture":
      return (
        value === (sys.machine.architecture === "x86_64" ? "x86-64" : sys.machine.architecture) || value === "native"
      );
    case "KernelCommandLine":
    case "FirstBoot":
    case "NeedsUpdate":
    case "ControlGroupController":
      return false;
    default:
      return true;
  }
}

/** A condition as it stands in a unit. */
export const writtenCondition = ({ key, value, negate, trigger }: Condition): string =>
  `${key}=${trigger ? "|" : ""}${negate ? "!" : ""}${value}`;

/** The first condition that stands in the way, as written; undefined where the unit may start. */
export function failedCondition(sys: Sys, definition: Definition): string | undefined {
  let triggered: boolean | undefined;
  let lastTrigger: string | undefined;
  // PID 1 puts each in front of those before it, so the last one is looked at first.
  for (const condition of definition.conditions.toReversed()) {
    const good = conditionHolds(sys, condition.key, condition.value) !== condition.negate;
    if (condition.trigger) {
      triggered = (triggered ?? false) || good;
      lastTrigger = writtenCondition(condition);
    } else if (!good) return writtenCondition(condition);
  }
  return triggered === false ? lastTrigger : undefined;
}
