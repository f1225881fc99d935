// The three layers of a verdict: saved, running, behaving, and which of them lags.

import type { LayerFinding } from "#sandbox/grader/check.ts";
import { h, mark, withCode } from "../lab/dom.ts";

export function layerList(layers: readonly LayerFinding[]): HTMLElement {
  return h(
    "ul",
    { class: "layers" },
    ...layers.map(({ layer, good, seen }) =>
      h(
        "li",
        { class: good === false ? "lag" : undefined },
        good === undefined ? mark("blind", "could not tell") : good ? mark("pass", "as wanted") : mark("wait", "lags"),
        h("b", {}, layer),
        h("span", {}, ...withCode(seen)),
      ),
    ),
  );
}
