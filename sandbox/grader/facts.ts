// What the picture of the ship shows, as facts.

export type HatchState = "open" | "guarded" | "shut" | "inside" | "unknown";
export type LaneState = "in" | "refused" | "unknown";

/** The node as callers find it now. */
export interface ShipFacts {
  readonly node: string;
  readonly hatches: Readonly<Record<"10250" | "10255" | "10248", HatchState>>;
  /** Names of the pods on board, as the kubelet knows them. */
  readonly pods: readonly string[];
  /** Condition Ready as the API server has it; undefined where there is no API server. */
  readonly ready: "Ready" | "NotReady" | "Unknown" | undefined;
  readonly pilot: { readonly lane: LaneState; readonly got: string };
  readonly stranger: { readonly lane: LaneState; readonly got: string };
}
