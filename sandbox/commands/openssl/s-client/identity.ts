// The certificate and key that the client shows, and the issuers that go out with it.

import type { Task } from "../../../kernel/sys.ts";
import { publicKeyOf, samePublicKey } from "../../../lib/crypto/keys.ts";
import type { Identity } from "../../../lib/tls/identity.ts";
import { type Certificate, parseCertificate } from "../../../lib/x509/certificate.ts";
import { verifyOpenSsl } from "../../../lib/x509/verify-openssl.ts";
import { loadCertificates, loadKey } from "../load.ts";
import type { Tool } from "../tool.ts";

export function* loadIdentity(tool: Tool): Task<Identity | undefined> {
  const file = tool.value("cert");
  if (file === undefined) return undefined;
  const key = yield* loadKey(tool, tool.value("key") ?? file, "client certificate private key", "pass");
  const chain = yield* loadCertificates(tool, file, "client certificate", "pem");
  const extra = tool.has("cert_chain")
    ? yield* loadCertificates(tool, tool.value("cert_chain"), "certs of client certificate chain", "pem")
    : chain.slice(1);
  const leaf = chain[0] as Certificate;
  if (leaf.publicKey === undefined || !samePublicKey(leaf.publicKey, publicKeyOf(key))) {
    if (leaf.publicKey?.kind !== key.kind) {
      tool.error("Private key does not match the certificate public key");
      return tool.stop();
    }
    tool.error("error setting private key");
    tool.queue(
      "05800074",
      tool.modern ? "ossl_x509_check_private_key" : "X509_check_private_key",
      "key values mismatch",
      "../crypto/x509/x509_cmp.c:413",
    );
    return tool.stop();
  }
  return { chain: [leaf, ...extra].map((each) => each.der), key };
}

/** A lone certificate goes out with the issuers that the trust store knows. */
export function completeChain(
  tool: Tool,
  chain: readonly Uint8Array[],
  trusted: readonly Certificate[],
): readonly Uint8Array[] {
  const [leaf, ...others] = chain.map(parseCertificate);
  if (leaf === undefined || others.length > 0) return chain;
  return verifyOpenSsl(leaf, { trusted, now: tool.sys.now() }).chain.map((each) => each.der);
}
