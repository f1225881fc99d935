// Authentication: client certificate, then bearer token (file, ServiceAccount, bootstrap), then nobody in particular.

import { decode } from "../../kernel/text.ts";
import { toHex } from "../../lib/asn1/der.ts";
import { fromBase64, fromBase64Url } from "../../lib/crypto/base64.ts";
import { hash } from "../../lib/crypto/hash.ts";
import { createObjectMemo } from "../../lib/memo.ts";
import { type Certificate, certificatesFromPem, parseCertificate, USAGE } from "../../lib/x509/certificate.ts";
import { identityOf, verifyGo } from "../../lib/x509/verify-go.ts";
import { isOn, listFlag } from "../flags/parse.ts";
import { fieldsOf, textOf } from "../object.ts";
import type { RequestContext } from "../request.ts";
import type { ServerState } from "../state.ts";
import { readObject, readObjects } from "../storage.ts";
import { ISSUER } from "../tokens.ts";
import { type Bearer, readBearer, type TokenKeys } from "./service-account.ts";
import { type Lookup, type User, userOf } from "./types.ts";

export const lookupOf = (state: ServerState): Lookup => ({
  get: (storage, namespace, name) => readObject(state, storage, namespace, name),
  list: (storage, namespace) => readObjects(state, storage, namespace),
});

/** How this server's flags say tokens are made and read. */
export function tokenKeysOf({ flags, files }: ServerState): TokenKeys {
  const given = listFlag(flags, "service-account-issuer");
  const issuers = given.length === 0 ? [ISSUER] : given;
  const audiences = listFlag(flags, "api-audiences");
  const [, hours = 0, minutes = 0, seconds = 0] =
    /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(flags["service-account-max-token-expiration"] ?? "") ?? [];
  return {
    publicKey: files["service-account-key-file"] ?? files["tls-private-key-file"] ?? "",
    signingKey: files["service-account-signing-key-file"] ?? "",
    issuers,
    audiences: audiences.length === 0 ? issuers : audiences,
    lookUp: isOn(flags, "service-account-lookup"),
    extend: isOn(flags, "service-account-extend-token-expiration"),
    longest: Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds),
  };
}

const fingerprints = createObjectMemo<Certificate, string>();

/** A certificate's bearer; a text: why it is no good; undefined: no name in it. */
function byCertificate({ request, state, sys }: RequestContext): User | string | undefined {
  const [first, ...rest] = request.tls?.peerCertificates ?? [];
  const authority = state.files["client-ca-file"] ?? "";
  if (first === undefined || authority === "") return undefined;
  const leaf = parseCertificate(first);
  const verified = verifyGo(leaf, {
    roots: certificatesFromPem(authority),
    intermediates: rest.map((der) => parseCertificate(der)),
    now: sys.now(),
    usages: [USAGE.client],
  });
  if ("error" in verified) return verified.error;
  const { user, groups } = identityOf(leaf);
  if (user === "") return undefined;
  const id = [`X509SHA256=${fingerprints(leaf, () => toHex(hash("sha256", first)))}`];
  return userOf(user, [...groups, "system:authenticated"], "", { "authentication.kubernetes.io/credential-id": id });
}

const text64 = (data: unknown): string => decode(fromBase64(textOf(data)) ?? new Uint8Array());

/** A bootstrap token's bearer: a Secret of kube-system says so. */
function byBootstrapToken(lookup: Lookup, now: number, token: string): User | string | undefined {
  const [, id, secret] = /^([a-z0-9]{6})\.([a-z0-9]{16})$/.exec(token) ?? [];
  if (id === undefined) return undefined;
  const found = lookup.get("secrets", "kube-system", `bootstrap-token-${id}`);
  if (found === undefined || found.metadata.deletionTimestamp !== undefined) return undefined;
  if (found["type"] !== "bootstrap.kubernetes.io/token") return undefined;
  const data = Object.fromEntries(Object.entries(fieldsOf(found["data"])).map(([key, value]) => [key, text64(value)]));
  if (data["token-id"] !== id || data["token-secret"] !== secret) return undefined;
  if (data["expiration"] !== undefined && !(Date.parse(data["expiration"]) > now)) return undefined;
  if (data["usage-bootstrap-authentication"] !== "true") return undefined;
  const groups = (data["auth-extra-groups"] ?? "").split(",").filter((group) => group !== "");
  if (!groups.every((group) => /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/.test(group)))
    return "get groups: invalid";
  return userOf(`system:bootstrap:${id}`, ["system:bootstrappers", ...groups.sort(), "system:authenticated"]);
}

/** A line of --token-auth-file: token,user,uid,"group1,group2". */
function byTokenFile(file: string, token: string): User | undefined {
  for (const line of file.split("\n")) {
    const [known, name = "", uid = "", groups = ""] = (line.match(/"[^"]*"|[^,]+/g) ?? []).map((word) =>
      word.trim().replace(/^"|"$/g, ""),
    );
    if (known !== token) continue;
    return userOf(name, [...groups.split(",").filter((group) => group !== ""), "system:authenticated"], uid);
  }
  return undefined;
}

/** Who bears a token, or the words of the refusal. */
export function reviewBearer(
  state: ServerState,
  now: number,
  token: string,
  audiences: readonly string[] = [],
): Bearer | string {
  const lookup = lookupOf(state);
  const keys = tokenKeysOf(state);
  const wanted = audiences.length === 0 ? keys.audiences : audiences;
  const known = byTokenFile(state.files["token-auth-file"] ?? "", token);
  if (known !== undefined) return { user: known, audiences: wanted };
  const bearer = readBearer(keys, lookup, now, token, wanted);
  if (typeof bearer === "object") return bearer;
  const bootstrap = isOn(state.flags, "enable-bootstrap-token-auth") ? byBootstrapToken(lookup, now, token) : undefined;
  if (typeof bootstrap === "object") return { user: bootstrap, audiences: wanted };
  const errors = ["invalid bearer token", bearer, bootstrap].filter((each) => each !== undefined);
  return errors.length === 1 ? "invalid bearer token" : `[${errors.join(", ")}]`;
}

/** The token of a request: in its header, or in a WebSocket's list of protocols. */
function tokenOf({ request }: RequestContext): string | undefined {
  const header = /^bearer +(\S+)$/i.exec((request.headers.get("authorization") ?? "").trim())?.[1];
  if (header !== undefined) return header;
  const protocol = /base64url\.bearer\.authorization\.k8s\.io\.([\w-]+)/.exec(
    request.headers.get("sec-websocket-protocol") ?? "",
  )?.[1];
  if (protocol === undefined) return undefined;
  return decode(fromBase64Url(protocol) ?? new Uint8Array());
}

/** What each way of authentication made of a request, in order, for the inspector. */
export function proofsOf(
  context: RequestContext,
): { readonly part: string; readonly outcome: "yes" | "no" | "skipped"; readonly text: string }[] {
  const { state, sys, request } = context;
  const certified = byCertificate(context);
  const shown = (request.tls?.peerCertificates.length ?? 0) > 0;
  const x509 =
    typeof certified === "object"
      ? ({
          outcome: "yes",
          text: `The certificate names ${certified.name}, and --client-ca-file vouches for it.`,
        } as const)
      : typeof certified === "string"
        ? ({ outcome: "no", text: certified } as const)
        : ({ outcome: "skipped", text: shown ? "The certificate names nobody." : "No certificate to read." } as const);
  const proofs = [{ part: "x509", ...x509 }];
  if (x509.outcome === "yes") return proofs;
  const token = tokenOf(context);
  const bearer = token === undefined ? undefined : reviewBearer(state, sys.now(), token);
  const borne =
    typeof bearer === "object"
      ? ({ outcome: "yes", text: `The token is ${bearer.user.name}’s.` } as const)
      : bearer === undefined
        ? ({ outcome: "skipped", text: "No token was sent." } as const)
        : ({ outcome: "no", text: bearer } as const);
  const two = [...proofs, { part: "token", ...borne }];
  if (borne.outcome === "yes") return two;
  const open = isOn(state.flags, "anonymous-auth");
  const bad = x509.outcome === "no" || borne.outcome === "no";
  const anonymous = bad
    ? ({ outcome: "no", text: "Who shows papers that are no good is not taken for anonymous." } as const)
    : open
      ? ({ outcome: "yes", text: "Taken for system:anonymous." } as const)
      : ({ outcome: "no", text: "--anonymous-auth=false lets nobody in without papers." } as const);
  return [...two, { part: "anonymous", ...anonymous }];
}

/** Who asks; undefined: 401. A good credential counts whatever else is wrong; a bad one keeps from being anonymous. */
export function authenticate(context: RequestContext): User | undefined {
  const { state, sys } = context;
  const certified = byCertificate(context);
  if (typeof certified === "object") return certified;
  const token = tokenOf(context);
  const bearer = token === undefined ? undefined : reviewBearer(state, sys.now(), token);
  if (typeof bearer === "object") return bearer.user;
  if (certified !== undefined || bearer !== undefined || !isOn(state.flags, "anonymous-auth")) return undefined;
  return userOf("system:anonymous", ["system:unauthenticated"]);
}
