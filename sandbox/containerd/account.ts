// What a program in a pod finds of its ServiceAccount.

import { isErrno } from "../kernel/errno.ts";
import type { Sys } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";

/** Folder with token, ca.crt and namespace. */
export const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

export function readText(sys: Sys, path: string): string | undefined {
  const data = sys.readFile(path);
  return isErrno(data) ? undefined : decode(data);
}
