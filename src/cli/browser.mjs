// Finds a Chrome or Chromium for the browser tests, or installs one. Plain Node 20 without packages.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { mayInstall, refuse, root, runAside } from "./packages.mjs";

const names = ["google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "chrome"];
const places = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
];

/** @param {string} path */
const starts = (path) =>
  process.platform === "win32" || spawnSync(path, ["--version"], { timeout: 30_000 }).status === 0;

/** Path of an installed browser (KC_BROWSER names one); undefined where there is none. */
export function findBrowser() {
  if ((process.env.KC_BROWSER ?? "") !== "") return process.env.KC_BROWSER;
  const folders = (process.env.PATH ?? "").split(delimiter);
  const candidates = [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...places];
  return candidates.find((path) => existsSync(path) && starts(path));
}

function isDebian() {
  if (!existsSync("/etc/os-release")) return false;
  return /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));
}

/** Playwright's own browser, where it was downloaded. @param {string} node */
function findPlaywrights(node) {
  const script = "const {chromium}=require('playwright-core');console.log(chromium.executablePath())";
  const path = spawnSync(node, ["-e", script], { cwd: root, encoding: "utf8" }).stdout?.trim() ?? "";
  return path !== "" && existsSync(path) ? path : undefined;
}

/** A browser that starts: installed, else Debian's package when root, else Playwright's own. @param {string} node Path of Node 24. */
export function ensureBrowser(node) {
  const found = findBrowser() ?? findPlaywrights(node);
  if (found !== undefined) return found;
  if (!mayInstall())
    refuse(
      "A Chrome or Chromium is needed and KC_NO_INSTALL=1 forbids installing: install one, or name it in KC_BROWSER.",
    );
  if (process.getuid?.() === 0 && isDebian()) {
    process.stderr.write("No Chrome or Chromium found: installing Debian's package chromium with apt-get …\n");
    process.env.DEBIAN_FRONTEND = "noninteractive";
    runAside("apt-get", ["update", "-qq"]);
    runAside("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"]);
    const installed = findBrowser();
    if (installed !== undefined) return installed;
  }
  process.stderr.write("No Chrome or Chromium found: downloading Playwright's own …\n");
  runAside(node, ["node_modules/playwright-core/cli.js", "install", "--no-shell", "chromium"]);
  const own = findPlaywrights(node);
  if (own !== undefined && starts(own)) return own;
  return refuse(
    "No browser could be had (no Chrome or Chromium here, and none could be installed): install one, or name it in KC_BROWSER.",
  );
}
