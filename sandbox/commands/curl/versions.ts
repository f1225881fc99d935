// What differs between curl 7.88 with OpenSSL 3.0 (Debian 12) and curl 8.14 with OpenSSL 3.5 (Debian 13): the tool profile as curl sees it.

import type { Sys } from "../../kernel/sys.ts";
import { toolProfile } from "../profile.ts";

export interface CurlVersion {
  /** 8.x: other trace lines, no abbreviated options. */
  readonly modern: boolean;
  readonly curl: string;
  readonly openssl: string;
  readonly couldNotConnect: string;
  /** The page behind "More details here" is called so in the advice. */
  readonly page: string;
  readonly about: string;
  /** Least TLS version that the library's configuration allows. */
  readonly leastTls: "1.0" | "1.2";
  readonly groups: readonly string[];
}

const FEATURES_8 =
  "curl 8.14.1 (x86_64-pc-linux-gnu) libcurl/8.14.1 OpenSSL/3.5.7 zlib/1.3.1 brotli/1.1.0 zstd/1.5.7 libidn2/2.3.8 libpsl/0.21.2 libssh2/1.11.1 nghttp2/1.64.0 nghttp3/1.8.0 librtmp/2.3 OpenLDAP/2.6.10\nRelease-Date: 2025-06-04, security patched: 8.14.1-2+deb13u7\nProtocols: dict file ftp ftps gopher gophers http https imap imaps ipfs ipns ldap ldaps mqtt pop3 pop3s rtmp rtsp scp sftp smb smbs smtp smtps telnet tftp ws wss\nFeatures: alt-svc AsynchDNS brotli GSS-API HSTS HTTP2 HTTP3 HTTPS-proxy IDN IPv6 Kerberos Largefile libz NTLM PSL SPNEGO SSL threadsafe TLS-SRP UnixSockets zstd\n";
const FEATURES_7 =
  "curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1 OpenSSL/3.0.19 zlib/1.2.13 brotli/1.0.9 zstd/1.5.4 libidn2/2.3.3 libpsl/0.21.2 (+libidn2/2.3.3) libssh2/1.10.0 nghttp2/1.52.0 librtmp/2.3 OpenLDAP/2.5.13\nRelease-Date: 2023-02-20, security patched: 7.88.1-10+deb12u14\nProtocols: dict file ftp ftps gopher gophers http https imap imaps ldap ldaps mqtt pop3 pop3s rtmp rtsp scp sftp smb smbs smtp smtps telnet tftp\nFeatures: alt-svc AsynchDNS brotli GSS-API HSTS HTTP2 HTTPS-proxy IDN IPv6 Kerberos Largefile libz NTLM NTLM_WB PSL SPNEGO SSL threadsafe TLS-SRP UnixSockets zstd\n";

export function curlVersion(sys: Sys): CurlVersion {
  const { curl = "", openssl = "" } = toolProfile(sys).versions;
  const modern = curl.startsWith("8.");
  return {
    modern,
    curl,
    openssl,
    couldNotConnect: modern ? "Could not connect to server" : "Couldn't connect to server",
    page: modern ? "webpage" : "web page",
    about: modern ? FEATURES_8 : FEATURES_7,
    leastTls: modern ? "1.2" : "1.0",
    groups: [...(modern ? ["X25519MLKEM768"] : []), "x25519", "secp256r1", "secp384r1", "secp521r1"],
  };
}
