// Whether keys of one letter are on: people who dictate or whose hands slip turn them off. Kept on this device.

const key = "kc:keys";

export function hasSingleKeys(): boolean {
  try {
    return localStorage.getItem(key) !== "off";
  } catch {
    return true;
  }
}

export function setSingleKeys(on: boolean): void {
  try {
    if (on) localStorage.removeItem(key);
    else localStorage.setItem(key, "off");
  } catch {
    // Not kept; they stay on.
  }
}
