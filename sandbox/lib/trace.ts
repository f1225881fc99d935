// The decision trace of one request to a kubelet or the API server: what each stage found, and which setting decided it. The inspector shows it.

/** Where a setting came from. */
export type Source =
  | { readonly kind: "default"; readonly mode: "file" | "flags" }
  | { readonly kind: "file" | "drop-in"; readonly file: string; readonly line: number | undefined }
  | { readonly kind: "flag"; readonly word: string; readonly index: number };

/** A setting that decided a step, with where it came from. */
export interface Deciding {
  /** Path of the field, or `--flag`. */
  readonly setting: string;
  readonly value: string;
  readonly source: Source | undefined;
}

export interface TraceStep {
  readonly stage: "tcp" | "tls" | "route" | "authentication" | "authorization" | "handler";
  /** Which part of the stage: x509, token, anonymous; a subresource; a port's role. */
  readonly part: string;
  readonly outcome: "yes" | "no" | "skipped" | "error";
  /** One sentence for people. */
  readonly text: string;
  readonly decided?: readonly Deciding[];
  /** Attributes of a SubjectAccessReview and the API server's reason. */
  readonly review?: {
    readonly verb: string;
    readonly resource: string;
    readonly subresource: string;
    readonly name: string;
    readonly user: string;
    readonly groups: readonly string[];
    readonly reason: string;
    readonly cached: boolean;
  };
}

export interface Trace {
  readonly at: number;
  readonly port: number;
  readonly from: string;
  readonly method: string;
  readonly path: string;
  readonly user: string | undefined;
  readonly groups: readonly string[];
  readonly status: number;
  readonly steps: readonly TraceStep[];
}

/** How many requests a server remembers. */
export const TRACE_LIMIT = 50;
