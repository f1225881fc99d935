// Says what the service worker keeps, and bundles it: all pages, scripts and faces, and as many scenes as fit. Also the list of pages for search engines.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";
import type { Aboard, Cargo } from "#src/offline/aboard.ts";
import { dist, root } from "./packages.mjs";

/** What the first visit may fetch in all, in brotli bytes. */
const LIMIT = 3_000_000;
/** Scripts by which the editor comes: what only they lead to is kept once it was asked for. */
const editor = /^(monaco-surface|editor\.worker|yaml\.worker)\b/;
/** What no page asks for; scenes are chosen one by one. */
const left = /^(_headers|sw\.js|robots\.txt|sitemap\.xml|404\.html|(scenes|icons)\/.*)$/;

interface File {
  /** Below the site's folder. */
  readonly path: string;
  readonly data: Buffer;
}

function listFiles(folder: string, at = folder): File[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return listFiles(path, at);
    return [{ path: relative(at, path).replaceAll("\\", "/"), data: readFileSync(path) }];
  });
}

/** Bytes on the wire; pictures and faces are compressed in themselves. */
function weigh({ path, data }: File): number {
  if (/\.(woff2|png|webp)$/.test(path)) return data.length;
  return brotliCompressSync(data, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: data.length },
  }).length;
}

const isHashed = ({ path }: File): boolean => path.startsWith("_astro/");
const isText = ({ path }: File): boolean => /\.(html|js|css|json|webmanifest)$/.test(path);

/** Hashed files that pages lead to without the editor. */
function findNeeded(files: readonly File[]): ReadonlySet<File> {
  const hashed = new Map(files.filter(isHashed).map((file) => [basename(file.path), file]));
  const needed = new Set<File>();
  const open = files.filter((file) => !isHashed(file));
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (!isText(file)) continue;
    for (const [name] of file.data.toString().matchAll(/[\w.~@+-]+\.(?:js|css|woff2|ttf|png|svg|wasm|json)\b/g)) {
      const found = hashed.get(name);
      if (found === undefined || needed.has(found) || editor.test(name)) continue;
      needed.add(found);
      open.push(found);
    }
  }
  return needed;
}

function describe(file: File): Aboard {
  return {
    url: file.path.replace(/(^|\/)index\.html$/, "$1") || "./",
    revision: isHashed(file) ? null : createHash("sha256").update(file.data).digest("base64url").slice(0, 12),
  };
}

/** Scenes in the order of the course, the two parts of each together; then those of other pages. */
function groupScenes(files: readonly File[], order: readonly string[]): File[][] {
  const groups = new Map<string, File[]>();
  for (const file of files) {
    const name = file.path.replace(/^scenes\//, "").replace(/\.(first|rest)\.json$/, "");
    groups.set(name, [...(groups.get(name) ?? []), file]);
  }
  const place = (name: string): number => {
    const found = order.indexOf(name.split("@")[0] ?? "");
    return found < 0 ? order.length : found;
  };
  return [...groups].sort(([a], [b]) => place(a) - place(b) || a.localeCompare(b)).map(([, parts]) => parts);
}

export interface Stowed extends Cargo {
  /** Brotli bytes of each kind. */
  readonly bytes: Readonly<Record<keyof Cargo, number>>;
}

/** What of a built site is kept when. */
export function stowSite(site: string): Stowed {
  const order = readOrder(site);
  const files = listFiles(site);
  const needed = findNeeded(files.filter(({ path }) => !left.test(path)));
  const plain = files.filter((file) => !isHashed(file) && !left.test(file.path));
  const first = [...plain, ...needed];
  const asked = files.filter((file) => isHashed(file) && !needed.has(file));
  const weights = new Map(files.map((file) => [file, weigh(file)]));
  const total = (some: readonly File[]): number => some.reduce((sum, file) => sum + (weights.get(file) ?? 0), 0);
  const idle: File[] = [];
  let room = LIMIT - total(first);
  for (const scene of groupScenes(
    files.filter(({ path }) => path.startsWith("scenes/")),
    order,
  )) {
    const bytes = total(scene);
    (bytes <= room ? first : idle).push(...scene);
    // The first that does not fit ends it, so that it is the beginning of the voyage that is aboard.
    room = bytes <= room ? room - bytes : 0;
  }
  return {
    first: first.map(describe),
    idle: idle.map(describe),
    asked: asked.map(describe),
    bytes: { first: total(first), idle: total(idle), asked: total(asked) },
  };
}

/** Ids of the lessons that are built, in the order in which the first page names them. */
function readOrder(site: string): string[] {
  const home = readFileSync(join(site, "index.html"), "utf8");
  const found = [...home.matchAll(/href="[^"]*?\/?lessons\/([^"]+?)\/"/g)].map((match) => match[1] ?? "");
  return [...new Set(found)];
}

/** Writes sw.js into a built site. */
export async function writeWorker(site: string): Promise<Stowed> {
  const stowed = stowSite(site);
  const { first, idle, asked } = stowed;
  await build({
    entryPoints: [join(root, "src/offline/worker.ts")],
    outfile: join(site, "sw.js"),
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    legalComments: "none",
    define: { CARGO: JSON.stringify({ first, idle, asked } satisfies Cargo), "process.env.NODE_ENV": '"production"' },
    logLevel: "warning",
  });
  return stowed;
}

/** Writes sitemap.xml; without an address of the site there is nothing to write. */
export function writeSitemap(site: string, address = process.env.KC_SITE): void {
  const path = join(site, "sitemap.xml");
  rmSync(path, { force: true });
  if (address === undefined) return;
  const base = `${(process.env.KC_BASE ?? "").replace(/\/$/, "")}/`;
  const pages = listFiles(site).filter(
    ({ path: page, data }) => page.endsWith("index.html") && !data.includes('name="robots" content="noindex"'),
  );
  const rows = pages.map(
    ({ path: page }) => `<url><loc>${new URL(base + page.replace(/index\.html$/, ""), address).href}</loc></url>`,
  );
  writeFileSync(
    path,
    `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${rows.join("\n")}\n</urlset>\n`,
  );
}

/** Both, with a line that says how much it is. */
export async function writeOffline(site: string): Promise<void> {
  const { first, idle, asked, bytes } = await writeWorker(site);
  writeSitemap(site);
  const size = (some: readonly Aboard[], weight: number): string =>
    `${some.length} files, ${(weight / 1_000_000).toFixed(2)} MB`;
  console.log(
    `without a network: ${size(first, bytes.first)} with the first visit; ${size(idle, bytes.idle)} when idle; ${size(asked, bytes.asked)} when asked for`,
  );
}

if (import.meta.main) {
  if (!existsSync(join(dist, "index.html")) || !statSync(dist).isDirectory()) {
    console.error("dist/ is not built: npm run build comes first.");
    process.exit(1);
  }
  await writeOffline(dist);
}
