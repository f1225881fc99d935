// /logs/: files of the machine's /var/log, served as Go's file server does; and /containerLogs: what a container printed.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { formatHttpDate } from "../../lib/http/message.ts";
import { replyError } from "../../lib/http/server.ts";
import { detectContentType } from "../../lib/http/sniff.ts";
import { logFolder } from "../node/sync.ts";
import { findPod, isOn } from "../state.ts";
import { type Call, type Service, text } from "./route.ts";

const escapeHtml = (s: string): string =>
  s
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&#34;")
    .replaceAll("'", "&#39;");

function* serveFile(call: Call): Task {
  const { sys, state, request, response, params, query } = call;
  if (query("query").length > 0 && isOn(state, "enableSystemLogQuery")) {
    response.set("Content-Type", "text/plain; charset=utf-8");
    return yield* replyError(response, 501, "log query is not modelled in this sandbox");
  }
  const path = `/var/log/${params["rest"] ?? ""}`;
  const stat = sys.stat(path);
  if (isErrno(stat))
    return yield* replyError(
      response,
      stat.code === "EACCES" ? 403 : 404,
      stat.code === "EACCES" ? "403 Forbidden" : "404 page not found",
    );
  if (stat.type === "directory") {
    if (!request.path.endsWith("/")) return yield* redirect(call, `${path.slice(path.lastIndexOf("/") + 1)}/`);
    const entries = sys.readdir(path);
    if (isErrno(entries)) return yield* replyError(response, 500, "Error reading directory");
    const links = entries
      .map((e) => (e.type === "directory" ? `${e.name}/` : e.name))
      .sort((a, b) => (a < b ? -1 : 1))
      .map(
        (name) =>
          `<a href="${encodeURI(name).replaceAll("?", "%3F").replaceAll("#", "%23")}">${escapeHtml(name)}</a>\n`,
      );
    response.set("Content-Type", "text/html; charset=utf-8");
    response.set("Last-Modified", formatHttpDate(stat.mtime));
    const head =
      state.profile.minor >= 33 ? '<!doctype html>\n<meta name="viewport" content="width=device-width">\n' : "";
    yield* response.write(`${head}<pre>\n${links.join("")}</pre>\n`);
    return;
  }
  const data = sys.readFile(path);
  if (isErrno(data)) return yield* replyError(response, 403, "403 Forbidden");
  response.set("Accept-Ranges", "bytes");
  response.set("Content-Length", String(data.length));
  response.set("Content-Type", data.length === 0 ? "text/plain; charset=utf-8" : detectContentType(data));
  response.set("Last-Modified", formatHttpDate(stat.mtime));
  yield* response.write(data);
}

function* redirect({ response }: Call, to: string): Task {
  response.set("Location", to);
  response.writeHead(301);
}

export const systemLogs: Service = {
  prefix: "/logs/",
  routes: [{ methods: ["GET"], pattern: "/logs/{rest*}", handle: serveFile }],
};

function* containerLogs(call: Call): Task {
  const { sys, state, response, params, query } = call;
  const { namespace = "", pod: name = "", container = "" } = params;
  const pod = findPod(state, namespace, name);
  if (pod === undefined) return yield* text(response, 404, `pod "${name}" does not exist`);
  const spec = pod.object["spec"] as { containers?: { name: string }[] };
  if (!(spec.containers ?? []).some((c) => c.name === container))
    return yield* text(response, 404, `container "${container}" not found in pod "${name}"`);
  const wanted = query("tailLines")[0];
  const tail = wanted === undefined ? undefined : Number(wanted);
  if (wanted !== undefined && !/^-?\d+$/.test(wanted))
    return yield* text(response, 400, '{"message": "Unable to decode query."}');
  if (tail !== undefined && tail < 0) return yield* text(response, 422, '{"message": "Invalid request."}');
  const data = sys.readFile(`${logFolder(pod)}/${container}/${pod.containers[container]?.restarts ?? 0}.log`);
  // Each line of the file has time, stream and tag before it.
  let lines = isErrno(data) ? [] : decode(data).split("\n").slice(0, -1);
  lines = lines.map((line) => line.replace(/^\S+ std(?:out|err) [FP] /, ""));
  if (tail !== undefined) lines = tail === 0 ? [] : lines.slice(-tail);
  if (!(yield* response.flush())) return;
  const body = lines.map((line) => `${line}\n`).join("");
  const limit = query("limitBytes")[0];
  if (body !== "") yield* response.write(limit === undefined ? body : body.slice(0, Number(limit)));
}

export const containerLog: Service = {
  prefix: "/containerLogs",
  routes: [{ methods: ["GET"], pattern: "/containerLogs/{namespace}/{pod}/{container}", handle: containerLogs }],
};
