// What the pages of the bridge know of a lesson without loading it.

export interface LessonOutline {
  readonly id: string;
  readonly number: number;
  readonly title: string;
  readonly minutes: number;
  readonly steps: readonly { readonly id: string; readonly title: string }[];
  readonly checks: readonly { readonly id: string; readonly step: string; readonly goal: string }[];
}

/** The outlines that stand in the page as JSON, in `<script type="application/json" data-outline>`. */
export function readOutline(): readonly LessonOutline[] {
  const text = document.querySelector("[data-outline]")?.textContent ?? "[]";
  return JSON.parse(text) as readonly LessonOutline[];
}

/** `holds-after-restart` is read as "holds after restart". */
export function wordsOfId(id: string): string {
  return id.replaceAll("-", " ");
}
