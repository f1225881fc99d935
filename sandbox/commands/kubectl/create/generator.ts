// What the generators of kubectl create share: the object is made from flags, then posted, or only shown.

import type { Task } from "../../../kernel/sys.ts";
import { LAST_APPLIED } from "../apply.ts";
import type { KubectlCommand } from "../command.ts";
import { errorText } from "../errors.ts";
import type { Kube } from "../kube.ts";
import { dryRun, printChange, printerFor } from "../print.ts";
import { validation, writeQuery } from "../validate.ts";
import { Fail, type Obj, q } from "../values.ts";

/** A subcommand of `kubectl create` that makes one object. */
type Generator = Making & Omit<KubectlCommand, "run"> & About;

/** The object but for its kind: from flags alone, or after a question to the server. */
type Making =
  | { make(kube: Kube, name: string): Obj; ask?: undefined }
  | { ask(kube: Kube, name: string): Task<Obj>; make?: undefined };

interface About {
  /** apiVersion and kind of what is made. */
  readonly makes: readonly [apiVersion: string, kind: string];
  /** How a refusal begins after "failed to create "; where there is nothing, it is told as it came. */
  readonly failing?: string;
  /** Flags that must be given: they are missed before anything else. */
  readonly required?: readonly string[];
}

/** Flags that every generator knows. */
export const MAKE =
  "allow-missing-template-keys! dry-run?unchanged field-manager= output:o= save-config! show-managed-fields! template= validate?strict";

/** The command of a generator; its flags come after those that all have. */
export function generator({ makes, failing, required, make, ask, flags = "", ...command }: Generator): KubectlCommand {
  return {
    ...command,
    flags: `${MAKE} ${flags}`,
    *run(kube) {
      if (required !== undefined) needFlags(kube, ...required);
      const [apiVersion, kind] = makes;
      const name = nameArg(kube);
      const rest = make === undefined ? yield* ask(kube, name) : make(kube, name);
      yield* show(kube, yield* post(kube, { kind, apiVersion, ...rest }, failing));
      return 0;
    },
  };
}

/** cobra's required flags. */
export function needFlags(kube: Kube, ...names: string[]): void {
  const missing = names.filter((name) => !kube.flags.has(name));
  if (missing.length > 0) throw new Fail(`required flag(s) ${missing.map(q).join(", ")} not set`);
}

/** The one name a generator takes. */
export function nameArg(kube: Kube): string {
  const before = kube.flags.dash < 0 ? kube.args : kube.args.slice(0, kube.flags.dash);
  if (before.length !== 1) throw kube.usage(`exactly one NAME is required, got ${before.length}`);
  return before[0] as string;
}

/** What stands after `--`. */
export const afterDash = (kube: Kube): readonly string[] =>
  kube.flags.dash < 0 ? [] : kube.args.slice(kube.flags.dash);

const CLUSTER = new Set(["Namespace", "ClusterRole", "ClusterRoleBinding", "PriorityClass"]);

/** The collection of a kind as the API server names it. */
function collection(apiVersion: string, kind: string, namespace: string): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const plural = `${kind.toLowerCase()}${kind.endsWith("s") ? "es" : "s"}`;
  return `${root}${CLUSTER.has(kind) ? "" : `/namespaces/${namespace}`}/${plural}`;
}

/** Sends the object unless nothing leaves the machine; what the server made of it. */
export function* post(kube: Kube, object: Obj, failing?: string, manager = "kubectl-create"): Task<Obj> {
  const dry = dryRun(kube);
  if (!CLUSTER.has(object.kind) && (kube.target.chosen || dry !== "client")) object.metadata.namespace = kube.namespace;
  if (dry === "client") return object;
  const client = yield* kube.client();
  try {
    const validate = manager === "kubectl-run" ? "" : validation(kube);
    const path = collection(object.apiVersion, object.kind, kube.namespace) + writeQuery(kube, manager, dry, validate);
    return (yield* client.call({ method: "POST", path, body: object })).body;
  } catch (error) {
    if (failing === undefined) throw error;
    throw new Fail(`failed to create ${failing}${(error as Error).message || errorText(error)}`);
  }
}

/** The object as `-o` asks, or the line that says it is there. */
export function* show(kube: Kube, made: Obj): Task<void> {
  const { flags } = kube;
  if (flags.on("save-config") && dryRun(kube) === "client")
    made.metadata.annotations = {
      ...made.metadata.annotations,
      [LAST_APPLIED]: `${JSON.stringify(made)}
`,
    };
  const printer = printerFor(kube, flags.text("output"), { sorted: false });
  if (printer !== undefined) yield* kube.out(printer(made));
  else yield* printChange(kube, made, "created", dryRun(kube));
}

/** `key=value` of labels and annotations. */
export function splitLabel(pair: string): [string, string] {
  const equals = pair.indexOf("=");
  if (equals < 0) throw new Fail(`unexpected label spec: ${pair}`);
  return [pair.slice(0, equals), pair.slice(equals + 1)];
}

/** What a variable's name may be. */
export const ENV_NAME =
  "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')";

/** `cpu=1` as a resource and its amount. */
export function resourcePair(pair: string): [string, string] {
  const [key = "", value] = pair.split("=");
  if (value === undefined) throw new Fail(`Invalid argument syntax ${pair}, expected <resource>=<value>`);
  if (!/^[+-]?[0-9.]+([eE][-+]?[0-9]+|[numkMGTPE]i?)?$/.test(value))
    throw new Fail("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  return [key, value];
}

/** A field that is a number or a word: a port, a percentage. */
export const intOrString = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);
