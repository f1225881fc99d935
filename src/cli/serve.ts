// A small static server for the built course: right types, compression, security headers, a 404 page. Knows nothing of the course.

import { readFile, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
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
const headers: Readonly<Record<string, string>> = {
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
  readonly coded: Map<string, Buffer>;
}

export interface SiteServer {
  /** Address of the first page, with a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** Requests answered, newest last: path and bytes sent. */
  readonly log: { readonly path: string; readonly status: number; readonly bytes: number }[];
  close(): Promise<void>;
}

export interface ServeOptions {
  /** Folder with the built pages. */
  readonly root: string;
  /** First port to try; the next free one is taken unless `exact`. 0 lets the system choose. */
  readonly port: number;
  readonly exact?: boolean;
  /** Path below which the pages are served, such as `/course`. */
  readonly base?: string;
  readonly host?: string;
  /** ms that every answer waits, as over a distance: what is asked for later then also arrives later. */
  readonly latency?: number;
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

async function encode(entry: Entry, coding: string): Promise<Buffer> {
  const known = entry.coded.get(coding);
  if (known !== undefined) return known;
  const coded = (await compressors[coding]?.(entry.plain)) ?? entry.plain;
  entry.coded.set(coding, coded);
  return coded;
}

function listen(server: Server, host: string, port: number, exact: boolean): Promise<number> {
  return new Promise((resolve, reject) => {
    const attempt = (candidate: number) => {
      server.once("error", (error: NodeJS.ErrnoException) => {
        if (error.code === "EADDRINUSE" && !exact && candidate < port + 50) attempt(candidate + 1);
        else reject(error);
      });
      server.listen(candidate, host, () => {
        const address = server.address();
        resolve(typeof address === "object" && address !== null ? address.port : candidate);
      });
    };
    attempt(port);
  });
}

/** Serves a folder until closed. */
export async function serveSite(options: ServeOptions): Promise<SiteServer> {
  const root = normalize(options.root);
  const base = (options.base ?? "").replace(/\/$/, "");
  const cache = new Map<string, Entry>();
  const log: { path: string; status: number; bytes: number }[] = [];

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
      response.writeHead(404, { ...headers, "content-type": "text/plain; charset=utf-8" }).end("Not found\n");
      return;
    }
    const coding = chooseCoding(request, entry);
    const body = await encode(entry, coding);
    const forever = status === 200 && /\/_astro\//.test(path);
    log.push({ path, status, bytes: body.length });
    response.writeHead(status, {
      ...headers,
      ...(entry.type.startsWith("text/javascript") ? { "content-security-policy": workerPolicy } : {}),
      "cache-control": forever ? "public, max-age=31536000, immutable" : "no-cache",
      "content-length": body.length,
      "content-type": entry.type,
      vary: "accept-encoding",
      ...(coding === "identity" ? {} : { "content-encoding": coding }),
    });
    response.end(request.method === "HEAD" ? undefined : body);
  };

  const server = createServer((request, response) => {
    setTimeout(
      () => answer(request, response).catch(() => response.writeHead(400, headers).end()),
      options.latency ?? 0,
    );
  });
  const host = options.host ?? "127.0.0.1";
  const port = await listen(server, host, options.port, options.exact ?? false);
  const shown = host === "127.0.0.1" || host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return {
    url: `http://${shown}:${port}${base}/`,
    port,
    log,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
