// Addresses of the watch's pages.

import { link } from "../../course/links.ts";

/** The page of one drill; without a seed it draws one. */
export function repLink(id: string, seed?: string): string {
  return `${link("watch/rep/")}?drill=${encodeURIComponent(id)}${seed === undefined ? "" : `&seed=${encodeURIComponent(seed)}`}`;
}
