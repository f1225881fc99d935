// Calendar expressions (systemd.time(7)): reading `Mon..Fri *-*-* 06:00`, writing the normal form, finding the next moment. The zone is UTC.

/** One part of a field: a value, a range, or a start that repeats. */
interface Part {
  readonly start: number;
  readonly stop: number | undefined;
  readonly repeat: number;
}

/** A field; undefined is `*`. */
type Field = readonly Part[] | undefined;

export interface Calendar {
  /** Bits of the days of the week, Monday first; undefined for all. */
  readonly weekdays: number | undefined;
  readonly year: Field;
  readonly month: Field;
  readonly day: Field;
  /** `~`: days count from the end of the month. */
  readonly fromEnd: boolean;
  readonly hour: Field;
  readonly minute: Field;
  readonly second: Field;
  readonly utc: boolean;
}

const DAY = 86_400_000;
const LAST_YEAR = 2199;
const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;
const LONG_WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

const NAMED: Readonly<Record<string, string>> = {
  minutely: "*-*-* *:*:00",
  hourly: "*-*-* *:00:00",
  daily: "*-*-* 00:00:00",
  monthly: "*-*-01 00:00:00",
  weekly: "Mon *-*-* 00:00:00",
  yearly: "*-01-01 00:00:00",
  annually: "*-01-01 00:00:00",
  quarterly: "*-01,04,07,10-01 00:00:00",
  semiannually: "*-01,07-01 00:00:00",
  "semi-annually": "*-01,07-01 00:00:00",
  biannually: "*-01,07-01 00:00:00",
};

function weekdayOf(word: string): number {
  const lower = word.toLowerCase();
  const short = WEEKDAYS.findIndex((name) => name.toLowerCase() === lower);
  return short >= 0 ? short : LONG_WEEKDAYS.indexOf(lower as (typeof LONG_WEEKDAYS)[number]);
}

/** `Mon..Fri,Sun` as bits; undefined where a word is no day. */
function parseWeekdays(text: string): number | undefined {
  let bits = 0;
  for (const item of text.replace(/,$/, "").split(",")) {
    const [from = "", to = from, more] = item.split(/\.\.|-/);
    const first = weekdayOf(from);
    const last = weekdayOf(to);
    if (first < 0 || last < first || more !== undefined) return undefined;
    for (let day = first; day <= last; day++) bits |= 1 << day;
  }
  return bits;
}

/** A field within its bounds; `bad` where it is none. */
function parseField(text: string, least: number, greatest: number): Field | "bad" {
  if (text === "*") return undefined;
  const parts: Part[] = [];
  for (const item of text.split(",")) {
    const match = /^(?:(\*)|(\d+)(?:\.\.(\d+))?)(?:\/(\d+))?$/.exec(item);
    if (match === null) return "bad";
    if (match[1] !== undefined && match[4] === undefined) return undefined;
    const start = match[1] === undefined ? Number(match[2]) : least;
    const stop = match[3] === undefined ? undefined : Number(match[3]);
    const repeat = match[4] === undefined ? 0 : Number(match[4]);
    if (start < least || start > greatest || (stop !== undefined && (stop > greatest || stop < start))) return "bad";
    if (match[4] !== undefined && repeat === 0) return "bad";
    parts.push({ start, stop, repeat });
  }
  return parts.sort((a, b) => a.start - b.start);
}

interface DateFields {
  readonly year: Field;
  readonly month: Field;
  readonly day: Field;
  readonly fromEnd: boolean;
}

function parseDate(text: string): DateFields | undefined {
  const fromEnd = text.includes("~");
  const words = text.split(/[-~]/);
  if (words.length < 2 || words.length > 3) return undefined;
  const [day = "", month = "", year = "*"] = words.reverse();
  const short = /^\d{2}$/.test(year) ? String(Number(year) + (Number(year) < 70 ? 2000 : 1900)) : year;
  const fields = {
    year: parseField(short, 1970, LAST_YEAR),
    month: parseField(month, 1, 12),
    day: parseField(day, 1, 31),
  };
  if (fields.year === "bad" || fields.month === "bad" || fields.day === "bad") return undefined;
  return { year: fields.year, month: fields.month, day: fields.day, fromEnd };
}

function parseTime(text: string): Pick<Calendar, "hour" | "minute" | "second"> | undefined {
  const words = text.split(":");
  if (words.length < 2 || words.length > 3) return undefined;
  const [hour, minute, second] = [
    parseField(words[0] as string, 0, 23),
    parseField(words[1] as string, 0, 59),
    parseField(words[2] ?? "0", 0, 59),
  ];
  return hour === "bad" || minute === "bad" || second === "bad" ? undefined : { hour, minute, second };
}

const only = (value: number): Field => [{ start: value, stop: undefined, repeat: 0 }];

/** A point of time since the epoch, `@1700000000`. */
function ofMoment(seconds: number): Calendar {
  const date = new Date(seconds * 1000);
  return {
    weekdays: undefined,
    year: only(date.getUTCFullYear()),
    month: only(date.getUTCMonth() + 1),
    day: only(date.getUTCDate()),
    fromEnd: false,
    hour: only(date.getUTCHours()),
    minute: only(date.getUTCMinutes()),
    second: only(date.getUTCSeconds()),
    utc: true,
  };
}

/** Reads an expression; undefined where it is none. */
export function parseCalendar(given: string): Calendar | undefined {
  const text = given.trim();
  const stamp = /^@(\d+)$/.exec(text);
  if (stamp !== null) return ofMoment(Number(stamp[1]));
  const words = (NAMED[text.toLowerCase()] ?? text).split(/ +|(?<=\d)T(?=\d)/);
  const utc = words.length > 1 && words.at(-1) === "UTC";
  if (utc) words.pop();
  let weekdays: number | undefined;
  let date: DateFields | undefined;
  let time: ReturnType<typeof parseTime>;
  if (/^[A-Za-z]/.test(words[0] ?? "")) {
    weekdays = parseWeekdays(words.shift() as string);
    if (weekdays === undefined) return undefined;
    if (weekdays === 0x7f) weekdays = undefined;
  } else if (text === "") return undefined;
  if (words[0] !== undefined && !words[0].includes(":")) {
    date = parseDate(words.shift() as string);
    if (date === undefined) return undefined;
  }
  if (words[0] !== undefined) {
    time = parseTime(words.shift() as string);
    if (time === undefined) return undefined;
  }
  if (words.length > 0) return undefined;
  const everyDay = { year: undefined, month: undefined, day: undefined, fromEnd: false };
  const midnight = { hour: only(0), minute: only(0), second: only(0) };
  return { weekdays, ...(date ?? everyDay), ...(time ?? midnight), utc };
}

function formatWeekdays(bits: number): string {
  const words: string[] = [];
  for (let day = 0; day < 7; day++) {
    if ((bits & (1 << day)) === 0) continue;
    let last = day;
    while (last < 6 && (bits & (1 << (last + 1))) !== 0) last += 1;
    if (last - day >= 2) words.push(`${WEEKDAYS[day]}..${WEEKDAYS[last]}`);
    else words.push(...WEEKDAYS.slice(day, last + 1));
    day = last;
  }
  return words.join(",");
}

function formatField(field: Field, width: number): string {
  if (field === undefined) return "*";
  const digits = (value: number) => String(value).padStart(width, "0");
  return field
    .map(
      ({ start, stop, repeat }) =>
        `${digits(start)}${stop === undefined ? "" : `..${digits(stop)}`}${repeat === 0 || (stop !== undefined && repeat === 1) ? "" : `/${repeat}`}`,
    )
    .join(",");
}

/** The normal form: `Mon..Fri *-*-* 10:00:00`. */
export function formatCalendar(calendar: Calendar): string {
  const { weekdays, year, month, day, fromEnd, hour, minute, second, utc } = calendar;
  const date = `${formatField(year, 4)}-${formatField(month, 2)}${fromEnd ? "~" : "-"}${formatField(day, 2)}`;
  const time = [hour, minute, second].map((field) => formatField(field, 2)).join(":");
  return `${weekdays === undefined ? "" : `${formatWeekdays(weekdays)} `}${date} ${time}${utc ? " UTC" : ""}`;
}

function fits(field: Field, value: number): boolean {
  return (
    field === undefined ||
    field.some(({ start, stop, repeat }) => {
      if (stop === undefined && repeat === 0) return value === start;
      return value >= start && (stop === undefined || value <= stop) && (value - start) % Math.max(1, repeat) === 0;
    })
  );
}

function fitsDay(calendar: Calendar, date: Date): boolean {
  if (!fits(calendar.year, date.getUTCFullYear()) || !fits(calendar.month, date.getUTCMonth() + 1)) return false;
  if (calendar.weekdays !== undefined && (calendar.weekdays & (1 << ((date.getUTCDay() + 6) % 7))) === 0) return false;
  if (!calendar.fromEnd || calendar.day === undefined) return fits(calendar.day, date.getUTCDate());
  const length = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  const turned = calendar.day.map(({ start, stop, repeat }) => ({
    start: length - (stop ?? start) + 1,
    stop: stop === undefined ? undefined : length - start + 1,
    repeat,
  }));
  return fits(turned, date.getUTCDate());
}

/** Seconds of a day that fit, the first at or after `from`. */
function fittingSecond({ hour, minute, second }: Calendar, from: number): number | undefined {
  for (let h = Math.floor(from / 3600); h < 24; h++) {
    if (!fits(hour, h)) continue;
    for (let m = h * 3600 < from ? Math.floor((from % 3600) / 60) : 0; m < 60; m++) {
      if (!fits(minute, m)) continue;
      const base = h * 3600 + m * 60;
      for (let s = Math.max(0, from - base); s < 60; s++) if (fits(second, s)) return base + s;
    }
  }
  return undefined;
}

/** The first moment after `after` (ms) that fits; undefined where there is none any more. */
export function nextElapse(calendar: Calendar, after: number): number | undefined {
  const begin = Math.floor(after / 1000) * 1000 + 1000;
  let from = (begin % DAY) / 1000;
  for (let day = begin - (begin % DAY); ; day += DAY) {
    const date = new Date(day);
    if (date.getUTCFullYear() > LAST_YEAR) return undefined;
    const second = fitsDay(calendar, date) ? fittingSecond(calendar, from) : undefined;
    if (second !== undefined) return day + second * 1000;
    from = 0;
  }
}
