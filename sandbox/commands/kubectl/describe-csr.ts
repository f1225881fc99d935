// What a certificate request asks for, as `kubectl describe csr` shows it.

import { decode } from "../../kernel/text.ts";
import { fromBase64 } from "../../lib/crypto/base64.ts";
import { parsePem } from "../../lib/crypto/pem.ts";
import { parseRequest, readKnownExtensions } from "../../lib/x509/certificate.ts";
import { formatAddress, type GeneralName } from "../../lib/x509/general-name.ts";
import { attributeValues } from "../../lib/x509/name.ts";

const TITLES: readonly (readonly [oid: string, title: string])[] = [
  ["2.5.4.3", "Common Name"],
  ["2.5.4.5", "Serial Number"],
  ["2.5.4.10", "Organization"],
  ["2.5.4.11", "Organizational Unit"],
  ["2.5.4.6", "Country"],
  ["2.5.4.7", "Locality"],
  ["2.5.4.8", "Province"],
  ["2.5.4.9", "StreetAddress"],
  ["2.5.4.17", "PostalCode"],
];

/** The lines `Subject:` and `Subject Alternative Names:`. */
export function csrSubject(request: string): string {
  const bytes = fromBase64(request);
  const block = bytes === undefined ? undefined : parsePem(decode(bytes))[0];
  if (block === undefined) return "";
  const parsed = parseRequest(block.der);
  let text = "Subject:\n";
  for (const [oid, title] of TITLES) {
    const values = attributeValues(parsed.subject, oid);
    if (oid === "2.5.4.3" || oid === "2.5.4.5" || values.length > 0) text += `  ${title}:\t${values.join(",")}\n`;
  }
  const names: readonly GeneralName[] = readKnownExtensions(parsed.extensions).altNames ?? [];
  const of = (kind: string): string[] =>
    names.flatMap((name) =>
      name.kind !== kind
        ? []
        : name.kind === "ip"
          ? [formatAddress(name.bytes)]
          : "value" in name
            ? [String(name.value)]
            : [],
    );
  const given = (
    [
      ["DNS Names", of("dns")],
      ["Email Addresses", of("email")],
      ["URIs", of("uri")],
      ["IP Addresses", of("ip")],
    ] as const
  ).filter(([, list]) => list.length > 0);
  if (given.length > 0)
    text += `Subject Alternative Names:\n${given.map(([title, list]) => list.map((one, i) => `         ${i === 0 ? `${title}:` : ""}\t${one}\n`).join("")).join("")}`;
  return text;
}
