// What the API server offers: asked for at once (aggregated) or group by group, kept below ~/.kube/cache; names to resources.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { type Client, DialError, genericError, klogHeader, StatusError } from "./client.ts";
import { Fail, type Obj, q, splitVersion } from "./values.ts";

/** A resource with where it lives. */
export interface Resource {
  readonly name: string;
  readonly singular: string;
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
}

const AGGREGATED =
  "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";
/** How long the cache is believed. */
const CACHE_MS = 6 * 3_600_000;

/** `apps/v1`, or `v1`. */
export const groupVersion = (resource: Resource): string =>
  resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
/** `deployments.apps`. */
export const fullName = (resource: Resource): string =>
  resource.group === "" ? resource.name : `${resource.name}.${resource.group}`;
/** `deployment.apps`: how messages name a kind. */
export const kindName = (resource: Resource): string =>
  resource.kind.toLowerCase() + (resource.group === "" ? "" : `.${resource.group}`);

/** Path of a collection or an object. */
export function pathOf(resource: Resource, namespace: string, name = "", sub = ""): string {
  const root = resource.group === "" ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const space = resource.namespaced && namespace !== "" ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${root}${space}/${resource.name}${name === "" ? "" : `/${encodeURIComponent(name).replace(/%3A/g, ":")}`}${sub === "" ? "" : `/${sub}`}`;
}

export class Discovery {
  readonly #sys: Sys;
  readonly #client: Client;
  #resources: readonly Resource[] | undefined;
  /** True once it was asked again because a name was not found. */
  #fresh = false;

  constructor(sys: Sys, client: Client) {
    this.#sys = sys;
    this.#client = client;
  }

  get #folder(): string {
    return `${this.#sys.env.HOME ?? ""}/.kube/cache/discovery/${this.#client.to.server.replace(/^https?:\/\//, "").replace(/[^\w/.()]/g, "_")}`;
  }

  /** All resources in the server's order. `complaints`: how often the failure is told before it is thrown. */
  *resources(complaints = 5): Task<readonly Resource[]> {
    if (this.#resources !== undefined) return this.#resources;
    const cached = this.#readCache();
    if (cached !== undefined) {
      this.#resources = cached;
      return cached;
    }
    this.#fresh = true;
    this.#resources = yield* this.#fetch(complaints);
    this.#writeCache(this.#resources);
    return this.#resources;
  }

  /** A stale cache is no proof: the server is asked once more. */
  *#invalidate(complaints: number): Task<readonly Resource[]> {
    yield* this.#client.log(5, "discovery.go:214", "Invalidating discovery information");
    return yield* this.refresh(complaints);
  }

  /** Asks the server again, whatever the cache says. */
  *refresh(complaints = 5): Task<readonly Resource[]> {
    this.#fresh = true;
    this.#resources = yield* this.#fetch(complaints);
    this.#writeCache(this.#resources);
    return this.#resources;
  }

  *#fetch(complaints: number): Task<readonly Resource[]> {
    const found: Resource[] = [];
    for (const root of ["/api", "/apis"]) {
      const path = `${root}?timeout=32s`;
      let body: Obj;
      try {
        const answer = yield* this.#client.ask({ path, accept: AGGREGATED });
        if (answer.status >= 400) throw genericError(answer, { path });
        body = answer.body ?? {};
      } catch (error) {
        if (!(error instanceof DialError || error instanceof StatusError)) throw error;
        for (let i = 0; i < complaints; i++)
          yield* this.#sys.write(
            2,
            `${klogHeader(this.#sys, "E", "memcache.go:265")}"Unhandled Error" err=${q(`couldn't get current server API group list: ${error.message}`)}\n`,
          );
        throw error;
      }
      if (body.kind === "APIGroupDiscoveryList") found.push(...readAggregated(body));
      else for (const list of yield* this.#fetchLists(body)) found.push(...readList(list));
    }
    return found;
  }

  *#fetchLists(body: Obj): Task<Obj[]> {
    const versions: string[] =
      body.versions ?? (body.groups ?? []).flatMap((group: Obj) => group.versions.map((one: Obj) => one.groupVersion));
    const lists: Obj[] = [];
    for (const version of versions) {
      const answer = yield* this.#client.ask({
        path: `${version.includes("/") ? "/apis" : "/api"}/${version}?timeout=32s`,
      });
      if (answer.status === 200) lists.push(answer.body);
    }
    return lists;
  }

  #readCache(): readonly Resource[] | undefined {
    const file = (path: string): Obj | undefined => {
      const bytes = this.#sys.readFile(path);
      try {
        return isErrno(bytes) ? undefined : (JSON.parse(decode(bytes)) as Obj);
      } catch {
        return undefined;
      }
    };
    const place = `${this.#folder}/servergroups.json`;
    const stat = this.#sys.stat(place);
    if (isErrno(stat) || this.#sys.now() - stat.mtime > CACHE_MS) return undefined;
    const groups = file(place);
    if (groups === undefined) return undefined;
    const found: Resource[] = [];
    for (const group of groups.groups ?? [])
      for (const { groupVersion: version } of group.versions) {
        const list = file(`${this.#folder}/${version}/serverresources.json`);
        if (list === undefined) return undefined;
        found.push(...readList(list));
      }
    return found;
  }

  #writeCache(resources: readonly Resource[]): void {
    const folder = this.#folder;
    const parts = folder.split("/");
    const make = (path: string): boolean => {
      const made = this.#sys.mkdir(path, 0o750);
      return made === undefined || made.code === "EEXIST";
    };
    for (let i = 2; i <= parts.length; i++) if (!make(parts.slice(0, i).join("/"))) return;
    const versions = [...new Set(resources.map(groupVersion))];
    const groups = new Map<string, Obj[]>();
    for (const version of versions) {
      const { group, version: short } = splitVersion(version);
      groups.set(group, [...(groups.get(group) ?? []), { groupVersion: version, version: short }]);
      const inside = version.split("/");
      for (let i = 1; i <= inside.length; i++) make(`${folder}/${inside.slice(0, i).join("/")}`);
      const list = resources.filter((one) => groupVersion(one) === version).map(writeResource);
      this.#sys.writeFile(
        `${folder}/${version}/serverresources.json`,
        `${JSON.stringify({ kind: "APIResourceList", apiVersion: "v1", groupVersion: version, resources: list })}\n`,
        { mode: 0o660 },
      );
    }
    const list = [...groups].map(([name, all]) => ({ name, versions: all, preferredVersion: all[0] }));
    this.#sys.writeFile(
      `${folder}/servergroups.json`,
      `${JSON.stringify({ kind: "APIGroupList", apiVersion: "v1", groups: list })}\n`,
      { mode: 0o660 },
    );
  }

  /** The resource a word means: plural, singular, short name, with version and group behind dots. Throws what kubectl says. */
  *find(word: string, complaints = 5): Task<Resource> {
    const all = yield* this.resources(complaints);
    const found = match(all, word);
    if (found?.shortNames.includes(word)) {
      const other = all.find((one) => one !== found && one.shortNames.includes(word) && one.group !== found.group);
      if (other !== undefined)
        yield* this.#sys.write(
          2,
          `Warning: short name ${q(word)} could also match lower priority resource ${fullName(other)}\n`,
        );
    }
    if (found !== undefined) return found;
    const again = this.#fresh ? undefined : match(yield* this.#invalidate(complaints), word);
    if (again !== undefined) return again;
    throw new Fail(`the server doesn't have a resource type ${q(word.replace(/\..*$/, ""))}`);
  }

  /** As `find`, but undefined where there is none. */
  *lookUp(word: string, complaints = 5): Task<Resource | undefined> {
    try {
      return yield* this.find(word, complaints);
    } catch (error) {
      if (error instanceof Fail) return undefined;
      throw error;
    }
  }

  /** The resource of a kind. */
  *ofKind(apiVersion: string, kind: string, complaints = 5): Task<Resource | undefined> {
    const pick = (all: readonly Resource[]) =>
      all.find(
        (one) =>
          [one.kind, one.kind.toLowerCase()].includes(kind) &&
          groupVersion(one) === apiVersion &&
          !one.name.includes("/"),
      );
    return (
      pick(yield* this.resources(complaints)) ?? (this.#fresh ? undefined : pick(yield* this.#invalidate(complaints)))
    );
  }

  /** A category such as `all`; undefined where there is none of the name. */
  *category(word: string, complaints = 5): Task<readonly Resource[] | undefined> {
    const all = (yield* this.resources(complaints)).filter(
      (one) => one.categories.includes(word) && !one.name.includes("/"),
    );
    // Of several versions the group's first one is meant.
    const found = all.filter((one, i) => all.findIndex((other) => fullName(other) === fullName(one)) === i);
    return found.length === 0 ? undefined : found;
  }
}

function match(all: readonly Resource[], word: string): Resource | undefined {
  const resources = all.filter((one) => !one.name.includes("/"));
  const [head = "", ...rest] = word.split(".");
  const lower = head.toLowerCase();
  const groupOf = (parts: readonly string[]): string => parts.join(".");
  const fits = (one: Resource, group: string): boolean =>
    group === "" || one.group === group || one.group.startsWith(group);
  const named = (one: Resource): boolean => one.name === lower || one.singular === lower;
  const first = (test: (one: Resource) => boolean): Resource | undefined =>
    resources.find((one) => named(one) && test(one)) ??
    resources.find((one) => one.shortNames.includes(head) && test(one));
  if (rest.length === 0) return first(() => true) ?? resources.find((one) => one.kind === head);
  // One dot and nothing behind it is no group.
  if (rest.length === 1 && rest[0] === "") return match(all, head);
  const exact =
    rest.length >= 2 ? first((one) => one.version === rest[0] && one.group === groupOf(rest.slice(1))) : undefined;
  return (
    exact ??
    first((one) => fits(one, groupOf(rest)) && one.group !== "") ??
    resources.find((one) => one.kind === head && fits(one, groupOf(rest)))
  );
}

function readAggregated(body: Obj): Resource[] {
  const found: Resource[] = [];
  for (const item of body.items ?? [])
    for (const version of item.versions ?? [])
      for (const one of version.resources ?? []) {
        const base = { group: item.metadata?.name ?? "", version: version.version };
        found.push({
          ...base,
          name: one.resource,
          singular: one.singularResource ?? "",
          kind: one.responseKind?.kind ?? "",
          namespaced: one.scope === "Namespaced",
          verbs: one.verbs ?? [],
          shortNames: one.shortNames ?? [],
          categories: one.categories ?? [],
        });
      }
  return found;
}

function readList(list: Obj): Resource[] {
  const { group, version } = splitVersion(list.groupVersion ?? "v1");
  return (list.resources ?? [])
    .filter((one: Obj) => !one.name.includes("/"))
    .map((one: Obj) => ({
      name: one.name,
      singular: one.singularName ?? "",
      kind: one.kind,
      group: one.group && !one.name.includes("/") ? one.group : group,
      version: one.version ?? version,
      namespaced: one.namespaced === true,
      verbs: one.verbs ?? [],
      shortNames: one.shortNames ?? [],
      categories: one.categories ?? [],
    }));
}

function writeResource(one: Resource): Obj {
  return {
    name: one.name,
    singularName: one.singular,
    namespaced: one.namespaced,
    kind: one.kind,
    verbs: one.verbs,
    ...(one.shortNames.length > 0 ? { shortNames: one.shortNames } : {}),
    ...(one.categories.length > 0 ? { categories: one.categories } : {}),
  };
}
