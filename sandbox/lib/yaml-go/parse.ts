// Tokens to a tree of nodes, by libyaml's grammar and with its problem texts. Only the first document is read, as
// go-yaml's Unmarshal does.

import { Scanner } from "./scan.ts";
import { type Mark, type Token, YamlError, yamlError } from "./token.ts";

export interface YamlNode {
  readonly kind: "scalar" | "sequence" | "mapping";
  /** Line of the node, counted from zero. */
  readonly line: number;
  readonly tag: string;
  readonly value: string;
  readonly plain: boolean;
  /** Items; for a mapping keys and values in turn. */
  readonly children: YamlNode[];
}

/** The first document, or undefined where the text holds none. Throws YamlError. */
export function parseYaml(text: string): YamlNode | undefined {
  return new Parser(text).document();
}

class Parser {
  readonly #scanner: Scanner;
  readonly #anchors = new Map<string, YamlNode | undefined>();

  constructor(text: string) {
    this.#scanner = new Scanner(text);
  }

  document(): YamlNode | undefined {
    let token = this.#peek();
    while (token.type === "document-end") token = this.#drop();
    let explicit = false;
    while (token.type === "directive") {
      explicit = true;
      token = this.#drop();
    }
    if (token.type === "stream-end" && !explicit) return undefined;
    if (token.type === "document-start") {
      token = this.#drop();
      const none = ["directive", "document-start", "document-end", "stream-end"].includes(token.type);
      if (none) return empty(token.start);
    } else if (explicit) throw yamlError("did not find expected <document start>", token.start, undefined, false);
    const node = this.#node(true, false);
    this.#peek();
    return node;
  }

  #peek(): Token {
    return this.#scanner.peek();
  }

  #drop(): Token {
    this.#scanner.next();
    return this.#scanner.peek();
  }

  #node(block: boolean, indentless: boolean): YamlNode {
    let token = this.#peek();
    const start = token.start;
    if (token.type === "alias") {
      this.#scanner.next();
      if (!this.#anchors.has(token.value)) throw new YamlError(`yaml: unknown anchor '${token.value}' referenced`);
      const target = this.#anchors.get(token.value);
      if (target === undefined) throw new YamlError(`yaml: anchor '${token.value}' value contains itself`);
      return target;
    }
    let anchor: string | undefined;
    let tag = "";
    while ((token.type === "anchor" && anchor === undefined) || (token.type === "tag" && tag === "")) {
      if (token.type === "anchor") anchor = token.value;
      else tag = token.value;
      token = this.#drop();
    }
    if (anchor !== undefined) this.#anchors.set(anchor, undefined);
    const node = this.#content(token, start, block, indentless, tag, anchor !== undefined || tag !== "");
    if (anchor !== undefined) this.#anchors.set(anchor, node);
    return node;
  }

  #content(token: Token, start: Mark, block: boolean, indentless: boolean, tag: string, bare: boolean): YamlNode {
    const make = (kind: YamlNode["kind"], children: YamlNode[]): YamlNode => ({
      kind,
      line: start.line,
      tag,
      value: "",
      plain: false,
      children,
    });
    if (indentless && token.type === "-") return make("sequence", this.#indentless());
    if (token.type === "scalar") {
      this.#scanner.next();
      return { kind: "scalar", line: start.line, tag, value: token.value, plain: token.plain, children: [] };
    }
    if (token.type === "[") return make("sequence", this.#flowSequence(token.start));
    if (token.type === "{") return make("mapping", this.#flowMapping(token.start));
    if (block && token.type === "block-sequence-start") return make("sequence", this.#blockSequence(token.start));
    if (block && token.type === "block-mapping-start") return make("mapping", this.#blockMapping(token.start));
    if (bare) return { ...empty(start), tag };
    throw yamlError("did not find expected node content", token.start, start, false);
  }

  #blockSequence(start: Mark): YamlNode[] {
    const items: YamlNode[] = [];
    let token = this.#drop();
    while (token.type === "-") {
      const mark = token.start;
      token = this.#drop();
      if (token.type === "-" || token.type === "block-end") items.push(empty(mark));
      else items.push(this.#node(true, false));
      token = this.#peek();
    }
    if (token.type !== "block-end") throw yamlError("did not find expected '-' indicator", token.start, start, false);
    this.#scanner.next();
    return items;
  }

  #indentless(): YamlNode[] {
    const items: YamlNode[] = [];
    let token = this.#peek();
    while (token.type === "-") {
      const mark = token.start;
      token = this.#drop();
      if (["-", "?", ":", "block-end"].includes(token.type)) items.push(empty(mark));
      else items.push(this.#node(true, false));
      token = this.#peek();
    }
    return items;
  }

  #blockMapping(start: Mark): YamlNode[] {
    const entries: YamlNode[] = [];
    let token = this.#drop();
    while (token.type === "?" || token.type === ":") {
      entries.push(this.#blockPart(token, "?"), this.#blockPart(this.#peek(), ":"));
      token = this.#peek();
    }
    if (token.type !== "block-end") throw yamlError("did not find expected key", token.start, start, false);
    this.#scanner.next();
    return entries;
  }

  #blockPart(token: Token, mark: "?" | ":"): YamlNode {
    if (token.type !== mark) return empty(token.start);
    const next = this.#drop();
    if (next.type === "?" || next.type === ":" || next.type === "block-end") return empty(token.start);
    return this.#node(true, true);
  }

  #flowSequence(start: Mark): YamlNode[] {
    const items: YamlNode[] = [];
    let token = this.#drop();
    while (token.type !== "]") {
      if (items.length > 0) {
        if (token.type !== ",") throw yamlError("did not find expected ',' or ']'", token.start, start, false);
        token = this.#drop();
        if (token.type === "]") break;
      }
      if (token.type === "?") items.push(this.#pair(token));
      else items.push(this.#node(false, false));
      token = this.#peek();
    }
    this.#scanner.next();
    return items;
  }

  /** `[a: b]` holds a mapping of one entry. */
  #pair(token: Token): YamlNode {
    const next = this.#drop();
    const key = [":", ",", "]"].includes(next.type) ? empty(next.start) : this.#node(false, false);
    const children = [key, this.#flowValue("]")];
    return { kind: "mapping", line: token.start.line, tag: "", value: "", plain: false, children };
  }

  #flowMapping(start: Mark): YamlNode[] {
    const entries: YamlNode[] = [];
    let token = this.#drop();
    while (token.type !== "}") {
      if (entries.length > 0) {
        if (token.type !== ",") throw yamlError("did not find expected ',' or '}'", token.start, start, false);
        token = this.#drop();
        if (token.type === "}") break;
      }
      if (token.type === "?") {
        const next = this.#drop();
        const bare = [":", ",", "}"].includes(next.type);
        entries.push(bare ? empty(next.start) : this.#node(false, false), this.#flowValue("}"));
      } else {
        const key = this.#node(false, false);
        entries.push(key, empty(this.#peek().start));
      }
      token = this.#peek();
    }
    this.#scanner.next();
    return entries;
  }

  #flowValue(end: "]" | "}"): YamlNode {
    const token = this.#peek();
    if (token.type !== ":") return empty(token.start);
    const next = this.#drop();
    return next.type === "," || next.type === end ? empty(next.start) : this.#node(false, false);
  }
}

function empty(mark: Mark): YamlNode {
  return { kind: "scalar", line: mark.line, tag: "", value: "", plain: true, children: [] };
}
