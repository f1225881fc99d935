// Status objects: how the API server says no. Code that finds an error throws a StatusError; the handler chain sends it.

import type { Fields } from "./object.ts";
import type { Resource } from "./registry/types.ts";

export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** An answer other than success, as metav1.Status. */
export class StatusError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: StatusDetails | undefined;

  constructor(code: number, reason: string, message: string, details?: StatusDetails) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  /** The object on the wire, fields in Go's order. */
  toStatus(): Fields {
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: this.message,
      ...(this.reason === "" ? {} : { reason: this.reason }),
      ...(this.details === undefined ? {} : { details: orderDetails(this.details) }),
      code: this.code,
    };
  }
}

function orderDetails({ name, group, kind, uid, causes, retryAfterSeconds }: StatusDetails): Fields {
  return {
    ...(name ? { name } : {}),
    ...(group ? { group } : {}),
    ...(kind ? { kind } : {}),
    ...(uid ? { uid } : {}),
    ...(causes && causes.length > 0 ? { causes } : {}),
    ...(retryAfterSeconds ? { retryAfterSeconds } : {}),
  };
}

/** `pods` or `deployments.apps`, as messages name a resource. */
export function qualified(resource: Pick<Resource, "name" | "group">): string {
  return resource.group === "" ? resource.name : `${resource.name}.${resource.group}`;
}

const detailsOf = (resource: Pick<Resource, "name" | "group">, name: string): StatusDetails => ({
  name,
  group: resource.group,
  kind: resource.name,
});

type Named = Pick<Resource, "name" | "group">;

export const notFound = (resource: Named, name: string): StatusError =>
  new StatusError(404, "NotFound", `${qualified(resource)} "${name}" not found`, detailsOf(resource, name));

export const alreadyExists = (resource: Named, name: string): StatusError =>
  new StatusError(409, "AlreadyExists", `${qualified(resource)} "${name}" already exists`, detailsOf(resource, name));

export const conflict = (resource: Named, name: string, why: string): StatusError =>
  new StatusError(
    409,
    "Conflict",
    `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`,
    detailsOf(resource, name),
  );

/** What a stale resourceVersion gets. */
export const STALE = "the object has been modified; please apply your changes to the latest version and try again";

/** Admission's no: `pods "x" is forbidden: …`. Without a name the quotes stay away. */
export const forbidden = (resource: Named, name: string, why: string): StatusError =>
  new StatusError(
    403,
    "Forbidden",
    name === ""
      ? `${qualified(resource)} is forbidden: ${why}`
      : `${qualified(resource)} "${name}" is forbidden: ${why}`,
    detailsOf(resource, name),
  );

/** 422 with its causes; the message lists them as Go's aggregate does: one plainly, several in brackets. */
export function invalid(
  kind: { group: string; kind: string },
  name: string,
  causes: readonly FieldError[],
): StatusError {
  const texts = [...new Set(causes.map((cause) => `${cause.field}: ${cause.message}`))];
  const list = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
  const what = kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`;
  return new StatusError(422, "Invalid", `${what} "${name}" is invalid: ${list}`, {
    name,
    group: kind.group,
    kind: kind.kind,
    causes: causes.map(({ type, message, field }) => ({ reason: type, message, field })),
  });
}

const OPTIONS: Readonly<Record<string, string>> = { DELETE: "Delete", GET: "List", PATCH: "Patch", PUT: "Update" };

/** 422 of a request's own options, whose kind its method tells. */
export const invalidOptions = (method: string, field: string, type: string, message: string): StatusError =>
  invalid({ group: "meta.k8s.io", kind: `${OPTIONS[method] ?? "Create"}Options` }, "", [{ type, field, message }]);

/** An option that is none of those there are. */
export const unknownOption = (method: string, field: string, value: unknown, known: string): StatusError =>
  invalidOptions(
    method,
    field,
    "FieldValueNotSupported",
    `Unsupported value: ${JSON.stringify(value)}: supported values: ${known}`,
  );

/** One complaint of validation (field.Error). */
export interface FieldError {
  readonly type: string;
  readonly field: string;
  readonly message: string;
}

export const badRequest = (message: string): StatusError => new StatusError(400, "BadRequest", message);

export const unauthorized = (): StatusError => new StatusError(401, "Unauthorized", "Unauthorized");

/** 404 of a path that nobody serves below /api and /apis. */
export const noSuchPath = (): StatusError =>
  new StatusError(404, "NotFound", "the server could not find the requested resource", {});

export const methodNotAllowed = (): StatusError =>
  new StatusError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});

export const internalError = (message: string): StatusError =>
  new StatusError(500, "InternalError", `Internal error occurred: ${message}`, { causes: [{ reason: "", message }] });
