// -w: what is known of a transfer, by the names people use in its format.

/** Facts of one finished transfer. */
export interface Facts {
  readonly status: number;
  readonly code: number;
  readonly error: string;
  readonly contentType: string | undefined;
  readonly url: string;
  readonly effective: string;
  readonly scheme: string;
  readonly method: string;
  readonly httpVersion: string;
  readonly remote: { readonly address: string; readonly port: number };
  readonly local: { readonly address: string; readonly port: number };
  readonly headerBytes: number;
  readonly requestBytes: number;
  readonly received: number;
  readonly sent: number;
  readonly redirects: number;
  readonly redirectUrl: string;
  readonly connects: number;
  readonly verifyCode: number;
  readonly certificates: number;
  readonly filename: string;
  readonly number: number;
  readonly referer: string;
  readonly headers: readonly (readonly [string, string])[];
  /** Version of curl. */
  readonly curl: string;
  /** Seconds. */
  readonly total: number;
}

const seconds = (value: number) => value.toFixed(6);

/** Time taken so far, as a share of a local transfer; a failed step has 0. */
function times(facts: Facts): Record<string, string> {
  const base = facts.total > 0 ? facts.total : facts.status > 0 ? 0.011 + (facts.received % 97) / 10_000 : 0.0004;
  const reached = facts.remote.port > 0;
  const part = (share: number, known = true) => seconds(known ? base * share : 0);
  const tls = facts.scheme === "https" && facts.status > 0;
  return {
    time_namelookup: part(0.03),
    time_connect: part(0.05, reached),
    time_appconnect: part(0.7, tls),
    time_pretransfer: part(0.72, facts.status > 0),
    time_posttransfer: part(0.75, facts.status > 0),
    time_starttransfer: part(0.95, facts.status > 0),
    time_redirect: part(0.4, facts.redirects > 0),
    time_queue: "0.000040",
    time_total: part(1),
  };
}

function variables(facts: Facts): Record<string, string> {
  const speed = (bytes: number) => String(Math.floor(bytes / (facts.total > 0 ? facts.total : 0.011)));
  return {
    ...times(facts),
    http_code: String(facts.status).padStart(3, "0"),
    response_code: String(facts.status).padStart(3, "0"),
    http_connect: "000",
    http_version: facts.httpVersion,
    content_type: facts.contentType ?? "",
    errormsg: facts.error,
    exitcode: String(facts.code),
    filename_effective: facts.filename,
    ftp_entry_path: "",
    local_ip: facts.local.address,
    local_port: String(facts.local.port),
    remote_ip: facts.remote.address,
    remote_port: String(facts.remote.port),
    method: facts.method,
    num_connects: String(facts.connects),
    num_headers: String(facts.headers.length),
    num_redirects: String(facts.redirects),
    num_retries: "0",
    num_certs: String(facts.certificates),
    proxy_ssl_verify_result: "0",
    proxy_used: "0",
    redirect_url: facts.redirectUrl,
    referer: facts.referer,
    scheme: facts.scheme,
    size_download: String(facts.received),
    size_header: String(facts.headerBytes),
    size_request: String(facts.requestBytes),
    size_upload: String(facts.sent),
    speed_download: speed(facts.received),
    speed_upload: speed(facts.sent),
    ssl_verify_result: String(facts.verifyCode),
    tls_earlydata: "0",
    url: facts.url,
    url_effective: facts.effective,
    urlnum: String(facts.number),
    conn_id: "0",
    xfer_id: String(facts.number),
    certs: "",
    ...urlParts(facts),
  };
}

const URL_PARTS = "scheme user password options host port path query fragment zoneid".split(" ");

/** `%{url.host}` and its like: of the URL given, or with `urle` of the one in effect. */
function urlParts(facts: Facts): Record<string, string> {
  const list: Record<string, string> = {};
  for (const [prefix, text] of [
    ["url", facts.url],
    ["urle", facts.effective],
  ] as const) {
    const whole = /:\/\//.test(text) ? text : `http://${text}`;
    const match =
      /^([a-z]+):\/\/(?:([^@/:]*)(?::([^@/]*))?@)?(\[[^\]]*\]|[^:/?#]*)(?::(\d+))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/i.exec(
        whole,
      ) ?? [];
    const [, scheme = "", user = "", password = "", host = "", port = "", path = "", query = "", fragment = ""] = match;
    const usual = { http: "80", https: "443", ftp: "21" }[scheme.toLowerCase()] ?? "";
    const values = [scheme.toLowerCase(), user, password, "", host, port || usual, path || "/", query, fragment, ""];
    for (const [at, name] of URL_PARTS.entries()) list[`${prefix}.${name}`] = values[at] as string;
  }
  return list;
}

/** A piece of output and where it goes. */
export interface Piece {
  /** A file where it is neither `stdout` nor `stderr`; `>>` in front appends to it. */
  readonly to: string;
  readonly text: string;
}

/** Expands a format; unknown names are reported and leave nothing. */
export function formatWriteOut(format: string, facts: Facts): Piece[] {
  const known = variables(facts);
  const pieces: Piece[] = [];
  let to: Piece["to"] = "stdout";
  const put = (text: string) => pieces.push({ to, text });
  for (let i = 0; i < format.length; ) {
    const rest = format.slice(i);
    const name = /^%\{([^}]*)\}/.exec(rest);
    const file = /^%output\{([^}]*)\}/.exec(rest);
    const header = /^%header\{([^}]*)\}/.exec(rest);
    if (rest.startsWith("%%")) {
      put("%");
      i += 2;
    } else if (file !== null) {
      to = file[1] ?? "";
      i += file[0].length;
    } else if (header !== null) {
      put(facts.headers.find(([key]) => key.toLowerCase() === header[1]?.toLowerCase())?.[1] ?? "");
      i += header[0].length;
    } else if (name !== null) {
      const [whole, variable = ""] = name;
      i += whole.length;
      if (variable === "stdout" || variable === "stderr") to = variable;
      else if (variable === "onerror") {
        if (facts.code === 0) break;
      } else if (variable === "json") put(json(known, facts));
      else if (variable === "header_json") put(headerJson(facts));
      else if (Object.hasOwn(known, variable)) put(known[variable] as string);
      else pieces.push({ to: "stderr", text: `curl: unknown --write-out variable: '${variable}'\n` });
    } else if (rest.startsWith("\\")) {
      const letter = rest[1] ?? "";
      put({ n: "\n", r: "\r", t: "\t" }[letter] ?? `\\${letter}`);
      i += 2;
    } else {
      const plain = /^[^%\\]+|^./s.exec(rest)?.[0] ?? "";
      put(plain);
      i += plain.length;
    }
  }
  return pieces;
}

const TEXTUAL = new Set(
  "content_type errormsg filename_effective ftp_entry_path local_ip remote_ip method redirect_url referer scheme url url_effective certs".split(
    " ",
  ),
);

function json(known: Record<string, string>, facts: Facts): string {
  const value = (name: string, text: string) => {
    if (name === "http_version") return JSON.stringify(text);
    if (name.includes(".")) return text === "" ? "null" : JSON.stringify(text);
    if (!TEXTUAL.has(name)) return String(Number(text));
    return text === "" && name !== "certs" ? "null" : JSON.stringify(text);
  };
  const names = Object.keys(known)
    .filter((name) => name !== "exitcode")
    .sort();
  names.splice(
    names.findIndex((name) => name > "exitcode"),
    0,
    "exitcode",
  );
  const pairs = names.map((name) => `"${name}":${value(name, known[name] as string)}`);
  return `{${pairs.join(",")},"curl_version":"libcurl/${facts.curl}"}`;
}

function headerJson(facts: Facts): string {
  const grouped = new Map<string, string[]>();
  for (const [name, value] of facts.headers)
    grouped.set(name.toLowerCase(), [...(grouped.get(name.toLowerCase()) ?? []), value]);
  const lines = [...grouped].map(([name, values]) => `"${name}":${JSON.stringify(values)}`);
  return `{${lines.join(",\n")}\n}`;
}
