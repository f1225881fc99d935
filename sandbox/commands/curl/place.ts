// Where a URL's connection goes: --connect-to, --resolve, /etc/hosts, and the addresses tried in turn.

import { errno, isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { resolveHost } from "../../lib/dns.ts";
import { parseAddress } from "../../lib/x509/general-name.ts";
import { type Connecting, type CurlError, fail, timedOut } from "./connecting.ts";
import type { Console } from "./console.ts";
import type { Operation } from "./settings.ts";
import type { CurlUrl } from "./url.ts";

/** Where to go: --connect-to and --resolve, then /etc/hosts. */
export function* openSocket(
  with_: Connecting,
  url: CurlUrl,
  limit: number | undefined,
): Task<{ fd: number; address: string; port: number } | CurlError> {
  const { sys, console, version, operation, started } = with_;
  const path = operation.text.get("unix-socket");
  if (path !== undefined) {
    console.info(`  Trying ${path}:0...`);
    const fd = yield* sys.connect({ family: "unix", path });
    if (!isErrno(fd)) return { fd, address: path, port: 0 };
    console.info(`connect to ${path} port 0 from  port 0 failed: ${fd.text}`);
    return fail(7, `Failed to connect to ${url.host} port ${url.port} after 0 ms: ${version.couldNotConnect}`);
  }
  const { host, port } = redirected(operation, url);
  const found =
    pinned(operation, host, port) ??
    (yield* resolveHost(sys, host)) ??
    (host.toLowerCase() === "localhost" ? { v4: ["127.0.0.1"], v6: ["::1"] } : undefined);
  const family = operation.text.get("family");
  const v6 = family === "ipv4" ? [] : (found?.v6 ?? []);
  const v4 = family === "ipv6" ? [] : (found?.v4 ?? []);
  if (v4.length + v6.length === 0) return fail(6, `Could not resolve host: ${host}`);
  if (version.modern && parseAddress(host) === undefined && pinned(operation, host, port) === undefined) {
    console.info(`Host ${host}:${port} was resolved.`);
    console.info(`IPv6: ${v6.join(", ") || "(none)"}`);
    console.info(`IPv4: ${(family === "ipv6" ? (found?.v4 ?? []) : v4).join(", ") || "(none)"}`);
  }
  const device = operation.text.get("interface");
  if (device !== undefined && device !== "" && !isInterface(sys, device))
    return fail(45, `Couldn't bind to '${device}' with errno 19: No such device`);
  let why = errno("ECONNREFUSED");
  for (const address of [...v6, ...v4]) {
    const shown = address.includes(":") ? `[${address}]` : address;
    console.info(`  Trying ${shown}:${port}...`);
    yield* console.flush();
    const left = limit === undefined ? 300_000 : Math.max(1, limit - sys.now());
    const fd = yield* sys.connect({ family: "tcp", address, port }, { timeout: left });
    if (!isErrno(fd)) return { fd, address, port };
    why = fd;
    if (limit !== undefined && sys.now() >= limit) {
      return fail(
        28,
        version.modern
          ? timedOut(with_).text
          : `Failed to connect to ${host} port ${port} after ${Math.round(sys.now() - started)} ms: Timeout was reached`,
      );
    }
    const from = fd.code === "ECONNREFUSED" ? (address.includes(":") ? "::1" : "127.0.0.1") : "0.0.0.0";
    console.info(
      version.modern
        ? `connect to ${address} port ${port} from ${from} port ${49152 + (port % 16000)} failed: ${fd.text}`
        : `connect to ${address} port ${port} failed: ${fd.text}`,
    );
  }
  const ms = Math.round(sys.now() - started);
  if (why.code === "ETIMEDOUT")
    return fail(28, `Failed to connect to ${host} port ${port} after ${ms} ms: ${version.couldNotConnect}`);
  return fail(7, `Failed to connect to ${host} port ${port} after ${ms} ms: ${version.couldNotConnect}`);
}

/** Whether --interface names a device or an address of the machine. */
function isInterface(sys: Sys, name: string): boolean {
  return sys
    .interfaces()
    .some((each) => each.name === name || each.addresses.some((address) => address.split("/")[0] === name));
}

export function redirected(operation: Operation, url: CurlUrl): { host: string; port: number } {
  const via = /^\[?(.*?)\]?:(\d+)$/.exec(operation.text.get("via") ?? "");
  if (via !== null) return { host: via[1] as string, port: Number(via[2]) };
  for (const entry of operation.connectTo) {
    const [host = "", port = "", toHost = "", toPort = ""] = splitColons(entry);
    if ((host === "" || host === url.host) && (port === "" || Number(port) === url.port)) {
      return { host: toHost || url.host, port: toPort === "" ? url.port : Number(toPort) };
    }
  }
  return url;
}

const splitColons = (text: string) =>
  (text.match(/\[[^\]]*\]|[^:]+|(?<=^|:)(?=:|$)/g) ?? []).map((part) => part.replace(/^\[|\]$/g, ""));

function pinned(operation: Operation, host: string, port: number): { v4: string[]; v6: string[] } | undefined {
  for (const entry of operation.resolve) {
    const match = /^[+-]?(\[[^\]]+\]|[^:]+|\*):(\d+):(.+)$/.exec(entry);
    if (match === null) continue;
    const [, name = "", number, addresses = ""] = match;
    if (Number(number) !== port || (name !== "*" && name.toLowerCase() !== host.toLowerCase())) continue;
    const list = addresses.split(",").map((part) => part.replace(/^\[|\]$/g, ""));
    return { v4: list.filter((each) => !each.includes(":")), v6: list.filter((each) => each.includes(":")) };
  }
  return undefined;
}

/** What -v says of --connect-to and --resolve before anything else. */
export function announcePlace(console: Console, operation: Operation, url: CurlUrl): void {
  for (const entry of operation.resolve) {
    const added = /^[+-]?((?:\[[^\]]+\]|[^:]+):\d+:.+)$/.exec(entry);
    if (added !== null) console.info(`Added ${added[1]} to DNS cache`);
  }
  const { host, port } = redirected(operation, url);
  if (host !== url.host) console.info(`Connecting to hostname: ${host}`);
  if (port !== url.port) console.info(`Connecting to port: ${port}`);
  if (pinned(operation, host, port) !== undefined) console.info(`Hostname ${host} was found in DNS cache`);
}
