// How ls lays its entries out: long lines, columns, commas.

import type { Stat } from "../../kernel/sys.ts";
import { formatMode } from "../../lib/modes.ts";
import { formatHuman } from "../../lib/sizes.ts";
import { formatTime, readZone } from "../../lib/strftime.ts";
import { Names } from "../../lib/users.ts";
import { textWidth } from "../../lib/width.ts";
import type { Io } from "../define.ts";
import { type Entry, mark, quoteName, readColors } from "./entries.ts";
import type { LsSettings } from "./options.ts";

/** Six months, as ls counts them: half a Gregorian year. */
const HALF_YEAR = 31556952000 / 2;

interface Shown {
  readonly text: string;
  readonly width: number;
}

/** Prints lists of entries under one set of settings. */
export class Printer {
  readonly #io: Io;
  readonly #settings: LsSettings;
  readonly #names: Names;
  readonly #colors: ReturnType<typeof readColors>;
  #coloured = false;

  constructor(io: Io, settings: LsSettings) {
    this.#io = io;
    this.#settings = settings;
    this.#names = new Names(io.sys);
    this.#colors = readColors(io.sys.env.LS_COLORS);
  }

  get #end(): string {
    return this.#settings.zero ? "\0" : "\n";
  }

  print(entries: readonly Entry[]): void {
    if (this.#settings.format === "long") this.#long(entries);
    else if (this.#settings.format === "one") this.#one(entries);
    else if (this.#settings.format === "commas") this.#commas(entries);
    else this.#columns(entries);
  }

  blocksText(blocks: number): string {
    const { human, blockUnit } = this.#settings;
    return human > 0
      ? formatHuman(blocks * 512, human as 1000 | 1024)
      : Math.ceil((blocks * 512) / blockUnit) + this.#settings.unitText;
  }

  /** `total 12` of a folder. */
  total(entries: readonly Entry[]): void {
    const blocks = entries.reduce((sum, entry) => sum + (entry.stat?.blocks ?? 0), 0);
    this.#io.print(`total ${this.blocksText(blocks)}${this.#end}`);
  }

  get showsTotal(): boolean {
    return this.#settings.format === "long" || this.#settings.blocks;
  }

  /** A name in colours, with its mark unless the link's target will carry one. */
  #name(entry: Entry, aligned: boolean): Shown {
    const stat = entry.stat;
    const quoted = quoteName(entry.name, this.#settings);
    const pad = aligned && quoted === entry.name ? " " : "";
    const long = this.#settings.format === "long" && entry.link !== undefined;
    const end = long ? "" : mark(entry.type, stat?.mode ?? 0, this.#settings);
    return {
      text:
        pad +
        this.#paint(quoted, entry.name, entry.type, stat, entry.type === "symlink" && entry.target === undefined) +
        end,
      width: textWidth(pad + quoted + end),
    };
  }

  #paint(shown: string, name: string, type: Entry["type"], stat: Stat | undefined, dangling: boolean): string {
    if (!this.#settings.color) return shown;
    const code = this.#colors(name, type, stat?.mode ?? 0, stat?.nlink ?? 1, dangling);
    if (code === undefined || code === "") return shown;
    const first = this.#coloured ? "" : "\x1b[0m";
    this.#coloured = true;
    return `${first}\x1b[${code}m${shown}\x1b[0m`;
  }

  /** On a terminal, names stand one column in where some name begins with a quote. */
  #aligned(entries: readonly Entry[]): boolean {
    const { quoting, format } = this.#settings;
    if (!this.#io.tty && !(quoting === "shell-escape" || quoting === "shell")) return false;
    if (quoting !== "shell-escape" && quoting !== "shell") return false;
    if (format === "commas" || (format === "one" && !this.#io.tty)) return false;
    return entries.some((entry) => quoteName(entry.name, this.#settings) !== entry.name);
  }

  #prefix(entry: Entry, widths: { inode: number; blocks: number }): string {
    let text = "";
    if (this.#settings.inode) text += `${String(entry.stat?.ino ?? "?").padStart(widths.inode)} `;
    if (this.#settings.blocks)
      text += `${(entry.stat === undefined ? "?" : this.blocksText(entry.stat.blocks)).padStart(widths.blocks)} `;
    return text;
  }

  #widths(entries: readonly Entry[]): { inode: number; blocks: number } {
    const widest = (texts: readonly string[]) => texts.reduce((width, text) => Math.max(width, text.length), 0);
    return {
      inode: this.#settings.inode ? widest(entries.map((entry) => String(entry.stat?.ino ?? "?"))) : 0,
      blocks: this.#settings.blocks
        ? widest(entries.map((entry) => (entry.stat === undefined ? "?" : this.blocksText(entry.stat.blocks))))
        : 0,
    };
  }

  #one(entries: readonly Entry[]): void {
    const widths = this.#widths(entries);
    const aligned = this.#aligned(entries);
    for (const entry of entries)
      this.#io.print(this.#prefix(entry, widths) + this.#name(entry, aligned).text + this.#end);
  }

  #commas(entries: readonly Entry[]): void {
    let column = 0;
    const none = { inode: 0, blocks: 0 };
    entries.forEach((entry, i) => {
      const prefix = this.#prefix(entry, none);
      const shown = this.#name(entry, false);
      const width = prefix.length + shown.width;
      if (i > 0) {
        const fits = column + width + 2 < this.#settings.width || this.#settings.width === Infinity;
        this.#io.print(fits ? ", " : ",\n");
        column = fits ? column + 2 : 0;
      }
      this.#io.print(prefix + shown.text);
      column += width;
    });
    if (entries.length > 0) this.#io.print(this.#end);
  }

  /** Columns: the fewest lines that fit the width, each column as wide as its widest name and two blanks. */
  #columns(entries: readonly Entry[]): void {
    const widths = this.#widths(entries);
    const aligned = this.#aligned(entries);
    const cells = entries.map((entry) => {
      const prefix = this.#prefix(entry, widths);
      const shown = this.#name(entry, aligned);
      return { text: prefix + shown.text, width: prefix.length + shown.width };
    });
    if (cells.length === 0) return;
    const down = this.#settings.format === "down";
    const limit = this.#settings.width;
    const layout = (count: number) => {
      const rows = Math.ceil(cells.length / count);
      const columns: number[] = [];
      cells.forEach((cell, i) => {
        const column = down ? Math.floor(i / rows) : i % count;
        const last = column === count - 1;
        columns[column] = Math.max(columns[column] ?? 0, cell.width + (last ? 0 : 2), 3);
      });
      return { rows, columns };
    };
    let count = Math.max(
      1,
      Math.min(cells.length, limit === Infinity ? cells.length : Math.max(1, Math.floor(limit / 3))),
    );
    let best = layout(count);
    const fits = (one: { columns: number[] }) => one.columns.reduce((sum, width) => sum + width, 0) < limit;
    while (count > 1 && !fits(best)) {
      count -= 1;
      best = layout(count);
    }
    const { rows, columns } = best;
    for (let row = 0; row < rows; row++) {
      let line = "";
      let start = 0;
      for (let column = 0; column < count; column++) {
        const at = down ? column * rows + row : row * count + column;
        const cell = cells[at];
        if (cell === undefined) break;
        const more = cells[down ? at + rows : at + 1] !== undefined && column < count - 1;
        line += cell.text + (more ? this.#gap(start + cell.width, start + (columns[column] ?? 0)) : "");
        start += columns[column] ?? 0;
      }
      this.#io.print(line + this.#end);
    }
  }

  /** From one column of the screen to another, by tabs where they fit. */
  #gap(from: number, to: number): string {
    const tab = this.#settings.tab;
    let text = "";
    for (let at = from; at < to; ) {
      if (tab > 0 && Math.floor(to / tab) > Math.floor((at + 1) / tab)) {
        text += "\t";
        at += tab - (at % tab);
      } else {
        text += " ";
        at += 1;
      }
    }
    return text;
  }

  #time(stat: Stat | undefined): string {
    const style = this.#settings.timeStyle.replace(/^posix-/, "");
    const zone = readZone(this.#io.sys.env.TZ);
    const now = this.#io.sys.now();
    const time = stat?.[this.#settings.time] ?? 0;
    const recent = time > now - HALF_YEAR && time <= now;
    let format = recent ? "%b %e %H:%M" : "%b %e  %Y";
    if (style === "full-iso") format = "%Y-%m-%d %H:%M:%S.%N %z";
    else if (style === "long-iso") format = "%Y-%m-%d %H:%M";
    else if (style === "iso") format = recent ? "%m-%d %H:%M" : "%Y-%m-%d ";
    else if (style.startsWith("+")) {
      const [old = "", fresh] = style.slice(1).split("\n");
      format = recent ? (fresh ?? old) : old;
    }
    const text = formatTime(format, time, zone);
    return stat === undefined ? "?".padStart(text.length) : text;
  }

  #long(entries: readonly Entry[]): void {
    const { owner, group, numeric, human, sizeUnit } = this.#settings;
    const user = (stat: Stat | undefined) =>
      stat === undefined ? "?" : numeric ? String(stat.uid) : (this.#names.user(stat.uid) ?? String(stat.uid));
    const groupName = (stat: Stat | undefined) =>
      stat === undefined ? "?" : numeric ? String(stat.gid) : (this.#names.group(stat.gid) ?? String(stat.gid));
    const size = (stat: Stat | undefined): string => {
      if (stat === undefined) return "?";
      return human > 0
        ? formatHuman(stat.size, human as 1000 | 1024)
        : Math.ceil(stat.size / sizeUnit) + this.#settings.unitText;
    };
    const special = (stat: Stat | undefined) => stat?.type === "char" || stat?.type === "block";
    const devices = entries.filter((entry) => special(entry.stat));
    const major = Math.max(0, ...devices.map((entry) => String(entry.stat?.rdev?.[0] ?? 0).length));
    const minor = Math.max(0, ...devices.map((entry) => String(entry.stat?.rdev?.[1] ?? 0).length));
    const widest = (text: (stat: Stat | undefined) => string, of = entries) =>
      of.reduce((width, entry) => Math.max(width, textWidth(text(entry.stat))), 0);
    const links = (stat: Stat | undefined) => (stat === undefined ? "?" : String(stat.nlink));
    const plain = entries.filter((entry) => !special(entry.stat));
    const sizes = Math.max(widest(size, plain), devices.length > 0 ? major + 2 + minor : 0);
    const wide = { links: widest(links), user: widest(user), group: widest(groupName), ...this.#widths(entries) };
    const aligned = this.#aligned(entries);
    const name = (text: string, width: number, number: boolean) =>
      number ? text.padStart(width) : text + " ".repeat(width - textWidth(text));
    for (const entry of entries) {
      const stat = entry.stat;
      let line = this.#prefix(entry, wide);
      line +=
        stat === undefined ? `${formatMode({ type: entry.type, mode: 0 }).slice(0, 1)}?????????` : formatMode(stat);
      line += ` ${links(stat).padStart(wide.links)} `;
      if (owner) line += `${name(user(stat), wide.user, numeric)} `;
      if (group) line += `${name(groupName(stat), wide.group, numeric)} `;
      if (this.#settings.author) line += `${name(user(stat), wide.user, numeric)} `;
      if (special(stat)) {
        const left = Math.max(0, sizes - 2 - minor);
        line += `${String(stat?.rdev?.[0] ?? 0).padStart(left)}, ${String(stat?.rdev?.[1] ?? 0).padStart(minor)} `;
      } else line += `${size(stat).padStart(sizes)} `;
      line += `${this.#time(stat)} ${this.#name(entry, aligned).text}`;
      if (entry.link !== undefined) line += ` -> ${this.#linkTarget(entry)}`;
      this.#io.print(line + this.#end);
    }
  }

  #linkTarget(entry: Entry): string {
    const text = entry.link ?? "";
    const quoted = quoteName(text, this.#settings);
    const target = entry.target;
    if (target === undefined)
      return this.#settings.color ? this.#paint(quoted, text, "symlink", undefined, true) : quoted;
    return this.#paint(quoted, text, target.type, target, false) + mark(target.type, target.mode, this.#settings);
  }
}
