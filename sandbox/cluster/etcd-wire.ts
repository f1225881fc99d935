// The door between the API server and etcd: one JSON object a line over TCP, the operations of etcd's KV service.
// fidelity: plain text where the real one speaks gRPC over TLS.

/** A key with its value and the revision that wrote it. */
export interface EtcdEntry {
  readonly key: string;
  readonly value: unknown;
  readonly mod: number;
}

export type EtcdRequest =
  | { readonly op: "range"; readonly prefix: string }
  /** Writes if the key's revision is `mod` (0: if there is no such key; undefined: in any case). */
  | { readonly op: "put"; readonly key: string; readonly value: unknown; readonly mod?: number }
  | { readonly op: "delete"; readonly key: string; readonly mod?: number }
  /** Everything as it was, in etcd's own log. */
  | { readonly op: "restore"; readonly entries: readonly EtcdEntry[]; readonly revision: number }
  /** Many puts in one transaction, for a cluster's first objects. */
  | { readonly op: "load"; readonly entries: readonly { readonly key: string; readonly value: unknown }[] };

export interface EtcdAnswer {
  readonly ok: boolean;
  readonly revision: number;
  readonly entries?: readonly EtcdEntry[];
}
