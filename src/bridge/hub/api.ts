// Asks the hub: one function for every route, with the answer or a sentence that says what is wrong. Keys travel in HttpOnly cookies.

import { link } from "../../course/links.ts";
import type { ErrorWord, Problem } from "../../hub/api/index.ts";

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  /** `word` is undefined where no hub answered: no network, or no hub at this address. */
  | { readonly ok: false; readonly word: ErrorWord | undefined; readonly why: string };

/** How long a question may take (ms). */
const patience = 30_000;

/** The address of a route below the hub's API. */
export function hubAddress(path: string): string {
  return link(`api/v1${path}`);
}

/** Asks, or tells with a body; an answer that does not come from a hub counts as none. */
export async function askHub<T>(
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer<T>> {
  let response: Response;
  try {
    response = await fetch(hubAddress(path), {
      method: body === undefined ? "GET" : "POST",
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(patience),
      ...(body === undefined
        ? { headers }
        : { headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) }),
    });
  } catch {
    return { ok: false, word: undefined, why: "The hub does not answer. Check the connection." };
  }
  if (response.status === 204) return { ok: true, value: undefined as T };
  const json = (response.headers.get("content-type") ?? "").includes("json");
  const value = json ? await response.json().catch(() => undefined) : undefined;
  if (response.ok && value !== undefined) return { ok: true, value: value as T };
  const { error, message } = (value ?? {}) as Partial<Problem>;
  if (error === undefined) return { ok: false, word: undefined, why: "There is no hub at this address." };
  return { ok: false, word: error, why: message ?? "The hub refused." };
}

/** An id for something that is sent: sorts by time, and is made once. Works where there is no secure context, too. */
export function makeId(): string {
  const chance = [...crypto.getRandomValues(new Uint8Array(8))]
    .map((byte) => byte.toString(36).padStart(2, "0"))
    .join("");
  return `${Date.now().toString(36).padStart(9, "0")}-${chance}`;
}
