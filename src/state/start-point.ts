// The start point of a lesson: its own scene, or one of its variants by name. Remembered on this device; each has a laboratory of its own.

const keyOf = (lesson: string): string => `kc:start:${lesson}`;

/** The chosen variant; undefined is the lesson's own scene. */
export function readStartPoint(lesson: string): string | undefined {
  try {
    return localStorage.getItem(keyOf(lesson)) ?? undefined;
  } catch {
    return undefined;
  }
}

export function saveStartPoint(lesson: string, variant: string | undefined): void {
  try {
    if (variant === undefined) localStorage.removeItem(keyOf(lesson));
    else localStorage.setItem(keyOf(lesson), variant);
  } catch {
    // Not kept: the lesson's own scene is used.
  }
}

/** Under this name a laboratory is kept and its scene was built. */
export function labName(lesson: string, variant: string | undefined): string {
  return variant === undefined ? lesson : `${lesson}@${variant}`;
}
