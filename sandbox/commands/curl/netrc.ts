// ~/.netrc: credentials by host.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import type { Operation } from "./settings.ts";

/** `user:password` for a host; undefined for none, false where the file is missing. */
export function netrcLogin(sys: Sys, operation: Operation, host: string): string | undefined | false {
  const file = operation.text.get("netrc-file") ?? `${sys.env.HOME ?? ""}/.netrc`;
  const bytes = sys.readFile(file);
  if (isErrno(bytes)) return false;
  const words = decode(bytes).split(/\s+/);
  let here = false;
  let login: string | undefined;
  let password = "";
  for (let i = 0; i < words.length; i++) {
    if (words[i] === "machine") {
      if (here && login !== undefined) break;
      here = words[i + 1] === host;
    } else if (words[i] === "default") here = true;
    else if (here && words[i] === "login") login = words[i + 1];
    else if (here && words[i] === "password") password = words[i + 1] ?? "";
  }
  return login === undefined ? undefined : `${login}:${password}`;
}
