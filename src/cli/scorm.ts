// npm run scorm [LESSON]: the course, or one lesson, as a SCORM 1.2 package that a learning platform takes.

import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix, relative } from "node:path";
import { build } from "esbuild";
import { zipSync } from "fflate";
import { isStale } from "./build.ts";
import { type Lesson, readLessons } from "./lessons.ts";
import { dist, root } from "./packages.mjs";
import { type Finished, runProgram, runTool } from "./run.ts";

/** The path the site is built for; a platform serves it below one nobody knows, so every use becomes relative. */
const placeholder = "/kc-package-base";
/** Leads from a script in _astro/ to the root of the package, wherever that lies. */
const rootOfScript = ['new URL(".."', "import.meta.url).href.slice(0,-1)"].join();

/** Not for a package: there is one origin for all courses of a platform, and no address of its own. */
const leftOut = /^(sw\.js|robots\.txt|sitemap\.xml|_headers|manifest\.webmanifest)$/;

function listFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? listFiles(path) : [path];
  });
}

/** A page of the package: addresses lead from its own folder, and to files, not to folders. */
export function makeRelative(html: string, page: string): string {
  const up = posix.relative(posix.dirname(page), ".") || ".";
  return html.replaceAll(/(["'(\s])\/kc-package-base\/([^"'#?)\s>]*)/g, (_, before: string, path: string) => {
    const file = path === "" || path.endsWith("/") ? `${path}index.html` : path;
    return `${before}${up}/${file}`;
  });
}

/** A script of the package: each address made from the base becomes one made from where the script lies. */
export function makeScriptRelative(code: string): string {
  return code
    .replaceAll(/"\/kc-package-base([^"\\]*)"/g, (_, rest: string) => `(${rootOfScript}+"${rest}")`)
    .replaceAll(/'\/kc-package-base([^'\\]*)'/g, (_, rest: string) => `(${rootOfScript}+'${rest}')`)
    .replaceAll(/`\/kc-package-base/g, `\`\${${rootOfScript}}`);
}

interface Item {
  readonly id: string;
  readonly title: string;
  readonly first: string;
  readonly lessons: readonly Lesson[];
}

const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** imsmanifest.xml of SCORM 1.2 (Content Aggregation Model). */
export function makeManifest(
  id: string,
  title: string,
  items: readonly { readonly id: string; readonly title: string; readonly href: string }[],
  files: readonly string[],
): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="${id}" version="1.2" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
  <organizations default="${id}-org">
    <organization identifier="${id}-org">
      <title>${escapeXml(title)}</title>
${items.map((item) => `      <item identifier="item-${item.id}" identifierref="res-${item.id}"><title>${escapeXml(item.title)}</title></item>`).join("\n")}
    </organization>
  </organizations>
  <resources>
${items.map((item) => `    <resource identifier="res-${item.id}" type="webcontent" adlcp:scormtype="sco" href="${item.href}"><file href="${item.href}"/><dependency identifierref="res-site"/></resource>`).join("\n")}
    <resource identifier="res-site" type="webcontent" adlcp:scormtype="asset">
${files.map((file) => `      <file href="${escapeXml(file)}"/>`).join("\n")}
    </resource>
  </resources>
</manifest>
`;
}

/** The page that holds the session: what counts stands in it, the course is in the frame. */
function makeFrame({ title, first, lessons }: Item): string {
  const scope = JSON.stringify({ first, lessons: lessons.map(({ id, grading }) => [id, grading.checks.length]) });
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeXml(title)}</title>
<style>html,body,iframe{margin:0;border:0;width:100%;height:100%;display:block}</style></head>
<body><iframe title="${escapeXml(title)}" allow="clipboard-write; fullscreen"></iframe>
<script type="application/json" data-scope>${scope.replaceAll("<", "\\u003c")}</script><script src="scorm.js"></script></body>
</html>
`;
}

/** Turns a site that was built for the placeholder into the package's files. */
export async function packSite(folder: string, lesson: string | undefined): Promise<Record<string, Uint8Array>> {
  const all = await readLessons();
  const lessons = lesson === undefined ? all : all.filter(({ id }) => id === lesson || id.endsWith(`/${lesson}`));
  const [one] = lessons;
  if (one === undefined)
    throw new Error(`There is no lesson "${lesson}". Known: ${all.map(({ id }) => id).join(", ")}.`);
  const item: Item =
    lesson === undefined
      ? { id: "course", title: "Kubelet Captain", first: "index.html", lessons }
      : { id: "lesson", title: titleOf(one), first: `lessons/${one.id}/index.html`, lessons };
  const contents: Record<string, Uint8Array> = {};
  for (const path of listFiles(folder)) {
    const name = relative(folder, path).replaceAll("\\", "/");
    if (leftOut.test(name) || (name.startsWith("scenes/") && !isWanted(name, lessons, lesson))) continue;
    contents[name] = rewrite(name, readFileSync(path));
  }
  contents[`${item.id}.html`] = Buffer.from(makeFrame(item));
  contents["scorm.js"] = await bundleFrame();
  const id = `kc-${createHash("sha256").update(item.first).digest("hex").slice(0, 12)}`;
  const items = [{ id: item.id, title: item.title, href: `${item.id}.html` }];
  contents["imsmanifest.xml"] = Buffer.from(makeManifest(id, item.title, items, Object.keys(contents)));
  return contents;
}

async function bundleFrame(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(root, "src/bridge/lms/scorm-frame.ts")],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error("esbuild wrote nothing");
  return file.contents;
}

const titleOf = ({ id, folder }: Lesson): string =>
  /^title: *"?(.*?)"?$/m.exec(readFileSync(join(folder, "index.mdx"), "utf8"))?.[1] ?? id;

/** A package of one lesson needs no other lesson's scene. */
function isWanted(name: string, lessons: readonly Lesson[], lesson: string | undefined): boolean {
  return lesson === undefined || lessons.some(({ id }) => name.startsWith(`scenes/${id}`));
}

function rewrite(name: string, data: Uint8Array): Uint8Array {
  const text = (change: (code: string) => string): Uint8Array => Buffer.from(change(Buffer.from(data).toString()));
  if (name.endsWith(".html")) return text((html) => makeRelative(html, name));
  if (name.startsWith("_astro/") && name.endsWith(".js")) return text(makeScriptRelative);
  if (name.endsWith(".css"))
    return text((css) => css.replaceAll(`${placeholder}/_astro/`, "./").replaceAll(`${placeholder}/`, "../"));
  return data;
}

/** The site for the placeholder. Scenes are the same wherever they are served: those of a site that is up to date are taken. */
async function buildInto(folder: string, env: Readonly<Record<string, string>>): Promise<void> {
  const run = async (finished: Promise<Finished>): Promise<void> => {
    const { status, output } = await finished;
    if (status !== 0) throw new Error(`The build failed:\n${output}`);
  };
  await run(runProgram("astro", ["build", "--outDir", folder], { output: "capture", env }));
  if (isStale()) await run(runTool("scenes", [], { output: "capture", env }));
  else cpSync(join(dist, "scenes"), join(folder, "scenes"), { recursive: true });
}

if (import.meta.main) {
  const [lesson] = process.argv.slice(2);
  const folder = mkdtempSync(join(tmpdir(), "scorm-"));
  try {
    const env = { KC_BASE: placeholder, KC_DIST: folder, PUBLIC_KC_PACKAGE: "1" };
    await buildInto(folder, env);
    const contents = await packSite(folder, lesson);
    const zip = zipSync(contents, { level: 6, mtime: new Date(2026, 0, 1) });
    const target = join(root, "dist-scorm", `kubelet-captain-${lesson?.replaceAll("/", "-") ?? "course"}.zip`);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, zip);
    const size = (zip.length / 1e6).toFixed(1);
    console.log(`${relative(root, target)}: ${Object.keys(contents).length} files, ${size} MB, SCORM 1.2`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
