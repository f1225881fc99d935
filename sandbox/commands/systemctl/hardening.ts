// What the settings of a service make of it, for systemd-analyze security: namespaces, families of addresses, system calls.

import { parseBoolean } from "../../systemd/values.ts";
import { type Hardening, merge, words } from "./capabilities.ts";
import { systemCallsOf } from "./system-calls.ts";

const NAMESPACES = ["cgroup", "ipc", "net", "mnt", "pid", "user", "uts"];

/** The kinds of namespaces that it may make. */
export function namespaces(unit: Hardening): readonly string[] {
  const lines = unit.list("RestrictNamespaces");
  const truth = parseBoolean(lines.at(-1) ?? "no");
  return truth === undefined ? merge(lines, NAMESPACES) : truth ? [] : NAMESPACES;
}

/** A list of what is allowed or of what is not: the first line says which, later ones add to it or take from it. */
interface Filter {
  readonly allow: boolean;
  readonly names: ReadonlySet<string>;
}

function filter(lines: readonly string[], expand: (word: string) => readonly string[]): Filter {
  const allow = lines[0] !== undefined && !lines[0].startsWith("~");
  const names = new Set<string>();
  for (const line of lines)
    for (const name of words(line.replace(/^~/, "")).flatMap(expand))
      if (line.startsWith("~") === allow) names.delete(name);
      else names.add(name);
  return { allow, names };
}

/** Whether it may open sockets of a family: `inet`, `unix`, `netlink`, `packet`, or any `other`. */
export function opensSockets(unit: Hardening, kind: string): boolean {
  const lines = unit.list("RestrictAddressFamilies");
  const { allow, names } = filter(lines, (word) => (word === "none" ? [] : [word]));
  const kindOf = (name: string) =>
    /^AF_(?:INET6?|UNIX|NETLINK|PACKET)$/.test(name) ? name.slice(3).toLowerCase().replace("6", "") : "other";
  return [...names].some((name) => kindOf(name) === kind) === allow;
}

/** What is said of a group of system calls, and whether some of them are allowed. */
export function judgeSystemCalls(unit: Hardening, group: string): [badness: number, text: string] {
  const lines = unit.list("SystemCallFilter");
  if (lines.length === 0) return [10, "Service does not filter system calls"];
  const expand = (word: string) => {
    const name = word.replace(/:.*/, "");
    return name.startsWith("@") ? (systemCallsOf(name) ?? []) : [name];
  };
  const { allow, names } = filter(lines, expand);
  if (allow) for (const name of expand("@default")) (names as Set<string>).add(name);
  const allowed = expand(group).find((name) => names.has(name) === allow);
  const found = (allowed !== undefined) === allow ? "included" : "not included";
  const example = allowed === undefined ? "" : ` (e.g. ${allowed} is allowed)`;
  const text = `System call ${allow ? "allow" : "deny"} list defined for service, and ${group} is ${found}${example}`;
  return [allowed === undefined ? 0 : allow ? 9 : 10, text];
}

const LOCALHOST = ["127.0.0.0/8", "::1/128"];

/** What its list of addresses lets through. */
export function judgeAddresses(unit: Hardening): [badness: number, text: string] {
  const denied = words(unit.list("IPAddressDeny").join(" "));
  if (!denied.includes("any") && !["0.0.0.0/0", "::/0"].every((all) => denied.includes(all)))
    return [10, "Service does not define an IP address allow list"];
  const allowed = words(unit.list("IPAddressAllow").join(" "));
  if (allowed.length === 0) return [0, "Service blocks all IP address ranges"];
  const local = allowed.every((word) => word === "localhost" || LOCALHOST.includes(word));
  return [
    local ? 2 : 5,
    `Service defines IP address allow list with ${local ? "only localhost" : "non-localhost"} entries`,
  ];
}

/** Which devices it may use. */
export function judgeDevices(unit: Hardening): [badness: number, text: string] {
  const closed = unit.on("PrivateDevices") || unit.one("DevicePolicy", "auto") !== "auto";
  if (!closed) return [10, "Service has no device ACL"];
  const special = unit.list("DeviceAllow").map((line) => {
    const [device = "", modes = "rwm"] = words(line);
    return `${device}:${modes}`;
  });
  if (unit.on("ProtectClock")) special.push("char-rtc:r");
  if (special.length === 0) return [0, "Service has a minimal device ACL"];
  return [5, `Service has a device ACL with some special devices: ${special.reverse().join(" ")}`];
}
