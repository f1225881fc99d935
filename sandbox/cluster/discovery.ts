// Discovery: /api, /apis, their groups and versions, in the old and the aggregated form.

import type { Task } from "../kernel/sys.ts";
import { encode } from "../kernel/text.ts";
import { toBase64 } from "../lib/crypto/base64.ts";
import { hash } from "../lib/crypto/hash.ts";
import type { Fields } from "./object.ts";
import { RESOURCES } from "./registry/resources.ts";
import { apiVersionOf, type Resource } from "./registry/types.ts";
import type { RequestContext } from "./request.ts";
import { negotiate, notAcceptable, sendJson } from "./rest/codec.ts";

/** Groups with their versions, the preferred one first. */
function groupsOf(resources: readonly Resource[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { group, version } of resources) {
    const versions = groups.get(group) ?? [];
    if (!versions.includes(version)) versions.push(version);
    groups.set(group, versions);
  }
  return groups;
}

const versionEntry = (group: string, version: string): Fields => ({ groupVersion: `${group}/${version}`, version });

function groupEntry(group: string, versions: readonly string[]): Fields {
  return {
    name: group,
    versions: versions.map((version) => versionEntry(group, version)),
    preferredVersion: versionEntry(group, versions[0] as string),
  };
}

/** discovery.StorageVersionHash: the first eight bytes of SHA-256 over `group/version/Kind`. */
function storageHash(resource: Resource): string {
  return toBase64(hash("sha256", encode(`${resource.group}/${resource.version}/${resource.kind}`)).subarray(0, 8));
}

function resourceEntries(resource: Resource): Fields[] {
  const { name, singular, namespaced, kind, verbs, shortNames, categories } = resource;
  const stored = verbs.includes("list") && name !== "componentstatuses";
  return [
    {
      name,
      singularName: singular,
      namespaced,
      kind,
      verbs,
      ...(shortNames.length === 0 ? {} : { shortNames }),
      ...(categories.length === 0 ? {} : { categories }),
      ...(stored ? { storageVersionHash: storageHash(storedAs(resource)) } : {}),
    },
    ...resource.subresources.map((sub) => ({
      name: `${name}/${sub.name}`,
      singularName: "",
      namespaced,
      ...(sub.group === undefined ? {} : { group: sub.group, version: sub.version }),
      kind: sub.kind,
      verbs: sub.verbs,
    })),
  ];
}

/** The version in which objects of a resource are kept. */
function storedAs(resource: Resource): Resource {
  return RESOURCES.find((each) => each.storage === resource.storage) ?? resource;
}

function resourceList(resources: readonly Resource[]): Fields {
  const first = resources[0] as Resource;
  return {
    kind: "APIResourceList",
    ...(first.group === "" ? {} : { apiVersion: "v1" }),
    groupVersion: apiVersionOf(first),
    resources: resources.flatMap(resourceEntries),
  };
}

function aggregated(groups: Map<string, string[]>, resources: readonly Resource[]): Fields {
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: "apidiscovery.k8s.io/v2",
    metadata: {},
    items: [...groups].map(([group, versions]) => ({
      metadata: group === "" ? { creationTimestamp: null } : { name: group, creationTimestamp: null },
      versions: versions.map((version) => ({
        version,
        resources: resources.filter((each) => each.group === group && each.version === version).map(aggregatedEntry),
        freshness: "Current",
      })),
    })),
  };
}

function aggregatedEntry(resource: Resource): Fields {
  const kindOf = (group: string, version: string, kind: string): Fields => ({ group, version, kind });
  return {
    resource: resource.name,
    responseKind: kindOf(resource.group, resource.version, resource.kind),
    scope: resource.namespaced ? "Namespaced" : "Cluster",
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
    ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
    ...(resource.subresources.length === 0
      ? {}
      : {
          subresources: resource.subresources.map((sub) => ({
            subresource: sub.name,
            responseKind: kindOf(sub.group ?? resource.group, sub.version ?? resource.version, sub.kind),
            verbs: sub.verbs,
          })),
        }),
  };
}

/** Answers discovery paths; false where the path is none. */
export function* serveDiscovery(context: RequestContext): Task<boolean> {
  const { path } = context.request;
  const parts = path.split("/").filter((part) => part !== "");
  if ((parts[0] !== "api" && parts[0] !== "apis") || parts.length > 3) return false;
  const accepted = negotiate(context.request.headers.get("accept"));
  if (accepted === undefined) throw notAcceptable();
  const resources = RESOURCES;
  const groups = groupsOf(resources);
  const whole = accepted.as === "APIGroupDiscoveryList" && parts.length === 1;
  const answer = documentOf(context, parts, groups, resources, whole);
  if (answer === undefined) return false;
  // Clients know the aggregated form by its media type.
  yield* sendJson(context, 200, answer, undefined, whole ? ";g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList" : "");
  return true;
}

function documentOf(
  context: RequestContext,
  [root = "", group, version]: readonly string[],
  groups: Map<string, string[]>,
  resources: readonly Resource[],
  whole: boolean,
): Fields | undefined {
  const core = root === "api";
  if (group === undefined) {
    const chosen = new Map([...groups].filter(([name]) => (name === "") === core));
    if (whole) return aggregated(chosen, resources);
    if (!core)
      return {
        kind: "APIGroupList",
        apiVersion: "v1",
        groups: [...chosen].map(([name, versions]) => groupEntry(name, versions)),
      };
    const address = `${context.state.flags["advertise-address"] ?? context.sys.interfaces()[1]?.addresses[0]?.split("/")[0]}:${context.state.flags["secure-port"]}`;
    return {
      kind: "APIVersions",
      versions: ["v1"],
      serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: address }],
    };
  }
  if (core)
    return group === "v1" && version === undefined
      ? resourceList(resources.filter((each) => each.group === ""))
      : undefined;
  const versions = groups.get(group);
  if (versions === undefined || group === "") return undefined;
  if (version === undefined) return { kind: "APIGroup", apiVersion: "v1", ...groupEntry(group, versions) };
  const served = resources.filter((each) => each.group === group && each.version === version);
  return served.length === 0 ? undefined : resourceList(served);
}
