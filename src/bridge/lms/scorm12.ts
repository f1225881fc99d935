// The SCORM 1.2 side of a package: finds the platform's API, and writes status, score, time and what is to be remembered.

/** The platform's API adapter (SCORM 1.2 Run-Time Environment, chapter 3). All values are text. */
export interface ScormApi {
  LMSInitialize(nothing: ""): string;
  LMSFinish(nothing: ""): string;
  LMSGetValue(element: string): string;
  LMSSetValue(element: string, value: string): string;
  LMSCommit(nothing: ""): string;
}

/** What is told of the learner's way. */
export interface Standing {
  /** Checks that pass, of those there are. */
  readonly passed: number;
  readonly total: number;
  readonly done: boolean;
  /** Where the learner was last, as an address inside the package. */
  readonly place: string;
}

/** Longest suspend_data of SCORM 1.2 (characters). */
export const longestSuspend = 4096;
/** Frames between a package and its platform, at most. */
const deepest = 7;

/** The API of the platform: in a frame above, or in the window that opened this one. */
export function findApi(from: Window): ScormApi | undefined {
  for (const start of [from, from.opener as Window | null]) {
    let window: Window | null = start;
    for (let depth = 0; window !== null && depth < deepest; depth++) {
      try {
        const { API } = window as unknown as { API?: ScormApi };
        if (API !== undefined) return API;
      } catch {
        // A frame of another origin is none of ours.
        return undefined;
      }
      window = window.parent === window ? null : window.parent;
    }
  }
  return undefined;
}

/** A session with a platform, from the first word to the last. */
export class ScormSession {
  readonly #api: ScormApi;
  readonly #began: number;
  #last = "";
  #open: boolean;

  constructor(api: ScormApi, now: number) {
    this.#api = api;
    this.#began = now;
    this.#open = api.LMSInitialize("") === "true";
  }

  /** What an earlier session left behind; empty where there was none. */
  get suspended(): string {
    return this.#api.LMSGetValue("cmi.suspend_data");
  }

  get place(): string {
    return this.#api.LMSGetValue("cmi.core.lesson_location");
  }

  /** Writes where things stand; the same is not written twice. */
  tell({ passed, total, done, place }: Standing, suspend: string): void {
    if (!this.#open) return;
    const score = total === 0 ? 0 : Math.round((100 * passed) / total);
    const now = JSON.stringify([score, done, place, suspend]);
    if (now === this.#last) return;
    this.#last = now;
    const set = (element: string, value: string): string => this.#api.LMSSetValue(element, value);
    // A lesson that was once completed stays so, though a machine may have been opened again.
    const status = this.#api.LMSGetValue("cmi.core.lesson_status");
    if (done || (status !== "completed" && status !== "passed"))
      set("cmi.core.lesson_status", done ? "completed" : "incomplete");
    set("cmi.core.score.min", "0");
    set("cmi.core.score.max", "100");
    set("cmi.core.score.raw", String(score));
    set("cmi.core.lesson_location", place.slice(0, 255));
    if (suspend.length <= longestSuspend) set("cmi.suspend_data", suspend);
    this.#api.LMSCommit("");
  }

  end(now: number): void {
    if (!this.#open) return;
    this.#open = false;
    this.#api.LMSSetValue("cmi.core.session_time", timespan(now - this.#began));
    this.#api.LMSSetValue("cmi.core.exit", "suspend");
    this.#api.LMSCommit("");
    this.#api.LMSFinish("");
  }
}

/** CMITimespan: HHHH:MM:SS. */
export function timespan(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${String(Math.floor(seconds / 3600)).padStart(4, "0")}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
