// strftime and mktime of awk, in UTC as the machines are.

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
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
];

const two = (value: number): string => String(value).padStart(2, "0");

/** C's strftime for the letters people use. */
export function formatTime(format: string, seconds: number): string {
  const date = new Date(Math.trunc(seconds) * 1000);
  const yearDay = Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
  const one = (letter: string): string => {
    switch (letter) {
      case "Y":
        return String(date.getUTCFullYear());
      case "y":
        return two(date.getUTCFullYear() % 100);
      case "m":
        return two(date.getUTCMonth() + 1);
      case "d":
        return two(date.getUTCDate());
      case "e":
        return String(date.getUTCDate()).padStart(2);
      case "H":
        return two(date.getUTCHours());
      case "I":
        return two(date.getUTCHours() % 12 || 12);
      case "M":
        return two(date.getUTCMinutes());
      case "S":
        return two(date.getUTCSeconds());
      case "p":
        return date.getUTCHours() < 12 ? "AM" : "PM";
      case "a":
        return (DAYS[date.getUTCDay()] ?? "").slice(0, 3);
      case "A":
        return DAYS[date.getUTCDay()] ?? "";
      case "b":
      case "h":
        return (MONTHS[date.getUTCMonth()] ?? "").slice(0, 3);
      case "B":
        return MONTHS[date.getUTCMonth()] ?? "";
      case "j":
        return String(yearDay).padStart(3, "0");
      case "u":
        return String(date.getUTCDay() || 7);
      case "w":
        return String(date.getUTCDay());
      case "s":
        return String(Math.trunc(seconds));
      case "Z":
        return "UTC";
      case "z":
        return "+0000";
      case "n":
        return "\n";
      case "t":
        return "\t";
      case "%":
        return "%";
      case "D":
      case "x":
        return formatTime("%m/%d/%y", seconds);
      case "F":
        return formatTime("%Y-%m-%d", seconds);
      case "T":
      case "X":
        return formatTime("%H:%M:%S", seconds);
      case "R":
        return formatTime("%H:%M", seconds);
      case "c":
        return formatTime("%a %b %e %H:%M:%S %Y", seconds);
      default:
        return `%${letter}`;
    }
  };
  return format.replace(/%(.)/gs, (_whole, letter: string) => one(letter));
}

/** mktime("YYYY MM DD HH MM SS"); -1 where it cannot be read. */
export function parseTime(text: string): number {
  const parts = text.trim().split(/\s+/).map(Number);
  if (parts.length < 6 || parts.some(Number.isNaN)) return -1;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts;
  return Math.floor(Date.UTC(year, month - 1, day, hour, minute, second) / 1000);
}
