// Which lessons there are: reads the folders below lessons/ when the site is configured, so that the chart knows each without being told.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A lesson as its folder and frontmatter tell it. */
export interface FoundLesson {
  readonly id: string;
  readonly title: string;
  readonly minutes: number;
}

const numbered = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => /^\d+-/.test(name))
    .sort();
const withoutNumber = (name: string): string => name.replace(/^\d+-/, "");

function readField(prose: string, name: string): string | undefined {
  return new RegExp(`^${name}: *(.+?) *$`, "m").exec(prose)?.[1]?.replace(/^(["'])(.*)\1$/, "$2");
}

/** All lessons in the order of their folders. */
export function findLessons(lessons: string): FoundLesson[] {
  return numbered(lessons).flatMap((part) =>
    numbered(join(lessons, part)).flatMap((name) => {
      const file = join(lessons, part, name, "index.mdx");
      if (!existsSync(file)) return [];
      const prose = readFileSync(file, "utf8");
      const id = `${withoutNumber(part)}/${withoutNumber(name)}`;
      return [{ id, title: readField(prose, "title") ?? id, minutes: Number(readField(prose, "minutes") ?? 10) }];
    }),
  );
}

interface DevServer {
  readonly watcher: { on(event: "addDir" | "unlinkDir", heard: (path: string) => void): void };
  restart(): Promise<void>;
}

/** A plugin for Vite: a folder that comes or goes below lessons/ is known at once. */
export function watchLessons(lessons: string) {
  return {
    name: "watch-lessons",
    apply: "serve" as const,
    configureServer(server: DevServer): void {
      const isLesson = (path: string): boolean => path.startsWith(lessons) && /[/\\]\d+-[^/\\]+$/.test(path);
      for (const event of ["addDir", "unlinkDir"] as const)
        server.watcher.on(event, (path) => {
          if (isLesson(path)) void server.restart();
        });
    },
  };
}
