// Who is asking: client certificate, then bearer token, then anonymous; the first two together end the request where one is wrong.

import type { Sys, Task } from "../../kernel/sys.ts";
import { DerError } from "../../lib/asn1/der.ts";
import { hash } from "../../lib/crypto/hash.ts";
import type { HttpRequest } from "../../lib/http/message.ts";
import type { TraceStep } from "../../lib/trace.ts";
import { certificatesFromPem, parseCertificate, USAGE } from "../../lib/x509/certificate.ts";
import { formatKeyId, identityOf, verifyGo } from "../../lib/x509/verify-go.ts";
import { milliseconds } from "../config/duration.ts";
import { callApi } from "../node/api.ts";
import { deciding, isOn, type KubeletState, setting, type User } from "../state.ts";

export type Authentication = { readonly user: User } | { readonly refused: true; readonly error: string | undefined };

const hex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

export function* authenticate(
  sys: Sys,
  state: KubeletState,
  request: HttpRequest,
  steps: TraceStep[],
): Task<Authentication> {
  const errors: string[] = [];
  const byCertificate = certificateUser(sys, state, request, steps);
  if ("user" in byCertificate) return byCertificate;
  if (byCertificate.error !== undefined) errors.push(byCertificate.error);
  const byToken = yield* tokenUser(sys, state, request, steps);
  if ("user" in byToken) return byToken;
  if (byToken.error !== undefined) errors.push(byToken.error);
  const decided = deciding(state, "authentication.anonymous.enabled");
  if (errors.length > 0) {
    steps.push({
      stage: "authentication",
      part: "anonymous",
      outcome: "skipped",
      text: "A wrong credential is worse than none: anonymous is not tried.",
      decided,
    });
    return { refused: true, error: errors.length === 1 ? errors[0] : `[${errors.join(", ")}]` };
  }
  if (!isOn(state, "authentication.anonymous.enabled")) {
    steps.push({
      stage: "authentication",
      part: "anonymous",
      outcome: "no",
      text: "Anonymous requests are not allowed.",
      decided,
    });
    return { refused: true, error: undefined };
  }
  steps.push({
    stage: "authentication",
    part: "anonymous",
    outcome: "yes",
    text: "No credentials: let in as system:anonymous.",
    decided,
  });
  return { user: { name: "system:anonymous", groups: ["system:unauthenticated"], uid: "", extra: {} } };
}

type Opinion = { readonly user: User } | { readonly error: string | undefined };

const none: Opinion = { error: undefined };

function certificateUser(sys: Sys, state: KubeletState, request: HttpRequest, steps: TraceStep[]): Opinion {
  const decided = deciding(state, "authentication.x509.clientCAFile");
  const step = (outcome: TraceStep["outcome"], text: string): void => {
    steps.push({ stage: "authentication", part: "x509", outcome, text, decided });
  };
  if (state.clientCa === undefined) {
    step("skipped", "No client CA is set, so no client certificate was asked for.");
    return none;
  }
  const chain = request.tls?.peerCertificates ?? [];
  const [first, ...rest] = chain;
  if (first === undefined) {
    step("skipped", "The client sent no certificate.");
    return none;
  }
  let leaf: ReturnType<typeof parseCertificate>;
  try {
    leaf = parseCertificate(first);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return { error: "x509: malformed certificate" };
  }
  const verified = verifyGo(leaf, {
    roots: certificatesFromPem(state.clientCa),
    intermediates: rest.map((der) => parseCertificate(der)),
    now: sys.now(),
    usages: [USAGE.client],
  });
  if ("error" in verified) {
    const text = `verifying certificate SN=${leaf.serial}, SKID=${formatKeyId(leaf.subjectKeyId)}, AKID=${formatKeyId(leaf.authorityKeyId)} failed: ${verified.error}`;
    step("error", `The client's certificate does not hold: ${verified.error}.`);
    return { error: text };
  }
  const identity = identityOf(leaf);
  if (identity.user === "") {
    step("no", "The certificate has no common name, so it names nobody.");
    return none;
  }
  step("yes", `The certificate names ${identity.user}.`);
  const extra =
    state.profile.minor >= 32
      ? { "authentication.kubernetes.io/credential-id": [`X509SHA256=${hex(hash("sha256", first))}`] }
      : {};
  return { user: { name: identity.user, groups: withAuthenticated(identity.groups), uid: "", extra } };
}

function withAuthenticated(groups: readonly string[]): readonly string[] {
  return groups.includes("system:authenticated") || groups.includes("system:unauthenticated")
    ? groups
    : [...groups, "system:authenticated"];
}

/** The token of an Authorization header, as client-go's bearertoken package reads it. */
export function bearerToken(header: string | undefined): string | undefined {
  const parts = (header ?? "").trim().split(" ");
  if (parts.length < 2 || parts[0]?.toLowerCase() !== "bearer") return undefined;
  return parts[1] === "" ? undefined : parts[1];
}

function* tokenUser(sys: Sys, state: KubeletState, request: HttpRequest, steps: TraceStep[]): Task<Opinion> {
  const decided = deciding(state, "authentication.webhook.enabled");
  const step = (outcome: TraceStep["outcome"], text: string): void => {
    steps.push({ stage: "authentication", part: "token", outcome, text, decided });
  };
  const token = bearerToken(request.headers.get("authorization"));
  if (!isOn(state, "authentication.webhook.enabled")) {
    step("skipped", token === undefined ? "Token review is off." : "Token review is off: the token is ignored.");
    return none;
  }
  if (token === undefined) {
    step("skipped", "The client sent no bearer token.");
    return none;
  }
  const known = state.tokens.get(token);
  if (known !== undefined && known.until > sys.now()) return answer(known.user, true);
  state.asked.tokens = true;
  const reply = yield* callApi(sys, state, "POST", "/apis/authentication.k8s.io/v1/tokenreviews", {
    kind: "TokenReview",
    apiVersion: "authentication.k8s.io/v1",
    metadata: {},
    spec: { token },
  });
  if ("error" in reply || reply.status >= 300) {
    const text = "error" in reply ? reply.error : reply.text;
    step("error", `The API server could not be asked: ${text}.`);
    return { error: text };
  }
  const status = (reply.body["status"] ?? {}) as {
    authenticated?: boolean;
    user?: { username?: string; groups?: string[]; uid?: string; extra?: Record<string, string[]> };
    error?: string;
  };
  const found = status.user;
  const user: User | undefined = status.authenticated
    ? {
        name: found?.username ?? "",
        groups: withAuthenticated(found?.groups ?? []),
        uid: found?.uid ?? "",
        extra: found?.extra ?? {},
      }
    : undefined;
  const life = milliseconds(setting(state, "authentication.webhook.cacheTTL"));
  // The API server's own words are an error, and errors are not remembered.
  if (user === undefined && status.error) {
    step("error", `The API server does not accept this token: ${status.error}.`);
    return { error: status.error };
  }
  if (life > 0) state.tokens.set(token, { user, until: sys.now() + life });
  return answer(user, false);

  function answer(who: User | undefined, cached: boolean): Opinion {
    const how = cached ? " (remembered)" : "";
    if (who === undefined) {
      step("error", `The API server does not know this token${how}.`);
      return { error: "invalid bearer token" };
    }
    step("yes", `The API server says the token belongs to ${who.name}${how}.`);
    return { user: who };
  }
}
