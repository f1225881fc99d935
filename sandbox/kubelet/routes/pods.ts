// /pods and /runningpods/: the pods assigned to this node, and what the runtime really runs.

import { podObject, readManifests, runningPod, shownPods } from "../node/pods.ts";
import { json, type Service } from "./route.ts";

export const pods: Service = {
  prefix: "/pods",
  routes: [
    {
      methods: ["GET"],
      pattern: "/pods",
      *handle({ sys, state, response }) {
        yield* readManifests(sys, state);
        const items = shownPods(state).map((p) => podObject(p, state, sys.now()));
        response.set("Content-Type", "application/json");
        yield* response.write(
          `${JSON.stringify({ kind: "PodList", apiVersion: "v1", metadata: {}, items: items.length === 0 ? null : items })}\n`,
        );
      },
    },
  ],
};

export const runningPods: Service = {
  prefix: "/runningpods/",
  routes: [
    {
      methods: ["GET"],
      pattern: "/runningpods",
      *handle({ state, response }) {
        const items = state.pods.filter((p) => Object.keys(p.containers).length > 0).map((p) => runningPod(p, state));
        yield* json(response, {
          kind: "PodList",
          apiVersion: "v1",
          metadata: {},
          items: items.length === 0 ? null : items,
        });
      },
    },
  ],
};
