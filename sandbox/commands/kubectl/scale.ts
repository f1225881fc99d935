// kubectl scale: another number of replicas.

import type { Task } from "../../kernel/sys.ts";
import { fullName, pathOf } from "./discovery.ts";
import { CHANGE_FLAGS, eachObject, PATCH_TYPES } from "./each.ts";
import type { Kube } from "./kube.ts";
import { dryRun, printChange } from "./print.ts";
import { fetchObjects, selectAny } from "./resources.ts";
import { at, Fail } from "./values.ts";

export const SCALE_FLAGS = `${CHANGE_FLAGS} all! current-replicas#-1 replicas# resource-version= selector:l= timeout@0s`;

export function* scale(kube: Kube): Task<number> {
  const { flags } = kube;
  if (!flags.has("replicas")) throw new Fail('required flag(s) "replicas" not set');
  if (flags.number("replicas", 0) < 0)
    throw new Fail(`The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0`);
  const dry = dryRun(kube);
  const client = yield* kube.client();
  const selection = yield* selectAny(kube, { all: flags.on("all"), selector: flags.text("selector") });
  const { items, errors } = yield* fetchObjects(kube, selection, flags.text("selector"));
  if (items.length + errors.length === 0) throw new Fail("no objects passed to scale");
  return yield* eachObject(items, errors, function* ({ resource, namespace, name }, object) {
    const wanted = flags.number("current-replicas", -1);
    const path = pathOf(resource, namespace, name, "scale");
    if (wanted >= 0) {
      const now = at((yield* client.call({ path })).body, "spec.replicas") ?? 0;
      if (now !== wanted) throw new Fail(`Expected replicas to be ${wanted}, was ${now}`);
    }
    const version = at(object, "metadata.resourceVersion");
    if (flags.has("resource-version") && version !== flags.text("resource-version"))
      throw new Fail(`Expected resource version to be ${flags.text("resource-version")}, was ${version}`);
    if (dry !== "client")
      yield* client.call({
        method: "PATCH",
        path: path + (dry === "server" ? "?dryRun=All" : ""),
        body: { spec: { replicas: flags.number("replicas", 0) } },
        type: PATCH_TYPES.merge,
        resource: fullName(resource),
        name,
      });
    yield* printChange(kube, object, "scaled", dry);
  });
}
