// Which room this browser is in. The key is in an HttpOnly cookie; here stands only what pages show.

export interface Membership {
  readonly room: string;
  readonly title: string;
  readonly learner: string;
  readonly name: string;
  readonly joinedAt: number;
}

/** Its presence is what lesson pages look for before they load anything of the room. */
const key = "kc:room";

export function readMembership(): Membership | undefined {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? "null");
    const { room, title, learner, name, joinedAt } = (value ?? {}) as Partial<Record<keyof Membership, unknown>>;
    if (typeof room !== "string" || typeof learner !== "string") return undefined;
    return { room, learner, title: String(title), name: String(name), joinedAt: Number(joinedAt) };
  } catch {
    return undefined;
  }
}

export function saveMembership(membership: Membership): boolean {
  try {
    localStorage.setItem(key, JSON.stringify(membership));
    return true;
  } catch {
    return false;
  }
}

export function forgetMembership(): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}
