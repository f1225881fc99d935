// Scenes booted at build time, fetched in two parts: the first is enough for a prompt, the rest follows.

/** The first part of a prebuilt scene, and how to ask for the rest once the prompt has had the line to itself. */
export interface Prebuilt {
  readonly first: string;
  loadRest(): Promise<string>;
}

async function fetchText(path: string): Promise<string> {
  const response = await fetch(`${import.meta.env.BASE_URL.replace(/\/$/, "")}/scenes/${path}`);
  const type = response.headers.get("content-type") ?? "";
  if (!response.ok || !type.includes("json")) throw new Error(`no prebuilt scene ${path}`);
  return response.text();
}

/** The prebuilt scene of a laboratory; undefined where there is none, and the worker boots it itself. */
export async function fetchPrebuilt(lab: string): Promise<Prebuilt | undefined> {
  const first = await fetchText(`${lab}.first.json`).catch(() => undefined);
  return first === undefined ? undefined : { first, loadRest: () => fetchText(`${lab}.rest.json`) };
}
