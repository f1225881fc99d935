// Settings of the laboratory on this device: plain editor, vim keys, terminal as text.

const key = "kc:settings";

export interface Settings {
  plainEditor: boolean;
  vimKeys: boolean;
  asText: boolean;
}

const normal: Settings = { plainEditor: false, vimKeys: false, asText: false };

export function readSettings(): Settings {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? "{}");
    return typeof value === "object" && value !== null ? { ...normal, ...(value as Partial<Settings>) } : { ...normal };
  } catch {
    return { ...normal };
  }
}

export function saveSettings(settings: Settings): void {
  try {
    localStorage.setItem(key, JSON.stringify(settings));
  } catch {
    // Not kept; they hold for this page.
  }
}
