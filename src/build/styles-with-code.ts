// A Vite plugin: style sheets that code imports travel inside that code, which comes late. Left to themselves they would be linked from every
// page whose scripts can reach them, and hold its first paint up.

import { dirname, resolve } from "node:path";

const prefix = "\0styles-with-code:";

interface Plugin {
  readonly name: string;
  readonly enforce: "pre";
  resolveId(source: string, importer?: string): string | undefined;
  load(id: string): string | undefined;
}

/** Turns `import "./x.css"` inside files of such paths into a module that puts the styles on the page. */
export function carryStyles(importers: RegExp): Plugin {
  return {
    name: "styles-with-code",
    enforce: "pre",
    resolveId(source, importer) {
      if (!source.endsWith(".css") || importer === undefined || !importers.test(importer)) return undefined;
      return `${prefix}${resolve(dirname(importer), source)}.js`;
    },
    load(id) {
      if (!id.startsWith(prefix)) return undefined;
      const path = id.slice(prefix.length, -".js".length);
      return [
        `import css from ${JSON.stringify(`${path}?inline`)};`,
        `const style = document.createElement("style");`,
        `style.textContent = css;`,
        `document.head.append(style);`,
      ].join("\n");
    },
  };
}
