// A small static server for the built course (src/hub/site-files.ts on a port of its own).

import { createServer, type Server } from "node:http";
import { createSiteFiles, siteHeaders } from "../hub/site-files.ts";

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
  const base = (options.base ?? "").replace(/\/$/, "");
  const log: { path: string; status: number; bytes: number }[] = [];
  const files = createSiteFiles({
    root: options.root,
    base,
    onAnswer: (path, status, bytes) => log.push({ path, status, bytes }),
  });
  const server = createServer((request, response) => {
    setTimeout(
      () => files.answer(request, response).catch(() => response.writeHead(400, siteHeaders).end()),
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
