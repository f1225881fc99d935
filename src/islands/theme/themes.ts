// The themes there are, and how one is chosen: data-theme on the root, kept on this device.

const key = "kc:theme";

/** Themes that pin the colours; anything else follows the system. */
export const themes = ["light", "dark", "red", "contrast"] as const;
const pinned: ReadonlySet<string> = new Set(themes);

export function readTheme(): string {
  try {
    return localStorage.getItem(key) ?? "system";
  } catch {
    return document.documentElement.dataset.theme ?? "system";
  }
}

export function applyTheme(theme: string): void {
  const root = document.documentElement;
  if (pinned.has(theme)) root.dataset.theme = theme;
  else delete root.dataset.theme;
  root.dispatchEvent(new CustomEvent("kc:theme"));
}

/** Applies a theme and keeps it; other tabs follow. */
export function chooseTheme(theme: string): void {
  try {
    if (pinned.has(theme)) localStorage.setItem(key, theme);
    else localStorage.removeItem(key);
  } catch {
    // Storage may be refused; the choice then holds for this page.
  }
  applyTheme(theme);
}

/** Tells of a choice made in another tab. */
export function watchOtherTabs(told: (theme: string) => void): void {
  window.addEventListener("storage", (event: StorageEvent) => {
    if (event.key === key) told(event.newValue ?? "system");
  });
}

export function nextTheme(): void {
  const order = ["system", ...themes];
  chooseTheme(order[(order.indexOf(readTheme()) + 1) % order.length] ?? "system");
}
