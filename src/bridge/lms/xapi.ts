// Tells a learning record store how a lesson goes, where a platform opened the page with a launch. Loaded only where a store is configured.

import type { GradeReport } from "#sandbox/grader/check.ts";
import { type Launch, makeStatements, readLaunch, type Statement } from "./statements.ts";

const launchKey = "kc:xapi";
const queueKey = "kc:xapi-queue";
/** Statements that wait; older ones are dropped where a store never answers. */
const mostWaiting = 200;

/** The launch of this tab: from the address, or as it was before the reader went on to another page. */
function takeLaunch(store: string): Launch | undefined {
  const launch = readLaunch(location.search, store);
  try {
    if (launch !== undefined) {
      sessionStorage.setItem(launchKey, location.search);
      // Its key does not stay in the address.
      history.replaceState(null, "", location.pathname + location.hash);
      return launch;
    }
    return readLaunch(sessionStorage.getItem(launchKey) ?? "", store);
  } catch {
    return launch;
  }
}

/** A UUID, on origins that are not secure, too. */
function makeUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export function followLesson(lab: HTMLElement, store: string): void {
  const launch = takeLaunch(store);
  if (launch === undefined) return;
  const lesson = { id: `${location.origin}${location.pathname}`, title: document.title };
  let told: Set<string> | undefined;
  let waiting = readWaiting();
  let sending = false;
  const send = async (): Promise<void> => {
    if (sending || waiting.length === 0) return;
    sending = true;
    const batch = waiting.slice(0, 50);
    const response = await fetch(`${launch.endpoint}statements`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: launch.auth, "x-experience-api-version": "1.0.3" },
      body: JSON.stringify(batch),
      keepalive: true,
    }).catch(() => undefined);
    sending = false;
    // Statements carry ids: a store takes each once. One that it refuses would be refused for ever.
    if (response === undefined || response.status >= 500) return;
    if (!response.ok) console.warn(`the store refused ${batch.length} statements: ${response.status}`);
    waiting = waiting.filter((statement) => !batch.includes(statement));
    keepWaiting(waiting);
    void send();
  };
  lab.addEventListener("kc:report", (event) => {
    const { verdicts } = (event as CustomEvent<{ report: GradeReport }>).detail.report;
    const statements = makeStatements(launch, lesson, told, verdicts, new Date(), makeUuid);
    told = new Set([...(told ?? []), ...verdicts.filter(({ verdict }) => verdict === "pass").map(({ id }) => id)]);
    waiting = [...waiting, ...statements].slice(-mostWaiting);
    keepWaiting(waiting);
    void send();
  });
  addEventListener("online", () => void send());
  setInterval(() => void send(), 30_000);
}

function readWaiting(): Statement[] {
  try {
    return JSON.parse(sessionStorage.getItem(queueKey) ?? "[]") as Statement[];
  } catch {
    return [];
  }
}

function keepWaiting(waiting: readonly Statement[]): void {
  try {
    sessionStorage.setItem(queueKey, JSON.stringify(waiting));
  } catch {
    // They wait as long as the page.
  }
}
