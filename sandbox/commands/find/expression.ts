// What the words of find come to: a tree of tests and actions.

import type { FileType, Stat } from "../../kernel/sys.ts";
import type { ModeChange } from "../../lib/modes.ts";
import type { Regex } from "../../lib/regex/regex.ts";

/** `+n`, `-n` or `n`. */
export interface Count {
  readonly sign: "+" | "-" | "";
  readonly value: number;
}

export type Test =
  | {
      readonly kind: "name";
      readonly pattern: string;
      readonly whole: boolean;
      readonly fold: boolean;
      readonly link: boolean;
    }
  | { readonly kind: "regex"; readonly regex: Regex }
  | { readonly kind: "type"; readonly types: ReadonlySet<FileType>; readonly target: boolean }
  | { readonly kind: "size"; readonly count: Count; readonly unit: number }
  | {
      readonly kind: "age";
      readonly field: "atime" | "mtime" | "ctime";
      readonly count: Count;
      readonly unit: number;
      readonly floor: boolean;
    }
  | { readonly kind: "newer"; readonly field: "atime" | "mtime" | "ctime" | "btime"; readonly than: number }
  | { readonly kind: "number"; readonly field: "uid" | "gid" | "nlink" | "ino"; readonly count: Count }
  | { readonly kind: "unowned"; readonly field: "uid" | "gid" }
  | { readonly kind: "perm"; readonly match: "all" | "any" | "exact"; readonly change: ModeChange }
  | { readonly kind: "access"; readonly want: string }
  | { readonly kind: "samefile"; readonly stat: Stat }
  | { readonly kind: "empty" | "true" | "false" };

export type Action =
  | { readonly kind: "print"; readonly end: string; readonly file: string | undefined }
  | { readonly kind: "printf"; readonly format: string; readonly file: string | undefined }
  | { readonly kind: "ls"; readonly file: string | undefined }
  | {
      readonly kind: "exec";
      readonly words: readonly string[];
      readonly many: boolean;
      readonly dir: boolean;
      readonly ask: boolean;
      readonly id: number;
    }
  | { readonly kind: "delete" | "prune" | "quit" };

export type Node =
  | { readonly op: "and" | "or" | "list"; readonly left: Node; readonly right: Node }
  | { readonly op: "not"; readonly of: Node }
  | { readonly op: "leaf"; readonly leaf: Test | Action };

export interface Expression {
  readonly tree: Node | undefined;
  readonly maxDepth: number;
  readonly minDepth: number;
  readonly depthFirst: boolean;
  readonly oneSystem: boolean;
  /** Whether any action other than -prune and -quit stands in it. */
  readonly acts: boolean;
  readonly warnings: readonly string[];
}
