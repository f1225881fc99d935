// The papers and rules of the HTTPS port: suites, versions, the client CA bundle, the serving pair.

import { parsePem } from "../../../lib/crypto/pem.ts";
import { readPair } from "../../../lib/tls/pair.ts";
import { SUITES } from "../../../lib/tls/suites.ts";
import { certificatesFromPem } from "../../../lib/x509/certificate.ts";
import { quoteGo } from "../../../lib/yaml-go/json.ts";
import type { Effective } from "../effective.ts";
import { type Context, type HostFacts, type Problem, run } from "./step.ts";

const TLS_VERSIONS = ["VersionTLS10", "VersionTLS11", "VersionTLS12", "VersionTLS13"];
const OLD_NAMES = [
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
  "TLS_RSA_WITH_RC4_128_SHA",
  "TLS_ECDHE_RSA_WITH_RC4_128_SHA",
  "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
  "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
  "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
];

export function checkTls(c: Context): Problem | undefined {
  const suites = (c.effective.values["tlsCipherSuites"] ?? []) as string[];
  const unknown = suites.find((name) => !SUITES.some((suite) => suite.name === name) && !OLD_NAMES.includes(name));
  const construct = (inner: string): Problem => ({
    text: `failed to construct kubelet dependencies: ${inner}`,
    old: inner,
    source: "server.go:257",
  });
  if (unknown !== undefined) return construct(`Cipher suite ${unknown} not supported or doesn't exist`);
  const least = c.text("tlsMinVersion");
  if (least !== "" && !TLS_VERSIONS.includes(least)) return construct(`unknown tls version ${quoteGo(least)}`);
  const file = c.text("authentication.x509.clientCAFile");
  if (c.profile.minor >= 23 || file === "") return undefined;
  const bundle = readBundle(c.facts, file);
  if ("roots" in bundle) return undefined;
  const inner = bundle.reason === "content" ? `error creating pool from ${file}: ${bundle.error}` : bundle.error;
  return construct(`unable to load client CA file ${file}: ${inner}`);
}

/** The client CA bundle, or why it cannot be used. */
export function readBundle(
  facts: Pick<HostFacts, "readFile">,
  file: string,
): { roots: string } | { error: string; reason: "file" | "empty" | "content" } {
  const text = facts.readFile(file);
  if (typeof text !== "string") return { error: text.error, reason: "file" };
  const none = "data does not contain any valid RSA or ECDSA certificates";
  if (text === "") return { error: none, reason: "empty" };
  if (certificatesFromPem(text).length > 0) return { roots: text };
  return {
    error: parsePem(text).some((b) => b.label === "CERTIFICATE") ? "x509: malformed certificate" : none,
    reason: "content",
  };
}

/** The pair given for the HTTPS port; 1.36 reads it here, 1.20 when it listens. */
export function readServingPair(
  effective: Effective,
  facts: Pick<HostFacts, "readFile">,
): { readonly certificate: string; readonly key: string } | { readonly error: string } | undefined {
  const certificate = String(effective.values["tlsCertFile"] ?? "");
  const key = String(effective.values["tlsPrivateKeyFile"] ?? "");
  if (certificate === "" && key === "") return undefined;
  const cert = certificate === "" ? { error: "open : no such file or directory" } : facts.readFile(certificate);
  if (typeof cert !== "string") return { error: cert.error };
  const keyText = key === "" ? { error: "open : no such file or directory" } : facts.readFile(key);
  if (typeof keyText !== "string") return { error: keyText.error };
  const pair = readPair(cert, keyText);
  if ("error" in pair) return pair;
  return { certificate: cert, key: keyText };
}

export function checkServingFiles(c: Context): Problem | undefined {
  if (c.text("tlsCertFile") === "" || c.text("tlsPrivateKeyFile") === "" || c.on("serverTLSBootstrap"))
    return undefined;
  const pair = readServingPair(c.effective, c.facts);
  if (pair === undefined || !("error" in pair)) return undefined;
  return run(
    `failed to create kubelet: failed to initialize file based certificate manager: unable to set up dynamic certificate manager for kubelet server cert files: ${pair.error}`,
  );
}
