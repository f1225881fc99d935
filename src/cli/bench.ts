// npm run bench: medians in headless Chromium, the lesson beside a static 50 kB page and a bare xterm.js page in one run.

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { Fleet } from "#sandbox/fleet.ts";
import { joinRest, readFirst, splitState } from "#sandbox/host/prebuilt.ts";
import { bootScene } from "#sandbox/images/index.ts";
import { Programs } from "#sandbox/programs.ts";
import { launchBrowser, openInEditor, showTerminal, startLaboratory, typeLine, waitForOrder } from "./browse.ts";
import { findScene } from "./lessons.ts";
import { dist, root } from "./packages.mjs";
import { type SiteServer, serveSite } from "./serve.ts";

const rounds = Number(process.env.KC_ROUNDS ?? 7);
const lessonPath = "lessons/who-goes-there/turn-strangers-away/";

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** The median of some runs of a measurement, after others for warming up. */
async function repeat(times: number, once: () => Promise<number>, warm = 0): Promise<number> {
  const values: number[] = [];
  for (let round = 0; round < warm; round++) await once();
  for (let round = 0; round < times; round++) values.push(await once());
  return median(values);
}

/** Two pages to compare with: text of 50 kB, and a terminal that echoes without a machine. */
function writeComparison(folder: string): void {
  const paragraph =
    "<p>A page of plain text for comparison, as long as a lesson with all its words and pictures would be.</p>\n";
  const text = paragraph.repeat(Math.ceil(50_000 / paragraph.length));
  writeFileSync(
    join(folder, "static.html"),
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Static</title><h1>Static</h1>${text}</html>`,
  );
  mkdirSync(join(folder, "xterm"));
  cpSync(join(root, "node_modules/@xterm/xterm/lib/xterm.mjs"), join(folder, "xterm/xterm.mjs"));
  cpSync(join(root, "node_modules/@xterm/addon-fit/lib/addon-fit.mjs"), join(folder, "xterm/addon-fit.mjs"));
  cpSync(join(root, "node_modules/@xterm/xterm/css/xterm.css"), join(folder, "xterm/xterm.css"));
  const script = `
    document.querySelector("button").addEventListener("click", async () => {
      const [{ Terminal }, { FitAddon }] = await Promise.all([import("./xterm/xterm.mjs"), import("./xterm/addon-fit.mjs")]);
      const terminal = new Terminal({ fontSize: 13 });
      const fit = new FitAddon();
      terminal.loadAddon(fit);
      terminal.open(document.querySelector("main"));
      fit.fit();
      terminal.onData((data) => terminal.write(data === "\\r" ? "\\r\\n$ " : data));
      terminal.write("$ ");
      terminal.focus();
    });`;
  writeFileSync(
    join(folder, "bare.html"),
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Bare</title><link rel="stylesheet" href="xterm/xterm.css"><button data-act="start">Start</button><main style="height:300px"></main><script type="module">${script}</script></html>`,
  );
}

async function freshPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: "reduce",
    serviceWorkers: "block",
  });
  const page = await context.newPage();
  await page.addInitScript(watchMessages);
  return page;
}

/** In the page: notes when messages of the worker were sent and heard. */
function watchMessages(): void {
  const log: { at: number; way: "to" | "from"; type: string }[] = [];
  (globalThis as Record<string, unknown>).__messages = log;
  const Original = Worker;
  globalThis.Worker = class extends Original {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.addEventListener("message", ({ data }) => {
        if (data?.type !== "output") log.push({ at: performance.now(), way: "from", type: data?.type });
      });
    }
    override postMessage(message: { type?: string }, options?: StructuredSerializeOptions | Transferable[]): void {
      log.push({ at: performance.now(), way: "to", type: message?.type ?? "" });
      super.postMessage(message, options as StructuredSerializeOptions);
    }
  };
}

async function measurePaint(browser: Browser, url: string): Promise<number> {
  const page = await freshPage(browser);
  await page.goto(url);
  const paint = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let last = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) last = entry.startTime;
        }).observe({ type: "largest-contentful-paint", buffered: true });
        setTimeout(() => resolve(last), 600);
      }),
  );
  await page.context().close();
  return paint;
}

/** In the page: from a click on Start to the frame that shows a prompt. */
function timeClick(): Promise<number> {
  return new Promise((resolve) => {
    const begin = performance.now();
    document.querySelector<HTMLElement>('[data-act="start"]')?.click();
    const look = (): void => {
      const rows = [...document.querySelectorAll(".xterm-rows > div")].map((row) => (row.textContent ?? "").trimEnd());
      if (rows.some((row) => /[$#]$/.test(row))) resolve(performance.now() - begin);
      else requestAnimationFrame(look);
    };
    look();
  });
}

async function measurePrompt(browser: Browser, url: string): Promise<number> {
  const page = await freshPage(browser);
  await page.goto(url);
  await page.waitForTimeout(300);
  const time = await page.evaluate(timeClick);
  await page.context().close();
  return time;
}

/**
 * In the page: from the next key until the frame is painted in which the screen in front changed (and ends at a prompt).
 * xterm.js draws its rows inside a frame; a message to ourselves takes its turn when that frame is done.
 */
function armKey(toPrompt: boolean): void {
  const state = globalThis as unknown as { __key: Promise<number> };
  state.__key = new Promise((resolve) => {
    const front = (): HTMLElement[] =>
      [...document.querySelectorAll<HTMLElement>(".xterm-rows")].filter((rows) => rows.offsetParent !== null);
    const read = (): string =>
      front()
        .flatMap((rows) => [...rows.children])
        .map((row) => (row.textContent ?? "").replace(/\u00a0/g, " ").trimEnd())
        .join("\n")
        .trimEnd();
    const arm = (): void => {
      const begin = performance.now();
      const before = read();
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now() - begin);
      const observer = new MutationObserver(() => {
        const now = read();
        if (now === before || (toPrompt && !/[$#]$/.test(now))) return;
        observer.disconnect();
        port2.postMessage(null);
      });
      for (const rows of front()) observer.observe(rows, { childList: true, subtree: true, characterData: true });
    };
    document.addEventListener("keydown", arm, { capture: true, once: true });
  });
}

async function timeKey(page: Page, key: string, toPrompt: boolean): Promise<number> {
  await page.evaluate(armKey, toPrompt);
  await page.keyboard.press(key);
  return page.evaluate(() => (globalThis as unknown as { __key: Promise<number> }).__key);
}

async function timeCommand(page: Page, line: string): Promise<number> {
  await typeLine(page, "clear");
  await page.keyboard.type(line);
  await page.waitForTimeout(150);
  return timeKey(page, "Enter", true);
}

/** From one message to another, the last time that happened. */
async function timeMessages(page: Page, from: string, to: string, act: () => Promise<void>): Promise<number> {
  const begin = await page.evaluate(() => performance.now());
  await act();
  const handle = await page.waitForFunction(
    ([first, second, since]) => {
      const log = (globalThis as unknown as { __messages: { at: number; type: string }[] }).__messages.filter(
        ({ at }) => at > since,
      );
      const start = log.find(({ type }) => type === first);
      const end = start === undefined ? undefined : log.find(({ at, type }) => type === second && at >= start.at);
      return start === undefined || end === undefined ? undefined : { time: end.at - start.at };
    },
    [from, to, begin] as const,
    { timeout: 30_000, polling: 20 },
  );
  return ((await handle.jsonValue()) as { time: number }).time;
}

/** Megabytes of JavaScript heap in the page and its workers, after a collection. */
async function measureHeap(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  const sizes: Promise<number>[] = [];
  const answers = new Map<string, (size: number) => void>();
  session.on("Target.receivedMessageFromTarget", ({ sessionId, message }) => {
    const { id, result } = JSON.parse(message) as { id?: number; result?: { usedSize: number } };
    if (id === 2) answers.get(sessionId)?.(result?.usedSize ?? 0);
  });
  session.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
    if (targetInfo.type !== "worker") return;
    sizes.push(new Promise((resolve) => answers.set(sessionId, resolve)));
    for (const [id, method] of [
      [1, "HeapProfiler.collectGarbage"],
      [2, "Runtime.getHeapUsage"],
    ] as const) {
      void session.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method }) });
    }
  });
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  // Workers answer on sessions of their own, which only the older, nested way can reach from a page.
  await session.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  await page.waitForTimeout(1000);
  const workers = await Promise.all(sizes);
  await session.detach();
  if (workers.length === 0) throw new Error("no worker told its heap");
  return (usedSize + workers.reduce((sum, size) => sum + size, 0)) / 1e6;
}

/** What the sandbox itself takes, in this process: no page, no messages, no paint. */
interface InProcess {
  readonly boot: number;
  readonly served: number;
  readonly fork: number;
  readonly start: number;
  readonly restart: number;
  readonly request: number;
  readonly kept: number;
  readonly late: number;
}

async function measureSandbox(): Promise<InProcess> {
  const found = await findScene("who-goes-there/turn-strangers-away");
  if (found === undefined) throw new Error("lesson 5 is missing");
  const programs = new Programs();
  await programs.loadAll();
  const time = async (work: () => unknown): Promise<number> => {
    const begin = performance.now();
    await work();
    return performance.now() - begin;
  };
  const boot = await repeat(5, () => time(() => bootScene(found.start.scene, programs)));
  const fleet = await bootScene(found.start.scene, programs);
  const { first, rest } = splitState(fleet.snapshot());
  const served = await repeat(
    11,
    () =>
      time(() => {
        const state = readFirst(first);
        joinRest(state, rest);
        new Fleet(state, programs, { terminals: true }).run();
      }),
    3,
  );
  const fork = await repeat(25, () => time(() => fleet.fork()));
  fleet.openTerminal("bench", "node01", "root", { columns: 100, rows: 40 });
  fleet.run();
  const run = (line: string): Promise<number> => {
    fleet.type("bench", `${line}\r`);
    const spent = time(() => fleet.run());
    fleet.screen("bench");
    return spent;
  };
  const start = await repeat(
    15,
    async () => {
      await run("systemctl stop kubelet");
      fleet.advance(2000);
      const spent = await run("systemctl start kubelet");
      fleet.advance(4000);
      return spent;
    },
    5,
  );
  const restart = await repeat(
    15,
    async () => {
      const spent = await run("systemctl restart kubelet");
      fleet.advance(4000);
      return spent;
    },
    5,
  );
  const ask = (): Promise<number> => run("curl -sk https://localhost:10250/pods > /dev/null");
  const request = await repeat(25, ask, 50);
  const urls = Array.from({ length: 10 }, () => "https://localhost:10250/pods").join(" ");
  const kept = (await repeat(25, () => run(`curl -sk ${urls} > /dev/null`), 10)) / 10;
  const late = await repeat(25, ask, 1000);
  return { boot, served, fork, start, restart, request, kept, late };
}

interface Row {
  readonly what: string;
  readonly value: number;
  readonly unit: "ms" | "MB";
  /** The other side of a ratio. */
  readonly beside?: number;
  readonly aim: string;
  readonly met: boolean;
}

function sandboxRows({ boot, served, fork, start, restart, request, kept, late }: InProcess): Row[] {
  const row = (what: string, value: number, aim: number): Row => ({
    what,
    value,
    unit: "ms",
    aim: `${aim} ms`,
    met: value <= aim,
  });
  return [
    row("in process: three machines, as the site serves them", served, 60),
    row("in process: three machines, made from nothing", boot, 60),
    row("in process: fork of three machines", fork, 5),
    row("in process: systemctl start kubelet", start, 5),
    row("in process: systemctl restart kubelet", restart, 10),
    row("in process: curl to 10250, new TLS connection", request, 1),
    row("in process: ten requests of one curl, each", kept, 1),
    {
      what: "in process: the same, 1,000 requests later",
      value: late,
      beside: request,
      unit: "ms",
      aim: "1.2 ×",
      met: late <= request * 1.2,
    },
  ];
}

async function measureLesson(browser: Browser, site: SiteServer): Promise<Row[]> {
  const page = await freshPage(browser);
  await page.goto(new URL(lessonPath, site.url).href);
  await startLaboratory(page);
  await waitForOrder(page, "stranger-refused", "not yet");
  await showTerminal(page, "node01");
  const row = (what: string, value: number, aim: number, unit: Row["unit"] = "ms"): Row => ({
    what,
    value,
    unit,
    aim: `${aim} ${unit}`,
    met: value <= aim,
  });
  await typeLine(page, "seq -f 'line %g of the log' 100 > log");
  const grep = await repeat(rounds, () => timeCommand(page, "grep -n 7 log | tail -n 3"));
  const sed = await repeat(rounds, () => timeCommand(page, "sed 's/line/row/' log | tail -n 3"));
  const restart = await repeat(3, () => timeCommand(page, "systemctl restart kubelet"));
  const regrade = await repeat(rounds, () =>
    timeMessages(page, "idle", "report", async () => {
      await page.keyboard.type("true");
      await page.keyboard.press("Enter");
    }),
  );
  const undo = await repeat(rounds, () =>
    timeMessages(page, "undo", "moved", () => page.locator('[data-act="undo"]').first().click()),
  );
  const heap = await measureHeap(page);
  await openInEditor(page, "node01:/var/lib/kubelet/config.yaml");
  await page.waitForTimeout(2500);
  const withEditor = await measureHeap(page);
  await page.context().close();
  return [
    row("grep on 100 lines, key to paint", grep, 15),
    row("sed on 100 lines, key to paint", sed, 15),
    row("restart of the kubelet, key to prompt", restart, 1000),
    row("re-grade after a change", regrade, 50),
    row("undo (reset is the same move)", undo, 50),
    row("heap without the editor", heap, 60, "MB"),
    row("heap with the editor", withEditor, 150, "MB"),
  ];
}

async function measureEcho(browser: Browser, url: string): Promise<number> {
  const page = await freshPage(browser);
  await page.goto(url);
  await page.locator('[data-act="start"]').click();
  await page.waitForFunction(() =>
    [...document.querySelectorAll(".xterm-rows > div")].some((each) =>
      /[$#]\s*$/.test((each.textContent ?? "").replace(/\u00a0/g, " ")),
    ),
  );
  await page.waitForTimeout(2500);
  const time = await repeat(rounds * 3, async () => {
    await page.waitForTimeout(40);
    return timeKey(page, "x", false);
  });
  await page.context().close();
  return time;
}

const site = await serveSite({ root: dist, port: 0, base: process.env.KC_BASE ?? "" });
const folder = mkdtempSync(join(tmpdir(), "kubelet-captain-bench-"));
writeComparison(folder);
const other = await serveSite({ root: folder, port: 0 });
const browser = await launchBrowser();
try {
  const lesson = new URL(lessonPath, site.url).href;
  const ratio = (what: string, value: number, beside: number, aim: number): Row => ({
    what,
    value,
    beside,
    unit: "ms",
    aim: `${aim} ×`,
    met: value <= beside * aim,
  });
  // Both sides take turns, so that a busy moment of the host hits both.
  const alternate = async (
    measure: (url: string) => Promise<number>,
    ours: string,
    theirs: string,
    times = rounds,
  ): Promise<[number, number]> => {
    const mine: number[] = [];
    const plain: number[] = [];
    for (let round = 0; round < times; round++) {
      plain.push(await measure(theirs));
      mine.push(await measure(ours));
    }
    return [median(mine), median(plain)];
  };
  const [lcp, staticLcp] = await alternate((url) => measurePaint(browser, url), lesson, `${other.url}static.html`);
  const [prompt, barePrompt] = await alternate((url) => measurePrompt(browser, url), lesson, `${other.url}bare.html`);
  const [echo, bareEcho] = await alternate((url) => measureEcho(browser, url), lesson, `${other.url}bare.html`, 3);
  const rows = [
    ratio("lesson, largest paint; beside a static page", lcp, staticLcp, 1.2),
    ratio("click to prompt; beside a bare terminal", prompt, barePrompt, 1.3),
    ratio("key to echo; beside a bare terminal", echo, bareEcho, 1.1),
    ...(await measureLesson(browser, site)),
    ...sandboxRows(await measureSandbox()),
  ];
  for (const { what, value, unit, beside, aim, met } of rows) {
    const compared =
      beside === undefined ? "" : `beside ${beside.toFixed(1)} ${unit}: ${(value / beside).toFixed(2)} ×`;
    console.log(
      `${met ? "met " : "over"}  ${what.padEnd(46)} ${value.toFixed(1).padStart(8)} ${unit}  aim ${aim.padEnd(7)} ${compared}`.trimEnd(),
    );
  }
  console.log(`${rows.filter((row) => row.met).length} of ${rows.length} aims met`);
} finally {
  await browser.close();
  await site.close();
  await other.close();
  rmSync(folder, { recursive: true, force: true });
}
