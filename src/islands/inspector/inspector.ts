// The inspector: every request that reached a kubelet or the API server, newest first, and the path one of them took.

import type { Trace, TraceStep } from "#sandbox/kubelet/trace.ts";
import type { MachineInfo } from "#sandbox/protocol.ts";
import type { MachineClient } from "../../machine/client.ts";
import { find, h, type MarkState, mark } from "../lab/dom.ts";
import type { Drawer } from "../lab/drawer.ts";
import { formatTime } from "../timeline/timeline.ts";

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

export class Inspector {
  readonly #lab: HTMLElement;
  readonly #client: MachineClient;
  readonly #drawer: Drawer;
  /** Names of machines by address. */
  readonly #names = new Map<string, string>();
  #requests: readonly Trace[] = [];
  #selected: Trace | undefined;
  #shown = false;

  constructor(lab: HTMLElement, client: MachineClient, machines: readonly MachineInfo[], drawer: Drawer) {
    this.#lab = lab;
    this.#client = client;
    this.#drawer = drawer;
    for (const { name, address } of machines) this.#names.set(address, name);
  }

  /** Asks for the requests again, after a change. */
  refresh(): void {
    void this.#load().then(() => {
      if (this.#shown) this.#draw();
    });
  }

  async open(): Promise<void> {
    await this.#load();
    this.#selected = this.#requests[0];
    this.#draw();
    this.#shown = true;
  }

  async #load(): Promise<void> {
    const requests = await this.#client.requests().catch(() => []);
    this.#requests = [...(requests as readonly Trace[])].sort((a, b) => b.at - a.at);
    find(this.#lab, "[data-request-count]").textContent = String(this.#requests.length);
  }

  #caller({ from }: Trace): string {
    const address = from.replace(/:\d+$/, "");
    return this.#names.get(address) ?? address;
  }

  /** A stranger served is danger; a friend refused is not yet right. */
  #judge(trace: Trace): [MarkState, string] {
    const served = trace.status < 400;
    if (this.#caller(trace) === "outsider")
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
    const rows = this.#requests.map((trace, index) => {
      const here = trace === this.#selected;
      const [state, word] = this.#judge(trace);
      const pick = h(
        "button",
        { type: "button", class: "request" },
        h("code", {}, `${trace.method} ${shorten(trace.path)}`),
      );
      pick.addEventListener("click", () => this.#select(trace));
      pick.addEventListener("keydown", (event) => this.#move(event, index));
      return h(
        "tr",
        { "aria-selected": String(here) },
        h("td", {}, mark(state, word)),
        h("td", {}, formatTime(trace.at)),
        h("td", {}, this.#caller(trace)),
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

  #select(trace: Trace): void {
    this.#selected = trace;
    const index = this.#requests.indexOf(trace);
    for (const [at, row] of this.#lab.querySelectorAll("[data-drawer-body] tr").entries()) {
      row.setAttribute("aria-selected", String(at === index));
    }
    find(this.#lab, "[data-path]").replaceChildren(...this.#path(trace));
  }

  #path(trace: Trace): HTMLElement[] {
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
        ` on port ${port} from ${this.#caller(trace)} (`,
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
      ...drawDecided(step),
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

function drawDecided({ decided = [] }: TraceStep): HTMLElement[] {
  if (decided.length === 0) return [];
  return [
    h(
      "div",
      { class: "because" },
      ...decided.flatMap(({ setting, value, source }, index) => [
        ...(index > 0 ? [h("br")] : []),
        index === 0 ? "Decided by " : "and ",
        h("code", {}, `${setting}: ${value}`),
        h("br"),
        ...(source === undefined ? ["the default"] : describeSource(source)),
      ]),
    ),
  ];
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
