// What makes columns and cells of an object, and what several kinds share of it.

import { at, type KubeObject, textOf } from "../object.ts";
import { ageOf, count, created } from "./format.ts";

export interface Printer {
  /** Column names, `*` before those that only `-o wide` shows. */
  readonly columns: string;
  cells(object: KubeObject, now: number): unknown[];
}

export const name = (object: KubeObject): unknown => object.metadata.name;

export const age = (object: KubeObject, now: number): string => ageOf(now, created(object));

export const text = (object: KubeObject, ...path: string[]): string => textOf(at(object, ...path));

/** A printer of name, some fields and age. */
export function simple(
  columns: string,
  fields: (object: KubeObject, now: number) => unknown[],
  wide: (object: KubeObject) => unknown[] = () => [],
): Printer {
  return { columns, cells: (object, now) => [name(object), ...fields(object, now), age(object, now), ...wide(object)] };
}

export function replicaCells(object: KubeObject): unknown[] {
  return [
    count(object, "spec", "replicas"),
    count(object, "status", "replicas"),
    count(object, "status", "readyReplicas"),
  ];
}
