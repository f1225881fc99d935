// Why a unit cannot be used although each of its lines was fine (service_verify and its like of PID 1).

import type { ExecKind, Setting } from "./definition.ts";
import type { ExecCommand } from "./exec-command.ts";
import { parseBoolean } from "./values.ts";

/** What was read of a unit. */
interface Read {
  readonly commands: { readonly [Kind in ExecKind]: readonly ExecCommand[] };
  readonly settings: Readonly<Record<string, readonly Setting[]>>;
}

/** Why a service cannot be used although each line was fine (service_verify of PID 1). */
export function serviceProblem(draft: Read): string | undefined {
  const one = (key: string) => draft.settings[`Service.${key}`]?.at(-1)?.value;
  const start = draft.commands.ExecStart;
  const type = one("Type") ?? (one("BusName") !== undefined ? "dbus" : start.length === 0 ? "oneshot" : "simple");
  const action = draft.settings["Unit.SuccessAction"] !== undefined;
  if (start.length === 0 && draft.commands.ExecStop.length === 0 && !action) {
    return "Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing.";
  }
  if (type !== "oneshot" && start.length === 0) {
    return "Service has no ExecStart= setting, which is only allowed for Type=oneshot services. Refusing.";
  }
  if (start.length === 0 && parseBoolean(one("RemainAfterExit") ?? "no") !== true && !action) {
    return "Service has no ExecStart= and no SuccessAction= settings and does not have RemainAfterExit=yes set. Refusing.";
  }
  if (type !== "oneshot" && start.length > 1) {
    return "Service has more than one ExecStart= setting, which is only allowed for Type=oneshot services. Refusing.";
  }
  if (type === "oneshot" && ["always", "on-success"].includes(one("Restart") ?? "no")) {
    return "Service has Restart= set to either always or on-success, which isn't allowed for Type=oneshot services. Refusing.";
  }
  if (type === "dbus" && one("BusName") === undefined) {
    return "Service is of type D-Bus but no D-Bus service name has been specified. Refusing.";
  }
  return undefined;
}

/** Why a timer or socket cannot be used: nothing would ever set it off. */
export function triggerProblem(draft: Read, type: string): string | undefined {
  const has = (pattern: RegExp) => Object.keys(draft.settings).some((key) => pattern.test(key));
  if (type === "timer" && !has(/^Timer\.On/)) return "Timer unit lacks value setting. Refusing.";
  if (type === "socket" && !has(/^Socket\.Listen/))
    return "Unit has no Listen setting (ListenStream=, ListenDatagram=, ListenFIFO=, ...). Refusing.";
  return undefined;
}
