// The search: a dialog over lessons, reference and commands. Index and code arrive when it is first opened; nothing leaves the site.

import MiniSearch, { type SearchResult } from "minisearch";
import { link } from "../../course/links.ts";
import { h } from "../lab/dom.ts";
import { cutAround, markWords, splitWords } from "./words.ts";
import "../../styles/dialog.css";

interface Entry {
  readonly id: number;
  readonly url: string;
  readonly page: string;
  readonly heading: string;
  readonly kind: string;
  readonly text: string;
}

interface Index {
  readonly pages: readonly (readonly [path: string, title: string])[];
  readonly rows: readonly (readonly [page: number, id: string, heading: string, kind: string, text: string])[];
}

const MOST = 20;

async function fetchEntries(): Promise<Entry[]> {
  const answer = await fetch(link("search/pages.json"));
  if (!answer.ok) throw new Error(`the search index answers ${answer.status}`);
  const { pages, rows } = (await answer.json()) as Index;
  return rows.map(([at, fragment, heading, kind, text], id) => {
    const [path = "", page = ""] = pages[at] ?? [];
    return { id, url: link(path) + (fragment === "" ? "" : `#${fragment}`), page, heading, kind, text };
  });
}

class Finder {
  readonly #index = new MiniSearch<Entry>({
    fields: ["heading", "page", "text"],
    tokenize: splitWords,
    searchOptions: {
      boost: { heading: 5, page: 2 },
      prefix: true,
      fuzzy: (term) => (term.length > 4 ? 0.2 : false),
      combineWith: "AND",
    },
  });
  readonly #entries: readonly Entry[];

  constructor(entries: readonly Entry[]) {
    this.#entries = entries;
    this.#index.addAll(entries);
  }

  find(query: string): { entry: Entry; terms: string[] }[] {
    const all = this.#index.search(query);
    const some = all.length > 0 ? all : this.#index.search(query, { combineWith: "OR" });
    return some.slice(0, MOST).flatMap((result: SearchResult) => {
      const entry = this.#entries[result.id as number];
      return entry === undefined ? [] : [{ entry, terms: result.terms }];
    });
  }
}

let finder: Promise<Finder> | undefined;
let dialog: HTMLDialogElement | undefined;

function loadFinder(): Promise<Finder> {
  finder ??= fetchEntries()
    .then((entries) => new Finder(entries))
    .catch((error: unknown) => {
      finder = undefined;
      throw error;
    });
  return finder;
}

const marked = (text: string, terms: readonly string[]): (string | HTMLElement)[] =>
  markWords(text, terms).map((piece, index) => (index % 2 === 1 ? h("mark", {}, piece) : piece));

/** The text of a section may begin with what names it; that is said above. */
const afterTitle = (text: string, title: string): string =>
  text.length > title.length && text.startsWith(title) ? text.slice(title.length).trim() : text;

function showResult({ entry, terms }: { entry: Entry; terms: string[] }): HTMLLIElement {
  const { url, page, heading, kind, text } = entry;
  const title = heading === "" ? page : heading;
  const where = heading === "" ? kind : `${kind === "Page" ? "" : `${kind} · `}${page}`;
  return h(
    "li",
    {},
    h(
      "a",
      { href: url },
      h("b", {}, ...marked(title, terms)),
      h("span", { class: "where" }, where),
      h("span", { class: "text" }, ...marked(cutAround(afterTitle(text, title), terms), terms)),
    ),
  );
}

function build(): HTMLDialogElement {
  const input = h("input", {
    type: "search",
    class: "field",
    id: "search-words",
    placeholder: "A setting, a flag, a command, a status",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    enterkeyhint: "search",
  });
  const status = h("p", { role: "status", class: "muted small" });
  const list = h("ol", { class: "found", "aria-label": "Found" });
  const close = h("button", { type: "button", class: "btn bare" }, "Close");
  const box = h(
    "dialog",
    { class: "site-dialog search-dialog", "aria-labelledby": "search-title" },
    h("div", { class: "bar" }, h("h2", { id: "search-title" }, "Search"), h("span", { class: "grow" }), close),
    h(
      "form",
      { role: "search" },
      h("label", { class: "sr", for: "search-words" }, "Search lessons, reference and commands"),
      input,
    ),
    status,
    list,
  );

  let asked = 0;
  const show = async (): Promise<void> => {
    const query = input.value.trim();
    const turn = ++asked;
    if (query === "") {
      list.replaceChildren();
      status.textContent = "Arrow keys go through what is found, Enter opens it.";
      return;
    }
    try {
      const found = (await loadFinder()).find(query);
      if (turn !== asked) return;
      list.replaceChildren(...found.map(showResult));
      status.textContent =
        found.length === 0
          ? `Nothing has “${query}”. Try a field, a flag or a number.`
          : found.length === MOST
            ? `The first ${MOST}`
            : `${found.length} found`;
    } catch {
      status.textContent = "The search could not be loaded. Check the connection and type again.";
    }
  };
  const links = (): HTMLAnchorElement[] => [...list.querySelectorAll("a")];

  input.addEventListener("input", () => void show());
  box.querySelector("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    links()[0]?.click();
  });
  box.addEventListener("keydown", (event) => {
    // A search field would keep Escape for itself, to empty it.
    if (event.key === "Escape") {
      event.preventDefault();
      box.close();
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const all = [input, ...links()];
    const at = all.indexOf(document.activeElement as HTMLAnchorElement);
    if (at < 0) return;
    event.preventDefault();
    all[Math.min(all.length - 1, Math.max(0, at + (event.key === "ArrowDown" ? 1 : -1)))]?.focus();
  });
  // A result on this very page is only a jump: the dialog must not stay in front of it.
  list.addEventListener("click", (event) => {
    if ((event.target as Element).closest("a") !== null) box.close();
  });
  close.addEventListener("click", () => box.close());
  box.addEventListener("click", (event) => {
    if (event.target === box) box.close();
  });
  document.body.append(box);
  void show();
  return box;
}

/** Opens the dialog; the focus goes back to where it was when it closes. */
export function openSearch(): void {
  dialog ??= build();
  if (!dialog.open) dialog.showModal();
  dialog.querySelector("input")?.select();
  void loadFinder().catch(() => undefined);
}
