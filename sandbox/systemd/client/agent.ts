// The password question of polkit's text agent (pkttyagent), as systemctl starts it on a terminal.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { decode } from "../../kernel/text.ts";
import { readGroups } from "../../lib/users.ts";
import type { Credentials, Refusal } from "../protocol.ts";
import type { Output } from "./output.ts";

/** Asks for an administrator's password; undefined where there is no agent or nobody to name. */
export function* askPassword(sys: Sys, out: Output, refusal: Refusal): Task<Credentials | undefined> {
  yield* out.flush();
  const user = readGroups(sys).find((group) => group.name === "sudo")?.members[0];
  if (user === undefined) return undefined;
  const banner = `\x1b[1;31m==== AUTHENTICATING FOR ${refusal.action ?? ""} ====\n\x1b[0m`;
  yield* sys.write(1, `${banner}${refusal.question ?? ""}\nAuthenticating as: ${user}\nPassword: `);
  const password = yield* readSecret(sys);
  yield* sys.write(1, "\n");
  return { user, password };
}

/** A line from the terminal without echo. */
export function* readSecret(sys: Sys): Task<string> {
  const modes = sys.tcgetattr(0);
  sys.tcsetattr(0, { echo: false });
  const bytes = yield* sys.read(0);
  if (!isErrno(modes)) sys.tcsetattr(0, { echo: modes.echo });
  return isErrno(bytes) ? "" : decode(bytes).replace(/\n$/, "");
}
