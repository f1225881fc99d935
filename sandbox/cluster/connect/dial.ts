// The API server as a client: connections to kubelets, with its client certificate, and to other addresses, in the words of Go's errors.

import type { Sys, Task } from "../../kernel/sys.ts";
import { dialGo } from "../../lib/tls/go-dial.ts";
import { pairOf } from "../../lib/tls/pair.ts";
import type { Stream } from "../../lib/tls/stream.ts";
import { listFlag } from "../flags/parse.ts";
import { at, type KubeObject, listOf, textOf } from "../object.ts";
import type { ServerState } from "../state.ts";
import { StatusError } from "../status.ts";

/** Where a connection goes. */
export interface Location {
  readonly scheme: string;
  readonly host: string;
  readonly port: string;
  /** With the kubelet client's certificate and authority. */
  readonly kubelet: boolean;
}

const DEFAULT_TYPES = ["Hostname", "InternalDNS", "InternalIP", "ExternalDNS", "ExternalIP"];

/** Host and port of a node's kubelet, as --kubelet-preferred-address-types picks them. */
export function kubeletOf(state: ServerState, node: KubeObject): Location {
  const addresses = listOf(at(node, "status", "addresses"));
  const types = listFlag(state.flags, "kubelet-preferred-address-types");
  for (const type of types.length === 0 ? DEFAULT_TYPES : types) {
    const host = textOf(addresses.find((each) => each.type === type)?.address);
    if (host === "") continue;
    const port = Number(at(node, "status", "daemonEndpoints", "kubeletEndpoint", "Port") ?? 0);
    return { scheme: "https", host, port: String(port || Number(state.flags["kubelet-port"] ?? 10250)), kubelet: true };
  }
  throw new StatusError(
    500,
    "",
    `no preferred addresses found; known addresses: [${addresses.map((each) => `{${textOf(each.type)} ${textOf(each.address)}}`).join(" ")}]`,
  );
}

/** What dialling came to where there is no connection: Go's error. */
export class DialError extends Error {}

const DIAL_TIMEOUT = 10_000;

/** A connection; throws a DialError. */
export function* dial(sys: Sys, { files }: ServerState, { scheme, host, port, kubelet }: Location): Task<Stream> {
  const trust = {
    roots: kubelet ? files["kubelet-certificate-authority"] : undefined,
    identity: kubelet
      ? pairOf(files["kubelet-client-certificate"] ?? "", files["kubelet-client-key"] ?? "")
      : undefined,
  };
  const stream = yield* dialGo(sys, {
    host,
    port: Number(port),
    timeout: DIAL_TIMEOUT,
    trust: scheme === "https" ? trust : undefined,
  });
  if (typeof stream === "string") throw new DialError(stream);
  return stream;
}
