// kubectl patch: fields of live objects, by a JSON, merge or strategic patch.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { fullName, pathOf } from "./discovery.ts";
import { readYaml } from "./documents.ts";
import { CHANGE_FLAGS, eachObject, PATCH_TYPES } from "./each.ts";
import type { Kube } from "./kube.ts";
import { dryRun, printChange } from "./print.ts";
import { checkName, type Item, selectAny } from "./resources.ts";
import { writeQuery } from "./validate.ts";
import { Fail, q, same } from "./values.ts";

export const PATCH_FLAGS = `${CHANGE_FLAGS} local! patch:p= patch-file= subresource= type=strategic`;

export function* patch(kube: Kube): Task<number> {
  const { flags } = kube;
  const type = flags.text("type", "strategic").toLowerCase();
  if (flags.text("patch") === "" && flags.text("patch-file") === "")
    throw new Fail("must specify --patch or --patch-file containing the contents of the patch");
  if (flags.has("patch") && flags.has("patch-file")) throw new Fail("cannot specify --patch and --patch-file together");
  if (!(type in PATCH_TYPES)) throw new Fail(`--type must be one of [json merge strategic], not ${q(type)}`);
  let text = flags.text("patch");
  if (flags.has("patch-file")) {
    const bytes = kube.sys.readFile(flags.text("patch-file"));
    if (isErrno(bytes))
      throw new Fail(`unable to read patch file: open ${flags.text("patch-file")}: ${bytes.text.toLowerCase()}`);
    text = decode(bytes);
  }
  let body: unknown;
  try {
    body = readYaml(text);
  } catch (error) {
    // What begins as JSON goes out as it is: the server judges it.
    if (!/^\s*[{[]/.test(text)) throw new Fail(`unable to parse ${q(text)}: ${(error as Error).message}`);
  }
  if (flags.on("local") && kube.args.length > 0) throw new Fail("cannot specify --local and server resources");
  const dry = dryRun(kube);
  const client = yield* kube.client();
  const sub = flags.text("subresource");
  const selection = yield* selectAny(kube);
  const items: Item[] = [];
  const errors = [...(selection.errors ?? [])];
  for (const item of selection.items) {
    try {
      checkName(item);
      // Of a file its own object is what was there before.
      const object =
        item.object ??
        (yield* client.call({
          path: pathOf(item.resource, item.namespace, item.name, sub),
          resource: fullName(item.resource),
          name: item.name,
        })).body;
      items.push({ ...item, object });
    } catch (error) {
      errors.push(error);
    }
  }
  return yield* eachObject(items, errors, function* ({ resource, namespace, name }, object) {
    let result = object;
    if (dry !== "client")
      result = (yield* client.call({
        method: "PATCH",
        path: pathOf(resource, namespace, name, sub) + writeQuery(kube, "kubectl-patch", dry),
        ...(body === undefined ? { raw: text } : { body }),
        type: PATCH_TYPES[type as keyof typeof PATCH_TYPES],
      })).body;
    yield* printChange(kube, result, dry !== "client" && same(result, object) ? "patched (no change)" : "patched");
  });
}
