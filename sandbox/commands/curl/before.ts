// What is settled before a transfer begins: allowed schemes, logins, proxies, offsets and limits.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import { lookUpHost } from "../../lib/hosts.ts";
import type { CurlError } from "./connecting.ts";
import { netrcLogin } from "./netrc.ts";
import type { Limits, Run } from "./run.ts";
import type { Operation } from "./settings.ts";
import { type CurlUrl, parseUrl } from "./url.ts";

/** What is refused before anything is sent: schemes that --proto leaves out, entries of --resolve that are none, a -D that cannot be opened. */
export function checkBefore({ sys, console, version }: Run, operation: Operation, url: CurlUrl): CurlError | undefined {
  const allowed = allowedSchemes(operation.text.get("proto"));
  if (allowed !== undefined && !allowed.has(url.scheme)) return { code: 1, text: `Protocol "${url.scheme}" disabled` };
  const odd = operation.resolve.find(
    (entry) => !/^[+-]?(\[[^\]]+\]|[^:]+|\*):\d+(:.+)?$/.test(entry) || /^[^-].*:\d+$/.test(entry),
  );
  if (odd !== undefined && version.modern) return { code: 49, text: `Couldn't parse CURLOPT_RESOLVE entry '${odd}'` };
  const dump = operation.text.get("dump-header");
  if (dump === undefined || dump === "-" || !version.modern) return undefined;
  const fd = sys.open(dump, { write: true, create: true, truncate: true });
  if (!isErrno(fd)) {
    sys.close(fd);
    return undefined;
  }
  if (!console.settings.silent) console.put(`curl: Failed to open ${dump}\n`);
  return { code: 23, text: "Failed writing received data to disk/application" };
}

/** --proto: `=https` is only that, `+ftp` and `-http` change what is allowed; undefined: all. */
function allowedSchemes(given: string | undefined): Set<string> | undefined {
  if (given === undefined || given === "") return undefined;
  const all = ["http", "https", "file"];
  let set = new Set(all);
  for (const word of given.split(",")) {
    const [sign, name] = /^[-+=]/.test(word) ? [word[0], word.slice(1)] : ["+", word];
    const named = name === "all" ? all : [name];
    if (sign === "=") set = new Set(named);
    else for (const each of named) sign === "-" ? set.delete(each) : set.add(each);
  }
  return set;
}

/** -n: credentials from ~/.netrc. */
export function prepareLogin(run: Run, operation: Operation, host: string): CurlError | undefined {
  const optional = operation.on.has("netrc-optional");
  if (!operation.on.has("netrc") && !optional && !operation.text.has("netrc-file")) return undefined;
  const login = netrcLogin(run.sys, operation, host);
  if (typeof login === "string" && !operation.text.has("user")) operation.text.set("user", login);
  if (login !== false || optional || !run.version.modern) return undefined;
  return { code: 26, text: ".netrc parser error: no such file" };
}

/** -x: a proxy that has no address; one that has is where the connection goes (`via`). */
export function checkProxy(run: Run, operation: Operation, url: CurlUrl): CurlError | undefined {
  operation.text.delete("via");
  const proxy = proxyFor(run, operation, url);
  if (proxy === undefined || proxy === "") return undefined;
  const place = parseUrl(proxy, run.version.modern);
  if ("code" in place) return { code: 5, text: `Unsupported proxy syntax in '${proxy}': ${place.text}` };
  if (lookUpHost(run.sys, place.host) === undefined) return { code: 5, text: `Could not resolve proxy: ${place.host}` };
  const port = /:\d+\/?$/.test(proxy) ? place.port : 1080;
  operation.text.set("via", `${place.host.includes(":") ? `[${place.host}]` : place.host}:${port}`);
  return undefined;
}

/** -x, or what the environment says, unless the host is to be asked without. */
function proxyFor({ sys }: Run, operation: Operation, url: CurlUrl): string | undefined {
  const env = (name: string) => sys.env[name] || sys.env[name.toUpperCase()];
  const spared = operation.text.get("noproxy") ?? env("no_proxy") ?? "";
  const fits = (word: string) => word === "*" || url.host === word || url.host.endsWith(`.${word.replace(/^\./, "")}`);
  if (spared.split(/[, ]+/).some((word) => word !== "" && fits(word))) return undefined;
  const given = operation.text.get("proxy");
  if (given !== undefined) return given;
  // HTTP_PROXY in capitals could come from a request's header, so it does not count.
  return (url.scheme === "http" ? sys.env.http_proxy : env("https_proxy")) || env("all_proxy");
}

export function slowness(operation: Operation): Limits["slow"] {
  const [time, speed] = [operation.text.get("speed-time"), operation.text.get("speed-limit")];
  if (time === undefined && speed === undefined) return undefined;
  const seconds = Number(time ?? 30);
  return {
    ms: seconds * 1000,
    text: `Operation too slow. Less than ${speed ?? 1} bytes/sec transferred the last ${seconds} seconds`,
  };
}

/** -C: an offset, or `-` for the size of the file. */
export function resumeOffset(sys: Sys, operation: Operation, output: string | undefined): number {
  const given = operation.text.get("continue-at");
  if (given !== "-") return Number(given ?? 0);
  const stat = output === undefined || output === "" ? undefined : sys.stat(output);
  return stat === undefined || isErrno(stat) ? 0 : stat.size;
}
