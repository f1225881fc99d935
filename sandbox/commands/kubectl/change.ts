// patch, replace, scale, set, expose, autoscale and certificate: one change to one object.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import type { KubectlCommand } from "./command.ts";
import { fullName, pathOf } from "./discovery.ts";
import { readYaml } from "./documents.ts";
import { prefixed, Several } from "./errors.ts";
import type { Kube } from "./kube.ts";
import { selectorText } from "./pods.ts";
import { dryRun, printChange } from "./print.ts";
import { fetchObjects, type Item, readFiles, selectAny } from "./resources.ts";
import { checkObject, unversioned, validation, writeQuery } from "./validate.ts";
import { at, clone, Fail, type Obj, q, same } from "./values.ts";

const COMMON =
  "allow-missing-template-keys! dry-run?unchanged field-manager= filename:f* kustomize:k= output:o= recursive:R! show-managed-fields! template=";
export const PATCH_FLAGS = `${COMMON} local! patch:p= patch-file= subresource= type=strategic`;
export const REPLACE_FLAGS = `${COMMON} cascade?background force! grace-period#-1 raw= save-config! subresource= timeout@ validate?strict wait!`;
export const SCALE_FLAGS = `${COMMON} all! current-replicas#-1 replicas# resource-version= selector:l= timeout@0s`;

const TYPES: Readonly<Record<string, string>> = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
};

/** Every object of the command line, changed one after another; what fails with one does not stop the others. */
function* eachObject(
  _kube: Kube,
  items: readonly Item[],
  errors: unknown[],
  work: (item: Item, object: Obj) => Task,
): Task<number> {
  for (const item of items) {
    try {
      yield* work(item, item.object as Obj);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors.length === 1 ? errors[0] : new Several(errors);
  return 0;
}

export function* patch(kube: Kube): Task<number> {
  const { flags } = kube;
  const type = flags.text("type", "strategic").toLowerCase();
  if (flags.text("patch") === "" && flags.text("patch-file") === "")
    throw new Fail("must specify --patch or --patch-file containing the contents of the patch");
  if (flags.has("patch") && flags.has("patch-file")) throw new Fail("cannot specify --patch and --patch-file together");
  if (!(type in TYPES)) throw kube.usage(`--type must be one of [json merge strategic], not ${q(type)}`);
  let text = flags.text("patch");
  if (flags.has("patch-file")) {
    const bytes = kube.sys.readFile(flags.text("patch-file"));
    if (isErrno(bytes))
      throw new Fail(`unable to read patch file: open ${flags.text("patch-file")}: ${bytes.text.toLowerCase()}`);
    text = decode(bytes);
  }
  let body: unknown;
  try {
    body = readYaml(text);
  } catch (error) {
    throw new Fail(`unable to parse ${q(text)}: ${(error as Error).message}`);
  }
  const dry = dryRun(kube);
  const client = yield* kube.client();
  const sub = flags.text("subresource");
  const selection = yield* selectAny(kube);
  const items: Item[] = [];
  const errors: unknown[] = [];
  for (const item of selection.items) {
    try {
      const object = (yield* client.call({
        path: pathOf(item.resource, item.namespace, item.name, sub),
        resource: fullName(item.resource),
        name: item.name,
      })).body;
      items.push({ ...item, object });
    } catch (error) {
      errors.push(error);
    }
  }
  return yield* eachObject(kube, items, errors, function* ({ resource, namespace, name }, object) {
    let result = object;
    if (dry !== "client")
      result = (yield* client.call({
        method: "PATCH",
        path: pathOf(resource, namespace, name, sub) + writeQuery("kubectl-patch", dry),
        body,
        type: TYPES[type] as string,
      })).body;
    yield* printChange(kube, result, same(result, object) ? "patched (no change)" : "patched", dry);
  });
}

export function* replace(kube: Kube): Task<number> {
  const { flags } = kube;
  const files = flags.list("filename");
  if (flags.has("raw")) throw new Fail("--raw is not modelled in this sandbox", 2);
  if (files.length === 0) throw kube.usage("must specify --filename to replace");
  const dry = dryRun(kube);
  const validate = validation(kube);
  const client = yield* kube.client();
  const { items, errors } = yield* readFiles(kube, files, (object, source) =>
    checkObject(kube, object, source, validate),
  );
  if (flags.on("force")) {
    for (const { resource, namespace, name } of items) {
      const path = pathOf(resource, namespace, name);
      const answer = yield* client.ask({
        method: "DELETE",
        path,
        body: {
          kind: "DeleteOptions",
          apiVersion: "v1",
          propagationPolicy: "Background",
          ...(flags.number("grace-period", -1) >= 0 ? { gracePeriodSeconds: flags.number("grace-period", 0) } : {}),
        },
      });
      if (answer.status === 404) continue;
      yield* kube.out(
        `${resource.kind.toLowerCase()}${resource.group === "" ? "" : `.${resource.group}`} ${q(name)} deleted${namespace === "" ? "" : ` from ${namespace} namespace`}\n`,
      );
      for (let i = 0; i < 400 && (yield* client.ask({ path })).status !== 404; i++) yield* kube.sys.sleep(250);
    }
  }
  return yield* eachObject(kube, items, errors, function* ({ resource, namespace, name, source }, object) {
    const path = pathOf(resource, namespace, flags.on("force") ? "" : name);
    let result = object;
    try {
      if (dry !== "client") {
        const body = clone(object);
        if (!flags.on("force") && at(body, "metadata.resourceVersion") === undefined) {
          const live = (yield* client.call({ path })).body;
          body.metadata = { ...body.metadata, resourceVersion: live.metadata.resourceVersion };
        }
        result = (yield* client.call({
          method: flags.on("force") ? "POST" : "PUT",
          path: path + writeQuery("kubectl-replace", dry, validate),
          body: flags.on("force") ? unversioned(body) : body,
        })).body;
      }
    } catch (error) {
      throw prefixed(error, `error when replacing ${q(source ?? "")}: `);
    }
    yield* printChange(kube, result, "replaced", dry);
  });
}

export function* scale(kube: Kube): Task<number> {
  const { flags } = kube;
  if (!flags.has("replicas")) throw new Fail('required flag(s) "replicas" not set');
  if (flags.number("replicas", 0) < 0)
    throw new Fail(`The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0`);
  const dry = dryRun(kube);
  const client = yield* kube.client();
  const selection = yield* selectAny(kube, { all: flags.on("all"), selector: flags.text("selector") });
  const { items, errors } = yield* fetchObjects(kube, selection, flags.text("selector"));
  return yield* eachObject(kube, items, errors, function* ({ resource, namespace, name }, object) {
    const wanted = flags.number("current-replicas", -1);
    const path = pathOf(resource, namespace, name, "scale");
    if (wanted >= 0) {
      const now = at((yield* client.call({ path })).body, "spec.replicas") ?? 0;
      if (now !== wanted) throw new Fail(`Expected replicas to be ${wanted}, was ${now}`);
    }
    if (dry !== "client")
      yield* client.call({
        method: "PATCH",
        path: path + (dry === "server" ? "?dryRun=All" : ""),
        body: { spec: { replicas: flags.number("replicas", 0) } },
        type: TYPES.merge as string,
        resource: fullName(resource),
        name,
      });
    yield* printChange(kube, object, "scaled", dry);
  });
}

// --- set ---

/** The pod template of an object, or the pod itself. */
function podSpec(object: Obj): Obj {
  const spec: Obj =
    object.kind === "Pod"
      ? object.spec
      : object.kind === "CronJob"
        ? at(object, "spec.jobTemplate.spec.template.spec")
        : at(object, "spec.template.spec");
  if (spec === undefined)
    throw new Fail(`the object is not a pod or does not have a pod template: *unstructured.Unstructured`);
  return spec;
}

/** Reads, changes and patches every object named before the pairs. */
function* setOn(
  kube: Kube,
  resources: readonly string[],
  done: string,
  manager: string,
  work: (spec: Obj, object: Obj) => void,
): Task<number> {
  const { flags } = kube;
  const pairs = kube.args;
  flags.args = [...resources];
  const dry = dryRun(kube);
  const client = yield* kube.client();
  const selection = yield* selectAny(kube, { all: flags.on("all"), selector: flags.text("selector") });
  flags.args = [...pairs];
  const { items, errors } = yield* fetchObjects(kube, selection, flags.text("selector"));
  return yield* eachObject(kube, items, errors, function* ({ resource, namespace, name }, object) {
    const changed = clone(object);
    work(changed, changed);
    if (same(changed, object)) return;
    const body: Obj =
      changed.spec === undefined || same(changed.spec, object.spec)
        ? { subjects: changed.subjects }
        : { spec: templateOnly(changed) };
    let result = changed;
    if (dry !== "client")
      result = (yield* client.call({
        method: "PATCH",
        path: pathOf(resource, namespace, name) + writeQuery(manager, dry),
        body,
        type: TYPES.strategic as string,
      })).body;
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

const containers = (spec: Obj): Obj[] => [...(spec.containers ?? []), ...(spec.initContainers ?? [])];

function* setImage(kube: Kube): Task<number> {
  const { resources, pairs } = splitPairs(kube.args);
  if (pairs.length === 0) throw new Fail("at least one image update is required");
  if (resources.length === 0 && kube.flags.list("filename").length === 0)
    throw new Fail("one or more resources must be specified as <resource> <name> or <resource>/<name>");
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
  const { resources, pairs } = splitPairs(kube.args);
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
        yield* kube.out(`# ${resource.name} ${name}, container ${one.name}\n`);
        for (const env of one.env ?? [])
          yield* kube.out(
            env.valueFrom === undefined
              ? `${env.name}=${env.value ?? ""}\n`
              : `# ${env.name} from ${env.valueFrom.secretKeyRef ? `secret ${env.valueFrom.secretKeyRef.name}, key ${env.valueFrom.secretKeyRef.key}` : env.valueFrom.configMapKeyRef ? `configmap ${env.valueFrom.configMapKeyRef.name}, key ${env.valueFrom.configMapKeyRef.key}` : "field path"}\n`,
          );
      }
    return 0;
  }
  if (pairs.length === 0 && !flags.has("from")) throw new Fail("at least one environment variable must be provided");
  return yield* setOn(kube, resources, "env updated", "kubectl-set", (_, object) => {
    for (const one of chosen(podSpec(object))) {
      const env: Obj[] = [...(one.env ?? [])];
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
  });
}

function* setResources(kube: Kube): Task<number> {
  const { flags } = kube;
  if (!flags.has("limits") && !flags.has("requests"))
    throw new Fail("you must specify an update to requests or limits (in the form of --requests/--limits)");
  const parse = (list: readonly string[]): Obj => Object.fromEntries(list.map((pair) => pair.split("=")));
  return yield* setOn(kube, kube.args, "resource requirements updated", "kubectl-set", (_, object) => {
    const wild = flags.text("containers", "*");
    const found = (podSpec(object).containers ?? []).filter((one: Obj) => wild === "*" || one.name === wild);
    if (found.length === 0) throw new Fail(`unable to find container named ${wild}`);
    for (const one of found) {
      const now: Obj = { ...one.resources };
      if (flags.has("limits")) now.limits = { ...now.limits, ...parse(flags.list("limits")) };
      if (flags.has("requests")) now.requests = { ...now.requests, ...parse(flags.list("requests")) };
      one.resources = now;
    }
  });
}

function* setServiceAccount(kube: Kube): Task<number> {
  const name = kube.args.at(-1);
  if (name === undefined || kube.args.length < 2) throw new Fail("serviceaccount is required");
  return yield* setOn(kube, kube.args.slice(0, -1), "serviceaccount updated", "kubectl-set", (_, object) => {
    podSpec(object).serviceAccountName = name;
  });
}

function* setSelector(kube: Kube): Task<number> {
  const { resources, pairs } = splitPairs(kube.args);
  if (pairs.length === 0)
    throw new Fail("one or more resources must be specified as <resource> <name> or <resource>/<name>");
  return yield* setOn(kube, resources, "selector updated", "kubectl-set", (_, object) => {
    object.spec.selector = Object.fromEntries(pairs.flatMap((pair) => pair.split(",")).map((pair) => pair.split("=")));
  });
}

function* setSubject(kube: Kube): Task<number> {
  const { flags } = kube;
  const apiGroup = "rbac.authorization.k8s.io";
  const added: Obj[] = [
    ...flags.list("user").map((name) => ({ kind: "User", apiGroup, name })),
    ...flags.list("group").map((name) => ({ kind: "Group", apiGroup, name })),
    ...flags
      .list("serviceaccount")
      .map((text) => ({ kind: "ServiceAccount", namespace: text.split(":")[0], name: text.split(":")[1] })),
  ];
  if (added.length === 0) throw new Fail("you must specify at least one value of user, group or serviceaccount");
  return yield* setOn(kube, kube.args, "subjects updated", "kubectl-set", (_, object) => {
    const now: Obj[] = object.subjects ?? [];
    object.subjects = [...now, ...added.filter((one) => !now.some((other) => same(one, other)))];
  });
}

const SET = `${COMMON} all! local! selector:l=`;
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

// --- expose ---

export const EXPOSE_FLAGS = `${COMMON} cluster-ip= external-ip= labels:l= load-balancer-ip= name= override-type= overrides= port= protocol= save-config! selector= session-affinity= target-port= type=`;

export function* expose(kube: Kube): Task<number> {
  const { flags } = kube;
  const dry = dryRun(kube);
  const client = yield* kube.client();
  const { items, errors } = yield* fetchObjects(kube, yield* selectAny(kube));
  return yield* eachObject(kube, items, errors, function* ({ resource, namespace, name }, object) {
    if (!["pods", "services", "deployments", "replicasets", "replicationcontrollers"].includes(resource.name))
      throw new Fail(`cannot expose a ${resource.kind}${resource.group === "" ? "" : `.${resource.group}`}`);
    const spec: Obj = object.spec;
    const selector = flags.has("selector")
      ? flags.text("selector")
      : resource.name === "pods"
        ? selectorText(object.metadata.labels)
        : selectorText(spec.selector);
    if (selector === "")
      throw new Fail(
        `couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed`,
      );
    const declared: Obj[] =
      (resource.name === "services"
        ? spec.ports
        : (resource.name === "pods" ? spec : at(spec, "template.spec"))?.containers?.flatMap(
            (one: Obj) => one.ports ?? [],
          )) ?? [];
    const numbers = flags.has("port")
      ? flags.text("port").split(",")
      : declared.map((one) => String(one.containerPort ?? one.port));
    if (numbers.length === 0) throw new Fail("couldn't find port via --port flag or introspection");
    const target = flags.text("target-port");
    const ports = numbers.map((port, i) => ({
      ...(numbers.length > 1 ? { name: `port-${i + 1}` } : {}),
      port: Number(port),
      protocol: flags.text("protocol", declared[i]?.protocol ?? "TCP"),
      targetPort: target === "" ? Number(port) : /^\d+$/.test(target) ? Number(target) : target,
    }));
    const labels = flags.has("labels")
      ? Object.fromEntries(
          flags
            .text("labels")
            .split(",")
            .map((pair) => pair.split("=")),
        )
      : object.metadata.labels;
    const body: Obj = {
      kind: "Service",
      apiVersion: "v1",
      metadata: {
        name: flags.text("name", name),
        ...(dry !== "client" || kube.target.chosen ? { namespace } : {}),
        ...(labels === undefined ? {} : { labels }),
      },
      spec: {
        ports,
        selector: Object.fromEntries(selector.split(",").map((pair) => pair.split("="))),
        ...(flags.has("type") ? { type: flags.text("type") } : {}),
        ...(flags.has("cluster-ip") ? { clusterIP: flags.text("cluster-ip") } : {}),
      },
      status: { loadBalancer: {} },
    };
    const made =
      dry === "client"
        ? body
        : (yield* client.call({
            method: "POST",
            path: `/api/v1/namespaces/${namespace}/services${writeQuery("kubectl-expose", dry)}`,
            body,
          })).body;
    yield* printChange(kube, made, "exposed", dry);
  });
}

// --- certificate ---

const decide = (type: "Approved" | "Denied", done: string) =>
  function* (kube: Kube): Task<number> {
    const { flags, args } = kube;
    if (args.length === 0 && flags.list("filename").length === 0)
      throw new Fail("one or more CSRs must be specified as <name> or -f <filename>");
    const client = yield* kube.client();
    const discovery = yield* kube.discovery();
    const resource = yield* discovery.find("certificatesigningrequests", 4);
    const named = args.map((name): Item => ({ resource, namespace: "", name }));
    const files = flags.list("filename").length > 0 ? (yield* readFiles(kube, flags.list("filename"))).items : [];
    const { items, errors } = yield* fetchObjects(kube, { items: [...named, ...files], slashed: false, single: false });
    return yield* eachObject(kube, items, errors, function* ({ name }, object) {
      const conditions: Obj[] = at(object, "status.conditions") ?? [];
      const other = type === "Approved" ? "Denied" : "Approved";
      if (conditions.some((one) => one.type === other))
        throw new Fail(`certificate signing request ${q(name)} is already ${other}`);
      let result = object;
      if (!conditions.some((one) => one.type === type) || flags.on("force")) {
        const word = type === "Approved" ? "approve" : "deny";
        const condition = {
          type,
          status: "True",
          reason: `Kubectl${type === "Approved" ? "Approve" : "Deny"}`,
          message: `This CSR was ${type.toLowerCase()} by kubectl certificate ${word}.`,
          lastUpdateTime: null,
          lastTransitionTime: null,
        };
        const body = {
          ...object,
          status: { ...object.status, conditions: [...conditions.filter((one) => one.type !== type), condition] },
        };
        result = (yield* client.call({ method: "PUT", path: pathOf(resource, "", name, "approval"), body })).body;
      }
      yield* printChange(kube, result, done);
    });
  };

const CERTIFICATE =
  "allow-missing-template-keys! filename:f* force! kustomize:k= output:o= recursive:R! show-managed-fields! template=";
export const certificateCommand: KubectlCommand = {
  name: "certificate",
  short: "Modify certificate resources",
  long: "Modify certificate resources.",
  bare: { fd: 1, code: 0 },
  sub: [
    {
      name: "approve",
      short: "Approve a certificate signing request",
      usage: "(-f FILENAME | NAME) [options]",
      flags: CERTIFICATE,
      run: decide("Approved", "approved"),
    },
    {
      name: "deny",
      short: "Deny a certificate signing request",
      usage: "(-f FILENAME | NAME) [options]",
      flags: CERTIFICATE,
      run: decide("Denied", "denied"),
    },
  ],
};
