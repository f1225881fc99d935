// The kubelet's side of talking to the API server: its kubeconfig as a client, and requests by the name it gives itself.

import type { Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { fromBase64 } from "../../lib/crypto/base64.ts";
import { type ApiClient, type OpenRequest, openRequest, takeBody } from "../../lib/kube/daemon-client.ts";
import { readKubeconfig } from "../config/kubeconfig.ts";
import type { KubeletState } from "../state.ts";

export type ApiReply = ApiAnswer | { readonly error: string };

/** An answer; it is parsed when somebody looks into it, which after most writes nobody does. */
class ApiAnswer {
  readonly status: number;
  readonly #text: string;
  #body: Record<string, unknown> | undefined;

  constructor(status: number, text: string) {
    this.status = status;
    this.#text = text;
  }

  /** The object; empty where the answer is none. */
  get body(): Record<string, unknown> {
    this.#body ??= parseObject(this.#text);
    return this.#body;
  }

  /** The message of a Status, else the text itself. */
  get text(): string {
    const { message } = this.body;
    return typeof message === "string" ? message : this.#text.trim();
  }
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Reads the kubeconfig's files into a client; undefined where there is no usable one. */
export function createClient(text: string, readFile: (path: string) => string | undefined): ApiClient | undefined {
  const config = readKubeconfig(text);
  if ("error" in config) return undefined;
  const either = (data: string | undefined, file: string | undefined): string | undefined => {
    if (data !== undefined) {
      const bytes = fromBase64(data);
      return bytes === undefined ? undefined : decode(bytes);
    }
    return file === undefined ? undefined : readFile(file);
  };
  return {
    server: config.server,
    ca: either(config.certificateAuthorityData, config.certificateAuthority),
    certificate: either(config.clientCertificateData, config.clientCertificate),
    key: either(config.clientKeyData, config.clientKey),
    token: config.token,
    insecure: config.insecure,
  };
}

/** What requests need: the client, its idle connections, and the name the kubelet gives itself. */
export type Caller = Pick<KubeletState, "profile"> & { readonly client: ApiClient | undefined; idle: number[] };

/** Sends a request and reads the answer's head. */
export function* sendApi(
  sys: Sys,
  { client, idle, profile }: Caller,
  method: string,
  path: string,
  body?: unknown,
  type?: string,
): Task<OpenRequest | { readonly error: string }> {
  if (client === undefined) return { error: "no API client" };
  const agent = `kubelet/${profile.version} (linux/amd64) kubernetes/98b3519`;
  return yield* openRequest(sys, { client, agent, idle }, method, path, body, type);
}

/** One request with its whole answer, or Go's error. */
export function* callApi(
  sys: Sys,
  caller: Caller,
  method: string,
  path: string,
  body?: unknown,
  type?: string,
): Task<ApiReply> {
  const opened = yield* sendApi(sys, caller, method, path, body, type);
  if ("error" in opened) return opened;
  return new ApiAnswer(opened.response.status, decode(yield* takeBody(sys, caller.idle, opened)));
}

/** Closes what is kept: the next request proves itself anew. */
export function forgetConnections(sys: Sys, caller: Caller): void {
  for (const fd of caller.idle.splice(0)) sys.close(fd);
}
