// kubectl create role, rolebinding and what is theirs: who may do what, from flags.

import type { Task } from "../../../kernel/sys.ts";
import type { Kube } from "../kube.ts";
import { BareFail, Fail, filled, type Obj, q } from "../values.ts";
import { generator } from "./generator.ts";

const GROUP = "rbac.authorization.k8s.io";
const API = `${GROUP}/v1`;

/** Verbs that need no warning. */
const VERBS = new Set(
  "get list watch create update patch delete deletecollection use bind impersonate * approve sign escalate attest proxy".split(
    " ",
  ),
);

/** Resources by their groups, as the server knows them. */
function* byGroup(kube: Kube, words: readonly string[]): Task<Map<string, string[]>> {
  const groups = new Map<string, string[]>();
  for (const word of words) {
    const [type = "", ...sub] = word.split("/");
    if (word === "*" && words.length > 1) throw new Fail("resource must be specified as '*' alone");
    const star = /^\*(?:\.(.*))?$/.exec(type);
    const found =
      star !== null ? { group: star[1] ?? "", name: "*" } : yield* (yield* kube.discovery()).lookUp(type, 1);
    // The mapper's own error comes without "error: " in front.
    if (found === undefined) {
      const [name = "", ...group] = type.split(".");
      const where = group.length === 0 ? "" : ` in group ${q(group.join("."))}`;
      throw new BareFail(`the server doesn't have a resource type ${q(name)}${where}`);
    }
    const name = [found.name, ...sub].join("/");
    const list = groups.get(found.group) ?? [];
    if (!list.includes(name)) list.push(name);
    groups.set(found.group, list);
  }
  return groups;
}

/** Rules of --verb, --resource, --resource-name and --non-resource-url. */
function* rulesOf(kube: Kube, cluster: boolean): Task<Obj[]> {
  const { flags } = kube;
  const given = [...new Set(flags.list("verb"))];
  const verbs = given.includes("*") ? ["*"] : given;
  const nonResourceURLs = flags.list("non-resource-url");
  const resources = flags.list("resource");
  if (verbs.length === 0) throw new Fail("at least one verb must be specified");
  if (resources.length === 0 && nonResourceURLs.length === 0)
    throw new Fail(
      cluster ? "one of resource or nonResourceURL must be specified" : "at least one resource must be specified",
    );
  if (nonResourceURLs.length === 0)
    for (const verb of verbs)
      if (!VERBS.has(verb)) yield* kube.err(`Warning: '${verb}' is not a standard resource verb\n`);
  if (nonResourceURLs.some((url) => !/^(?:\/|\*$)/.test(url))) throw new Fail("nonResourceURL should start with /");
  if (nonResourceURLs.length > 0)
    for (const verb of verbs)
      if (!/^(?:get|put|post|head|options|delete|patch|\*)$/.test(verb))
        throw new Fail(`invalid verb: '${verb}' for nonResourceURL`);
  const groups = yield* byGroup(kube, resources);
  const rules: Obj[] = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, names]) =>
      filled({ verbs, apiGroups: [group], resources: names, resourceNames: flags.list("resource-name") }),
    );
  if (nonResourceURLs.length > 0) rules.push({ verbs, nonResourceURLs });
  return rules;
}

export const role = generator({
  name: "role",
  short: "Create a role with single rule",
  usage:
    "NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none] [options]",
  flags: "resource* resource-name+ verb*",
  makes: [API, "Role"],
  ask: function* (kube, name) {
    return { metadata: { name }, rules: yield* rulesOf(kube, false) };
  },
});

export const clusterRole = generator({
  name: "clusterrole",
  short: "Create a cluster role",
  usage:
    "NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none] [options]",
  flags: "aggregation-rule* non-resource-url* resource* resource-name+ verb*",
  makes: [API, "ClusterRole"],
  ask: function* (kube, name) {
    const metadata = { name };
    if (!kube.flags.has("aggregation-rule")) return { metadata, rules: yield* rulesOf(kube, true) };
    if (["verb", "resource", "non-resource-url", "resource-name"].some((flag) => kube.flags.has(flag)))
      throw new Fail("aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames");
    const matchLabels = Object.fromEntries(kube.flags.list("aggregation-rule").map((pair) => pair.split("=")));
    return { metadata, rules: null, aggregationRule: { clusterRoleSelectors: [{ matchLabels }] } };
  },
});

function subjects({ flags }: Kube): Obj[] {
  const named = (kind: string, flag: string): Obj[] =>
    flags.list(flag).map((name) => ({ kind, apiGroup: GROUP, name }));
  const accounts = flags.list("serviceaccount").map((text) => {
    const [namespace, name, ...more] = text.split(":");
    if (!namespace || !name || more.length > 0) throw new Fail("serviceaccount must be <namespace>:<name>");
    return { kind: "ServiceAccount", name, namespace };
  });
  return [...named("User", "user"), ...named("Group", "group"), ...accounts];
}

const binding = (kube: Kube, name: string, kind: string, to: string): Obj => ({
  metadata: { name },
  subjects: subjects(kube),
  roleRef: { apiGroup: GROUP, kind, name: to },
});

export const roleBinding = generator({
  name: "rolebinding",
  short: "Create a role binding for a particular role or cluster role",
  usage:
    "NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none] [options]",
  flags: "clusterrole= group+ role= serviceaccount+ user+",
  makes: [API, "RoleBinding"],
  failing: "rolebinding: ",
  make(kube, name) {
    const { flags } = kube;
    if (flags.has("clusterrole") === flags.has("role"))
      throw new Fail("exactly one of clusterrole or role must be specified");
    return flags.has("role")
      ? binding(kube, name, "Role", flags.text("role"))
      : binding(kube, name, "ClusterRole", flags.text("clusterrole"));
  },
});

export const clusterRoleBinding = generator({
  name: "clusterrolebinding",
  short: "Create a cluster role binding for a particular cluster role",
  usage:
    "NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none] [options]",
  flags: "clusterrole= group+ serviceaccount+ user+",
  makes: [API, "ClusterRoleBinding"],
  failing: "clusterrolebinding: ",
  required: ["clusterrole"],
  make: (kube, name) => binding(kube, name, "ClusterRole", kube.flags.text("clusterrole")),
});

export const serviceAccount = generator({
  name: "serviceaccount",
  short: "Create a service account with the specified name",
  aliases: ["sa"],
  usage: "NAME [--dry-run=server|client|none] [options]",
  makes: ["v1", "ServiceAccount"],
  failing: "serviceaccount: ",
  make: (_, name) => ({ metadata: { name } }),
});
