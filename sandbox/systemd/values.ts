// Checking and reading the values of settings. Pure.

import { findSignal, type SignalName } from "../kernel/signal.ts";
import { isEnvAssignment, isEnvName } from "./env-file.ts";
import { exitStatusNumber } from "./exit-status.ts";
import { parseTimespan } from "./time.ts";
import type { KeyKind } from "./unit-keys.ts";

/** yes, no, true, on, 1 …; undefined where the text is no boolean. */
export function parseBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (["1", "yes", "y", "true", "t", "on"].includes(word)) return true;
  if (["0", "no", "n", "false", "f", "off"].includes(word)) return false;
  return undefined;
}

/** A size such as `512M`, `2.5G`, in bytes. */
export function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([EPTGMKB]?)$/.exec(text);
  if (match === null) return undefined;
  return Math.floor(Number(match[1]) * 1024 ** Math.max(0, " KMGTPE".indexOf(match[2] as string)));
}

/** A memory limit: bytes, a percentage or `infinity`. */
function isMemoryLimit(text: string): boolean {
  const share = /^(\d+(?:\.\d+)?)%$/.exec(text);
  return text === "infinity" || (share !== null && Number(share[1]) <= 100) || parseBytes(text) !== undefined;
}

function isResourceLimit(text: string): boolean {
  const parts = text.split(":");
  const good = (part: string) =>
    part === "infinity" || parseBytes(part) !== undefined || parseTimespan(part) !== undefined;
  return parts.length <= 2 && parts.every(good);
}

function softAboveHard(text: string): boolean {
  const [soft = "", hard] = text.split(":").map((part) => parseBytes(part) ?? Number.POSITIVE_INFINITY);
  return hard !== undefined && Number(soft) > Number(hard);
}

export function parseSignal(text: string): SignalName | undefined {
  return findSignal(text);
}

const isInteger = (text: string): boolean => /^[+-]?\d+$/.test(text);
const RANGE = "Numerical result out of range";

/** A whole number within bounds, in the words that its setting has for one that is not. */
function bounded(value: string, least: number, greatest: number, what: string, name: string): string | undefined {
  if (!isInteger(value)) return `Failed to parse ${name} '${value}', ignoring: Invalid argument`;
  return Number(value) < least || Number(value) > greatest ? `${what} out of range, ignoring: ${value}` : undefined;
}

const ACTION = /^(?:none|exit(?:-force)?|(?:reboot|poweroff|halt|soft-reboot|kexec)(?:-force|-immediate)?)$/;
const OUTPUT =
  /^(?:inherit|null|tty|journal|kmsg|syslog|journal\+console|kmsg\+console|syslog\+console|socket|fd(?::.*)?|(?:file|append|truncate):.*|file)$/;
const INPUT = /^(?:null|tty|tty-force|tty-fail|socket|data|fd(?::.*)?|file:.*)$/;
const CALENDAR =
  /[\d*]|^(?:(?:minute|hour|dai|week|month|year|annual|semi-?annual|bi-?annual|quarter)ly|(?:mon|tue|wed|thu|fri|sat|sun).*)$/i;

const NAMESPACES = /^~?(?:(?:cgroup|ipc|net|mnt|pid|user|uts)(?:\s+|$))+$/;
const CONTROLLERS = /^(?:cpu|cpuacct|cpuset|io|blkio|memory|devices|pids|bpf-[a-z-]+)$/;
const FAMILIES =
  /^~?(?:none|AF_(?:UNIX|LOCAL|INET6?|NETLINK|PACKET|BLUETOOTH|VSOCK|ALG|XDP|TIPC|KEY|CAN|APPLETALK|AX25|IPX|X25|UNSPEC|RDS|NFC|QIPCRTR|SMC|MPLS|KCM|IB|CAIF|PHONET|ROSE|RXRPC|PPPOX|LLC|IUCV|ISDN|WANPIPE|ASH|ATMPVC|ATMSVC|BRIDGE|DECnet|ECONET|ROUTE|SECURITY|SNA|NETROM|NETBEUI|IEEE802154|IRDA))$/;
const ARCHITECTURES =
  /^(?:native|x86(?:-64)?|x32|arm(?:64)?(?:-be)?|alpha|arc(?:-be)?|cris|ia64|loongarch64|m68k|mips(?:64)?(?:-le)?(?:-n32)?|nios2|parisc(?:64)?|ppc(?:64)?(?:-le)?|riscv(?:32|64)|s390x?|sh(?:64)?|sparc(?:64)?|tilegx)$/;

/** What is wrong with one word of a list; the others stay. */
export function wordProblem(key: string, word: string): string | undefined {
  switch (key) {
    case "Documentation":
      return /^(?:https?|file|info|man):/.test(word) ? undefined : `Invalid URL, ignoring: ${word}`;
    case "ReadWritePaths":
    case "ReadOnlyPaths":
    case "InaccessiblePaths":
    case "ExecPaths":
    case "NoExecPaths": {
      const path = word.replace(/^[-+]+/, "");
      return path.startsWith("/") ? undefined : `${key}= path is not absolute, ignoring: ${path}`;
    }
    case "RuntimeDirectory":
    case "StateDirectory":
    case "CacheDirectory":
    case "LogsDirectory":
    case "ConfigurationDirectory":
      if (word.startsWith("/")) return `${key}= path is absolute, ignoring: ${word}`;
      return /(?:^|\/)\.{1,2}(?:\/|$)/.test(word) ? `${key}= path is not normalized, ignoring: ${word}` : undefined;
    case "PassEnvironment":
    case "UnsetEnvironment":
      return isEnvName(word) || (key === "UnsetEnvironment" && isEnvAssignment(word))
        ? undefined
        : `Invalid environment name for ${key}, ignoring: ${word}`;
    case "RestrictAddressFamilies":
      return FAMILIES.test(word) ? undefined : `Failed to parse address family, ignoring: ${word}`;
    case "SystemCallArchitectures":
      return ARCHITECTURES.test(word)
        ? undefined
        : `Failed to parse system call architecture "${word}", ignoring: Invalid argument`;
    case "SuccessExitStatus":
    case "RestartPreventExitStatus":
    case "RestartForceExitStatus":
      return exitStatusNumber(word) === undefined && !/^\d{1,3}$/.test(word) && parseSignal(word) === undefined
        ? `Failed to parse value, ignoring: ${word}`
        : undefined;
    default:
      return undefined;
  }
}

/** Settings that have words of their own for values they do not take. */
export function ownProblem(key: string, value: string, unit: string): string | undefined {
  const failed = `Failed to parse ${key}=${value}, ignoring: `;
  switch (key) {
    case "KillMode":
      return /^(?:control-group|mixed|process|none)$/.test(value)
        ? undefined
        : `Failed to parse kill mode specification, ignoring: ${value}`;
    case "Nice":
      return bounded(value, -20, 19, "Nice priority", "nice priority");
    case "OOMScoreAdjust":
      return bounded(value, -1000, 1000, "OOM score adjust value", "the OOM score adjust value");
    case "CPUQuota":
      return /^\d+(?:\.\d+)?%$/.test(value) ? undefined : `Invalid CPU quota '${value}', ignoring.`;
    case "CPUWeight":
    case "StartupCPUWeight":
    case "IOWeight":
      if (!isInteger(value) && value !== "idle") return `${failed}Invalid argument`;
      return Number(value) < 1 || Number(value) > 10_000 ? `${failed}${RANGE}` : undefined;
    case "TasksMax":
      return /^(?:\d+[KMGT]?|\d+(?:\.\d+)?%|infinity)$/.test(value)
        ? undefined
        : `Invalid maximum tasks value '${value}', ignoring: ${/^-\d/.test(value) ? RANGE : "Invalid argument"}`;
    case "StandardInput":
      return INPUT.test(value) ? undefined : `Failed to parse input specifier, ignoring: ${value}`;
    case "StandardOutput":
    case "StandardError":
      return OUTPUT.test(value) ? undefined : `Failed to parse output specifier, ignoring: ${value}`;
    case "StartLimitAction":
    case "FailureAction":
    case "SuccessAction":
      return ACTION.test(value) ? undefined : `Failed to parse ${key}=, ignoring: ${value}`;
    case "TimeoutStartSec":
    case "TimeoutSec":
    case "JobTimeoutSec":
      return parseTimespan(value) === undefined ? `Failed to parse ${key}= parameter, ignoring: ${value}` : undefined;
    case "OnActiveSec":
    case "OnBootSec":
    case "OnStartupSec":
    case "OnUnitActiveSec":
    case "OnUnitInactiveSec":
      return parseTimespan(value) === undefined ? `Failed to parse timer value, ignoring: ${value}` : undefined;
    case "OnCalendar":
      return CALENDAR.test(value) ? undefined : `Failed to parse calendar specification, ignoring: ${value}`;
    case "ListenStream":
    case "ListenDatagram":
      if (/^\d+$/.test(value))
        return Number(value) > 65_535 ? `Failed to parse address value in '${value}', ignoring: ${RANGE}` : undefined;
      return /^(?:[/@]|[\d.]+:\d+$|\[[\da-fA-F:.]+\]:\d+|vsock)/.test(value)
        ? undefined
        : `Failed to parse address value in '${value}', ignoring: Invalid argument`;
    case "Slice":
      return /^[^\s/]+\.slice$/.test(value)
        ? undefined
        : `Failed to assign slice ${value} to unit ${unit}, ignoring: Invalid argument`;
    case "Delegate": {
      const bad = parseBoolean(value) !== undefined ? undefined : value.split(/\s+/).find((w) => !CONTROLLERS.test(w));
      return bad === undefined ? undefined : `Invalid controller name '${bad}', ignoring`;
    }
    case "RestrictNamespaces":
      return parseBoolean(value) !== undefined || NAMESPACES.test(value)
        ? undefined
        : `Failed to parse namespace type string, ignoring: ${value}`;
    case "SystemCallErrorNumber":
      return /^(?:E[A-Z0-9]{2,}|\d+|kill)$/.test(value)
        ? undefined
        : `Failed to parse error number, ignoring: ${value}`;
    default:
      return undefined;
  }
}

/** What PID 1 says about a value it does not take; undefined where the value is good. */
export function valueProblem(kind: KeyKind, key: string, value: string): string | undefined {
  const negative = /^-\d/.test(value) && ["span", "limit", "integer"].includes(kind);
  const failed = `Failed to parse ${key}=${value}, ignoring: ${negative ? RANGE : "Invalid argument"}`;
  if (kind.startsWith("one:")) return kind.slice(4).split("|").includes(value) ? undefined : failed;
  switch (kind) {
    case "bool":
      return parseBoolean(value) === undefined ? failed : undefined;
    case "span":
      return parseTimespan(value) === undefined ? failed : undefined;
    case "integer":
      return /^\d+$/.test(value) ? undefined : failed;
    case "mode":
      return /^[0-7]{1,4}$/.test(value) ? undefined : failed;
    case "signal":
      return parseSignal(value) === undefined ? failed : undefined;
    case "memory":
      return isMemoryLimit(value)
        ? undefined
        : `Invalid memory limit '${value}', ignoring: ${/^-\d/.test(value) ? RANGE : "Invalid argument"}`;
    case "limit":
      if (!isResourceLimit(value)) return failed;
      return softAboveHard(value) ? `Soft resource limit chosen higher than hard limit, ignoring: ${value}` : undefined;
    case "name":
      return /^[^:/\s][^:/]*$/.test(value) && !/^\d{11,}$/.test(value)
        ? undefined
        : `Invalid user/group name or numeric ID: ${value}`;
    default:
      return undefined;
  }
}
