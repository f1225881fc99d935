// Impersonation as 1.36 checks it: the constrained modes first (what may be done, then as whom), the old verb last.

import { badRequest, type StatusError } from "../status.ts";
import { forbiddenAccess } from "./authorize.ts";
import { type Attributes, accountGroups, accountOf, type Decision, NO_ATTRIBUTES, type User } from "./types.ts";

export type Ask = (wanted: Attributes) => Decision;

const EXTRA = "impersonate-extra-";

/** Reads the headers; undefined without any. `headers` has every value of a name, names in small letters. */
export function wantedUser(headers: Iterable<readonly [name: string, value: string]>): User | undefined {
  const [groups, extra]: [string[], Record<string, string[]>] = [[], {}];
  let name = "";
  let uid = "";
  for (const [given, value] of headers) {
    const header = given.toLowerCase();
    if (header === "impersonate-user") name ||= value;
    else if (header === "impersonate-uid") uid ||= value;
    else if (header === "impersonate-group") groups.push(value);
    else if (header.startsWith(EXTRA)) {
      const key = decodeKey(header.slice(EXTRA.length));
      extra[key] = [...(extra[key] ?? []), value];
    }
  }
  if (name !== "") return { name, uid, groups, extra };
  if (uid === "" && groups.length === 0 && Object.keys(extra).length === 0) return undefined;
  const list = (items: readonly string[]): string =>
    `[]string{${items.map((item) => JSON.stringify(item)).join(", ")}}`;
  const extras = Object.entries(extra).map(([key, values]) => `${JSON.stringify(key)}:${list(values)}`);
  throw badRequest(
    `requested &user.DefaultInfo{Name:"", UID:${JSON.stringify(uid)}, Groups:${groups.length === 0 ? "[]string(nil)" : list(groups)}, ` +
      `Extra:map[string][]string${extras.length === 0 ? "(nil)" : `{${extras.join(", ")}}`}} without impersonating a user name`,
  );
}

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

const nodeUser = (user: string): string | undefined => /^system:node:([a-z0-9]([-a-z0-9.]*[a-z0-9])?)$/.exec(user)?.[1];

const onlyName = ({ uid, groups, extra }: User): boolean =>
  uid === "" && groups.length === 0 && Object.keys(extra).length === 0;

/** The constrained mode or modes that fit a wished-for user. */
function modesFor(requestor: User, wanted: User): string[] {
  const node = nodeUser(wanted.name);
  const account = accountOf(wanted.name);
  if (node === undefined && account === undefined) return ["user-info"];
  if (!onlyName(wanted)) return [];
  if (account !== undefined) return ["serviceaccount"];
  const [own, ...more] = requestor.extra["authentication.kubernetes.io/node-name"] ?? [];
  const associated = accountOf(requestor.name) !== undefined && own === node && more.length === 0;
  return associated ? ["associated-node", "arbitrary-node"] : ["arbitrary-node"];
}

/** The old verb, as a mode. */
const LEGACY = "";

/**
 * The one the requestor becomes, or the first refusal. `known` remembers by which mode each requestor last succeeded:
 * it is tried first.
 */
export function impersonate(
  ask: Ask,
  request: Attributes,
  wanted: User,
  known: Record<string, string> = {},
): User | StatusError {
  const requestor = request.user;
  let first: StatusError | undefined;
  const allowed = (attributes: Attributes): boolean => {
    const decision = ask(attributes);
    if (decision.outcome !== "allow") first ??= forbiddenAccess(attributes, decision.reason);
    return decision.outcome === "allow";
  };
  const fitting = [...modesFor(requestor, wanted), LEGACY];
  const last = known[requestor.name];
  const modes =
    last !== undefined && fitting.includes(last) ? [last, ...fitting.filter((each) => each !== last)] : fitting;
  for (const mode of modes) {
    if (mode !== LEGACY && !allowed({ ...request, verb: `impersonate-on:${mode}:${request.verb}` })) continue;
    if (!mayBecome(allowed, requestor, wanted, mode)) continue;
    known[requestor.name] = mode;
    return become(wanted, mode !== LEGACY);
  }
  return first as StatusError;
}

/** Whether every part of the wished-for user may be taken on; mode is empty for the old verb. */
function mayBecome(allowed: (attributes: Attributes) => boolean, requestor: User, wanted: User, mode: string): boolean {
  const verb = mode === "" ? "impersonate" : `impersonate:${mode}`;
  const check = (group: string, resource: string, name: string, more: Partial<Attributes> = {}): boolean =>
    allowed({ ...NO_ATTRIBUTES, user: requestor, verb, group, version: "v1", resource, name, ...more });
  const named = mode === "" ? "" : "authentication.k8s.io";
  const account = accountOf(wanted.name);
  const node = mode === "" ? undefined : nodeUser(wanted.name);
  const self =
    account !== undefined
      ? check(named, "serviceaccounts", account.name, { namespace: account.namespace })
      : node !== undefined
        ? check(named, "nodes", mode === "associated-node" ? "*" : node)
        : check(named, "users", wanted.name);
  if (!self) return false;
  if (wanted.uid !== "" && !check("authentication.k8s.io", "uids", wanted.uid)) return false;
  if (mode !== "" && wanted.groups.some((group) => group === "" || group === "system:masters")) return false;
  if (!wanted.groups.every((group) => check(named, "groups", group))) return false;
  return Object.entries(wanted.extra).every(([key, values]) =>
    values.every((value) => check("authentication.k8s.io", "userextras", value, { subresource: key })),
  );
}

function become({ name, uid, groups: given, extra }: User, constrained: boolean): User {
  const account = accountOf(name);
  const groups = [...given];
  if (constrained && nodeUser(name) !== undefined) groups.push("system:nodes");
  if (account !== undefined && given.length === 0) groups.push(...accountGroups(account.namespace));
  const add = (group: string): void => void (groups.includes(group) || groups.push(group));
  if (name === "system:anonymous") add("system:unauthenticated");
  else if (!groups.includes("system:unauthenticated")) add("system:authenticated");
  return { name, uid, groups, extra };
}
