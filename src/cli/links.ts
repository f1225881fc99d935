// npm run links: every link, script, style and picture of the built pages leads to something that exists, fragments included.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, posix, relative } from "node:path";
import { dist, root } from "./packages.mjs";

const base = (process.env.KC_BASE ?? "").replace(/\/$/, "");

function listFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? listFiles(path) : [path];
  });
}

/** File that answers an address of the site; undefined where none does. */
function findTarget(path: string): string | undefined {
  const plain = join(dist, decodeURIComponent(path));
  return [plain, `${plain}.html`, join(plain, "index.html")].find(
    (file) => existsSync(file) && statSync(file).isFile(),
  );
}

const withoutScripts = (html: string) =>
  html.replace(/<script\b[\s\S]*?<\/script>/g, (script) => script.slice(0, script.indexOf(">") + 1));
const readEntities = (text: string) => text.replaceAll("&amp;", "&").replaceAll("&#38;", "&").replaceAll("&quot;", '"');

function findIds(file: string): Set<string> {
  return new Set(
    [...readFileSync(file, "utf8").matchAll(/\s(?:id|name)="([^"]+)"/g)].map((match) => readEntities(match[1] ?? "")),
  );
}

/** Why a link is dead; undefined where it is alive or leads elsewhere. */
function judge(link: string, page: string): string | undefined {
  if (/^(https?:|mailto:|data:|blob:|javascript:)/.test(link))
    return link.startsWith("javascript:") ? "runs script" : undefined;
  const [path = "", fragment = ""] = link.split("#");
  const here = `/${relative(dist, page).replaceAll("\\", "/")}`;
  const asked = path.split("?")[0] ?? "";
  const absolute = asked === "" ? here : asked.startsWith("/") ? asked : posix.join(base, posix.dirname(here), asked);
  if (asked.startsWith("/") && base !== "" && !`${absolute}/`.startsWith(`${base}/`))
    return `does not start with the base path ${base}`;
  const target = asked === "" ? page : findTarget(absolute.startsWith(base) ? absolute.slice(base.length) : absolute);
  if (target === undefined) return "leads nowhere";
  // A fragment of data (`#kc1…`, a shared state) is read by a script, not by the browser.
  const isData = fragment === "" || fragment.startsWith("kc");
  if (!isData && target.endsWith(".html") && !findIds(target).has(decodeURIComponent(fragment)))
    return "has no such fragment";
  return undefined;
}

if (!existsSync(dist)) {
  console.error("dist/ does not exist: npm run build comes first.");
  process.exit(1);
}
let seen = 0;
let dead = 0;
for (const page of listFiles(dist).filter((file) => file.endsWith(".html"))) {
  const html = withoutScripts(readFileSync(page, "utf8"));
  for (const match of html.matchAll(/\s(?:href|src|poster|data-src)="([^"]*)"/g)) {
    seen += 1;
    const link = readEntities(match[1] ?? "");
    const why = judge(link, page);
    if (why === undefined) continue;
    dead += 1;
    console.log(`${relative(root, page)}: ${link} ${why}`);
  }
}
console.log(`${seen} links, ${dead} dead`);
process.exitCode = dead === 0 && seen > 0 ? 0 : 1;
