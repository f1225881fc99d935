// The site: static Astro, lessons in MDX, a strict content security policy, one base path for all links.

import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import mdx from "@astrojs/mdx";
import { defineConfig } from "astro/config";
import { findLessons, watchLessons } from "./src/build/found-lessons.ts";
import { removeWorkerInDev } from "./src/build/no-worker-in-dev.ts";
import { searchIndex } from "./src/build/search-index.ts";
import { carryStyles } from "./src/build/styles-with-code.ts";
import { themeBoot } from "./src/theme/boot.ts";

const base = process.env.KC_BASE ?? "/";
const site = process.env.KC_SITE;
const lessons = fileURLToPath(new URL("./lessons", import.meta.url));
const monaco = fileURLToPath(new URL("./node_modules/monaco-editor/esm/vs/", import.meta.url));
/** A store for learning records (xAPI) that pages may tell, besides the site itself. */
const store = process.env.PUBLIC_KC_XAPI;
const themeHash = `sha256-${createHash("sha256").update(themeBoot).digest("base64")}` as const;

export default defineConfig({
  output: "static",
  base,
  ...(site === undefined ? {} : { site }),
  trailingSlash: "always",
  build: { format: "directory", inlineStylesheets: "never" },
  devToolbar: { enabled: false },
  prefetch: false,
  integrations: [mdx(), searchIndex()],
  markdown: { syntaxHighlight: false },
  security: {
    csp: {
      directives: [
        "default-src 'self'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        store === undefined ? "connect-src 'self'" : `connect-src 'self' ${new URL(store).origin}`,
        "worker-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
      ],
      scriptDirective: { hashes: [themeHash] },
      // xterm.js and Monaco place inline styles; with hashes listed browsers would ignore 'unsafe-inline'.
      styleDirective: { resources: ["'self'", "'unsafe-inline'"] },
    },
  },
  vite: {
    plugins: [carryStyles(/monaco-editor\/esm|\.ts$/), removeWorkerInDev(), watchLessons(lessons)],
    define: { LESSONS_FOUND: JSON.stringify(findLessons(lessons)) },
    // What arrives together is one file: it compresses better, and comes in one go. The prompt's own code comes before all of it.
    worker: {
      format: "es",
      rolldownOptions: {
        output: {
          codeSplitting: {
            groups: [
              // Without the worker's own file, which nobody may import from: WebKit would run it a second time (test/e2e/workers.test.ts).
              { name: "core", tags: ["$initial"], test: /(?<!\/sandbox\/host\/worker)\.ts$/, priority: 3 },
              {
                name: "life",
                test: /\/sandbox\/(kubelet\/(version\/kubelet-136|node\/life)|systemd\/index)\.ts$/,
                priority: 2,
              },
              // What openssl, crictl, tar and the kubelet's papers use too: they want neither the API server nor kubectl with it.
              { name: "library", test: /\/sandbox\/lib\/(tar|x509\/build|yaml-go\/emit)\.ts$/, priority: 1 },
              // The API server and kubectl speak of the same kinds, fields and refusals: together they are smaller by a tenth of kubectl.
              {
                name: "harbour",
                test: /\/sandbox\/(cluster\/(controllers\/)?index|commands\/kubectl\/kubectl(-more)?)\.ts$/,
              },
            ],
          },
        },
      },
    },
    resolve: {
      alias: [
        // Monaco 0.56 and later export no deep paths; monaco-yaml and monaco-vim still ask for them.
        { find: /^monaco-editor\/esm\/vs\/(.*?)(\.js)?$/, replacement: `${monaco}$1.js` },
      ],
    },
    build: {
      chunkSizeWarningLimit: 4000,
      assetsInlineLimit: 0,
      // The terminal view by itself: it changes seldom, and its bytes are not our own code.
      rolldownOptions: { output: { codeSplitting: { groups: [{ name: "xterm", test: /node_modules\/@xterm\// }] } } },
    },
  },
});
