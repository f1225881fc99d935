// npm run size: what a reader loads at each moment, by asking a browser, in brotli bytes, against the budgets of package.json.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import type { Page } from "playwright-core";
import { launchBrowser, openInEditor, showTerminal, typeLine, waitForOrder, waitForPrompt } from "./browse.ts";
import { stowSite } from "./offline.ts";
import { dist, root } from "./packages.mjs";
import { serveSite } from "./serve.ts";

interface Budget {
  readonly moment: string;
  /** kB of 1000 bytes; without one the figure is shown and nothing more. */
  readonly limit?: number;
  /** Where the limit is not met yet: what it is held at until it is. More than this fails, and the limit stays in sight. */
  readonly held?: number;
}

const budgets = (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { budgets: Record<string, Budget> })
  .budgets;
/** Far enough away that what is asked for after the prompt cannot arrive before it (ms). */
const LATENCY = 300;
const lessonPath = "lessons/who-goes-there/turn-strangers-away/";

/** Libraries that are not our own code. */
const foreign = /\/(xterm|addon|monaco|editor\.worker|yaml\.worker)[^/]*\.(js|css)$/;
const harbour = /\/(harbour|kubeadm|kubeadm-manifests|crictl|kube-bench)-[\w-]{8}\.js$/;
/** The tools of coreutils and their like, which arrive together, and those of their own file. */
const textTools =
  /\/(basics|awk|jq|diff|vi|nano|less|tr|xargs|sort|find|grep|sed|ls|small|numfmt|expr|paste|join|dump)-[^/]*\.js$/;
/** Other programs by the names of their files: they come when they are first run. */
const commandNames = new Set(
  readdirSync(join(root, "sandbox/commands"), { recursive: true }).map((path) => basename(String(path), ".ts")),
);
const isCommand = (path: string): boolean => commandNames.has(basename(path).replace(/-[^-]*\.js$/, ""));
/** Parts of the page that come with the panes they draw. */
const panes = /\/(late-panes|inspector|timeline|editor-pane)[^/]*\.js$/;
/** The two programs that a node's life needs; what they import statically is their cryptography, TLS, HTTP and YAML. */
const machineParts = /\/(kubelet(-\d+)?|life|systemd)-[\w-]{8}\.js$/;
const snapshot = /\.(json|kc|txt)$/;

function listFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? listFiles(path) : [path];
  });
}

/** Bytes that a file costs on the wire; fonts are compressed in themselves. */
function weigh(path: string): number {
  const data = readFileSync(path);
  if (/\.(woff2|png|webp)$/.test(path)) return data.length;
  return brotliCompressSync(data, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length },
  }).length;
}

/** Scripts and all that they import, directly or not, as paths of the site. */
function importsOf(paths: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [...paths];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    for (const [, name = ""] of readFileSync(fileOf(path), "utf8").matchAll(
      /(?:from|import)\s*["']\.\/([^"']+\.js)["']/g,
    ))
      open.push(folder + name);
  }
  return seen;
}

/** Files of the site that were asked for since the last call. */
class Requests {
  readonly #seen = new Set<string>();
  #fresh: string[] = [];
  /** When a file had arrived, ms since the epoch. */
  readonly #arrived = new Map<string, number>();

  constructor(page: Page, base: string) {
    const pathOf = (url: string): string => new URL(url).pathname.slice(base.length - 1);
    page.context().on("request", (request) => {
      const path = pathOf(request.url());
      if (!request.url().startsWith("http") || this.#seen.has(path)) return;
      this.#seen.add(path);
      this.#fresh.push(path);
    });
    page.context().on("requestfinished", (request) => {
      const { startTime, responseEnd } = request.timing();
      const path = pathOf(request.url());
      if (!this.#arrived.has(path)) this.#arrived.set(path, startTime + Math.max(0, responseEnd));
    });
  }

  /** Those that had arrived by a time: what was on its way then was not waited for. */
  takeUntil(time: number): string[] {
    const early = this.#fresh.filter((path) => (this.#arrived.get(path) ?? Number.POSITIVE_INFINITY) <= time);
    this.#fresh = this.#fresh.filter((path) => !early.includes(path));
    return early;
  }

  /** Waits until such a file was asked for: on a busy host it comes late. */
  async waitFor(page: Page, file: RegExp): Promise<void> {
    for (const end = Date.now() + 60_000; !this.#fresh.some((path) => file.test(path)); await page.waitForTimeout(100))
      if (Date.now() > end) throw new Error(`nothing like ${file} was asked for`);
  }

  /** Waits until nothing was asked for in a second. */
  async take(page: Page): Promise<string[]> {
    for (let before = -1; before !== this.#fresh.length; ) {
      before = this.#fresh.length;
      await page.waitForTimeout(1000);
    }
    return this.#fresh.splice(0);
  }
}

/** In the page: presses Start; the time of the frame that shows a prompt. */
function clickAndWatch(): Promise<number> {
  document.querySelector<HTMLElement>('[data-act="start"]')?.click();
  return new Promise((resolve) => {
    const look = (): void => {
      const rows = [...document.querySelectorAll(".xterm-rows > div")].map((row) => (row.textContent ?? "").trimEnd());
      if (rows.some((row) => /[$#]$/.test(row))) resolve(Date.now());
      else requestAnimationFrame(look);
    };
    look();
  });
}

const fileOf = (path: string): string => join(dist, path.endsWith("/") ? `${path}index.html` : path);

interface Measured {
  readonly files: readonly string[];
  readonly bytes: number;
}

function sum(paths: readonly string[]): Measured {
  const files = paths.map(fileOf).filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
  return { files, bytes: files.reduce((total, file) => total + weigh(file), 0) };
}

/** Walks through a lesson as a reader would, and notes what each moment asks for. */
async function measure(): Promise<Record<string, Measured>> {
  const site = await serveSite({ root: dist, port: 0, base: process.env.KC_BASE ?? "", latency: LATENCY });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, serviceWorkers: "block" });
    const base = new URL(site.url).pathname;
    const requests = new Requests(page, base);
    await page.goto(new URL(lessonPath, site.url).href);
    const opening = await requests.take(page);
    const html = readFileSync(fileOf(`/${lessonPath}`), "utf8");
    const preloaded = [...html.matchAll(/<link[^>]*rel="preload"[^>]*>/g)]
      .map((match) => /href="([^"]+\.woff2)"/.exec(match[0])?.[1] ?? "")
      .filter((href) => href !== "")
      .map((href) => href.slice(base.length - 1));
    const shown = await page.evaluate(clickAndWatch);
    await waitForPrompt(page);
    const prompt = requests.takeUntil(shown).filter((path) => !path.endsWith(".woff2"));
    await waitForOrder(page, "stranger-refused", "not yet");
    await showTerminal(page, "node01");
    await typeLine(
      page,
      "systemctl restart kubelet; journalctl -n 1 -o cat > /dev/null; curl -sk https://node01:10250/pods > /dev/null",
    );
    const after = await requests.take(page);
    await typeLine(page, "awk 1 /dev/null; diff /dev/null /dev/null; jq . /dev/null");
    const needed = importsOf(after.filter((path) => machineParts.test(path)));
    const tools = await requests.take(page);
    await openInEditor(page, "node01:/var/lib/kubelet/config.yaml");
    await requests.waitFor(page, /\/yaml\.worker/);
    const editor = await requests.take(page);
    return {
      page: sum(opening.filter((path) => !path.endsWith(".woff2"))),
      fontsPreloaded: sum(preloaded),
      fontsAll: sum(
        listFiles(dist)
          .filter((file) => file.endsWith(".woff2"))
          .map((file) => file.slice(dist.length)),
      ),
      prompt: sum(prompt),
      promptOwn: sum(prompt.filter((path) => !foreign.test(path) && !snapshot.test(path))),
      snapshotRest: sum(after.filter((path) => snapshot.test(path))),
      commands: sum(after.filter((path) => isCommand(path) && !needed.has(path) && !textTools.test(path))),
      panes: sum(after.filter((path) => panes.test(path))),
      afterPrompt: sum(after.filter((path) => needed.has(path))),
      services: sum(
        after.filter(
          (path) =>
            !needed.has(path) &&
            !isCommand(path) &&
            ![harbour, textTools, snapshot, panes, /\.woff2$/].some((kind) => kind.test(path)),
        ),
      ),
      // Whether the walk came to them or not: all that the harbour's programs bring along, but for what the node's life brought before.
      harbour: sum(
        [
          ...importsOf(
            listFiles(dist)
              .map((file) => file.slice(dist.length))
              .filter((path) => harbour.test(path)),
          ),
        ].filter((path) => !needed.has(path) && !prompt.includes(path)),
      ),
      textTools: sum([...tools, ...after.filter((path) => textTools.test(path))]),
      editor: sum(editor),
      offline: { files: [], bytes: stowSite(dist).bytes.first },
    };
  } finally {
    await browser.close();
    await site.close();
  }
}

const measured = await measure();
let over = 0;
let notMet = 0;
for (const [name, { moment, limit, held }] of Object.entries(budgets)) {
  const { bytes = 0, files = [] } = measured[name] ?? {};
  const good = limit === undefined || bytes <= limit * 1000;
  const failed = !good && (held === undefined || bytes > held * 1000);
  if (failed) over += 1;
  else if (!good) notMet += 1;
  const aim = limit === undefined ? "        " : `of ${String(limit).padStart(5)}`;
  const word = limit === undefined ? "info" : good ? "pass" : failed ? "FAIL" : "OVER";
  console.log(`${word}  ${(bytes / 1000).toFixed(1).padStart(8)} ${aim} kB  ${moment}`);
  if (!good || process.argv.includes("--files")) {
    const rows = files
      .map((file) => ({ file: file.slice(dist.length), bytes: weigh(file) }))
      .sort((a, b) => b.bytes - a.bytes);
    for (const row of rows) console.log(`        ${(row.bytes / 1000).toFixed(1).padStart(8)} kB  ${row.file}`);
  }
}
if (notMet > 0) console.log(`${notMet} over its limit, and held where it is until it is met`);
console.log(
  over === 0 ? (notMet === 0 ? "all within budget" : "nothing grew past what it is held at") : `${over} over budget`,
);
process.exitCode = over === 0 ? 0 : 1;
