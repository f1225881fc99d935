// The lines that every start writes, by version, in order. Only those that a real node prints, not those of one odd host.

import { isStandalone } from "../config/startup/step.ts";
import { type LogLine, structured } from "../log.ts";
import type { KubeletState } from "../state.ts";

const info = (source: string, text: string): LogLine => ({ severity: "I", source, text });

/** Before ports open. */
export function startLines(state: KubeletState): LogLine[] {
  return state.profile.structured ? modernLines(state) : oldLines(state);
}

function modernLines(state: KubeletState): LogLine[] {
  const { values } = state.effective;
  const alone = isStandalone(state.effective);
  const manifests = values.staticPodPath;
  const lines: (LogLine | undefined)[] = [
    alone
      ? info("server.go:598", structured("No api server defined - no events will be sent to API server"))
      : undefined,
    info(
      "server.go:1449",
      structured("Using cgroup driver setting received from the CRI runtime", ["cgroupDriver", "systemd"]),
    ),
    info(
      "server.go:809",
      structured("--cgroups-per-qos enabled, but --cgroup-root was not specified.  Defaulting to /"),
    ),
    info(
      "topology_manager.go:172",
      structured(`Creating topology manager with ${String(values.topologyManagerPolicy)} policy`),
    ),
    info("container_manager_linux.go:312", structured("Creating device plugin manager")),
    alone ? undefined : info("kubelet.go:496", structured("Attempting to sync node with API server")),
    manifests ? info("kubelet.go:397", structured("Adding static pod path", ["path", String(manifests)])) : undefined,
    alone ? undefined : info("kubelet.go:408", structured("Adding apiserver pod source")),
    info(
      "kuberuntime_manager.go:308",
      structured(
        "Container runtime initialized",
        ["containerRuntime", "containerd"],
        ["version", "v2.1.4"],
        ["apiVersion", "v1"],
      ),
    ),
    info("server.go:1286", structured("Started kubelet")),
  ];
  return lines.filter((line) => line !== undefined);
}

function oldLines(state: KubeletState): LogLine[] {
  const { values } = state.effective;
  const alone = isStandalone(state.effective);
  const ca = values["authentication.x509.clientCAFile"];
  const manifests = values.staticPodPath;
  const warn = (source: string, text: string): LogLine => ({ severity: "W", source, text });
  const lines: (LogLine | undefined)[] = [
    info("server.go:416", `Version: ${state.profile.version}`),
    alone ? warn("server.go:473", "No api server defined - no events will be sent to API server.") : undefined,
    ca ? info("dynamic_cafile_content.go:167", `Starting client-ca-bundle::${String(ca)}`) : undefined,
    info("server.go:645", "--cgroups-per-qos enabled, but --cgroup-root was not specified.  defaulting to /"),
    info(
      "topology_manager.go:120",
      `[topologymanager] Creating topology manager with ${String(values.topologyManagerPolicy)} policy per ${String(values.topologyManagerScope)} scope`,
    ),
    manifests ? info("kubelet.go:262", `Adding pod path: ${String(manifests)}`) : undefined,
    alone ? undefined : info("kubelet.go:273", "Watching apiserver"),
    info("kuberuntime_manager.go:216", "Container runtime containerd initialized, version: v2.1.4, apiVersion: v1"),
    alone ? warn("kubelet.go:1379", "No api server defined - no node status update will be sent.") : undefined,
    info("server.go:1176", "Started kubelet"),
  ];
  return lines.filter((line) => line !== undefined);
}

/** Behind the ports. */
export function servingLines(state: KubeletState): LogLine[] {
  const alone = isStandalone(state.effective);
  if (state.profile.structured)
    return [
      info(
        "status_manager.go:277",
        structured(
          alone
            ? "Kubernetes client is nil, not starting status manager"
            : "Starting to sync pod status with apiserver",
        ),
      ),
      info("kubelet.go:2637", structured("Starting kubelet main sync loop")),
      {
        severity: "E",
        source: "kubelet.go:2661",
        text: structured("Skipping pod synchronization", [
          "err",
          "[container runtime status check may not have completed yet, PLEG is not healthy: pleg has yet to be successful]",
        ]),
      },
      info("volume_manager.go:310", structured("Starting Kubelet Volume Manager")),
      info("plugin_manager.go:121", structured("Starting Kubelet Plugin Manager")),
    ];
  return [
    info(
      "status_manager.go:158",
      alone ? "Kubernetes client is nil, not starting status manager." : "Starting to sync pod status with apiserver",
    ),
    info("kubelet.go:1802", "Starting kubelet main sync loop."),
    {
      severity: "E",
      source: "kubelet.go:1826",
      text: "skipping pod synchronization - [container runtime status check may not have completed yet, PLEG is not healthy: pleg has yet to be successful]",
    },
    info("volume_manager.go:271", "Starting Kubelet Volume Manager"),
    {
      severity: "W",
      source: "manager.go:594",
      text: 'Failed to retrieve checkpoint for "kubelet_internal_checkpoint": checkpoint is not found',
    },
    info("plugin_manager.go:114", "Starting Kubelet Plugin Manager"),
    {
      severity: "W",
      source: "helpers.go:786",
      text: "eviction manager: no observation found for eviction signal allocatableMemory.available",
    },
  ];
}
