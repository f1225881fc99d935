// One setting of a service judged: whether it is used, how bad that is, and what systemd-analyze says of it.

import { boundingSet, type Hardening } from "./capabilities.ts";
import { judgeAddresses, judgeDevices, judgeSystemCalls, namespaces, opensSockets } from "./hardening.ts";
import type { Rule } from "./security-rules.ts";

/** A unit as it is judged. */
export interface Subject {
  readonly id: string;
  /** The file that its name links to. */
  readonly fragment: string | undefined;
  readonly values: (key: string) => readonly string[];
  /** Told from files alone, where PID 1 has not said what an unset setting comes to. */
  readonly offline: boolean;
}

/** How bad a setting is, of `range`; without a badness it says nothing about this service. */
export interface Finding {
  readonly badness: number | undefined;
  readonly range: number;
  readonly text: string;
}

const MANY = 10;
const EARLY: Finding = {
  badness: undefined,
  range: 1,
  text: "Service runs in special boot phase, option is not appropriate",
};

/** Settings with more than two answers: each value with its badness and what is said of it. */
const GRADES: Readonly<Record<string, Readonly<Record<string, readonly [number, string]>>>> = {
  "ProtectHome=": {
    yes: [0, "Service has no access to home directories"],
    "read-only": [5, "Service has read-only access to home directories"],
    tmpfs: [1, "Service has access to fake empty home directories"],
  },
  "ProtectSystem=": {
    strict: [0, "Service has strict read-only access to the OS file hierarchy"],
    full: [3, "Service has very limited write access to the OS file hierarchy"],
    yes: [5, "Service has limited write access to the OS file hierarchy"],
  },
};

function judgeUser(unit: Hardening): readonly [number, string] {
  if (unit.on("DynamicUser")) return [0, "Service runs under a transient non-root user identity"];
  const user = unit.one("User", "root");
  if (user === "nobody") return [9, "Service runs under as 'nobody' user, which should not be used for services"];
  return user === "root" || user === "0"
    ? [10, "Service runs as root user"]
    : [0, "Service runs under a static non-root user identity"];
}

function judgeMask(unit: Hardening): readonly [number, string] {
  const mask = Number.parseInt(unit.one("UMask", "022"), 8);
  const found = (
    [
      [0o002, 10, "world-writable"],
      [0o004, 5, "world-readable"],
      [0o020, 2, "group-writable"],
      [0o040, 1, "group-readable"],
    ] as const
  ).find(([bit]) => (mask & bit) === 0);
  return found === undefined
    ? [0, "Files created by service are accessible only by service's own user by default"]
    : [found[1], `Files created by service are ${found[2]} by default`];
}

/** Settings that give a service file systems of its own. */
function hasOwnMounts({ offline }: Subject, unit: Hardening): boolean {
  const own =
    "PrivateTmp PrivateDevices ProtectControlGroups ProtectKernelModules ProtectKernelTunables ProtectHome ProtectSystem DynamicUser";
  return (
    unit.on("PrivateMounts") ||
    (offline && unit.list("PrivateMounts").length === 0) ||
    own.split(" ").some((key) => unit.on(key)) ||
    unit.one("RootImage", "") !== ""
  );
}

/** Settings that are on or off: whether one is used. */
function isUsed(name: string, subject: Subject, unit: Hardening): boolean {
  const key = name.replace(/=.*/, "");
  const part = name.replace(/^[^=]*=~?/, "");
  switch (key) {
    case "RootDirectory":
      return unit.one("RootDirectory", "/") !== "/" || unit.one("RootImage", "/") !== "/";
    case "PrivateMounts":
      return hasOwnMounts(subject, unit);
    case "PrivateTmp":
    case "NoNewPrivileges":
    case "RestrictSUIDSGID":
    case "RemoveIPC":
      return unit.on(key) || unit.on("DynamicUser");
    case "SupplementaryGroups":
    case "AmbientCapabilities":
      return unit.list(key).join("") === "";
    case "Delegate":
      return !unit.on(key);
    case "KeyringMode":
      return unit.one(key, "private") === "private";
    case "NotifyAccess":
      return unit.one(key, "none") !== "all";
    case "ProcSubset":
      return unit.one(key, "all") === "pid";
    case "CapabilityBoundingSet": {
      const pattern = new RegExp(`^${part.replaceAll("*", ".*")}$`); // fixed pattern
      return !boundingSet(unit).some((each) => pattern.test(each));
    }
    case "RestrictNamespaces":
      return !namespaces(unit).includes(part);
    case "RestrictAddressFamilies":
      return !opensSockets(
        unit,
        part === "…"
          ? "other"
          : part
              .replace(/AF_\(?/, "")
              .replace(/\|.*/, "")
              .toLowerCase(),
      );
    default:
      return unit.on(key);
  }
}

/** Judges one setting. */
export function judge({ name, bad, good }: Rule, subject: Subject, unit: Hardening): Finding {
  const graded = ([badness, text]: readonly [number, string], range = MANY): Finding => ({ badness, range, text });
  const early = (subject.values("Unit.DefaultDependencies").at(-1) ?? "yes") === "no";
  if (early && /^(?:PrivateTmp|ProtectHome|ProtectSystem|RootDirectory)/.test(name)) return EARLY;
  const root = !unit.on("DynamicUser") && /^(?:root|0)$/.test(unit.one("User", "root"));
  if (root && name === "SupplementaryGroups=")
    return { badness: undefined, range: 1, text: "Service runs as root, option does not matter" };
  if (root && name === "RemoveIPC=")
    return { badness: undefined, range: 1, text: "Service runs as root, option does not apply" };
  if (name.startsWith("SystemCallFilter")) return graded(judgeSystemCalls(unit, name.replace(/^.*~/, "")));
  switch (name) {
    case "User=/DynamicUser=":
      return graded(judgeUser(unit));
    case "UMask=":
      return graded(judgeMask(unit));
    case "IPAddressDeny=":
      return graded(judgeAddresses(unit));
    case "DeviceAllow=":
      return graded(judgeDevices(unit));
    case "SystemCallArchitectures=": {
      const count = unit.list("SystemCallArchitectures").join(" ").trim();
      if (count === "") return graded([10, bad]);
      return graded(count === "native" ? [0, good] : [8, "Service may execute system calls with multiple ABIs"]);
    }
    case "ProtectHome=":
    case "ProtectSystem=": {
      const value = unit.one(
        name.slice(0, -1),
        unit.on("DynamicUser") ? (name === "ProtectHome=" ? "read-only" : "strict") : "no",
      );
      return graded(GRADES[name]?.[value] ?? (unit.on(name.slice(0, -1)) ? GRADES[name]?.yes : undefined) ?? [10, bad]);
    }
    case "ProtectProc=": {
      const value = unit.one("ProtectProc", "default");
      if (value === "noaccess") return graded([1, ""], 3);
      return graded(value === "default" ? [3, bad] : [0, good], 3);
    }
    default:
      return isUsed(name, subject, unit) ? graded([0, good], 1) : graded([1, bad], 1);
  }
}
