import { expect, it } from "vitest";
import { NO_ATTRIBUTES, userOf } from "../auth/types.ts";
import { escapeHtml } from "./event.ts";
import { type AuditPolicy, judge, parsePolicy } from "./policy.ts";

const HEAD = "apiVersion: audit.k8s.io/v1\nkind: Policy\n";

it.each([
  ["", "failed decoding: Object 'Kind' is missing in ''"],
  [
    `${HEAD}rules:\n\t- level: Metadata\n`,
    "failed decoding: yaml: line 4: found character that cannot start any token",
  ],
  [HEAD, "loaded illegal policy with 0 rules"],
  [
    `${HEAD}rules:\n- level: metadata\n`,
    'rules[0].level: Unsupported value: "metadata": supported values: "None", "Metadata", "Request", "RequestResponse"',
  ],
  [
    "apiVersion: v1\nkind: Pod\n",
    'failed decoding: no kind "Pod" is registered for version "v1" in scheme "pkg/audit/scheme.go:30"',
  ],
  [
    `${HEAD}rules:\n- level: Metadata\n  resources: [{group: ""}]\n  nonResourceURLs: ["/x"]\n`,
    'rules[0].nonResourceURLs: Invalid value: ["/x"]: rules cannot apply to both regular resources and non-resource URLs',
  ],
])("refuses %j", (text, why) => {
  expect(parsePolicy(text)).toBe(why);
});

it("bears a field it does not know", () => {
  expect(typeof parsePolicy(`${HEAD}rules:\n- level: Metadata\n  resource: []\n`)).toBe("object");
});

it("takes the first rule that fits, and logs nothing without one", () => {
  const policy = parsePolicy(`${HEAD}omitStages: [RequestReceived]
rules:
- level: None
  users: ["system:kube-proxy"]
- level: RequestResponse
  resources: [{group: authentication.k8s.io, resources: [tokenreviews]}]
- level: Metadata
  resources: [{group: "", resources: ["pods/exec", "nodes/*"]}]
  omitStages: [ResponseStarted]
- level: Request
  nonResourceURLs: ["/healthz*"]
`) as AuditPolicy;
  const level = (more: object, user = "dev"): string =>
    judge(policy, { ...NO_ATTRIBUTES, user: userOf(user), verb: "get", ...more }).level;
  expect(level({ group: "authentication.k8s.io", resource: "tokenreviews" })).toBe("RequestResponse");
  expect(level({ resource: "pods", subresource: "exec" })).toBe("Metadata");
  expect(level({ resource: "pods" })).toBe("None");
  expect(level({ resource: "nodes", subresource: "proxy" })).toBe("Metadata");
  expect(level({ path: "/healthz/ping" })).toBe("Request");
  expect(level({ resource: "nodes" }, "system:kube-proxy")).toBe("None");
  const { omitStages } = judge(policy, { ...NO_ATTRIBUTES, user: userOf("dev"), verb: "get", resource: "nodes" });
  expect(omitStages).toEqual(["RequestReceived", "ResponseStarted"]);
});

it("escapes as Go does", () => {
  expect(escapeHtml('{"a":"x&y>z"}')).toBe('{"a":"x\\u0026y\\u003ez"}');
});
