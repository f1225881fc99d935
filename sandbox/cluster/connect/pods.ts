// What is asked of a running pod: log, exec, attach, portforward, proxy; and the proxies of nodes and services.

import { isErrno } from "../../kernel/errno.ts";
import type { Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { parseQuery } from "../../lib/http/message.ts";
import { at, fieldsOf, type KubeObject, listOf, textOf } from "../object.ts";
import { resourceOf } from "../registry/resources.ts";
import type { Resource, Subresource } from "../registry/types.ts";
import { isTrue, type RequestContext } from "../request.ts";
import { admissionOf, mutate, validateAdmission } from "../rest/admit.ts";
import { requireObject } from "../rest/get.ts";
import { badRequest, internalError, invalid, methodNotAllowed, notFound, StatusError } from "../status.ts";
import { readObject } from "../storage.ts";
import { DialError, kubeletOf, type Location } from "./dial.ts";
import { copyBody, forward, proxyRequest, proxyUpgrade } from "./proxy.ts";

const names = (pod: KubeObject, key: string): string[] => listOf(at(pod, "spec", key)).map((each) => textOf(each.name));

/** The container that is meant; throws where that is not clear or there is none of the name. */
function containerOf(pod: KubeObject, asked: string): string {
  const own = names(pod, "containers");
  const init = names(pod, "initContainers");
  const name = pod.metadata.name;
  if (asked !== "") {
    if (![...own, ...init, ...names(pod, "ephemeralContainers")].includes(asked))
      throw badRequest(`container ${asked} is not valid for pod ${name}`);
    return asked;
  }
  if (own.length === 1) return own[0] as string;
  const inits = init.length === 0 ? "" : ` or one of the init containers: [${init.join(" ")}]`;
  throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${own.join(" ")}]${inits}`);
}

/** url.Values.Encode: keys in order. */
function encodeQuery(pairs: readonly (readonly [string, string])[]): string {
  const quote = (text: string): string =>
    encodeURIComponent(text)
      .replaceAll("%20", "+")
      .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const sorted = pairs
    .map((pair, i) => [pair, i] as const)
    .sort(([one, i], [other, j]) => (one[0] === other[0] ? i - j : one[0] < other[0] ? -1 : 1));
  const text = sorted.map(([[key, value]]) => `${quote(key)}=${quote(value)}`).join("&");
  return text === "" ? "" : `?${text}`;
}

function kubeletOfPod(context: RequestContext, pod: KubeObject): Location | undefined {
  const name = textOf(at(pod, "spec", "nodeName"));
  if (name === "") return undefined;
  const node = readObject(context.state, "nodes", undefined, name);
  if (node === undefined) throw notFound(resourceOf("nodes"), name);
  return kubeletOf(context.state, node);
}

const where = (pod: KubeObject, container: string): string =>
  `${pod.metadata.namespace}/${pod.metadata.name}/${container}`;

function checkLogOptions(context: RequestContext): void {
  const { query } = context;
  const whole = (name: string, least: number): void => {
    const text = query.get(name);
    if (text === undefined || text === "") return;
    if (Number(text) < least)
      throw invalid({ group: "", kind: "PodLogOptions" }, context.info.name, [
        {
          type: "FieldValueInvalid",
          field: name,
          message: `Invalid value: ${text}: must be greater than ${least === 0 ? "or equal to 0" : "0"}`,
        },
      ]);
  };
  whole("tailLines", 0);
  whole("limitBytes", 1);
  whole("sinceSeconds", 1);
}

const LOG_FLAGS = ["follow", "previous", "timestamps", "insecureSkipTLSVerifyBackend"];
const LOG_VALUES = ["sinceSeconds", "sinceTime", "tailLines", "limitBytes", "stream"];

function* serveLog(context: RequestContext, resource: Resource): Task {
  const { query, response, info } = context;
  const pod = requireObject(context, resource);
  checkLogOptions(context);
  const container = containerOf(pod, query.get("container") ?? "");
  const location = kubeletOfPod(context, pod);
  // A pod that is on no node yet has no log: nothing comes, and that is no error.
  if (location === undefined) {
    response.set("Content-Type", "text/plain");
    response.writeHead(200);
    yield* response.flush();
    return;
  }
  const pairs: [string, string][] = [];
  for (const name of LOG_FLAGS)
    if (name !== "insecureSkipTLSVerifyBackend" && isTrue(query.get(name))) pairs.push([name, "true"]);
  for (const name of LOG_VALUES) if (query.has(name)) pairs.push([name, query.get(name) ?? ""]);
  const target = `/containerLogs/${where(pod, container)}${encodeQuery(pairs)}`;
  const url = `https://${location.host}:${location.port}${target}`;
  const found = yield* openLog(context, location, target, url);
  if (found.answer.status < 200 || found.answer.status > 206) {
    const body = yield* found.answer.body();
    yield* found.connection.stream.close();
    throw backendError(found.answer.status, isErrno(body) ? "" : decode(body), `${info.resource}/log`, info.name);
  }
  response.set("Content-Type", "text/plain");
  response.writeHead(200);
  yield* response.flush();
  yield* copyBody(context, found.answer);
  yield* found.connection.stream.close();
}

function* openLog(context: RequestContext, location: Location, target: string, url: string) {
  try {
    return yield* forward(context, { location, target }, false);
  } catch (error) {
    if (!(error instanceof DialError)) throw error;
    throw new StatusError(500, "", `Get "${url}": ${error.message}`);
  }
}

const GENERIC: Readonly<Record<number, readonly [reason: string, message: string]>> = {
  401: ["Unauthorized", "the server has asked for the client to provide credentials"],
  404: ["NotFound", "the server could not find the requested resource"],
  405: ["MethodNotAllowed", "the server does not allow this method on the requested resource"],
  406: ["NotAcceptable", "the server was unable to respond with a content type that the client supports"],
  409: ["Conflict", "the server reported a conflict"],
  415: ["UnsupportedMediaType", "the server was unable to respond with a content type that the client supports"],
  422: ["Invalid", "the server rejected our request due to an error in our request"],
  429: ["TooManyRequests", "the server has received too many requests and has asked us to try again later"],
  503: ["ServiceUnavailable", "the server is currently unable to handle the request"],
  504: [
    "Timeout",
    "the server was unable to return a response in the time allotted, but may still be processing the request",
  ],
};

/** errors.NewGenericServerResponse of a kubelet's refusal. */
export function backendError(code: number, body: string, resource: string, name: string): StatusError {
  if (code === 500) return internalError(body);
  if (code === 400) return badRequest(body);
  const [reason, message] =
    code === 403
      ? ["Forbidden", body]
      : (GENERIC[code] ?? [
          "",
          `the server responded with the status code ${code} but did not return more information`,
        ]);
  return new StatusError(code, reason, `${message} ( ${resource} ${name})`, { name, kind: resource });
}

/** Booleans of stream options as the kubelet's query names them. */
const STREAMS: readonly (readonly [option: string, name: string])[] = [
  ["stdin", "input"],
  ["stdout", "output"],
  ["stderr", "error"],
  ["tty", "tty"],
];

function* serveStream(context: RequestContext, resource: Resource, verb: "exec" | "attach" | "portforward"): Task {
  const { query, request } = context;
  const pod = requireObject(context, resource);
  const phase = textOf(at(pod, "status", "phase"));
  const name = pod.metadata.name ?? "";
  const pairs: [string, string][] = [];
  let path: string;
  if (verb === "portforward") {
    for (const [key, value] of parseQuery(request.query)) if (key === "ports") pairs.push(["port", value]);
    path = `/portForward/${pod.metadata.namespace}/${name}`;
  } else {
    const container = containerOf(pod, query.get("container") ?? "");
    if (phase === "Succeeded" || phase === "Failed")
      throw badRequest(
        `cannot ${verb === "exec" ? "exec into" : "attach to"} a container in a completed pod; current phase is ${phase}`,
      );
    for (const [option, key] of STREAMS) if (isTrue(query.get(option))) pairs.push([key, "1"]);
    if (verb === "exec")
      for (const [key, value] of parseQuery(request.query)) if (key === "command") pairs.push([key, value]);
    path = `/${verb}/${where(pod, container)}`;
  }
  const location = kubeletOfPod(context, pod);
  if (location === undefined) throw badRequest(`pod ${name} does not have a host assigned`);
  yield* proxyUpgrade(context, { location, target: `${path}${encodeQuery(pairs)}` });
}

/** `[scheme:]name[:port]`. */
function splitName(id: string): { scheme: string; name: string; port: string } {
  const parts = id.split(":");
  if (parts.length === 1) return { scheme: "", name: id, port: "" };
  if (parts.length === 2) return { scheme: "", name: parts[0] as string, port: parts[1] as string };
  return { scheme: parts[0] as string, name: parts[1] as string, port: parts[2] as string };
}

function nodeLocation(context: RequestContext, id: string): Location {
  const { scheme, name, port } = splitName(id);
  const node = readObject(context.state, "nodes", undefined, name);
  if (node === undefined) throw notFound(resourceOf("nodes"), name);
  const kubelet = kubeletOf(context.state, node);
  if (port === "" || port === kubelet.port) return kubelet;
  return { scheme: scheme || "http", host: kubelet.host, port, kubelet: false };
}

function podLocation(context: RequestContext, id: string): Location {
  const { scheme, name, port } = splitName(id);
  const pod = readObject(context.state, "pods", context.info.namespace, name);
  if (pod === undefined) throw notFound(resourceOf("pods"), name);
  const first = listOf(at(pod, "spec", "containers")).flatMap((each) => listOf(each.ports))[0];
  const host = textOf(at(pod, "status", "podIP"));
  if (host === "") throw badRequest("address not allowed");
  return { scheme: scheme || "http", host, port: port || String(first?.containerPort ?? 80), kubelet: false };
}

function serviceLocation(context: RequestContext, id: string): Location {
  const { scheme, name, port } = splitName(id);
  const { state, info } = context;
  const service = readObject(state, "services", info.namespace, name);
  if (service === undefined) throw notFound(resourceOf("services"), name);
  const ports = listOf(at(service, "spec", "ports"));
  const wanted =
    port === ""
      ? ports.length === 1
        ? ports[0]
        : undefined
      : ports.find((each) => each.name === port || String(each.port) === port);
  const none = new StatusError(
    503,
    "ServiceUnavailable",
    wanted === undefined
      ? `no service port ${JSON.stringify(port)} found for service ${JSON.stringify(name)}`
      : `no endpoints available for service ${JSON.stringify(name)}`,
  );
  if (wanted === undefined) throw none;
  const ends = readObject(state, "endpoints", info.namespace, name);
  const subset = listOf(ends?.subsets)[0];
  const address = textOf(listOf(subset?.addresses)[0]?.ip);
  const number = listOf(subset?.ports).find((each) => textOf(each.name) === textOf(wanted.name))?.port;
  if (address === "" || number === undefined) throw none;
  return { scheme: scheme || "http", host: address, port: String(number), kubelet: false };
}

function* serveProxy(context: RequestContext, resource: Resource): Task {
  const { info, request, response } = context;
  const locate = { nodes: nodeLocation, pods: podLocation, services: serviceLocation }[resource.name];
  if (locate === undefined) throw methodNotAllowed();
  const location = locate(context, info.name);
  const [path = ""] = request.target.split("?");
  const start = path.indexOf("/proxy", path.indexOf(`/${info.resource}/`));
  const rest = path.slice(start + 6);
  if (rest === "") {
    response.set("Location", `${path}/${request.query === "" ? "" : `?${request.query}`}`);
    response.writeHead(301);
    return;
  }
  yield* proxyRequest(context, { location, target: `${rest}${request.query === "" ? "" : `?${request.query}`}` });
}

/** Answers a connecting subresource; false where it is none. */
export function* serveConnect(context: RequestContext, resource: Resource, sub: Subresource): Task<boolean> {
  const { name } = sub;
  if (name === "log") {
    yield* serveLog(context, resource);
    return true;
  }
  if (!["exec", "attach", "portforward", "proxy"].includes(name)) return false;
  const object = name === "proxy" ? undefined : requireObject(context, resource);
  const admission = admissionOf(context, resource, "CONNECT", {
    object,
    options: fieldsOf(Object.fromEntries(context.query)),
  });
  yield* mutate(admission);
  yield* validateAdmission(admission);
  if (name === "proxy") yield* serveProxy(context, resource);
  else yield* serveStream(context, resource, name as "exec");
  return true;
}
