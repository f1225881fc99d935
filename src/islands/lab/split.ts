// Split bars: drag, arrows by 5 %, Home, End, double-click for half; sizes are remembered on this device.

const key = "kc:panes";
type Sizes = Record<string, number>;
const normal: Sizes = { terminal: 40, orders: 56 };
const property: Record<string, string> = { terminal: "--term", orders: "--edit" };

function readSizes(): Sizes {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? "{}");
    return typeof value === "object" && value !== null ? { ...normal, ...(value as Sizes) } : { ...normal };
  } catch {
    return { ...normal };
  }
}

/** Makes the bars of the laboratory work; `change` moves one by so many per cent, as the menu does. */
export function setUpSplits(lab: HTMLElement): { change(name: string, by: number): void } {
  const sizes = readSizes();
  const bars = [...lab.querySelectorAll<HTMLElement>("[data-split]")];
  const apply = (bar: HTMLElement, value: number): void => {
    const name = bar.dataset.split as string;
    const low = Number(bar.getAttribute("aria-valuemin"));
    const high = Number(bar.getAttribute("aria-valuemax"));
    const size = Math.round(Math.min(high, Math.max(low, Number.isFinite(value) ? value : (normal[name] ?? 50))));
    sizes[name] = size;
    lab.style.setProperty(property[name] as string, String(size));
    bar.setAttribute("aria-valuenow", String(size));
  };
  const keep = (): void => {
    try {
      localStorage.setItem(key, JSON.stringify(sizes));
    } catch {
      // Not kept; the panes stay as they are on this page.
    }
  };
  for (const bar of bars) {
    const name = bar.dataset.split as string;
    apply(bar, sizes[name] ?? 50);
    bar.addEventListener("keydown", (event) => {
      const step = stepOf(event.key, bar, sizes[name] ?? 50);
      if (step === undefined) return;
      event.preventDefault();
      apply(bar, step);
      keep();
    });
    bar.addEventListener("dblclick", () => {
      apply(bar, 50);
      keep();
    });
    bar.addEventListener("pointerdown", (event) => {
      bar.setPointerCapture(event.pointerId);
      const box = lab.getBoundingClientRect();
      const drag = (move: PointerEvent): void => {
        apply(
          bar,
          name === "terminal"
            ? ((box.bottom - move.clientY) / box.height) * 100
            : ((move.clientX - box.left) / box.width) * 100,
        );
      };
      bar.addEventListener("pointermove", drag);
      const end = (): void => {
        bar.removeEventListener("pointermove", drag);
        keep();
      };
      bar.addEventListener("pointerup", end, { once: true });
      bar.addEventListener("pointercancel", end, { once: true });
    });
  }
  return {
    change(name, by) {
      const bar = bars.find((each) => each.dataset.split === name);
      if (bar !== undefined) apply(bar, (sizes[name] ?? 50) + by);
      keep();
    },
  };
}

/** Up makes the terminal taller, right makes the editor wider. */
function stepOf(pressed: string, bar: HTMLElement, now: number): number | undefined {
  const up = bar.getAttribute("aria-orientation") === "horizontal" ? "ArrowUp" : "ArrowRight";
  const down = bar.getAttribute("aria-orientation") === "horizontal" ? "ArrowDown" : "ArrowLeft";
  if (pressed === up) return now + 5;
  if (pressed === down) return now - 5;
  if (pressed === "Home") return Number(bar.getAttribute("aria-valuemin"));
  if (pressed === "End") return Number(bar.getAttribute("aria-valuemax"));
  return undefined;
}
