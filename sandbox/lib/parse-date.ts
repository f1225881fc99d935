// Dates as GNU `date -d` and `touch -d` read them: ISO and common forms, times, zones, weekdays, relative items, @seconds.

import { DAYS, MONTHS, readZone, type Zone } from "./strftime.ts";

const UNITS: Readonly<Record<string, readonly [field: "month" | "second", amount: number]>> = {
  year: ["month", 12],
  month: ["month", 1],
  fortnight: ["second", 1209600],
  week: ["second", 604800],
  day: ["second", 86400],
  hour: ["second", 3600],
  minute: ["second", 60],
  min: ["second", 60],
  second: ["second", 1],
  sec: ["second", 1],
};

const ORDINALS: Readonly<Record<string, number>> = {
  last: -1,
  this: 0,
  next: 1,
  first: 1,
  third: 3,
  fourth: 4,
  fifth: 5,
  sixth: 6,
  seventh: 7,
  eighth: 8,
  ninth: 9,
  tenth: 10,
  eleventh: 11,
  twelfth: 12,
};

const ZONES: Readonly<Record<string, number>> = {
  utc: 0,
  gmt: 0,
  ut: 0,
  z: 0,
  wet: 0,
  west: 3600,
  bst: 3600,
  cet: 3600,
  cest: 7200,
  eet: 7200,
  eest: 10800,
  msk: 10800,
  ist: 19800,
  jst: 32400,
  est: -18000,
  edt: -14400,
  cst: -21600,
  cdt: -18000,
  mst: -25200,
  mdt: -21600,
  pst: -28800,
  pdt: -25200,
};

interface Fields {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

const findWord = (names: readonly string[], word: string) =>
  names.findIndex(
    (name) =>
      name.toLowerCase() === word || (word.length >= 3 && name.toLowerCase().slice(0, 3) === word.replace(/\.$/, "")),
  );

function findDay(word: string): number {
  const extra: Readonly<Record<string, number>> = { tues: 2, wednes: 3, thur: 4, thurs: 4 };
  return extra[word.replace(/\.$/, "")] ?? findWord(DAYS, word);
}

function findMonth(word: string): number {
  return word.replace(/\.$/, "") === "sept" ? 8 : findWord(MONTHS, word);
}

/** Seconds east of Greenwich of `+02:00`, `-0530`, `+1`. */
function readOffset(sign: string, hours: string, minutes: string | undefined): number | undefined {
  const h = hours.length > 2 ? Number(hours.slice(0, -2)) : Number(hours);
  const m = hours.length > 2 ? Number(hours.slice(-2)) : Number(minutes ?? 0);
  return h > 24 || m > 59 ? undefined : (sign === "-" ? -1 : 1) * (h * 3600 + m * 60);
}

function fullYear(text: string): number {
  const year = Number(text);
  return text.length <= 2 ? year + (year < 69 ? 2000 : 1900) : year;
}

/** Parses a date against a base time (ms); undefined where it is none. */
export function parseDate(given: string, base: number, home: Zone): number | undefined {
  const named = /^\s*TZ="([^"]*)"/.exec(given);
  const zone = named === null ? home : readZone(named[1]);
  const text = given.slice(named?.[0].length ?? 0);
  const at = /^\s*@(-?\d+)(?:[.,](\d+))?\s*$/.exec(text);
  if (at !== null) return Number(at[1]) * 1000 + Number(`0.${at[2] ?? 0}`) * 1000;
  let rest = text
    .toLowerCase()
    .replace(/\([^)]*\)/g, " ")
    .trim();
  const local = new Date(Math.floor(base) + zone.offset * 1000);
  const fields: Fields = {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth(),
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds() + (base - Math.floor(base / 1000) * 1000) / 1000,
  };
  let offset = zone.offset;
  let weekday: { day: number; ordinal: number } | undefined;
  let dated = false;
  let timed = false;
  let relativeMonths = 0;
  let relativeSeconds = 0;
  const setDate = (year: number, month: number, day: number): boolean => {
    if (dated || month < 0 || month > 11 || day < 1 || day > new Date(Date.UTC(year, month + 1, 0)).getUTCDate())
      return false;
    Object.assign(fields, { year, month, day });
    dated = true;
    return true;
  };
  const setTime = (hour: number, minute: number, second: number): boolean => {
    if (timed || hour > 24 || minute > 59 || second >= 61) return false;
    Object.assign(fields, { hour, minute, second });
    timed = true;
    return true;
  };
  const tokens: readonly (readonly [RegExp, (m: RegExpExecArray) => boolean])[] = [
    [/^(\d{4,})-(\d{1,2})-(\d{1,2})(?=[t\s]|$)t?/, (m) => setDate(Number(m[1]), Number(m[2]) - 1, Number(m[3]))],
    [/^(\d{4})\/(\d{1,2})\/(\d{1,2})/, (m) => setDate(Number(m[1]), Number(m[2]) - 1, Number(m[3]))],
    [
      /^(\d{1,2})\/(\d{1,2})(?:\/(\d{2,4}))?/,
      (m) => setDate(m[3] === undefined ? fields.year : fullYear(m[3]), Number(m[1]) - 1, Number(m[2])),
    ],
    [
      /^(\d{1,2})[- ]?([a-z]{3,9})\.?[- ,]\s*(\d{4}|\d{2}(?![:\d]))(?![:\d])/,
      (m) => setDate(fullYear(m[3] ?? ""), findMonth(m[2] ?? ""), Number(m[1])),
    ],
    [
      /^([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:\s*,)?\s+(\d{4})(?![:\d])/,
      (m) => setDate(Number(m[3]), findMonth(m[1] ?? ""), Number(m[2])),
    ],
    [
      // A signed number after a time is a zone, so `10:00 -2 hours` is ten o'clock in zone -2 and an hour more.
      /^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d+))?)?(?:\s*(a\.?m\.?|p\.?m\.?)|\s*([-+])\s*(\d{1,4})(?::(\d{2}))?)?(?![\d:])/,
      (m) =>
        setTime(clock(m[1], m[5]), Number(m[2]), Number(`${m[3] ?? 0}.${m[4] ?? 0}`)) &&
        (m[6] === undefined || setOffset(m[6], m[7] ?? "0", m[8])),
    ],
    [/^(\d{1,2})\s*(a\.?m\.?|p\.?m\.?)(?![a-z])/, (m) => setTime(clock(m[1], m[2]), 0, 0)],
    [/^(tomorrow|yesterday|today|now)\b/, (m) => setWord(m[1] ?? "")],
    [
      /^([-+]?\s*\d+)\s*(year|month|fortnight|week|day|hour|minute|min|second|sec)s?\b(\s+ago\b)?/,
      (m) => setRelative(Number((m[1] ?? "").replace(/\s/g, "")), m[2], m[3]),
    ],
    [
      /^([a-z]+)\s+(year|month|fortnight|week|day|hour|minute|min|second|sec)s?\b(\s+ago\b)?/,
      (m) => m[1] !== undefined && m[1] in ORDINALS && setRelative(ORDINALS[m[1]] ?? 0, m[2], m[3]),
    ],
    [/^(year|month|fortnight|week|day|hour|minute|min|second|sec)s?\b(\s+ago\b)?/, (m) => setRelative(1, m[1], m[2])],
    [
      /^([a-z]+)\s+([a-z]+\.?)(?![a-z])/,
      (m) =>
        m[1] !== undefined &&
        m[1] in ORDINALS &&
        findDay(m[2] ?? "") >= 0 &&
        setWeekday(findDay(m[2] ?? ""), ORDINALS[m[1]] ?? 0),
    ],
    [
      /^([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?![:\d])/,
      (m) => findMonth(m[1] ?? "") >= 0 && setDate(fields.year, findMonth(m[1] ?? ""), Number(m[2])),
    ],
    [
      /^(\d{1,2})\s+([a-z]+)\b/,
      (m) => findMonth(m[2] ?? "") >= 0 && setDate(fields.year, findMonth(m[2] ?? ""), Number(m[1])),
    ],
    [/^([a-z]+\.?),?(?![a-z])/, (m) => findDay(m[1] ?? "") >= 0 && setWeekday(findDay(m[1] ?? ""), 0)],
    [/^(utc|gmt|z)([-+])(\d{1,4})(?::(\d{2}))?/, (m) => setOffset(m[2] ?? "+", m[3] ?? "0", m[4])],
    [/^([a-z]+)\b/, (m) => setZone(m[1] ?? "")],
    [/^(\d{4})(\d{2})(\d{2})(?=[t\s]|$)/, (m) => setDate(Number(m[1]), Number(m[2]) - 1, Number(m[3]))],
    [
      /^(\d{2})(\d{2})(\d{2})?(?!\d)/,
      (m) =>
        m[3] === undefined
          ? dated || !timed
            ? setTime(Number(m[1]), Number(m[2]), 0)
            : false
          : setTime(Number(m[1]), Number(m[2]), Number(m[3])),
    ],
    [/^(\d{1,2})(?!\d)/, (m) => setTime(Number(m[1]), 0, 0)],
    [/^(\d{4})(?!\d)/, (m) => dated && setYear(Number(m[1]))],
    [/^[,\s]+/, () => true],
  ];
  function clock(hour: string | undefined, half: string | undefined): number {
    const value = Number(hour);
    if (half === undefined) return value;
    if (value < 1 || value > 12) return 99;
    return (value % 12) + (half.startsWith("p") ? 12 : 0);
  }
  function setOffset(sign: string, hours: string, minutes: string | undefined): boolean {
    const value = readOffset(sign, hours, minutes);
    if (value === undefined) return false;
    offset = value;
    return true;
  }
  function setZone(name: string): boolean {
    const known = ZONES[name];
    offset = known ?? offset;
    return known !== undefined;
  }
  function setYear(year: number): boolean {
    fields.year = year;
    return true;
  }
  function setWord(word: string): boolean {
    relativeSeconds += word === "tomorrow" ? 86400 : word === "yesterday" ? -86400 : 0;
    return true;
  }
  function setRelative(count: number, unit: string | undefined, ago: string | undefined): boolean {
    const [field, amount] = UNITS[unit ?? ""] ?? ["second", 0];
    const total = count * amount * (ago === undefined ? 1 : -1);
    if (field === "month") relativeMonths += total;
    else relativeSeconds += total;
    return true;
  }
  function setWeekday(day: number, ordinal: number): boolean {
    weekday = { day, ordinal };
    return true;
  }
  if (/^\d{4}-\d{1,2}$/.test(rest)) return undefined;
  const blank = rest === "";
  while (rest !== "") {
    const token = tokens.find(([pattern, apply]) => {
      const found = pattern.exec(rest);
      if (found === null || found[0] === "" || !apply(found)) return false;
      rest = rest.slice(found[0].length);
      return true;
    });
    if (token === undefined) return undefined;
  }
  if (!timed && (dated || weekday !== undefined || blank)) Object.assign(fields, { hour: 0, minute: 0, second: 0 });
  let time = Date.UTC(
    fields.year,
    fields.month + relativeMonths,
    fields.day,
    fields.hour,
    fields.minute,
    Math.floor(fields.second),
  );
  if (fields.year < 100) time = new Date(time).setUTCFullYear(fields.year);
  time += (fields.second - Math.floor(fields.second)) * 1000;
  if (weekday !== undefined && !dated) {
    const { day, ordinal } = weekday as { day: number; ordinal: number };
    const ahead = (day - new Date(time).getUTCDay() + 7) % 7;
    const weeks = ordinal - (ordinal > 0 && ahead > 0 ? 1 : 0);
    time += (ahead + 7 * weeks) * 86400000;
  }
  return time - offset * 1000 + relativeSeconds * 1000;
}

/** The stamp of `touch -t`: [[CC]YY]MMDDhhmm[.ss]. */
export function parseStamp(text: string, now: number, zone: Zone): number | undefined {
  const found = /^(\d{2})?(\d{2})?(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{2}))?$/.exec(text);
  if (found === null) return undefined;
  const [, century, short] = found;
  const [month, day, hour, minute, second] = [found[3], found[4], found[5], found[6], found[7] ?? "0"].map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  let year = new Date(now + zone.offset * 1000).getUTCFullYear();
  if (century !== undefined && short !== undefined) year = Number(century + short);
  else if (century !== undefined) year = fullYear(century);
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 60) return undefined;
  if (day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second) - zone.offset * 1000;
}
