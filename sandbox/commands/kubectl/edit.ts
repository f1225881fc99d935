// kubectl edit: the object as YAML in an editor, then the difference as a patch.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { formatYaml } from "../../lib/yaml-go/emit.ts";
import { StatusError } from "./client.ts";
import { fullName, pathOf } from "./discovery.ts";
import { readDocument } from "./documents.ts";
import { PATCH_TYPES } from "./each.ts";
import { throwAll } from "./errors.ts";
import type { Kube } from "./kube.ts";
import { findInPath } from "./plugins.ts";
import { printChange, withoutManaged } from "./print.ts";
import { fetchObjects, type Item, selectAny } from "./resources.ts";
import { threeWay } from "./three-way.ts";
import { writeQuery } from "./validate.ts";
import { Fail, nameOf, type Obj, q, same } from "./values.ts";

export const EDIT_FLAGS =
  "allow-missing-template-keys! field-manager= filename:f* kustomize:k= output:o= output-patch! recursive:R! save-config! show-managed-fields! subresource= template= validate?strict windows-line-endings!";
const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;

type Save = (item: Item, edited: Obj, original: Obj) => Task;

export function* edit(kube: Kube): Task<number> {
  const { items, errors } = yield* fetchObjects(kube, yield* selectAny(kube, { all: true }));
  throwAll(errors);
  return yield* editItems(kube, items, function* ({ resource, namespace, name }, edited, original) {
    const client = yield* kube.client();
    const path = pathOf(resource, namespace, name, kube.flags.text("subresource"));
    const done = (yield* client.call({
      method: "PATCH",
      path: path + writeQuery(kube, "kubectl-edit", "", "Strict"),
      body: threeWay(original, edited, original) ?? {},
      type: PATCH_TYPES.strategic,
    })).body;
    yield* printChange(kube, done, "edited");
  });
}

const temporary = (kube: Kube): string =>
  `/tmp/kubectl-edit-${[...kube.sys.random(5)].map((byte) => byte % 10).join("")}${[...kube.sys.random(5)].map((byte) => byte % 10).join("")}.yaml`;

/** Runs the editor on a file as the shell would: with its words, on this terminal. */
function* runEditor(kube: Kube, path: string): Task {
  const { sys } = kube;
  const editor = sys.env.KUBE_EDITOR || sys.env.EDITOR || "vi";
  // Without quotes it is run by its name, not by a shell.
  const [program = ""] = editor.split(" ");
  const shell = /["'\\]/.test(editor);
  if (
    !shell &&
    (program.includes("/") ? sys.access(program, "x") !== undefined : findInPath(sys, program) === undefined)
  )
    throw new Fail(`unable to launch the editor ${q(editor)}`);
  const pid = sys.spawn({ path: "/bin/bash", argv: ["/bin/bash", "-c", `${editor} "${path}"`], env: sys.env });
  const ended = isErrno(pid) ? pid : yield* sys.waitpid(pid);
  const fine = ended !== undefined && !isErrno(ended) && ended.status.kind === "exited" && ended.status.code === 0;
  if (!fine) throw new Fail(`there was a problem with the editor ${q((shell ? "/bin/bash -c " : "") + editor)}`);
}

const strip = (text: string): string =>
  text
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("#"))
    .join("\n");

/** Lets one file hold the objects, several as a List, until what is saved can be kept. */
export function* editItems(kube: Kube, items: readonly Item[], save: Save): Task<number> {
  const format = kube.flags.text("output");
  if (!["", "json", "kyaml", "yaml"].includes(format))
    throw new Fail(
      `unable to match a printer suitable for the output format ${q(format)}, allowed formats are: json,kyaml,yaml`,
    );
  const { sys } = kube;
  const originals = items.map(({ object }) => withoutManaged(object) as Obj);
  const [item, other] = items;
  if (item === undefined) return 0;
  const { resource, name } = item;
  let before = formatYaml(
    other === undefined ? originals[0] : { apiVersion: "v1", items: originals, kind: "List", metadata: {} },
  );
  let shown = HEADER + before;
  let failed = false;
  for (;;) {
    const path = temporary(kube);
    sys.writeFile(path, shown, { mode: 0o600 });
    try {
      yield* runEditor(kube, path);
    } catch (error) {
      sys.unlink(path);
      throw error;
    }
    const bytes = sys.readFile(path);
    const text = isErrno(bytes) ? "" : decode(bytes);
    const cancel = function* (why: string): Task<number> {
      sys.unlink(path);
      yield* kube.err(`Edit cancelled, ${why}.\n`);
      return 0;
    };
    if (strip(text) === strip(before)) {
      if (!failed) return yield* cancel("no changes made");
      yield* kube.err(`A copy of your changes has been stored to ${q(path)}\n`);
      throw new Fail("Edit cancelled, no valid changes were saved.");
    }
    const there = originals[0]?.metadata.uid !== undefined;
    if (strip(text).trim() === "" && there) return yield* cancel("saved file was empty");
    before = text;
    let edited: Obj[];
    try {
      const document = readDocument(text) as Obj | undefined;
      if (!document) throw new Fail("EOF");
      edited = other === undefined ? [document] : document.items;
      if (there && edited.some((one, i) => nameOf(one) !== items[i]?.name))
        throw new Fail("The edited file failed validation: name may not be changed");
    } catch (error) {
      failed = true;
      yield* kube.err(`error: ${fullName(resource)} ${q(name)} is invalid\n`);
      before = `${HEADER}# The edited file had a syntax error: ${(error as Error).message}\n#\n${strip(text)}`;
      shown = before;
      continue;
    }
    if (same(edited, originals)) return yield* cancel("no changes made");
    let wrong = "";
    for (const [i, one] of edited.entries()) {
      const [owner, original] = [items[i] as Item, originals[i] as Obj];
      try {
        if (same(one, original)) yield* printChange(kube, original, "skipped");
        else yield* save(owner, one, original);
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        const word = error.reason === "Invalid" ? "is invalid" : error.message;
        yield* kube.err(`error: ${fullName(owner.resource)} ${q(owner.name)} ${word}\n`);
        const causes = (error.status.details?.causes ?? []).map(
          (cause: Obj) => `# * ${cause.field}: ${cause.message}\n`,
        );
        wrong += `# ${owner.resource.name} ${q(owner.name)} was not valid:\n${causes.join("") || `# * ${error.message}\n`}#\n`;
      }
    }
    sys.unlink(path);
    if (wrong === "") return 0;
    failed = true;
    before = HEADER + wrong + strip(text);
    shown = before;
  }
}
