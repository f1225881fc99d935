// What every step of a start sees and answers.

import type { Output } from "../../log.ts";
import type { Profile } from "../../version/profile.ts";
import type { Effective } from "../effective.ts";

/** A failure of the file system in Go's words: `open /x: no such file or directory`. */
export interface PathError {
  readonly error: string;
}

/** All that loading sees of the machine. */
export interface HostFacts {
  readonly cwd: string;
  /** ms since the epoch; without it no certificate counts as expired. */
  readonly now?: number;
  readonly hostname: string;
  readonly swapOn: boolean;
  readFile(path: string): string | PathError;
  /** `stat /x: no such file or directory`, or undefined where it is there. */
  stat(path: string): PathError | undefined;
  /** Files below a folder in lexical order, or why it cannot be walked. */
  walk(path: string): { readonly files: readonly string[] } | PathError;
  /** Why a unix socket cannot be reached (`dial unix /x: connect: …`), undefined where something listens. */
  dial(path: string): string | undefined;
  sysctl(name: string): string | undefined;
}

/** A start under way; `text` and `on` read settings by their paths. */
export interface Context {
  readonly effective: Effective;
  readonly profile: Profile;
  readonly facts: HostFacts;
  readonly log: Output[];
  readonly text: (path: string) => string;
  readonly on: (path: string) => boolean;
}

export interface Problem {
  readonly text: string;
  /** What 1.20 says where that differs, and its source line. */
  readonly old?: string;
  readonly source: string;
}

const RUN = "server.go:269";
export const run = (inner: string, old = inner): Problem => ({
  text: `failed to run Kubelet: ${inner}`,
  old: `failed to run Kubelet: ${old}`,
  source: RUN,
});

/** Without --kubeconfig the kubelet stands alone. */
export const isStandalone = (effective: Effective): boolean => !effective.flags["kubeconfig"];
