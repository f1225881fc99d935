// TCP to where -connect, -host and -port say, with the error lines of each address that fails.

import { errno, isErrno } from "../../../kernel/errno.ts";
import type { Task } from "../../../kernel/sys.ts";
import { resolveHost } from "../../../lib/dns.ts";
import type { Tool } from "../tool.ts";

/** TCP to -connect, with the error lines of each address that fails. */
export function* connect(tool: Tool): Task<{ fd: number; host: string } | undefined> {
  const { sys } = tool;
  const target =
    tool.value("connect") ?? tool.operands[0] ?? `${tool.value("host") ?? "localhost"}:${tool.value("port") ?? 4433}`;
  const match = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(target);
  const host = (match?.[1] ?? "localhost").replace(/^\[|\]$/g, "") || "localhost";
  const port = Number({ https: 443, http: 80 }[match?.[2] ?? ""] ?? match?.[2] ?? 4433);
  const found =
    (yield* resolveHost(sys, host)) ?? (host === "localhost" ? { v4: ["127.0.0.1"], v6: ["::1"] } : undefined);
  if (found === undefined || Number.isNaN(port)) {
    tool.queue(
      "10080002",
      "BIO_lookup_ex",
      "system lib",
      tool.modern ? "../crypto/bio/bio_addr.c:767" : "../crypto/bio/bio_addr.c:746",
      found === undefined ? "Temporary failure in name resolution" : "Servname not supported for ai_socktype",
    );
    tool.error(`connect:errno=${found === undefined ? 11 : 0}`);
    return undefined;
  }
  let why = errno("ECONNREFUSED");
  for (const address of [...found.v4, ...found.v6]) {
    const fd = yield* sys.connect({ family: "tcp", address, port });
    if (!isErrno(fd)) {
      if (tool.modern) tool.error(`Connecting to ${address}`);
      return { fd, host };
    }
    why = fd;
    const number =
      { ECONNREFUSED: "6F", ETIMEDOUT: "6E", EHOSTUNREACH: "71", ENETUNREACH: "65" }[fd.code as string] ?? "05";
    tool.queue(
      `800000${number}`,
      "BIO_connect",
      fd.text,
      `../crypto/bio/bio_sock2.c:${tool.modern ? 183 : 127}`,
      "calling connect()",
    );
    tool.queue("10000067", "BIO_connect", "connect error", `../crypto/bio/bio_sock2.c:${tool.modern ? 185 : 129}`);
  }
  tool.error(
    `connect:errno=${{ ECONNREFUSED: 111, ETIMEDOUT: 110, EHOSTUNREACH: 113, ENETUNREACH: 101 }[why.code as string] ?? 5}`,
  );
  return undefined;
}
