// strftime(3) with the extensions of GNU date: flags, widths, %N, %s, %:z. Times are ms since the epoch with fractions.

export interface Zone {
  readonly name: string;
  /** Seconds east of Greenwich. */
  readonly offset: number;
}

export const UTC: Zone = { name: "UTC", offset: 0 };

/** The zone that the TZ variable names, as far as it needs no zone files: UTC, and POSIX forms such as `CET-1` without rules. */
export function readZone(tz: string | undefined): Zone {
  if (tz === undefined || tz === "" || tz === "UTC" || tz === "UTC0" || tz === ":UTC" || tz.endsWith("Etc/UTC"))
    return UTC;
  const found = /^(?:<([-+\w]+)>|([A-Za-z]{3,}))([-+]?)(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?$/.exec(tz);
  if (found === null) return { name: /^[A-Za-z]{3,}/.exec(tz)?.[0] ?? "UTC", offset: 0 };
  const seconds = Number(found[4]) * 3600 + Number(found[5] ?? 0) * 60 + Number(found[6] ?? 0);
  const offset = found[3] === "-" ? seconds : -seconds;
  return { name: found[1] ?? found[2] ?? "", offset: offset === 0 ? 0 : offset };
}

export const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
export const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

/** ISO 8601 week and its year. */
function isoWeek(date: Date): { year: number; week: number } {
  const day = (date.getUTCDay() + 6) % 7;
  const thursday = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() - day + 3);
  const year = new Date(thursday).getUTCFullYear();
  return { year, week: Math.floor((thursday - Date.UTC(year, 0, 1)) / 604800000) + 1 };
}

function zoneText(offset: number, colons: number): string {
  const sign = offset < 0 ? "-" : "+";
  const size = Math.abs(offset);
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const [h, m, s] = [two(size / 3600), two((size / 60) % 60), two(size % 60)];
  if (colons === 3) return sign + h + (m === "00" && s === "00" ? "" : `:${m}${s === "00" ? "" : `:${s}`}`);
  return colons === 0 ? sign + h + m : colons === 1 ? `${sign}${h}:${m}` : `${sign}${h}:${m}:${s}`;
}

/** Nanoseconds within the second, from ms with fractions. */
export function nanoseconds(ms: number): number {
  const fraction = ms - Math.floor(ms / 1000) * 1000;
  // A double holds today's moments to a quarter of a microsecond: what is that near to a whole one was one.
  const whole = Math.round(fraction * 1e3) * 1e3;
  const exact = Math.round(fraction * 1e6);
  return Math.min(999999999, Math.abs(whole - exact) < 123 ? whole : exact);
}

const COMPOSED: Readonly<Record<string, string>> = {
  c: "%a %b %e %H:%M:%S %Y",
  D: "%m/%d/%y",
  F: "%+4Y-%m-%d",
  r: "%I:%M:%S %p",
  R: "%H:%M",
  T: "%H:%M:%S",
  x: "%m/%d/%y",
  X: "%H:%M:%S",
  h: "%b",
};

/** Formats a time. An unknown conversion stays as it is. */
export function formatTime(format: string, ms: number, zone: Zone = UTC): string {
  const date = new Date(Math.floor(ms / 1000) * 1000 + zone.offset * 1000);
  const year = date.getUTCFullYear();
  const dayOfYear = Math.floor(
    (Date.UTC(year, date.getUTCMonth(), date.getUTCDate()) - Date.UTC(year, 0, 1)) / 86400000,
  );
  const weekDay = date.getUTCDay();
  const hour12 = date.getUTCHours() % 12 === 0 ? 12 : date.getUTCHours() % 12;
  const numbers: Readonly<Record<string, readonly [value: number, width: number, pad: string]>> = {
    C: [Math.floor(year / 100), 2, "0"],
    d: [date.getUTCDate(), 2, "0"],
    e: [date.getUTCDate(), 2, " "],
    g: [isoWeek(date).year % 100, 2, "0"],
    G: [isoWeek(date).year, 4, "0"],
    H: [date.getUTCHours(), 2, "0"],
    I: [hour12, 2, "0"],
    j: [dayOfYear + 1, 3, "0"],
    k: [date.getUTCHours(), 2, " "],
    l: [hour12, 2, " "],
    m: [date.getUTCMonth() + 1, 2, "0"],
    M: [date.getUTCMinutes(), 2, "0"],
    q: [Math.floor(date.getUTCMonth() / 3) + 1, 1, "0"],
    s: [Math.floor(ms / 1000), 1, "0"],
    S: [date.getUTCSeconds(), 2, "0"],
    u: [weekDay === 0 ? 7 : weekDay, 1, "0"],
    U: [Math.floor((dayOfYear + 7 - weekDay) / 7), 2, "0"],
    V: [isoWeek(date).week, 2, "0"],
    w: [weekDay, 1, "0"],
    W: [Math.floor((dayOfYear + 7 - ((weekDay + 6) % 7)) / 7), 2, "0"],
    y: [((year % 100) + 100) % 100, 2, "0"],
    Y: [year, year > 9999 || year < 0 ? 5 : 4, "0"],
  };
  const words: Readonly<Record<string, string>> = {
    a: DAYS[weekDay]?.slice(0, 3) ?? "",
    A: DAYS[weekDay] ?? "",
    b: MONTHS[date.getUTCMonth()]?.slice(0, 3) ?? "",
    B: MONTHS[date.getUTCMonth()] ?? "",
    n: "\n",
    p: date.getUTCHours() < 12 ? "AM" : "PM",
    P: date.getUTCHours() < 12 ? "am" : "pm",
    t: "\t",
    Z: zone.name,
    "%": "%",
  };
  return format.replace(
    /%([-_0^#+]*)(\d*)([EO]?)(:{0,3})([A-Za-z%])/g,
    (whole, flags: string, width, _mod, colons, letter) => {
      let text: string;
      const wide = width === "" ? undefined : Number(width);
      const pad = /[-_0]/.test(flags) ? flags.replace(/[^-_0]/g, "").slice(-1) : "";
      const number = numbers[letter];
      if (colons !== "" && letter !== "z") return whole;
      if (number !== undefined) {
        const size = pad === "-" ? 0 : (wide ?? number[1]);
        const filler = pad === "_" ? " " : pad === "0" ? "0" : number[2];
        const sign = number[0] < 0 ? "-" : "";
        return sign + String(Math.abs(number[0])).padStart(size - sign.length, filler);
      }
      if (letter === "N") {
        const digits = String(nanoseconds(ms))
          .padStart(9, "0")
          .slice(0, wide ?? 9);
        return pad === "-" ? digits.replace(/0+$/, "") || "0" : digits.padEnd(wide ?? 9, "0");
      }
      if (letter === "z") {
        text = zoneText(zone.offset, colons.length);
        if (wide !== undefined && wide > text.length) text = text[0] + text.slice(1).padStart(wide - 1, "0");
        return text;
      }
      const composed = COMPOSED[letter];
      if (composed !== undefined) text = formatTime(composed, ms, zone);
      else {
        const word = words[letter];
        if (word === undefined) return whole;
        text = word;
      }
      if (flags.includes("^")) text = text.toUpperCase();
      if (flags.includes("#")) text = letter === "Z" || letter === "p" ? text.toLowerCase() : text.toUpperCase();
      return text.padStart(wide ?? 0, pad === "0" ? "0" : " ");
    },
  );
}
