// The syntax tree of bash: plain data, so that functions can be kept in a snapshot.

/** A piece of a word. */
export type Part =
  /** Unquoted text: tilde, brace and pattern characters in it count. */
  | { readonly k: "lit"; readonly s: string }
  /** Text between single quotes, after a backslash, or from $'…'. */
  | { readonly k: "quo"; readonly s: string }
  | { readonly k: "dq"; readonly parts: readonly Part[] }
  | Param
  | { readonly k: "cmd"; readonly list: List | undefined; readonly text: string }
  | { readonly k: "tick"; readonly s: string }
  | { readonly k: "arith"; readonly parts: readonly Part[]; readonly text: string }
  | { readonly k: "proc"; readonly dir: "<" | ">"; readonly list: List | undefined }
  /** A `${…}` that has no meaning: complained about when it is expanded. */
  | { readonly k: "bad"; readonly text: string };

/** `$name` or `${…}`. */
export interface Param {
  readonly k: "par";
  readonly name: string;
  /** Subscript: `@`, `*` or a word. */
  readonly sub?: "@" | "*" | Word;
  /** `${!name}` */
  readonly ind?: boolean;
  /** `${#name}` */
  readonly len?: boolean;
  /** `${!prefix*}`, `${!prefix@}` */
  readonly prefix?: "@" | "*";
  readonly op?: string;
  readonly arg?: Word;
  readonly arg2?: Word;
  readonly text: string;
  /** Written without braces. */
  readonly bare?: boolean;
}

export interface Word {
  readonly parts: readonly Part[];
  /** The text as written. */
  readonly raw: string;
  /** Set where the word is plain text that no expansion can change. */
  readonly plain?: string;
  /** The word has the form of an assignment. */
  readonly assign?: Assign;
}

export interface Assign {
  readonly name: string;
  readonly sub?: Word;
  readonly append: boolean;
  readonly value: Word;
  /** `name=( … )` */
  readonly items?: readonly ArrayItem[];
}

export interface ArrayItem {
  readonly sub?: Word;
  readonly append?: boolean;
  readonly value: Word;
}

export interface Redirect {
  readonly op: "<" | ">" | ">>" | "<<" | "<<-" | "<<<" | "<&" | ">&" | "&>" | "&>>" | "<>" | ">|";
  /** Descriptor number, or the variable of `{name}>`. */
  readonly fd?: number | string;
  readonly target: Word;
  /** Body of a here-document. */
  readonly body?: Word;
  readonly quoted?: boolean;
}

interface Compound {
  readonly redirs?: readonly Redirect[];
  readonly line: number;
}

export type Command =
  | ({ readonly t: "simple"; readonly assigns: readonly Assign[]; readonly words: readonly Word[] } & Compound)
  | { readonly t: "pipe"; readonly cmds: readonly Command[]; readonly errs?: readonly number[] }
  | { readonly t: "not"; readonly c: Command | undefined }
  | { readonly t: "time"; readonly c: Command | undefined; readonly posix: boolean }
  | { readonly t: "and" | "or"; readonly l: Command; readonly r: Command }
  | ({ readonly t: "if"; readonly test: List; readonly then: List; readonly else?: List | Command } & Compound)
  | ({ readonly t: "while" | "until"; readonly test: List; readonly body: List } & Compound)
  | ({
      readonly t: "for" | "select";
      readonly name: string;
      readonly words?: readonly Word[];
      readonly body: List;
    } & Compound)
  | ({
      readonly t: "cfor";
      readonly init: Word;
      readonly test: Word;
      readonly step: Word;
      readonly body: List;
    } & Compound)
  | ({ readonly t: "case"; readonly word: Word; readonly arms: readonly CaseArm[] } & Compound)
  | ({ readonly t: "group"; readonly body: List } & Compound)
  | ({ readonly t: "sub"; readonly body: List } & Compound)
  | ({ readonly t: "arith"; readonly expr: Word } & Compound)
  | ({ readonly t: "cond"; readonly expr: Cond } & Compound)
  | ({ readonly t: "coproc"; readonly name: string; readonly body: Command } & Compound)
  | ({ readonly t: "func"; readonly name: string; readonly body: Command } & Compound);

export interface CaseArm {
  readonly patterns: readonly Word[];
  readonly body: List | undefined;
  readonly end: ";;" | ";&" | ";;&";
}

/** Commands one after another; `bg` marks those followed by `&`. */
export interface List {
  readonly t: "list";
  readonly items: readonly { readonly c: Command; readonly bg?: boolean }[];
}

/** Expressions of `[[ … ]]`. */
export type Cond =
  | { readonly t: "and" | "or"; readonly l: Cond; readonly r: Cond }
  | { readonly t: "not" | "paren"; readonly c: Cond }
  | { readonly t: "unary"; readonly op: string; readonly arg: Word }
  | { readonly t: "binary"; readonly op: string; readonly l: Word; readonly r: Word }
  | { readonly t: "word"; readonly w: Word };

/** A part of the tree while it is being built. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };
