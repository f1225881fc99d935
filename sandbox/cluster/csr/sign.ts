// The signers of kube-controller-manager: approved requests become certificates of the cluster's CA, or fail with a reason.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode, encode } from "../../kernel/text.ts";
import { fromBase64, toBase64 } from "../../lib/crypto/base64.ts";
import { decodePrivateKey } from "../../lib/crypto/keys.ts";
import { formatPem, parsePem } from "../../lib/crypto/pem.ts";
import { createCertificate, extension } from "../../lib/x509/build.ts";
import { isSignedBy, type KeyUsage, parseCertificate, USAGE } from "../../lib/x509/certificate.ts";
import type { World } from "../controllers/world.ts";
import { at, fieldsOf, formatTime, type KubeObject, listOf, textOf } from "../object.ts";
import { clientFault, conditionsOf, hasCondition, hasExactUsages, STORAGE } from "./approve.ts";
import { type ParsedRequest, parseRequest } from "./parse.ts";

const KEY_USAGES: Readonly<Record<string, KeyUsage>> = {
  signing: "digitalSignature",
  "digital signature": "digitalSignature",
  "content commitment": "nonRepudiation",
  "key encipherment": "keyEncipherment",
  "key agreement": "keyAgreement",
  "data encipherment": "dataEncipherment",
  "cert sign": "keyCertSign",
  "crl sign": "cRLSign",
  "encipher only": "encipherOnly",
  "decipher only": "decipherOnly",
};

const EXTENDED: Readonly<Record<string, string>> = {
  any: USAGE.any,
  "server auth": USAGE.server,
  "client auth": USAGE.client,
  "code signing": "1.3.6.1.5.5.7.3.3",
  "email protection": "1.3.6.1.5.5.7.3.4",
  "s/mime": "1.3.6.1.5.5.7.3.4",
  timestamping: "1.3.6.1.5.5.7.3.8",
  "ocsp signing": "1.3.6.1.5.5.7.3.9",
};

function servingFault(request: KubeObject, { organizations, altNames, commonName }: ParsedRequest): string | undefined {
  if (organizations.length !== 1 || organizations[0] !== "system:nodes")
    return "subject organization is not system:nodes";
  if (!altNames.some(({ kind }) => kind === "dns" || kind === "ip")) return "DNS or IP subjectAltName is required";
  for (const [kind, name] of [
    ["email", "Email"],
    ["uri", "URI"],
  ] as const)
    if (altNames.some((each) => each.kind === kind)) return `${name} subjectAltNames are not allowed`;
  if (!hasExactUsages(request, "server auth"))
    return "usages did not match [digital signature key encipherment server auth]";
  if (!commonName.startsWith("system:node:")) return "subject common name does not begin with system:node:";
  return undefined;
}

const CLIENT_USAGES = ["client auth", "digital signature", "key encipherment"];

/** Why a signer will not sign; undefined: it will. */
export function signerFault(request: KubeObject, parsed: ParsedRequest): string | undefined {
  switch (textOf(at(request, "spec", "signerName"))) {
    case "kubernetes.io/kubelet-serving":
      return servingFault(request, parsed);
    case "kubernetes.io/kube-apiserver-client-kubelet":
      return clientFault(request, parsed);
    case "kubernetes.io/kube-apiserver-client": {
      const usages = listOf<string>(at(request, "spec", "usages"));
      const fits = usages.includes("client auth") && usages.every((usage) => CLIENT_USAGES.includes(usage));
      return fits
        ? undefined
        : `invalid usage for client certificate: ${usages.find((each) => !CLIENT_USAGES.includes(each)) ?? ""}`;
    }
    default:
      return undefined;
  }
}

const SIGNERS = ["kubelet-serving", "kube-apiserver-client-kubelet", "kube-apiserver-client", "legacy-unknown"].map(
  (name) => `kubernetes.io/${name}`,
);

const BACKDATE = 300;
const SHORT = 8 * 3600;

const seconds = (duration: string | undefined): number => {
  const [, hours = "0", minutes = "0", rest = "0"] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(duration ?? "") ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
};

/** The certificate of a request, as PEM; a text in an object: why there is none. */
export function signCertificate(
  sys: Sys,
  flags: Readonly<Record<string, string>>,
  request: KubeObject,
  parsed: ParsedRequest,
): string | { readonly error: string } {
  const files = ["cluster-signing-cert-file", "cluster-signing-key-file"].map((name) =>
    sys.readFile(flags[name] ?? ""),
  );
  const [certificate, key] = files.map((data) => (isErrno(data) || data === undefined ? [] : parsePem(decode(data))));
  const ca = certificate?.[0];
  const block = key?.find(({ label }) => label.endsWith("PRIVATE KEY"));
  if (ca === undefined || block === undefined || parsed.publicKey === undefined)
    return { error: "the certificate authority cannot be read" };
  const issuer = parseCertificate(ca.der);
  const longest = seconds(flags["cluster-signing-duration"]) || 365 * 24 * 3600;
  const asked = Number(at(request, "spec", "expirationSeconds") ?? longest);
  const life = Math.max(600, Math.min(asked, longest));
  const now = Math.floor(sys.now() / 1000);
  const notBefore = now - BACKDATE;
  const notAfter = Math.min((life < SHORT ? now : notBefore) + life, Math.floor(issuer.notAfter / 1000));
  const usages = listOf<string>(at(request, "spec", "usages"));
  const plain = [...new Set(usages.flatMap((usage) => KEY_USAGES[usage] ?? []))];
  const extended = usages.flatMap((usage) => EXTENDED[usage] ?? []);
  const serial = sys.random(16);
  serial[0] = (serial[0] ?? 0) & 0x7f || 1;
  const der = createCertificate(
    {
      serial,
      issuer: issuer.subject,
      subject: parsed.subject,
      notBefore: notBefore * 1000,
      notAfter: notAfter * 1000,
      publicKey: parsed.publicKey,
      extensions: [
        ...(plain.length === 0 ? [] : [extension.keyUsage(plain)]),
        ...(extended.length === 0 ? [] : [extension.extendedKeyUsage(extended)]),
        extension.basicConstraints(false),
        ...(issuer.subjectKeyId === undefined ? [] : [extension.authorityKeyId(issuer.subjectKeyId)]),
        ...(parsed.altNames.length === 0 ? [] : [extension.altNames(parsed.altNames)]),
      ],
    },
    decodePrivateKey(block.der),
  );
  return formatPem("CERTIFICATE", der);
}

/** From approval to the certificate, ms: who asks at once does not find it yet. */
const PACE = 250;

/** Signs what is approved and not yet signed. */
export function* signRequests(world: World): Task {
  for (const request of world.list(STORAGE)) {
    if (!hasCondition(request, "Approved") || hasCondition(request, "Denied") || hasCondition(request, "Failed"))
      continue;
    if (textOf(at(request, "status", "certificate")) !== "") continue;
    const seen = `approved ${request.metadata.uid}`;
    world.state.times[seen] ??= world.now;
    const ready = (world.state.times[seen] ?? 0) + PACE;
    if (ready > world.now) {
      world.wake(ready);
      continue;
    }
    if (!SIGNERS.includes(textOf(at(request, "spec", "signerName")))) continue;
    const parsed = parseRequest(textOf(at(request, "spec", "request")));
    if (typeof parsed === "string") continue;
    const fault =
      parsed.publicKey !== undefined && isSignedBy(parsed.request, parsed.publicKey)
        ? signerFault(request, parsed)
        : "x509: certificate request signature is invalid";
    const status = fieldsOf(request["status"]);
    if (fault === undefined) {
      const pem = signCertificate(world.sys, world.state.flags, request, parsed);
      if (typeof pem !== "string") continue;
      yield* world.update(STORAGE, { ...request, status: { ...status, certificate: toBase64(encode(pem)) } }, "status");
      continue;
    }
    const time = formatTime(world.now);
    const failed = {
      type: "Failed",
      status: "True",
      reason: "SignerValidationFailure",
      message: fault,
      lastUpdateTime: time,
      lastTransitionTime: time,
    };
    yield* world.update(
      STORAGE,
      { ...request, status: { ...status, conditions: [...conditionsOf(request), failed] } },
      "status",
    );
  }
}

const HOUR = 3_600_000;

/** Old requests go: decided ones after an hour, those nobody decided after a day, and when the certificate has expired. */
export function* cleanRequests(world: World): Task {
  for (const request of world.list(STORAGE)) {
    const decided = conditionsOf(request).filter(({ type }) => ["Approved", "Denied", "Failed"].includes(textOf(type)));
    const issued = textOf(at(request, "status", "certificate"));
    const since = Math.max(
      Date.parse(textOf(request.metadata.creationTimestamp)),
      ...decided.map(({ lastUpdateTime }) => Date.parse(textOf(lastUpdateTime)) || 0),
    );
    let until = since + (decided.length > 0 ? HOUR : 24 * HOUR);
    if (issued !== "") {
      const [block] = parsePem(decode(fromBase64(issued) ?? new Uint8Array()));
      if (block !== undefined) until = Math.min(until, parseCertificate(block.der).notAfter);
    }
    if (until > world.now) world.wake(until);
    else yield* world.remove(STORAGE, request);
  }
}
