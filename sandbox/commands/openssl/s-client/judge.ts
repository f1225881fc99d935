// Verification of the server: every step told, and whether it ends the handshake.

import { ALERT } from "../../../lib/tls/alerts.ts";
import type { Certificate } from "../../../lib/x509/certificate.ts";
import { formatName } from "../../../lib/x509/name.ts";
import { type VerifyStep, verifyOpenSsl, verifyText } from "../../../lib/x509/verify-openssl.ts";
import { formatTime, nameStyle } from "../print.ts";
import type { Tool } from "../tool.ts";

export interface Verification {
  /** Last error of the callback; 0 for none. */
  code: number;
  leaf: Certificate | undefined;
}

/** verify_callback of s_client: tells each step, and goes on unless -verify_return_error. */
export function judge(
  tool: Tool,
  chain: readonly Certificate[],
  trusted: readonly Certificate[],
  verification: Verification,
): { alert: number } | undefined {
  const strict = tool.has("verify_return_error");
  const brief = tool.has("brief");
  const hostname = tool.value("verify_hostname");
  const address = tool.value("verify_ip");
  const style = nameStyle(tool.modern);
  let stopped = false;
  const step = ({ ok, code, depth, certificate }: VerifyStep): boolean => {
    const hushed = (brief || tool.has("verify_quiet")) && ok;
    if (!hushed) tool.error(`depth=${depth} ${formatName(certificate.subject, style)}`);
    if (!ok) {
      tool.error(`verify error:num=${code}:${verifyText(code)}`);
      verification.code = code;
    }
    const current = ok ? verification.code : code;
    const late = code === 10 || (ok && current === 10 && depth === 0);
    if (!hushed && late && !brief) tool.error(`notAfter=${formatTime(certificate.notAfter)}`);
    if (!hushed && code === 9) tool.error(`notBefore=${formatTime(certificate.notBefore)}`);
    if (!ok && strict) {
      stopped = true;
      return false;
    }
    if (!hushed && !brief) tool.error("verify return:1");
    return true;
  };
  const at = tool.number("attime");
  verifyOpenSsl(chain[0] as Certificate, {
    trusted,
    untrusted: chain.slice(1),
    now: at === undefined ? tool.sys.now() : at * 1000,
    purpose: "sslserver",
    level: 2,
    partialChain: tool.has("partial_chain"),
    noCheckTime: tool.has("no_check_time"),
    ...(hostname === undefined ? {} : { hostname }),
    ...(address === undefined ? {} : { address }),
    onStep: step,
  });
  if (!stopped) return undefined;
  return { alert: verification.code === 10 ? ALERT.certificateExpired : ALERT.unknownCa };
}
