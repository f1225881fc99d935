// Go's http.DetectContentType for what servers here send: text, HTML, XML, JSON (which it calls text) and bytes.

const MARKUP =
  /^[\t\n\f\r ]*<(!DOCTYPE HTML|HTML|HEAD|SCRIPT|IFRAME|H1|DIV|FONT|TABLE|A|STYLE|TITLE|B|BODY|BR|P|!--)[ >]/i;

/** The content type of a body by its first 512 bytes. */
export function detectContentType(body: Uint8Array): string {
  const start = body.subarray(0, 512);
  const text = String.fromCharCode(...start);
  if (MARKUP.test(text)) return "text/html; charset=utf-8";
  if (/^[\t\n\f\r ]*<\?xml/.test(text)) return "text/xml; charset=utf-8";
  if (text.startsWith("\x1f\x8b\b")) return "application/x-gzip";
  if (text.startsWith("%PDF-")) return "application/pdf";
  // Control bytes make it binary, all but tab, newline, form feed, return and escape.
  return start.some((byte) => byte < 0x20 && ![9, 10, 12, 13, 27].includes(byte))
    ? "application/octet-stream"
    : "text/plain; charset=utf-8";
}
