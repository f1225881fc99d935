// What kube-controller-manager approves by itself: kubelets' client certificates, where RBAC lets the requester have them.

import type { Task } from "../../kernel/sys.ts";
import type { World } from "../controllers/world.ts";
import { at, fieldsOf, formatTime, type KubeObject, listOf, textOf } from "../object.ts";
import { type ParsedRequest, parseRequest } from "./parse.ts";

export const STORAGE = "certificatesigningrequests.certificates.k8s.io";

export const conditionsOf = (request: KubeObject): readonly Record<string, unknown>[] =>
  listOf(at(request, "status", "conditions"));

export const hasCondition = (request: KubeObject, type: string): boolean =>
  conditionsOf(request).some((each) => each["type"] === type);

/** Whether usages are those of a kubelet's certificate; RSA keys may encipher too. */
export function hasExactUsages(request: KubeObject, auth: "client auth" | "server auth"): boolean {
  const usages = new Set(listOf<string>(at(request, "spec", "usages")));
  usages.delete("key encipherment");
  return usages.size === 2 && usages.has("digital signature") && usages.has(auth);
}

/** Why a request is not for a kubelet's client certificate; undefined: it is. */
export function clientFault(request: KubeObject, parsed: ParsedRequest): string | undefined {
  if (parsed.organizations.length !== 1 || parsed.organizations[0] !== "system:nodes")
    return "subject organization is not system:nodes";
  for (const [kind, name] of [
    ["dns", "DNS"],
    ["email", "Email"],
    ["ip", "IP"],
    ["uri", "URI"],
  ] as const)
    if (parsed.altNames.some((each) => each.kind === kind)) return `${name} subjectAltNames are not allowed`;
  if (!hasExactUsages(request, "client auth"))
    return "usages did not match [client auth digital signature key encipherment]";
  if (!parsed.commonName.startsWith("system:node:")) return "subject common name does not begin with system:node:";
  return undefined;
}

function* mayCreate({ call }: World, request: KubeObject, subresource: string): Task<boolean> {
  const spec = fieldsOf(request["spec"]);
  const reply = yield* call("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    spec: {
      user: spec["username"],
      uid: spec["uid"],
      groups: spec["groups"],
      extra: spec["extra"],
      resourceAttributes: {
        group: "certificates.k8s.io",
        resource: "certificatesigningrequests",
        verb: "create",
        subresource,
        version: "*",
      },
    },
  });
  return typeof reply !== "string" && at(reply.object, "status", "allowed") === true;
}

/** Approves what may be approved; each request is asked about once. */
export function* approveRequests(world: World): Task {
  for (const request of world.list(STORAGE)) {
    if (textOf(at(request, "spec", "signerName")) !== "kubernetes.io/kube-apiserver-client-kubelet") continue;
    if (conditionsOf(request).length > 0) continue;
    const parsed = parseRequest(textOf(at(request, "spec", "request")));
    if (typeof parsed === "string" || clientFault(request, parsed) !== undefined) continue;
    const own = textOf(at(request, "spec", "username")) === parsed.commonName;
    const ways: readonly (readonly [string, string])[] = [
      ...(own
        ? [["selfnodeclient", "Auto approving self kubelet client certificate after SubjectAccessReview."] as const]
        : []),
      ["nodeclient", "Auto approving kubelet client certificate after SubjectAccessReview."],
    ];
    for (const [subresource, message] of ways) {
      if (!(yield* mayCreate(world, request, subresource))) continue;
      const time = formatTime(world.now);
      const condition = {
        type: "Approved",
        status: "True",
        reason: "AutoApproved",
        message,
        lastUpdateTime: time,
        lastTransitionTime: time,
      };
      yield* world.update(
        STORAGE,
        { ...request, status: { ...fieldsOf(request["status"]), conditions: [condition] } },
        "approval",
      );
      break;
    }
  }
}
