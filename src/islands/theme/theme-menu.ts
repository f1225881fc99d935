// The theme choice: sets data-theme on the root and remembers it; other tabs follow.

const key = "kc:theme";
const pinned = new Set(["light", "dark", "red"]);

function readTheme(): string {
  try {
    return localStorage.getItem(key) ?? "system";
  } catch {
    return document.documentElement.dataset.theme ?? "system";
  }
}

function applyTheme(theme: string): void {
  const root = document.documentElement;
  if (pinned.has(theme)) root.dataset.theme = theme;
  else delete root.dataset.theme;
  root.dispatchEvent(new CustomEvent("kc:theme"));
}

function saveTheme(theme: string): void {
  try {
    if (pinned.has(theme)) localStorage.setItem(key, theme);
    else localStorage.removeItem(key);
  } catch {
    // Storage may be refused; the choice then holds for this page.
  }
}

class ThemeMenu extends HTMLElement {
  connectedCallback(): void {
    this.show(readTheme());
    this.addEventListener("change", (event) => {
      const { value } = event.target as HTMLInputElement;
      applyTheme(value);
      saveTheme(value);
    });
    window.addEventListener("storage", (event) => {
      if (event.key !== key) return;
      applyTheme(event.newValue ?? "system");
      this.show(event.newValue ?? "system");
    });
  }

  private show(theme: string): void {
    for (const input of this.querySelectorAll("input")) input.checked = input.value === theme;
  }
}

customElements.define("theme-menu", ThemeMenu);
