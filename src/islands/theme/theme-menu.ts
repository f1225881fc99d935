// The theme menu: shows the theme in force, chooses another; other tabs and the key for the next theme are followed.

import { applyTheme, chooseTheme, readTheme, watchOtherTabs } from "./themes.ts";

class ThemeMenu extends HTMLElement {
  connectedCallback(): void {
    this.show(readTheme());
    this.addEventListener("change", (event) => chooseTheme((event.target as HTMLInputElement).value));
    document.documentElement.addEventListener("kc:theme", () => this.show(readTheme()));
    watchOtherTabs((theme) => {
      applyTheme(theme);
      this.show(theme);
    });
  }

  private show(theme: string): void {
    for (const input of this.querySelectorAll("input")) input.checked = input.value === theme;
  }
}

customElements.define("theme-menu", ThemeMenu);
