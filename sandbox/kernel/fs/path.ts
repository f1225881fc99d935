// Paths as text.

/** Takes out what names nothing: empty parts and ".". */
export function keepNames(parts: string[]): void {
  let kept = 0;
  for (const part of parts) if (part !== "" && part !== ".") parts[kept++] = part;
  parts.length = kept;
}

/** One absolute path out of a folder and names. */
export function join(folder: string, ...names: readonly string[]): string {
  const rest = names.filter((name) => name !== "").join("/");
  if (rest === "") return folder;
  return folder === "/" || folder === "" ? `/${rest}` : `${folder}/${rest}`;
}
