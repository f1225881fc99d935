// kubectl replace: objects of files in place of the live ones; with --force they are deleted first.

import type { Task } from "../../kernel/sys.ts";
import { pathOf } from "./discovery.ts";
import { CHANGE_FLAGS, eachObject } from "./each.ts";
import { prefixed } from "./errors.ts";
import { rawFile } from "./get.ts";
import type { Kube } from "./kube.ts";
import { dryRun, printChange } from "./print.ts";
import { readFiles } from "./resources.ts";
import { checkCascade, checkObject, unversioned, validation, writeQuery } from "./validate.ts";
import { at, clone, Fail, q } from "./values.ts";

export const REPLACE_FLAGS = `${CHANGE_FLAGS} cascade?background force! grace-period#-1 raw= save-config! subresource= timeout@ validate?strict wait!`;

export function* replace(kube: Kube): Task<number> {
  const { flags } = kube;
  const files = flags.list("filename");
  const dry = dryRun(kube);
  const force = flags.on("force");
  if (force && dry !== "") throw new Fail("--dry-run can not be used when --force is set");
  checkCascade(flags);
  for (const name of ["grace-period", "timeout"])
    if (flags.has(name) && !force) throw new Fail(`--${name} must have --force specified`);
  if (files.length === 0) throw new Fail("must specify one of -f and -k");
  if (flags.has("raw")) return yield* rawFile(kube, "PUT");
  const validate = validation(kube);
  const client = yield* kube.client();
  const { items, errors } = yield* readFiles(kube, files, (object, source) =>
    checkObject(kube, object, source, validate),
  );
  if (force) {
    for (const { resource, namespace, name } of items) {
      const path = pathOf(resource, namespace, name);
      const answer = yield* client.ask({
        method: "DELETE",
        path,
        body: {
          kind: "DeleteOptions",
          apiVersion: "v1",
          propagationPolicy: "Background",
          ...(flags.number("grace-period", -1) >= 0 ? { gracePeriodSeconds: flags.number("grace-period", 0) } : {}),
        },
      });
      if (answer.status === 404) continue;
      yield* kube.out(
        `${resource.kind.toLowerCase()}${resource.group === "" ? "" : `.${resource.group}`} ${q(name)} deleted${namespace === "" ? "" : ` from ${namespace} namespace`}\n`,
      );
      for (let i = 0; i < 400 && (yield* client.ask({ path })).status !== 404; i++) yield* kube.sys.sleep(250);
    }
  }
  return yield* eachObject(items, errors, function* ({ resource, namespace, name, source }, object) {
    const path = pathOf(resource, namespace, force ? "" : name);
    let result = object;
    try {
      if (dry !== "client") {
        const body = clone(object);
        if (!force && at(body, "metadata.resourceVersion") === undefined) {
          // Where it cannot be read it is sent as it is, and that answer is told.
          const { status, body: live } = yield* client.ask({ path });
          if (status === 200) body.metadata = { ...body.metadata, resourceVersion: live.metadata.resourceVersion };
        }
        result = (yield* client.call({
          method: force ? "POST" : "PUT",
          path: path + writeQuery(kube, "kubectl-replace", dry, validate),
          body: force ? unversioned(body) : body,
        })).body;
      }
    } catch (error) {
      throw prefixed(error, `error when replacing ${q(source ?? "")}: `);
    }
    yield* printChange(kube, result, "replaced", dry);
  });
}
