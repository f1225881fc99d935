// Keys and buttons that every page has: search, help, where was I. Small, because it is on every page; what they do is loaded when it is asked for.

import { hasSingleKeys } from "./settings.ts";

type Act = () => void;
const search: Act = () => void import("../search/search.ts").then(({ openSearch }) => openSearch());
const help: Act = () => void import("./help.ts").then(({ openHelp }) => openHelp());
const go =
  (where: string): Act =>
  () =>
    void import("./places.ts").then(({ goTo }) => goTo(where));

/** Keys of one letter. */
const acts: Readonly<Record<string, Act>> = {
  "/": search,
  "?": help,
  v: go("voyage"),
  w: go("where"),
  r: go("reference"),
  l: go("log"),
  n: go("next"),
  p: go("previous"),
  t: go("theme"),
};

/** In an exam and before an audience nothing leads away by one slip; these screens have keys of their own. */
const hasOwnKeys = (): boolean => /\bpg-(present|exam|board|rep)\b/.test(document.body.className);

/** Whether keys belong to what has the focus. */
function isTaken(target: EventTarget | null): boolean {
  const element = target instanceof Element ? target : null;
  return (
    element?.closest(
      "input:not([type=radio],[type=checkbox]),textarea,select,[contenteditable],.xterm,.monaco-editor",
    ) != null
  );
}

document.addEventListener("keydown", (event) => {
  const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]") !== null) return;
  if (isTaken(event.target)) return;
  const act =
    (ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === "k"
      ? search
      : ctrlKey || metaKey || altKey || hasOwnKeys() || !hasSingleKeys()
        ? undefined
        : acts[key];
  if (act === undefined) return;
  event.preventDefault();
  act();
});

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest?.<HTMLElement>("[data-search],[data-keys]");
  if (button == null) return;
  button.closest<HTMLElement>("[popover]")?.hidePopover();
  (button.hasAttribute("data-search") ? search : help)();
});
