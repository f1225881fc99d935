import { expect, it } from "vitest";
import { subresourcesOf, verbOf } from "./authorize.ts";

it.each([
  ["/pods", "pods proxy", "proxy"],
  ["/podsx", "proxy", "proxy"],
  ["/metrics/cadvisor", "metrics", "metrics"],
  ["/stats/summary", "stats", "stats"],
  ["/logs/", "log", "log"],
  ["/containerLogs/default/web/web", "proxy", "proxy"],
  ["/exec/default/web/web", "proxy", "proxy"],
  ["/configz", "configz proxy", "proxy"],
  ["/healthz/ping", "healthz proxy", "proxy"],
])("asks about %s with the subresources %s, in 1.20 %s", (path, modern, old) => {
  expect(subresourcesOf(path, true).join(" ")).toBe(modern);
  expect(subresourcesOf(path, false).join(" ")).toBe(old);
});

it("knows no verb for HEAD", () => {
  expect([verbOf("GET"), verbOf("POST"), verbOf("HEAD")]).toEqual(["get", "create", ""]);
});
