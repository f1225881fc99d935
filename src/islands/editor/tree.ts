// The file tree of the machines: folders are listed when opened. Knows nothing of what the files say.

import type { DirItem, MachineInfo } from "#sandbox/protocol.ts";
import type { MachineClient } from "../../machine/client.ts";
import { h } from "../lab/dom.ts";

export interface TreeOptions {
  readonly machines: readonly MachineInfo[];
  /** Files the lesson is about, as `machine:path`. */
  readonly first: readonly string[];
  onPick(place: string): void;
}

export class FileTree {
  readonly #client: MachineClient;
  readonly #options: TreeOptions;
  readonly element: HTMLElement;

  constructor(element: HTMLElement, client: MachineClient, options: TreeOptions) {
    this.element = element;
    this.#client = client;
    this.#options = options;
    const first =
      options.first.length === 0
        ? []
        : [
            h("p", { class: "legend" }, "At hand"),
            h("ul", {}, ...options.first.map((place) => h("li", {}, this.#file(place, shortName(place))))),
          ];
    const roots = options.machines.map(({ name }) => h("li", {}, this.#folder(name, "/", name)));
    element.replaceChildren(...first, h("p", { class: "legend" }, "Machines"), h("ul", {}, ...roots));
  }

  mark(place: string | undefined): void {
    for (const node of this.element.querySelectorAll<HTMLElement>("[data-place]")) {
      if (node.dataset.place === place) node.setAttribute("aria-current", "true");
      else node.removeAttribute("aria-current");
    }
  }

  #file(place: string, label: string): HTMLElement {
    const button = h(
      "button",
      { type: "button", class: "node", "data-place": place, title: place },
      h("i", { "aria-hidden": "true" }),
      label,
    );
    button.addEventListener("click", () => this.#options.onPick(place));
    return button;
  }

  #folder(machine: string, path: string, label: string): DocumentFragment {
    const list = h("ul", { hidden: true });
    const button = h(
      "button",
      { type: "button", class: "node", "aria-expanded": "false" },
      h("i", { "aria-hidden": "true" }, "▾"),
      label,
    );
    button.addEventListener("click", async () => {
      const opening = list.hidden;
      list.hidden = !opening;
      button.setAttribute("aria-expanded", String(opening));
      if (opening) list.replaceChildren(...(await this.#list(machine, path)));
    });
    const pair = document.createDocumentFragment();
    pair.append(button, list);
    return pair;
  }

  async #list(machine: string, path: string): Promise<HTMLElement[]> {
    try {
      const items = await this.#client.listDir(machine, path);
      const rows = [...items].sort(byKind).map((item) => this.#row(machine, path, item));
      return rows.length > 0 ? rows : [h("li", { class: "legend" }, "empty")];
    } catch (error) {
      return [h("li", { class: "legend" }, error instanceof Error ? error.message : String(error))];
    }
  }

  #row(machine: string, folder: string, { name, type }: DirItem): HTMLElement {
    const path = `${folder === "/" ? "" : folder}/${name}`;
    return h(
      "li",
      {},
      type === "directory" ? this.#folder(machine, path, name) : this.#file(`${machine}:${path}`, name),
    );
  }
}

function byKind(a: DirItem, b: DirItem): number {
  const folder = (item: DirItem): number => (item.type === "directory" ? 0 : 1);
  return folder(a) - folder(b) || a.name.localeCompare(b.name);
}

/** `node01:/etc/default/kubelet` as the tree and the tabs show it. */
export function shortName(place: string): string {
  const path = place.slice(place.indexOf(":") + 1);
  const name = path.slice(path.lastIndexOf("/") + 1);
  return /^(kubelet|config|ca\.crt)$/.test(name) ? path : name;
}
