// kubectl create: objects of files, and the generators that make one from flags.

import type { Task } from "../../../kernel/sys.ts";
import type { KubectlCommand } from "../command.ts";
import { pathOf } from "../discovery.ts";
import { editItems } from "../edit.ts";
import { prefixed, throwAll } from "../errors.ts";
import { rawFile } from "../get.ts";
import type { Kube } from "../kube.ts";
import { dryRun, printChange } from "../print.ts";
import { type Item, readFiles } from "../resources.ts";
import { checkObject, unversioned, validation, writeQuery } from "../validate.ts";
import { Fail, type Obj, q } from "../values.ts";
import { configMap, secret } from "./data.ts";
import { ingress, service } from "./network.ts";
import { disruptionBudget, namespace, priorityClass, quota } from "./policy.ts";
import { clusterRole, clusterRoleBinding, role, roleBinding, serviceAccount } from "./rbac.ts";
import { token } from "./token.ts";
import { cronJob, deployment, job } from "./workloads.ts";

function* createFiles(kube: Kube): Task<number> {
  const { flags } = kube;
  const files = flags.list("filename");
  if (kube.args.length > 0) throw kube.usage(`Unexpected args: [${kube.args.join(" ")}]`);
  if (files.length === 0 && !flags.has("kustomize")) throw new Fail("must specify one of -f and -k");
  if (flags.has("raw")) return yield* rawFile(kube, "POST");
  // What is edited is made, whatever else is asked for.
  const dry = flags.on("edit") ? "" : dryRun(kube);
  const validate = validation(kube);
  const client = yield* kube.client();
  const { items, errors } = yield* readFiles(kube, files, (object, source) =>
    checkObject(kube, object, source, validate),
  );
  function* make({ resource, namespace }: Item, object: Obj): Task {
    let made = object;
    if (dry !== "client")
      made = (yield* client.call({
        method: "POST",
        path: pathOf(resource, namespace) + writeQuery(kube, "kubectl-create", dry, validate),
        body: unversioned(object),
      })).body;
    yield* printChange(kube, made, "created", dry);
  }
  for (const item of items) {
    const { object, source } = item;
    if (flags.on("edit")) {
      yield* editItems(kube, [item], make);
      continue;
    }
    try {
      yield* make(item, object as Obj);
    } catch (error) {
      errors.push(prefixed(error, `error when creating ${q(source ?? "")}: `));
    }
  }
  throwAll(errors);
  if (items.length === 0) throw new Fail("no objects passed to create");
  return 0;
}

export const createCommand: KubectlCommand = {
  name: "create",
  short: "Create a resource from a file or from stdin",
  long: "Create a resource from a file or from stdin.\n\n JSON and YAML formats are accepted.",
  usage: "-f FILENAME [options]",
  flags:
    "allow-missing-template-keys! dry-run?unchanged edit! field-manager= filename:f* kustomize:k= output:o= raw= recursive:R! save-config! selector:l= show-managed-fields! template= validate?strict windows-line-endings!",
  run: createFiles,
  sub: [
    clusterRole,
    clusterRoleBinding,
    configMap,
    cronJob,
    deployment,
    ingress,
    job,
    namespace,
    disruptionBudget,
    priorityClass,
    quota,
    role,
    roleBinding,
    secret,
    service,
    serviceAccount,
    token,
  ],
};
