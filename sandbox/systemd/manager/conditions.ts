// Condition…= and Assert…= of units: whether they hold now.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import type { Condition, Definition } from "../definition.ts";
import { matchesPattern } from "../unit-name.ts";
import { parseBoolean } from "../values.ts";

function holds(sys: Sys, key: string, value: string): boolean {
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
      return value === sys.machine.virtualization || value === "vm" || parseBoolean(value) === true;
    case "User":
      return value === "root" || value === "0" || value === "@system";
    case "KernelCommandLine":
    case "FirstBoot":
    case "NeedsUpdate":
    case "ControlGroupController":
      return false;
    default:
      return true;
  }
}

const written = ({ key, value, negate, trigger }: Condition): string =>
  `${key}=${trigger ? "|" : ""}${negate ? "!" : ""}${value}`;

/** The first condition that stands in the way, as written; undefined where the unit may start. */
export function failedCondition(sys: Sys, definition: Definition): string | undefined {
  let triggered: boolean | undefined;
  let lastTrigger: string | undefined;
  // PID 1 puts each in front of those before it, so the last one is looked at first.
  for (const condition of definition.conditions.toReversed()) {
    const good = holds(sys, condition.key, condition.value) !== condition.negate;
    if (condition.trigger) {
      triggered = (triggered ?? false) || good;
      lastTrigger = written(condition);
    } else if (!good) return written(condition);
  }
  return triggered === false ? lastTrigger : undefined;
}
