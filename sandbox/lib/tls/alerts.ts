// Alerts: their numbers with the texts of Go and of OpenSSL (3.0 and from 3.2 on, which renamed the old ones).

export const ALERT = {
  closeNotify: 0,
  unexpectedMessage: 10,
  handshakeFailure: 40,
  badCertificate: 42,
  unsupportedCertificate: 43,
  certificateExpired: 45,
  certificateUnknown: 46,
  illegalParameter: 47,
  unknownCa: 48,
  decodeError: 50,
  decryptError: 51,
  protocolVersion: 70,
  internalError: 80,
  unrecognizedName: 112,
  certificateRequired: 116,
  noApplicationProtocol: 120,
} as const;

/** number → [Go, OpenSSL's long name, OpenSSL's reason text] */
const TEXTS: Readonly<Record<number, readonly [string, string, string]>> = {
  0: ["close notify", "close notify", "close notify"],
  10: ["unexpected message", "unexpected message", "unexpected message"],
  40: ["handshake failure", "handshake failure", "handshake failure"],
  42: ["bad certificate", "bad certificate", "bad certificate"],
  43: ["unsupported certificate", "unsupported certificate", "unsupported certificate"],
  45: ["expired certificate", "certificate expired", "certificate expired"],
  46: ["unknown certificate", "certificate unknown", "certificate unknown"],
  47: ["illegal parameter", "illegal parameter", "illegal parameter"],
  48: ["unknown certificate authority", "unknown CA", "unknown ca"],
  50: ["error decoding message", "decode error", "decode error"],
  51: ["error decrypting message", "decrypt error", "decrypt error"],
  70: ["protocol version not supported", "protocol version", "protocol version"],
  80: ["internal error", "internal error", "internal error"],
  112: ["unrecognized name", "unrecognized name", "unrecognized name"],
  116: ["certificate required", "unknown", "certificate required"],
  120: ["no application protocol", "no application protocol", "no application protocol"],
};

/** Go: `remote error: tls: TEXT`. */
export function goAlert(number: number): string {
  return TEXTS[number]?.[0] ?? `alert(${number})`;
}

/** As curl -v names it: `TLS alert, unknown CA (560)`. */
export function alertName(number: number): string {
  return TEXTS[number]?.[1] ?? "unknown";
}

/** OpenSSL's reason for a fatal alert received: SSL 3.0's own alerts, TLS 1.0's, TLS 1.3's each have their prefix. */
export function openSslAlert(number: number, modern: boolean): { code: string; text: string } {
  const old = number <= 47 && number !== 48;
  const prefix = number === 116 ? "tlsv13 alert" : old ? (modern ? "ssl/tls alert" : "sslv3 alert") : "tlsv1 alert";
  const code = (0x0a000000 + 1000 + number).toString(16).toUpperCase().padStart(8, "0");
  return { code, text: `${prefix} ${TEXTS[number]?.[2] ?? "unknown"}` };
}
