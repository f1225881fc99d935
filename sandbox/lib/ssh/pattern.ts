// Patterns of ssh_config: `*` and `?`.

/** Whether a host name fits a pattern. */
export function matchesGlob(name: string, pattern: string): boolean {
  if (pattern === "") return name === "";
  if (pattern[0] === "*")
    return matchesGlob(name, pattern.slice(1)) || (name !== "" && matchesGlob(name.slice(1), pattern));
  return name !== "" && (pattern[0] === "?" || pattern[0] === name[0]) && matchesGlob(name.slice(1), pattern.slice(1));
}
