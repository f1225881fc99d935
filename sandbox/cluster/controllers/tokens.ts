// Bootstrap tokens: cluster-info is signed with each, and those that have expired are deleted.

import type { Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import { fromBase64, toBase64Url } from "../../lib/crypto/base64.ts";
import { hmacOf } from "../../lib/crypto/hash.ts";
import { at, fieldsOf, type KubeObject, textOf } from "../object.ts";
import type { World } from "./world.ts";

/** A detached JWS (HS256) of a text with a token's secret. */
export function signDetached(text: string, id: string, secret: string): string {
  const header = toBase64Url(encode(JSON.stringify({ alg: "HS256", kid: id })));
  const signature = hmacOf("sha256", encode(secret), encode(`${header}.${toBase64Url(encode(text))}`));
  return `${header}..${toBase64Url(signature)}`;
}

const dataOf = (secret: KubeObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(fieldsOf(secret["data"])).map(([key, value]) => [
      key,
      decode(fromBase64(textOf(value)) ?? new Uint8Array()),
    ]),
  );

const tokensOf = (world: World): KubeObject[] =>
  world.list("secrets", "kube-system").filter((each) => each["type"] === "bootstrap.kubernetes.io/token");

/** The token cleaner. */
export function* cleanTokens(world: World): Task {
  for (const secret of tokensOf(world)) {
    const end = Date.parse(dataOf(secret)["expiration"] ?? "");
    if (end <= world.now) yield* world.remove("secrets", secret);
    else if (!Number.isNaN(end)) world.wake(end);
  }
}

/** The bootstrap signer: who joins trusts cluster-info because his token signed it. */
export function* signClusterInfo(world: World): Task {
  const info = world.get("configmaps", "kube-public", "cluster-info");
  const config = textOf(at(info, "data", "kubeconfig"));
  if (info === undefined || config === "") return;
  const signatures = tokensOf(world)
    .map(dataOf)
    .filter(
      (data) => data["usage-bootstrap-signing"] === "true" && !(Date.parse(data["expiration"] ?? "") <= world.now),
    )
    .map((data) => {
      const id = data["token-id"] ?? "";
      return [`jws-kubeconfig-${id}`, signDetached(config, id, data["token-secret"] ?? "")] as const;
    });
  const have = fieldsOf(info["data"]);
  const rest = Object.entries(have).filter(([key]) => !key.startsWith("jws-kubeconfig-"));
  const data = Object.fromEntries([...signatures, ...rest].sort(([a], [b]) => (a < b ? -1 : 1)));
  const known = Object.entries(have).sort(([a], [b]) => (a < b ? -1 : 1));
  if (JSON.stringify(data) !== JSON.stringify(Object.fromEntries(known)))
    yield* world.update("configmaps", { ...info, data });
}
