// After the build: the text of all pages as one file, from which the search makes its index in the browser when it is first opened.

import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { AstroIntegration } from "astro";
import { readPage } from "./sections.ts";

/** Where the file is, below the site's base path. */
const FILE = "search/pages.json";

function listPages(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? listPages(path) : name === "index.html" ? [path] : [];
  });
}

/** One section: page by number, fragment, heading, kind, text. */
type Row = readonly [page: number, id: string, heading: string, kind: string, text: string];

function collect(root: string): { pages: [path: string, title: string][]; rows: Row[] } {
  const pages: [string, string][] = [];
  const rows: Row[] = [];
  for (const file of listPages(root).sort()) {
    const path = relative(root, file)
      .replaceAll("\\", "/")
      .replace(/index\.html$/, "");
    // The presenter's pages are the lessons over again.
    const read = path.startsWith("bridge/present/") ? undefined : readPage(readFileSync(file, "utf8"));
    if (read === undefined) continue;
    const page = pages.push([path, read.title]) - 1;
    for (const { id, heading, kind, text } of read.sections) {
      const lesson = kind === "Lesson" && !path.startsWith("lessons/");
      rows.push([page, id, heading, lesson ? "Page" : kind, text]);
    }
  }
  return { pages, rows };
}

/** The integration: writes the file when all pages are there. */
export function searchIndex(): AstroIntegration {
  return {
    name: "search-index",
    hooks: {
      "astro:build:done": ({ dir, logger }) => {
        const root = fileURLToPath(dir);
        const index = collect(root);
        mkdirSync(join(root, "search"), { recursive: true });
        writeFileSync(join(root, FILE), JSON.stringify(index));
        logger.info(`${index.pages.length} pages, ${index.rows.length} sections`);
      },
    },
  };
}
