// kubectl auth can-i and whoami.

import type { Task } from "../../kernel/sys.ts";
import { ANY_TYPE } from "./client.ts";
import { groupVersion, type Resource } from "./discovery.ts";
import { isReason, type Kube } from "./kube.ts";
import { printerFor } from "./print.ts";
import { alignTabs } from "./tabs.ts";
import { Fail, type Obj } from "./values.ts";

const GROUP = "/apis/authorization.k8s.io/v1";
const KNOWN_VERBS = [
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
  "escalate",
  "impersonate",
  "approve",
  "sign",
  "attest",
  "*",
];
const PATH_VERBS = ["get", "put", "post", "head", "options", "delete", "patch", "*"];

export function* canI(kube: Kube): Task<number> {
  const { flags, args } = kube;
  if (flags.on("list")) {
    if (args.length > 0) throw new Fail("list option must be specified with no arguments");
    return yield* listRules(kube);
  }
  if (flags.has("no-headers")) throw new Fail("--no-headers cannot be set without --list specified");
  if (args.length !== 2)
    throw new Fail(
      "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
    );
  const [verb = "", what = ""] = args;
  const client = yield* kube.client();
  let spec: Obj;
  if (what.startsWith("/")) {
    if (flags.has("subresource")) throw new Fail("--subresource can not be used with NonResourceURL");
    spec = { nonResourceAttributes: { path: what, verb } };
    if (!PATH_VERBS.includes(verb)) yield* kube.err(`Warning: verb '${verb}' is not a known verb\n\n`);
  } else {
    const slash = what.indexOf("/");
    const type = slash < 0 ? what : what.slice(0, slash);
    const name = slash < 0 ? "" : what.slice(slash + 1);
    const resource = yield* resolve(kube, type);
    if (!KNOWN_VERBS.includes(verb)) yield* kube.err(`Warning: verb '${verb}' is not a known verb\n\n`);
    const everywhere = flags.on("all-namespaces");
    const namespace = everywhere ? "" : kube.namespace;
    spec = {
      resourceAttributes: {
        ...(namespace === "" ? {} : { namespace }),
        verb,
        ...(resource.group === "" ? {} : { group: resource.group }),
        resource: resource.name,
        ...(flags.has("subresource") ? { subresource: flags.text("subresource") } : {}),
        ...(name === "" ? {} : { name }),
      },
    };
  }
  const body = {
    kind: "SelfSubjectAccessReview",
    apiVersion: "authorization.k8s.io/v1",
    metadata: {},
    spec,
    status: { allowed: false },
  };
  const review: Obj = (yield* client.call({ method: "POST", path: `${GROUP}/selfsubjectaccessreviews`, body })).body;
  const status = review.status ?? {};
  if (!flags.on("quiet")) {
    let text = status.allowed ? "yes" : "no";
    if (status.reason) text += ` - ${status.reason}`;
    if (status.evaluationError) text += ` - ${status.evaluationError}`;
    // An allowed request is told without its reason.
    yield* kube.out(`${status.allowed ? "yes" : text}\n`);
  }
  return status.allowed ? 0 : 1;
}

/** The resource a word means; unknown ones are asked about as they are. */
function* resolve(kube: Kube, type: string): Task<{ name: string; group: string }> {
  if (type === "*") return { name: "*", group: "*" };
  const discovery = yield* kube.discovery();
  let found: Resource | undefined;
  try {
    found = yield* discovery.lookUp(type, 1);
  } catch {
    // can-i tries twice, then warns and asks all the same.
    try {
      found = yield* discovery.lookUp(type, 1);
    } catch {
      found = undefined;
    }
  }
  if (found === undefined) {
    // Users and groups are no resources, and are asked about all the same.
    if (type === "users" || type === "groups") return { name: type, group: "" };
    const [name = "", ...rest] = type.split(".");
    const group = rest.join(".");
    yield* kube.err(
      `Warning: the server doesn't have a resource type '${name}'${group === "" ? "" : ` in group '${group}'`}\n\n`,
    );
    return { name, group };
  }
  if (!kube.flags.on("all-namespaces")) {
    const client = yield* kube.client();
    const looked = yield* client.ask({
      accept: ANY_TYPE,
      path: found.group === "" ? `/api/${found.version}` : `/apis/${groupVersion(found)}`,
    });
    if (looked.status === 200 && !found.namespaced)
      yield* kube.err(
        `Warning: resource '${found.name}' is not namespace scoped${found.group === "" ? "" : ` in group '${found.group}'`}\n\n`,
      );
  }
  return found;
}

function* listRules(kube: Kube): Task<number> {
  const client = yield* kube.client();
  const body = {
    kind: "SelfSubjectRulesReview",
    apiVersion: "authorization.k8s.io/v1",
    metadata: {},
    spec: { namespace: kube.namespace },
    status: { resourceRules: null, nonResourceRules: null, incomplete: false },
  };
  const review: Obj = (yield* client.call({ method: "POST", path: `${GROUP}/selfsubjectrulesreviews`, body })).body;
  const status: Obj = review.status ?? {};
  if (status.incomplete === true)
    yield* kube.err(`Warning: the list may be incomplete: ${status.evaluationError ?? ""}\n`);
  const rules: Obj[] = [
    ...(status.resourceRules ?? []).map((rule: Obj) => ({ ...rule, nonResourceURLs: [] })),
    ...(status.nonResourceRules ?? []).map((rule: Obj) => ({
      verbs: rule.verbs,
      nonResourceURLs: rule.nonResourceURLs,
    })),
  ];
  yield* kube.out(
    alignTabs(
      `${kube.flags.on("no-headers") ? "" : "Resources\tNon-Resource URLs\tResource Names\tVerbs\n"}${ruleRows(rules)
        .map((row) => `${row.join("\t")}\n`)
        .join("")}`,
    ),
  );
  return 0;
}

const list = (values: readonly string[] | undefined): string => `[${(values ?? []).join(" ")}]`;

interface RuleRow {
  readonly group: string;
  readonly resource: string;
  readonly urls: readonly string[];
  readonly names: readonly string[];
  readonly verbs: string[];
}

/** Rules broken down to one resource and name a row, put together by what they are about, and sorted as their Go texts. */
export function ruleRows(rules: readonly Obj[]): string[][] {
  const rows: RuleRow[] = [];
  for (const rule of rules) {
    const verbs: string[] = rule.verbs ?? [];
    const names: string[] = (rule.resourceNames ?? []).length === 0 ? [""] : rule.resourceNames;
    for (const group of rule.apiGroups ?? [""])
      for (const resource of rule.resources ?? [])
        for (const name of names) {
          const known = rows.find(
            (row) =>
              row.group === group &&
              row.resource === resource &&
              (row.names[0] ?? "") === name &&
              row.urls.length === 0,
          );
          if (known === undefined)
            rows.push({ group, resource, urls: [], names: name === "" ? [] : [name], verbs: [...verbs] });
          else for (const verb of verbs) if (!known.verbs.includes(verb)) known.verbs.push(verb);
        }
    for (const url of rule.nonResourceURLs ?? [])
      for (const verb of verbs) rows.push({ group: "", resource: "", urls: [url], names: [], verbs: [verb] });
  }
  const text = (row: RuleRow): string =>
    `${list(row.verbs)},${list(row.urls.length > 0 ? [] : [row.group])},${list(row.urls.length > 0 ? [] : [row.resource])},${list(row.names)},${list(row.urls)}`;
  return rows
    .map((row) => ({ row, key: text(row) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ row }) => [combine(row.resource, row.group), list(row.urls), list(row.names), list(row.verbs)]);
}

function combine(resource: string, group: string): string {
  if (group === "") return resource;
  const [base = "", ...sub] = resource.split("/");
  return `${base}.${group}${sub.length === 0 ? "" : `/${sub.join("/")}`}`;
}

export function* whoami(kube: Kube): Task<number> {
  const client = yield* kube.client();
  const body = {
    kind: "SelfSubjectReview",
    apiVersion: "authentication.k8s.io/v1",
    metadata: {},
    status: { userInfo: {} },
  };
  let review: Obj;
  try {
    review = (yield* client.call({ method: "POST", path: "/apis/authentication.k8s.io/v1/selfsubjectreviews", body }))
      .body;
  } catch (error) {
    if (isReason(error, "Forbidden"))
      throw new Fail(
        "the selfsubjectreviews API is not enabled in the cluster or you do not have permission to call it",
      );
    if (isReason(error, "NotFound"))
      throw new Fail(
        "the selfsubjectreviews API is not enabled in the cluster\nenable APISelfSubjectReview feature gate and authentication.k8s.io/v1alpha1 or authentication.k8s.io/v1beta1 API",
      );
    throw error;
  }
  const printer = printerFor(kube, kube.flags.text("output"), { sorted: false });
  if (printer !== undefined) {
    const { kind, apiVersion, metadata, status } = review;
    yield* kube.out(printer({ kind, apiVersion, metadata, status }));
    return 0;
  }
  const user: Obj = review.status?.userInfo ?? {};
  const rows: [string, string][] = [];
  if (user.username) rows.push(["Username", user.username]);
  if (user.uid) rows.push(["UID", user.uid]);
  if ((user.groups ?? []).length > 0) rows.push(["Groups", list(user.groups)]);
  for (const key of Object.keys(user.extra ?? {}).sort()) rows.push([`Extra: ${key}`, list(user.extra[key])]);
  yield* kube.out(alignTabs(`ATTRIBUTE\tVALUE\n${rows.map((row) => `${row.join("\t")}\n`).join("")}`));
  return 0;
}
