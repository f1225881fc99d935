// Few words to build and find elements.

type Child = Node | string | undefined | false;
type Attributes = Readonly<Record<string, string | number | boolean | undefined | ((event: never) => void)>>;

/** Makes an element: `h("li", { class: "lag" }, "text")`. Functions become listeners, `false` and `undefined` are left out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value as (event: Event) => void);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child): child is Node | string => child !== undefined && child !== false));
  return element;
}

const svg = "http://www.w3.org/2000/svg";

/** A drawing from the page's sprite: an icon (`i-…`) or, with a label, a mark that speaks. */
export function drawing(id: string, className = "icon", label?: string): SVGSVGElement {
  const element = document.createElementNS(svg, "svg");
  element.setAttribute("class", className);
  if (label === undefined) element.setAttribute("aria-hidden", "true");
  else {
    element.setAttribute("role", "img");
    element.setAttribute("aria-label", label);
  }
  const use = document.createElementNS(svg, "use");
  use.setAttribute("href", `#${id}`);
  element.append(use);
  return element;
}

export type MarkState = "pass" | "wait" | "blind" | "peril" | "end" | "none";

export function mark(state: MarkState, label?: string): SVGSVGElement {
  return drawing(`m-${state}`, `mark s-${state}`, label);
}

/** Finds what must be there. */
export function find<T extends Element = HTMLElement>(root: ParentNode, selector: string): T {
  const element = root.querySelector<T>(selector);
  if (element === null) throw new Error(`the page has no ${selector}`);
  return element;
}

/** Text with `code` between backticks as elements; no line ends between an option's hyphen and its letter. */
export function withCode(text: string): (Node | string)[] {
  return text.split("`").map((piece, index) => (index % 2 === 1 ? h("code", {}, ...keepOptions(piece)) : piece));
}

function keepOptions(code: string): (Node | string)[] {
  return code
    .split(/((?<=\s)--?\w+)/)
    .map((piece, index) => (index % 2 === 1 ? h("span", { class: "nowrap" }, piece) : piece));
}
