// Complaints of validation (k8s.io/apimachinery/pkg/util/validation/field) and the rules of names, labels and the like.

import { checkFormat, checkQualified } from "../../lib/kube/names.ts";
import type { FieldError } from "../status.ts";

/** Go's %q for values in messages; objects as Go prints them are not modelled. */
const shown = (value: unknown): string =>
  typeof value === "string"
    ? JSON.stringify(value)
    : value === undefined || value === null
      ? "null"
      : typeof value === "object"
        ? JSON.stringify(value)
        : String(value);

export const required = (field: string, detail = ""): FieldError => ({
  type: "FieldValueRequired",
  field,
  message: detail === "" ? "Required value" : `Required value: ${detail}`,
});

export const invalidValue = (field: string, value: unknown, detail: string): FieldError => ({
  type: "FieldValueInvalid",
  field,
  message: `Invalid value: ${shown(value)}: ${detail}`,
});

export const forbiddenField = (field: string, detail: string): FieldError => ({
  type: "FieldValueForbidden",
  field,
  message: `Forbidden: ${detail}`,
});

export const duplicate = (field: string, value: unknown): FieldError => ({
  type: "FieldValueDuplicate",
  field,
  message: `Duplicate value: ${shown(value)}`,
});

export const notFoundValue = (field: string, value: unknown): FieldError => ({
  type: "FieldValueNotFound",
  field,
  message: `Not found: ${shown(value)}`,
});

export const notSupported = (field: string, value: unknown, supported: readonly string[]): FieldError => ({
  type: "FieldValueNotSupported",
  field,
  message: `Unsupported value: ${shown(value)}: supported values: ${[...supported]
    .sort()
    .map((each) => JSON.stringify(each))
    .join(", ")}`,
});

export const tooLong = (field: string, max: number): FieldError => ({
  type: "FieldValueTooLong",
  field,
  message: `Too long: may not be more than ${max} bytes`,
});

/** Labels as metadata and selectors have them. */
export function checkLabels(labels: Readonly<Record<string, unknown>> | undefined, field: string): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...checkQualified(key).map((each) => invalidValue(field, key, each)),
    ...checkFormat("value", String(value)).map((each) => invalidValue(field, value, each)),
  ]);
}
