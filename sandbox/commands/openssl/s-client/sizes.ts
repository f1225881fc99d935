// Bytes of the handshake, as the real records have them.

import { keyBits } from "../../../lib/crypto/keys.ts";
import type { TlsConnected } from "../../../lib/tls/client.ts";
import type { Identity } from "../../../lib/tls/identity.ts";
import type { TlsState } from "../../../lib/tls/stream.ts";
import { parseCertificate } from "../../../lib/x509/certificate.ts";
import type { Tool } from "../tool.ts";

const RECORD = 5;
export const SEALED = 22;

export function flightSizes(
  tool: Tool,
  state: TlsState,
  connected: TlsConnected,
  identity: Identity | undefined,
): { read: number; written: number } {
  const { asked } = connected;
  const hello = tool.modern ? 1533 : 316;
  const read = handshakeSize({ chain: state.peerCertificates }, asked);
  const own =
    asked === undefined
      ? 0
      : SEALED +
        certificates(identity?.chain ?? []) +
        (identity === undefined ? 0 : SEALED + 8 + signatureSize(identity.chain[0]));
  if (state.version === "1.3") return { read, written: hello + 6 + own + SEALED + 36 };
  // Hello, certificate, key exchange, change of cipher and Finished of TLS 1.2.
  const certificate = asked === undefined ? 0 : RECORD + 7 + (identity === undefined ? 0 : own - SEALED - 8);
  return { read: read + 290, written: 191 + certificate + 42 + 6 + 45 };
}

const certificates = (chain: readonly Uint8Array[]) => chain.reduce((sum, der) => sum + der.length + 5, 8);

/** Bytes of the server's flight in TLS 1.3. */
export function handshakeSize(
  { chain }: { readonly chain: readonly Uint8Array[] },
  asked: TlsConnected["asked"],
): number {
  const names = (asked?.names ?? []).reduce((sum, der) => sum + der.length + 2, 0);
  const question = asked === undefined ? 0 : SEALED + 4 + 3 + 4 + 2 + asked.schemes.length * 2 + 4 + 2 + names + 8;
  return (
    127 + 6 + SEALED + 6 + question + SEALED + certificates(chain) + SEALED + 8 + signatureSize(chain[0]) + SEALED + 36
  );
}

export function signatureSize(der: Uint8Array | undefined): number {
  const key = der === undefined ? undefined : parseCertificate(der).publicKey;
  if (key === undefined) return 0;
  return key.kind === "rsa" ? keyBits(key) / 8 : key.kind === "ec" ? 71 : 64;
}
