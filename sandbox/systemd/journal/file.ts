// The journal's file: JSON lines, appended. Facts about a sender stand once a file, entries point to them. Shared by journald and its readers.

export type Fields = Readonly<Record<string, string>>;

/** One entry with all its fields, MESSAGE last. */
export interface Entry {
  /** µs since the epoch, strictly growing. */
  readonly time: number;
  readonly seq: number;
  readonly fields: Fields;
}

/** What stands in the file: a sender, or an entry `[time, seq, sender, priority, message, more]`. */
type Line =
  | { readonly sender: number; readonly fields: Fields }
  | readonly [number, number, number, number, string, Fields?];

export const JOURNAL_FOLDER = "/var/log/journal";

export function senderLine(sender: number, fields: Fields): string {
  return `${JSON.stringify({ sender, fields } satisfies Line)}\n`;
}

export function entryLine(
  time: number,
  seq: number,
  sender: number,
  priority: number,
  message: string,
  more: Fields,
): string {
  const line: Line =
    Object.keys(more).length === 0
      ? [time, seq, sender, priority, message]
      : [time, seq, sender, priority, message, more];
  return `${JSON.stringify(line)}\n`;
}

/** All entries of a file's text. A line that is damaged is left out. */
export function* readEntries(text: string): Generator<Entry> {
  const senders = new Map<number, Fields>();
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    const line = parseLine(text.slice(at, end < 0 ? text.length : end));
    at = end < 0 ? text.length : end + 1;
    if (line === undefined) continue;
    if ("sender" in line) senders.set(line.sender, line.fields);
    else {
      const [time, seq, sender, priority, message, more] = line;
      const fields = { ...more, PRIORITY: String(priority), ...senders.get(sender), MESSAGE: message };
      yield { time, seq, fields };
    }
  }
}

function parseLine(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}
