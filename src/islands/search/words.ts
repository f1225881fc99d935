// How text becomes words to search for: flags, fields and paths as a whole and in their parts.

/** `authentication.anonymous.enabled` → itself, authentication, anonymous, enabled; `readOnlyPort` → readonlyport, read, only, port. */
export function splitWords(text: string): string[] {
  const found: string[] = [];
  for (const [whole] of text.matchAll(/[\p{L}\p{N}][\p{L}\p{N}._:/’'-]*[\p{L}\p{N}]|[\p{L}\p{N}]/gu)) {
    found.push(whole.toLowerCase());
    const parts = whole.split(/[^\p{L}\p{N}]+|(?<=\p{Ll})(?=\p{Lu})/u).filter((part) => part !== "");
    if (parts.length > 1) for (const part of parts) found.push(part.toLowerCase());
    const pieces = whole.split(/[./:-]+/).filter((piece) => piece !== "");
    if (pieces.length > 1 && pieces.length < parts.length) for (const piece of pieces) found.push(piece.toLowerCase());
  }
  return found;
}

/** The place in a text to show: from a little before the first word that was found. */
export function cutAround(text: string, terms: readonly string[], length = 150): string {
  const low = text.toLowerCase();
  const places = terms.map((term) => low.indexOf(term)).filter((at) => at >= 0);
  const first = places.length === 0 ? 0 : Math.min(...places);
  if (text.length <= length || first < length * 0.6)
    return text.length <= length ? text : `${cutEnd(text.slice(0, length))} …`;
  const start = text.lastIndexOf(" ", first - 40) + 1;
  const piece = text.slice(start, start + length);
  return `… ${start + length >= text.length ? piece : `${cutEnd(piece)} …`}`;
}

const cutEnd = (text: string): string => text.slice(0, Math.max(text.lastIndexOf(" "), 1));

/** A text in pieces, every second of which is a word that was found. */
export function markWords(text: string, terms: readonly string[]): string[] {
  const wanted = terms.filter((term) => term.length > 1).sort((a, b) => b.length - a.length);
  if (wanted.length === 0) return [text];
  const pattern = new RegExp(`(${wanted.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "i");
  return text.split(new RegExp(pattern, "gi"));
}
