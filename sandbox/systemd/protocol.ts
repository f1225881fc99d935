// What systemctl and its like say to PID 1 over /run/systemd/private: one JSON line a request, one or more JSON lines an answer.

import type { ChangeRequest } from "./install-changes.ts";

/** Properties of a unit by the names `systemctl show` prints; lists are arrays. */
export type PropertyValue = string | number | boolean | readonly string[] | readonly CommandState[];
export type Properties = Readonly<Record<string, PropertyValue>>;

/** One command of an Exec… property with how it went. */
export interface CommandState {
  readonly path: string;
  readonly argv: readonly string[];
  readonly ignore: boolean;
  readonly start: number;
  readonly stop: number;
  readonly pid: number;
  readonly code: "" | "exited" | "killed" | "dumped";
  readonly status: number;
}

export type JobVerb =
  | "start"
  | "stop"
  | "restart"
  | "try-restart"
  | "reload"
  | "reload-or-restart"
  | "try-reload-or-restart";

/** Password given to the authentication agent for a privileged call. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** What was asked of whom, for those who are not root. */
export interface Authorized {
  readonly authorize?: Credentials;
}

export type Request = Authorized &
  (
    | {
        readonly call: "job";
        readonly verb: JobVerb;
        readonly unit: string;
        readonly wait: boolean;
        readonly alone?: boolean;
      }
    | { readonly call: "isolate"; readonly unit: string; readonly wait: boolean }
    | { readonly call: "show"; readonly unit: string }
    | { readonly call: "show-manager" }
    | { readonly call: "list-units"; readonly all: boolean }
    | { readonly call: "list-jobs" }
    | { readonly call: "unit-of-pid"; readonly pid: number }
    | { readonly call: "reload" | "reexec" }
    | { readonly call: "reset-failed"; readonly unit?: string }
    | {
        readonly call: "kill";
        readonly unit: string;
        readonly signal: string;
        readonly whom: "main" | "control" | "all";
      }
    | ({ readonly call: "unit-files" } & ChangeRequest)
    | { readonly call: "set-default"; readonly unit: string }
    | { readonly call: "transient"; readonly files: readonly { readonly unit: string; readonly text: string }[] }
    | {
        readonly call: "set-property";
        readonly unit: string;
        readonly runtime: boolean;
        readonly assignments: readonly string[];
      }
    | { readonly call: "set-environment" | "unset-environment"; readonly assignments: readonly string[] }
    | {
        readonly call: "power";
        readonly verb: "reboot" | "poweroff" | "halt" | "rescue" | "emergency";
        readonly when?: number;
        readonly message?: string;
      }
    | { readonly call: "hostname"; readonly name: string }
  );

/** A refusal, as the bus names it. */
export interface Refusal {
  readonly error:
    | "NoSuchUnit"
    | "UnitMasked"
    | "LoadFailed"
    | "BadSetting"
    | "NotApplicable"
    | "OnlyByDependency"
    | "AccessDenied"
    | "InteractiveAuthorizationRequired"
    | "InvalidArgs"
    | "Failed";
  readonly message: string;
  /** The polkit action that would have to be allowed, and its question. */
  readonly action?: string;
  readonly question?: string;
}

/** A job has ended. */
export interface JobEvent {
  readonly event: "job-removed";
  readonly job: number;
  readonly unit: string;
  readonly result: string;
}

/** A row of list-units. */
export interface UnitRow {
  readonly id: string;
  readonly load: string;
  readonly active: string;
  readonly sub: string;
  readonly description: string;
  readonly job: string;
}

export interface JobRow {
  readonly id: number;
  readonly unit: string;
  readonly type: string;
  readonly state: string;
}

/** What a change of links did: `Created symlink …` and warnings, in order. */
export interface LinkChange {
  readonly kind: "created" | "removed" | "note";
  readonly text: string;
}

export type Reply =
  | Refusal
  | JobEvent
  | { readonly ok: true; readonly job?: number }
  | { readonly properties: Properties }
  | { readonly units: readonly UnitRow[] }
  | { readonly jobs: readonly JobRow[] }
  | { readonly unit: string }
  | { readonly changes: readonly LinkChange[]; readonly installable: boolean; readonly failure?: Refusal };

/** Where PID 1 listens. */
export const CONTROL_SOCKET = "/run/systemd/private";
