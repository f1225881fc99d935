// darkhttpd: a small web server for one folder of files, as the depot of a fleet runs it.

import { isErrno } from "../kernel/errno.ts";
import type { Program, Sys, Task } from "../kernel/sys.ts";
import type { HttpRequest, ResponseWriter } from "../lib/http/message.ts";
import { replyError, serveConnection } from "../lib/http/server.ts";

interface State {
  readonly root: string;
}

/** The file that a path means: below the root, whatever dots it has. */
function fileOf(root: string, path: string): string {
  const parts: string[] = [];
  for (const part of decodeURIComponent(path).split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `${root}/${parts.join("/")}`;
}

function* serve(sys: Sys, root: string, request: HttpRequest, response: ResponseWriter): Task {
  if (request.method !== "GET" && request.method !== "HEAD") return yield* replyError(response, 501, "Not Implemented");
  const path = fileOf(root, request.path);
  const stat = sys.stat(path);
  if (isErrno(stat)) return yield* replyError(response, 404, "The URL you requested was not found.");
  if (stat.type === "directory") {
    const entries = sys.readdir(path);
    const names = isErrno(entries) ? [] : entries.map(({ name, type }) => (type === "directory" ? `${name}/` : name));
    response.set("Content-Type", "text/html; charset=UTF-8");
    const list = names.sort().map((name) => `<a href="${name}">${name}</a>\n`);
    yield* response.write(
      `<html>\n<body>\n<h1>${request.path}</h1>\n<pre>\n${list.join("")}</pre>\n</body>\n</html>\n`,
    );
    return;
  }
  const data = sys.readFile(path);
  if (isErrno(data)) return yield* replyError(response, 403, "You don't have permission to access this URL.");
  response.set("Content-Length", String(data.length));
  response.set("Content-Type", /\.(txt|sha256)$/.test(path) ? "text/plain; charset=UTF-8" : "application/octet-stream");
  if (request.method === "GET") yield* response.write(data);
}

export const darkhttpd: Program = {
  name: "darkhttpd",
  service: {
    *start(sys, argv) {
      const root = (argv[1] ?? "").replace(/\/$/, "");
      const port = Number(argv[argv.indexOf("--port") + 1] ?? 8080);
      const stat = sys.stat(root);
      if (isErrno(stat) || stat.type !== "directory") {
        yield* sys.write(
          2,
          `darkhttpd: ${root === "" ? "usage: darkhttpd /path/to/wwwroot [--port number]" : `can't open ${root}`}\n`,
        );
        return 1;
      }
      const listener = sys.listen({ family: "tcp", address: "0.0.0.0", port: argv.includes("--port") ? port : 8080 });
      if (isErrno(listener)) {
        yield* sys.write(2, `darkhttpd: bind(port ${port}): ${listener.text}\n`);
        return 1;
      }
      const state: State = { root };
      sys.kept = state as never;
      sys.setMemory(4_200, 1_100);
      yield* sys.write(1, `darkhttpd/1.16\nlistening on: http://0.0.0.0:${port}/\n`);
      return undefined;
    },
    *connection(sys, fd) {
      const { root } = sys.kept as unknown as State;
      yield* serveConnection(sys, fd, { handler: (request, response) => serve(sys, root, request, response) });
    },
    signals: ["SIGTERM", "SIGINT"],
    *signal(sys) {
      yield* sys.exit(0);
    },
  },
};
