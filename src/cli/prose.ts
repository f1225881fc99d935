// npm run -s prose [NAME …]: reads the lessons' prose as an editor would: house words, links, commands that no test runs, pictures without words. Last line `N lessons, M findings`.

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Programs } from "#sandbox/programs.ts";
import { listLessonIds, readLessonOf } from "./lessons.ts";
import { root } from "./packages.mjs";

export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly what: string;
}

/** Words that the house does not use on screen, and the marks it does without. */
const banned = /\b(just|simply|oops|obviously|easy|easily|of course)\b|!(?=\s|$)/gi;
/** Heads of commands on a real node that the sandbox has under no such name. */
const realOnly = new Set(["sudo", "sudoedit", "apt-get", "apt-mark", "ssh-copy-id"]);
const builtins =
  "cd echo export for do done if then else fi while read test umask wait set printf exit source [ true false case esac".split(
    " ",
  );
const commands = new Set([...new Programs().names, ...builtins, ...realOnly]);

const lineOf = (text: string, at: number): number => text.slice(0, at).split("\n").length;
/** The same length with blanks for what matches, so that places stay where they are. */
const blank = (text: string, what: RegExp): string => text.replace(what, (found) => found.replace(/[^\n]/g, " "));

/** What a reader reads: no frontmatter keys, code, tags; of tags, the attributes that are read or heard. */
function readable(mdx: string): string {
  const plain = blank(
    blank(mdx, /```[\s\S]*?```|`[^`\n]*`/g),
    /^(?:startOn|files|minutes):.*$|^ {2}- [a-z0-9-]+:\/.*$/gm,
  );
  return plain.replace(/<\/?[A-Za-z][^>]*>/g, (tag) => {
    const heard = [...tag.matchAll(/\b(?:title|caption|description|alt)="([^"]*)"/g)];
    let kept = tag.replace(/[^\n]/g, " ");
    for (const match of heard) {
      const at = match.index + match[0].indexOf('"') + 1;
      kept = kept.slice(0, at) + (match[1] ?? "") + kept.slice(at + (match[1] ?? "").length);
    }
    return kept;
  });
}

type Look = (mdx: string, lesson: string) => readonly { readonly at: number; readonly what: string }[];

const words: Look = (mdx) =>
  [...readable(mdx).matchAll(banned)].map(({ 0: word, index }) => ({
    at: index,
    what: `“${word}” is not a word of the house`,
  }));

const quotes: Look = (mdx) =>
  [...readable(mdx).matchAll(/\w'(?:s|t|re|ll|ve|d)\b/g)].map(({ 0: word, index }) => ({
    at: index,
    what: `“${word}” has a straight quote; the house sets ’`,
  }));

/** Pages that prose may lead to, by their folders in src/pages. */
const pages = readdirSync(join(root, "src/pages"), { recursive: true })
  .map((path) => String(path).replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".astro") && !path.includes("["))
  .map((path) => `/${path.replace(/(index)?\.astro$/, "").replace(/([^/])$/, "$1/")}`);
const lessonIds = new Set(listLessonIds());

const links: Look = (mdx, lesson) => {
  const plain = blank(mdx, /```[\s\S]*?```|`[^`\n]*`/g);
  const found = [...plain.matchAll(/\]\(([^)\s]+)\)|\bhref="([^"]+)"/g)];
  return found.flatMap((match) => {
    const href = match[1] ?? match[2] ?? "";
    const finding = (what: string) => [{ at: match.index, what: `the link ${href} ${what}` }];
    if (/^https:\/\//.test(href) || href.startsWith("#")) return [];
    if (/^[a-z]+:/.test(href)) return finding("is not https");
    if (href.startsWith("/"))
      return finding("does not follow the base path: write it relative to this page, as in ../show-your-papers/");
    const { pathname } = new URL(href, `https://x/lessons/${lesson}/`);
    const id = /^\/lessons\/(.+?)\/?$/.exec(pathname)?.[1];
    return (id !== undefined && lessonIds.has(id)) || pages.includes(pathname) ? [] : finding("leads nowhere");
  });
};

const pictures: Look = (mdx) => [
  ...[...mdx.matchAll(/<Diagram\b([^>]*)>/g)].flatMap(({ 1: tag = "", index }) =>
    (["title", "description", "caption"] as const)
      .filter((name) => !new RegExp(`\\b${name}=(["'{])`).test(tag))
      .map((name) => ({ at: index, what: `a diagram without ${name}` })),
  ),
  ...[...mdx.matchAll(/<Diagram\b[^>]*\bdescription="([^"]*)"/g)].flatMap(({ 1: text = "", index }) =>
    text.length < 80 ? [{ at: index, what: "a diagram whose description does not say what it shows" }] : [],
  ),
  ...[...mdx.matchAll(/<img\b[^>]*>|!\[\]\(/g)].flatMap(({ 0: tag, index }) =>
    /\balt="[^"]+"/.test(tag) ? [] : [{ at: index, what: "a picture without words (alt)" }],
  ),
];

/** The first word of each command of a line: after pipes, `&&` and `sudo`. */
function headsOf(line: string): string[] {
  const bare = line.replace(/(^|\s)#.*$/, "").replace(/'[^']*'|"(?:\\.|[^"\\])*"/g, "Q");
  return bare.split(/\||&&|;|\$\(/).flatMap((piece) => {
    const [head = ""] = piece
      .trim()
      .replace(/^(?:sudo(?: -\w+)*|[A-Z_]+=\S*|do|then|if|while|!)\s+/g, "")
      .split(/\s+/);
    return /^[a-z[][\w.-]*$/.test(head) ? [head] : [];
  });
}

const untested: Look = (mdx) => {
  const real = mdx.search(/^## On a real node$/m);
  return [...mdx.matchAll(/```(\w*)\n([\s\S]*?)```/g)].flatMap(({ 0: all, 1: kind, 2: body = "", index }) => {
    if (/<(FileExcerpt|Output)\b[^>]*>\s*$/.test(mdx.slice(0, index))) return [];
    if (kind === "")
      return [{ at: index, what: "a block that nothing proves: use <Try>, <FileExcerpt>, or say what language it is" }];
    const next = mdx.indexOf("\n## ", real + 1);
    if (real < 0 || index < real || (next > 0 && index > next))
      return [{ at: index, what: "commands that no test runs: put them into <Try>, or below “On a real node”" }];
    // There, lines go on after a backslash, and here-documents are not commands.
    const lines = body
      .replace(/\\\n/g, " ")
      .replace(/<<-?\s*['"]?(\w+)['"]?[\s\S]*?\n\1\n/g, "\n")
      .split("\n");
    const unknown = lines.flatMap(headsOf).filter((head) => !commands.has(head));
    return unknown.map((head) => ({
      at: index + all.indexOf(head),
      what: `“${head}” is a command that the sandbox does not know`,
    }));
  });
};

const shape: Look = (mdx) => {
  const missing = ["## On a real node", "## What you can now say"].filter((heading) => !mdx.includes(`\n${heading}\n`));
  const ids = [...mdx.matchAll(/<Step\s[^>]*\bid="([^"]+)"/g)].map(({ 1: id }) => id);
  const minutes = Number(/^minutes: *(\d+)/m.exec(mdx)?.[1]);
  return [
    ...missing.map((heading) => ({ at: mdx.length, what: `“${heading}” is missing` })),
    ...ids
      .filter((id, place) => ids.indexOf(id) !== place)
      .map((id) => ({ at: mdx.lastIndexOf(`id="${id}"`), what: `two steps are called ${id}` })),
    ...(minutes >= 8 && minutes <= 15 ? [] : [{ at: mdx.indexOf("minutes:"), what: "a lesson takes 8 to 15 minutes" }]),
    ...(/^goal: .+\.["']?$/m.test(mdx)
      ? []
      : [{ at: mdx.indexOf("goal:"), what: "the goal is one sentence, with its full stop" }]),
  ];
};

const looks: readonly Look[] = [words, quotes, links, pictures, untested, shape];

/** What an editor would say of a lesson's prose. */
export function readProse(mdx: string, lesson: string, file = lesson): Finding[] {
  return looks
    .flatMap((look) => look(mdx, lesson))
    .map(({ at, what }) => ({ file, line: lineOf(mdx, at), what }))
    .sort((a, b) => a.line - b.line);
}

if (import.meta.main) {
  const wanted = process.argv.slice(2);
  const ids = [...lessonIds].filter((id) => wanted.length === 0 || wanted.some((part) => id.includes(part)));
  const findings: Finding[] = [];
  for (const id of ids) {
    const file = join((await readLessonOf(id)).folder, "index.mdx");
    findings.push(...readProse(readFileSync(file, "utf8"), id, relative(root, file)));
  }
  for (const { file, line, what } of findings) console.log(`${file}:${line}: ${what}`);
  console.log(`${ids.length} ${ids.length === 1 ? "lesson" : "lessons"}, ${findings.length} findings`);
  process.exitCode = findings.length === 0 && ids.length > 0 ? 0 : 1;
}
