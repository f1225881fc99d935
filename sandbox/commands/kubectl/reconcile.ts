// kubectl auth reconcile: roles and bindings get what a file says they must have, and lose nothing unless told to.

import type { Task } from "../../kernel/sys.ts";
import { type PolicyRule, uncovered } from "../../lib/kube/policy-rules.ts";
import { pathOf } from "./discovery.ts";
import { isReason, type Kube } from "./kube.ts";
import { dryRun, printChange } from "./print.ts";
import { type Item, readFiles } from "./resources.ts";
import { Fail, type Obj, same } from "./values.ts";

export const RECONCILE_FLAGS =
  "dry-run?unchanged filename:f* kustomize:k= output:o= recursive:R! remove-extra-permissions! remove-extra-subjects!";

const RULE = ["verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"] as const;
const SUBJECT = ["kind", "apiGroup", "name", "namespace"] as const;
const PROTECTED = "rbac.authorization.kubernetes.io/autoupdate";

/** What `wanted` allows or names and `held` does not. */
function missing(key: "rules" | "subjects", held: readonly Obj[], wanted: readonly Obj[]): Obj[] {
  return key === "rules"
    ? uncovered(held as PolicyRule[], wanted as PolicyRule[])
    : wanted.filter((one) => !held.some((other) => same(one, other)));
}

/** fmt's %+v of the struct. */
const shown = (key: "rules" | "subjects", one: Obj): string =>
  `{${(key === "rules" ? RULE : SUBJECT)
    .map((field) => {
      const name = field === "apiGroups" ? "APIGroups" : field === "apiGroup" ? "APIGroup" : field;
      return `${name[0]?.toUpperCase()}${name.slice(1)}:${key === "rules" ? `[${(one[field] ?? []).join(" ")}]` : (one[field] ?? "")}`;
    })
    .join(" ")}}`;

function* reconcileOne(kube: Kube, { resource, namespace, name, object = {} }: Item): Task {
  const client = yield* kube.client();
  const key = resource.kind.endsWith("Binding") ? "subjects" : "rules";
  const remove = kube.flags.on(key === "rules" ? "remove-extra-permissions" : "remove-extra-subjects");
  const path = pathOf(resource, namespace);
  const wanted: Obj[] = object[key] ?? [];
  let live: Obj | undefined;
  try {
    live = yield* client.get(`${path}/${name}`);
  } catch (error) {
    if (!isReason(error, "NotFound")) throw error;
  }
  const held: Obj[] = live?.[key] ?? [];
  const again = live !== undefined && key === "subjects" && !same(live.roleRef, object.roleRef);
  const lacking = live === undefined ? wanted : missing(key, held, wanted);
  const extra = missing(key, wanted, held);
  const change = again || live === undefined || lacking.length > 0 || (remove && extra.length > 0);
  const guarded = live?.metadata?.annotations?.[PROTECTED] === "false";
  let made = live ?? object;
  if (change && !guarded) {
    made = again || live === undefined ? object : { ...live, [key]: remove ? wanted : [...held, ...lacking] };
    if (dryRun(kube) === "") {
      if (again) yield* client.call({ method: "DELETE", path: `${path}/${name}` });
      made = (yield* client.call(
        again || live === undefined
          ? { method: "POST", path, body: object }
          : { method: "PUT", path: `${path}/${name}`, body: made },
      )).body;
    }
  }
  yield* printChange(kube, made, "reconciled", dryRun(kube));
  if (!change) return;
  const opted = guarded ? `, but object opted out (${PROTECTED}: false)` : "";
  const tell = (head: string, list: readonly Obj[]): string =>
    list.length === 0 ? "" : `\t${head}:\n${list.map((one) => `\t\t${shown(key, one)}\n`).join("")}`;
  yield* kube.err(
    `\treconciliation required ${again ? "recreate" : live === undefined ? "create" : "update"}${opted}\n` +
      tell(`missing ${key} added`, lacking) +
      (remove ? tell(`extra ${key} removed`, extra) : ""),
  );
}

export function* reconcile(kube: Kube): Task<number> {
  const files = kube.flags.list("filename");
  if (files.length === 0) throw new Fail("must specify one of -f and -k");
  if (kube.args.length > 0) throw new Fail("no arguments are allowed");
  if (dryRun(kube) === "server") throw new Fail("--dry-run=server for command reconcile is not supported yet");
  const { items, errors } = yield* readFiles(kube, files);
  if (errors.length > 0) throw errors[0];
  for (const item of items) if (item.resource.group === "rbac.authorization.k8s.io") yield* reconcileOne(kube, item);
  return 0;
}
