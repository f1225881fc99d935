// Drills as the command line needs them: templates of the files in lessons/drills/, and instances by their address.

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bases } from "#lessons/_kit/bases.ts";
import {
  type Drill,
  type DrillInstance,
  type DrillTemplate,
  gradingOf,
  makeDrill,
  readAddress,
} from "#lessons/_kit/drill.ts";
import type { LabStart } from "./laboratory.ts";
import { AuthorError } from "./lessons.ts";
import { root } from "./packages.mjs";

const folder = join(root, "lessons/drills");
/** Pods come up, nodes become Ready, or do not: longer than a kubelet alone takes (ms). */
export const SETTLE = 15_000;

/** Ids of all templates, in order. */
export function listDrills(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => name.slice(0, -".ts".length))
    .sort();
}

/** A template by its id. */
export async function readTemplate(id: string): Promise<DrillTemplate> {
  const { template } = (await import(pathToFileURL(join(folder, `${id}.ts`)).href)) as { template?: DrillTemplate };
  if (template === undefined) throw new AuthorError(`lessons/drills/${id}.ts exports no \`template\`.`);
  if (template.id !== id)
    throw new AuthorError(`lessons/drills/${id}.ts calls itself “${template.id}”; a template is named as its file.`);
  return template;
}

export async function readTemplates(): Promise<DrillTemplate[]> {
  return Promise.all(listDrills().map(readTemplate));
}

/** The drill of an address `drill:ID:SEED`; undefined where there is none. */
export async function findDrill(address: string): Promise<DrillInstance | undefined> {
  const named = readAddress(address);
  if (named === undefined || !listDrills().includes(named.id)) return undefined;
  return makeDrill(await readTemplate(named.id), named.seed);
}

/** What a laboratory begins with at a drill. */
export function startOfDrill(drill: Drill & { readonly address: string }): LabStart {
  const { address, base, setup, host } = drill;
  return { name: address, scene: bases[base], setup, grading: gradingOf(drill), startOn: host, settle: SETTLE };
}
