// How a line of the colon falls into parts: at bars, and at the delimiters of its patterns.

/** Commands parted by bars, except behind those that take the bar themselves. */
export function splitBars(line: string): string[] {
  if (/^[\s:]*(?:%|[\d.,$'<>+-]|\/[^/]*\/)*\s*(?:g|v|global|vglobal|norm|normal|r\s*!|w\s*!|!)/.test(line))
    return [line];
  const parts: string[] = [];
  let part = "";
  for (let i = 0; i < line.length; i++) {
    // Bars between the delimiters of s belong to its pattern.
    const order =
      part.trim() === "" || /^[\s:]*(?:%|[\d.,$'<>+-])*\s*$/.test(part)
        ? /^s(?:ubstitute)?([^\w\s|"&])(?:\\.|(?!\1).)*(?:\1(?:\\.|(?!\1).)*(?:\1)?)?/.exec(line.slice(i))?.[0]
        : undefined;
    if (order !== undefined) {
      part += order;
      i += order.length - 1;
    } else if (line[i] === "\\" && line[i + 1] === "|") {
      part += "\\|";
      i++;
    } else if (line[i] === "|") {
      parts.push(part);
      part = "";
    } else part += line[i] ?? "";
  }
  return [...parts, part];
}

/** Pieces between delimiters; an escaped delimiter stands for itself. */
export function splitDelimited(text: string, delimiter: string, limit = 3): string[] {
  const parts: string[] = [];
  let part = "";
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "\\" && i + 1 < text.length) {
      part += text[i + 1] === delimiter ? delimiter : text.slice(i, i + 2);
      i++;
    } else if (text[i] === delimiter && parts.length + 1 < limit) {
      parts.push(part);
      part = "";
    } else part += text[i] ?? "";
  }
  return [...parts, part];
}
