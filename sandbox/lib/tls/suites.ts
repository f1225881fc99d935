// Cipher suites and versions with the names Go and OpenSSL give them. No encryption is done: what matters is who agrees on what.

import type { TlsVersion } from "./stream.ts";

export interface Suite {
  readonly id: number;
  /** IANA's name, as Go and the kubelet's flags write it. */
  readonly name: string;
  /** OpenSSL's name, as curl --ciphers and s_client write it. */
  readonly openssl: string;
  readonly tls13: boolean;
  /** Kind of certificate it needs; undefined for TLS 1.3, which takes any. */
  readonly key?: "rsa" | "ec";
  /** Forward secrecy by ECDHE. */
  readonly ephemeral: boolean;
  /** Needs TLS 1.2 (GCM, ChaCha, SHA-256 macs). */
  readonly only12: boolean;
}

const ROWS: readonly (readonly [number, string, string])[] = [
  [0x1301, "TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"],
  [0x1302, "TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384"],
  [0x1303, "TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256"],
  [0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"],
  [0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256"],
  [0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384"],
  [0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384"],
  [0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"],
  [0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"],
  [0xc009, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "ECDHE-ECDSA-AES128-SHA"],
  [0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "ECDHE-RSA-AES128-SHA"],
  [0xc00a, "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "ECDHE-ECDSA-AES256-SHA"],
  [0xc014, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "ECDHE-RSA-AES256-SHA"],
  [0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256", "AES128-GCM-SHA256"],
  [0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384", "AES256-GCM-SHA384"],
  [0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA", "AES128-SHA"],
  [0x0035, "TLS_RSA_WITH_AES_256_CBC_SHA", "AES256-SHA"],
  [0xc012, "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", "ECDHE-RSA-DES-CBC3-SHA"],
  [0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "DES-CBC3-SHA"],
  [0xc023, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256", "ECDHE-ECDSA-AES128-SHA256"],
  [0xc027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256", "ECDHE-RSA-AES128-SHA256"],
  [0x003c, "TLS_RSA_WITH_AES_128_CBC_SHA256", "AES128-SHA256"],
  [0xc007, "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA", "ECDHE-ECDSA-RC4-SHA"],
  [0xc011, "TLS_ECDHE_RSA_WITH_RC4_128_SHA", "ECDHE-RSA-RC4-SHA"],
  [0x0005, "TLS_RSA_WITH_RC4_128_SHA", "RC4-SHA"],
];

function suiteOf([id, name, openssl]: readonly [number, string, string]): Suite {
  const tls13 = id >> 8 === 0x13;
  const base = { id, name, openssl, tls13, ephemeral: tls13 || name.includes("ECDHE"), only12: !name.endsWith("_SHA") };
  return tls13 ? base : { ...base, key: name.includes("ECDSA") ? "ec" : "rsa" };
}

/** All suites, in the order Go's servers prefer them on a machine with AES instructions. */
export const SUITES: readonly Suite[] = ROWS.map(suiteOf);

/** Go's default for TLS 1.2 and before: without plain RSA key exchange, 3DES, RC4 and the SHA-256 macs of CBC. */
export const GO_DEFAULT_SUITES: readonly string[] = SUITES.filter(
  (suite) => suite.ephemeral && !/3DES|RC4|CBC_SHA256/.test(suite.name),
).map((suite) => suite.name);

/** The order in which OpenSSL's client offers them by default. */
export const OPENSSL_DEFAULT_SUITES: readonly string[] = [
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "TLS_AES_128_GCM_SHA256",
  ...SUITES.filter((suite) => !suite.tls13 && !/3DES|RC4/.test(suite.name))
    .map((suite) => suite.name)
    .sort((one, other) => openSslRank(one) - openSslRank(other)),
];

function openSslRank(name: string): number {
  const strength = [
    "AES_256_GCM",
    "CHACHA20",
    "AES_128_GCM",
    "AES_256_CBC",
    "AES_128_CBC_SHA256",
    "AES_128_CBC",
  ].findIndex((part) => name.includes(part));
  return strength + (name.includes("ECDHE_ECDSA") ? 0 : name.includes("ECDHE") ? 0.3 : 10);
}

export function suiteNamed(name: string): Suite | undefined {
  return SUITES.find((suite) => suite.name === name || suite.openssl === name);
}

/** Whether a suite can be used in a version of the protocol. */
export function suiteFits(suite: Suite, version: TlsVersion): boolean {
  return version === "1.3" ? suite.tls13 : !suite.tls13 && (version === "1.2" || !suite.only12);
}

export const VERSIONS: readonly TlsVersion[] = ["1.0", "1.1", "1.2", "1.3"];

/** Number on the wire. */
export function versionCode(version: TlsVersion): number {
  return 0x301 + VERSIONS.indexOf(version);
}
