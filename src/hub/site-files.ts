// The built course's files over HTTP: right types, compression once, security headers, a 404 page. Knows nothing of the course.

import { readFile, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml; charset=utf-8",
  ".ttf": "font/ttf",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".xml": "application/xml; charset=utf-8",
};

/** Sent with everything. The pages carry their own policy with script hashes; a meta element cannot say frame-ancestors. */
export const siteHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": "frame-ancestors 'self'",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** A worker does not inherit the page's policy: its script brings this one. */
const workerPolicy = "default-src 'none'; script-src 'self'; connect-src 'self'; worker-src 'self'";

/** A file ready to be sent in three codings. */
interface Entry {
  readonly changed: number;
  readonly plain: Buffer;
  readonly type: string;
  /** Promises, so that a room which asks at once has each file compressed once. */
  readonly coded: Map<string, Promise<Buffer>>;
}

export interface SiteFiles {
  /** Answers one request with a file or the page of 404. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export interface SiteFilesOptions {
  /** Folder with the built pages. */
  readonly root: string;
  /** Path below which the pages are served, such as `/course`. */
  readonly base?: string;
  /** Told of every answer: path, status and bytes sent. */
  readonly onAnswer?: (path: string, status: number, bytes: number) => void;
}

const compressors: Readonly<Record<string, (data: Buffer) => Promise<Buffer>>> = {
  br: (data) => promisify(brotliCompress)(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  gzip: (data) => promisify(gzip)(data),
};

/** File behind a request path: itself, its `.html`, or the `index.html` of the folder. */
async function findFile(root: string, path: string): Promise<{ file: string; changed: number } | undefined> {
  const inside = normalize(join(root, path));
  if (inside !== root && !inside.startsWith(root + sep)) return undefined;
  for (const file of path.endsWith("/")
    ? [join(inside, "index.html")]
    : [inside, `${inside}.html`, join(inside, "index.html")]) {
    const found = await stat(file).catch(() => undefined);
    if (found?.isFile()) return { file, changed: found.mtimeMs };
  }
  return undefined;
}

function chooseCoding(request: IncomingMessage, entry: Entry): string {
  if (!/^(text|application|image\/svg)/.test(entry.type) || entry.plain.length < 512) return "identity";
  const accepted = String(request.headers["accept-encoding"] ?? "");
  return /\bbr\b/.test(accepted) ? "br" : /\bgzip\b/.test(accepted) ? "gzip" : "identity";
}

function encode(entry: Entry, coding: string): Promise<Buffer> {
  const coded = entry.coded.get(coding) ?? compressors[coding]?.(entry.plain) ?? Promise.resolve(entry.plain);
  entry.coded.set(coding, coded);
  return coded;
}

/** Answers requests out of a folder; every file is read and compressed once. */
export function createSiteFiles(options: SiteFilesOptions): SiteFiles {
  const root = normalize(options.root);
  const base = (options.base ?? "").replace(/\/$/, "");
  const cache = new Map<string, Entry>();

  const load = async (path: string): Promise<Entry | undefined> => {
    const found = await findFile(root, path);
    if (found === undefined) return undefined;
    const known = cache.get(found.file);
    if (known !== undefined && known.changed === found.changed) return known;
    const type = types[extname(found.file)] ?? "application/octet-stream";
    const entry: Entry = { changed: found.changed, plain: await readFile(found.file), type, coded: new Map() };
    cache.set(found.file, entry);
    return entry;
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    const asked = path === base ? "/" : path.startsWith(`${base}/`) ? path.slice(base.length) : undefined;
    const found = asked === undefined ? undefined : await load(asked);
    const status = found === undefined ? 404 : 200;
    const entry = found ?? (await load("/404"));
    if (entry === undefined) {
      response.writeHead(404, { ...siteHeaders, "content-type": "text/plain; charset=utf-8" }).end("Not found\n");
      return;
    }
    const coding = chooseCoding(request, entry);
    const body = await encode(entry, coding);
    const forever = status === 200 && /\/_astro\//.test(path);
    options.onAnswer?.(path, status, body.length);
    response.writeHead(status, {
      ...siteHeaders,
      ...(entry.type.startsWith("text/javascript") ? { "content-security-policy": workerPolicy } : {}),
      "cache-control": forever ? "public, max-age=31536000, immutable" : "no-cache",
      "content-length": body.length,
      "content-type": entry.type,
      vary: "accept-encoding",
      ...(coding === "identity" ? {} : { "content-encoding": coding }),
    });
    response.end(request.method === "HEAD" ? undefined : body);
  };

  return { answer };
}
