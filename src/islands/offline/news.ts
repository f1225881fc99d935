// Tells that a newer version of the course is there, and changes to it when the reader agrees. Loaded when there is such news.

import "../../styles/news.css";

/** Set where the reader said "later": asked again with the next visit. */
const later = "kc:later";

interface Way {
  readonly label: string;
  readonly main?: boolean;
  run(): void;
}

let agreed = false;

function show(title: string, text: string, ways: readonly Way[]): void {
  document.querySelector(".news")?.remove();
  const box = document.createElement("div");
  box.className = "notice news";
  box.setAttribute("role", "status");
  const heading = document.createElement("p");
  heading.append(Object.assign(document.createElement("b"), { textContent: title }));
  const row = Object.assign(document.createElement("div"), { className: "row wrapping" });
  for (const { label, main, run } of ways) {
    const button = Object.assign(document.createElement("button"), {
      type: "button",
      className: main === true ? "btn main" : "btn bare",
      textContent: label,
    });
    button.addEventListener("click", () => {
      box.remove();
      run();
    });
    row.append(button);
  }
  box.append(heading, Object.assign(document.createElement("p"), { className: "small", textContent: text }), row);
  // An element that speaks must be there before it has something to say.
  box.hidden = true;
  document.body.append(box);
  requestAnimationFrame(() => {
    box.hidden = false;
  });
}

/** Lets whoever keeps something write it down; resolves when all have. */
async function keepAll(): Promise<void> {
  const writing: Promise<unknown>[] = [];
  document.dispatchEvent(new CustomEvent("kc:keep", { detail: writing }));
  await Promise.allSettled(writing);
}

const hasUnsavedFile = (): boolean => document.querySelector(".lab .unsaved") !== null;

/** A newer version waits; `takeOver` puts it in charge. */
export function tellOfNew(takeOver: () => void): void {
  if (sessionStorage.getItem(later) !== null) return;
  const take = async (): Promise<void> => {
    agreed = true;
    await keepAll();
    takeOver();
  };
  const ask = (): void => {
    if (!hasUnsavedFile()) return void take();
    show(
      "A file in the editor is not saved",
      "The page loads anew for the newer version. Save the file first, or let it go.",
      [
        { label: "Back to the file", main: true, run: () => tellOfNew(takeOver) },
        { label: "Let it go", run: () => void take() },
      ],
    );
  };
  show(
    "A newer version of the course is ready",
    "Nothing changes until you take it up. This page then loads anew; laboratories and progress stay as they are.",
    [
      { label: "Take it up", main: true, run: ask },
      { label: "Later", run: () => sessionStorage.setItem(later, "1") },
    ],
  );
}

/** Another version took over: by the reader's word here, or in another tab. */
export function tellOfChange(): void {
  const status = document.querySelector<HTMLElement>("kc-lab")?.dataset.status ?? "off";
  // A page on which nothing runs loses nothing; `data-stay` is on those that hold something of their own.
  if (agreed || (status === "off" && document.querySelector("[data-stay]") === null)) {
    location.reload();
    return;
  }
  const reload = (): void => void keepAll().then(() => location.reload());
  show(
    "A newer version was taken up in another tab",
    "What runs here goes on. The newer version comes when this page loads anew.",
    [
      { label: "Load anew", main: true, run: reload },
      { label: "Later", run: () => undefined },
    ],
  );
}
