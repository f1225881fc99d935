// kubectl delete and wait.

import type { Task } from "../../kernel/sys.ts";
import type { KubectlCommand } from "./command.ts";
import { kindName, pathOf } from "./discovery.ts";
import { prefixed, Several, throwAll } from "./errors.ts";
import type { Expressions } from "./expressions.ts";
import { isReason, type Kube } from "./kube.ts";
import { dryRun, printerFor } from "./print.ts";
import { checkName, fetchObjects, type Item, listCollection, NEEDED, selectAny } from "./resources.ts";
import { checkCascade } from "./validate.ts";
import { at, Fail, nameOf, namespaceOf, type Obj, q } from "./values.ts";

export const DELETE_FLAGS =
  "all! all-namespaces:A! cascade?background dry-run?unchanged field-selector= filename:f* force! grace-period#-1 ignore-not-found! interactive:i! kustomize:k= now! output:o= raw= recursive:R! selector:l= timeout@0s wait!";
const PAUSE = 250;

export function* deleteObjects(kube: Kube): Task<number> {
  const { flags } = kube;
  const client = yield* kube.client();
  if (flags.has("raw")) {
    const answer = yield* client.call({ method: "DELETE", path: flags.text("raw") });
    yield* kube.out(answer.text);
    return 0;
  }
  const format = flags.text("output");
  if (format !== "" && format !== "name")
    throw new Fail(`unexpected -o output mode: ${format}. We only support '-o name'`);
  const dry = dryRun(kube);
  let grace = flags.number("grace-period", -1);
  if (flags.on("now")) {
    if (grace >= 0) throw new Fail("--now and --grace-period cannot be specified together");
    grace = 1;
  }
  if (grace === 0 && !flags.on("force")) grace = 1;
  if (flags.on("force") && grace < 0) grace = 0;
  if (flags.on("all") && (flags.text("selector") || flags.text("field-selector")))
    throw new Fail("setting 'all' parameter but found a non empty selector. ");
  if (flags.on("force") && grace > 0)
    throw new Fail("--force and --grace-period greater than 0 cannot be specified together");
  if (kube.args.length === 0 && flags.list("filename").length === 0) throw new Fail(NEEDED);
  if (flags.on("all") && kube.args.length > 1) throw new Fail("name cannot be provided when a selector is specified");
  if (grace === 0 && flags.on("force"))
    yield* kube.err(
      "Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n",
    );
  const selection = yield* selectAny(kube, {
    all: flags.on("all"),
    selector: flags.text("selector"),
    fieldSelector: flags.text("field-selector"),
    allNamespaces: flags.on("all-namespaces"),
  });
  const errors: unknown[] = [];
  const targets: Item[] = [];
  for (const item of selection.items) {
    if (item.name !== "" || item.object !== undefined) targets.push(item);
    else {
      try {
        const list = yield* listCollection(client, item, {
          selector: flags.text("selector"),
          fieldSelector: flags.text("field-selector"),
        });
        for (const object of list.items ?? [])
          targets.push({ ...item, namespace: namespaceOf(object), name: nameOf(object) });
      } catch (error) {
        errors.push(error);
      }
    }
  }
  if (flags.on("interactive")) {
    yield* kube.out(
      `You are about to delete the following ${targets.length} resource(s):\n${targets.map(({ resource, name }) => `${kindName(resource)}/${name}\n`).join("")}Do you want to continue? (y/N): `,
    );
    if (!/^y(?:es)?$/i.test((yield* kube.line()) ?? "")) {
      yield* kube.out("deletion is cancelled\n");
      return 0;
    }
  }
  const cascade = flags.text("cascade", "background");
  checkCascade(flags);
  const quiet = flags.on("ignore-not-found") || flags.on("all") || flags.text("selector") !== "";
  const waiting: { item: Item; uid: string }[] = [];
  for (const item of targets) {
    try {
      checkName(item);
      const body = {
        kind: "DeleteOptions",
        apiVersion: "v1",
        ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}),
        propagationPolicy: cascade.replace(/^./, (c) => c.toUpperCase()),
        ...(dry === "server" ? { dryRun: ["All"] } : {}),
      };
      if (dry !== "client") {
        const gone: Obj =
          (yield* client.call({ method: "DELETE", path: pathOf(item.resource, item.namespace, item.name), body }))
            .body ?? {};
        waiting.push({ item, uid: at(gone, "details.uid") ?? at(gone, "metadata.uid") ?? "" });
      }
      yield* kube.out(deletedLine(item, format, grace === 0 && flags.on("force"), dry));
    } catch (error) {
      if (quiet && isReason(error, "NotFound")) continue;
      errors.push(item.source === undefined ? error : prefixed(error, `error when deleting ${q(item.source)}: `));
    }
  }
  throwAll([...errors, ...(selection.errors ?? [])]);
  if (targets.length === 0) yield* kube.out("No resources found\n");
  const wait = flags.on("wait", !(flags.on("force") && grace === 0)) && dry === "";
  if (wait) yield* waitGone(kube, waiting, flags.duration("timeout", 0));
  return 0;
}

function deletedLine({ resource, namespace, name }: Item, format: string, forced: boolean, dry: string): string {
  if (format === "name") return `${kindName(resource)}/${name}\n`;
  const done = forced ? "force deleted" : "deleted";
  const from = namespace === "" ? "" : ` from ${namespace} namespace`;
  return `${kindName(resource)} ${q(name)} ${done}${from}${dry === "client" ? " (dry run)" : dry === "server" ? " (server dry run)" : ""}\n`;
}

/** Waits until objects are gone, or others of their names have come. */
function* waitGone(kube: Kube, waiting: readonly { item: Item; uid: string }[], limit: number): Task {
  const client = yield* kube.client();
  const until = limit > 0 ? kube.sys.now() + limit : kube.sys.now() + 7 * 86_400_000;
  for (const { item, uid } of waiting)
    for (;;) {
      const answer = yield* client.ask({ path: pathOf(item.resource, item.namespace, item.name) });
      if (answer.status === 404 || (uid !== "" && at(answer.body, "metadata.uid") !== uid)) break;
      if (answer.status >= 400) break;
      if (kube.sys.now() >= until)
        throw new Fail(`timed out waiting for the condition on ${item.resource.name}/${item.name}`);
      yield* kube.sys.sleep(PAUSE);
    }
}

type Condition = (object: Obj | undefined) => boolean;

function parseCondition(kube: Kube, text: string): Condition {
  const lower = text.toLowerCase();
  if (lower === "delete") return (object) => object === undefined;
  if (lower === "create") return (object) => object !== undefined;
  if (lower.startsWith("condition=")) {
    const [name = "", value = "true"] = text.slice("condition=".length).split("=");
    return (object) => {
      const found: Obj | undefined = (at(object, "status.conditions") ?? []).find(
        (one: Obj) => one.type.toLowerCase() === name.toLowerCase(),
      );
      const generation = at(object, "metadata.generation");
      if (found?.observedGeneration !== undefined && found.observedGeneration < generation) return false;
      return (found?.status ?? "").toLowerCase() === value.toLowerCase();
    };
  }
  if (lower.startsWith("jsonpath=")) {
    const rest = text.slice("jsonpath=".length).replace(/^(['"])(.*)\1$/, "$2");
    const match = /^(\{[^}]*\}|[^=]*)(?:=(.*))?$/s.exec(rest);
    if (rest === "") throw new Fail("jsonpath expression cannot be empty");
    const { JsonPath, relaxPath } = kube.expressions as Expressions;
    const [head = ""] = rest.split("=");
    if (/^\{[^}]*(?:\}.+)?$/.test(head)) relaxPath(head);
    const path = new JsonPath((match?.[1] ?? "").startsWith("{") ? (match?.[1] ?? "") : `{${match?.[1] ?? ""}}`);
    const wanted = match?.[2]?.replace(/^(['"])(.*)\1$/, "$2");
    return (object) => {
      const found = object === undefined ? [] : path.find(object);
      if (wanted === undefined || found.length === 0) return found.length > 0;
      if (found.length > 1) throw new Fail("given jsonpath expression matches more than one value");
      if (found[0] !== null && typeof found[0] === "object")
        throw new Fail("jsonpath leads to a nested object or list which is not supported");
      return String(found[0] ?? "") === wanted;
    };
  }
  throw new Fail(`unrecognized condition: ${q(text)}`);
}

export function* wait(kube: Kube): Task<number> {
  const { flags } = kube;
  const wanted = flags.text("for");
  if (!flags.has("for")) throw new Fail("unrecognized condition: []");
  const printer = printerFor(kube, flags.text("output"));
  const holds = parseCondition(kube, wanted);
  const gone = wanted.toLowerCase() === "delete";
  const coming = wanted.toLowerCase() === "create";
  const limit = flags.duration("timeout", 30_000);
  const until = kube.sys.now() + (limit < 0 ? 7 * 86_400_000 : limit);
  const client = yield* kube.client();
  const selection = yield* selectAny(kube, {
    all: flags.on("all"),
    selector: flags.text("selector"),
    fieldSelector: flags.text("field-selector"),
    allNamespaces: flags.on("all-namespaces"),
  });
  const { items, errors } =
    gone || coming
      ? {
          items: selection.items.every((item) => item.name !== "")
            ? [...selection.items]
            : (yield* fetchObjects(kube, selection, flags.text("selector"))).items,
          errors: [] as unknown[],
        }
      : yield* fetchObjects(kube, selection, flags.text("selector"), flags.text("field-selector"));
  throwAll(errors);
  if (items.length === 0 && !gone) throw new Fail("no matching resources found");
  const late: unknown[] = [];
  for (const { resource, namespace, name } of items) {
    for (let first = true; ; first = false) {
      const answer = yield* client.ask({ path: pathOf(resource, namespace, name) });
      // What is not there from the beginning is passed over in silence.
      if (gone && first && answer.status === 404) break;
      // Once the time is over, nobody is asked any more.
      const inTime = limit === 0 || !first || kube.sys.now() < until;
      if (inTime && holds(answer.status === 200 ? answer.body : undefined)) {
        yield* kube.out(printer?.(answer.body) ?? `${kindName(resource)}/${name} condition met\n`);
        break;
      }
      if (kube.sys.now() >= until) {
        const why = limit === 0 ? "condition not met for" : "timed out waiting for the condition on";
        late.push(new Fail(coming ? "timed out waiting for the condition" : `${why} ${resource.name}/${name}`));
        break;
      }
      yield* kube.sys.sleep(PAUSE);
    }
  }
  if (late.length > 0) throw late.length === 1 ? late[0] : new Several(late);
  return 0;
}

export const waitCommand: KubectlCommand = {
  name: "wait",
  short: "Wait for a specific condition on one or many resources",
  usage:
    "([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]] [options]",
  flags:
    "all! all-namespaces:A! allow-missing-template-keys! field-selector= filename:f* for= local! output:o= recursive:R! selector:l= show-managed-fields! template= timeout@30s",
  run: wait,
};
