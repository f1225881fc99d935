// A number for a text, the same on every machine and at every look (FNV-1a, 32 bits).

const OFFSET_BASIS = 0x811c9dc5;

/** `from` goes on where another text ended. */
export function hashText(text: string, from = OFFSET_BASIS): number {
  let hash = from;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
