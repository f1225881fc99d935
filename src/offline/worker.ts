// The service worker: the course without a network. A newer build waits until the reader takes it up or all its tabs are closed;
// tabs that still show the build before it find their scripts for as long as that was the last one.

import { PrecacheController, PrecacheRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { CacheFirst } from "workbox-strategies";
import type { Aboard, Cargo, ToOfflineWorker } from "./aboard.ts";

declare const self: ServiceWorkerGlobalScope;
declare const CARGO: Cargo;

const LATER = "kc-later";
const LOG = "kc-log";
/** Under this key the log remembers what the version that is in charge keeps. */
const KEPT = "kept.json";

const first = new PrecacheController({ cacheName: "kc-first" });
first.addToCacheList([...CARGO.first]);

/** Address under which a file of the second kind is kept: with its revision, as the first kind is. */
const keyOf = ({ url, revision }: Aboard): string => {
  const key = new URL(url, self.location.href);
  if (revision !== null) key.searchParams.set("revision", revision);
  return key.href;
};
const laterKeys = new Map(
  [...CARGO.idle, ...CARGO.asked].map((file) => [new URL(file.url, self.location.href).href, keyOf(file)]),
);
const later = new CacheFirst({
  cacheName: LATER,
  plugins: [{ cacheKeyWillBeUsed: async ({ request }) => laterKeys.get(request.url) ?? request }],
});

self.addEventListener("install", (event) => void first.install(event));

self.addEventListener("activate", (event) => event.waitUntil(tidyUp().then(() => self.clients.claim())));

self.addEventListener("message", (event) => {
  const said = event.data as ToOfflineWorker;
  if (said === "take-over") void self.skipWaiting();
  if (said === "fill") event.waitUntil(fillOne(event).then((more) => event.ports[0]?.postMessage(more)));
});

registerRoute(
  new PrecacheRoute(first, {
    ignoreURLParametersMatching: [/./],
    // A page is the same with and without the slash at its end.
    urlManipulation: ({ url }) => (url.pathname.endsWith("/") ? [] : [new URL(`${url.pathname}/`, url)]),
  }),
);
registerRoute(({ url }) => laterKeys.has(url.href), later);
// Scripts of the version before this one, for tabs that still show it.
registerRoute(
  ({ url }) => url.origin === self.location.origin && url.pathname.includes("/_astro/"),
  async ({ request }) => (await caches.match(request)) ?? fetch(request),
);
registerRoute(
  new NavigationRoute(async ({ request }) => {
    try {
      return await fetch(request as Request);
    } catch {
      return (await first.matchPrecache("offline/")) ?? Response.error();
    }
  }),
);

/** Drops what neither this version nor the one before it asks for. */
async function tidyUp(): Promise<void> {
  const log = await caches.open(LOG);
  const before = (await (await log.match(KEPT))?.json().catch(() => [])) as readonly string[] | undefined;
  const mine = [...first.getURLsToCacheKeys().values(), ...laterKeys.values()];
  const wanted = new Set([...mine, ...(before ?? [])]);
  for (const name of ["kc-first", LATER]) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) if (!wanted.has(request.url)) await cache.delete(request);
  }
  await log.put(KEPT, Response.json(mine));
}

/** Fetches one file of the rest; tells whether to go on. One at a time: a worker that is busy cannot be replaced. */
async function fillOne(event: ExtendableMessageEvent): Promise<boolean> {
  const cache = await caches.open(LATER);
  const there = new Set((await cache.keys()).map(({ url }) => url));
  const next = CARGO.idle.find((file) => !there.has(keyOf(file)));
  if (next === undefined) return false;
  const got = later.handle({ event, request: new Request(new URL(next.url, self.location.href)) });
  // What cannot be had now is left for the next visit.
  return Promise.resolve(got).then(
    ({ ok }) => ok,
    () => false,
  );
}
