// The tabs of small screens: one pane at a time. Whoever comes back to the text finds it where it was left.

const nav = document.getElementById("panes");
const read = document.getElementById("p-read") as HTMLInputElement | null;

/** Where the text was when it was last in front. */
let place = 0;

export function followPanes(): void {
  const note = (): void => {
    if (read?.checked) place = scrollY;
  };
  addEventListener("scroll", note, { passive: true });
  nav?.addEventListener("change", () => {
    // Where all panes are in sight nothing moves.
    if (getComputedStyle(nav).display === "none") return;
    scrollTo({ top: read?.checked ? place : 0, behavior: "instant" });
    dispatchEvent(new Event("resize"));
  });
}
