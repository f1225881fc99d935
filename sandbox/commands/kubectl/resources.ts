// Which objects a command line means: types, names, files, selectors (kubectl's resource builder).

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { matchGlob } from "../../lib/fnmatch.ts";
import { type Client, StatusError } from "./client.ts";
import { fullName, groupVersion, pathOf, type Resource } from "./discovery.ts";
import { readDocuments, splitDocuments } from "./documents.ts";
import { throwAll } from "./errors.ts";
import { isReason, type Kube } from "./kube.ts";
import { type Any, Fail, nameOf, namespaceOf, type Obj, q } from "./values.ts";

/** One thing asked for: an object by name, or a whole collection. */
export interface Item {
  readonly resource: Resource;
  readonly namespace: string;
  /** Empty for a collection. */
  readonly name: string;
  /** The object a file gave. */
  readonly object?: Obj;
  /** File it came from. */
  readonly source?: string;
}

export interface Selection {
  readonly items: readonly Item[];
  /** Names were given as TYPE/NAME. */
  readonly slashed: boolean;
  /** One single named object was asked for. */
  readonly single: boolean;
  /** What was wrong with some of a file's objects. */
  readonly errors?: readonly unknown[];
}

export interface SelectOptions {
  /** Without names the whole collection is meant, without asking for a selector. */
  readonly all?: boolean;
  readonly selector?: string;
  readonly allNamespaces?: boolean;
  readonly fieldSelector?: string;
  /** What to say where nothing was given. */
  readonly empty?: string;
}

const MIXED =
  "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'";
export const NEEDED =
  "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'";

/** Types and names of the command line. */
export function* selectArgs(kube: Kube, args: readonly string[], options: SelectOptions = {}): Task<Selection> {
  if (args.length === 0) throw new Fail(options.empty ?? NEEDED);
  const picked = options.selector || options.fieldSelector;
  if (args.some((arg) => arg.includes("/"))) return yield* selectSlashed(kube, args, picked);
  const [types = "", ...names] = args;
  if (names.length > 0 && picked) throw new Fail("name cannot be provided when a selector is specified");
  const resources = yield* findTypes(kube, types);
  if (names.length === 0 && !options.all && !picked)
    throw new Fail("resource(s) were provided, but no name was specified");
  if (names.length > 0 && options.allNamespaces && resources.some(({ namespaced }) => namespaced))
    throw new Fail("a resource cannot be retrieved by name across all namespaces");
  const unique = [...new Set(names)];
  if (unique.includes("")) throw new Fail("resource name may not be empty");
  const items = resources.flatMap((resource): Item[] => {
    const namespace = resource.namespaced && !options.allNamespaces ? kube.namespace : "";
    if (names.length === 0) return [{ resource, namespace, name: "" }];
    return unique.map((name) => ({ resource, namespace, name }));
  });
  return { items, slashed: false, single: items.length === 1 && names.length === 1 };
}

function* findTypes(kube: Kube, types: string): Task<Resource[]> {
  const discovery = yield* kube.discovery();
  const found: Resource[] = [];
  for (const word of types.split(",")) {
    if (word === "") throw new Fail(`the server doesn't have a resource type ""`);
    const several = yield* discovery.category(word);
    for (const resource of several ?? [yield* discovery.find(word)])
      if (!found.includes(resource)) found.push(resource);
  }
  return found;
}

function* selectSlashed(kube: Kube, args: readonly string[], picked?: string): Task<Selection> {
  if (args.some((arg) => !arg.includes("/"))) throw new Fail(MIXED);
  const items: Item[] = [];
  for (const arg of args) {
    const parts = arg.split("/");
    if (parts.length !== 2) throw new Fail("arguments in resource/name form may not have more than one slash");
    const [type = "", name = ""] = parts;
    if (type === "" || name === "")
      throw new Fail("arguments in resource/name form must have a single resource and name");
    const discovery = yield* kube.discovery();
    const resource = yield* discovery.find(type, 4);
    items.push({ resource, namespace: resource.namespaced ? kube.namespace : "", name });
  }
  if (picked) throw new Fail("selectors and the all flag cannot be used when passing resource/name arguments");
  return { items, slashed: true, single: items.length === 1 };
}

/** Why nothing can be built from a folder of kustomize. */
export function refuseKustomize({ sys }: Kube, folder: string): Fail {
  const full = sys.realpath(folder);
  if (isErrno(full))
    return new Fail(
      `must build at directory: not a valid directory: evalsymlink failure on '${folder}' : lstat ${folder.startsWith("/") ? "" : `${sys.getcwd()}/`}${folder}: ${full.text.toLowerCase()}`,
    );
  if (isErrno(sys.readdir(full))) return new Fail(`must build at directory: '${folder}': file is not directory`);
  const names = ["kustomization.yaml", "kustomization.yml", "Kustomization"];
  return names.some((name) => !isErrno(sys.stat(`${full}/${name}`)))
    ? new Fail("kustomize is not modelled in this sandbox", 2)
    : new Fail(
        `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${full}'`,
      );
}

/** Objects that -f and arguments name together. */
export function* selectAny(kube: Kube, options: SelectOptions = {}): Task<Selection> {
  if (kube.flags.has("kustomize")) throw refuseKustomize(kube, kube.flags.text("kustomize"));
  const files = kube.flags.list("filename");
  if (files.length === 0) return yield* selectArgs(kube, kube.args, options);
  if (kube.args.length > 0) {
    yield* openFiles(
      kube,
      files.filter((file) => file !== "-"),
    );
    throw new Fail("when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well");
  }
  const { items: all, errors } = yield* readFiles(kube, files);
  const items = all.filter(({ object }) => isSelected(object, options.selector ?? ""));
  if (items.length === 0) throwAll(errors);
  return { items, slashed: false, single: items.length + errors.length === 1, errors };
}

/** Whether a file's object bears the labels of -l: `a=b,c!=d,e,!f,g in (h,i)`. */
export function isSelected(object: Obj | undefined, selector: string): boolean {
  const labels: Obj = object?.metadata?.labels ?? {};
  return (selector.match(/([^,(]|\([^)]*\))+/g) ?? []).every((text) => {
    const found = /^\s*(!?)([^\s=!]+)\s*(?:(==?|!=|in\b|notin\b)\s*\(?([^)]*)\)?)?\s*$/.exec(text);
    const [, not = "", key = "", operator = "", values = ""] = found ?? [];
    if (operator === "") return key in labels === (not === "");
    const fits = values.split(",").some((value) => value.trim() === labels[key]);
    return fits === !/^[!n]/.test(operator);
  });
}

/** An object of a file must say which it is, where one on the server is meant. */
export function checkName({ name, object }: Item): void {
  if (name === "" && object !== undefined) throw new Fail("resource name may not be empty");
}

/** A document of a file, before anybody looked at its kind. */
export interface FileDocument {
  readonly source: string;
  readonly text: string;
}

/** Texts behind -f: files, folders, `-`. */
export function* openFiles(kube: Kube, files: readonly string[]): Task<FileDocument[]> {
  const found: FileDocument[] = [];
  for (const file of files) {
    if (file === "-") found.push({ source: "STDIN", text: yield* kube.stdin() });
    else if (/^https?:\/\//.test(file)) {
      const host = file.replace(/^https?:\/\//, "").replace(/[/:].*$/, "");
      throw new Fail(`unable to read URL ${q(file)}, dial tcp: lookup ${host}: Temporary failure in name resolution`);
    } else for (const path of expandGlob(kube, file)) found.push(...readPath(kube, path));
  }
  return found;
}

/** filepath.Glob for a name with wildcards that no file bears; in its last part only. */
function expandGlob({ sys }: Kube, file: string): readonly string[] {
  if (!/[*?[]/.test(file) || !isErrno(sys.stat(file))) return [file];
  if (/\[[^\]]*$/.test(file)) throw new Fail(`pattern ${q(file)} is not valid: syntax error in pattern`);
  const folder = /^.*\//.exec(file)?.[0] ?? "";
  const entries = sys.readdir(folder || ".");
  const names = isErrno(entries) ? [] : entries.map(({ name }) => name).sort();
  const found = names.filter((name) => matchGlob(file.slice(folder.length), name)).map((name) => folder + name);
  return found.length === 0 ? [file] : found;
}

function readPath(kube: Kube, file: string): FileDocument[] {
  const { sys } = kube;
  const stat = sys.stat(file);
  if (isErrno(stat))
    throw new Fail(
      stat.code === "ENOENT"
        ? `the path ${q(file)} does not exist`
        : `the path ${q(file)} cannot be accessed: stat ${file}: ${stat.text.toLowerCase()}`,
    );
  if (stat.type !== "directory") {
    const bytes = sys.readFile(file);
    if (isErrno(bytes)) {
      // Devices and pipes are empty here.
      if (stat.type !== "file") return [{ source: file, text: "" }];
      throw new Fail(`open ${file}: ${bytes.text.toLowerCase()}`);
    }
    return [{ source: file, text: decode(bytes) }];
  }
  const entries = sys.readdir(file);
  if (isErrno(entries)) throw new Fail(`open ${file}: ${entries.text.toLowerCase()}`);
  const names = entries.map((entry) => entry.name).sort();
  const base = file.replace(/\/$/, "");
  const inside = names.flatMap((name) => {
    const path = `${base}/${name}`.replace(/^\.\//, "");
    const type = sys.stat(path);
    if (isErrno(type)) return [];
    if (type.type === "directory") return kube.flags.on("recursive") ? readPath(kube, path) : [];
    return /\.(json|yaml|yml)$/.test(name) ? readPath(kube, path) : [];
  });
  if (inside.length === 0 && !names.some((name) => /\.(json|yaml|yml)$/.test(name)))
    throw new Fail(`error reading [${file}]: recognized file extensions are [.json .yaml .yml]`);
  return inside;
}

/** Objects of files; what is wrong with one does not stop the others. `check` looks at each text first. */
export function* readFiles(
  kube: Kube,
  files: readonly string[],
  check?: (object: unknown, source: string) => Task,
): Task<{ items: Item[]; errors: unknown[] }> {
  const items: Item[] = [];
  const errors: unknown[] = [];
  for (const { source, text } of yield* openFiles(kube, files)) {
    for (const part of splitDocuments(text)) {
      const { values, wrong } = readDocuments(part);
      let valid = wrong === undefined;
      for (const value of values) {
        if (value === null || value === undefined) continue;
        try {
          if (check !== undefined) yield* check(value, source);
        } catch (error) {
          // What is not even valid ends the reading of its file.
          errors.push(error);
          valid = false;
          break;
        }
        try {
          items.push(...(yield* placeObjects(kube, value, source, check === undefined ? 1 : 2)));
        } catch (error) {
          errors.push(error);
        }
      }
      if (wrong !== undefined) errors.push(new Fail(`error parsing ${source}: ${wrong.message}`));
      if (!valid) break;
    }
  }
  return { items, errors };
}

/** An object, or those of a List, with its resource and name space. */
function* placeObjects(kube: Kube, value: unknown, source: string, complaints: number): Task<Item[]> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new Fail(
      `unable to decode ${q(source)}: json: cannot unmarshal ${Array.isArray(value) ? "array" : typeof value} into Go value of type unstructured.detector`,
    );
  const object = value as Obj;
  const { apiVersion, kind } = object;
  if (typeof kind !== "string" || kind === "")
    throw new Fail(`unable to decode ${q(source)}: Object 'Kind' is missing in '${JSON.stringify(sortDeep(object))}'`);
  if (typeof apiVersion !== "string" || apiVersion === "")
    throw new Fail(
      `unable to decode ${q(source)}: Object 'apiVersion' is missing in '${JSON.stringify(sortDeep(object))}'`,
    );
  if (kind.endsWith("List") && Array.isArray(object.items)) {
    const items: Item[] = [];
    for (const one of object.items) items.push(...(yield* placeObjects(kube, one, source, complaints)));
    return items;
  }
  for (const field of ["name", "namespace", "labels", "annotations"]) {
    const value = object.metadata?.[field] ?? {};
    if (Array.isArray(value))
      throw new Fail(
        `unable to decode ${q(source)}: json: cannot unmarshal array into Go struct field ObjectMeta.metadata.${field} of type ${field.startsWith("name") ? "" : "map[string]"}string`,
      );
    const texts = field.startsWith("name") && typeof value !== "object" ? [value] : Object.values(value);
    for (const one of texts)
      if (one === null || typeof one !== "string")
        throw new Fail(
          `unable to decode ${q(source)}: json: cannot unmarshal ${typeof one === "boolean" ? "bool" : Array.isArray(one) ? "array" : typeof one} into Go struct field ObjectMeta.metadata.${field} of type string`,
        );
  }
  const discovery = yield* kube.discovery();
  const resource = yield* discovery.ofKind(apiVersion, kind, complaints);
  if (resource === undefined)
    throw new Fail(
      `resource mapping not found for name: ${q(nameOf(object))} namespace: ${q(namespaceOf(object))} from ${q(source)}: no matches for kind ${q(kind)} in version ${q(apiVersion)}\nensure CRDs are installed first`,
    );
  const given = namespaceOf(object);
  if (resource.namespaced && given !== "" && kube.target.chosen && given !== kube.namespace)
    throw new Fail(
      `the namespace from the provided object ${q(given)} does not match the namespace ${q(kube.namespace)}. You must pass '--namespace=${given}' to perform this operation.`,
    );
  const namespace = resource.namespaced ? given || kube.namespace : "";
  if (resource.namespaced && given === "") object.metadata = { ...object.metadata, namespace };
  return [{ resource, namespace, name: nameOf(object), object, source }];
}

export function sortDeep(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortDeep);
  if (value === null || typeof value !== "object") return value;
  const map = value as Obj;
  return Object.fromEntries(
    Object.keys(map)
      .sort()
      .map((key) => [key, sortDeep(map[key])]),
  );
}

/** The objects behind a selection, fetched: a collection's members each with their own name. */
export function* fetchObjects(
  kube: Kube,
  selection: Selection,
  selector = "",
  fieldSelector = "",
): Task<{ items: Item[]; errors: unknown[] }> {
  const client = yield* kube.client();
  const items: Item[] = [];
  const errors: unknown[] = [];
  for (const item of selection.items) {
    const { resource, namespace, name } = item;
    try {
      checkName(item);
      if (name !== "") {
        const answer = yield* client.call({ path: pathOf(resource, namespace, name), resource: resource.name, name });
        items.push({ ...item, object: answer.body });
        continue;
      }
      const list = yield* listCollection(client, item, { selector, fieldSelector });
      for (const object of list.items ?? [])
        items.push({
          resource,
          namespace: namespaceOf(object),
          name: nameOf(object),
          object: { apiVersion: groupVersion(resource), kind: resource.kind, ...object },
        });
    } catch (error) {
      errors.push(name === "" ? error : yield* missing(kube, error, namespace));
    }
  }
  errors.push(...(selection.errors ?? []));
  return { items, errors };
}

/** Why a named object was not found: that its name space is missing is the better answer. */
export function* missing(kube: Kube, error: unknown, namespace: string): Task<unknown> {
  if (!isReason(error, "NotFound") || ["", "default"].includes(namespace)) return error;
  const { status, body } = yield* (yield* kube.client()).ask({ path: `/api/v1/namespaces/${namespace}` });
  return status === 404 ? new StatusError(body) : error;
}

/** How messages name a group, version and resource. */
export const subject = (resource: Resource): string =>
  `${resource.group}/${resource.version}, Resource=${resource.name}`;

/** A whole collection; refusals say what was asked for. */
export function* listCollection(
  client: Client,
  { resource, namespace }: Item,
  {
    selector = "",
    fieldSelector = "",
    accept,
    extra = "",
  }: { selector?: string; fieldSelector?: string; accept?: string; extra?: string },
): Task<Any> {
  // What is to be sorted is asked for at once.
  const query = listQuery(selector, fieldSelector, extra === "" ? 500 : 0, extra);
  try {
    return (yield* client.call({
      path: pathOf(resource, namespace) + query,
      resource: fullName(resource),
      ...(accept === undefined ? {} : { accept }),
    })).body;
  } catch (error) {
    if (!(error instanceof StatusError) || (error.reason !== "BadRequest" && error.reason !== "NotFound")) throw error;
    const what =
      selector === "" && fieldSelector === ""
        ? `Unable to list ${q(subject(resource))}`
        : `Unable to find ${q(subject(resource))} that match label selector ${q(selector)}, field selector ${q(fieldSelector)}`;
    throw new StatusError({ ...error.status, message: `${what}: ${error.message}` });
  }
}

export function listQuery(selector: string, fieldSelector: string, limit = 500, extra = ""): string {
  const parts = extra === "" ? [] : [extra];
  if (fieldSelector !== "") parts.push(`fieldSelector=${encodeURIComponent(fieldSelector)}`);
  if (selector !== "") parts.push(`labelSelector=${encodeURIComponent(selector)}`);
  if (limit > 0) parts.push(`limit=${limit}`);
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}
