// Bootstrap tokens: cluster-info is signed with each, and those that have expired are deleted.

import type { Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import { fromBase64, toBase64 } from "../../lib/crypto/base64.ts";
import { hmacOf } from "../../lib/crypto/hash.ts";
import { at, fieldsOf, type KubeObject, textOf } from "../object.ts";
import type { World } from "./world.ts";

const url = (bytes: Uint8Array): string => toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

/** A detached JWS (HS256) of a text with a token's secret. */
export function signDetached(text: string, id: string, secret: string): string {
  const header = url(encode(JSON.stringify({ alg: "HS256", kid: id })));
  const signature = hmacOf("sha256", encode(secret), encode(`${header}.${url(encode(text))}`));
  return `${header}..${url(signature)}`;
}

const dataOf = (secret: KubeObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(fieldsOf(secret["data"])).map(([key, value]) => [
      key,
      decode(fromBase64(textOf(value)) ?? new Uint8Array()),
    ]),
  );

export function* keepTokens(world: World): Task {
  const wanted: Record<string, string> = {};
  const info = world.get("configmaps", "kube-public", "cluster-info");
  const config = textOf(at(info, "data", "kubeconfig"));
  for (const secret of world.list("secrets", "kube-system")) {
    if (secret["type"] !== "bootstrap.kubernetes.io/token") continue;
    const data = dataOf(secret);
    const end = Date.parse(data["expiration"] ?? "");
    if (end <= world.now) {
      yield* world.remove("secrets", secret);
      continue;
    }
    if (!Number.isNaN(end)) world.wake(end);
    const [id, key] = [data["token-id"] ?? "", data["token-secret"] ?? ""];
    if (data["usage-bootstrap-signing"] !== "true" || id === "" || config === "") continue;
    wanted[`jws-kubeconfig-${id}`] = signDetached(config, id, key);
  }
  if (info === undefined) return;
  const have = Object.entries(fieldsOf(info["data"])).filter(([key]) => key.startsWith("jws-kubeconfig-"));
  const patch = {
    ...Object.fromEntries(have.filter(([key]) => wanted[key] === undefined).map(([key]) => [key, null])),
    ...Object.fromEntries(Object.entries(wanted).filter(([key, value]) => at(info, "data", key) !== value)),
  };
  if (Object.keys(patch).length > 0) yield* world.patch("configmaps", info, { data: patch });
}
