// Addresses inside the site, below whatever base path it was built for.

/** Joins a path to the base path: `link("lessons/x/")`. */
export function link(path: string): string {
  // Platforms that take a package serve files, and no folders.
  const file = import.meta.env.PUBLIC_KC_PACKAGE === "1" && (path === "" || path.endsWith("/")) ? "index.html" : "";
  return `${import.meta.env.BASE_URL.replace(/\/$/, "")}/${path}${file}`;
}

/** The page of a lesson. */
export function lessonLink(id: string): string {
  return link(`lessons/${id}/`);
}
