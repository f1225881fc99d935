// /configz: the whole effective configuration.

import type { Task } from "../../kernel/sys.ts";
import { toJsonObject } from "../config/effective.ts";
import type { Call, Route } from "./route.ts";

function* configz({ state, response }: Call): Task {
  const { minor } = state.profile;
  const config = toJsonObject(state.effective.values, minor);
  const head = minor >= 36 ? { kind: "KubeletConfiguration", apiVersion: "kubelet.config.k8s.io/v1beta1" } : {};
  response.set("Content-Type", "application/json");
  response.set("X-Content-Type-Options", "nosniff");
  yield* response.write(JSON.stringify({ kubeletconfig: { ...head, ...config } }));
}

export const configzRoute: Route = { pattern: "/configz", handle: configz };
