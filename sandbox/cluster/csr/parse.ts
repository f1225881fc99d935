// What a CertificateSigningRequest asks for: the PEM in its spec, read, with Go's words for what is wrong.

import { decode } from "../../kernel/text.ts";
import { DerError } from "../../lib/asn1/der.ts";
import { fromBase64 } from "../../lib/crypto/base64.ts";
import type { PublicKey } from "../../lib/crypto/keys.ts";
import { parsePem } from "../../lib/crypto/pem.ts";
import {
  type CertificateRequest,
  readKnownExtensions,
  parseRequest as readRequest,
} from "../../lib/x509/certificate.ts";
import type { GeneralName } from "../../lib/x509/general-name.ts";
import { attributeValues, commonName, type Name, ORGANIZATION } from "../../lib/x509/name.ts";

export interface ParsedRequest {
  readonly request: CertificateRequest;
  readonly subject: Name;
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly altNames: readonly GeneralName[];
  readonly publicKey: PublicKey | undefined;
}

/** The request behind `spec.request` (base64 of PEM), or why it is none. */
export function parseRequest(text: string): ParsedRequest | string {
  const bytes = fromBase64(text);
  const [block] = bytes === undefined ? [] : parsePem(decode(bytes));
  if (block === undefined || block.label !== "CERTIFICATE REQUEST") return "PEM block type must be CERTIFICATE REQUEST";
  try {
    const request = readRequest(block.der);
    return {
      request,
      subject: request.subject,
      commonName: commonName(request.subject) ?? "",
      organizations: attributeValues(request.subject, ORGANIZATION),
      altNames: readKnownExtensions(request.extensions).altNames ?? [],
      publicKey: request.publicKey,
    };
  } catch (error) {
    if (error instanceof DerError) return "asn1: structure error";
    throw error;
  }
}
