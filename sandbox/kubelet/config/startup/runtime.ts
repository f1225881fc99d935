// The container runtime and the image service must answer before the kubelet is made.

import { quoteGo } from "../../../lib/yaml-go/json.ts";
import { type Context, type Problem, run } from "./step.ts";

export function checkRuntime(c: Context): Problem | undefined {
  const { minor } = c.profile;
  const endpoint = String(
    (minor >= 27 ? c.effective.values["containerRuntimeEndpoint"] : c.effective.flags["container-runtime-endpoint"]) ??
      "",
  );
  const image = String(
    (minor >= 27 ? c.effective.values["imageServiceEndpoint"] : c.effective.flags["image-service-endpoint"]) ?? "",
  );
  if (minor < 24) {
    const runtime = c.effective.flags["container-runtime"] ?? "docker";
    if (runtime === "docker")
      return run(
        "failed to get docker version: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
      );
    if (runtime !== "remote") return run(`unsupported CRI runtime: ${quoteGo(String(runtime))}`);
  }
  for (const [address, kind] of [
    [endpoint, "runtime"],
    [image || endpoint, "image"],
  ] as const) {
    if (minor < 27 && kind === "image") continue;
    const path = address.replace(/^unix:\/\//, "");
    if (minor < 27 && !address.startsWith("unix://"))
      for (let i = 0; i < 2; i++)
        c.log.push({
          severity: "W",
          source: "util_unix.go:103",
          text: `Using ${quoteGo(address)} as endpoint is deprecated, please consider using full url format ${quoteGo(`unix://${address}`)}.`,
        });
    const refused = c.facts.dial(path);
    if (refused === undefined) continue;
    if (minor < 27)
      return run(
        `failed to create kubelet: get remote runtime typed version failed: rpc error: code = Unavailable desc = connection error: desc = ${quoteGo(`transport: Error while dialing ${refused}`)}`,
      );
    c.log.push({
      severity: "I",
      source: "logging.go:55",
      text: `[core] [Channel #1 SubChannel #2] grpc: addrConn.createTransport failed to connect to {Addr: ${quoteGo(path)}, ServerName: "localhost", }. Err: connection error: desc = ${quoteGo(`transport: Error while dialing: ${refused}`)}`,
    });
    const shown = address.startsWith("unix://") ? address : `unix://${address}`;
    return run(
      `validate service connection: validate CRI v1 ${kind} API for endpoint ${quoteGo(shown)}: rpc error: code = Unavailable desc = connection error: desc = ${quoteGo(`transport: Error while dialing: ${refused}`)}`,
    );
  }
  return undefined;
}
