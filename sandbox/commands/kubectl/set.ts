// kubectl set: one aspect of a pod template, a binding or a selector.

import type { Task } from "../../kernel/sys.ts";
import type { KubectlCommand } from "./command.ts";
import { ENV_NAME, resourcePair } from "./create/generator.ts";
import { pathOf } from "./discovery.ts";
import { CHANGE_FLAGS, eachObject, PATCH_TYPES } from "./each.ts";
import type { Kube } from "./kube.ts";
import { dryRun, printChange } from "./print.ts";
import { fetchObjects, NEEDED, selectAny } from "./resources.ts";
import { writeQuery } from "./validate.ts";
import { at, CAUSE, clone, Fail, type Obj, q, same, sortedKeys } from "./values.ts";

function podSpec(object: Obj): Obj {
  const spec: Obj =
    object.kind === "Pod"
      ? object.spec
      : object.kind === "CronJob"
        ? at(object, "spec.jobTemplate.spec.template.spec")
        : at(object, "spec.template.spec");
  if (spec === undefined)
    throw new Fail(
      `the object is not a pod or does not have a pod template: *${/^v\d/.test(object.apiVersion) ? object.apiVersion : object.apiVersion.replace(/^.*\//, "")}.${object.kind}`,
    );
  return spec;
}

/** Reads, changes and patches every object named before the pairs. */
function* setOn(
  kube: Kube,
  resources: readonly string[],
  done: string,
  manager: string,
  work: (spec: Obj, object: Obj) => void,
  failing = "",
): Task<number> {
  const { flags } = kube;
  if (flags.on("local") && flags.list("filename").length === 0) throw new Fail(LOCAL);
  const { args: pairs, cause } = kube;
  flags.args = [...resources];
  const dry = dryRun(kube);
  const client = yield* kube.client();
  const selection = yield* selectAny(kube, { all: flags.on("all"), selector: flags.text("selector") });
  flags.args = [...pairs];
  const { items, errors } = yield* fetchObjects(kube, selection, flags.text("selector"));
  return yield* eachObject(items, errors, function* ({ resource, namespace, name }, object) {
    const changed = clone(object);
    try {
      work(changed, changed);
    } catch (error) {
      const { message } = error as Fail;
      throw /^(?:the object is|setting subjects)/.test(message)
        ? new Fail(`${resource.name}/${name} ${message}`)
        : error;
    }
    if (same(changed, object)) return;
    const body: Obj =
      changed.spec === undefined || same(changed.spec, object.spec)
        ? { subjects: changed.subjects }
        : { spec: templateOnly(changed) };
    if (cause !== undefined) body.metadata = { annotations: { [CAUSE]: cause } };
    let result = changed;
    const ask = {
      method: "PATCH",
      path: pathOf(resource, namespace, name) + writeQuery(kube, manager, dry),
      body,
      type: PATCH_TYPES.strategic,
    };
    try {
      if (dry !== "client") result = (yield* client.call(ask)).body;
    } catch (error) {
      if (failing === "") throw error;
      throw new Fail(
        `failed to patch ${failing} update to pod template${failing === "env" ? ":" : ""} ${(error as Error).message}`,
      );
    }
    yield* printChange(kube, result, done, dry);
  });
}

/** Of a changed object, only what `set` may have changed. */
function templateOnly(object: Obj): Obj {
  if (object.kind === "Pod")
    return {
      containers: object.spec.containers,
      ...(object.spec.initContainers ? { initContainers: object.spec.initContainers } : {}),
    };
  if (object.kind === "Service") return { selector: object.spec.selector };
  return object.kind === "CronJob" ? { jobTemplate: object.spec.jobTemplate } : { template: object.spec.template };
}

function splitPairs(args: readonly string[]): { resources: string[]; pairs: string[] } {
  const at = args.findIndex((arg) => arg.includes("=") || arg.endsWith("-"));
  return at < 0 ? { resources: [...args], pairs: [] } : { resources: args.slice(0, at), pairs: args.slice(at) };
}

const LOCAL =
  "you must specify resources by --filename when --local is set.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'";

/** Nothing named at all is told before anything else. */
function needResources({ flags }: Kube, words: readonly string[]): void {
  if (words.length === 0 && flags.list("filename").length === 0) throw new Fail(NEEDED);
}

const containers = (spec: Obj): Obj[] => [...(spec.containers ?? []), ...(spec.initContainers ?? [])];

function* setImage(kube: Kube): Task<number> {
  const { resources, pairs } = splitPairs(kube.args);
  needResources(kube, resources);
  if (pairs.length === 0) {
    yield* selectAny(kube);
    throw new Fail("at least one image update is required");
  }
  return yield* setOn(kube, resources, "image updated", "kubectl-set", (_, object) => {
    const spec = podSpec(object);
    for (const pair of pairs) {
      const [name = "", image = ""] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
      const found = containers(spec).filter((one) => name === "*" || one.name === name);
      if (found.length === 0) throw new Fail(`unable to find container named ${q(name)}`);
      for (const one of found) one.image = image;
    }
  });
}

function* setEnv(kube: Kube): Task<number> {
  const { flags } = kube;
  const { resources, pairs } = splitPairs([...kube.args, ...flags.list("env")]);
  if (resources.length === 0 && flags.list("filename").length === 0)
    throw new Fail("one or more resources must be specified as <resource> <name> or <resource>/<name>");
  const wrong = pairs.find((pair) => pair.includes("=") && !/^[-._a-zA-Z][-._a-zA-Z0-9]*=/.test(pair));
  if (wrong !== undefined)
    throw new Fail(`${q(wrong.slice(0, wrong.indexOf("=")))} is not a valid key name: ${ENV_NAME}`);
  const wild = flags.text("containers", "*");
  const chosen = (spec: Obj): Obj[] => (spec.containers ?? []).filter((one: Obj) => wild === "*" || one.name === wild);
  if (flags.on("list")) {
    flags.args = resources;
    const { items } = yield* fetchObjects(
      kube,
      yield* selectAny(kube, { all: flags.on("all"), selector: flags.text("selector") }),
      flags.text("selector"),
    );
    for (const { resource, object, name } of items)
      for (const one of chosen(podSpec(object as Obj))) {
        yield* kube.out(`# ${resource.kind} ${name}, container ${one.name}\n`);
        for (const env of one.env ?? [])
          yield* kube.out(
            env.valueFrom === undefined
              ? `${env.name}=${env.value ?? ""}\n`
              : `# ${env.name} from ${env.valueFrom.secretKeyRef ? `secret ${env.valueFrom.secretKeyRef.name}, key ${env.valueFrom.secretKeyRef.key}` : env.valueFrom.configMapKeyRef ? `configmap ${env.valueFrom.configMapKeyRef.name}, key ${env.valueFrom.configMapKeyRef.key}` : "field path"}\n`,
          );
      }
    return 0;
  }
  if (pairs.length === 0 && !flags.has("from")) {
    flags.args = resources;
    yield* selectAny(kube);
    return 0;
  }
  const imported = flags.has("from") ? yield* importedEnv(kube) : [];
  const work = (_: Obj, object: Obj) => {
    for (const one of chosen(podSpec(object))) {
      const env: Obj[] = [...(one.env ?? [])];
      for (const entry of imported) {
        const place = env.findIndex((each) => each.name === entry.name);
        if (place < 0) env.push(entry);
        else env[place] = entry;
      }
      for (const pair of pairs) {
        const name = pair.includes("=") ? pair.slice(0, pair.indexOf("=")) : pair.slice(0, -1);
        const place = env.findIndex((each) => each.name === name);
        if (!pair.includes("=")) {
          if (place >= 0) env[place] = { $patch: "delete", name };
          continue;
        }
        const entry = { name, value: pair.slice(pair.indexOf("=") + 1) };
        if (place < 0) env.push(entry);
        else env[place] = entry;
      }
      if (env.length > 0 || one.env !== undefined) one.env = env;
    }
  };
  return yield* setOn(kube, resources, "env updated", "kubectl-set", work, "env");
}

/** Variables that refer to the keys of --from's ConfigMap or Secret. */
function* importedEnv(kube: Kube): Task<Obj[]> {
  const { flags } = kube;
  flags.args = [flags.text("from")];
  const { items, errors } = yield* fetchObjects(kube, yield* selectAny(kube, { all: true }));
  if (errors.length > 0) throw errors[0];
  const found: Obj[] = [];
  for (const { resource, object = {}, name } of items) {
    const field = resource.kind === "Secret" ? "secretKeyRef" : "configMapKeyRef";
    if (resource.kind !== "Secret" && resource.kind !== "ConfigMap")
      throw new Fail(`unsupported resource specified in --from`);
    for (const key of sortedKeys(object.data)) {
      if (flags.has("keys") && !flags.list("keys").includes(key)) continue;
      const plain = key.toUpperCase().replace(/[^A-Z0-9_]/g, "_");
      if (plain !== key.toUpperCase()) yield* kube.err(`Warning: key ${key} transferred to ${plain}\n`);
      found.push({ name: flags.text("prefix") + plain, valueFrom: { [field]: { name, key } } });
    }
  }
  return found;
}

function* setResources(kube: Kube): Task<number> {
  const { flags } = kube;
  needResources(kube, kube.args);
  if (!flags.has("limits") && !flags.has("requests"))
    throw new Fail("you must specify an update to requests or limits (in the form of --requests/--limits)");
  const parse = (list: readonly string[]): Obj => Object.fromEntries(list.map(resourcePair));
  const [limits, requests] = [parse(flags.list("limits")), parse(flags.list("requests"))];
  const work = (_: Obj, object: Obj) => {
    const wild = flags.text("containers", "*");
    const found = (podSpec(object).containers ?? []).filter((one: Obj) => wild === "*" || one.name === wild);
    if (found.length === 0) throw new Fail(`unable to find container named ${wild}`);
    for (const one of found) {
      const now: Obj = { ...one.resources };
      if (flags.has("limits")) now.limits = { ...now.limits, ...limits };
      if (flags.has("requests")) now.requests = { ...now.requests, ...requests };
      one.resources = now;
    }
  };
  return yield* setOn(kube, kube.args, "resource requirements updated", "kubectl-set", work, "resources");
}

function* setServiceAccount(kube: Kube): Task<number> {
  const name = kube.args.at(-1);
  if (name === undefined) throw new Fail("serviceaccount is required");
  needResources(kube, kube.args.slice(1));
  return yield* setOn(kube, kube.args.slice(0, -1), "serviceaccount updated", "kubectl-set", (_, object) => {
    podSpec(object).serviceAccountName = name;
  });
}

function* setSelector(kube: Kube): Task<number> {
  const { resources, pairs } = splitPairs(kube.args);
  if (pairs.length === 0) throw new Fail("one selector is required");
  return yield* setOn(kube, resources, "selector updated", "kubectl-set", (_, object) => {
    if (object.kind !== "Service") throw new Fail("setting a selector is only supported for Services");
    object.spec.selector = Object.fromEntries(pairs.flatMap((pair) => pair.split(",")).map((pair) => pair.split("=")));
  });
}

function* setSubject(kube: Kube): Task<number> {
  const { flags } = kube;
  const apiGroup = "rbac.authorization.k8s.io";
  const added: Obj[] = [
    ...flags.list("user").map((name) => ({ kind: "User", apiGroup, name })),
    ...flags.list("group").map((name) => ({ kind: "Group", apiGroup, name })),
    ...flags.list("serviceaccount").map((text) => {
      const [namespace, name, more] = text.split(":");
      if (!namespace || !name || more !== undefined) throw new Fail("serviceaccount must be <namespace>:<name>");
      return { kind: "ServiceAccount", namespace, name };
    }),
  ];
  needResources(kube, kube.args);
  if (added.length === 0) throw new Fail("you must specify at least one value of user, group or serviceaccount");
  return yield* setOn(kube, kube.args, "subjects updated", "kubectl-set", (_, object) => {
    if (!/RoleBinding$/.test(object.kind))
      throw new Fail("setting subjects is only supported for RoleBinding/ClusterRoleBinding");
    const now: Obj[] = object.subjects ?? [];
    object.subjects = [...now, ...added.filter((one) => !now.some((other) => same(one, other)))];
  });
}

const SET = `${CHANGE_FLAGS} all! local! selector:l=`;
export const setCommand: KubectlCommand = {
  name: "set",
  short: "Set specific features on objects",
  long: "Configure application resources.\n\n These commands help you make changes to existing application resources.",
  bare: { fd: 2, code: 1 },
  sub: [
    {
      name: "env",
      short: "Update environment variables on a pod template",
      flags: `${SET} containers:c= env:e+ from= keys* list! overwrite! prefix= resolve!`,
      run: setEnv,
    },
    { name: "image", short: "Update the image of a pod template", flags: SET, run: setImage },
    {
      name: "resources",
      short: "Update resource requests/limits on objects with pod templates",
      flags: `${SET} containers:c= limits* requests*`,
      run: setResources,
    },
    { name: "selector", short: "Set the selector on a resource", flags: `${SET} resource-version=`, run: setSelector },
    {
      name: "serviceaccount",
      short: "Update the service account of a resource",
      aliases: ["sa"],
      flags: SET,
      run: setServiceAccount,
    },
    {
      name: "subject",
      short: "Update the user, group, or service account in a role binding or cluster role binding",
      flags: `${SET} group+ serviceaccount+ user+`,
      run: setSubject,
    },
  ],
};
