// The dev server's service worker removes itself: a built course that was served at this address before must not hide what is being written.

const script = `
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) await caches.delete(name);
  await self.registration.unregister();
  for (const client of await self.clients.matchAll({ type: "window" })) await client.navigate(client.url);
})()));
`;

interface Answer {
  setHeader(name: string, value: string): void;
  end(text: string): void;
}

type Middleware = (request: { readonly url?: string }, response: Answer, next: () => void) => void;

interface DevServer {
  readonly middlewares: { use(middleware: Middleware): void };
}

/** A plugin for Vite. */
export function removeWorkerInDev() {
  return {
    name: "no-worker-in-dev",
    apply: "serve" as const,
    configureServer(server: DevServer): void {
      server.middlewares.use((request, response, next) => {
        if (!/\/sw\.js(\?|$)/.test(request.url ?? "")) return next();
        response.setHeader("content-type", "text/javascript");
        response.setHeader("cache-control", "no-store");
        response.end(script);
      });
    },
  };
}
