import fc from "fast-check";
import { expect, it } from "vitest";
import { CHECKS } from "./checks.ts";
import { describeViolations, policyOf, violationsOf } from "./policy.ts";

const latest = (level: "baseline" | "restricted") => ({ level, version: "latest" });
const told = (level: "baseline" | "restricted", spec: object, version = "latest"): string =>
  describeViolations(violationsOf({ level, version }, {}, spec as Record<string, unknown>));

const container = (securityContext?: object, more: object = {}) => ({
  containers: [{ name: "c", image: "nginx:1.27", ...(securityContext ? { securityContext } : {}), ...more }],
});

const PLAIN =
  'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), ' +
  'unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), ' +
  'runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), ' +
  'seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")';

it("tells all that a plain container lacks", () => {
  expect(told("restricted", container())).toBe(PLAIN);
  expect(told("baseline", container())).toBe("");
});

it("puts baseline first and drops what a stricter check tells better", () => {
  const spec = {
    ...container(undefined, { ports: [{ hostPort: 80 }] }),
    hostNetwork: true,
    hostPID: true,
    hostIPC: true,
    volumes: [{ name: "r", hostPath: { path: "/" } }],
  };
  expect(told("restricted", spec)).toMatch(
    /^host namespaces \(hostNetwork=true, hostPID=true, hostIPC=true\), hostPort \(container "c" uses hostPort 80\), allowPriv.*restricted volume types \(volume "r" uses restricted volume type "hostPath"\), runAsNonRoot/,
  );
  expect(told("baseline", spec)).toContain('hostPath volumes (volume "r")');
});

it.each([
  ["baseline", { privileged: true }, 'privileged (container "c" must not set securityContext.privileged=true)'],
  [
    "baseline",
    { capabilities: { add: ["NET_ADMIN", "SYS_TIME", "CHOWN"] } },
    'non-default capabilities (container "c" must not include "NET_ADMIN", "SYS_TIME" in securityContext.capabilities.add)',
  ],
  [
    "baseline",
    { procMount: "Unmasked" },
    'procMount (container "c" must not set securityContext.procMount to "Unmasked")',
  ],
  [
    "baseline",
    { seLinuxOptions: { type: "spc_t", user: "u" } },
    'seLinuxOptions (container "c" set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set)',
  ],
  [
    "baseline",
    { seccompProfile: { type: "Unconfined" } },
    'seccompProfile (container "c" must not set securityContext.seccompProfile.type to "Unconfined")',
  ],
] as const)("at %s, %o", (level, context, text) => {
  expect(told(level, container(context))).toBe(text);
});

it("goes by the version asked for", () => {
  const spec = { ...container(), securityContext: { sysctls: [{ name: "net.ipv4.tcp_rmem" }] } };
  expect(told("baseline", spec, "v1.31")).toBe("forbidden sysctls (net.ipv4.tcp_rmem)");
  expect(told("baseline", spec, "v1.32")).toBe("");
  expect(told("restricted", container(), "v1.18")).not.toContain("seccompProfile");
});

it("lets a hardened pod pass, and never refuses at baseline what restricted allows", () => {
  const good = {
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
    ...container({ allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } }),
  };
  expect(told("restricted", good)).toBe("");
  const flag = fc.option(fc.boolean(), { nil: undefined });
  const context = fc.record({
    privileged: flag,
    allowPrivilegeEscalation: flag,
    runAsNonRoot: flag,
    capabilities: fc.record({
      add: fc.subarray(["NET_ADMIN", "CHOWN", "NET_BIND_SERVICE"]),
      drop: fc.subarray(["ALL", "KILL"]),
    }),
    seccompProfile: fc.option(fc.record({ type: fc.constantFrom("RuntimeDefault", "Unconfined") }), { nil: undefined }),
  });
  fc.assert(
    fc.property(context, fc.boolean(), fc.boolean(), (own, hostPID, hostPath) => {
      const spec = { ...container(own), hostPID, volumes: hostPath ? [{ name: "v", hostPath: {} }] : [] };
      if (told("restricted", spec) === "") expect(told("baseline", spec)).toBe("");
    }),
  );
});

it("reads labels as the API server does", () => {
  const prefix = "pod-security.kubernetes.io/";
  const { policy } = policyOf({ [`${prefix}enforce`]: "restricted" });
  expect([policy.enforce, policy.audit.level, policy.warn]).toEqual([
    latest("restricted"),
    "privileged",
    latest("restricted"),
  ]);
  const wrong = policyOf({ [`${prefix}enforce`]: "nosuch", [`${prefix}warn-version`]: "1.30" });
  expect(wrong.errors.map(({ field, message }) => `${field}: ${message}`)).toEqual([
    'metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "nosuch": must be one of privileged, baseline, restricted',
    'metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "1.30": must be "latest" or "v1.x"',
  ]);
  expect(wrong.policy.enforce.level).toBe("restricted");
});

it("has every check once per version", () => {
  const ids = CHECKS.map(({ id, since }) => `${id} ${since}`);
  expect(new Set(ids).size).toBe(ids.length);
});
