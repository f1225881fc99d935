// The session: its made-up secrets and tickets, dumped.

import { encode } from "../../../kernel/text.ts";
import { bytesToBigint } from "../../../lib/asn1/der.ts";
import { hash } from "../../../lib/crypto/hash.ts";
import type { TlsState } from "../../../lib/tls/stream.ts";
import { suiteNamed } from "../../../lib/tls/suites.ts";
import { verifyText } from "../../../lib/x509/verify-openssl.ts";
import type { Tool } from "../tool.ts";
import type { Verification } from "./judge.ts";

export function sessionText(tool: Tool, state: TlsState, verification: Verification): string {
  const modern13 = state.version === "1.3";
  const secret = (word: string, size: number) =>
    hex(hash("sha512", encode(`${word} ${tool.sys.pid} ${tool.sys.now()}`)).subarray(0, size));
  const lines = [
    "SSL-Session:",
    `    Protocol  : TLSv${state.version}`,
    `    Cipher    : ${suiteNamed(state.cipher)?.openssl ?? state.cipher}`,
    `    Session-ID: ${secret("session", 32)}`,
    "    Session-ID-ctx: ",
    `    ${modern13 ? "Resumption PSK" : "Master-Key"}: ${secret("master", modern13 ? 32 : 48)}`,
    "    PSK identity: None",
    "    PSK identity hint: None",
    "    SRP username: None",
    ...(modern13 ? ["    TLS session ticket lifetime hint: 604800 (seconds)"] : []),
    "    TLS session ticket:",
    ...dump(ticketBytes(tool, modern13 ? 105 : 121)),
    "",
    `    Start Time: ${Math.floor(tool.sys.now() / 1000)}`,
    "    Timeout   : 7200 (sec)",
    `    Verify return code: ${verification.code} (${verifyText(verification.code)})`,
    `    Extended master secret: ${modern13 ? "no" : "yes"}`,
    ...(modern13 ? ["    Max Early Data: 0"] : []),
  ];
  return `${lines.join("\n")}\n`;
}

const hex = (bytes: Uint8Array) =>
  bytesToBigint(bytes)
    .toString(16)
    .toUpperCase()
    .padStart(bytes.length * 2, "0");

function ticketBytes(tool: Tool, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 64)
    bytes.set(hash("sha512", encode(`ticket ${at} ${tool.sys.now()}`)).subarray(0, size - at), at);
  return bytes;
}

function dump(bytes: Uint8Array): string[] {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const part = [...bytes.subarray(at, at + 16)];
    const cells = Array.from({ length: 16 }, (_, i) =>
      part[i] === undefined ? "  " : (part[i] as number).toString(16).padStart(2, "0"),
    );
    const text = part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
    const joined = cells.map((cell, i) => cell + (i === 7 && part.length > 8 ? "-" : " ")).join("");
    rows.push(`    ${at.toString(16).padStart(4, "0")} - ${joined}  ${text}`);
  }
  return rows;
}
