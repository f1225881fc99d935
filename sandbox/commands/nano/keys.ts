// Bytes from the terminal as keys.

const SEQUENCES: Readonly<Record<string, string>> = {
  "[A": "up",
  OA: "up",
  "[B": "down",
  OB: "down",
  "[C": "right",
  OC: "right",
  "[D": "left",
  OD: "left",
  "[H": "home",
  OH: "home",
  "[1~": "home",
  "[F": "end",
  OF: "end",
  "[4~": "end",
  "[5~": "pageup",
  "[6~": "pagedown",
  "[3~": "delete",
  "[1;5C": "wordright",
  "[1;5D": "wordleft",
  "[200~": "paste",
  "[201~": "pasteend",
};

/** Bytes from the terminal as keys: sequences by name, `M-x` for ESC x. */
export function splitKeys(text: string): string[] {
  const keys: string[] = [];
  for (let i = 0; i < text.length; ) {
    if (text[i] === "\x1b" && i + 1 < text.length) {
      const sequence = /^(?:\[[0-9;]*[A-Za-z~]|O[A-Z])/.exec(text.slice(i + 1))?.[0];
      if (sequence !== undefined) {
        keys.push(SEQUENCES[sequence] ?? "");
        i += 1 + sequence.length;
      } else {
        keys.push(`M-${(text[i + 1] ?? "").toLowerCase()}`);
        i += 2;
      }
      continue;
    }
    const char = String.fromCodePoint(text.codePointAt(i) ?? 0);
    keys.push(char);
    i += char.length;
  }
  return keys;
}
