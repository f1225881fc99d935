// Lessons as the command line needs them: scenes, checks and scripts of the folders under lessons/.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Call, Check, Grading } from "#sandbox/grader/check.ts";
import type { Scene } from "#sandbox/scene.ts";
import type { LabStart } from "./laboratory.ts";
import { root } from "./packages.mjs";

/** A start point: the lesson's own is called `scene`. */
export interface StartPoint {
  readonly name: string;
  readonly scene: Scene;
}

/** One step of a script. */
export type ScriptLine =
  | { readonly kind: "type"; readonly text: string }
  | { readonly kind: "host"; readonly machine: string }
  | { readonly kind: "wait"; readonly seconds: number };

export interface Script {
  /** Path below the lesson's folder. */
  readonly file: string;
  readonly start: string;
  readonly lines: readonly ScriptLine[];
}

export interface WrongWay extends Script {
  /** Checks that are not yet met by it, the telling one first. */
  readonly fails: readonly string[];
  readonly misconception: string;
}

/** A command of the prose that a reader can have typed. */
export interface Trial {
  readonly machine: string;
  readonly run: string;
  /** A piece of its output. */
  readonly shows: string | undefined;
}

/** Lines of a file that the prose quotes. */
export interface Excerpt {
  readonly machine: string;
  readonly path: string;
  readonly text: string;
}

export interface Lesson {
  readonly id: string;
  readonly folder: string;
  readonly startOn: string;
  readonly starts: readonly StartPoint[];
  readonly grading: Grading;
  readonly right: readonly Script[];
  readonly wrong: readonly WrongWay[];
  readonly trials: readonly Trial[];
  readonly excerpts: readonly Excerpt[];
}

const lessonsFolder = join(root, "lessons");
const withoutNumber = (name: string) => name.replace(/^\d+-/, "");

/** A mistake of an author, in the author's words: what was found, what is allowed. */
export class AuthorError extends Error {}

/** Reads a script's lines: `#@ HOST` moves to a machine, `#@ wait N` lets N seconds pass. */
export function parseScript(text: string): ScriptLine[] {
  const lines = text.replace(/\n$/, "").split("\n");
  return lines.map((line): ScriptLine => {
    const directive = /^#@ (?:wait (\d+(?:\.\d+)?)|([a-z0-9-]+))$/.exec(line);
    if (directive === null) return { kind: "type", text: line };
    if (directive[1] !== undefined) return { kind: "wait", seconds: Number(directive[1]) };
    return { kind: "host", machine: directive[2] ?? "" };
  });
}

function readScript(folder: string, file: string): { script: Script; title: string } {
  const [title = "", ...lines] = readFileSync(join(folder, file), "utf8").split("\n");
  const start = /^# ([a-z0-9-]+)[: ]/.exec(title)?.[1];
  if (start === undefined) {
    throw new AuthorError(
      `${file}: its first line is “${title}”; it must begin with the start point, as in “# scene: by file”.`,
    );
  }
  return { script: { file, start, lines: parseScript(lines.join("\n")) }, title };
}

function readWrong(folder: string, file: string): WrongWay {
  const { script, title } = readScript(folder, file);
  const named = /^# [a-z0-9-]+ fails ([a-z0-9-]+(?:, [a-z0-9-]+)*) \(([a-z0-9-]+)\): .+/.exec(title);
  if (named === null) {
    throw new AuthorError(
      `${file}: its first line is “${title}”; it must say “# SCENE fails CHECK (MISCONCEPTION): what went wrong”.`,
    );
  }
  return { ...script, fails: (named[1] ?? "").split(", "), misconception: named[2] ?? "" };
}

function listScripts(folder: string, kind: string): string[] {
  const path = join(folder, kind);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => name.endsWith(".sh"))
    .sort()
    .map((name) => `${kind}/${name}`);
}

/** A value as JSX has it: in either kind of quotes, or a template in braces. */
const VALUE = String.raw`"[^"]*"|'[^']*'|\{\`(?:[^\`\\]|\\[\s\S])*\`\}`;

function readAttribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\b${name}=(${VALUE})`).exec(tag)?.[1];
  return value?.startsWith("{") ? value.slice(2, -2).replace(/\\([\\`$])/g, "$1") : value?.slice(1, -1);
}

function readTrials(file: string, prose: string): Trial[] {
  const tags = [...prose.matchAll(new RegExp(`<Try\\b((?:\\s+[a-z]+=(?:${VALUE}))*)\\s*/>`, "g"))];
  const unread = prose.split("<Try").length - 1 - tags.length;
  if (unread > 0) throw new AuthorError(`${file}: ${unread} <Try> cannot be read; each wants on="…" and run="…".`);
  return tags.map(([, tag = ""]) => ({
    machine: readAttribute(tag, "on") ?? "node01",
    run: readAttribute(tag, "run") ?? "",
    shows: readAttribute(tag, "shows"),
  }));
}

function readExcerpts(prose: string): Excerpt[] {
  const blocks = prose.matchAll(/<FileExcerpt\b([^>]*)>\s*```[a-z]*\n([\s\S]*?)```\s*<\/FileExcerpt>/g);
  return [...blocks].map(([, tag = "", text = ""]) => ({
    machine: readAttribute(tag, "on") ?? "node01",
    path: readAttribute(tag, "path") ?? "",
    text,
  }));
}

interface SceneModule {
  readonly scene: Scene;
  readonly variants?: Readonly<Record<string, { readonly title: string; readonly scene: Scene }>>;
}

interface ChecksModule {
  readonly checks: readonly Check[];
  readonly boarding: readonly Call[];
  readonly pilot: readonly Call[];
}

const importFile = <T>(file: string): Promise<T> => import(pathToFileURL(file).href) as Promise<T>;

async function readLesson(id: string, folder: string): Promise<Lesson> {
  const { scene, variants = {} } = await importFile<SceneModule>(join(folder, "scene.ts"));
  const { checks, boarding, pilot } = await importFile<ChecksModule>(join(folder, "checks.ts"));
  const prose = readFileSync(join(folder, "index.mdx"), "utf8");
  const others = Object.entries(variants).map(([name, variant]) => ({ name, scene: variant.scene }));
  return {
    id,
    folder,
    startOn: /^startOn: (\S+)$/m.exec(prose)?.[1] ?? "node01",
    starts: [{ name: "scene", scene }, ...others],
    grading: { checks, boarding, pilot },
    right: ["solution.sh", ...listScripts(folder, "right")].map((file) => readScript(folder, file).script),
    wrong: listScripts(folder, "wrong").map((file) => readWrong(folder, file)),
    trials: readTrials(`${id}/index.mdx`, prose),
    excerpts: readExcerpts(prose),
  };
}

/** Folders of all lessons, in the order of the course. */
function listFolders(): { id: string; folder: string }[] {
  const numbered = (folder: string) =>
    readdirSync(folder)
      .filter((name) => /^\d+-/.test(name))
      .sort();
  return numbered(lessonsFolder).flatMap((part) =>
    numbered(join(lessonsFolder, part)).map((name) => ({
      id: `${withoutNumber(part)}/${withoutNumber(name)}`,
      folder: join(lessonsFolder, part, name),
    })),
  );
}

/** Ids of all lessons, in the order of the course. */
export function listLessonIds(): string[] {
  return listFolders().map(({ id }) => id);
}

/** A lesson by its id. */
export async function readLessonOf(id: string): Promise<Lesson> {
  const found = listFolders().find((each) => each.id === id);
  if (found === undefined) throw new AuthorError(`There is no lesson “${id}”.`);
  return readLesson(found.id, found.folder);
}

export async function readLessons(): Promise<Lesson[]> {
  const lessons: Lesson[] = [];
  for (const { id, folder } of listFolders()) lessons.push(await readLesson(id, folder));
  return lessons;
}

/** What a laboratory begins with at a start point of a lesson. */
export function labStartOf(lesson: Lesson, { name, scene }: StartPoint): LabStart {
  return { name: sceneName(lesson.id, name), scene, grading: lesson.grading, startOn: lesson.startOn };
}

/** Name of a start point: the lesson's id, with @NAME for a variant. */
export function sceneName(lesson: string, start: string): string {
  return start === "scene" ? lesson : `${lesson}@${start}`;
}

/** A lesson and start point by the name people give: `PART/LESSON`, `LESSON`, either with `@VARIANT`. */
export async function findScene(name: string): Promise<{ lesson: Lesson; start: StartPoint } | undefined> {
  const [wanted = "", variant = "scene"] = name.split("@");
  const found = listFolders().find(({ id }) => id === wanted || id.endsWith(`/${wanted}`));
  if (found === undefined) return undefined;
  const lesson = await readLesson(found.id, found.folder);
  const start = lesson.starts.find((each) => each.name === variant);
  return start === undefined ? undefined : { lesson, start };
}

/** Names that `findScene` knows. */
export async function listScenes(): Promise<string[]> {
  const lessons = await readLessons();
  return lessons.flatMap(({ id, starts }) => starts.map(({ name }) => sceneName(id, name)));
}
