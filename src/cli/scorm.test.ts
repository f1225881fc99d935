import { expect, test } from "vitest";
import { makeManifest, makeRelative, makeScriptRelative } from "./scorm.ts";

const base = "/kc-package-base";

test("addresses of a page lead from its own folder, to files", () => {
  const page = "lessons/a/b/index.html";
  const html = `<a href="${base}/">x</a><a href="${base}/bridge/#part">y</a><link href="${base}/_astro/x.css"><p>kc-package-base/</p>`;
  expect(makeRelative(html, page)).toBe(
    '<a href="../../../index.html">x</a><a href="../../../bridge/index.html#part">y</a><link href="../../../_astro/x.css"><p>kc-package-base/</p>',
  );
  expect(makeRelative(`<a href="${base}/log/">`, "index.html")).toBe('<a href="./log/index.html">');
});

test("a script finds the package from where it lies", () => {
  const code = [
    `export const a="${base}/".replace(/\\/$/,"");`,
    `export const b=\`${base}/scenes/\${"x"}.json\`;`,
    `export const c='${base}/_astro/w.js';`,
  ].join("\n");
  const run = new Function(
    "meta",
    `${makeScriptRelative(code).replaceAll("import.meta", "meta").replaceAll("export const", "const")}; return [a, b, c];`,
  );
  expect(run({ url: "https://lms.example/files/7/_astro/x.js" })).toEqual([
    "https://lms.example/files/7",
    "https://lms.example/files/7/scenes/x.json",
    "https://lms.example/files/7/_astro/w.js",
  ]);
});

test("the manifest names every file and escapes titles", () => {
  const manifest = makeManifest(
    "kc-1",
    "Ships & <nodes>",
    [{ id: "course", title: "All", href: "course.html" }],
    ["a.js"],
  );
  expect(manifest).toContain("<title>Ships &amp; &lt;nodes></title>".replace("nodes>", "nodes&gt;"));
  expect(manifest).toContain('adlcp:scormtype="sco" href="course.html"');
  expect(manifest).toContain('<file href="a.js"/>');
});
