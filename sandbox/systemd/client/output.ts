// How systemd's tools write: colours and links on a terminal, messages by level on stderr, the pager. Shared by systemctl, journalctl and others.

import { isErrno } from "../../kernel/errno.ts";
import type { Sys, Task } from "../../kernel/sys.ts";
import { textWidth } from "../../lib/width.ts";

export const RED = "\x1b[0;1;31m";
export const GREEN = "\x1b[0;1;32m";
export const YELLOW = "\x1b[0;1;38:5:185m";
export const BOLD = "\x1b[0;1;39m";
export const GREY = "\x1b[0;38:5:245m";
export const PLAIN = "\x1b[0m";

const BLOCK = 4096;

/** A tool's stdout and stderr. What is printed is queued; `flush` writes. */
export class Output {
  readonly sys: Sys;
  readonly tty: boolean;
  readonly colors: boolean;
  readonly columns: number;
  /** Lines are cut to the width only where the tool itself writes to the terminal. */
  pager = false;
  #queue: { fd: number; text: string }[] = [];
  #buffer = "";
  #pagerPid = 0;

  constructor(sys: Sys) {
    this.sys = sys;
    this.tty = sys.isatty(1) && sys.isatty(2);
    const { SYSTEMD_COLORS, NO_COLOR, TERM, COLUMNS } = sys.env;
    const dumb = TERM === undefined || TERM === "dumb";
    this.colors =
      SYSTEMD_COLORS === undefined
        ? this.tty && !dumb && NO_COLOR === undefined
        : !/^(?:0|no|false|off)$/.test(SYSTEMD_COLORS);
    const size = sys.windowSize(1);
    this.columns =
      COLUMNS !== undefined && /^\d+$/.test(COLUMNS)
        ? Number(COLUMNS)
        : isErrno(size) || size.columns === 0
          ? 80
          : size.columns;
  }

  /** Text in a colour; plain where there are none. */
  paint(color: string, text: string): string {
    return this.colors && color !== "" ? `${color}${text}${PLAIN}` : text;
  }

  /** A path or address as a link (OSC 8). */
  link(url: string, text: string): string {
    return this.colors ? `\x1b]8;;${url}\x1b\\${text}\x1b]8;;\x1b\\` : text;
  }

  linkPath(path: string, text = path): string {
    return this.link(`file://${this.sys.hostname}${path}`, text);
  }

  print(text: string): void {
    this.#buffer += text;
    if (this.tty && !this.pager) this.#release(this.#buffer.length);
    else if (this.#buffer.length >= BLOCK) this.#release(this.#buffer.length - (this.#buffer.length % BLOCK));
  }

  #release(length: number): void {
    if (length === 0) return;
    this.#queue.push({ fd: 1, text: this.#buffer.slice(0, length) });
    this.#buffer = this.#buffer.slice(length);
  }

  /** Text for a descriptor as it is. */
  raw(fd: number, text: string): void {
    this.#queue.push({ fd, text });
  }

  /** A message of systemd's logging: each line on its own, on a terminal in its level's colour. */
  message(color: string, text: string): void {
    const terminal = this.pager || this.sys.isatty(2);
    for (const line of text.split("\n")) {
      const painted = terminal && this.colors && color !== "" ? `${color}${line}${PLAIN}` : line;
      this.#queue.push({ fd: 2, text: `${painted}${terminal && !this.pager ? "\r\n" : "\n"}` });
    }
  }

  error(text: string): void {
    this.message(RED, text);
  }

  warning(text: string): void {
    this.message(YELLOW, text);
  }

  notice(text: string): void {
    this.message(BOLD, text);
  }

  info(text: string): void {
    this.message("", text);
  }

  /** Writes all there is. */
  *flush(): Task<void> {
    this.#release(this.#buffer.length);
    yield* this.drain();
  }

  /** Writes what has left the buffer. */
  *drain(): Task<void> {
    const queue = this.#queue;
    this.#queue = [];
    for (const { fd, text } of queue) yield* this.sys.write(fd, text);
  }

  /** Puts a pager between this tool and the terminal, where there is one and nobody said no. */
  *openPager(options: { jumpToEnd?: boolean } = {}): Task<void> {
    const { sys } = this;
    const wanted = sys.env.SYSTEMD_PAGER ?? sys.env.PAGER;
    const dumb = sys.env.TERM === undefined || sys.env.TERM === "dumb";
    if (this.pager || !this.tty || dumb || wanted === "" || wanted === "cat") return;
    const env = { ...sys.env, LESS: sys.env.SYSTEMD_LESS ?? "FRSXMK", LESSCHARSET: "utf-8" };
    const pipe = sys.pipe();
    const words = wanted === undefined ? ["less", ...(options.jumpToEnd ? ["+G"] : [])] : wanted.split(/\s+/);
    const path = words[0]?.includes("/") ? (words[0] as string) : `/usr/bin/${words[0]}`;
    const pid = sys.spawn({ path, argv: words, env, fds: { 0: pipe.read, 1: 1, 2: 2 } });
    sys.close(pipe.read);
    if (isErrno(pid)) {
      sys.close(pipe.write);
      return;
    }
    yield* this.flush();
    this.pager = true;
    this.#pagerPid = pid;
    sys.sigaction("SIGPIPE", "ignore");
    sys.dup(pipe.write, 1);
    sys.dup(pipe.write, 2);
    sys.close(pipe.write);
  }

  /** Writes the rest and waits for the pager. */
  *close(): Task<void> {
    yield* this.flush();
    if (this.#pagerPid === 0) return;
    this.sys.close(1);
    this.sys.close(2);
    yield* this.sys.waitpid(this.#pagerPid);
    this.#pagerPid = 0;
  }
}

/** Shortens text to `width` columns with `…` after `percent` of them, as systemd's ellipsize(). */
export function ellipsize(text: string, width: number, percent: number): string {
  if (textWidth(text) <= width) return text;
  if (width <= 1) return width === 1 ? "…" : "";
  const front = Math.floor(((width - 1) * percent + 50) / 100);
  const chars = [...text];
  return `${chars.slice(0, front).join("")}…${chars.slice(chars.length - (width - 1 - front)).join("")}`;
}
