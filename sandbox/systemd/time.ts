// Spans and points of time as systemd writes and reads them. Times are ms since the epoch; the zone is UTC.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const YEAR = 31557600 * SECOND;
const MONTH = 2629800 * SECOND;

const UNITS: Readonly<Record<string, number>> = {
  s: SECOND,
  sec: SECOND,
  second: SECOND,
  seconds: SECOND,
  m: MINUTE,
  min: MINUTE,
  minute: MINUTE,
  minutes: MINUTE,
  h: HOUR,
  hr: HOUR,
  hour: HOUR,
  hours: HOUR,
  d: DAY,
  day: DAY,
  days: DAY,
  w: WEEK,
  week: WEEK,
  weeks: WEEK,
  M: MONTH,
  month: MONTH,
  months: MONTH,
  y: YEAR,
  year: YEAR,
  years: YEAR,
  ms: 1,
  msec: 1,
  us: 0.001,
  usec: 0.001,
  µs: 0.001,
  μs: 0.001,
  ns: 1e-6,
  nsec: 1e-6,
};

/** A span such as `5min 20s`, `1.5h`, `90` (seconds) or `infinity`, in ms; undefined where it is none. */
export function parseTimespan(text: string, unit = SECOND): number | undefined {
  let rest = text.trim();
  if (rest === "infinity") return Number.POSITIVE_INFINITY;
  if (rest === "") return undefined;
  let total = 0;
  while (rest !== "") {
    const match = /^(\d+(?:\.\d*)?|\.\d+)\s*([A-Za-zµμ]*)\s*/.exec(rest);
    if (match === null) return undefined;
    const scale = match[2] === "" ? unit : UNITS[match[2] as string];
    if (scale === undefined) return undefined;
    total += Number(match[1]) * scale;
    rest = rest.slice(match[0].length);
  }
  return total;
}

const NAMES: readonly (readonly [string, number])[] = [
  ["y", YEAR],
  ["month", MONTH],
  ["w", WEEK],
  ["d", DAY],
  ["h", HOUR],
  ["min", MINUTE],
  ["s", SECOND],
  ["ms", 1],
  ["us", 0.001],
];

/** A span as `1min 38.180s`; `accuracy` (ms) is the smallest step shown. */
export function formatTimespan(ms: number, accuracy = 0.001): string {
  if (ms === Number.POSITIVE_INFINITY) return "infinity";
  // Whole microseconds keep the arithmetic exact.
  let left = Math.round(ms * 1000);
  const step = Math.round(accuracy * 1000);
  if (left <= 0) return "0";
  const parts: string[] = [];
  for (const [name, length] of NAMES) {
    const size = Math.round(length * 1000);
    if (left <= 0 || (left < step && parts.length > 0)) break;
    if (left < size) continue;
    const whole = Math.floor(left / size);
    let rest = left % size;
    let digits = 0;
    if (left < MINUTE * 1000 && rest > 0) {
      for (let c = size; c > 1; c /= 10) digits += 1;
      for (let c = step; c > 1; c /= 10) {
        rest = Math.floor(rest / 10);
        digits -= 1;
      }
    }
    if (digits > 0) {
      parts.push(`${whole}.${String(rest).padStart(digits, "0")}${name}`);
      left = 0;
    } else {
      parts.push(`${whole}${name}`);
      left %= size;
    }
  }
  return parts.length === 0 ? "0" : parts.join(" ");
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

const two = (value: number): string => String(value).padStart(2, "0");

function clock(date: Date): string {
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
}

function day(date: Date): string {
  return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

/** `Sat 2026-11-21 22:13:01 UTC` */
export function formatTimestamp(ms: number): string {
  const date = new Date(ms);
  return `${WEEKDAYS[date.getUTCDay()]} ${day(date)} ${clock(date)} UTC`;
}

/** `Nov 21 22:13:01`, the form of short journal output. */
export function formatSyslogTime(ms: number): string {
  const date = new Date(ms);
  return `${MONTHS[date.getUTCMonth()]} ${two(date.getUTCDate())} ${clock(date)}`;
}

/** `2026-11-21T22:13:01` */
export function formatIsoTime(ms: number): string {
  const date = new Date(ms);
  return `${day(date)}T${clock(date)}`;
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;

/** `5s ago`, `1min 9s ago`, `3 weeks 2 days ago` … */
export function formatRelative(then: number, now: number): string {
  const span = Math.abs(now - then);
  const word = now >= then ? "ago" : "left";
  const n = Math.floor;
  if (span >= YEAR) return `${plural(n(span / YEAR), "year")} ${plural(n((span % YEAR) / MONTH), "month")} ${word}`;
  if (span >= MONTH) return `${plural(n(span / MONTH), "month")} ${plural(n((span % MONTH) / DAY), "day")} ${word}`;
  if (span >= WEEK) return `${plural(n(span / WEEK), "week")} ${plural(n((span % WEEK) / DAY), "day")} ${word}`;
  if (span >= 2 * DAY) return `${n(span / DAY)} days ${word}`;
  if (span >= 25 * HOUR) return `1 day ${n((span - DAY) / HOUR)}h ${word}`;
  if (span >= 6 * HOUR) return `${n(span / HOUR)}h ${word}`;
  if (span >= HOUR) return `${n(span / HOUR)}h ${n((span % HOUR) / MINUTE)}min ${word}`;
  if (span >= 5 * MINUTE) return `${n(span / MINUTE)}min ${word}`;
  if (span >= MINUTE) return `${n(span / MINUTE)}min ${n((span % MINUTE) / SECOND)}s ${word}`;
  if (span >= SECOND) return `${n(span / SECOND)}s ${word}`;
  if (span >= 1) return `${n(span)}ms ${word}`;
  return span > 0 ? `${n(span * 1000)}us ${word}` : "now";
}

const WEEKDAY = /^(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat)(?:[a-z]*day)?,?\s+/i;
const STAMP =
  /^(?:(\d{2}|\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+|$))?(?:(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?)?\s*(UTC|GMT|Z|[+-]\d{2}:?\d{2})?$/;

function startOfDay(ms: number): number {
  return Math.floor(ms / DAY) * DAY;
}

/** A point of time as `journalctl --since` takes it; undefined where it does not parse. */
export function parseTimestamp(text: string, now: number): number | undefined {
  if (text === "now") return now;
  if (text === "today") return startOfDay(now);
  if (text === "yesterday") return startOfDay(now) - DAY;
  if (text === "tomorrow") return startOfDay(now) + DAY;
  if (/^@\d/.test(text)) return parseTimespan(text.slice(1));
  const span = (word: string, sign: number): number | undefined => {
    const length = parseTimespan(word);
    return length === undefined ? undefined : now + sign * length;
  };
  if (text.startsWith("+")) return span(text.slice(1), 1);
  if (text.startsWith("-")) return span(text.slice(1), -1);
  if (text.endsWith(" ago")) return span(text.slice(0, -4), -1);
  if (text.endsWith(" left")) return span(text.slice(0, -5), 1);
  const match = STAMP.exec(text.replace(WEEKDAY, ""));
  if (match === null || (match[1] === undefined && match[4] === undefined)) return undefined;
  return stampTime(match, now);
}

function stampTime(match: RegExpExecArray, now: number): number | undefined {
  const [, year, month, date, hour = "0", minute = "0", second = "0", fraction = "0", zone] = match;
  let base = startOfDay(now);
  if (year !== undefined) {
    const full = year.length === 2 ? Number(year) + (Number(year) < 69 ? 2000 : 1900) : Number(year);
    // A day that a month does not have is one of the next, as mktime(3) reckons.
    if (Number(month) < 1 || Number(month) > 12 || Number(date) < 1 || Number(date) > 31) return undefined;
    base = Date.UTC(full, Number(month) - 1, Number(date));
  }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const sign = zone?.startsWith("-") ? -1 : 1;
  const digits = zone !== undefined && /\d/.test(zone) ? zone.replace(/\D/g, "") : "0000";
  const offset = sign * (Number(digits.slice(0, 2)) * HOUR + Number(digits.slice(2)) * MINUTE);
  return (
    base +
    Number(hour) * HOUR +
    Number(minute) * MINUTE +
    Number(second) * SECOND +
    Number(`0.${fraction}`) * SECOND -
    offset
  );
}

/** Bytes as `4.6M`, `3M`, `72K`. */
export function formatBytes(bytes: number): string {
  const names = ["E", "P", "T", "G", "M", "K"];
  for (let i = 0; i < names.length; i++) {
    const size = 1024 ** (names.length - i);
    if (bytes < size) continue;
    const whole = Math.floor(bytes / size);
    const tenth = Math.floor(((bytes / (size / 1024)) * 10) / 1024) % 10;
    return tenth > 0 ? `${whole}.${tenth}${names[i]}` : `${whole}${names[i]}`;
  }
  return `${bytes}B`;
}
