// When something is due, in words.

const day = 86_400_000;

/** `in 10 minutes`, `tomorrow`, `on Thursday`, `in 3 weeks`. */
export function dueText(at: number, now: number): string {
  const minutes = Math.round((at - now) / 60_000);
  if (minutes < 1) return "now";
  const days = Math.round((new Date(at).setHours(0, 0, 0, 0) - new Date(now).setHours(0, 0, 0, 0)) / day);
  if (days === 0) return minutes < 60 ? `in ${minutes} ${minutes === 1 ? "minute" : "minutes"}` : "later today";
  if (days === 1) return "tomorrow";
  if (days < 7) return `on ${new Date(at).toLocaleDateString("en", { weekday: "long" })}`;
  if (days < 28) return `in ${Math.round(days / 7)} ${days < 11 ? "week" : "weeks"}`;
  const months = Math.max(1, Math.round(days / 30));
  return months < 24 ? `in ${months} ${months === 1 ? "month" : "months"}` : `in ${Math.round(days / 365)} years`;
}
