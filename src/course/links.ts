// Addresses inside the site, below whatever base path it was built for.

/** Joins a path to the base path: `link("lessons/x/")`. */
export function link(path: string): string {
  return `${import.meta.env.BASE_URL.replace(/\/$/, "")}/${path}`;
}

/** The page of a lesson. */
export function lessonLink(id: string): string {
  return link(`lessons/${id}/`);
}
