// The page's side of the course without a network: registers the service worker once the page has nothing else to do, tells of a newer version.

import { link } from "../../course/links.ts";
import type { ToOfflineWorker } from "../../offline/aboard.ts";

/** After the page has loaded, so long nothing is asked for (ms); what runs already needs no such courtesy. */
const patience = 4000;

const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
const laboratory = (): HTMLElement | null => document.querySelector<HTMLElement>("kc-lab");

function waitForIdle(): Promise<void> {
  return new Promise((resolve) => {
    const idle = (): void => {
      if (laboratory()?.dataset.status === "starting") setTimeout(idle, 1000);
      else if (typeof requestIdleCallback === "function") requestIdleCallback(() => resolve(), { timeout: 5000 });
      else resolve();
    };
    const later = (): unknown => setTimeout(idle, container?.controller == null ? patience : 0);
    if (document.readyState === "complete") later();
    else addEventListener("load", later, { once: true });
  });
}

/** Whether the reader asked for little traffic. */
function isSparing(): boolean {
  const { connection } = navigator as { connection?: { readonly saveData?: boolean } };
  return connection?.saveData === true;
}

const say = (worker: ServiceWorker | null, word: ToOfflineWorker): void => worker?.postMessage(word);

/** Has the rest fetched, file by file, for as long as this version is in charge. */
async function fill(registration: ServiceWorkerRegistration): Promise<void> {
  const worker = registration.active;
  for (let more = true; more && worker !== null && registration.waiting === null; ) {
    await waitForIdle();
    more = await new Promise<boolean>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener("message", ({ data }) => resolve(data === true));
      port1.start();
      worker.postMessage("fill" satisfies ToOfflineWorker, [port2]);
    });
  }
}

/** Calls with each version that waits to be taken up, now and later. */
function watchForNew(registration: ServiceWorkerRegistration, found: (worker: ServiceWorker) => void): void {
  // Without a version in charge there is none to be replaced.
  const tell = (): void => {
    if (registration.waiting !== null && registration.active !== null) found(registration.waiting);
  };
  tell();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", tell);
  });
  // A tab that stays open for days asks once in a while.
  let asked = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || Date.now() - asked < 3_600_000) return;
    asked = Date.now();
    void registration.update().catch(() => undefined);
  });
}

async function start(): Promise<void> {
  // In a package on a learning platform the origin is not ours.
  if (container === undefined || import.meta.env.PUBLIC_KC_PACKAGE === "1") return;
  if (import.meta.env.DEV) {
    for (const each of await container.getRegistrations()) await each.unregister();
    return;
  }
  await waitForIdle();
  if (container.controller === null && isSparing()) return;
  let inCharge = container.controller;
  const registration = await container.register(link("sw.js"), { scope: link(""), updateViaCache: "none" });
  watchForNew(registration, (worker) => {
    void import("./news.ts").then(({ tellOfNew }) => tellOfNew(() => say(worker, "take-over")));
  });
  container.addEventListener("controllerchange", () => {
    if (inCharge !== null) void import("./news.ts").then(({ tellOfChange }) => tellOfChange());
    inCharge = container.controller;
  });
  await container.ready;
  for (const place of document.querySelectorAll("[data-offline]"))
    place.textContent = "Kept on this device: works without a network.";
  if (!isSparing()) await fill(await container.ready);
}

void start().catch((error: unknown) => console.warn("offline:", error));
