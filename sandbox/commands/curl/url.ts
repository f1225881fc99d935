// URLs as curl takes them apart, and its globs: {a,b} and [1-9].

export interface CurlUrl {
  readonly scheme: string;
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  /** Path and query, as sent. */
  readonly target: string;
  /** The whole again, normalised, as %{url_effective} and verbose lines show it. */
  readonly text: string;
}

/** curl's exit status and text where an URL cannot be used. */
interface UrlProblem {
  readonly code: number;
  readonly text: string;
}

const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

const OTHER_SCHEMES = new Set(
  "dict ftp ftps gopher gophers imap imaps ldap ldaps mqtt pop3 pop3s rtmp rtsp scp sftp smb smbs smtp smtps telnet tftp ws wss".split(
    " ",
  ),
);

export function parseUrl(given: string, modern: boolean, base?: CurlUrl): CurlUrl | UrlProblem {
  const reject = (why: string): UrlProblem => ({
    code: 3,
    text: modern ? `URL rejected: ${why}` : "URL using bad/illegal format or missing URL",
  });
  if (/[\x00-\x20\x7f]/.test(given)) return reject("Malformed input to a URL function");
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):\/{1,3}/.exec(given);
  let scheme = match?.[1]?.toLowerCase();
  if (scheme === "file") {
    const [, host = "", path = "/"] = /^file:(?:\/\/([^/]*))?(\/.*)?$/is.exec(given) ?? [];
    if (!/^(?:localhost|127\.0\.0\.1|)$/i.test(host)) return reject("Bad file:// URL");
    return { scheme, host: "", port: 0, user: undefined, target: removeDots(path.replace(/#.*$/s, "")), text: given };
  }
  if (scheme === undefined && base !== undefined) return resolveAgainst(given, base, modern);
  const rest = given.slice(match?.[0].length ?? 0);
  const end = rest.search(/[/?#]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  let tail = (end < 0 ? "" : rest.slice(end)).replace(/#.*$/s, "");
  if (!tail.startsWith("/")) tail = `/${tail}`;
  scheme ??= /^ftp\./i.test(authority) ? "ftp" : "http";
  if (!(scheme in PORTS)) {
    if (scheme === "scp" || scheme === "sftp") return { code: 2, text: "Failed initialization" };
    if (OTHER_SCHEMES.has(scheme)) return { code: 1, text: `${scheme}: this protocol is not modelled in this sandbox` };
    return { code: 1, text: `Protocol "${scheme}" not supported${modern ? "" : " or disabled in libcurl"}` };
  }
  const at = authority.lastIndexOf("@");
  const place = authority.slice(at + 1);
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(place);
  if (parts === null) return reject("Port number was not a decimal number between 0 and 65535");
  const [, host = "", portText = ""] = parts;
  if (host === "") return reject("No host part in the URL");
  if (host.startsWith("[") && !/^\[[0-9a-fA-F:.%]+\]$/.test(host)) return reject("Bad IPv6 address");
  if (/[<>"{}|\\^`*()[\]]/.test(host.replace(/^\[.*\]$/, ""))) return reject("Bad hostname");
  const port = portText === "" ? (PORTS[scheme] as number) : Number(portText);
  if (!/^\d*$/.test(portText) || port > 65535)
    return reject("Port number was not a decimal number between 0 and 65535");
  const target = removeDots(tail).replace(modern ? /\?$/ : "", "");
  const shown = portText === "" || port === PORTS[scheme] ? host : `${host}:${port}`;
  const bare = numericAddress(host) ?? host.replace(/^\[|\]$/g, "");
  return {
    scheme,
    host: bare,
    port,
    user: at < 0 ? undefined : authority.slice(0, at),
    target,
    text: `${scheme}://${shown}${target}`,
  };
}

/** inet_aton's short and other forms: 127.1, 0x7f000001, 017700000001. */
function numericAddress(host: string): string | undefined {
  const parts = host.split(".");
  if (parts.length > 4 || !parts.every((part) => /^(0x[\da-f]+|0[0-7]*|[1-9]\d*)$/i.test(part))) return undefined;
  const values = parts.map((part) => (/^0[0-7]+$/.test(part) ? Number.parseInt(part, 8) : Number(part)));
  const last = values.pop() as number;
  if (values.some((value) => value > 255) || last >= 256 ** (4 - values.length)) return undefined;
  const whole = values.reduce((sum, value, at) => sum + value * 256 ** (3 - at), last);
  return [24, 16, 8, 0].map((shift) => Math.floor(whole / 2 ** shift) % 256).join(".");
}

function resolveAgainst(given: string, base: CurlUrl, modern: boolean): CurlUrl | UrlProblem {
  const origin = base.text.slice(0, base.text.length - base.target.length);
  if (given.startsWith("//")) return parseUrl(`${base.scheme}:${given}`, modern);
  if (given.startsWith("/")) return parseUrl(origin + given, modern);
  const path = base.target.replace(/[?#].*$/s, "");
  return parseUrl(origin + (given.startsWith("?") ? path : path.replace(/[^/]*$/, "")) + given, modern);
}

function removeDots(tail: string): string {
  const [, path = "", query = ""] = /^([^?]*)(.*)$/s.exec(tail) ?? [];
  if (!/(^|\/)\.\.?(\/|$)/.test(path)) return tail;
  const kept: string[] = [];
  const parts = path.split("/").slice(1);
  for (const [i, part] of parts.entries()) {
    const last = i === parts.length - 1;
    if (part === "..") kept.pop();
    if (part === "." || part === "..") {
      if (last) kept.push("");
    } else kept.push(part);
  }
  return `/${kept.join("/")}${query}`;
}

/** All URLs a pattern stands for, with the words that `#1` in -o stands for. */
export function expandGlob(pattern: string, modern: boolean): { url: string; words: readonly string[] }[] | UrlProblem {
  let all: { url: string; words: readonly string[] }[] = [{ url: "", words: [] }];
  const add = (choices: readonly string[], named: boolean) => {
    all = all.flatMap(({ url, words }) =>
      choices.map((choice) => ({ url: url + choice, words: named ? [...words, choice] : words })),
    );
  };
  const bad = (what: string, at: number): UrlProblem => ({
    code: 3,
    text: `${what} in URL position ${at}:\n${pattern}\n${" ".repeat(at - 1)}^`,
  });
  for (let i = 0; i < pattern.length; ) {
    const letter = pattern[i] as string;
    if (letter === "{") {
      const end = pattern.indexOf("}", i);
      if (end < 0) return bad("unmatched brace", i + 1);
      if (end === i + 1) return bad("empty string within braces", i + 2);
      add(pattern.slice(i + 1, end).split(","), true);
      i = end + 1;
    } else if (letter === "}" || letter === "]") {
      return bad("unmatched close brace/bracket", i + 1);
    } else if (letter === "[") {
      const end = pattern.indexOf("]", i);
      const body = end < 0 ? "" : pattern.slice(i + 1, end);
      // An IPv6 address in brackets, or an empty pair, is not a range.
      if (/^[0-9a-fA-F:.%]*:[0-9a-fA-F:.%]*$/.test(body) && pattern.slice(0, i).endsWith("://")) {
        add([pattern.slice(i, end + 1)], false);
        i = end + 1;
        continue;
      }
      const choices = rangeOf(body);
      if (choices === undefined) {
        if (modern && !/^[a-z\d]/i.test(pattern.slice(i + 1))) return bad("bad range specification", i + 2);
        return bad(
          end < 0 || modern ? "bad range" : "bad range specification",
          modern && end < 0 ? pattern.length + 1 : i + 2,
        );
      }
      add(choices, true);
      i = end + 1;
    } else {
      add([letter === "\\" && "{}[]".includes(pattern[i + 1] ?? " ") ? (pattern[++i] as string) : letter], false);
      i += 1;
    }
  }
  return all;
}

function rangeOf(body: string): string[] | undefined {
  const letters = /^([a-zA-Z])-([a-zA-Z])(?::(\d+))?$/.exec(body);
  const numbers = /^(\d+)-(\d+)(?::(\d+))?$/.exec(body);
  const match = letters ?? numbers;
  if (match === null) return undefined;
  const [, first = "", last = "", by = "1"] = match;
  const value = (text: string) => (letters ? text.charCodeAt(0) : Number(text));
  const step = Number(by);
  if (step === 0 || value(last) < value(first) || (value(last) - value(first)) / step > 10_000) return undefined;
  const list: string[] = [];
  for (let at = value(first); at <= value(last); at += step)
    list.push(letters ? String.fromCharCode(at) : String(at).padStart(first.startsWith("0") ? first.length : 1, "0"));
  return list;
}
