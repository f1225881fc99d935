// Shell patterns: `*`, `?`, brackets and the extended forms, matched in time proportional to pattern × text.

interface Node {
  /** What it takes: a character test, nothing (a fork), or a text outside a set of patterns. */
  readonly k: "char" | "any" | "set" | "fork" | "not" | "end";
  readonly c?: number;
  readonly test?: (code: number) => boolean;
  /** Indices of the nodes that follow. */
  next: number[];
  readonly inner?: readonly Pattern[];
}

/** A compiled pattern. */
export interface Pattern {
  readonly nodes: readonly Node[];
  readonly start: number;
  /** The text, where the pattern can only match itself. */
  readonly literal?: string | undefined;
  readonly fold: boolean;
}

export interface PatternOptions {
  readonly extglob?: boolean;
  readonly fold?: boolean;
  /** Pathnames: a leading dot must be matched by a dot. */
  readonly dot?: boolean;
}

/** Whether a text has characters that make it a pattern. */
export function isPattern(text: string, extglob: boolean): boolean {
  return (
    /[*?]|\[.*\]/s.test(text.replace(/\\[\s\S]/g, "")) ||
    (extglob && /[?*+@!]\(.*\)/s.test(text.replace(/\\[\s\S]/g, "")))
  );
}

/** Quotes a text so that it matches itself. */
export function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]()|!+@^-]/g, "\\$&");
}

const fold = (code: number): number => {
  const lower = String.fromCodePoint(code).toLowerCase();
  return lower.codePointAt(0) ?? code;
};

const CLASSES: Readonly<Record<string, RegExp>> = {
  alpha: /\p{L}/u,
  digit: /[0-9]/,
  alnum: /[\p{L}\p{Nd}]/u,
  upper: /\p{Lu}/u,
  lower: /\p{Ll}/u,
  space: /\s/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  print: /[^\p{C}]/u,
  graph: /[^\p{C}\p{Z}]/u,
  cntrl: /\p{Cc}/u,
  xdigit: /[0-9a-fA-F]/,
  word: /[\p{L}\p{Nd}_]/u,
  ascii: /[\0-\x7f]/,
};

class Compiler {
  readonly nodes: Node[] = [];
  private readonly text: string;
  private readonly options: PatternOptions;
  private at = 0;

  constructor(text: string, options: PatternOptions) {
    this.text = text;
    this.options = options;
  }

  private add(node: Node): number {
    this.nodes.push(node);
    return this.nodes.length - 1;
  }

  /** Compiles up to one of `stops`; answers the entry, given what follows. */
  sequence(stops: string): Node[] {
    const items: Node[] = [];
    while (this.at < this.text.length && !stops.includes(this.text[this.at] as string)) items.push(...this.item());
    return items;
  }

  private item(): Node[] {
    const c = this.text[this.at] as string;
    if (this.options.extglob && "?*+@!".includes(c) && this.text[this.at + 1] === "(") {
      const group = this.group(c);
      if (group !== undefined) return group;
    }
    if (c === "?") {
      this.at += 1;
      return [{ k: "any", next: [] }];
    }
    if (c === "*") {
      while (this.text[this.at] === "*" && !(this.options.extglob && this.text[this.at + 1] === "(")) this.at += 1;
      if (this.text[this.at - 1] !== "*") this.at += 1;
      return [{ k: "fork", c: 1, next: [] }];
    }
    if (c === "[") {
      const set = this.bracket();
      if (set !== undefined) return [set];
    }
    if (c === "\\" && this.at + 1 < this.text.length) this.at += 1;
    const code = this.text.codePointAt(this.at) as number;
    this.at += code > 0xffff ? 2 : 1;
    return [{ k: "char", c: this.options.fold ? fold(code) : code, next: [] }];
  }

  private group(kind: string): Node[] | undefined {
    const saved = this.at;
    this.at += 2;
    const from = this.at;
    const cuts: string[] = [];
    let start = from;
    let depth = 1;
    for (; this.at < this.text.length; this.at++) {
      const c = this.text[this.at];
      if (c === "\\") this.at += 1;
      else if (c === "[") {
        const before = this.at;
        if (this.bracket() === undefined) this.at = before;
        else this.at -= 1;
      } else if (c === "(") depth += 1;
      else if (c === ")" && --depth === 0) break;
      else if (c === "|" && depth === 1) {
        cuts.push(this.text.slice(start, this.at));
        start = this.at + 1;
      }
    }
    if (depth !== 0) {
      this.at = saved;
      return undefined;
    }
    cuts.push(this.text.slice(start, this.at));
    this.at += 1;
    const inner = cuts.map((cut) => compilePattern(cut, { ...this.options, dot: false }));
    return [{ k: "not", c: "?*+@!".indexOf(kind), next: [], inner }];
  }

  private bracket(): Node | undefined {
    let at = this.at + 1;
    const negated = this.text[at] === "!" || this.text[at] === "^";
    if (negated) at += 1;
    const tests: ((code: number) => boolean)[] = [];
    for (let first = true; ; first = false) {
      const c = this.text[at];
      if (c === undefined || c === "/") return undefined;
      if (c === "]" && !first) break;
      const named = /^\[(?::(\w+):|([.=])(.)\2)\]/su.exec(this.text.slice(at, at + 20));
      if (named !== null) {
        at += named[0].length;
        const name = named[1];
        const known = name === undefined ? undefined : CLASSES[name];
        if (known !== undefined) tests.push((code) => known.test(String.fromCodePoint(code)));
        else if (named[3] !== undefined) {
          const point = named[3].codePointAt(0);
          tests.push((code) => code === point);
        }
        continue;
      }
      const low = this.bracketChar(at);
      at = low.next;
      if (this.text[at] === "-" && this.text[at + 1] !== "]" && this.text[at + 1] !== undefined) {
        const high = this.bracketChar(at + 1);
        at = high.next;
        tests.push((code) => code >= low.code && code <= high.code);
      } else tests.push((code) => code === low.code);
    }
    this.at = at + 1;
    const folded = this.options.fold;
    const inside = (code: number) => tests.some((test) => test(code));
    const either = (code: number) =>
      inside(code) ||
      (folded === true &&
        (inside(fold(code)) || inside(String.fromCodePoint(code).toUpperCase().codePointAt(0) ?? code)));
    return { k: "set", test: (code) => either(code) !== negated, next: [] };
  }

  private bracketChar(at: number): { code: number; next: number } {
    const from = this.text[at] === "\\" && at + 1 < this.text.length ? at + 1 : at;
    const code = this.text.codePointAt(from) ?? 0;
    return { code, next: from + (code > 0xffff ? 2 : 1) };
  }

  link(items: Node[]): number {
    let next = this.add({ k: "end", next: [] });
    for (const item of items.reverse()) {
      item.next = [next];
      next = this.add(item);
    }
    return next;
  }
}

/** Compiles a pattern in which quoted characters carry a backslash. */
export function compilePattern(text: string, options: PatternOptions = {}): Pattern {
  const compiler = new Compiler(text, options);
  const items = compiler.sequence("");
  const plain = !options.fold && items.every((item) => item.k === "char");
  const literal = plain ? items.map((item) => String.fromCodePoint(item.c ?? 0)).join("") : undefined;
  const start = compiler.link(items);
  return { nodes: compiler.nodes, start, literal, fold: options.fold ?? false };
}

/** All ends of matches that begin at `from`, as a list in rising order. `until` stops the search at its first answer. */
function ends(pattern: Pattern, text: string, from: number, until?: "first"): number[] {
  const found: number[] = [];
  const size = pattern.nodes.length;
  const length = text.length;
  // active[position - from]: nodes to be looked at there.
  const active = new Map<number, number[]>([[from, [pattern.start]]]);
  let last = from;
  for (let at = from; at <= last; at++) {
    const queue = active.get(at);
    if (queue === undefined) continue;
    active.delete(at);
    const seen = new Uint8Array(size);
    const schedule = (to: number, node: number) => {
      if (to > last) last = to;
      const list = active.get(to);
      if (list === undefined) active.set(to, [node]);
      else list.push(node);
    };
    const code = at < length ? (text.codePointAt(at) as number) : -1;
    const after = at + (code > 0xffff ? 2 : 1);
    while (queue.length > 0) {
      const index = queue.pop() as number;
      if (seen[index]) continue;
      seen[index] = 1;
      const node = pattern.nodes[index] as Node;
      const next = node.next[0] as number;
      if (node.k === "end") {
        found.push(at);
        if (until === "first") return found;
      } else if (node.k === "fork") {
        // A star: go on, or swallow one more.
        queue.push(next);
        if (code >= 0) schedule(after, index);
      } else if (node.k === "not")
        groupEnds(node, text, at, (end) => (end === at ? queue.push(next) : schedule(end, next)));
      else if (code >= 0) {
        const hit =
          node.k === "any" || (node.k === "char" ? (pattern.fold ? fold(code) : code) === node.c : node.test?.(code));
        if (hit) schedule(after, next);
      }
    }
  }
  return found;
}

/** Where an extended group that begins at `at` may end. */
function groupEnds(node: Node, text: string, at: number, emit: (end: number) => void): void {
  const inner = node.inner ?? [];
  const step = (from: number) => new Set(inner.flatMap((pattern) => ends(pattern, text, from)));
  const kind = "?*+@!"[node.c ?? 0];
  if (kind === "!") {
    const hit = step(at);
    for (let end = at; end <= text.length; end++) if (!hit.has(end)) emit(end);
    return;
  }
  const reached = new Set<number>();
  if (kind === "?" || kind === "*") reached.add(at);
  const queue = [at];
  const visited = new Set<number>([at]);
  while (queue.length > 0) {
    for (const end of step(queue.pop() as number)) {
      reached.add(end);
      if ((kind === "*" || kind === "+") && !visited.has(end)) {
        visited.add(end);
        queue.push(end);
      }
    }
  }
  for (const end of reached) emit(end);
}

/** Whether the pattern matches the whole text. */
export function matchesPattern(pattern: Pattern, text: string): boolean {
  if (pattern.literal !== undefined) return pattern.literal === text;
  return ends(pattern, text, 0).includes(text.length);
}

/** End of the shortest or longest match that begins at `from`; -1 where there is none. */
export function matchAt(pattern: Pattern, text: string, from: number, longest: boolean): number {
  if (pattern.literal !== undefined) return text.startsWith(pattern.literal, from) ? from + pattern.literal.length : -1;
  const found = ends(pattern, text, from, longest ? undefined : "first");
  return found.length === 0 ? -1 : (found[longest ? found.length - 1 : 0] as number);
}

/** Start of the shortest or longest match that ends with the text; -1 where there is none. */
export function matchSuffix(pattern: Pattern, text: string, longest: boolean): number {
  const { literal } = pattern;
  if (literal !== undefined) return text.endsWith(literal) ? text.length - literal.length : -1;
  const hits = (from: number) => ends(pattern, text, from).includes(text.length);
  if (longest) {
    for (let from = 0; from <= text.length; from++) if (hits(from)) return from;
  } else for (let from = text.length; from >= 0; from--) if (hits(from)) return from;
  return -1;
}
