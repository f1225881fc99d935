// npm start: builds the course where a source is newer than dist/, serves it and prints the address.

import { buildSite, isStale } from "./build.ts";
import { dist } from "./packages.mjs";
import { serveSite } from "./serve.ts";

const wanted = Number(process.env.PORT ?? 4321);
if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65535) {
  console.error(`PORT is ${process.env.PORT}; it must be a number from 0 to 65535.`);
  process.exit(1);
}
if (isStale() && (await buildSite()) !== 0) {
  console.error("The build failed; nothing is served.");
  process.exit(1);
}
const site = await serveSite({
  root: dist,
  port: wanted,
  base: process.env.KC_BASE ?? "",
  host: process.env.HOST ?? "127.0.0.1",
});
if (wanted !== 0 && site.port !== wanted) console.log(`Port ${wanted} is taken.`);
console.log(`Kubelet Captain is at ${site.url} (Ctrl-C ends it)`);
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => void site.close().then(() => process.exit(0)));
