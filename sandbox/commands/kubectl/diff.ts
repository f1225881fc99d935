// kubectl diff: what apply would change, by diff -u between two folders.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { formatYaml } from "../../lib/yaml-go/emit.ts";
import { LAST_APPLIED } from "./apply.ts";
import { pathOf } from "./discovery.ts";
import { errorText } from "./errors.ts";
import type { Kube } from "./kube.ts";
import { findInPath } from "./plugins.ts";
import { withoutManaged } from "./print.ts";
import { readFiles } from "./resources.ts";
import { threeWay } from "./three-way.ts";
import { BareFail, Fail, type Obj, q } from "./values.ts";

export const DIFF_FLAGS =
  "concurrency#1 field-manager= filename:f* force-conflicts! kustomize:k= prune! prune-allowlist+ recursive:R! selector:l= server-side! show-managed-fields!";

/** As diff itself: 1 is a difference, more is trouble. */
export function* diff(kube: Kube): Task<number> {
  try {
    return yield* compare(kube);
  } catch (error) {
    throw new BareFail(errorText(error), 2);
  }
}

function* compare(kube: Kube): Task<number> {
  const { flags, sys } = kube;
  if (kube.args.length > 0) throw kube.usage(`Unexpected args: [${kube.args.join(" ")}]`);
  const [program = ""] = (sys.env.KUBECTL_EXTERNAL_DIFF ?? "diff").split(" ");
  const files = flags.list("filename");
  if (files.length === 0) throw new Fail("must specify one of -f and -k");
  if (flags.on("server-side")) throw new Fail("--server-side is not modelled in this sandbox", 2);
  const client = yield* kube.client();
  const { items, errors } = yield* readFiles(kube, files);
  const stamp = [...sys.random(5)].map((byte) => byte % 10).join("");
  const folders = [`/tmp/LIVE-${stamp}`, `/tmp/MERGED-${stamp}`];
  for (const folder of folders) sys.mkdir(folder, 0o700);
  for (const { resource, namespace, name, object = {} } of items) {
    const path = pathOf(resource, namespace, name);
    const live = yield* client.ask({ path });
    let merged: Obj;
    if (live.status === 404)
      merged = (yield* client.call({
        method: "POST",
        path: `${pathOf(resource, namespace)}?dryRun=All&fieldManager=kubectl-client-side-apply`,
        body: object,
      })).body;
    else {
      const last = live.body.metadata?.annotations?.[LAST_APPLIED];
      // What is wanted says nothing of the annotation that tells what was applied.
      const annotations: Obj = { ...object.metadata?.annotations };
      delete annotations[LAST_APPLIED];
      const wanted: Obj = { ...object, metadata: { ...object.metadata, annotations } };
      const patch = threeWay(last === undefined ? undefined : JSON.parse(last), wanted, live.body) ?? {};
      merged = (yield* client.call({
        method: "PATCH",
        path: `${path}?dryRun=All&fieldManager=kubectl-client-side-apply`,
        body: patch,
        type: "application/strategic-merge-patch+json",
      })).body;
    }
    const file = `${resource.group === "" ? "" : `${resource.group}.`}${resource.version}.${resource.kind}.${namespace}.${name}`;
    sys.writeFile(`${folders[0]}/${file}`, live.status === 404 ? "" : formatYaml(withoutManaged(live.body)));
    sys.writeFile(`${folders[1]}/${file}`, formatYaml(withoutManaged(merged)));
  }
  if (errors.length > 0) throw errors[0];
  if (findInPath(sys, program) === undefined)
    throw new Fail(`failed to run ${q(program)}: executable file not found in $PATH`);
  const pid = sys.spawn({
    path: "/bin/bash",
    argv: ["bash", "-c", `${sys.env.KUBECTL_EXTERNAL_DIFF ?? "diff -u -N"} ${folders.join(" ")}`],
    env: sys.env,
  });
  const ended = isErrno(pid) ? pid : yield* sys.waitpid(pid);
  for (const folder of folders) {
    const entries = sys.readdir(folder);
    for (const { name } of isErrno(entries) ? [] : entries) sys.unlink(`${folder}/${name}`);
    sys.rmdir(folder);
  }
  return ended !== undefined && !isErrno(ended) && ended.status.kind === "exited" ? ended.status.code : 1;
}
