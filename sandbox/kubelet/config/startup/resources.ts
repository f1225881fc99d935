// Reservations, eviction thresholds and the policies that hand out processors and memory.

import { quoteGo } from "../../../lib/yaml-go/json.ts";
import { parseDuration, parseQuantity } from "../duration.ts";
import { checkCpuList } from "../validate.ts";
import { type Context, type Problem, run } from "./step.ts";

const RESOURCES = ["cpu", "memory", "ephemeral-storage", "pid"];

function checkReserved(values: unknown, flag: string): Problem | undefined {
  const fail = (inner: string, old: string): Problem => run(`--${flag} value failed to parse: ${inner}`, old);
  for (const [name, text] of Object.entries((values ?? {}) as Record<string, string>)) {
    if (!RESOURCES.includes(name)) {
      const inner = `cannot reserve ${quoteGo(name)} resource`;
      return fail(inner, inner);
    }
    const size = parseQuantity(text);
    if (typeof size === "object")
      return fail(`failed to parse quantity ${quoteGo(text)} for ${quoteGo(name)} resource: ${size.error}`, size.error);
    if (size < 0) {
      const inner = `resource quantity for ${quoteGo(name)} cannot be negative: ${text}`;
      return fail(inner, inner);
    }
  }
  return undefined;
}

const SIGNALS = [
  "memory.available",
  "nodefs.available",
  "nodefs.inodesFree",
  "imagefs.available",
  "imagefs.inodesFree",
  "allocatableMemory.available",
  "pid.available",
  "containerfs.available",
  "containerfs.inodesFree",
];

function checkThresholds(values: unknown): string | undefined {
  for (const [signal, text] of Object.entries((values ?? {}) as Record<string, string>)) {
    if (!SIGNALS.includes(signal)) return `unsupported eviction signal ${signal}`;
    const percent = /^(.*)%$/.exec(text)?.[1];
    if (percent !== undefined) {
      const value = Number(percent);
      if (percent === "" || Number.isNaN(value))
        return `strconv.ParseFloat: parsing ${quoteGo(percent)}: invalid syntax`;
      if (value < 0) return `eviction percentage threshold ${signal} must be >= 0%: ${text}`;
      if (value > 100) return `eviction percentage threshold ${signal} must be <= 100%: ${text}`;
      continue;
    }
    const size = parseQuantity(text);
    if (typeof size === "object") return size.error;
    if (size < 0) return `eviction threshold ${signal} must be positive: ${text}`;
  }
  return undefined;
}

export function checkResources(c: Context): Problem | undefined {
  const { values } = c.effective;
  const modern = c.profile.minor >= 23;
  const cpus = checkCpuList(c.text("reservedSystemCPUs"));
  if (cpus !== undefined) return run(cpus);
  const reserved =
    checkReserved(values["kubeReserved"], "kube-reserved") ??
    checkReserved(values["systemReserved"], "system-reserved");
  if (reserved !== undefined) return reserved;
  const hard = checkThresholds(values["evictionHard"]) ?? checkThresholds(values["evictionSoft"]);
  if (hard !== undefined) return run(hard);
  const soft = checkGrace(values["evictionSoft"], values["evictionSoftGracePeriod"]);
  if (soft !== undefined) return run(soft);
  if (c.facts.swapOn && c.on("failSwapOn"))
    return run(
      "running with swap on is not supported, please disable swap or set --fail-swap-on flag to false",
      "running with swap on is not supported, please disable swap! or set --fail-swap-on flag to false.",
    );
  if (c.profile.minor >= 23 || c.text("cpuManagerPolicy") !== "none") {
    const policy = c.text("cpuManagerPolicy");
    if (policy !== "none" && policy !== "static") return run(`unknown policy: ${quoteGo(policy)}`);
    const nothing =
      Object.keys((values["kubeReserved"] ?? {}) as object).length +
        Object.keys((values["systemReserved"] ?? {}) as object).length ===
        0 && c.text("reservedSystemCPUs") === "";
    if (policy === "static" && nothing)
      return run(
        "static policy requires systemreserved.cpu + kubereserved.cpu to be greater than zero",
        "unable to determine reserved CPU resources for static policy",
      );
  }
  if (modern) {
    const memory = c.text("memoryManagerPolicy");
    if (memory !== "None" && memory !== "Static") return run(`unknown policy: ${quoteGo(memory)}`);
  }
  return undefined;
}

function checkGrace(soft: unknown, grace: unknown): string | undefined {
  const periods = (grace ?? {}) as Record<string, string>;
  for (const [signal, text] of Object.entries(periods)) {
    if (!SIGNALS.includes(signal)) return `unsupported eviction signal ${signal}`;
    const value = parseDuration(text);
    if (typeof value === "object") return value.error;
    if (value < 0n) return `invalid eviction grace period specified: ${text}, must be a positive value`;
  }
  for (const signal of Object.keys((soft ?? {}) as object))
    if (periods[signal] === undefined)
      return `grace period must be specified for the soft eviction threshold ${signal}`;
  return undefined;
}
