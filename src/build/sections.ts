// Reads a built page for the search: its text cut into sections, each with a heading and an address of its own.

export interface Section {
  /** Fragment of the page; empty for its beginning. */
  readonly id: string;
  readonly heading: string;
  readonly kind: string;
  readonly text: string;
}

export interface PageText {
  readonly title: string;
  readonly sections: readonly Section[];
}

const TOKEN = /<!--[\s\S]*?-->|<(\/?)([a-zA-Z][\w-]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>|[^<]+|</g;
const VOID = new Set([
  "area",
  "br",
  "col",
  "hr",
  "img",
  "input",
  "link",
  "meta",
  "source",
  "wbr",
  "path",
  "circle",
  "use",
]);
const INLINE = new Set(["a", "abbr", "b", "code", "dfn", "em", "i", "kbd", "mark", "strong", "wbr"]);
/** Never text of the page. */
const LEFT_OUT = /^(script|style|svg|nav|template|dialog|kc-lab|kc-filter)$/;

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

function readEntities(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return ENTITIES[name as string] ?? whole;
  });
}

const tidy = (text: string): string => readEntities(text).replace(/\s+/g, " ").trim();

function attribute(tag: string, name: string): string | undefined {
  const found = new RegExp(`\\s${name}(?:="([^"]*)"|(?=[\\s/]|$))`).exec(tag);
  return found === null ? undefined : readEntities(found[1] ?? "");
}

/** Where in the page the text to search is; undefined where it has none. */
function findBody(html: string): string | undefined {
  return (
    /<article class="prose" id="read"[\s\S]*?<\/article>/.exec(html)?.[0] ??
    /<main\b[^>]*\bdata-kind=[\s\S]*?<\/main>/.exec(html)?.[0]
  );
}

/**
 * A new section begins at a heading with an id (its own or that of the section around it) and at any element with an id and
 * `data-find`, which names it. `data-kind` says what a section is; it holds for the elements inside.
 */
export function readPage(html: string): PageText | undefined {
  if (/<meta name="robots" content="noindex"/.test(html)) return undefined;
  const title = tidy(/<title>([\s\S]*?)<\/title>/.exec(html)?.[1] ?? "").replace(/ · Kubelet Captain$/, "");
  const body = findBody(html);
  const kind = body?.startsWith("<article") ? "Lesson" : "Page";
  const about = tidy(/<meta name="description" content="([^"]*)"/.exec(html)?.[1] ?? "");
  const first = { id: "", heading: "", kind, text: about };
  if (body === undefined) return { title, sections: [first] };
  const reader = new Reader(first);
  for (const match of body.matchAll(TOKEN)) reader.take(match);
  return { title, sections: reader.finish() };
}

interface Open {
  readonly name: string;
  readonly kind: string;
  readonly silent: boolean;
  readonly id: string | undefined;
}

class Reader {
  readonly #sections: { id: string; heading: string; kind: string; text: string }[];
  readonly #open: Open[] = [];
  /** Text of a heading is taken apart from the text under it. */
  #heading: string | undefined;

  constructor(first: Section) {
    this.#sections = [{ ...first }];
  }

  take([whole, slash, name, rest = ""]: RegExpMatchArray): void {
    if (name === undefined) this.#text(whole);
    else if (slash === "/") this.#close(name.toLowerCase());
    else this.#start(name.toLowerCase(), rest);
  }

  finish(): Section[] {
    return this.#sections
      .map((section) => ({ ...section, heading: tidy(section.heading), text: tidy(section.text) }))
      .filter(({ id, text, heading }) => id === "" || text !== "" || heading !== "");
  }

  get #last(): { id: string; heading: string; kind: string; text: string } {
    return this.#sections[this.#sections.length - 1] as { id: string; heading: string; kind: string; text: string };
  }

  #text(text: string): void {
    if (text.startsWith("<!--") || this.#open.at(-1)?.silent) return;
    if (this.#heading === undefined) this.#last.text += text;
    else this.#heading += text;
  }

  #start(name: string, rest: string): void {
    const outer = this.#open.at(-1);
    const kind = attribute(rest, "data-kind") ?? outer?.kind ?? this.#last.kind;
    const hidden = /\bneeds-js\b|\bclass="[^"]*\bsr\b/.test(rest) || attribute(rest, "aria-hidden") === "true";
    const silent = outer?.silent === true || hidden || LEFT_OUT.test(name);
    const id = attribute(rest, "id");
    const found = attribute(rest, "data-find");
    if (!silent && id !== undefined && found !== undefined) this.#sections.push({ id, heading: found, kind, text: "" });
    if (!silent && /^h[23]$/.test(name) && !this.#insideFound()) {
      const own = id ?? this.#open.findLast((each) => each.name === "section")?.id;
      if (own !== undefined) {
        this.#sections.push({ id: own, heading: "", kind, text: "" });
        this.#heading = "";
      }
    }
    // Code with a class stands by itself, as a field and its flag.
    if (!INLINE.has(name) || (name === "code" && rest !== "")) this.#text(" ");
    const closed = VOID.has(name) || rest.endsWith("/");
    if (!closed) this.#open.push({ name, kind, silent, id: found === undefined ? id : `find ${id}` });
  }

  #insideFound(): boolean {
    return this.#open.some(({ id }) => id?.startsWith("find ") === true);
  }

  #close(name: string): void {
    const at = this.#open.findLastIndex((each) => each.name === name);
    if (at < 0) return;
    this.#open.length = at;
    if (/^h[23]$/.test(name) && this.#heading !== undefined) {
      this.#last.heading = this.#heading;
      this.#heading = undefined;
    }
    if (!INLINE.has(name)) this.#text(" ");
  }
}
