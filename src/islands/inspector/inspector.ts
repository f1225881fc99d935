// The inspector: every request that reached a kubelet or the API server, newest first, and the path one of them took.

import type { TraceStep } from "#sandbox/lib/trace.ts";
import type { MachineInfo, SeenRequest } from "#sandbox/protocol.ts";
import type { MachineClient } from "../../machine/client.ts";
import { find, h, type MarkState, mark } from "../lab/dom.ts";
import type { Drawer } from "../lab/drawer.ts";
import { formatTime } from "../timeline/words.ts";

const titles: Record<TraceStep["stage"], string> = {
  tcp: "TCP",
  tls: "TLS",
  route: "Path",
  authentication: "Who are you",
  authorization: "May you do this",
  handler: "Handler",
};

const reasons: Readonly<Record<number, string>> = {
  101: "Switching Protocols",
  200: "OK",
  301: "Moved Permanently",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** Requests that are remembered; the oldest go first. */
const most = 300;

/** The same request comes as a new value each time. */
const keyOf = ({ machine, trace: { at, from, method, path, status } }: SeenRequest): string =>
  [machine, at, from, method, path, status].join(" ");

export class Inspector {
  readonly #lab: HTMLElement;
  readonly #client: MachineClient;
  readonly #drawer: Drawer;
  /** Names of machines by address. */
  readonly #names = new Map<string, string>();
  #requests: readonly SeenRequest[] = [];
  #selected: SeenRequest | undefined;
  #shown = false;

  constructor(lab: HTMLElement, client: MachineClient, machines: readonly MachineInfo[], drawer: Drawer) {
    this.#lab = lab;
    this.#client = client;
    this.#drawer = drawer;
    for (const { name, address } of machines) this.#names.set(address, name);
    // At another point of the time line only what had been asked by then has been asked.
    client.on("moved", () => {
      this.#requests = [];
    });
  }

  /** Asks for the requests again, after a change. */
  refresh(): void {
    void this.#load().then(() => {
      if (this.#shown) this.#draw();
    });
  }

  async open(): Promise<void> {
    this.#selected = undefined;
    await this.#load();
    this.#draw();
    this.#shown = true;
  }

  async #load(): Promise<void> {
    const requests = await this.#client.requests().catch(() => []);
    // A server that was restarted has forgotten what it answered before; whoever looks on has not.
    const known = new Set(requests.map(keyOf));
    const before = this.#requests.filter((each) => !known.has(keyOf(each)));
    this.#requests = [...requests, ...before].sort((a, b) => b.trace.at - a.trace.at).slice(0, most);
    const old = this.#selected === undefined ? undefined : keyOf(this.#selected);
    const same = this.#requests.find((each) => keyOf(each) === old);
    this.#selected = same ?? this.#requests[0];
    find(this.#lab, "[data-request-count]").textContent = String(this.#requests.length);
  }

  #caller({ trace: { from } }: SeenRequest): string {
    const address = from.replace(/:\d+$/, "");
    return this.#names.get(address) ?? address;
  }

  /** A stranger served is danger; a friend refused is not yet right. */
  #judge(request: SeenRequest): [MarkState, string] {
    const served = request.trace.status < 400;
    if (this.#caller(request) === "outsider")
      return served ? ["peril", "a stranger was served"] : ["pass", "a stranger was refused"];
    return served ? ["pass", "served"] : ["wait", "refused"];
  }

  #draw(): void {
    const content =
      this.#requests.length === 0
        ? [h("p", { class: "empty" }, "No requests yet. Ask port 10250 something from the outsider.")]
        : [
            this.#list(),
            h(
              "div",
              { class: "scroll", "data-path": true },
              ...(this.#selected === undefined ? [] : this.#path(this.#selected)),
            ),
          ];
    this.#drawer.open("Requests", "newest first", content, () => {
      this.#shown = false;
    });
    this.#shown = true;
  }

  #list(): HTMLElement {
    const rows = this.#requests.map((request, index) => {
      const { trace } = request;
      const here = request === this.#selected;
      const [state, word] = this.#judge(request);
      const pick = h(
        "button",
        { type: "button", class: "request" },
        h("code", {}, `${trace.method} ${shorten(trace.path)}`),
      );
      pick.addEventListener("click", () => this.#select(request));
      pick.addEventListener("keydown", (event) => this.#move(event, index));
      return h(
        "tr",
        { "aria-selected": String(here) },
        h("td", {}, mark(state, word)),
        h("td", {}, formatTime(trace.at)),
        h("td", {}, this.#caller(request)),
        h("td", {}, pick),
        h("td", {}, h("b", {}, String(trace.status))),
      );
    });
    return h(
      "div",
      { class: "req-list" },
      h(
        "table",
        { class: "reqs num" },
        h("caption", { class: "sr" }, "Requests, newest first"),
        h("tbody", {}, ...rows),
      ),
    );
  }

  #move(event: KeyboardEvent, index: number): void {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    this.#lab.querySelectorAll<HTMLElement>(".request")[index + by]?.focus();
  }

  #select(request: SeenRequest): void {
    this.#selected = request;
    const index = this.#requests.indexOf(request);
    for (const [at, row] of this.#lab.querySelectorAll("[data-drawer-body] tr").entries()) {
      row.setAttribute("aria-selected", String(at === index));
    }
    find(this.#lab, "[data-path]").replaceChildren(...this.#path(request));
  }

  #path(request: SeenRequest): HTMLElement[] {
    const { machine, trace } = request;
    const { status, method, path, port, steps } = trace;
    const end = steps.findLastIndex(({ outcome }) => outcome === "no" || outcome === "error");
    const who =
      trace.user === undefined
        ? []
        : [
            h(
              "p",
              { class: "small ink2" },
              "as ",
              h("code", {}, trace.user),
              ...(trace.groups.length > 0 ? [" in ", h("code", {}, trace.groups.join(", "))] : []),
            ),
          ];
    return [
      h("h3", { class: "answer" }, `${status} ${reasons[status] ?? ""}`),
      h(
        "p",
        { class: "small ink2" },
        h("code", {}, `${method} ${path}`),
        ` on port ${port} of ${machine}, from ${this.#caller(request)} (`,
        h("code", {}, trace.from),
        ")",
      ),
      ...who,
      h(
        "ol",
        { class: "path" },
        ...steps.map((step, index) => drawStep(step, index === end, end !== -1 && index > end)),
      ),
    ];
  }
}

function drawStep(step: TraceStep, cut: boolean, past: boolean): HTMLElement {
  const state: MarkState = cut
    ? "end"
    : step.outcome === "yes"
      ? "pass"
      : step.outcome === "skipped"
        ? "none"
        : step.outcome === "error"
          ? "peril"
          : "end";
  const word = { yes: "yes", no: "no", skipped: "no opinion", error: "failed" }[step.outcome];
  return h(
    "li",
    { class: cut ? "cut" : past ? "past" : undefined },
    mark(state, cut ? "ends here" : word),
    h(
      "div",
      {},
      h("h4", {}, `${titles[step.stage]}${step.part === "" ? "" : `: ${step.part}`}${cut ? ". Ends here." : ""}`),
      h("p", {}, step.text),
      ...drawReview(step),
      ...drawDecided(step, cut),
    ),
  );
}

function drawReview({ review }: TraceStep): HTMLElement[] {
  if (review === undefined) return [];
  const what = `${review.verb} ${review.resource}${review.subresource === "" ? "" : `/${review.subresource}`} ${review.name}`;
  return [
    h(
      "p",
      {},
      "Asked: may ",
      h("code", {}, review.user),
      " ",
      h("code", {}, what.trim()),
      "? ",
      review.reason,
      review.cached ? " (from the cache)" : "",
    ),
  ];
}

/** What decided the step: in a box where the request ends, as a quiet line elsewhere. */
function drawDecided({ decided = [] }: TraceStep, cut: boolean): HTMLElement[] {
  const known = decided.filter(({ value }) => value !== "");
  if (known.length === 0) return [];
  const where = (source: Source | undefined): (Node | string)[] =>
    source === undefined ? ["the default"] : describeSource(source);
  if (!cut) {
    return known.map(({ setting, value, source }) =>
      h("p", { class: "by" }, h("code", {}, `${setting}: ${value}`), ", ", ...where(source)),
    );
  }
  const lines = known.flatMap(({ setting, value, source }, index) => [
    ...(index > 0 ? [h("br"), "and "] : ["Decided by "]),
    h("code", {}, `${setting}: ${value}`),
    h("br"),
    ...where(source),
  ]);
  return [h("div", { class: "because" }, ...lines)];
}

type Source = NonNullable<NonNullable<TraceStep["decided"]>[number]["source"]>;

/** Where a setting came from, in words. */
function describeSource(source: Source): (Node | string)[] {
  if (source.kind === "default")
    return [`the default of a start ${source.mode === "file" ? "with" : "without"} a config file`];
  if (source.kind === "flag") return ["the flag ", h("code", {}, source.word)];
  return [h("code", {}, source.file), source.line === undefined ? "" : ` line ${source.line}`];
}

function shorten(path: string): string {
  return path.length > 34 ? `${path.slice(0, 33)}…` : path;
}
