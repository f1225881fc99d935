// The grader on a real fleet: layers, over-hardening, un-passing, "could not tell", and that looking disturbs nothing.

import { beforeAll, describe, expect, test } from "vitest";
import type { Fleet } from "#sandbox/fleet.ts";
import type { Verdict } from "#sandbox/grader/check.ts";
import { gradeFleet } from "#sandbox/grader/grade.ts";
import { observeShip } from "#sandbox/grader/observe.ts";
import { askProbe } from "#sandbox/grader/probes/ask.ts";
import { restartKubelet } from "#sandbox/grader/restart.ts";
import { pack } from "#sandbox/host/pack.ts";
import { bootScene } from "#sandbox/images/index.ts";
import { decode } from "#sandbox/kernel/text.ts";
import { Programs } from "#sandbox/programs.ts";
import { findScene, type Lesson } from "../src/cli/lessons.ts";

const config = "/var/lib/kubelet/config.yaml";
const programs = new Programs();
let lesson: Lesson;
let booted: Fleet;

beforeAll(async () => {
  const found = await findScene("who-goes-there/turn-strangers-away");
  if (found === undefined) throw new Error("lesson 5 is missing");
  lesson = found.lesson;
  await programs.loadAll();
  booted = await bootScene(found.start.scene, programs);
});

function edit(fleet: Fleet, from: string | RegExp, to: string): void {
  const before = decode(fleet.readFile("node01", config) as Uint8Array);
  expect(before).toMatch(from);
  fleet.writeFile("node01", config, before.replace(from, to));
}

const shut = (fleet: Fleet) => edit(fleet, /(anonymous:\n\s+enabled:) true/, "$1 false");

function grade(fleet: Fleet): Map<string, Verdict> {
  return new Map(gradeFleet(fleet.fork(), lesson.grading, []).verdicts.map((verdict) => [verdict.id, verdict]));
}

const words = (verdicts: Map<string, Verdict>, ...ids: string[]) => ids.map((id) => verdicts.get(id)?.verdict);

describe("layers", () => {
  test("saved is named with file and line while the file is open", () => {
    const verdict = grade(booted).get("stranger-refused");
    expect(verdict).toMatchObject({ verdict: "not-yet", layer: "saved", seen: "200", wanted: "401" });
    expect(verdict?.message).toContain(`line 4 of ${config}`);
  });

  test("running is named once the file is right, and nothing after a restart", () => {
    const fleet = booted.fork();
    shut(fleet);
    const saved = grade(fleet);
    expect(saved.get("stranger-refused")).toMatchObject({ verdict: "not-yet", layer: "running" });
    expect(saved.get("stranger-refused")?.misconceptions[0]).toBe("forgot-restart");
    expect(words(saved, "holds-after-restart")).toEqual(["pass"]);
    restartKubelet(fleet, "node01");
    expect(grade(fleet).get("stranger-refused")).toMatchObject({ verdict: "pass", layer: null, seen: "401" });
  });

  test("a flag that hides the file is named with its place", () => {
    const fleet = booted.fork();
    shut(fleet);
    fleet.writeFile("node01", "/etc/default/kubelet", "# extra\nKUBELET_EXTRA_ARGS=--v=1 --anonymous-auth=true\n");
    restartKubelet(fleet, "node01");
    const verdict = grade(fleet).get("stranger-refused");
    expect(verdict?.message).toBe(
      "A flag wins here: `--anonymous-auth=true` in /etc/default/kubelet line 2 hides config.yaml line 4.",
    );
    expect(verdict?.misconceptions).toContain("flag-beats-file");
  });
});

describe("verdicts", () => {
  test("what a predecessor left is no misconception of the learner’s, until the learner has done something", async () => {
    const start = await findScene("who-goes-there/turn-strangers-away@hand-installed");
    const found = await bootScene(start?.start.scene ?? { seed: "", machines: [] }, programs);
    const seen = (history: readonly string[]) =>
      gradeFleet(found.fork(), lesson.grading, history).misconceptions.map(({ id }) => id);
    expect(seen([])).toEqual([]);
    expect(seen(["ls"])).toEqual(["token-ignored"]);
  });

  test("what passed can un-pass", () => {
    const fleet = booted.fork();
    shut(fleet);
    restartKubelet(fleet, "node01");
    expect(words(grade(fleet), "stranger-refused")).toEqual(["pass"]);
    edit(fleet, /(anonymous:\n\s+enabled:) false/, "$1 true");
    restartKubelet(fleet, "node01");
    expect(words(grade(fleet), "stranger-refused")).toEqual(["not-yet"]);
  });

  test("over-hardening fails the friendly checks: a port bound to localhost, a CA taken away", () => {
    for (const [from, to, seen] of [
      [/^apiVersion/, "address: 127.0.0.1\napiVersion", "connection refused"],
      [/\n {2}x509:\n.*/, "", "401"],
    ] as const) {
      const fleet = booted.fork();
      shut(fleet);
      edit(fleet, from, to);
      restartKubelet(fleet, "node01");
      expect(grade(fleet).get("pilot-logs")).toMatchObject({ verdict: "not-yet", layer: "behaving", seen });
    }
  });

  test("a question that cannot be asked is unknown, never a pass", () => {
    const verdicts = gradeFleet(
      booted.fork(),
      {
        checks: lesson.grading.checks.map((check) =>
          check.probe.kind === "http" ? { ...check, probe: { ...check.probe, from: "nowhere" } } : check,
        ),
        boarding: [],
        pilot: [],
      },
      [],
    ).verdicts.filter(({ id }) => id !== "pods-taken");
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(verdicts.map(() => "unknown"));
    expect(verdicts.length).toBeGreaterThan(3);
  });

  test("looking leaves the fleet as it was, to the byte", () => {
    // The epoch counts copies made of a disk; it is the one thing that looking may move.
    const write = () => pack(booted.snapshot()).replace(/"epoch":\d+/g, "");
    const before = write();
    grade(booted);
    observeShip(booted.fork());
    expect(write() === before).toBe(true);
  });
});

describe("boats", () => {
  test("the boarding party gets in before and not after; the pilot is served both times", () => {
    const fleet = booted.fork();
    const before = gradeFleet(fleet.fork(), lesson.grading, []);
    shut(fleet);
    restartKubelet(fleet, "node01");
    const after = gradeFleet(fleet.fork(), lesson.grading, []);
    const served = (calls: typeof before.boarding) => calls.filter((call) => call.served).map(({ id }) => id);
    expect(served(before.boarding)).toEqual(["list-pods", "read-metrics", "read-settings"]);
    expect(served(after.boarding)).toEqual([]);
    expect(served(after.pilot)).toEqual(served(before.pilot));
    expect(served(after.pilot)).toContain("logs");
    expect(after.boarding[0]).toMatchObject({ what: "list the pods", got: "401 Unauthorized" });
  });

  test("the ship's picture tells open from guarded from shut", () => {
    const fleet = booted.fork();
    expect(observeShip(fleet.fork()).hatches).toEqual({ "10250": "open", "10255": "shut", "10248": "inside" });
    shut(fleet);
    restartKubelet(fleet, "node01");
    expect(observeShip(fleet.fork())).toMatchObject({
      hatches: { "10250": "guarded" },
      stranger: { lane: "refused", got: "401" },
      pilot: { lane: "in" },
    });
  });
});

describe("who asks", () => {
  const asAccount = (name: string, upgrade: boolean | "websocket" = false) => ({
    kind: "http" as const,
    from: "controlplane",
    url: "https://node01:10250/exec/default/web-node01/web?command=id&output=1",
    as: { kind: "service-account" as const, namespace: "default", name },
    upgrade,
  });

  test("a ServiceAccount asks with a token of its own, and over WebSocket where the probe says so", () => {
    expect(askProbe(booted.fork(), asAccount("default"))).toMatchObject({ status: 500 });
    expect(askProbe(booted.fork(), asAccount("default", "websocket"))).toMatchObject({ status: 101 });
  });

  test("an account that is not there is told from a refusal, and from what could not be asked", () => {
    expect(askProbe(booted.fork(), asAccount("nobody"))).toEqual({ error: "account" });
    const elsewhere = { ...asAccount("default"), from: "outsider" };
    expect(askProbe(booted.fork(), elsewhere)).toBeUndefined();
  });

  test("a body is sent along with a POST", () => {
    const review = askProbe(booted.fork(), {
      kind: "http",
      from: "controlplane",
      url: "https://controlplane:6443/apis/authorization.k8s.io/v1/subjectaccessreviews",
      method: "POST",
      as: { kind: "kubeconfig", file: "/etc/kubernetes/admin.conf" },
      body: JSON.stringify({
        apiVersion: "authorization.k8s.io/v1",
        kind: "SubjectAccessReview",
        spec: { user: "nobody", resourceAttributes: { verb: "get", resource: "nodes", subresource: "metrics" } },
      }),
    });
    expect(review).toMatchObject({ status: 201 });
    expect(String(review?.body)).toContain('"allowed":false');
  });
});
