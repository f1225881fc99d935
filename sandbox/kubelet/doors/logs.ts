// /logs/: files of the machine's /var/log, served as Go's file server does; and /containerLogs: what a container printed.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { formatHttpDate } from "../../lib/http/message.ts";
import { replyError } from "../../lib/http/server.ts";
import { detectContentType } from "../../lib/http/sniff.ts";
import { callRuntime } from "../node/runtime.ts";
import { type Call, text } from "../routes/route.ts";
import { findPod, isOn, lastEnd, type Pod } from "../state.ts";

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

/** A line of a log file: CRI's time, stream and mark in front, or the bare text of an old runtime. */
interface LogEntry {
  readonly time: string;
  readonly text: string;
}

function entriesOf(data: string): LogEntry[] {
  return data
    .split("\n")
    .slice(0, -1)
    .map((entry) => {
      const parts = /^(\d{4}-\d\d-\d\dT\S+) (?:stdout|stderr) ([FP]) (.*)$/s.exec(entry);
      if (parts === null) return { time: "", text: `${entry}\n` };
      return { time: parts[1] as string, text: parts[2] === "P" ? (parts[3] as string) : `${parts[3]}\n` };
    });
}

interface Told {
  readonly name: string;
  readonly containerID?: string;
  readonly state: { readonly waiting?: { readonly reason?: string } };
  readonly lastState: { readonly terminated?: { readonly containerID: string } };
}

/** The container whose log is meant, by the status last told; or why there is none, in the kubelet's words. */
function chooseContainer(pod: Pod, name: string, previous: boolean): { readonly id: string } | string {
  const status = JSON.parse(pod.reported || "{}") as Record<string, readonly Told[] | undefined>;
  const told = Object.entries(status)
    .flatMap(([key, each]) => (/tainerStatuses$/.test(key) ? (each ?? []) : []))
    .find((each) => each.name === name);
  const run = pod.containers[name];
  const last = told === undefined ? run && lastEnd(run)?.id : told.lastState.terminated?.containerID;
  const waiting = told === undefined ? run?.waiting : told.state.waiting;
  const id = previous || waiting !== undefined ? last : (told?.containerID ?? run?.id);
  if (id) return { id: id.replace("containerd://", "") };
  const inPod = `container "${name}" in pod "${pod.name}"`;
  if (previous) return `previous terminated ${inPod} not found`;
  const reason = waiting?.reason ?? "ContainerCreating";
  return `${inPod} is waiting to start: ${WHY_NO_IMAGE[reason] ?? reason}`;
}

const WHY_NO_IMAGE: Readonly<Record<string, string>> = {
  ErrImagePull: "image can't be pulled",
  ImagePullBackOff: "trying and failing to pull image",
};

function* containerLogs(call: Call): Task {
  const { sys, state, response, params, query } = call;
  const { namespace = "", pod: name = "", container = "" } = params;
  const pod = findPod(state, namespace, name);
  if (pod === undefined) return yield* text(response, 404, `pod "${name}" does not exist`);
  const spec = pod.object.spec as Record<string, { name: string }[] | undefined>;
  const known = ["containers", "initContainers", "ephemeralContainers"].flatMap((key) => spec[key] ?? []);
  if (!known.some((c) => c.name === container))
    return yield* text(response, 404, `container "${container}" not found in pod "${name}"`);
  const wanted = query("tailLines")[0];
  const tail = wanted === undefined ? undefined : Number(wanted);
  if (wanted !== undefined && !/^-?\d+$/.test(wanted))
    return yield* text(response, 400, '{"message": "Unable to decode query."}');
  if (tail !== undefined && tail < 0) return yield* text(response, 422, '{"message": "Invalid request."}');
  const on = (flag: string): boolean => query(flag)[0] === "true" || query(flag)[0] === "1";
  const previous = on("previous");
  const chosen = chooseContainer(pod, container, previous);
  if (typeof chosen === "string") return yield* text(response, 400, chosen);
  const { id } = chosen;
  const reply = yield* callRuntime(sys, state, { method: "ListContainers" });
  const path = "containers" in reply ? reply.containers.find((c) => c.id === id)?.logPath : undefined;
  if (path === undefined) {
    yield* response.write(`unable to retrieve container logs for containerd://${id}`);
    return;
  }
  const seconds = query("sinceSeconds")[0];
  const since = seconds === undefined ? Date.parse(query("sinceTime")[0] ?? "") : sys.now() - Number(seconds) * 1000;
  const show = (entry: LogEntry): string =>
    (on("timestamps") && entry.time !== "" ? `${entry.time} ` : "") + entry.text;
  const read = (): LogEntry[] => {
    const data = sys.readFile(path);
    return isErrno(data) ? [] : entriesOf(decode(data));
  };
  const all = read();
  let entries = Number.isNaN(since) ? all : all.filter((e) => e.time === "" || Date.parse(e.time) >= since);
  if (tail !== undefined) entries = tail === 0 ? [] : entries.slice(-tail);
  if (!(yield* response.flush())) return;
  const limit = query("limitBytes")[0];
  let left = limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
  function* send(list: readonly LogEntry[]): Task<boolean> {
    const body = list.map(show).join("").slice(0, left);
    left -= body.length;
    if (body === "") return left > 0;
    return (yield* response.write(body)) && (yield* response.flush()) && left > 0;
  }
  let more = yield* send(entries);
  for (let shown = all.length; on("follow") && more; ) {
    const run = pod.containers[container];
    const over = !state.pods.includes(pod) || run?.running !== true || run.id !== id;
    const now = read();
    more = yield* send(now.slice(shown));
    shown = now.length;
    if (over) return;
    // What has been written since is looked for as often as the real one polls; an end of the caller is seen when something comes.
    const version = sys.version(path);
    yield* sys.waitUntil(() => sys.version(path) !== version, sys.now() + 1000);
  }
}

export const logDoors = { systemLogs: serveFile, containerLogs };
