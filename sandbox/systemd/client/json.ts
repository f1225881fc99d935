// JSON as systemd's tools lay it out.

/** JSON in systemd's layout: `pretty` with tabs and blanks round the colon. */
export function jsonText(value: unknown, pretty: boolean, indent = ""): string {
  if (!pretty || value === null || typeof value !== "object") return JSON.stringify(value);
  const inner = `${indent}\t`;
  const parts = Array.isArray(value)
    ? value.map((each) => `${inner}${jsonText(each, true, inner)}`)
    : Object.entries(value).map(([key, each]) => `${inner}${JSON.stringify(key)} : ${jsonText(each, true, inner)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return parts.length === 0 ? `${open}${close}` : `${open}\n${parts.join(",\n")}\n${indent}${close}`;
}
