import { expect, test } from "vitest";
import { makeStatements, readLaunch } from "./statements.ts";

const store = "https://lrs.example/xapi/";
const actor = { mbox: "mailto:mei@example.org" };
const search = `?${new URLSearchParams({ endpoint: store, auth: "Basic eA==", actor: JSON.stringify(actor), registration: "r1" })}`;
const lesson = { id: "https://captain.example/lessons/a/b/", title: "B" };

test("a launch is taken from the configured store alone", () => {
  expect(readLaunch(search, "https://lrs.example/")).toEqual({
    endpoint: store,
    auth: "Basic eA==",
    actor,
    registration: "r1",
  });
  expect(readLaunch(search, "https://other.example/")).toBeUndefined();
  expect(readLaunch("?endpoint=x&auth=y", store)).toBeUndefined();
});

test("begun once, each order once, completed with the last", () => {
  const launch = { endpoint: store, auth: "x", actor };
  let id = 0;
  const tell = (before: Set<string> | undefined, ...passed: string[]): string[] =>
    makeStatements(
      launch,
      lesson,
      before,
      ["one", "two"].map((check) => ({ id: check, verdict: passed.includes(check) ? "pass" : "not-yet" })),
      new Date(0),
      () => `id-${id++}`,
    ).map(({ verb, object }) => `${verb.display.en} ${object.id.replace(lesson.id, "")}`);
  expect(tell(undefined, "one")).toEqual(["initialized ", "passed #order-one"]);
  expect(tell(new Set(["one"]), "one")).toEqual([]);
  expect(tell(new Set(["one"]), "one", "two")).toEqual(["passed #order-two", "completed "]);
});
