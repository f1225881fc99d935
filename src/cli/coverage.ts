// node src/cli/coverage.ts [--write]: the table of topics, lessons and checks, printed or written into README.md between its marks.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { coverage } from "../course/coverage.ts";
import { plannedLessons } from "../course/voyage.ts";
import { root } from "./packages.mjs";

const BEGIN = "<!-- coverage: written by `node src/cli/coverage.ts --write` -->\n";
const END = "<!-- end of coverage -->\n";
const readme = join(root, "README.md");

function nameLesson(id: string): string {
  const lesson = plannedLessons.find((each) => each.id === id);
  if (lesson === undefined) throw new Error(`there is no lesson “${id}”`);
  return `${lesson.number} ${lesson.title}`;
}

/** The table as the formatter has it: columns as wide as their widest cell. */
export function formatCoverage(): string {
  const rows = coverage.flatMap(({ number, title, graded }) =>
    Object.entries(graded).map(([lesson, checks], index) => [
      index === 0 ? String(number) : "",
      index === 0 ? title : "",
      nameLesson(lesson),
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
export function updateReadme(text: string): string {
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END);
  if (from < 0 || to < from) throw new Error("README.md has no place for the coverage table");
  return `${text.slice(0, from + BEGIN.length)}\n${formatCoverage()}\n${text.slice(to)}`;
}

if (import.meta.main) {
  if (process.argv.includes("--write")) writeFileSync(readme, updateReadme(readFileSync(readme, "utf8")));
  else process.stdout.write(formatCoverage());
}
