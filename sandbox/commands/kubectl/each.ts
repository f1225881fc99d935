// What the commands share that change objects of the command line one after another.

import type { Task } from "../../kernel/sys.ts";
import { throwAll } from "./errors.ts";
import type { Item } from "./resources.ts";
import type { Obj } from "./values.ts";

export const CHANGE_FLAGS =
  "allow-missing-template-keys! dry-run?unchanged field-manager= filename:f* kustomize:k= output:o= recursive:R! show-managed-fields! template=";

/** Media types of patches, by their --type. */
export const PATCH_TYPES = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
} as const;

/** Every object, changed one after another; what fails with one does not stop the others. */
export function* eachObject(
  items: readonly Item[],
  errors: unknown[],
  work: (item: Item, object: Obj) => Task,
  after: readonly unknown[] = [],
): Task<number> {
  for (const item of items) {
    try {
      yield* work(item, item.object as Obj);
    } catch (error) {
      errors.push(error);
    }
  }
  throwAll([...errors, ...after]);
  return 0;
}
