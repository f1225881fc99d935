// npm run new lesson PART/LESSON: a folder made from lessons/_template with the names filled in, numbered after the last of its part. The folder is the registration.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "./packages.mjs";

const lessons = join(root, "lessons");
const template = join(lessons, "_template");

function refuse(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}

/** Numbered folders in order: `30-who-goes-there` is 30 and `who-goes-there`. */
function listNumbered(folder: string): { readonly number: number; readonly name: string; readonly folder: string }[] {
  return readdirSync(folder)
    .flatMap((entry) => {
      const [, number, name] = /^(\d+)-(.+)$/.exec(entry) ?? [];
      return name === undefined ? [] : [{ number: Number(number), name, folder: join(folder, entry) }];
    })
    .sort((a, b) => a.number - b.number);
}

/** `night-watch` is “Night watch”. */
const titleOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replaceAll("-", " ");

/** The part's folder; a new part comes last. */
function findPart(name: string): string {
  const parts = listNumbered(lessons);
  const known = parts.find((part) => part.name === name);
  return known?.folder ?? join(lessons, `${(parts.at(-1)?.number ?? 0) + 10}-${name}`);
}

/** Numbers of lessons go through all parts, ten by ten: the next one after the last of the part, or of the course. */
function nextNumber(part: string): number {
  const own = existsSync(part) ? listNumbered(part).at(-1)?.number : undefined;
  const all = listNumbered(lessons).flatMap(({ folder }) => listNumbered(folder).map(({ number }) => number));
  if (own === undefined) return Math.max(0, ...all) + 10;
  const next = Math.min(...all.filter((number) => number > own), own + 10);
  return next > own + 1 ? Math.floor((own + next) / 2) : own + 1;
}

/** Writes a file of the template with the lesson's names in it. */
function fill(from: string, to: string, part: string, name: string): void {
  const text = readFileSync(from, "utf8")
    .replace("title: Name of the lesson", `title: ${titleOf(name)}`)
    .replace('seed: "name-of-the-lesson"', `seed: "${part}/${name}"`)
    .replaceAll('"../_kit/', '"../../_kit/');
  writeFileSync(to, text);
}

const [kind, wanted = ""] = process.argv.slice(2);
const usage = "Usage: npm run new lesson PART/LESSON, as in npm run new lesson who-goes-there/forged-papers";
if (kind !== "lesson") refuse(usage);
const [, part, name] = /^([a-z0-9]+(?:-[a-z0-9]+)*)\/([a-z0-9]+(?:-[a-z0-9]+)*)$/.exec(wanted) ?? [];
if (part === undefined || name === undefined)
  refuse(`“${wanted}” is no PART/LESSON in small letters, digits and hyphens.\n${usage}`);
const partFolder = findPart(part);
const twin = existsSync(partFolder) && listNumbered(partFolder).find((each) => each.name === name);
if (twin) refuse(`There is such a lesson already: ${relative(root, twin.folder)}`);

const folder = join(partFolder, `${String(nextNumber(partFolder)).padStart(3, "0")}-${name}`);
mkdirSync(folder, { recursive: true });
cpSync(template, folder, { recursive: true });
for (const file of ["index.mdx", "scene.ts", "checks.ts"]) fill(join(template, file), join(folder, file), part, name);

const where = relative(root, folder);
console.log(`${where} is aboard, and on the chart. It is a small lesson that passes: make it yours, piece by piece.

1. ${where}/index.mdx    the prose; npm run dev shows it at /lessons/${part}/${name}/ and follows each save
2. ${where}/scene.ts     how the learner finds the machines
3. ${where}/checks.ts    what is graded, with its sentences and hints
4. ${where}/solution.sh, right/*.sh, wrong/*.sh    the ways people go
5. npm run -s prose -- ${name}    words, links, commands
6. npm run -s prove -- ${name}    start, right ways, wrong ways, and what each check is good for

lessons/README.md is the author's guide, on one page.`);
