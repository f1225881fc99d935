// What happens between a valid configuration and the first open port: serving settings, kubeconfig, authentication,
// reservations, runtime. Each step can end the start; the order is the kubelet's own.

import { quoteGo } from "../../../lib/yaml-go/json.ts";
import { type Output, structured } from "../../log.ts";
import type { Profile } from "../../version/profile.ts";
import { parseQuantity } from "../duration.ts";
import type { Effective } from "../effective.ts";
import { checkKubeconfig } from "./kubeconfig.ts";
import { checkResources } from "./resources.ts";
import { checkRuntime } from "./runtime.ts";
import { type Context, type HostFacts, isStandalone, type Problem, run } from "./step.ts";
import { checkServingFiles, checkTls, readBundle } from "./tls.ts";

export function checkRun(effective: Effective, profile: Profile, facts: HostFacts, log: Output[]): Problem | undefined {
  const steps = [
    checkTls,
    checkLock,
    announce,
    checkKubeconfig,
    checkAuth,
    ...(profile.minor >= 28 ? [checkRuntime, checkResources] : [checkResources, checkRuntime]),
    checkCreation,
  ];
  for (const step of steps) {
    const problem = step({
      effective,
      profile,
      facts,
      log,
      text: (path) => (effective.values[path] as string | undefined) ?? "",
      on: (path) => effective.values[path] === true,
    });
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function checkLock(c: Context): Problem | undefined {
  const flags = c.effective.flags;
  return flags["exit-on-lock-contention"] === true && !flags["lock-file"]
    ? run("cannot exit on lock file contention: no lock file specified")
    : undefined;
}

/** The first lines of a run, which a start that fails later leaves behind too. */
function announce(c: Context): undefined {
  if (!c.profile.structured) return;
  const say = (source: string, text: string) => c.log.push({ severity: "I", source, text });
  say("server.go:545", structured("Kubelet version", ["kubeletVersion", c.profile.version]));
  say("server.go:547", structured("Golang settings", ["GOGC", ""], ["GOMAXPROCS", ""], ["GOTRACEBACK", ""]));
  say("watchdog_linux.go:94", structured("Systemd watchdog is not enabled"));
  say(
    "watchdog_linux.go:137",
    structured("Systemd watchdog is not enabled or the interval is invalid, so health checking will not be started."),
  );
  if (isStandalone(c.effective)) say("server.go:710", structured("Standalone mode, no API client"));
  else if (c.on("rotateCertificates"))
    say("server.go:986", structured("Client rotation is on, will bootstrap in background"));
}

function checkAuth(c: Context): Problem | undefined {
  const file = c.text("authentication.x509.clientCAFile");
  if (c.profile.minor >= 23 && file !== "") {
    const bundle = readBundle(c.facts, file);
    if ("error" in bundle) {
      const name = quoteGo(`client-ca-bundle::${file}`);
      if (bundle.reason === "file") return run(bundle.error);
      return run(
        bundle.reason === "empty"
          ? `missing content for CA bundle ${name}`
          : `error loading CA bundle for ${name}: ${bundle.error}`,
      );
    }
  }
  if (c.profile.structured && file !== "")
    c.log.push({
      severity: "I",
      source: "dynamic_cafile_content.go:161",
      text: structured("Starting controller", ["name", `client-ca-bundle::${file}`]),
    });
  const alone = isStandalone(c.effective);
  if (c.on("authentication.webhook.enabled") && alone)
    return run("no client provided, cannot use webhook authentication");
  const mode = c.text("authorization.mode");
  if (mode === "Webhook") return alone ? run("no client provided, cannot use webhook authorization") : undefined;
  if (mode === "") return run("no authorization mode specified");
  return mode === "AlwaysAllow" ? undefined : run(`unknown authorization mode ${mode}`);
}

function checkCreation(c: Context): Problem | undefined {
  const strategy = c.text("configMapAndSecretChangeDetectionStrategy");
  if (!["Get", "Cache", "Watch"].includes(strategy))
    return run(`failed to create kubelet: unknown configmap and secret manager mode: ${strategy}`);
  const size = parseQuantity(c.text("containerLogMaxSize"));
  const logs = (inner: string): Problem =>
    run(`failed to create kubelet: failed to initialize container log manager: ${inner}`);
  const files = (c.effective.values["containerLogMaxFiles"] as number | undefined) ?? 5;
  if (files <= 1) return logs(`invalid MaxFiles ${files}, must be > 1`);
  if (typeof size === "object")
    return logs(`failed to parse container log max size ${quoteGo(c.text("containerLogMaxSize"))}: ${size.error}`);
  if (c.profile.structured) return checkServingFiles(c);
  return undefined;
}

/** protectKernelDefaults: what the kernel must already be set to. */
export const KERNEL_FLAGS: readonly (readonly [string, string])[] = [
  ["vm/overcommit_memory", "1"],
  ["kernel/panic", "10"],
  ["kernel/panic_on_oops", "1"],
];
