// What holds for any sequence of API requests: versions grow, nobody gets what no rule gives, no manifest brings the server down.

import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { type ApiServer, startApiServer } from "../support/api-server.ts";

let api: ApiServer;
beforeAll(async () => {
  api = await startApiServer();
});

const RUNS = process.env["KC_LONG"] === "1" ? 20 : 1;
const NAMES = ["a", "b", "c"];
const SPACES = ["default", "kube-system"];

type Step =
  | { readonly kind: "create" | "delete" | "get"; readonly space: string; readonly name: string }
  | { readonly kind: "patch" | "put"; readonly space: string; readonly name: string; readonly value: string };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("create" as const, "delete" as const, "get" as const),
    space: fc.constantFrom(...SPACES),
    name: fc.constantFrom(...NAMES),
  }),
  fc.record({
    kind: fc.constantFrom("patch" as const, "put" as const),
    space: fc.constantFrom(...SPACES),
    name: fc.constantFrom(...NAMES),
    value: fc.string({ maxLength: 8 }),
  }),
);

test("resourceVersions only grow, and what is read is what was written last", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 25 }), (steps) => {
      const model = new Map<string, string>();
      for (const space of SPACES)
        for (const name of NAMES)
          api.call({ method: "DELETE", path: `/api/v1/namespaces/${space}/configmaps/${name}` });
      let latest = Number(api.call({ path: "/api/v1/configmaps" }).body.metadata.resourceVersion);
      for (const each of steps) {
        const all = `/api/v1/namespaces/${each.space}/configmaps`;
        const path = `${all}/${each.name}`;
        const there = model.get(path);
        if (each.kind === "get") {
          const { status, body } = api.call({ path });
          expect(status).toBe(there === undefined ? 404 : 200);
          expect(body.data?.v ?? "").toBe(there ?? "");
          continue;
        }
        const metadata = { name: each.name };
        const data = "value" in each ? { v: each.value } : {};
        const answer =
          each.kind === "create"
            ? api.call({ path: all, body: { metadata } })
            : each.kind === "delete"
              ? api.call({ method: "DELETE", path })
              : each.kind === "put"
                ? api.call({ method: "PUT", path, body: { metadata, data } })
                : api.call({ method: "PATCH", path, type: "application/merge-patch+json", body: { data } });
        const works = each.kind === "create" ? there === undefined : there !== undefined;
        expect(answer.status < 300).toBe(works);
        if (!works) continue;
        if (each.kind === "delete") model.delete(path);
        else {
          const version = Number(answer.body.metadata.resourceVersion);
          const changed = each.kind === "create" || there !== ("value" in each ? each.value : "");
          if (changed) expect(version).toBeGreaterThan(latest);
          latest = Math.max(latest, version);
          model.set(path, "value" in each ? each.value : "");
        }
        const now = Number(api.call({ path: "/api/v1/configmaps" }).body.metadata.resourceVersion);
        expect(now).toBeGreaterThanOrEqual(latest);
        latest = now;
      }
    }),
    { numRuns: 12 * RUNS },
  );
});

const RESOURCES = ["pods", "configmaps", "secrets", "pods/log"];
const VERBS = ["get", "list", "create", "delete"];
const grant = fc.record({
  space: fc.constantFrom("", ...SPACES),
  resource: fc.constantFrom(...RESOURCES, "*"),
  verb: fc.constantFrom(...VERBS, "*"),
});
const RBAC = "/apis/rbac.authorization.k8s.io/v1";

test("a caller is let through exactly where a rule says so", () => {
  let run = 0;
  fc.assert(
    fc.property(fc.array(grant, { maxLength: 4 }), (grants) => {
      run++;
      const user = `user-${run}`;
      grants.forEach((each, i) => {
        const name = `r-${run}-${i}`;
        const kind = each.space === "" ? "clusterroles" : "roles";
        const scope = each.space === "" ? RBAC : `${RBAC}/namespaces/${each.space}`;
        const rules = [{ apiGroups: [""], resources: [each.resource], verbs: [each.verb] }];
        expect(api.call({ path: `${scope}/${kind}`, body: { metadata: { name }, rules } }).status).toBe(201);
        const roleRef = {
          apiGroup: "rbac.authorization.k8s.io",
          kind: each.space === "" ? "ClusterRole" : "Role",
          name,
        };
        const subjects = [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: user }];
        const bindings = each.space === "" ? "clusterrolebindings" : "rolebindings";
        expect(api.call({ path: `${scope}/${bindings}`, body: { metadata: { name }, roleRef, subjects } }).status).toBe(
          201,
        );
      });
      for (const space of SPACES)
        for (const resource of RESOURCES)
          for (const verb of VERBS) {
            const [name = "", sub = ""] = resource.split("/");
            const fits = grants.some(
              (each) =>
                (each.space === "" || each.space === space) &&
                (each.resource === "*" || each.resource === resource) &&
                (each.verb === "*" || each.verb === verb),
            );
            const all = `/api/v1/namespaces/${space}/${name}`;
            const one = `${all}/nosuch${sub === "" ? "" : `/${sub}`}`;
            const call = {
              get: { path: one },
              list: { path: sub === "" ? all : `${one}?ignored=1` },
              create: { method: "POST", path: sub === "" ? `${all}?dryRun=All` : one, body: {} },
              delete: { method: "DELETE", path: one },
            }[verb as "get"];
            if (sub !== "" && verb === "list") continue;
            expect([verb, resource, space, api.call({ ...call, as: user }).status !== 403]).toEqual([
              verb,
              resource,
              space,
              fits,
            ]);
          }
    }),
    { numRuns: 6 * RUNS },
  );
});

/** Manifests that are almost right: any value in any place. */
const anything = fc.jsonValue({ maxDepth: 3 });
const manifest = fc.record(
  {
    apiVersion: fc.oneof(fc.constant("v1"), fc.string()),
    kind: fc.oneof(fc.constantFrom("Pod", "Service"), fc.string()),
    metadata: fc.oneof(
      anything,
      fc.record(
        { name: fc.oneof(fc.constant("x"), fc.string()), labels: anything, annotations: anything },
        { requiredKeys: [] },
      ),
    ),
    spec: fc.oneof(
      anything,
      fc.record(
        {
          containers: fc.oneof(
            anything,
            fc.array(
              fc.record(
                {
                  name: fc.constantFrom("c", ""),
                  image: anything,
                  env: anything,
                  ports: anything,
                  resources: anything,
                },
                { requiredKeys: [] },
              ),
            ),
          ),
          volumes: anything,
          ports: anything,
          tolerations: anything,
          nodeSelector: anything,
          restartPolicy: anything,
        },
        { requiredKeys: [] },
      ),
    ),
    status: anything,
    extra: anything,
  },
  { requiredKeys: [] },
);

test("no manifest brings the server down: it is taken or refused with a Status", () => {
  const places = [
    "/api/v1/namespaces/default/pods",
    "/api/v1/namespaces/default/services",
    "/api/v1/nodes",
    "/apis/apps/v1/namespaces/default/deployments",
  ];
  const types = [
    "application/json",
    "application/yaml",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
    "application/json-patch+json",
    "application/apply-patch+yaml",
  ];
  const sent = fc.oneof(manifest, anything, fc.string(), fc.constant(""));
  fc.assert(
    fc.property(
      fc.constantFrom(...places),
      fc.constantFrom(...types),
      sent,
      fc.boolean(),
      (place, type, body, patch) => {
        const call = patch
          ? { method: "PATCH", path: `${place}/x?fieldManager=t&dryRun=All`, type, body }
          : { method: "POST", path: `${place}?dryRun=All`, type, body };
        const answer = api.call(call);
        expect(answer.status).toBeGreaterThanOrEqual(200);
        expect(answer.status).toBeLessThan(500);
        if (answer.status >= 300) expect(answer.body.kind).toBe("Status");
      },
    ),
    { numRuns: 250 * RUNS },
  );
  expect(api.call({ path: "/readyz" }).text).toBe("ok");
});
