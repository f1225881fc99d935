// --validate: how strictly fields are checked, and what kubectl itself looks at before it sends an object.

import type { Task } from "../../kernel/sys.ts";
import { DialError, genericError } from "./client.ts";
import type { Flags } from "./flags.ts";
import type { Kube } from "./kube.ts";
import { Fail, type Obj, q } from "./values.ts";

/** The server's fieldValidation for --validate. */
export function validation(kube: Kube): string {
  const value = kube.flags.text("validate", "strict");
  const found: Obj = { strict: "Strict", true: "Strict", warn: "Warn", ignore: "Ignore", false: "Ignore" };
  if (value in found) return found[value];
  throw new Fail(`invalid - validate option ${q(value)}; must be one of: strict (or true), warn, ignore (or false)`);
}

/** --cascade knows three ways. */
export function checkCascade(flags: Flags): void {
  const value = flags.text("cascade", "background");
  if (!/^(?:background|foreground|orphan)$/.test(value))
    throw new Fail(`invalid cascade value (${value}). Must be "background", "foreground", or "orphan"`);
}

/** The checks before sending: kind and version, and a server that can check the rest. */
export function* checkObject(kube: Kube, object: unknown, source: string, validate: string): Task {
  if (validate === "Ignore") return;
  const fail = (why: string): never => {
    throw new Fail(
      `error validating ${q(source)}: error validating data: ${why}; if you choose to ignore these errors, turn validation off with --validate=false`,
    );
  };
  if (typeof object !== "object" || object === null || Array.isArray(object)) return fail("invalid object to validate");
  const missing = ["apiVersion", "kind"]
    .filter((key) => typeof (object as Obj)[key] !== "string" || (object as Obj)[key] === "")
    .map((key) => `${key} not set`);
  if (missing.length > 0) fail(missing.length === 1 ? (missing[0] as string) : `[${missing.join(", ")}]`);
  if (kube.checkable) return;
  const client = yield* kube.client();
  try {
    const path = "/openapi/v3?timeout=32s";
    const answer = yield* client.ask({ path });
    if (answer.status >= 400) fail(`failed to download openapi: ${genericError(answer, { path }).message}`);
    kube.checkable = true;
  } catch (error) {
    if (!(error instanceof DialError)) throw error;
    fail(`failed to download openapi: ${error.message.replace("/openapi/v3", "/openapi/v2")}`);
  }
}

/** An object to be made: of a copy of a living one, the version is left out, as kubectl does it. */
export function unversioned(object: Obj): Obj {
  if (object.metadata?.resourceVersion === undefined) return object;
  const { resourceVersion, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** Query of a writing request. */
export function writeQuery({ flags }: Kube, manager: string, dry: string, validate = ""): string {
  const parts = [
    dry === "server" ? "dryRun=All" : "",
    `fieldManager=${flags.text("field-manager", manager)}`,
    validate === "" ? "" : `fieldValidation=${validate}`,
  ];
  return `?${parts.filter((part) => part !== "").join("&")}`;
}
