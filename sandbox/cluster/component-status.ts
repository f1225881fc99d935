// componentstatuses: not kept, but asked for: whether etcd, scheduler and controller manager answer on their ports.

import type { Task } from "../kernel/sys.ts";
import { DialError, dial } from "./connect/dial.ts";
import type { KubeObject } from "./object.ts";
import type { RequestContext } from "./request.ts";
import { askEtcd } from "./storage.ts";

/** Health ports of the components on the API server's machine. */
const PORTS = { "controller-manager": 10257, scheduler: 10259 } as const;

const status = (name: string, error: string): KubeObject => ({
  kind: "ComponentStatus",
  apiVersion: "v1",
  metadata: { name },
  conditions: [{ type: "Healthy", status: error === "" ? "True" : "False", message: error === "" ? "ok" : error }],
});

/** All components. */
export function* componentStatuses({ sys, state }: RequestContext): Task<KubeObject[]> {
  const found: KubeObject[] = [];
  for (const [name, port] of Object.entries(PORTS)) {
    let error = "";
    try {
      const stream = yield* dial(sys, state, {
        scheme: "https",
        host: "127.0.0.1",
        port: String(port),
        kubelet: false,
      });
      yield* stream.close();
    } catch (failure) {
      if (!(failure instanceof DialError)) throw failure;
      error = `Get "https://127.0.0.1:${port}/healthz": ${failure.message}`;
    }
    found.push(status(name, error));
  }
  const etcd = yield* askEtcd(sys, state, { op: "range", prefix: "/registry/health" });
  found.push(status("etcd-0", etcd === undefined ? "context deadline exceeded" : ""));
  return found;
}
