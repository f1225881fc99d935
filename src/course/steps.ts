// The steps of a lesson as its prose has them: id and title.

export interface StepName {
  readonly id: string;
  readonly title: string;
}

/** Reads `<Step id="…" title="…">` out of prose. */
export function readSteps(prose: string): StepName[] {
  return [...prose.matchAll(/<Step\s[^>]*>/g)].map(([tag]) => ({
    id: /\bid="([^"]+)"/.exec(tag)?.[1] ?? "",
    title: /\btitle="([^"]+)"/.exec(tag)?.[1] ?? "",
  }));
}
