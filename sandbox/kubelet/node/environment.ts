// The environment of a container: values, fields, keys of ConfigMaps and Secrets, $(NAME) put in, the API server's service.

import type { Sys, Task } from "../../kernel/sys.ts";
import type { KubeletState, Pod } from "../state.ts";
import { list, record, type Stored } from "./manifest.ts";
import { fieldOf, readObject } from "./volumes.ts";

/** $(NAME) becomes the value, $$ a dollar; unknown names stay. */
export function expand(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$(\$|\(([^)]*)\))/g, (whole, what: string, name: string | undefined) =>
    what === "$" ? "$" : name !== undefined && Object.hasOwn(values, name) ? (values[name] as string) : whole,
  );
}

/** Where pods find the API server: the first address of kubeadm's service network. */
const SERVICE = "10.96.0.1";
const serviceVariables: Readonly<Record<string, string>> = {
  KUBERNETES_SERVICE_HOST: SERVICE,
  KUBERNETES_SERVICE_PORT: "443",
  KUBERNETES_SERVICE_PORT_HTTPS: "443",
  KUBERNETES_PORT: `tcp://${SERVICE}:443`,
  KUBERNETES_PORT_443_TCP: `tcp://${SERVICE}:443`,
  KUBERNETES_PORT_443_TCP_PROTO: "tcp",
  KUBERNETES_PORT_443_TCP_PORT: "443",
  KUBERNETES_PORT_443_TCP_ADDR: SERVICE,
};

/** A container's variables in order; `wrong` is a CreateContainerConfigError. */
export function* environmentOf(
  sys: Sys,
  state: KubeletState,
  pod: Pod,
  container: Stored,
): Task<{ name: string; value: string }[] | { readonly wrong: string }> {
  const values: Record<string, string> = {};
  const services = pod.source === "api" ? serviceVariables : {};
  for (const from of list(container.envFrom)) {
    const secret = from.secretRef !== undefined;
    const ref = record(from[secret ? "secretRef" : "configMapRef"]);
    const data = yield* readObject(sys, state, pod, secret ? "secrets" : "configmaps", String(ref.name));
    if (!("missing" in data))
      for (const [key, value] of Object.entries(data)) values[`${String(from.prefix ?? "")}${key}`] = value as string;
    else if (ref.optional !== true) return { wrong: data.missing as string };
  }
  for (const entry of list(container.env)) {
    const name = String(entry.name);
    const from = record(entry.valueFrom);
    if (entry.valueFrom === undefined) {
      values[name] = expand(String(entry.value ?? ""), { ...services, ...values });
      continue;
    }
    if (from.fieldRef !== undefined) {
      values[name] = fieldOf(state, pod, String(record(from.fieldRef).fieldPath)) ?? "";
      continue;
    }
    const secret = from.secretKeyRef !== undefined;
    const ref = record(from[secret ? "secretKeyRef" : "configMapKeyRef"]);
    if (ref.key === undefined) continue;
    const object = String(ref.name);
    const data = yield* readObject(sys, state, pod, secret ? "secrets" : "configmaps", object);
    const value = "missing" in data ? undefined : (data as Record<string, string>)[String(ref.key)];
    if (value !== undefined) values[name] = value;
    else if (ref.optional !== true)
      return {
        wrong:
          "missing" in data
            ? (data.missing as string)
            : `couldn't find key ${String(ref.key)} in ${secret ? "Secret" : "ConfigMap"} ${pod.namespace}/${object}`,
      };
  }
  // The container's own come first; what names a service stands behind them and never hides one.
  return Object.entries({ ...values, ...services, ...values }).map(([name, value]) => ({ name, value }));
}
