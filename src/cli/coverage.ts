// node src/cli/coverage.ts [--write]: the table of topics, lessons and checks, printed or written into README.md between its marks.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { coverage } from "./coverage-topics.ts";
import { type Lesson, readLessons } from "./lessons.ts";
import { root } from "./packages.mjs";

const BEGIN = "<!-- coverage: written by `node src/cli/coverage.ts --write` -->\n";
const END = "<!-- end of coverage -->\n";
const readme = join(root, "README.md");

/** Number and title of a lesson, as its folder has them. */
function nameLesson(id: string, lessons: readonly Lesson[]): string {
  const at = lessons.findIndex((each) => each.id === id);
  if (at < 0) throw new Error(`there is no lesson “${id}”`);
  const prose = readFileSync(join(lessons[at]?.folder ?? "", "index.mdx"), "utf8");
  return `${at + 1} ${/^title: (.*)$/m.exec(prose)?.[1] ?? id}`;
}

/** The table as the formatter has it: columns as wide as their widest cell. */
function formatCoverage(lessons: readonly Lesson[]): string {
  const rows = coverage.flatMap(({ number, title, graded }) =>
    Object.entries(graded).map(([lesson, checks], index) => [
      index === 0 ? String(number) : "",
      index === 0 ? title : "",
      nameLesson(lesson, lessons),
      checks.map((id) => `\`${id}\``).join(", "),
    ]),
  );
  const table = [["#", "topic", "lesson", "checks that grade it"], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(3, ...table.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return `${[line(table[0] ?? []), rule, ...rows.map(line)].join("\n")}\n`;
}

/** README with the table as it should be. */
export function updateReadme(text: string, lessons: readonly Lesson[]): string {
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END);
  if (from < 0 || to < from) throw new Error("README.md has no place for the coverage table");
  return `${text.slice(0, from + BEGIN.length)}\n${formatCoverage(lessons)}\n${text.slice(to)}`;
}

if (import.meta.main) {
  const lessons = await readLessons();
  if (process.argv.includes("--write")) writeFileSync(readme, updateReadme(readFileSync(readme, "utf8"), lessons));
  else process.stdout.write(formatCoverage(lessons));
}
