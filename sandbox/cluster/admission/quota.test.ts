import { expect, test } from "vitest";
import type { KubeObject } from "../object.ts";
import { quotaUse } from "./quota.ts";

const pod = (requests: object, more: object = {}, first: object[] = []): KubeObject => ({
  metadata: {},
  spec: { initContainers: first, containers: [{ resources: { requests } }, { resources: { requests } }], ...more },
});
const quota = (spec: object): KubeObject => ({ metadata: {}, spec });

test("a first container counts where it asks for more than the others together", () => {
  const all = [pod({ cpu: "250m" }), pod({ cpu: "100m" }, {}, [{ resources: { requests: { cpu: "1" } } }])];
  expect(quotaUse(quota({}), "requests.cpu", all).text).toBe("1500m");
});

test("memory is summed in the spelling of what is asked", () => {
  expect(quotaUse(quota({}), "memory", [pod({ memory: "512Mi" })]).text).toBe("1Gi");
});

test("scopes pick pods, and nothing but pods", () => {
  const all = [pod({}), pod({ cpu: "1" }), pod({}, { activeDeadlineSeconds: 5 })];
  expect(quotaUse(quota({ scopes: ["BestEffort", "NotTerminating"] }), "pods", all).text).toBe("1");
  expect(quotaUse(quota({ scopes: ["NotTerminating"] }), "services", [{ metadata: {} }]).text).toBe("0");
});
