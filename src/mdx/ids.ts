// Ids that are unique within a build, for elements an author does not name.

let last = 0;

export function nextId(prefix: string): string {
  return `${prefix}-${(++last).toString(36)}`;
}
