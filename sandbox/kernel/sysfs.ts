// /sys as far as people look into it on a node: control groups, network interfaces, processors, and what machine this is.

import type { Kernel } from "./kernel.ts";

const CONTROLLERS = "cpuset cpu io memory hugetlb pids rdma misc";
/** Files of every control group, and those that the root lacks. */
const GROUP_FILES = ["cgroup.controllers", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads"];
const LOWER_FILES = [
  "cgroup.events",
  "cgroup.freeze",
  "cgroup.type",
  "cpu.max",
  "cpu.weight",
  "memory.current",
  "memory.events",
  "memory.high",
  "memory.max",
  "memory.min",
  "memory.peak",
  "memory.swap.max",
  "pids.current",
  "pids.max",
];

/** Whether processes of this machine are counted by control group; below another systemd they are not. */
const hasControllers = (kernel: Kernel) => kernel.state.facts.virtualization !== "systemd-nspawn";

/** Control groups that exist: those with processes, and the ones above them. */
function groups(kernel: Kernel): Set<string> {
  const found = new Set<string>([""]);
  for (const { cgroup, state } of kernel.state.processes.values()) {
    if (state === "zombie") continue;
    for (let path = cgroup; path !== "" && path !== "/"; path = path.slice(0, path.lastIndexOf("/"))) found.add(path);
  }
  return found;
}

function groupFile(kernel: Kernel, group: string, name: string): string | undefined {
  if (!GROUP_FILES.includes(name) && (group === "" || !LOWER_FILES.includes(name))) return undefined;
  const all = [...kernel.state.processes.values()].filter(
    ({ cgroup, state }) => state !== "zombie" && `${cgroup === "/" ? "" : cgroup}/`.startsWith(`${group}/`),
  );
  const own = all.filter(({ cgroup }) => (cgroup === "/" ? "" : cgroup) === group);
  const memory = all.reduce((sum, { rss }) => sum + rss, 0) * 1024;
  switch (name) {
    case "cgroup.controllers":
      return hasControllers(kernel) ? (group === "" ? CONTROLLERS : "cpu memory pids") : "";
    case "cgroup.subtree_control":
      return !hasControllers(kernel) || own.length > 0 ? "" : "cpu memory pids";
    case "cgroup.procs":
    case "cgroup.threads":
      return own.map(({ pid }) => pid).join("\n");
    case "cgroup.events":
      return `populated ${Number(all.length > 0)}\nfrozen 0`;
    case "cgroup.freeze":
    case "memory.min":
      return "0";
    case "cgroup.type":
      return "domain";
    case "cpu.max":
      return "max 100000";
    case "cpu.weight":
      return "100";
    case "memory.current":
    case "memory.peak":
      return String(memory);
    case "memory.events":
      return "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\noom_group_kill 0";
    case "pids.current":
      return String(all.reduce((sum, { threads }) => sum + threads, 0));
    default:
      return "max";
  }
}

/** Files outside the control groups, by path. */
function files(kernel: Kernel): Readonly<Record<string, string>> {
  const { cpus, virtualization } = kernel.state.facts;
  const found: Record<string, string> = {
    "class/dmi/id/product_name": "Standard PC (i440FX + PIIX, 1996)",
    "class/dmi/id/sys_vendor": "QEMU",
    "devices/system/cpu/online": `0-${cpus - 1}`,
    "devices/system/cpu/possible": `0-${cpus - 1}`,
    "devices/system/cpu/present": `0-${cpus - 1}`,
    "hypervisor/type": virtualization,
    "kernel/mm/transparent_hugepage/enabled": "[always] madvise never",
    "module/apparmor/parameters/enabled": "Y",
  };
  for (const face of kernel.state.interfaces)
    Object.assign(found, {
      [`class/net/${face.name}/address`]: face.mac,
      [`class/net/${face.name}/ifindex`]: String(face.index),
      [`class/net/${face.name}/mtu`]: String(face.mtu),
      [`class/net/${face.name}/operstate`]: face.name === "lo" ? "unknown" : face.up ? "up" : "down",
    });
  return found;
}

const GROUPS = ["fs", "cgroup"];

/** What a path below /sys is; `text` of files. */
export function lookupSys(
  kernel: Kernel,
  path: readonly string[],
): { kind: "directory" } | { kind: "file"; text: string } | undefined {
  if (path.length <= 2 && GROUPS.slice(0, path.length).join("/") === path.join("/")) return { kind: "directory" };
  if (path[0] === "fs" && path[1] === "cgroup") {
    const group = path
      .slice(2)
      .map((part) => `/${part}`)
      .join("");
    if (groups(kernel).has(group)) return { kind: "directory" };
    const above = group.slice(0, group.lastIndexOf("/"));
    const text = groups(kernel).has(above) ? groupFile(kernel, above, path.at(-1) ?? "") : undefined;
    return text === undefined ? undefined : { kind: "file", text: text === "" ? "" : `${text}\n` };
  }
  const all = files(kernel);
  const text = all[path.join("/")];
  if (text !== undefined) return { kind: "file", text: `${text}\n` };
  return Object.keys(all).some((key) => key.startsWith(`${path.join("/")}/`)) ? { kind: "directory" } : undefined;
}

/** Names in a folder below /sys. */
export function listSys(kernel: Kernel, path: readonly string[]): { name: string; type: "file" | "directory" }[] {
  if (path[0] === "fs" && path[1] === "cgroup") {
    const group = path
      .slice(2)
      .map((part) => `/${part}`)
      .join("");
    const below = [...groups(kernel)].filter(
      (each) => each !== group && each.slice(0, each.lastIndexOf("/")) === group,
    );
    return [
      ...[...GROUP_FILES, ...(group === "" ? [] : LOWER_FILES)].map((name) => ({ name, type: "file" as const })),
      ...below.map((each) => ({ name: each.slice(each.lastIndexOf("/") + 1), type: "directory" as const })),
    ];
  }
  if (path.join("/") === "fs") return [{ name: "cgroup", type: "directory" }];
  const prefix = path.length === 0 ? "" : `${path.join("/")}/`;
  const names = new Map<string, "file" | "directory">(path.length === 0 ? [["fs", "directory"]] : []);
  for (const key of Object.keys(files(kernel))) {
    if (!key.startsWith(prefix)) continue;
    const [name = "", more] = key.slice(prefix.length).split("/");
    names.set(name, more === undefined ? "file" : "directory");
  }
  return [...names].map(([name, type]) => ({ name, type }));
}
