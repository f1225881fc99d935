// How long something lasted, as the tables of the API server and kubectl say it.

/** duration.HumanDuration: two units at most, fewer the longer it is. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.trunc(seconds / 60);
  const pair = (big: number, small: number, units: string): string =>
    small === 0 ? `${big}${units[0]}` : `${big}${units[0]}${small}${units[1]}`;
  if (minutes < 10) return pair(minutes, seconds % 60, "ms");
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return pair(hours, minutes % 60, "hm");
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (hours < 192) return pair(days, hours % 24, "dh");
  if (hours < 24 * 365 * 2) return `${days}d`;
  const years = Math.trunc(days / 365);
  return hours < 24 * 365 * 8 ? pair(years, days % 365, "yd") : `${years}y`;
}
