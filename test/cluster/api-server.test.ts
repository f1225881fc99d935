// The API server's ways with objects: create, change, list, watch, delete, and what it says where it refuses.

import { beforeAll, describe, expect, test } from "vitest";
import { type ApiServer, startApiServer } from "../support/api-server.ts";

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer();
});

const PODS = "/api/v1/namespaces/default/pods";
const MAPS = "/api/v1/namespaces/default/configmaps";
const pod = (name: string, spec: object = {}) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name },
  spec: { containers: [{ name: "c", image: "nginx" }], ...spec },
});

describe("creating", () => {
  test("fills in defaults and puts fields in the order of the Go structs", () => {
    const { status, body } = api.call({ path: PODS, body: pod("defaults") });
    expect(status).toBe(201);
    expect(Object.keys(body)).toEqual(["kind", "apiVersion", "metadata", "spec", "status"]);
    expect(body.spec.containers[0]).toEqual({
      name: "c",
      image: "nginx",
      resources: {},
      terminationMessagePath: "/dev/termination-log",
      terminationMessagePolicy: "File",
      imagePullPolicy: "Always",
    });
    expect(body.spec.restartPolicy).toBe("Always");
    expect(body.status).toEqual({ phase: "Pending", qosClass: "BestEffort" });
  });

  test("warns of unknown fields, refuses them where that is asked for", () => {
    const given = { ...pod("unknown"), spec: { ...pod("unknown").spec, hostNetwrk: true } };
    expect(api.call({ path: `${PODS}?dryRun=All`, body: given }).warnings).toEqual([
      '299 - "unknown field \\"spec.hostNetwrk\\""',
    ]);
    const strict = api.call({ path: `${PODS}?fieldValidation=Strict`, body: given });
    expect(strict.status).toBe(400);
    expect(strict.body.message).toBe(
      'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.hostNetwrk"',
    );
  });

  test("says every cause of a refusal", () => {
    const { status, body } = api.call({
      path: PODS,
      body: { ...pod("My_Pod"), spec: { containers: [{ name: "c" }] } },
    });
    expect(status).toBe(422);
    expect(body.details.causes.map((each: { field: string }) => each.field)).toEqual([
      "metadata.name",
      "spec.containers[0].image",
    ]);
  });

  test("a name can be made up, and exists once only", () => {
    const made = api.call({ path: MAPS, body: { metadata: { generateName: "made-" } } }).body;
    expect(made.metadata.name).toMatch(/^made-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    const again = api.call({ path: MAPS, body: { metadata: { name: made.metadata.name } } });
    expect(again.body.message).toBe(`configmaps "${made.metadata.name}" already exists`);
    expect(again.status).toBe(409);
  });

  test("a dry run keeps nothing", () => {
    expect(api.call({ path: `${MAPS}?dryRun=All`, body: { metadata: { name: "dry" } } }).status).toBe(201);
    expect(api.call({ path: `${MAPS}/dry` }).status).toBe(404);
  });
});

describe("changing", () => {
  test("strategic merge goes by the key of a list, JSON merge replaces it", () => {
    api.call({ path: PODS, body: pod("patched") });
    const path = `${PODS}/patched`;
    const spec = { containers: [{ name: "c", image: "nginx:1" }] };
    const strategic = api.call({
      method: "PATCH",
      path,
      type: "application/strategic-merge-patch+json",
      body: { spec },
    });
    expect(strategic.body.spec.containers[0].image).toBe("nginx:1");
    const merge = api.call({
      method: "PATCH",
      path,
      type: "application/merge-patch+json",
      body: { spec: { containers: [{ name: "d", image: "x" }] } },
    });
    expect(merge.status).toBe(422);
    const json = api.call({
      method: "PATCH",
      path,
      type: "application/json-patch+json",
      body: [{ op: "add", path: "/metadata/labels", value: { a: "b" } }],
    });
    expect(json.body.metadata.labels).toEqual({ a: "b" });
  });

  test("a stale resourceVersion is a conflict", () => {
    const { body } = api.call({ path: MAPS, body: { metadata: { name: "stale" } } });
    const path = `${MAPS}/stale`;
    expect(api.call({ method: "PUT", path, body: { ...body, data: { a: "1" } } }).status).toBe(200);
    const late = api.call({ method: "PUT", path, body: { ...body, data: { a: "2" } } });
    expect(late.status).toBe(409);
    expect(late.body.message).toContain(
      "the object has been modified; please apply your changes to the latest version and try again",
    );
  });

  test("a change that changes nothing writes nothing", () => {
    const { body } = api.call({ path: MAPS, body: { metadata: { name: "same" }, data: { a: "b" } } });
    const again = api.call({
      method: "PATCH",
      path: `${MAPS}/same`,
      type: "application/merge-patch+json",
      body: { data: { a: "b" } },
    });
    expect(again.body.metadata.resourceVersion).toBe(body.metadata.resourceVersion);
  });

  test("server-side apply knows who owns a field", () => {
    const apply = (manager: string, data: object, force = false) =>
      api.call({
        method: "PATCH",
        path: `${MAPS}/owned?fieldManager=${manager}${force ? "&force=true" : ""}`,
        type: "application/apply-patch+yaml",
        body: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "owned" }, data },
      });
    expect(apply("one", { a: "1", b: "1" }).status).toBe(201);
    expect(apply("two", { a: "2" }).body.message).toBe('Apply failed with 1 conflict: conflict with "one": .data.a');
    expect(apply("two", { a: "2" }, true).body.data).toEqual({ a: "2", b: "1" });
    expect(apply("one", {}).body.data).toEqual({ a: "2" });
  });
});

describe("reading", () => {
  test("pages go on where the last one ended", () => {
    for (const name of ["p1", "p2", "p3"])
      api.call({ path: MAPS, body: { metadata: { name, labels: { page: "yes" } } } });
    const first = api.call({ path: `${MAPS}?labelSelector=page%3Dyes&limit=2` }).body;
    expect(first.items.map((each: { metadata: { name: string } }) => each.metadata.name)).toEqual(["p1", "p2"]);
    const rest = api.call({
      path: `${MAPS}?labelSelector=page%3Dyes&limit=2&continue=${first.metadata.continue}`,
    }).body;
    expect(rest.items.map((each: { metadata: { name: string } }) => each.metadata.name)).toEqual(["p3"]);
  });

  test("a table has the columns of its kind", () => {
    const { body } = api.call({ path: "/api/v1/namespaces", accept: "application/json;as=Table;g=meta.k8s.io;v=v1" });
    expect(body.columnDefinitions.map((each: { name: string }) => each.name)).toEqual(["Name", "Status", "Age"]);
    expect(body.rows[0].cells.slice(0, 2)).toEqual(["default", "Active"]);
  });

  test("a watch tells what comes after a version, and ends with its time", () => {
    const { body } = api.call({ path: MAPS });
    api.call({ path: MAPS, body: { metadata: { name: "seen" } } });
    api.call({ method: "DELETE", path: `${MAPS}/seen` });
    const { text } = api.call({
      path: `${MAPS}?watch=1&resourceVersion=${body.metadata.resourceVersion}&timeoutSeconds=1`,
    });
    const events = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; object: { metadata: { name: string } } });
    expect(events.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual(["ADDED seen", "DELETED seen"]);
  });

  test("a watch misses none of the writes that meet, and tells them in etcd's order", () => {
    const write = (name: string) => ({ path: MAPS, body: { metadata: { name } } });
    // The first round leaves connections to etcd, which the second takes up in another order.
    api.callAtOnce(["a", "b", "c", "d"].map((letter) => write(`before-${letter}`)));
    const first = api.call({ path: MAPS }).body.metadata.resourceVersion;
    const names = ["a", "b", "c", "d"].map((letter) => `meets-${letter}`);
    const watch = { path: `${MAPS}?watch=1&resourceVersion=${first}&timeoutSeconds=2` };
    const [told] = api.callAtOnce([watch, ...names.map(write)]);
    const seen = (told?.text ?? "")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).object.metadata as { name: string; resourceVersion: string });
    expect(seen.map(({ name }) => name).sort()).toEqual(names);
    const versions = seen.map(({ resourceVersion }) => Number(resourceVersion));
    expect(versions).toEqual(versions.toSorted((one, other) => one - other));
  });

  test("bad selectors are bad requests in the server's words", () => {
    expect(api.call({ path: `${PODS}?fieldSelector=bad` }).body.message).toBe(
      "invalid selector: 'bad'; can't understand 'bad'",
    );
    expect(api.call({ path: `${PODS}?labelSelector=%21%21` }).body.message).toBe(
      "unable to parse requirement: found '!', expected: identifier",
    );
  });
});

describe("deleting", () => {
  test("a pod on no node goes at once, one with a finalizer waits for it", () => {
    api.call({ path: PODS, body: pod("quick") });
    expect(api.call({ method: "DELETE", path: `${PODS}/quick` }).status).toBe(200);
    expect(api.call({ path: `${PODS}/quick` }).status).toBe(404);
    api.call({ path: MAPS, body: { metadata: { name: "held", finalizers: ["example.com/hold"] } } });
    const marked = api.call({ method: "DELETE", path: `${MAPS}/held` });
    expect(marked.body.metadata.deletionTimestamp).toBeDefined();
    api.call({
      method: "PATCH",
      path: `${MAPS}/held`,
      type: "application/merge-patch+json",
      body: { metadata: { finalizers: null } },
    });
    expect(api.call({ path: `${MAPS}/held` }).status).toBe(404);
  });

  test("a disruption budget without room puts an eviction off", () => {
    const labels = { app: "guarded" };
    api.call({ path: PODS, body: { ...pod("guarded"), metadata: { name: "guarded", labels } } });
    api.call({
      method: "PATCH",
      path: `${PODS}/guarded/status`,
      type: "application/merge-patch+json",
      body: { status: { phase: "Running" } },
    });
    api.call({
      path: "/apis/policy/v1/namespaces/default/poddisruptionbudgets",
      body: { metadata: { name: "all" }, spec: { minAvailable: 1, selector: { matchLabels: labels } } },
    });
    const { status, body } = api.call({
      path: `${PODS}/guarded/eviction`,
      body: { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: "guarded" } },
    });
    expect(status).toBe(429);
    expect(body.message).toBe("Cannot evict pod as it would violate the pod's disruption budget.");
  });
});

describe("storage", () => {
  test("etcd keeps what the API server forgot with its end", () => {
    const { body } = api.call({ path: MAPS, body: { metadata: { name: "lasting" }, data: { a: "b" } } });
    api.restart("kube-apiserver", "SIGTERM");
    const again = api.call({ path: `${MAPS}/lasting` });
    expect(again.body.data).toEqual({ a: "b" });
    expect(again.body.metadata.resourceVersion).toBe(body.metadata.resourceVersion);
  });

  test("what was answered survives an etcd that is killed; leases come round again", () => {
    const leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases";
    const lease = { metadata: { name: "l" }, spec: { holderIdentity: "one" } };
    api.call({ path: leases, body: lease });
    const { body } = api.call({ path: MAPS, body: { metadata: { name: "killed" }, data: { a: "b" } } });
    api.restart("etcd", "SIGKILL");
    const changed = api.call({
      method: "PATCH",
      path: `${MAPS}/killed`,
      type: "application/merge-patch+json",
      body: { data: { a: "c" } },
    });
    expect(changed.body.data).toEqual({ a: "c" });
    expect(Number(changed.body.metadata.resourceVersion)).toBeGreaterThan(Number(body.metadata.resourceVersion));
    const renew = () =>
      api.call({ method: "PUT", path: `${leases}/l`, body: { ...lease, spec: { holderIdentity: "two" } } });
    if (renew().status === 404) api.call({ path: leases, body: lease });
    expect(renew().body.spec.holderIdentity).toBe("two");
  });
});

test("the Node kind knows nothing of strangers: anonymous and unknown callers are refused", () => {
  expect(api.call({ path: "/api/v1/nodes", as: "" }).body.message).toBe(
    'nodes is forbidden: User "system:anonymous" cannot list resource "nodes" in API group "" at the cluster scope',
  );
  expect(api.call({ path: "/api/v1/nodes", as: "dev" }).status).toBe(403);
  expect(api.call({ path: "/healthz", as: "" }).text).toBe("ok");
});
