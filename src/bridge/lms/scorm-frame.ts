// The first page of a SCORM package: holds the session while the course is shown in a frame, and tells the platform how things go.

import { decodeCode, encodeCode } from "../../state/code.ts";
import { readKept, writeKept } from "../../state/kept.ts";
import { isProgress, type Progress } from "../../state/progress.ts";
import { findApi, longestSuspend, ScormSession, type Standing } from "./scorm12.ts";

/** What the package is about; written into the page by the packer. */
interface Scope {
  /** Lessons that count, with how many checks each has. */
  readonly lessons: readonly (readonly [id: string, checks: number])[];
  /** Page to begin with, inside the package. */
  readonly first: string;
}

const scope = JSON.parse(document.querySelector("[data-scope]")?.textContent ?? "{}") as Scope;
const frame = document.querySelector("iframe") as HTMLIFrameElement;
const here = new URL(".", location.href).href;

async function readProgress(): Promise<Progress> {
  const kept = await readKept("progress");
  return kept.ok && isProgress(kept.value) ? kept.value : { version: 1, lessons: {} };
}

function standingOf(progress: Progress): Standing {
  const known = scope.lessons.map(([id, checks]) => ({ checks, lesson: progress.lessons[id] }));
  const place = frame.contentWindow?.location.href ?? "";
  return {
    passed: known.reduce(
      (sum, { lesson, checks }) => sum + (lesson?.doneAt === undefined ? (lesson?.passed.length ?? 0) : checks),
      0,
    ),
    total: known.reduce((sum, { checks }) => sum + checks, 0),
    done: known.every(({ lesson }) => lesson?.doneAt !== undefined),
    place: place.startsWith(here) ? place.slice(here.length).replace(/#.*/, "") : "",
  };
}

/** Progress as a code that fits; without the hints where it would not. */
async function suspend(progress: Progress): Promise<string> {
  const mine = Object.fromEntries(
    Object.entries(progress.lessons).filter(([id]) => scope.lessons.some(([known]) => known === id)),
  );
  const whole = await encodeCode("progress", { version: 1, lessons: mine });
  if (whole.length <= longestSuspend) return whole;
  const bare = Object.fromEntries(
    Object.entries(mine).map(([id, lesson]) => [id, { ...lesson, hints: {}, passed: [] }]),
  );
  return encodeCode("progress", { version: 1, lessons: bare });
}

/** Progress of an earlier session on another device; what is known here is newer or the same. */
async function restore(text: string): Promise<void> {
  if (text === "") return;
  const decoded = await decodeCode(text);
  if (!decoded.ok || decoded.kind !== "progress" || !isProgress(decoded.value)) return;
  const now = await readProgress();
  await writeKept("progress", { version: 1, lessons: { ...decoded.value.lessons, ...now.lessons } });
}

async function run(): Promise<void> {
  const api = findApi(window);
  const session = api === undefined ? undefined : new ScormSession(api, Date.now());
  await restore(session?.suspended ?? "");
  const place = session?.place ?? "";
  frame.src = /^[\w/.-]*$/.test(place) && place !== "" && !place.includes("..") ? place : scope.first;
  if (session === undefined) return;
  const tell = async (): Promise<void> => {
    const progress = await readProgress();
    session.tell(standingOf(progress), await suspend(progress));
  };
  frame.addEventListener("load", () => void tell());
  new BroadcastChannel("kc:progress").addEventListener("message", () => void tell());
  const timer = setInterval(() => void tell(), 15_000);
  addEventListener("pagehide", () => {
    clearInterval(timer);
    session.end(Date.now());
  });
}

void run();
