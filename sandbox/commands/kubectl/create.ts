// kubectl create: objects of files, and the generators that make one from flags.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import { toBase64 } from "../../lib/crypto/base64.ts";
import { readPair } from "../../lib/tls/pair.ts";
import type { KubectlCommand } from "./command.ts";
import { pathOf } from "./discovery.ts";
import { errorText, prefixed, Several } from "./errors.ts";
import { attachNew } from "./exec.ts";
import { raw } from "./get.ts";
import type { Kube } from "./kube.ts";
import { dryRun, printChange, printerFor } from "./print.ts";
import { fetchObjects, readFiles, selectAny } from "./resources.ts";
import { checkObject, unversioned, validation, writeQuery } from "./validate.ts";
import { BareFail, Fail, type Obj, q } from "./values.ts";

function* createFiles(kube: Kube): Task<number> {
  const { flags } = kube;
  const files = flags.list("filename");
  if (files.length === 0 && !flags.has("kustomize")) {
    if (kube.args.length > 0) throw kube.usage(`Unexpected args: [${kube.args.join(" ")}]`);
    throw new Fail("must specify one of -f and -k");
  }
  if (kube.args.length > 0) throw kube.usage(`Unexpected args: [${kube.args.join(" ")}]`);
  if (flags.has("raw")) {
    if (files.length !== 1) throw kube.usage("--raw can only use a single local file or stdin");
    const bytes = files[0] === "-" ? encode(yield* kube.stdin()) : kube.sys.readFile(files[0] as string);
    return yield* raw(kube, "POST", isErrno(bytes) ? "" : decode(bytes));
  }
  if (flags.on("edit")) throw new Fail("--edit is not modelled in this sandbox", 2);
  const dry = dryRun(kube);
  const validate = validation(kube);
  const client = yield* kube.client();
  const { items, errors } = yield* readFiles(kube, files, (object, source) =>
    checkObject(kube, object, source, validate),
  );
  for (const { resource, namespace, object, source } of items) {
    try {
      let made = object as Obj;
      if (dry !== "client")
        made = (yield* client.call({
          method: "POST",
          path: pathOf(resource, namespace) + writeQuery("kubectl-create", dry, validate),
          body: unversioned(object as Obj),
        })).body;
      yield* printChange(kube, made, "created", dry);
    } catch (error) {
      errors.push(prefixed(error, `error when creating ${q(source ?? "")}: `));
    }
  }
  if (errors.length > 0) throw errors.length === 1 ? errors[0] : new Several(errors);
  if (items.length === 0) throw new Fail("no objects passed to create");
  return 0;
}

// --- generators ---

/** Sends what a generator made, or shows it. `what`: how failures begin; none where they are told as they are. */
function* submit(kube: Kube, type: string, object: Obj, what: string, manager = "kubectl-create"): Task<number> {
  const dry = dryRun(kube);
  const { flags } = kube;
  const namespaced = !CLUSTER.has(type);
  if (namespaced && (kube.target.chosen || dry !== "client")) object.metadata.namespace = kube.namespace;
  let made = object;
  if (dry !== "client") {
    const client = yield* kube.client();
    const base = ROOTS[type] ?? "/api/v1";
    const path = `${base}${namespaced ? `/namespaces/${kube.namespace}` : ""}/${type}`;
    try {
      const validate = flags.has("validate") || what !== "run" ? validation(kube) : "";
      made = (yield* client.call({
        method: "POST",
        path: path + writeQuery(manager, dry, manager === "kubectl-run" ? "" : validate),
        body: object,
      })).body;
    } catch (error) {
      if (what === "" || what === "run") throw error;
      throw new Fail(
        `failed to create ${what}${(error as Error).message === "" ? errorText(error) : (error as Error).message}`,
      );
    }
  }
  const printer = printerFor(kube, flags.text("output"), { sorted: false });
  if (printer !== undefined) yield* kube.out(printer(made));
  else yield* printChange(kube, made, "created", dry);
  return 0;
}

const CLUSTER = new Set(["namespaces", "clusterroles", "clusterrolebindings", "priorityclasses"]);
const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const ROOTS: Readonly<Record<string, string>> = {
  roles: RBAC,
  clusterroles: RBAC,
  rolebindings: RBAC,
  clusterrolebindings: RBAC,
  deployments: "/apis/apps/v1",
  jobs: "/apis/batch/v1",
  cronjobs: "/apis/batch/v1",
  poddisruptionbudgets: "/apis/policy/v1",
  priorityclasses: "/apis/scheduling.k8s.io/v1",
  ingresses: "/apis/networking.k8s.io/v1",
  horizontalpodautoscalers: "/apis/autoscaling/v2",
};

/** cobra's required flags: they are missed before anything else. */
function require(kube: Kube, ...names: string[]): void {
  const missing = names.filter((name) => !kube.flags.has(name));
  if (missing.length > 0) throw new Fail(`required flag(s) ${missing.map(q).join(", ")} not set`);
}

/** The one name a generator takes. */
function nameArg(kube: Kube): string {
  const before = kube.flags.dash < 0 ? kube.args : kube.args.slice(0, kube.flags.dash);
  if (before.length !== 1) throw kube.usage(`exactly one NAME is required, got ${before.length}`);
  return before[0] as string;
}

function* namespace(kube: Kube): Task<number> {
  return yield* submit(
    kube,
    "namespaces",
    { kind: "Namespace", apiVersion: "v1", metadata: { name: nameArg(kube) }, spec: {}, status: {} },
    "",
  );
}

function* serviceAccount(kube: Kube): Task<number> {
  return yield* submit(
    kube,
    "serviceaccounts",
    { kind: "ServiceAccount", apiVersion: "v1", metadata: { name: nameArg(kube) } },
    "serviceaccount: ",
  );
}

/** --from-literal, --from-file and --from-env-file as data; keys must be new. */
function gather(kube: Kube, add: (key: string, value: Uint8Array) => void): void {
  const { flags, sys } = kube;
  const read = (path: string): Uint8Array => {
    const bytes = sys.readFile(path);
    if (isErrno(bytes))
      throw new Fail(
        bytes.code === "ENOENT"
          ? `error reading ${path}: no such file or directory`
          : `open ${path}: ${bytes.text.toLowerCase()}`,
      );
    return bytes;
  };
  const keyed = (key: string): string => {
    if (!/^[-._a-zA-Z0-9]+$/.test(key))
      throw new Fail(
        `${q(key)} is not a valid key name for a ConfigMap: a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
      );
    return key;
  };
  for (const literal of flags.list("from-literal")) {
    const equals = literal.indexOf("=");
    if (equals <= 0) throw new Fail(`invalid literal source ${literal}, expected key=value`);
    add(keyed(literal.slice(0, equals)), encode(literal.slice(equals + 1).replace(/^(['"])(.*)\1$/s, "$2")));
  }
  for (const source of flags.list("from-file")) {
    const equals = source.indexOf("=");
    const path = equals < 0 ? source : source.slice(equals + 1);
    const stat = sys.stat(path);
    if (isErrno(stat)) throw new Fail(`error reading ${path}: no such file or directory`);
    if (stat.type === "directory") {
      if (equals >= 0) throw new Fail("cannot give a key name for a directory path");
      const entries = sys.readdir(path);
      for (const { name, type } of isErrno(entries) ? [] : [...entries].sort((a, b) => (a.name < b.name ? -1 : 1)))
        if (type === "file") add(keyed(name), read(`${path}/${name}`));
    } else add(keyed(equals < 0 ? path.replace(/^.*\//, "") : source.slice(0, equals)), read(path));
  }
  for (const path of flags.list("from-env-file"))
    for (const line of decode(read(path)).split("\n")) {
      const text = line.trimStart();
      if (text === "" || text.startsWith("#")) continue;
      const equals = text.indexOf("=");
      add(
        equals < 0 ? text : text.slice(0, equals),
        encode(equals < 0 ? (sys.env[text] ?? "") : text.slice(equals + 1)),
      );
    }
}

function* configMap(kube: Kube): Task<number> {
  const name = nameArg(kube);
  const data: Obj = {};
  const binary: Obj = {};
  gather(kube, (key, value) => {
    if (key in data || key in binary)
      throw new Fail(
        `cannot add key ${q(key)}, another key by that name already exists in Data for ConfigMap ${q(name)}`,
      );
    const text = decode(value);
    if (text.isWellFormed()) data[key] = text;
    else binary[key] = toBase64(value);
  });
  return yield* submit(
    kube,
    "configmaps",
    {
      kind: "ConfigMap",
      apiVersion: "v1",
      metadata: { name },
      ...(Object.keys(data).length > 0 ? { data } : {}),
      ...(Object.keys(binary).length > 0 ? { binaryData: binary } : {}),
    },
    "configmap: ",
  );
}

function* secret(kube: Kube, name: string, data: Obj, type: string | undefined): Task<number> {
  return yield* submit(
    kube,
    "secrets",
    {
      kind: "Secret",
      apiVersion: "v1",
      metadata: { name },
      ...(Object.keys(data).length > 0 ? { data } : {}),
      ...(type === undefined || type === "" ? {} : { type }),
    },
    "secret ",
  );
}

function* secretGeneric(kube: Kube): Task<number> {
  const name = nameArg(kube);
  const data: Obj = {};
  gather(kube, (key, value) => {
    if (key in data) throw new Fail(`cannot add key ${key}, another key by that name already exists`);
    data[key] = toBase64(value);
  });
  return yield* secret(kube, name, data, kube.flags.text("type"));
}

function* secretTls(kube: Kube): Task<number> {
  const name = nameArg(kube);
  const data: Obj = {};
  const texts: string[] = [];
  for (const [key, flag] of [
    ["tls.crt", "cert"],
    ["tls.key", "key"],
  ] as const) {
    const path = kube.flags.text(flag);
    if (path === "") throw new Fail("key and cert must be specified");
    const bytes = kube.sys.readFile(path);
    if (isErrno(bytes)) throw new Fail(`open ${path}: ${bytes.text.toLowerCase()}`);
    data[key] = toBase64(bytes);
    texts.push(decode(bytes));
  }
  const pair = readPair(texts[0] ?? "", texts[1] ?? "");
  if ("error" in pair) throw new Fail(pair.error);
  return yield* secret(kube, name, data, "kubernetes.io/tls");
}

function* secretRegistry(kube: Kube): Task<number> {
  const name = nameArg(kube);
  const { flags } = kube;
  const [username, password] = [flags.text("docker-username"), flags.text("docker-password")];
  if (username === "" || password === "")
    throw new Fail(
      "either --from-file or the combination of --docker-username, --docker-password and --docker-server is required",
    );
  const entry = {
    username,
    password,
    ...(flags.has("docker-email") ? { email: flags.text("docker-email") } : {}),
    auth: toBase64(encode(`${username}:${password}`)),
  };
  const config = JSON.stringify({ auths: { [flags.text("docker-server", "https://index.docker.io/v1/")]: entry } });
  return yield* secret(kube, name, { ".dockerconfigjson": toBase64(encode(config)) }, "kubernetes.io/dockerconfigjson");
}

const VERBS = new Set([
  "get",
  "list",
  "watch",
  "create",
  "update",
  "patch",
  "delete",
  "deletecollection",
  "use",
  "bind",
  "impersonate",
  "*",
  "approve",
  "sign",
  "escalate",
  "attest",
  "proxy",
]);

/** Rules of --verb, --resource, --resource-name and --non-resource-url. */
function* rules(kube: Kube, cluster: boolean): Task<Obj[]> {
  const { flags } = kube;
  const verbs = [...new Set(flags.list("verb"))];
  const chosen = verbs.includes("*") ? ["*"] : verbs;
  const urls = flags.list("non-resource-url");
  const given = flags.list("resource");
  if (chosen.length === 0 && !flags.has("aggregation-rule")) throw new Fail("at least one verb must be specified");
  if (given.length === 0 && urls.length === 0 && !flags.has("aggregation-rule"))
    throw new Fail(
      cluster ? "one of resource or nonResourceURL must be specified" : "at least one resource must be specified",
    );
  for (const verb of chosen)
    if (urls.length === 0 && !VERBS.has(verb)) yield* kube.err(`Warning: '${verb}' is not a standard resource verb\n`);
  const groups = new Map<string, string[]>();
  for (const word of given) {
    const slash = word.indexOf("/");
    const type = slash < 0 ? word : word.slice(0, slash);
    if (word === "*" && given.length > 1) throw new Fail("resource must be specified as '*' alone");
    const found = type === "*" ? { group: "*", name: "*" } : yield* (yield* kube.discovery()).lookUp(type, 1);
    if (found === undefined) throw new Fail(`the server doesn't have a resource type ${q(type.replace(/\..*$/, ""))}`);
    const name = slash < 0 ? found.name : `${found.name}${word.slice(slash)}`;
    const list = groups.get(found.group) ?? [];
    if (!list.includes(name)) list.push(name);
    groups.set(found.group, list);
  }
  const names = flags.list("resource-name");
  const made: Obj[] = [...groups].map(([group, resources]) => ({
    verbs: chosen,
    apiGroups: [group],
    resources,
    ...(names.length > 0 ? { resourceNames: names } : {}),
  }));
  if (urls.length > 0) made.push({ verbs: chosen, nonResourceURLs: urls });
  return made;
}

function* bareError(task: Task<Obj[]>): Task<Obj[]> {
  try {
    return yield* task;
  } catch (error) {
    // The mapper's own error comes without "error: " in front.
    if (error instanceof Fail && error.message.startsWith("the server doesn't have")) throw new BareFail(error.message);
    throw error;
  }
}

function* role(kube: Kube): Task<number> {
  const metadata = { name: nameArg(kube) };
  return yield* submit(
    kube,
    "roles",
    { kind: "Role", apiVersion: "rbac.authorization.k8s.io/v1", metadata, rules: yield* bareError(rules(kube, false)) },
    "",
  );
}

function* clusterRole(kube: Kube): Task<number> {
  const metadata = { name: nameArg(kube) };
  const made: Obj = { kind: "ClusterRole", apiVersion: "rbac.authorization.k8s.io/v1", metadata };
  const { flags } = kube;
  if (flags.has("aggregation-rule")) {
    const matchLabels = Object.fromEntries(flags.list("aggregation-rule").map((pair) => pair.split("=")));
    return yield* submit(
      kube,
      "clusterroles",
      { ...made, rules: [], aggregationRule: { clusterRoleSelectors: [{ matchLabels }] } },
      "",
    );
  }
  return yield* submit(kube, "clusterroles", { ...made, rules: yield* bareError(rules(kube, true)) }, "");
}

function subjects(kube: Kube): Obj[] {
  const { flags } = kube;
  const apiGroup = "rbac.authorization.k8s.io";
  return [
    ...flags.list("user").map((name) => ({ kind: "User", apiGroup, name })),
    ...flags.list("group").map((name) => ({ kind: "Group", apiGroup, name })),
    ...flags.list("serviceaccount").map((text) => {
      const parts = text.split(":");
      if (parts.length !== 2 || parts[0] === "" || parts[1] === "")
        throw new Fail(`serviceaccount must be <namespace>:<name>`);
      return { kind: "ServiceAccount", name: parts[1], namespace: parts[0] };
    }),
  ];
}

function* roleBinding(kube: Kube): Task<number> {
  const { flags } = kube;
  const metadata = { name: nameArg(kube) };
  if (flags.has("clusterrole") === flags.has("role"))
    throw new Fail("exactly one of clusterrole or role must be specified");
  const ref = flags.has("role") ? ["Role", flags.text("role")] : ["ClusterRole", flags.text("clusterrole")];
  const made = {
    kind: "RoleBinding",
    apiVersion: "rbac.authorization.k8s.io/v1",
    metadata,
    subjects: subjects(kube),
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: ref[0], name: ref[1] },
  };
  return yield* submit(kube, "rolebindings", made, "rolebinding: ");
}

function* clusterRoleBinding(kube: Kube): Task<number> {
  require(kube, "clusterrole");
  const metadata = { name: nameArg(kube) };
  const made = {
    kind: "ClusterRoleBinding",
    apiVersion: "rbac.authorization.k8s.io/v1",
    metadata,
    subjects: subjects(kube),
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: kube.flags.text("clusterrole") },
  };
  return yield* submit(kube, "clusterrolebindings", made, "clusterrolebinding: ");
}

function* deployment(kube: Kube): Task<number> {
  const { flags } = kube;
  require(kube, "image");
  const name = nameArg(kube);
  const images = flags.list("image");
  const command = flags.dash < 0 ? [] : kube.args.slice(flags.dash);
  const labels = { app: name };
  const containers = images.map((image) => ({
    name: image.replace(/^.*\//, "").replace(/[:@].*$/, ""),
    image,
    ...(command.length > 0 ? { command } : {}),
    ...(flags.has("port") ? { ports: [{ containerPort: flags.number("port", 0) }] } : {}),
    resources: {},
  }));
  const spec = {
    replicas: flags.number("replicas", 1),
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers } },
    strategy: {},
  };
  return yield* submit(
    kube,
    "deployments",
    { kind: "Deployment", apiVersion: "apps/v1", metadata: { name, labels }, spec, status: {} },
    "deployment: ",
  );
}

function podTemplate(kube: Kube, name: string, restart: string): Obj {
  const command = kube.flags.dash < 0 ? [] : kube.args.slice(kube.flags.dash);
  const container = {
    name,
    image: kube.flags.text("image"),
    ...(command.length > 0 ? { command } : {}),
    resources: {},
  };
  return { metadata: {}, spec: { containers: [container], restartPolicy: restart } };
}

function* job(kube: Kube): Task<number> {
  const { flags } = kube;
  const name = nameArg(kube);
  if (flags.has("from")) {
    const [type = "", from = ""] = flags.text("from").split("/");
    if (!/^(cj|cronjobs?(\.batch)?)$/.test(type))
      throw new Fail(`from must be an existing cronjob: no kind ${q(type)}`);
    const client = yield* kube.client();
    const parent: Obj = (yield* client.call({ path: `/apis/batch/v1/namespaces/${kube.namespace}/cronjobs/${from}` }))
      .body;
    const template: Obj = parent.spec.jobTemplate;
    const metadata = {
      name,
      annotations: { "cronjob.kubernetes.io/instantiate": "manual" },
      ownerReferences: [
        { apiVersion: "batch/v1", kind: "CronJob", name: from, uid: parent.metadata.uid, controller: true },
      ],
    };
    return yield* submit(
      kube,
      "jobs",
      { kind: "Job", apiVersion: "batch/v1", metadata, spec: template.spec, status: {} },
      "job: ",
    );
  }
  if (!flags.has("image")) throw new Fail("either --image or --from must be specified");
  return yield* submit(
    kube,
    "jobs",
    {
      kind: "Job",
      apiVersion: "batch/v1",
      metadata: { name },
      spec: { template: podTemplate(kube, name, "Never") },
      status: {},
    },
    "job: ",
  );
}

function* cronJob(kube: Kube): Task<number> {
  require(kube, "image", "schedule");
  const { flags } = kube;
  const name = nameArg(kube);
  const spec = {
    schedule: flags.text("schedule"),
    jobTemplate: {
      metadata: { name },
      spec: { template: podTemplate(kube, name, flags.text("restart") || "OnFailure") },
    },
  };
  return yield* submit(
    kube,
    "cronjobs",
    { kind: "CronJob", apiVersion: "batch/v1", metadata: { name }, spec, status: {} },
    "cronjob: ",
  );
}

function* quota(kube: Kube): Task<number> {
  const { flags } = kube;
  const hard = Object.fromEntries(
    flags.list("hard").map((pair) => {
      const [key = "", value] = pair.split("=");
      if (value === undefined) throw new Fail(`Invalid argument syntax ${pair}, expected <resource>=<value>`);
      return [key, value];
    }),
  );
  const scopes = flags.list("scopes");
  const spec = { ...(Object.keys(hard).length > 0 ? { hard } : {}), ...(scopes.length > 0 ? { scopes } : {}) };
  return yield* submit(
    kube,
    "resourcequotas",
    { kind: "ResourceQuota", apiVersion: "v1", metadata: { name: nameArg(kube) }, spec, status: {} },
    "quota: ",
  );
}

const count = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);

function* disruptionBudget(kube: Kube): Task<number> {
  const { flags } = kube;
  const name = nameArg(kube);
  if (!flags.has("selector")) throw new Fail("a selector must be specified");
  if (flags.has("min-available") === flags.has("max-unavailable"))
    throw new Fail(
      flags.has("min-available")
        ? "min-available and max-unavailable cannot be both specified"
        : "one of min-available or max-unavailable must be specified",
    );
  const matchLabels = Object.fromEntries(
    flags
      .text("selector")
      .split(",")
      .map((pair) => pair.split(/==?/)),
  );
  const spec = {
    ...(flags.has("min-available") ? { minAvailable: count(flags.text("min-available")) } : {}),
    selector: { matchLabels },
    ...(flags.has("max-unavailable") ? { maxUnavailable: count(flags.text("max-unavailable")) } : {}),
  };
  const status = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
  return yield* submit(
    kube,
    "poddisruptionbudgets",
    { kind: "PodDisruptionBudget", apiVersion: "policy/v1", metadata: { name }, spec, status },
    "poddisruptionbudgets: ",
  );
}

function* priorityClass(kube: Kube): Task<number> {
  const { flags } = kube;
  const made = {
    kind: "PriorityClass",
    apiVersion: "scheduling.k8s.io/v1",
    metadata: { name: nameArg(kube) },
    value: flags.number("value", 0),
    ...(flags.on("global-default") ? { globalDefault: true } : {}),
    ...(flags.has("description") ? { description: flags.text("description") } : {}),
    preemptionPolicy: flags.text("preemption-policy", "PreemptLowerPriority"),
  };
  return yield* submit(kube, "priorityclasses", made, "priorityclass: ");
}

/** `host/path=service:port[,tls[=secret]]` of --rule. */
const INGRESS_RULE =
  /^(?:(?<host>(?:\*|[\w-]+)(?:\.[\w-]+)*)?)(?<path>\/[^=,]*)=(?<service>[\w-]+):(?<port>[\w-]+)(?<tls>,tls(?:=(?<secret>[\w.-]+))?)?$/;

function* ingress(kube: Kube): Task<number> {
  const { flags } = kube;
  const name = nameArg(kube);
  const given = flags.list("rule");
  if (given.length === 0 && !flags.has("default-backend"))
    throw new Fail(
      "not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)",
    );
  const target = (service: string, port: string): Obj => ({
    service: { name: service, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } },
  });
  const hosts = new Map<string, Obj[]>();
  const secrets = new Map<string, string[]>();
  for (const text of given) {
    const found = INGRESS_RULE.exec(text)?.groups;
    if (found === undefined)
      throw new Fail(`rule ${text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
    const { host = "", path = "", service = "", port = "", tls, secret = "" } = found;
    const exact = !path.endsWith("*");
    const paths = hosts.get(host) ?? [];
    paths.push({
      path: exact ? path : path.slice(0, -1),
      pathType: exact ? "Exact" : "Prefix",
      backend: target(service, port),
    });
    hosts.set(host, paths);
    if (tls !== undefined) secrets.set(secret, [...(secrets.get(secret) ?? []), ...(host === "" ? [] : [host])]);
  }
  const [service = "", port = ""] = flags.text("default-backend").split(":");
  const annotations = Object.fromEntries(flags.list("annotation").map((pair) => splitLabel(pair)));
  const spec = {
    ...(flags.has("class") ? { ingressClassName: flags.text("class") } : {}),
    ...(flags.has("default-backend") ? { defaultBackend: target(service, port) } : {}),
    ...(secrets.size > 0
      ? {
          tls: [...secrets].map(([secretName, names]) => ({
            ...(names.length > 0 ? { hosts: [...new Set(names)] } : {}),
            ...(secretName === "" ? {} : { secretName }),
          })),
        }
      : {}),
    ...(hosts.size > 0
      ? { rules: [...hosts].map(([host, paths]) => ({ ...(host === "" ? {} : { host }), http: { paths } })) }
      : {}),
  };
  const metadata = { name, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) };
  const made = { kind: "Ingress", apiVersion: "networking.k8s.io/v1", metadata, spec, status: { loadBalancer: {} } };
  return yield* submit(kube, "ingresses", made, "ingress: ");
}

/** kubectl autoscale: a HorizontalPodAutoscaler for something that scales. */
export function* autoscale(kube: Kube): Task<number> {
  require(kube, "max");
  const { flags } = kube;
  const [max, min] = [flags.number("max", -1), flags.number("min", -1)];
  if (max < 1) throw new Fail("--max=MAXPODS is required and must be at least 1");
  if (max < min) throw new Fail("--max=MAXPODS must be larger or equal to --min=MINPODS");
  const cpu = flags.number("cpu-percent", -1);
  const percent = cpu >= 0 ? String(cpu) : flags.text("cpu").replace("%", "");
  const dry = dryRun(kube);
  const found = yield* fetchObjects(kube, yield* selectAny(kube));
  if (found.errors.length > 0) throw found.errors[0];
  for (const { resource, name, namespace } of found.items) {
    if (!["deployments", "replicasets", "statefulsets", "replicationcontrollers"].includes(resource.name))
      throw new Fail(`cannot autoscale a ${resource.kind}`);
    const target = { type: "Utilization", averageUtilization: Number(percent) };
    const body: Obj = {
      kind: "HorizontalPodAutoscaler",
      apiVersion: "autoscaling/v2",
      metadata: { name: flags.text("name", name) },
      spec: {
        scaleTargetRef: {
          kind: resource.kind,
          name,
          apiVersion: resource.group === "" ? resource.version : `${resource.group}/${resource.version}`,
        },
        ...(min > 0 ? { minReplicas: min } : {}),
        maxReplicas: max,
        ...(percent === "" ? {} : { metrics: [{ type: "Resource", resource: { name: "cpu", target } }] }),
      },
      status: { desiredReplicas: 0, currentMetrics: null },
    };
    const client = yield* kube.client();
    const path = `${ROOTS.horizontalpodautoscalers}/namespaces/${namespace}/horizontalpodautoscalers`;
    const made =
      dry === "client"
        ? body
        : (yield* client.call({ method: "POST", path: path + writeQuery("kubectl-autoscale", dry), body })).body;
    yield* printChange(kube, made, "autoscaled", dry);
  }
  return 0;
}

const service = (type: string) =>
  function* (kube: Kube): Task<number> {
    const { flags } = kube;
    const name = nameArg(kube);
    const labels = { app: name };
    const ports = flags.list("tcp").map((text) => {
      const [port = "", target = port] = text.split(":");
      if (!/^\d+$/.test(port)) throw new Fail(`invalid port: ${port}`);
      return {
        name: text.replace(":", "-"),
        port: Number(port),
        protocol: "TCP",
        targetPort: count(target),
        ...(flags.has("node-port") ? { nodePort: flags.number("node-port", 0) } : {}),
      };
    });
    if (ports.length === 0 && type !== "ExternalName" && flags.text("clusterip") !== "None")
      throw new Fail("at least one tcp port specifier must be provided");
    const spec = {
      ...(type === "ExternalName" ? { externalName: flags.text("external-name") } : {}),
      ...(flags.has("clusterip") ? { clusterIP: flags.text("clusterip") } : {}),
      ...(ports.length > 0 ? { ports } : {}),
      selector: labels,
      type,
    };
    return yield* submit(
      kube,
      "services",
      { kind: "Service", apiVersion: "v1", metadata: { name, labels }, spec, status: { loadBalancer: {} } },
      `${type} service: `,
    );
  };

function* token(kube: Kube): Task<number> {
  const { flags } = kube;
  const name = kube.args[0];
  if (kube.args.length !== 1 || name === undefined)
    throw kube.usage(`exactly one NAME is required, got ${kube.args.length}`);
  const seconds = flags.duration("duration", 0) / 1000;
  if (flags.has("duration") && seconds < 0) throw new Fail("--duration must be greater than or equal to 0");
  if (seconds % 1 !== 0) throw new Fail("--duration cannot be expressed in units less than seconds");
  const spec: Obj = {
    audiences: flags.list("audience").length > 0 ? flags.list("audience") : null,
    expirationSeconds: seconds > 0 ? seconds : null,
    boundObjectRef: null,
  };
  if (flags.has("bound-object-kind")) {
    const kind = flags.text("bound-object-kind");
    const versions: Obj = { Pod: "v1", Secret: "v1", Node: "v1" };
    if (!(kind in versions)) throw new Fail(`supported --bound-object-kind values are Node, Pod, Secret`);
    if (!flags.has("bound-object-name"))
      throw new Fail("--bound-object-name is required if --bound-object-kind is provided");
    spec.boundObjectRef = {
      kind,
      apiVersion: versions[kind],
      name: flags.text("bound-object-name"),
      ...(flags.has("bound-object-uid") ? { uid: flags.text("bound-object-uid") } : {}),
    };
  } else if (flags.has("bound-object-name"))
    throw new Fail("--bound-object-name is only valid if --bound-object-kind is provided");
  const client = yield* kube.client();
  let made: Obj;
  try {
    const body = {
      kind: "TokenRequest",
      apiVersion: "authentication.k8s.io/v1",
      metadata: {},
      spec,
      status: { token: "", expirationTimestamp: null },
    };
    made = (yield* client.call({
      method: "POST",
      path: `/api/v1/namespaces/${kube.namespace}/serviceaccounts/${name}/token`,
      body,
    })).body;
  } catch (error) {
    throw new Fail(`failed to create token: ${(error as Error).message}`);
  }
  const printer = printerFor(kube, flags.text("output"));
  if (printer !== undefined) yield* kube.out(printer(made));
  else if (!made.status?.token) throw new Fail("failed to create token: no token in server response");
  else yield* kube.out(`${made.status.token}\n`);
  return 0;
}

/** kubectl run: a pod. */
export function* run(kube: Kube): Task<number> {
  const { flags } = kube;
  require(kube, "image");
  const before = flags.dash < 0 ? kube.args.slice(0) : kube.args.slice(0, flags.dash);
  const name = before[0];
  if (name === undefined) throw kube.usage("NAME is required for run");
  const image = flags.text("image");
  if (image === "") throw new Fail(`Invalid image name "": invalid reference format`);
  if (!/^[\w.\-/:@]+$/.test(image) || /[A-Z]/.test(image.replace(/[:@].*$/, "").replace(/^[^/]*\.[^/]*\//, "")))
    throw new Fail(`Invalid image name ${q(image)}: invalid reference format`);
  const restart = flags.text("restart", "Always");
  if (!["Always", "OnFailure", "Never"].includes(restart))
    throw new Fail(`invalid restart policy: ${restart}\nSee 'kubectl run -h' for help and examples`);
  if (flags.on("rm") && !flags.on("stdin") && !flags.on("attach"))
    throw new Fail("--rm should only be used for attached containers");
  if (flags.on("tty") && !flags.on("stdin")) throw new Fail("stdin is required for containers with -t/--tty");
  const words = [...(flags.dash < 0 ? before.slice(1) : [...before.slice(1), ...kube.args.slice(flags.dash)])];
  const labels = flags.has("labels")
    ? Object.fromEntries(flags.list("labels").map((pair) => splitLabel(pair)))
    : { run: name };
  const container: Obj = {
    name,
    image,
    ...(words.length > 0 ? (flags.on("command") ? { command: words } : { args: words }) : {}),
    ...(flags.list("env").length > 0
      ? {
          env: flags.list("env").map((pair) => {
            const equals = pair.indexOf("=");
            if (equals <= 0) throw new Fail(`invalid env: ${pair}`);
            return { name: pair.slice(0, equals), value: pair.slice(equals + 1) };
          }),
        }
      : {}),
    ...(flags.has("port") ? { ports: [{ containerPort: flags.number("port", 0) }] } : {}),
    resources: {},
    ...(flags.has("image-pull-policy") ? { imagePullPolicy: flags.text("image-pull-policy") } : {}),
    ...(flags.on("privileged") ? { securityContext: { privileged: true } } : {}),
    ...(flags.on("stdin") ? { stdin: true, stdinOnce: true } : {}),
    ...(flags.on("tty") ? { tty: true } : {}),
  };
  const annotations = flags.list("annotations");
  let object: Obj = {
    kind: "Pod",
    apiVersion: "v1",
    metadata: {
      name,
      labels,
      ...(annotations.length > 0
        ? { annotations: Object.fromEntries(annotations.map((pair) => splitLabel(pair))) }
        : {}),
    },
    spec: { containers: [container], restartPolicy: restart, dnsPolicy: "ClusterFirst" },
    status: {},
  };
  if (flags.has("overrides")) {
    try {
      object = mergeJson(object, JSON.parse(flags.text("overrides"))) as Obj;
    } catch {
      throw new Fail(`Invalid JSON Patch`);
    }
  }
  yield* (yield* kube.discovery()).ofKind("v1", "Pod", 2);
  const attached = flags.on("stdin") || flags.on("attach");
  if (attached && dryRun(kube) === "") return yield* attachNew(kube, object);
  const port = flags.number("port", 0);
  if (flags.on("expose") && port === 0) throw new Fail("--port must be set when exposing a service");
  const service = (): Obj => ({
    kind: "Service",
    apiVersion: "v1",
    metadata: { name },
    spec: { ports: [{ protocol: "TCP", port, targetPort: port }], selector: labels },
    status: { loadBalancer: {} },
  });
  const shown = flags.text("output");
  if (flags.on("expose")) {
    yield* submit(kube, "services", service(), "run", "kubectl-run");
    if (shown === "yaml") yield* kube.out("---\n");
  }
  return yield* submit(kube, "pods", object, "run", "kubectl-run");
}

function splitLabel(pair: string): [string, string] {
  const equals = pair.indexOf("=");
  if (equals < 0) throw new Fail(`unexpected label spec: ${pair}`);
  return [pair.slice(0, equals), pair.slice(equals + 1)];
}

/** RFC 7386. */
export function mergeJson(target: unknown, patch: unknown): unknown {
  if (patch === null || typeof patch !== "object" || Array.isArray(patch)) return patch;
  const base: Obj =
    target !== null && typeof target === "object" && !Array.isArray(target) ? { ...(target as Obj) } : {};
  for (const [key, value] of Object.entries(patch as Obj)) {
    if (value === null) delete base[key];
    else base[key] = mergeJson(base[key], value);
  }
  return base;
}

const MAKE =
  "allow-missing-template-keys! dry-run?unchanged field-manager= output:o= save-config! show-managed-fields! template= validate?strict";
const DATA = "append-hash! from-env-file+ from-file+ from-literal+";
const SERVICE = `${MAKE} clusterip= external-name= node-port# tcp*`;

export const createCommand: KubectlCommand = {
  name: "create",
  short: "Create a resource from a file or from stdin",
  long: "Create a resource from a file or from stdin.\n\n JSON and YAML formats are accepted.",
  usage: "-f FILENAME [options]",
  flags:
    "allow-missing-template-keys! dry-run?unchanged edit! field-manager= filename:f* kustomize:k= output:o= raw= recursive:R! save-config! selector:l= show-managed-fields! template= validate?strict windows-line-endings!",
  run: createFiles,
  sub: [
    {
      name: "clusterrole",
      short: "Create a cluster role",
      usage:
        "NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none] [options]",
      flags: `${MAKE} aggregation-rule* non-resource-url* resource* resource-name+ verb*`,
      run: clusterRole,
    },
    {
      name: "clusterrolebinding",
      short: "Create a cluster role binding for a particular cluster role",
      usage:
        "NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none] [options]",
      flags: `${MAKE} clusterrole= group+ serviceaccount+ user+`,
      run: clusterRoleBinding,
    },
    {
      name: "configmap",
      short: "Create a config map from a local file, directory or literal value",
      aliases: ["cm"],
      usage: "NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none] [options]",
      flags: `${MAKE} ${DATA}`,
      run: configMap,
    },
    {
      name: "cronjob",
      short: "Create a cron job with the specified name",
      aliases: ["cj"],
      usage: "NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags] [options]",
      flags: `${MAKE} image= restart= schedule=`,
      run: cronJob,
    },
    {
      name: "deployment",
      short: "Create a deployment with the specified name",
      aliases: ["deploy"],
      usage: "NAME --image=image -- [COMMAND] [args...] [options]",
      flags: `${MAKE} image* port# replicas:r#1`,
      run: deployment,
    },
    {
      name: "ingress",
      short: "Create an ingress with the specified name",
      aliases: ["ing"],
      usage: "NAME --rule=host/path=service:port[,tls[=secret]] [options]",
      flags: `${MAKE} annotation+ class= default-backend= rule+`,
      run: ingress,
    },
    {
      name: "job",
      short: "Create a job with the specified name",
      usage: "NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...] [options]",
      flags: `${MAKE} from= image=`,
      run: job,
    },
    {
      name: "namespace",
      short: "Create a namespace with the specified name",
      aliases: ["ns"],
      usage: "NAME [--dry-run=server|client|none] [options]",
      flags: MAKE,
      run: namespace,
    },
    {
      name: "poddisruptionbudget",
      short: "Create a pod disruption budget with the specified name",
      aliases: ["pdb"],
      usage: "NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none] [options]",
      flags: `${MAKE} max-unavailable= min-available= selector=`,
      run: disruptionBudget,
    },
    {
      name: "priorityclass",
      short: "Create a priority class with the specified name",
      aliases: ["pc"],
      usage: "NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none] [options]",
      flags: `${MAKE} description= global-default! preemption-policy= value#`,
      run: priorityClass,
    },
    {
      name: "quota",
      short: "Create a quota with the specified name",
      aliases: ["resourcequota"],
      usage: "NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none] [options]",
      flags: `${MAKE} hard* scopes*`,
      run: quota,
    },
    {
      name: "role",
      short: "Create a role with single rule",
      usage:
        "NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none] [options]",
      flags: `${MAKE} resource* resource-name+ verb*`,
      run: role,
    },
    {
      name: "rolebinding",
      short: "Create a role binding for a particular role or cluster role",
      usage:
        "NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none] [options]",
      flags: `${MAKE} clusterrole= group+ role= serviceaccount+ user+`,
      run: roleBinding,
    },
    {
      name: "secret",
      short: "Create a secret using a specified subcommand",
      usage: "(docker-registry | generic | tls) [options]",
      bare: { fd: 2, code: 1 },
      sub: [
        {
          name: "docker-registry",
          short: "Create a secret for use with a Docker registry",
          flags: `${MAKE} append-hash! docker-email= docker-password= docker-server= docker-username= from-file+`,
          run: secretRegistry,
        },
        {
          name: "generic",
          short: "Create a secret from a local file, directory, or literal value",
          usage:
            "NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none] [options]",
          flags: `${MAKE} ${DATA} type=`,
          run: secretGeneric,
        },
        {
          name: "tls",
          short: "Create a TLS secret",
          usage: "NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none] [options]",
          flags: `${MAKE} append-hash! cert= key=`,
          run: secretTls,
        },
      ],
    },
    {
      name: "service",
      short: "Create a service using a specified subcommand",
      aliases: ["svc"],
      usage: "[flags] [options]",
      bare: { fd: 2, code: 1 },
      sub: [
        { name: "clusterip", short: "Create a ClusterIP service", flags: SERVICE, run: service("ClusterIP") },
        { name: "externalname", short: "Create an ExternalName service", flags: SERVICE, run: service("ExternalName") },
        { name: "loadbalancer", short: "Create a LoadBalancer service", flags: SERVICE, run: service("LoadBalancer") },
        { name: "nodeport", short: "Create a NodePort service", flags: SERVICE, run: service("NodePort") },
      ],
    },
    {
      name: "serviceaccount",
      short: "Create a service account with the specified name",
      aliases: ["sa"],
      usage: "NAME [--dry-run=server|client|none] [options]",
      flags: MAKE,
      run: serviceAccount,
    },
    {
      name: "token",
      short: "Request a service account token",
      usage: "SERVICE_ACCOUNT_NAME [options]",
      flags:
        "allow-missing-template-keys! audience+ bound-object-kind= bound-object-name= bound-object-uid= duration@ output:o= show-managed-fields! template=",
      run: token,
    },
  ],
};

export const RUN_FLAGS = `${MAKE} annotations+ attach! attach-no! cascade?background command! detach-keys= env+ expose! filename:f* force! grace-period#-1 image= image-pull-policy= kustomize:k= labels:l* leave-stdin-open! override-type= overrides= pod-running-timeout@ port# privileged! quiet:q! recursive:R! restart= rm! stdin:i! timeout@ tty:t! wait!`;
