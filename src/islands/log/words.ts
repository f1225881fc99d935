// Days and lengths of time as one says them.

const day = 86_400_000;

/** `today`, `yesterday`, `on Tuesday`, `on 3 November`. */
export function dayText(at: number, now: number): string {
  const days = Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / day);
  if (days <= 0) return "today";
  if (days === 1) return "yesterday";
  const date = new Date(at);
  if (days < 7) return `on ${date.toLocaleDateString("en", { weekday: "long" })}`;
  const year = date.getFullYear() === new Date(now).getFullYear() ? {} : ({ year: "numeric" } as const);
  return `on ${date.toLocaleDateString("en-GB", { day: "numeric", month: "long", ...year })}`;
}

/** `4 minutes`, `1 hour 5 minutes`. */
export function durationText(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  const hours = Math.floor(minutes / 60);
  const say = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;
  const rest = minutes % 60;
  return [hours > 0 ? say(hours, "hour") : "", rest > 0 || hours === 0 ? say(rest, "minute") : ""]
    .filter(Boolean)
    .join(" ");
}
