// kubectl edit: the object as YAML in an editor, then the difference as a patch.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { formatYaml } from "../../lib/yaml-go/emit.ts";
import { StatusError } from "./client.ts";
import { fullName, pathOf } from "./discovery.ts";
import { readDocument } from "./documents.ts";
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

export function* edit(kube: Kube): Task<number> {
  const { items, errors } = yield* fetchObjects(kube, yield* selectAny(kube, { all: true }));
  throwAll(errors);
  let code = 0;
  for (const item of items) code = Math.max(code, yield* editOne(kube, item));
  return code;
}

const temporary = (kube: Kube): string =>
  `/tmp/kubectl-edit-${[...kube.sys.random(5)].map((byte) => byte % 10).join("")}${[...kube.sys.random(5)].map((byte) => byte % 10).join("")}.yaml`;

/** Runs the editor on a file as the shell would: with its words, on this terminal. */
function* runEditor(kube: Kube, path: string): Task {
  const { sys } = kube;
  const editor = sys.env.KUBE_EDITOR || sys.env.EDITOR || "vi";
  // Without quotes it is run by its name, not by a shell.
  const [program = ""] = editor.split(" ");
  if (
    !/["'\\]/.test(editor) &&
    (program.includes("/") ? sys.access(program, "x") !== undefined : findInPath(sys, program) === undefined)
  )
    throw new Fail(`unable to launch the editor ${q(editor)}`);
  const pid = sys.spawn({ path: "/bin/bash", argv: ["/bin/bash", "-c", `${editor} "${path}"`], env: sys.env });
  const ended = isErrno(pid) ? pid : yield* sys.waitpid(pid);
  const fine = ended !== undefined && !isErrno(ended) && ended.status.kind === "exited" && ended.status.code === 0;
  if (!fine) throw new Fail(`there was a problem with the editor ${q(editor)}`);
}

const strip = (text: string): string =>
  text
    .split("\n")
    .filter((line) => !line.trimStart().startsWith("#"))
    .join("\n");

function* editOne(kube: Kube, { resource, namespace, name, object = {} }: Item): Task<number> {
  const { sys } = kube;
  const original = withoutManaged(object) as Obj;
  const body = formatYaml(original);
  let shown = HEADER + body;
  let before = body;
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
    if (strip(text) === strip(before)) {
      if (!failed) {
        sys.unlink(path);
        yield* kube.err("Edit cancelled, no changes made.\n");
        return 0;
      }
      yield* kube.err(`A copy of your changes has been stored to ${q(path)}\n`);
      throw new Fail("Edit cancelled, no valid changes were saved.");
    }
    if (strip(text).trim() === "") {
      sys.unlink(path);
      yield* kube.err("Edit cancelled, saved file was empty.\n");
      return 0;
    }
    before = text;
    let edited: Obj;
    try {
      edited = readDocument(text) as Obj;
      if (nameOf(edited) !== name) throw new Fail(`The edited file failed validation: name may not be changed`);
    } catch (error) {
      failed = true;
      yield* kube.err(`error: ${fullName(resource)} ${q(name)} is invalid\n`);
      shown = `${HEADER}# The edited file had a syntax error: ${(error as Error).message}\n#\n${strip(text)}`;
      before = shown;
      continue;
    }
    if (same(edited, original)) {
      sys.unlink(path);
      yield* kube.err("Edit cancelled, no changes made.\n");
      return 0;
    }
    const patch = threeWay(original, edited, original) ?? {};
    const client = yield* kube.client();
    try {
      const done = (yield* client.call({
        method: "PATCH",
        path:
          pathOf(resource, namespace, name, kube.flags.text("subresource")) + writeQuery("kubectl-edit", "", "Strict"),
        body: patch,
        type: "application/strategic-merge-patch+json",
      })).body;
      sys.unlink(path);
      yield* printChange(kube, done, "edited");
      return 0;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      const word = error.reason === "Invalid" ? "is invalid" : error.message;
      yield* kube.err(`error: ${fullName(resource)} ${q(name)} ${word}\n`);
      failed = true;
      sys.unlink(path);
      const why = (error.status.details?.causes ?? [])
        .map((cause: Obj) => `# * ${cause.field}: ${cause.message}\n`)
        .join("");
      shown = `${HEADER}# ${resource.name} ${q(name)} was not valid:\n${why || `# * ${error.message}\n`}#\n${strip(text)}`;
      before = shown;
    }
  }
}
