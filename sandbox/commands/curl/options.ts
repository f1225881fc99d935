// curl's command line: every option it knows, how arguments are taken, and its complaints.

/** Kind of argument: flag (with --no-NAME), plain switch, text, file name. */
type Kind = "b" | "n" | "s" | "f";

export interface OptionSpec {
  readonly name: string;
  readonly kind: Kind;
}

const FLAGS =
  "anyauth a:append basic ca-native cert-status compressed compressed-ssh create-dirs crlf digest disable-eprt disable-epsv disallow-username-in-url doh-cert-status doh-insecure eprt epsv f:fail fail-early fail-with-body false-start form-escape ftp-create-dirs ftp-pasv ftp-pret ftp-skip-pasv-ip ftp-ssl ftp-ssl-ccc ftp-ssl-control ftp-ssl-reqd G:get g:globoff haproxy-protocol I:head http0.9 ignore-content-length i:include k:insecure j:junk-session-cookies keepalive l:list-only L:location location-trusted metalink negotiate n:netrc netrc-optional npn alpn ntlm ntlm-wb Z:parallel parallel-immediate path-as-is post301 post302 post303 progress-meter proxy-anyauth proxy-basic proxy-ca-native proxy-digest proxy-http2 proxy-insecure proxy-negotiate proxy-ntlm proxy-ssl-allow-beast proxy-ssl-auto-client-cert p:proxytunnel raw J:remote-header-name O:remote-name remote-name-all R:remote-time remove-on-error retry-all-errors retry-connrefused sasl-ir sessionid S:show-error i:show-headers s:silent skip-existing socks5-basic socks5-gssapi socks5-gssapi-nec ssl ssl-allow-beast ssl-auto-client-cert ssl-no-revoke ssl-reqd ssl-revoke-best-effort styled-output suppress-connect-headers tcp-fastopen tcp-nodelay tftp-no-options tls-earlydata tr-encoding trace-ids trace-time v:verbose mptcp q:disable N:buffer clobber #:progress-bar xattr";
const SWITCHES =
  "0:http1.0 http1.1 http2 http2-prior-knowledge http3 http3-only 4:ipv4 6:ipv6 M:manual ::next 2:sslv2 3:sslv3 1:tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 B:use-ascii V:version dump-ca-embed proxy-tlsv1 out-null";
const TEXTS =
  "alt-svc aws-sigv4 cert-type ciphers connect-timeout connect-to C:continue-at b:cookie create-file-mode curves d:data data-ascii data-binary data-raw data-urlencode delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url ech engine expect100-timeout F:form form-string P:ftp-port ftp-account ftp-alternative-to-user ftp-method ftp-ssl-ccc-mode happy-eyeballs-timeout-ms haproxy-clientip H:header h:help hostpubmd5 hostpubsha256 interface ip-tos ipfs-gateway json keepalive-cnt keepalive-time key-type krb libcurl limit-rate local-port login-options mail-auth mail-from mail-rcpt max-filesize max-redirs m:max-time noproxy oauth2-bearer parallel-max pass pinnedpubkey preproxy proto proto-default proto-redir x:proxy proxy1.0 proxy-cert-type proxy-ciphers proxy-header proxy-key-type proxy-pass proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser U:proxy-user Q:quote r:range rate e:referer X:request request-target resolve retry retry-delay retry-max-time sasl-authzid service-name sigalgs socks4 socks4a socks5 socks5-gssapi-service socks5-hostname Y:speed-limit y:speed-time t:telnet-option tftp-blksize z:time-cond tls-max tls13-ciphers tlsauthtype tlspassword tlsuser upload-flags url url-query u:user A:user-agent variable vlan-priority w:write-out";
const FILES =
  "abstract-unix-socket cacert capath E:cert K:config c:cookie-jar crlfile D:dump-header egd-file etag-compare etag-save hsts key netrc-file o:output output-dir proxy-cacert proxy-capath proxy-cert proxy-crlfile proxy-key pubkey random-file ssl-sessions stderr trace trace-ascii trace-config unix-socket T:upload-file";

const BY_NAME = new Map<string, OptionSpec>();
const BY_LETTER = new Map<string, OptionSpec>();
for (const [kind, list] of [
  ["b", FLAGS],
  ["n", SWITCHES],
  ["s", TEXTS],
  ["f", FILES],
] as const) {
  for (const word of list.split(" ")) {
    const letter = word.charAt(1) === ":" ? word.charAt(0) : undefined;
    const spec = { name: letter === undefined ? word : word.slice(2), kind };
    BY_NAME.set(spec.name, spec);
    if (letter !== undefined) BY_LETTER.set(letter, spec);
  }
}

/** One thing said on the command line, in order. */
export type Word =
  | {
      readonly kind: "option";
      readonly name: string;
      readonly on: boolean;
      readonly value: string;
      readonly given: string;
    }
  | { readonly kind: "url"; readonly value: string };

/** Why a command line was refused; `given` is the word in question. */
export interface Refusal {
  readonly given: string;
  readonly reason: string;
  readonly status: number;
}

export interface Words {
  readonly words: readonly Word[];
  readonly warnings: readonly string[];
  /** Found after `words`. */
  readonly refusal?: Refusal;
}

function lookLong(name: string, prefixes: boolean): OptionSpec | "ambiguous" | undefined {
  const exact = BY_NAME.get(name);
  if (exact !== undefined || !prefixes) return exact;
  const found = [...BY_NAME.values()].filter((spec) => spec.name.startsWith(name));
  return found.length > 1 ? "ambiguous" : found[0];
}

/** Splits the command line as getparameter does. Before 8.x long options could be cut short. */
export function parseWords(args: readonly string[], modern: boolean): Words {
  const words: Word[] = [];
  const warnings: string[] = [];
  const refuse = (given: string, reason: string, status = 2): Words => ({
    words,
    warnings,
    refusal: { given, reason, status },
  });
  let plain = false;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (plain || !arg.startsWith("-") || (arg === "-" && !modern)) {
      if (arg === "" && modern) return refuse("", "blank argument where content is expected");
      words.push({ kind: "url", value: arg });
      continue;
    }
    if (arg === "--") {
      plain = true;
      continue;
    }
    if (arg.startsWith("--")) {
      const off = arg.startsWith("--no-");
      const spec = lookLong(arg.slice(off ? 5 : 2), !modern);
      if (spec === "ambiguous") return refuse(arg, "is ambiguous");
      if (spec === undefined) return refuse(arg, "is unknown");
      if (off && spec.kind !== "b")
        return refuse(
          arg,
          modern
            ? "the given option cannot be reversed with a --no- prefix"
            : "used '--no-' for option that isn't a boolean",
        );
      let value = "";
      if (spec.kind === "s" || spec.kind === "f") {
        const next = args[i + 1];
        if (next === undefined && spec.name !== "help") return refuse(arg, "requires parameter");
        value = next ?? "";
        i += 1;
        warnAboutValue(spec, value, modern, warnings);
      }
      words.push({ kind: "option", name: spec.name, on: !off, value, given: arg });
      continue;
    }
    for (let at = 1; at < arg.length || at === 1; ) {
      const letter = String.fromCodePoint(arg.codePointAt(at) ?? 0);
      const spec = at < arg.length ? BY_LETTER.get(letter) : undefined;
      if (spec === undefined) return refuse(arg, "is unknown");
      at += 1;
      let value = "";
      if (spec.kind === "s" || spec.kind === "f") {
        value = arg.slice(at);
        at = arg.length;
        if (value === "" && spec.name !== "help") {
          if (args[i + 1] === undefined) return refuse(arg, "requires parameter");
          value = args[i + 1] as string;
          i += 1;
        } else if (value === "" && args[i + 1] !== undefined) {
          value = args[i + 1] as string;
          i += 1;
        }
        warnAboutValue(spec, value, modern, warnings);
      }
      words.push({ kind: "option", name: spec.name, on: spec.name !== "buffer", value, given: arg });
    }
  }
  return { words, warnings };
}

function warnAboutValue(spec: OptionSpec, value: string, modern: boolean, warnings: string[]): void {
  if (spec.kind === "f" && value.startsWith("-") && value.length > 1) {
    warnings.push(`The ${modern ? "filename" : "file name"} argument '${value}' looks like a flag.`);
  } else if (value.startsWith("\u201c")) {
    warnings.push(`The argument '${value}' starts with a Unicode quote where maybe an ASCII " was intended?`);
  }
}
