// Times as kubectl describes them.

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** time.RFC1123Z in UTC: `Sat, 21 Nov 2026 22:52:25 +0000`. */
export function longTime(text: string | undefined): string {
  if (text === undefined || text === null || text === "") return "<unset>";
  const at = new Date(Date.parse(text));
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${DAYS[at.getUTCDay()]}, ${two(at.getUTCDate())} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} +0000`;
}
