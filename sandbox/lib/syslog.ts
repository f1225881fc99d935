// Levels and facilities of syslog(3), by their numbers.

export const LEVELS: readonly string[] = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"];

/** 12 to 15 have no name. */
export const FACILITIES: readonly string[] = [
  ..."kern user mail daemon auth syslog lpr news uucp cron authpriv ftp".split(" "),
  ...["12", "13", "14", "15"],
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((i) => `local${i}`),
];

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** The time that stands in front of a line for /dev/log: `Nov  2 22:13:01` (RFC 3164). */
export function syslogStamp(ms: number): string {
  const date = new Date(ms);
  const clock = date.toISOString().slice(11, 19);
  return `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${clock}`;
}
