// What the build tells the service worker about the site, put in its place when the worker is bundled (src/cli/offline.ts).

/** A file by its address below the base path; without a revision its name changes whenever its content does. */
export interface Aboard {
  readonly url: string;
  readonly revision: string | null;
}

export interface Cargo {
  /** Fetched before the worker takes over: enough for the whole course. */
  readonly first: readonly Aboard[];
  /** Fetched one after another while nothing else is done, or when first asked for. */
  readonly idle: readonly Aboard[];
  /** Kept once it was asked for: the editor. */
  readonly asked: readonly Aboard[];
}

/** What a page says to the worker. */
export type ToOfflineWorker =
  /** The reader agreed to the newer version. */
  | "take-over"
  /** Nothing else is being done: fetch one file of what is left, and tell through the port whether there are more. */
  | "fill";
