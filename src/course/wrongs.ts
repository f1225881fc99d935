// Which misconceptions held: one that the next command cures was only on the way, one that stays through several was believed.

/** Points of the time line, and time (ms), through which it must have stayed. */
const points = 2;
const patience = 45_000;

interface Since {
  readonly entry: number;
  readonly at: number;
}

/** Hears each set of verdicts; tells what has held by now, each once. What the start shows already is its predecessor's. */
export class WrongsHeld {
  #inherited: ReadonlySet<string> | undefined;
  #since = new Map<string, Since>();
  readonly #told = new Set<string>();

  hear(ids: readonly string[], entry: number, now: number): string[] {
    this.#inherited ??= new Set(ids);
    const own = ids.filter((id) => this.#inherited?.has(id) !== true);
    this.#since = new Map(own.map((id) => [id, this.#since.get(id) ?? { entry, at: now }]));
    const held = [...this.#since].filter(
      ([id, since]) => !this.#told.has(id) && (entry - since.entry >= points || now - since.at >= patience),
    );
    for (const [id] of held) this.#told.add(id);
    return held.map(([id]) => id);
  }
}
