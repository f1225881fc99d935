// Keys: from the terminal's bytes, from a register that is played, or from the change that the dot repeats.

/** Keys that come as sequences. */
const SEQUENCES: Readonly<Record<string, string>> = {
  "[A": "<Up>",
  OA: "<Up>",
  "[B": "<Down>",
  OB: "<Down>",
  "[C": "<Right>",
  OC: "<Right>",
  "[D": "<Left>",
  OD: "<Left>",
  "[H": "<Home>",
  OH: "<Home>",
  "[1~": "<Home>",
  "[F": "<End>",
  OF: "<End>",
  "[4~": "<End>",
  "[5~": "<PageUp>",
  "[6~": "<PageDown>",
  "[3~": "<Del>",
  "[2~": "<Insert>",
  "[200~": "<Paste>",
  "[201~": "<PasteEnd>",
};

export const ESC = "\x1b";

/** What waits to be taken as keys, and what was taken. */
export class Keys {
  /** Come from elsewhere than the terminal, before all that was typed. */
  replay: string[] = [];
  /** Of the command that runs. */
  record: string[] = [];
  /** Of the last change, for the dot. */
  dot: string[] = [];
  /** The dot is being carried out: it does not become what it repeats. */
  replaying = false;
  /** Being recorded into a register. */
  macro: { name: string; keys: string[] } | undefined;
  readonly #typed: string[] = [];

  get waiting(): boolean {
    return this.replay.length > 0 || this.#typed.length > 0;
  }

  type(text: string): void {
    this.#typed.push(...splitKeys(text));
  }

  /** The next key; undefined where the terminal must be read first. */
  take(): string | undefined {
    const again = this.replay.shift();
    const key = again ?? this.#typed.shift();
    if (key === undefined) return undefined;
    this.record.push(key);
    if (again === undefined) this.macro?.keys.push(key);
    return key;
  }
}

/** Bytes from the terminal as keys: sequences have names, an escape alone is itself. */
export function splitKeys(text: string): string[] {
  const keys: string[] = [];
  for (let i = 0; i < text.length; ) {
    if (text[i] === ESC) {
      const sequence = /^(?:\[[0-9;]*[A-Za-z~]|O[A-Z])/.exec(text.slice(i + 1))?.[0];
      const name =
        sequence === undefined ? undefined : (SEQUENCES[sequence] ?? SEQUENCES[sequence.replace(/\d+;\d+/, "")]);
      if (name !== undefined && sequence !== undefined) {
        keys.push(name);
        i += 1 + sequence.length;
        continue;
      }
    }
    const char = String.fromCodePoint(text.codePointAt(i) ?? 0);
    keys.push(char);
    i += char.length;
  }
  return keys;
}
