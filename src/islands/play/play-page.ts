// What the page of free play does before a ship is open: the choice of a ship and a release, and what a link brings. Kept small.

import { readKept } from "../../state/kept.ts";
import { followPanes } from "../lab/panes.ts";
import type { FreePlay } from "./free-play.ts";

const lab = document.querySelector<HTMLElement>("kc-lab") as HTMLElement;
const berths = document.querySelector<HTMLFormElement>("[data-berths]") as HTMLFormElement;
const lastKey = "kc:play";
let loaded: Promise<FreePlay> | undefined;

const value = (name: string): string => String(new FormData(berths).get(name) ?? "");

/** Name of the laboratory that is chosen. */
function chosen(): string {
  return value("ship") === "lesson" ? `play:from:${value("lesson")}` : `play:${value("ship")}@${value("release")}`;
}

/** A release that the chosen ship does not have cannot be dialled. */
function fitDial(): void {
  const has = (berths.querySelector<HTMLInputElement>("[name=ship]:checked")?.dataset.releases ?? "").split(" ");
  for (const input of berths.querySelectorAll<HTMLInputElement>("[name=release]")) {
    input.disabled = !has.includes(input.value);
    if (!input.disabled && !berths.querySelector("[name=release]:checked:enabled")) input.checked = true;
  }
}

/** Shows a laboratory's name as the choice; false where there is no such ship. */
function choose(name: string): boolean {
  const [, from, ship = "", release = ""] = /^play:(?:from:(.+)|([a-z-]+)@([\d.]+))$/.exec(name) ?? [];
  const pick = (field: string, wanted: string): boolean => {
    const input = [...berths.querySelectorAll<HTMLInputElement>(`[name=${field}]`)].find(
      (each) => each.value === wanted,
    );
    if (input !== undefined) input.checked = true;
    return input !== undefined;
  };
  if (from !== undefined) {
    const select = berths.elements.namedItem("lesson") as HTMLSelectElement;
    const known = [...select.options].some((option) => option.value === from);
    if (known) select.value = from;
    if (known) pick("ship", "lesson");
    fitDial();
    return true;
  }
  if (!pick("ship", ship)) return false;
  fitDial();
  pick("release", release);
  return true;
}

function say(place: "bring" | "berth", sentence: string): void {
  const element = document.querySelector(`[data-${place}-word]`);
  if (element !== null) element.textContent = sentence;
}

function load(): Promise<FreePlay> {
  loaded ??= import("./free-play.ts").then(({ createFreePlay }) =>
    createFreePlay(lab, (title) => {
      const now = document.querySelector("[data-ship-now]");
      if (now !== null) now.textContent = title;
    }),
  );
  return loaded;
}

/** Opens a ship; one that comes back by itself does not take the focus. */
async function open(name: string, byItself = false): Promise<void> {
  lab.dataset.status = "starting";
  const button = lab.querySelector<HTMLButtonElement>('[data-act="start"]');
  if (button !== null) button.disabled = true;
  try {
    await (await load()).open(name, byItself);
    localStorage.setItem(lastKey, name);
    const url = new URL(location.href);
    url.search = "";
    url.searchParams.set("ship", name.slice("play:".length));
    history.replaceState(null, "", url);
    say("berth", "Each ship is kept on this device by itself.");
    if (!byItself) showTerminal();
  } catch (error) {
    console.warn("free play:", error);
    lab.dataset.status = "off";
    say("berth", "The ship could not be opened. Check the connection; what you had is kept.");
    if (button !== null) button.disabled = false;
  }
}

/** On small screens the terminal is another pane. */
function showTerminal(): void {
  const radio = document.getElementById("p-term") as HTMLInputElement | null;
  if (radio === null) return;
  radio.checked = true;
  radio.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Takes up a machine that a link or a file brings; says why where it cannot. */
async function bring(text: string): Promise<void> {
  const taken = await (await load()).take(text);
  say("bring", "why" in taken ? taken.why : "");
  if ("why" in taken) return;
  choose(taken.name);
  await open(taken.name);
}

berths.addEventListener("change", fitDial);
berths.addEventListener("submit", (event) => {
  event.preventDefault();
  void open(chosen());
});
lab.querySelector('[data-act="start"]')?.addEventListener("click", () => void open(chosen()));
for (const button of document.querySelectorAll("[data-open-ship], [data-act=start]"))
  button.addEventListener("pointerenter", () => void load().catch(() => undefined), { once: true });
document.querySelector<HTMLFormElement>("[data-bring]")?.addEventListener("submit", (event) => {
  event.preventDefault();
  void bring(String(new FormData(event.target as HTMLFormElement).get("code")));
});
for (const input of document.querySelectorAll<HTMLInputElement>("[data-open-code]"))
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    if (file !== undefined) await bring(await file.text());
    input.value = "";
  });
followPanes();
addEventListener("hashchange", () => location.hash.startsWith("#kc") && void bring(location.hash));

/** The address names a ship, or brings one; else it is the last one, which comes back if it was kept. */
async function begin(): Promise<void> {
  fitDial();
  if (location.hash.startsWith("#kc")) return bring(location.hash);
  const asked = new URL(location.href).searchParams.get("ship");
  const name = asked === null ? (localStorage.getItem(lastKey) ?? "") : `play:${asked}`;
  if (!choose(name)) return;
  const kept = await readKept(`lab:${name}`);
  if (kept.ok && kept.value !== undefined) await open(name, true);
}
void begin();
