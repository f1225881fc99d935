// kubectl apply: what is missing is made, what differs is patched, what is the same is left.

import type { Task } from "../../kernel/sys.ts";
import { formatCompact, formatIndented, formatYaml } from "../../lib/yaml-go/emit.ts";
import { klogHeader, StatusError } from "./client.ts";
import { groupVersion, pathOf, type Resource } from "./discovery.ts";
import { prefixed, throwAll } from "./errors.ts";
import { isReason, type Kube } from "./kube.ts";
import { dryRun, printChange } from "./print.ts";
import {
  checkName,
  fetchObjects,
  type Item,
  isSelected,
  listCollection,
  NEEDED,
  readFiles,
  refuseKustomize,
  selectAny,
  subject,
} from "./resources.ts";
import { threeWay } from "./three-way.ts";
import { checkCascade, checkObject, unversioned, validation, writeQuery } from "./validate.ts";
import { CAUSE, clone, Fail, nameOf, namespaceOf, type Obj, q } from "./values.ts";

export const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
export const APPLY_FLAGS =
  "all! allow-missing-template-keys! cascade?background dry-run?unchanged field-manager= filename:f* force! force-conflicts! grace-period#-1 kustomize:k= openapi-patch! output:o= overwrite! prune! prune-allowlist+ recursive:R! selector:l= server-side! show-managed-fields! subresource= template= timeout@0s validate?strict wait!";

/** How an object is named in long messages. */
export function describeInfo(resource: Resource, object: Obj): string {
  return `Resource: ${q(subject(resource))}, GroupVersionKind: ${q(`${resource.group}/${resource.version}, Kind=${resource.kind}`)}\nName: ${q(nameOf(object))}, Namespace: ${q(namespaceOf(object))}`;
}

/** The object with the annotation that tells what was applied. */
function withLastApplied(object: Obj): Obj {
  const made = clone(object);
  const metadata: Obj = made.metadata ?? {};
  made.metadata = metadata;
  const annotations: Obj = { ...metadata.annotations };
  delete annotations[LAST_APPLIED];
  metadata.annotations = annotations;
  const text = `${formatCompact(made)}\n`;
  metadata.annotations = { ...annotations, [LAST_APPLIED]: text };
  return made;
}

export function* apply(kube: Kube): Task<number> {
  const { flags } = kube;
  const files = flags.list("filename");
  if (kube.args.length > 0) throw kube.usage(`Unexpected args: [${kube.args.join(" ")}]`);
  if (flags.has("kustomize") && files.length > 0) throw new Fail("only one of -f or -k can be specified");
  if (flags.has("kustomize")) throw refuseKustomize(kube, flags.text("kustomize"));
  if (files.length === 0) throw new Fail("must specify one of -f and -k");
  if (flags.on("prune")) {
    if (flags.on("all") && flags.has("selector")) throw new Fail("cannot set --all and --selector at the same time");
    if (!flags.on("all") && !flags.has("selector"))
      throw new Fail(
        "all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector",
      );
  }
  checkCascade(flags);
  const dry = dryRun(kube);
  if (flags.on("force-conflicts") && !flags.on("server-side"))
    throw new Fail("--force-conflicts only works with --server-side");
  if (flags.on("server-side") && dry === "client")
    throw new Fail("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
  if (flags.on("force") && flags.on("server-side")) throw new Fail("--force cannot be used with --server-side");
  if (flags.on("force") && dry === "server") throw new Fail("--dry-run=server cannot be used with --force");
  const validate = validation(kube);
  // A server that cannot check fields is told of before any object is looked up.
  const { items: all, errors } = yield* readFiles(kube, files, (object, source) =>
    checkObject(kube, object, source, validate),
  );
  const pruned = flags.on("prune") ? yield* prunedKinds(kube) : [];
  const items = all.filter(({ object }) => isSelected(object, flags.text("selector")));
  const { cause } = kube;
  for (const { object = {} } of cause === undefined ? [] : items)
    object.metadata = { ...object.metadata, annotations: { ...object.metadata?.annotations, [CAUSE]: cause } };
  for (const item of items) {
    try {
      if (flags.on("server-side")) yield* applyServerSide(kube, item, dry, validate);
      else yield* applyOne(kube, item, dry, validate);
    } catch (error) {
      errors.push(error);
    }
  }
  throwAll(errors);
  if (items.length === 0) throw new Fail("no objects passed to apply");
  if (flags.on("prune")) yield* prune(kube, items, pruned, dry);
  return 0;
}

/** The kinds that --prune looks at, unless --prune-allowlist names others. */
const PRUNED =
  "core/v1/ConfigMap core/v1/Endpoints core/v1/PersistentVolumeClaim core/v1/Pod core/v1/ReplicationController core/v1/Secret core/v1/Service batch/v1/Job batch/v1/CronJob networking.k8s.io/v1/Ingress apps/v1/DaemonSet apps/v1/Deployment apps/v1/ReplicaSet apps/v1/StatefulSet core/v1/Namespace core/v1/PersistentVolume";

function* prunedKinds(kube: Kube): Task<Resource[]> {
  const listed = kube.flags.list("prune-allowlist");
  const kinds = yield* kube.discovery();
  const found: Resource[] = [];
  for (const text of listed.length > 0 ? listed : PRUNED.split(" ")) {
    const [group = "", version = "", kind = ""] = text.split("/");
    if (kind === "") throw new Fail(`invalid GroupVersionKind format: ${text}, please follow <group/version/kind>`);
    const api = group === "core" ? version : `${group}/${version}`;
    const resource = yield* kinds.ofKind(api, kind);
    if (resource === undefined) throw new Fail(`no matches for kind ${q(kind)} in version ${q(api)}`);
    found.push(resource);
  }
  return found;
}

/** Deletes what was applied once and is not among what was applied now, in the same name spaces. */
function* prune(kube: Kube, applied: readonly Item[], kinds: readonly Resource[], dry: string): Task {
  const { flags } = kube;
  const client = yield* kube.client();
  const kept = new Set(applied.map(({ resource, namespace, name }) => pathOf(resource, namespace, name)));
  const spaces = [...new Set(applied.map(({ namespace }) => namespace).filter((space) => space !== ""))];
  if (!flags.has("prune-allowlist"))
    yield* kube.err(
      `${klogHeader(kube.sys, "W", "prune.go:71")}Deprecated: kubectl apply will no longer prune non-namespaced resources by default when used with the --namespace flag in a future release. To preserve the current behaviour, list the resources you want to target explicitly in the --prune-allowlist flag.\n`,
    );
  for (const resource of kinds) {
    for (const namespace of resource.namespaced ? spaces : [""]) {
      const list = yield* listCollection(
        client,
        { resource, namespace, name: "" },
        { selector: flags.text("selector") },
      );
      for (const object of (list.items ?? []) as Obj[]) {
        const path = pathOf(resource, namespace, nameOf(object));
        if (object.metadata.annotations?.[LAST_APPLIED] === undefined || kept.has(path)) continue;
        if (dry !== "client")
          yield* client.call({
            method: "DELETE",
            path: path + (dry === "server" ? "?dryRun=All" : ""),
            body: { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: "Background" },
          });
        yield* printChange(kube, { ...object, apiVersion: groupVersion(resource), kind: resource.kind }, "pruned", dry);
      }
    }
  }
}

function* applyOne(
  kube: Kube,
  { resource, namespace, name, object = {}, source = "" }: Item,
  dry: string,
  validate: string,
): Task {
  const client = yield* kube.client();
  const stem = object.metadata?.generateName;
  if (name === "" && stem) throw new Fail(`from ${stem}: cannot use generate name with apply`);
  const modified = withLastApplied(object);
  let current: Obj | undefined;
  try {
    if (name === "") throw new Fail("resource name may not be empty");
    current = (yield* client.call({ path: pathOf(resource, namespace, name) })).body;
  } catch (error) {
    if (!isReason(error, "NotFound"))
      throw prefixed(
        error,
        `error when retrieving current configuration of:\n${describeInfo(resource, object)}\nfrom server for: ${q(source)}: `,
      );
  }
  if (current === undefined) {
    let made = modified;
    try {
      if (dry !== "client")
        made = (yield* client.call({
          method: "POST",
          path: pathOf(resource, namespace) + writeQuery(kube, "kubectl-client-side-apply", dry, validate),
          body: unversioned(modified),
        })).body;
    } catch (error) {
      throw prefixed(error, `error when creating ${q(source)}: `);
    }
    return yield* printChange(kube, made, "created", dry);
  }
  const text = current.metadata?.annotations?.[LAST_APPLIED];
  if (text === undefined)
    yield* kube.err(
      `Warning: resource ${resource.name}/${name} is missing the ${LAST_APPLIED} annotation which is required by ${kube.path} apply. ${kube.path} apply should only be used on resources created declaratively by either ${kube.path} create --save-config or ${kube.path} apply. The missing annotation will be patched automatically.\n`
        .replaceAll("kubectl apply apply", "kubectl apply")
        .replaceAll("kubectl apply create", "kubectl create"),
    );
  let original: Obj | undefined;
  try {
    original = text === undefined ? undefined : (JSON.parse(text) as Obj);
  } catch {
    original = undefined;
  }
  const patch = threeWay(original, modified, current);
  if (patch === undefined) return yield* printChange(kube, current, "unchanged", dry);
  let result = current;
  if (dry !== "client") {
    try {
      const path = pathOf(resource, namespace, name) + writeQuery(kube, "kubectl-client-side-apply", dry, validate);
      result = (yield* client.call({
        method: "PATCH",
        path,
        body: patch,
        type: "application/strategic-merge-patch+json",
      })).body;
    } catch (error) {
      if (
        kube.flags.on("force") &&
        error instanceof StatusError &&
        (error.reason === "Invalid" || error.reason === "Conflict")
      )
        result = yield* recreate(kube, resource, namespace, name, modified, validate);
      else
        throw prefixed(
          error,
          `error when applying patch:\n${formatCompact(patch)}\nto:\n${describeInfo(resource, current)}\nfor: ${q(source)}: error when patching ${q(source)}: `,
        );
    }
  }
  yield* printChange(kube, result, "configured", dry);
}

/** --force: the object is deleted and made anew. */
function* recreate(
  kube: Kube,
  resource: Resource,
  namespace: string,
  name: string,
  object: Obj,
  validate: string,
): Task<Obj> {
  const client = yield* kube.client();
  yield* client.call({
    method: "DELETE",
    path: pathOf(resource, namespace, name),
    body: { kind: "DeleteOptions", apiVersion: "v1", gracePeriodSeconds: 0 },
  });
  for (let i = 0; i < 120; i++) {
    const answer = yield* client.ask({ path: pathOf(resource, namespace, name) });
    if (answer.status === 404) break;
    yield* kube.sys.sleep(500);
  }
  return (yield* client.call({
    method: "POST",
    path: pathOf(resource, namespace) + writeQuery(kube, "kubectl-client-side-apply", "", validate),
    body: unversioned(object),
  })).body;
}

function* applyServerSide(kube: Kube, item: Item, dry: string, validate: string): Task {
  const { resource, namespace, name, object = {} } = item;
  checkName(item);
  const client = yield* kube.client();
  const { flags } = kube;
  const query = [
    dry === "server" ? "dryRun=All" : "",
    `fieldManager=${flags.text("field-manager", "kubectl")}`,
    `fieldValidation=${validate}`,
    `force=${flags.on("force-conflicts")}`,
  ]
    .filter((part) => part !== "")
    .join("&");
  const body: Obj = { ...object, apiVersion: groupVersion(resource), kind: resource.kind };
  try {
    const done = (yield* client.call({
      method: "PATCH",
      path: `${pathOf(resource, namespace, name)}?${query}`,
      raw: formatYaml(body),
      type: "application/apply-patch+yaml",
    })).body;
    yield* printChange(kube, done, "serverside-applied", dry);
  } catch (error) {
    if (!isReason(error, "Conflict")) throw error;
    throw new Fail(
      `${error.message}\nPlease review the fields above--they currently have other managers. Here\nare the ways you can resolve this warning:\n* If you intend to manage all of these fields, please re-run the apply\n  command with the \`--force-conflicts\` flag.\n* If you do not intend to manage all of the fields, please edit your\n  manifest to remove references to the fields that should keep their\n  current managers.\n* You may co-own fields by updating your manifest to match the existing\n  value; in this case, you'll become the manager if the other manager(s)\n  stop managing the field (remove it from their configuration).\nSee https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`,
    );
  }
}

// --- what was applied ---

/** kubectl apply view-last-applied: the annotation of objects, as YAML or JSON. */
export function* viewLastApplied(kube: Kube): Task<number> {
  const { flags } = kube;
  const format = flags.text("output", "yaml");
  if (format !== "yaml" && format !== "json")
    throw kube.usage(`Unexpected -o output mode: ${format}, the flag 'output' must be one of yaml|json`);
  const selector = flags.text("selector");
  const { items, errors } = yield* fetchObjects(
    kube,
    yield* selectAny(kube, { all: flags.on("all"), selector }),
    selector,
  );
  for (const { object } of items) {
    const text = object?.metadata?.annotations?.[LAST_APPLIED];
    if (text === undefined) continue;
    const value: unknown = JSON.parse(text);
    yield* kube.out(format === "json" ? `${formatIndented(value, "  ", false)}\n` : formatYaml(value));
  }
  throwAll(errors);
  return 0;
}

/** kubectl apply set-last-applied: the annotation takes over what files say. */
export function* setLastApplied(kube: Kube): Task<number> {
  const { flags } = kube;
  if (flags.list("filename").length === 0) throw new Fail(NEEDED);
  const dry = dryRun(kube);
  const client = yield* kube.client();
  const { items, errors } = yield* readFiles(kube, flags.list("filename"));
  throwAll(errors);
  for (const { resource, namespace, name, object = {} } of items) {
    const path = pathOf(resource, namespace, name);
    const live: Obj = yield* client.get(path);
    const old = live.metadata?.annotations?.[LAST_APPLIED];
    if (old === undefined && !flags.on("create-annotation"))
      throw new Fail(
        `no last-applied-configuration annotation found on resource: ${name}, to create the annotation, run the command with --create-annotation`,
      );
    const wanted = withLastApplied(object).metadata.annotations[LAST_APPLIED];
    if (old === wanted) {
      yield* kube.out(`set-last-applied ${name}: no changes required.\n`);
      continue;
    }
    let done = live;
    if (dry !== "client")
      done = (yield* client.call({
        method: "PATCH",
        path: path + writeQuery(kube, "kubectl-client-side-apply", dry),
        body: { metadata: { annotations: { [LAST_APPLIED]: wanted } } },
        type: "application/merge-patch+json",
      })).body;
    yield* printChange(kube, done, "configured", dry);
  }
  return 0;
}
