// The way to the hash of pod templates, which is loaded when the first new one is met.

import type { Program, Task } from "../../kernel/sys.ts";
import type { World } from "./world.ts";

export const TEMPLATE_HASH = "template-hash";

export interface TemplateHashProgram extends Program {
  hashTemplate(template: unknown): string;
}

/** The hash by which ReplicaSets and pods of DaemonSets are told apart; of a template that has no label of it yet. */
export function* hashOf({ sys }: Pick<World, "sys">, template: unknown): Task<string> {
  const program = (yield* sys.load(TEMPLATE_HASH)) as TemplateHashProgram | undefined;
  if (program === undefined) throw new Error("the hash of templates cannot be loaded");
  return program.hashTemplate(template);
}
