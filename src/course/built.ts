// Build time only: which pages there are, so that nothing links to one that is not in this build.

const pages = new Set(Object.keys(import.meta.glob(["../pages/*.astro", "../pages/*/index.astro"])));

/** Whether there is a page at an address such as `watch/`; the home page is the empty one. */
export function isBuilt(path: string): boolean {
  return pages.has(`../pages/${path}index.astro`) || pages.has(`../pages/${path.replace(/\/$/, "")}.astro`);
}
