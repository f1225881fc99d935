// The latest requests of people, each with the steps that led to its answer, for the inspector: TLS, who asks, may they, the answer.

import { TRACE_LIMIT, type Trace, type TraceStep } from "../lib/trace.ts";
import { proofsOf } from "./auth/authenticate.ts";
import type { DecisionStep } from "./auth/types.ts";
import type { RequestContext } from "./request.ts";
import type { ServerState } from "./state.ts";

/** What kubelets and the control plane ask by themselves, many times a minute, would leave no room for anybody else. */
const MACHINERY = /^(kubelet|kube-\w[\w-]*|coredns)\//;

export function rememberRequest(context: RequestContext): void {
  const { state, request, response, impersonator, caller } = context;
  if (MACHINERY.test(request.headers.get("user-agent") ?? "")) return;
  state.gates["requests"] ??= [];
  const list = state.gates["requests"] as unknown as Trace[];
  const status = response.status ?? 200;
  const known = status !== 401;
  const trace: Trace = {
    at: context.received,
    port: Number(state.flags["secure-port"]),
    from: request.remote.address,
    method: request.method,
    path: request.target,
    user: known ? (impersonator ?? caller).user : undefined,
    groups: known ? (impersonator ?? caller).groups : [],
    status,
    steps: stepsOf(context, status),
  };
  list.push(Object.freeze(trace));
  if (list.length > TRACE_LIMIT) list.shift();
}

function stepsOf(context: RequestContext, status: number): TraceStep[] {
  const { state, request, impersonator, caller } = context;
  const { steps: decisions = [] } = (context.decision ?? {}) as { steps?: readonly DecisionStep[] };
  const peer = request.tls?.peerCertificates.length ?? 0;
  return [
    {
      stage: "tcp",
      part: "",
      outcome: "yes",
      text: `Port ${state.flags["secure-port"]} takes connections from anywhere.`,
    },
    {
      stage: "tls",
      part: request.tls?.version ?? "",
      outcome: "yes",
      text:
        peer === 0
          ? "The caller showed no certificate."
          : "The caller showed a certificate and proved that it holds its key.",
    },
    ...proofsOf(context).map((proof): TraceStep => ({ stage: "authentication", ...proof })),
    ...(impersonator === undefined
      ? []
      : [{ stage: "authentication", part: "impersonation", outcome: "yes", text: `Acts as ${caller.user}.` } as const]),
    ...decisions.map((step) => decisionStep(state, step)),
    ...(status === 401 || (status === 403 && decisions.length > 0 && context.decision?.allowed === false)
      ? []
      : [
          {
            stage: "handler",
            part: "",
            outcome: status < 400 ? "yes" : "no",
            text: status < 400 ? "Answered." : `Refused or failed behind the gates: ${status}.`,
          } as const,
        ]),
  ];
}

function decisionStep(state: ServerState, step: DecisionStep): TraceStep {
  const flag = state.flags["authorization-mode"] ?? "";
  const outcome = step.outcome === "allow" ? "yes" : step.outcome === "deny" ? "no" : "skipped";
  const by = step.binding === undefined ? step.reason : `${step.reason} Rule: ${JSON.stringify(step.rule)}`;
  const word = `--authorization-mode=${flag}`;
  return {
    stage: "authorization",
    part: step.authorizer,
    outcome,
    text: by === "" ? "No rule of it allows this." : by,
    ...(outcome === "skipped"
      ? {}
      : { decided: [{ setting: "--authorization-mode", value: flag, source: { kind: "flag", word, index: 0 } }] }),
  };
}
