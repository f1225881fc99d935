// How a controller talks to the API server: its kubeconfig as a client, and requests with the object they answer.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { fromBase64 } from "../../lib/crypto/base64.ts";
import { type ApiCaller, openRequest, takeBody } from "../../lib/kube/daemon-client.ts";
import { formatJson } from "../../lib/yaml-go/json.ts";
import { YamlError, yamlToJson } from "../../lib/yaml-go/yaml.ts";
import { at, type Fields, fieldsOf, type KubeObject, listOf, textOf } from "../object.ts";

const CONNECT_TIMEOUT = 5000;

/** A kubeconfig's current context as a client; a text: why there is none. */
export function readClient(sys: Sys, path: string, agent: string): ApiCaller | string {
  const data = sys.readFile(path);
  if (isErrno(data)) return `stat ${path}: ${data.text.toLowerCase()}`;
  let root: Fields;
  try {
    root = fieldsOf(JSON.parse(formatJson(yamlToJson(decode(data)).json)));
  } catch (error) {
    if (error instanceof YamlError) return `error loading config file "${path}": ${error.message}`;
    throw error;
  }
  const named = (list: string, name: unknown, key: string): Fields =>
    fieldsOf(listOf(root[list]).find((each) => each["name"] === name)?.[key]);
  const context = named("contexts", root["current-context"], "context");
  const cluster = named("clusters", context["cluster"], "cluster");
  const user = named("users", context["user"], "user");
  const either = (from: Fields, name: string): string => {
    const inline = fromBase64(textOf(from[`${name}-data`]));
    if (from[`${name}-data`] !== undefined && inline !== undefined) return decode(inline);
    const file = sys.readFile(textOf(from[name]) || "/");
    return isErrno(file) ? "" : decode(file);
  };
  return {
    client: {
      server: textOf(cluster["server"]),
      ca: either(cluster, "certificate-authority"),
      certificate: either(user, "client-certificate"),
      key: either(user, "client-key"),
      token: undefined,
      insecure: false,
    },
    agent,
    idle: [],
    timeout: CONNECT_TIMEOUT,
  };
}

export type Reply = { readonly status: number; readonly object: KubeObject; readonly message: string };

/** One request with its answer; a text: the server was not reached. */
export function* request(
  sys: Sys,
  caller: ApiCaller,
  method: string,
  target: string,
  body?: unknown,
  type?: string,
): Task<Reply | string> {
  const opened = yield* openRequest(sys, caller, method, target, body, type);
  if ("error" in opened) return opened.error;
  const text = decode(yield* takeBody(sys, caller.idle, opened));
  let object: KubeObject = { metadata: {} };
  try {
    object = { metadata: {}, ...fieldsOf(JSON.parse(text)) };
  } catch {
    // Not JSON: only the status counts.
  }
  return { status: opened.response.status, object, message: textOf(at(object, "message")) || text.trim() };
}
