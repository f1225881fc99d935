// The gates of the API server, in the order a request passes them: who asks, audit, may they, admission. What stands at
// each gate is named in `chain.ts`; the server knows only this shape.

import type { Sys, Task } from "../kernel/sys.ts";
import type { Fields } from "./object.ts";
import type { AdmissionRequest, Caller, RequestContext } from "./request.ts";
import type { ServerState } from "./state.ts";

/** What authorization is asked about (authorizer.Attributes). */
export interface AccessAttributes {
  readonly user: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
  readonly verb: string;
  readonly group?: string;
  readonly version?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** A request for a path, not a resource. */
  readonly path?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

export interface AccessDecision {
  readonly allowed: boolean;
  /** Refused for good: no later authorizer is asked. */
  readonly denied?: boolean;
  readonly reason: string;
  readonly evaluationError?: string;
}

export type AuditStage = "RequestReceived" | "ResponseStarted" | "ResponseComplete";

export interface Gates {
  /** Checks flags: the text of `"command failed" err=…`, or undefined. */
  prepare?(sys: Sys, state: ServerState): string | undefined;
  /** Reads what serving needs, after the files of TLS and authentication: the audit policy, admission's configuration. */
  open?(sys: Sys, state: ServerState): string | undefined;
  /** Who asks; undefined: 401. */
  authenticate(context: RequestContext): Caller | undefined;
  /** Changes `context.caller` to whom it acts as; throws a StatusError to refuse. */
  impersonate?(context: RequestContext): void;
  authorize(state: ServerState, wanted: AccessAttributes): AccessDecision;
  /** Changes or replaces `admission.object`; throws a StatusError to refuse. */
  mutate(admission: AdmissionRequest): Task;
  /** Throws a StatusError to refuse. Runs after the registry's own validation. */
  validate(admission: AdmissionRequest): Task;
  /** Stages of the audit log. */
  audit?(context: RequestContext, stage: AuditStage): Task;
  /** Virtual resources (reviews) and `serviceaccounts/token`: a decoded object with its status filled in. */
  review(context: RequestContext, object: Fields): Task<Fields>;
  /** Periodic work, every ten seconds of virtual time. */
  tick?(sys: Sys, state: ServerState): Task;
}
