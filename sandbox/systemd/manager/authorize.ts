// Who may ask PID 1 for what: root anything, others what polkit would let them after a password.

import { checkPassword } from "../../lib/password.ts";
import { viewOf } from "../file-view.ts";
import type { Refusal, Request } from "../protocol.ts";
import { findFragment } from "../unit-paths.ts";
import type { Manager } from "./state.ts";

/** The polkit action of a call and its question; undefined for what everybody may ask. */
function actionOf(request: Request): { action: string; question: string } | undefined {
  const units = "org.freedesktop.systemd1.manage-units";
  switch (request.call) {
    case "job": {
      const verb = request.verb.includes("restart")
        ? "restart"
        : request.verb.includes("reload")
          ? "reload"
          : request.verb;
      return { action: units, question: `Authentication is required to ${verb} '${request.unit}'.` };
    }
    case "isolate":
      return { action: units, question: `Authentication is required to start '${request.unit}'.` };
    case "transient":
      return {
        action: units,
        question: `Authentication is required to start transient unit '${request.files[0]?.unit ?? ""}'.`,
      };
    case "kill":
      return {
        action: units,
        question: `Authentication is required to send a UNIX signal to the processes of '${request.unit}'.`,
      };
    case "reset-failed":
      return {
        action: units,
        question: `Authentication is required to reset the "failed" state of '${request.unit ?? ""}'.`,
      };
    case "set-property":
      return { action: units, question: `Authentication is required to set properties on '${request.unit}'.` };
    case "unit-files":
    case "set-default":
      return {
        action: "org.freedesktop.systemd1.manage-unit-files",
        question: "Authentication is required to manage system service or unit files.",
      };
    case "reload":
    case "reexec":
      return {
        action: "org.freedesktop.systemd1.reload-daemon",
        question: "Authentication is required to reload the systemd state.",
      };
    case "set-environment":
    case "unset-environment":
      return {
        action: "org.freedesktop.systemd1.set-environment",
        question: "Authentication is required to set or unset system and service manager environment variables.",
      };
    case "power":
      return {
        action: "org.freedesktop.login1.reboot",
        question: "Authentication is required for rebooting the system.",
      };
    case "hostname":
      return {
        action: "org.freedesktop.hostname1.set-static-hostname",
        question:
          "Authentication is required to set the statically configured local hostname, as well as the pretty hostname.",
      };
    default:
      return undefined;
  }
}

/** The user whose password counts: a member of group sudo. */
export function administratorOf(manager: Manager): string | undefined {
  const view = viewOf(manager.sys);
  const row = (view.read("/etc/group") ?? "").split("\n").find((line) => line.startsWith("sudo:"));
  return row
    ?.split(":")[3]
    ?.split(",")
    .find((name) => name !== "");
}

/** Why one who is not root may not; undefined where it may. */
export function refuseCaller(manager: Manager, request: Request): Refusal | undefined {
  const wanted = actionOf(request);
  if (wanted === undefined) return undefined;
  const polkit = findFragment(viewOf(manager.sys), "polkit.service");
  if (polkit === undefined) return { error: "AccessDenied", message: "Access denied" };
  if (polkit.masked) return { error: "UnitMasked", message: "Unit polkit.service is masked." };
  const { authorize } = request;
  if (authorize === undefined) {
    return { error: "InteractiveAuthorizationRequired", message: "Interactive authentication required.", ...wanted };
  }
  const good =
    authorize.user === administratorOf(manager) && checkPassword(manager.sys, authorize.user, authorize.password);
  return good ? undefined : { error: "AccessDenied", message: "Access denied" };
}
