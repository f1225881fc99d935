// Where the keys of one letter lead: pages, the lesson before and after, the place where somebody was, the next theme.

import { lessonLink, link } from "../../course/links.ts";
import { findWhere } from "../../course/where.ts";
import { $progress, loadProgress } from "../../state/progress.ts";
import { nextTheme } from "../theme/themes.ts";

const pages: Readonly<Record<string, string>> = { voyage: "", reference: "reference/", log: "log/" };

/** The lesson and step to go on with; the voyage where nothing was begun. */
async function findAddress(): Promise<string> {
  await loadProgress();
  const where = findWhere($progress.get());
  return where === undefined ? link("") : lessonLink(where);
}

export async function goTo(where: string): Promise<void> {
  if (where === "theme") return nextTheme();
  if (where === "next" || where === "previous") {
    document.querySelector<HTMLAnchorElement>(`a[rel="${where === "next" ? "next" : "prev"}"]`)?.click();
    return;
  }
  location.href = where === "where" ? await findAddress() : link(pages[where] ?? "");
}
