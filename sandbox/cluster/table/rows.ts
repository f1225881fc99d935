// The printers of all kinds, by resource and group.

import { formatTime } from "../object.ts";
import { CORE } from "./core.ts";
import { count } from "./format.ts";
import { INFRASTRUCTURE } from "./infrastructure.ts";
import { name, type Printer, simple } from "./printer.ts";
import { RULES } from "./rules.ts";
import { WORKLOADS } from "./workloads.ts";

export const PRINTERS: Readonly<Record<string, Printer>> = { ...CORE, ...WORKLOADS, ...RULES, ...INFRASTRUCTURE };

/** The answer of a subresource `scale`. */
export const SCALE: Printer = simple("Name Desired Available Age", (object) => [
  count(object, "spec", "replicas"),
  count(object, "status", "replicas"),
]);

/** For kinds that nobody wrote a printer for. */
export const PLAIN: Printer = {
  columns: "Name Created_At",
  cells: (object) => [name(object), object.metadata.creationTimestamp ?? formatTime(0)],
};
