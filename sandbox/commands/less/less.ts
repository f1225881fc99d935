// less: shows text a screen at a time on a terminal; elsewhere it copies its input like cat.

import { type Errno, isErrno } from "../../kernel/errno.ts";
import type { Task, Termios } from "../../kernel/sys.ts";
import { type Command as CommandRecord, defineCommand, type Io } from "../define.ts";
import { toolProfile } from "../profile.ts";
import { LessDocument } from "./document.ts";
import { HELP } from "./help.ts";
import { type Command, commandOf, Keyboard, type KeyEvent, keyName } from "./keys.ts";
import { defaultOptions, type LessOptions, setOptions, toggleOption } from "./options.ts";
import { Screen } from "./screen.ts";
import { type Place, View } from "./view.ts";

class Less {
  readonly #io: Io;
  readonly #options: LessOptions;
  readonly #files: readonly string[];
  readonly #keyboard: Keyboard;
  readonly #screen: Screen;
  readonly #modern: boolean;
  #view: View;
  #file = 0;
  /** The prompt names the file the first time. */
  #isNew = true;
  #modes: Termios | undefined;
  #started = false;
  #half: number | undefined;
  #lastSearch: { pattern: string; backwards: boolean; inverted: boolean } | undefined;
  #marks = new Map<string, Place>();
  #endHits = 0;
  #lastBell = -1;
  /** Where the last jump came from (''). */
  #previous: Place | undefined;
  #status: number | undefined;

  constructor(io: Io, options: LessOptions, files: readonly string[], doc: LessDocument, tty: number) {
    this.#io = io;
    this.#options = options;
    this.#files = files;
    this.#keyboard = new Keyboard(io, tty);
    this.#screen = new Screen(io);
    this.#screen.resets = options.raw === "R";
    this.#modern = toolProfile(io.sys).versions.less !== "590";
    this.#view = this.#makeView(doc);
  }

  #makeView(doc: LessDocument): View {
    const view = new View(doc, this.#screen, this.#options);
    view.clearsRows = this.#modern;
    return view;
  }

  *run(): Task<number> {
    const { sys } = this.#io;
    this.#measure();
    for (const signal of ["SIGINT", "SIGWINCH", "SIGTSTP"] as const) sys.sigaction(signal, "catch");
    this.#rawMode();
    const fits = this.#options.quitIfOneScreen && (yield* this.#fitsOneScreen());
    this.#start(fits && !this.#options.noInit);
    yield* this.#firstScreen(fits);
    if (fits) this.#status = 0;
    while (this.#status === undefined) {
      if (this.#options.quitAtEnd > 0 && this.#view.atEnd && (this.#options.quitAtEnd === 2 || this.#endHits > 0))
        break;
      if (!this.#keyboard.hasGiven) this.#prompt();
      const event = yield* this.#keyboard.next();
      yield* this.#handle(event);
    }
    this.#screen.clearBottom();
    this.#stop();
    yield* this.#io.flush();
    return this.#status ?? 0;
  }

  // --- the terminal ---

  #measure(): void {
    const size = this.#io.sys.windowSize(this.#keyboard.fd);
    if (isErrno(size)) return;
    this.#screen.rows = size.rows || 24;
    this.#screen.columns = size.columns || 80;
  }

  #rawMode(): void {
    const modes = this.#io.sys.tcgetattr(this.#keyboard.fd);
    if (isErrno(modes)) return;
    this.#modes = { ...modes };
    this.#io.sys.tcsetattr(this.#keyboard.fd, { icanon: false, echo: false, icrnl: false });
  }

  /** Enters the other screen and the keypad's application mode. A single screen of -F is shown without either. */
  #start(plain = false): void {
    this.#started = !plain;
    if (this.#started) {
      if (!this.#options.noInit)
        this.#screen.put(`\x1b[?1049h\x1b[22;0;0t${this.#modern ? `\x1b[${this.#screen.rows};1H` : ""}`);
      this.#screen.put("\x1b[?1h\x1b=");
    }
    this.#screen.put("\r");
  }

  #stop(): void {
    if (this.#started) {
      this.#screen.put("\x1b[?1l\x1b>");
      if (!this.#options.noInit) this.#screen.put("\x1b[?1049l\x1b[23;0;0t");
    }
    this.#started = false;
    if (this.#modes !== undefined) this.#io.sys.tcsetattr(this.#keyboard.fd, this.#modes);
  }

  *#fitsOneScreen(): Task<boolean> {
    const view = this.#view;
    let place = yield* view.at(0);
    for (let rows = 0; rows < this.#screen.rows; rows++) {
      if (place === undefined) return true;
      // A line that does not fit keeps less on the screen.
      if (view.rowsOf(place.line)[place.row]?.chopped === true) return false;
      place = yield* view.after(place);
    }
    return false;
  }

  *#firstScreen(fits: boolean): Task<void> {
    const { start, search } = this.#options;
    if (start === "" && search === "") yield* this.#view.forward(this.#view.height, yield* this.#view.at(0), false);
    else this.#keyboard.unread(start + (search === "" ? "" : `/${search}\r`));
    if (this.#view.table.length === 0 && start + search === "") this.#view.forwardPrompt = false;
    // A screen that was not filled is drawn from the top when it must be drawn again.
    if (fits) return;
  }

  // --- the prompt ---

  #prompt(): void {
    const view = this.#view;
    if (!view.forwardPrompt) this.#screen.clearBottom();
    view.forwardPrompt = false;
    const text = this.#promptText();
    const filtered = view.filter === undefined ? "" : "& ";
    this.#screen.put(`${filtered}${text === ":" ? ":" : `\x1b[7m${text}\x1b[27m`}\x1b[K`);
    this.#isNew = false;
    if (view.atEnd) this.#endHits += 1;
  }

  #promptText(): string {
    const { prompt } = this.#options;
    const { doc } = this.#view;
    let text = "";
    const several = this.#files.length > 1 && this.#isNew ? `(file ${this.#file + 1} of ${this.#files.length}) ` : "";
    if (doc.name !== "-" && (this.#isNew || prompt === 2)) text += `${doc.name} `;
    text += several;
    if (prompt === 2) text += this.#lineRange();
    if (this.#view.atEnd) {
      const following = this.#files[this.#file + 1];
      text += `(END) ${following === undefined ? "" : `- Next: ${following}`}`;
    } else if (prompt > 0) text += this.#percent();
    text = text.trimEnd();
    return text === "" ? ":" : text;
  }

  #lineRange(): string {
    const rows = this.#view.table.filter((place) => place !== undefined);
    const [first] = rows;
    const last = rows[rows.length - 1];
    if (first === undefined || last === undefined) return "";
    const { doc } = this.#view;
    return `lines ${first.line + 1}-${last.line + 1}${doc.ended || this.#isFile() ? `/${this.#totalLines()}` : ""} `;
  }

  #isFile(): boolean {
    const stat = this.#io.sys.fstat(this.#view.doc.fd);
    return !isErrno(stat) && stat.type === "file";
  }

  #totalLines(): number {
    const { doc } = this.#view;
    if (doc.ended) return doc.lines.length;
    const bytes = this.#io.sys.readFile(doc.name);
    return isErrno(bytes) ? doc.lines.length : bytes.reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0);
  }

  #percent(): string {
    const { doc } = this.#view;
    if (doc.size === undefined || doc.size === 0) return "";
    return `${Math.floor((this.#view.nextOffset * 100) / doc.size)}%`;
  }

  /** A message on the bottom line; any key ends it, and all but RETURN and blank are obeyed. */
  *#error(text: string): Task<void> {
    this.#screen.clearBottom();
    this.#screen.put(`\x1b[7m${text}  (press RETURN)\x1b[27m`);
    const event = yield* this.#keyboard.next();
    if ("key" in event && !" \r\n".includes(event.key)) this.#keyboard.unread(event.key);
    this.#screen.lowerLeft();
    this.#screen.put("\x1b[K");
    this.#view.forwardPrompt = false;
  }

  #bell(): void {
    this.#screen.put("\x07");
  }

  /** The bell at an end of the text rings once a second at most. */
  #endBell(): void {
    const second = Math.floor(this.#io.sys.now() / 1000);
    if (second !== this.#lastBell) this.#bell();
    this.#lastBell = second;
  }

  // --- commands ---

  *#handle(event: KeyEvent): Task<void> {
    if ("signal" in event) return yield* this.#signal(event.signal);
    let { key } = event;
    let count = "";
    let echo = false;
    if (/[0-9]/.test(key)) {
      this.#screen.clearBottom();
      this.#screen.put(":");
      while (/[0-9]/.test(key)) {
        count += key;
        this.#echo(key);
        const more = yield* this.#keyboard.next();
        if ("signal" in more) return;
        key = more.key;
      }
      echo = true;
    }
    const number = count === "" ? undefined : Number(count);
    let keys = key;
    let command = commandOf(keys);
    if (command === undefined || ":Z".includes(key)) {
      this.#screen.put("\r\x1b[K ");
      this.#echo(key);
      while (command === undefined || (":Z".includes(keys) && keys.length === 1)) {
        const more = yield* this.#keyboard.next();
        if ("signal" in more) return;
        keys += more.key;
        this.#echo(more.key);
        command = commandOf(keys);
      }
      echo = true;
    }
    if (command !== "none") {
      if (command !== "left" && command !== "right") this.#screen.clearBottom();
      return yield* this.#move(command, number);
    }
    yield* this.#other(keys, number, echo);
  }

  #echo(key: string): void {
    const name = keyName(key);
    this.#screen.put(`\x1b[K${name}${"\b".repeat(name.length)}${name}`);
  }

  *#move(command: Command, number: number | undefined): Task<void> {
    const view = this.#view;
    const window = view.height;
    switch (command) {
      case "down":
        return yield* this.#forward(number ?? 1);
      case "up":
        return yield* this.#backward(number ?? 1);
      case "pageDown":
        return yield* this.#forward(number ?? window);
      case "pageUp":
        return yield* this.#backward(number ?? window);
      case "halfDown":
      case "halfUp": {
        this.#half = number ?? this.#half;
        const rows = this.#half ?? Math.floor(this.#screen.rows / 2);
        if (command === "halfDown") yield* this.#forward(rows);
        else yield* this.#backward(rows);
        return;
      }
      case "top":
        return yield* this.#goToLine(number ?? 1);
      case "end":
        if (number !== undefined) return yield* this.#goToLine(number);
        this.#previous = view.top;
        return yield* view.jumpToEnd();
      case "left":
      case "right": {
        const step = Math.floor(this.#screen.columns / 2);
        view.shift = Math.max(0, view.shift + (command === "right" ? step : -step));
        view.relayout();
        this.#screen.put("\x1b[H\x1b[2J\x1b[H");
        return yield* view.repaint();
      }
    }
  }

  *#forward(count: number): Task<void> {
    const view = this.#view;
    if (view.atEnd && view.next === undefined) {
      if (this.#options.quitAtEnd > 0) this.#status = 0;
      this.#endBell();
      return;
    }
    if (view.squished) yield* view.repaint();
    yield* view.forward(count, view.next, false);
  }

  *#backward(count: number): Task<void> {
    const view = this.#view;
    if (view.squished) return yield* view.redraw();
    if (view.backward(count, view.top) === 0) this.#endBell();
    view.forwardPrompt = false;
  }

  *#goToLine(line: number): Task<void> {
    const place = yield* this.#view.at(Math.max(line - 1, 0));
    if (place === undefined) return yield* this.#error(`Cannot seek to line number ${line}`);
    this.#previous = this.#view.top;
    yield* this.#view.jump(place);
  }

  *#other(keys: string, number: number | undefined, echoed: boolean): Task<void> {
    const view = this.#view;
    switch (keys) {
      case "q":
      case "Q":
      case ":q":
      case ":Q":
      case "ZZ":
        this.#status = 0;
        return;
      case "/":
      case "?":
        return yield* this.#askSearch(keys === "?", number ?? 1);
      case "n":
      case "N":
        return yield* this.#searchAgain(keys === "N", number ?? 1);
      case "&":
        return yield* this.#askFilter();
      case "r":
      case "R":
      case "\x0c":
      case "\x12":
        this.#screen.clearBottom();
        return yield* view.redraw();
      case "F":
        return yield* this.#follow();
      case "=":
      case "\x07":
      case ":f":
        this.#screen.clearBottom();
        return yield* this.#error(this.#position());
      case "h":
      case "H":
        return yield* this.#help();
      case "-":
        return yield* this.#askOption();
      case "p":
      case "%": {
        yield* view.doc.need(Infinity);
        return yield* this.#goToLine(Math.floor((view.doc.lines.length * (number ?? 0)) / 100) + 1);
      }
      case "m":
      case "'":
        return yield* this.#mark(keys === "m");
      case ":n":
      case ":p":
        return yield* this.#otherFile(keys === ":n" ? 1 : -1);
      case "\x1bu":
        view.hilite = !view.hilite;
        return yield* view.rehilite(view.hilite);
      case "v":
        return yield* this.#edit();
      case "!":
        return yield* this.#shell();
      default:
        if (echoed) this.#screen.clearBottom();
        this.#bell();
        view.forwardPrompt = false;
    }
  }

  *#signal(signal: "SIGINT" | "SIGWINCH" | "SIGTSTP" | "end"): Task<void> {
    switch (signal) {
      case "SIGINT":
        this.#bell();
        if (this.#options.quitOnInterrupt) this.#status = 2;
        return;
      case "SIGWINCH":
        this.#measure();
        this.#view.relayout();
        return yield* this.#view.repaint(this.#view.top);
      case "SIGTSTP": {
        const { sys } = this.#io;
        this.#screen.clearBottom();
        this.#stop();
        yield* this.#io.flush();
        sys.kill(sys.pid, "SIGSTOP");
        yield* sys.rest();
        this.#rawMode();
        this.#start();
        return yield* this.#view.repaint();
      }
      case "end":
        this.#status = 0;
    }
  }

  /** A line typed at the bottom; undefined where it was given up. */
  *#ask(prompt: string): Task<string | undefined> {
    this.#screen.clearBottom();
    this.#screen.put(prompt);
    let text = "";
    for (;;) {
      const event = yield* this.#keyboard.next();
      if ("signal" in event) return undefined;
      const { key } = event;
      if (key === "\r" || key === "\n") {
        this.#screen.clearBottom();
        return text;
      }
      if (key === "\x1b") return undefined;
      if (key === "\x7f" || key === "\b") {
        if (text === "") return undefined;
        const last = [...text].pop() ?? "";
        text = text.slice(0, -last.length);
        this.#screen.put(`${"\b".repeat(keyName(last).length)}\x1b[K`);
      } else if (key === "\x15") {
        this.#screen.put(`${"\b".repeat(text.length)}\x1b[K`);
        text = "";
      } else {
        text += key;
        this.#echo(key);
      }
    }
  }

  *#askSearch(backwards: boolean, count: number): Task<void> {
    const typed = yield* this.#ask(backwards ? "?" : "/");
    if (typed === undefined) return;
    const inverted = typed.startsWith("!");
    const text = inverted ? typed.slice(1) : typed;
    if (text === "") return yield* this.#searchAgain(false, count, backwards, false);
    yield* this.#search({ pattern: text, backwards, inverted }, count, true);
  }

  *#searchAgain(reverse: boolean, count: number, backwards?: boolean, shows = true): Task<void> {
    const last = this.#lastSearch;
    const back = backwards ?? (last !== undefined && last.backwards !== reverse);
    if (shows) this.#screen.put(`\r\x1b[K${back ? "?" : "/"}\r\x1b[K`);
    if (last === undefined) return yield* this.#error("No previous regular expression");
    yield* this.#search({ ...last, backwards: back }, count, false);
    if (backwards === undefined) this.#lastSearch = last;
  }

  *#search(
    wanted: { pattern: string; backwards: boolean; inverted: boolean },
    count: number,
    isNew: boolean,
  ): Task<void> {
    const view = this.#view;
    const regex = view.compile(wanted.pattern);
    if (regex === undefined) return yield* this.#error("Invalid pattern");
    this.#lastSearch = wanted;
    const hadScreen = view.table.length > 0;
    if (isNew && hadScreen) yield* view.rehilite(false);
    view.pattern = wanted.inverted ? undefined : regex;
    const rows = view.table.filter((place): place is Place => place !== undefined);
    const first = rows[0]?.line ?? 0;
    const last = rows[rows.length - 1]?.line ?? 0;
    // A new search takes in the screen; a repeated one starts behind the line at the top.
    const from = wanted.backwards ? (isNew ? last : first - 1) : isNew ? first : first + 1;
    const found = yield* view.search(regex, from, wanted.backwards, count, wanted.inverted);
    view.hilite = true;
    if (isNew && hadScreen) yield* view.rehilite(true);
    if (found === undefined) return yield* this.#error("Pattern not found");
    if (!hadScreen) this.#screen.lowerLeft();
    this.#previous = view.top;
    yield* view.jump({ line: found, row: 0 });
  }

  *#askFilter(): Task<void> {
    const typed = yield* this.#ask("&/");
    if (typed === undefined) return;
    const view = this.#view;
    const regex = typed === "" ? undefined : view.compile(typed);
    if (typed !== "" && regex === undefined) return yield* this.#error("Invalid pattern");
    view.filter = regex;
    const top = yield* view.at(view.top?.line ?? 0);
    yield* view.repaint(top ?? (yield* view.at(0)));
  }

  /** F: shows the end and what is added to it until interrupted. */
  *#follow(): Task<void> {
    const view = this.#view;
    this.#screen.clearBottom();
    yield* view.jumpToEnd();
    for (;;) {
      this.#screen.put("\r\x1b[K\x1b[7mWaiting for data... (interrupt to abort)\x1b[27m");
      yield* this.#io.flush();
      const count = view.doc.lines.length;
      const woken = yield* this.#io.sys.sleep(1000);
      const signal = this.#io.sys.takeSignal();
      if (isErrno(woken) || signal !== undefined) break;
      yield* view.doc.more();
      if (view.doc.lines.length === count) continue;
      this.#screen.clearBottom();
      view.next ??= yield* view.at(count);
      yield* view.forward(Infinity, view.next, false);
    }
    this.#screen.put("\r\x1b[K\x07");
    yield* view.repaint();
  }

  #position(): string {
    const view = this.#view;
    const { doc } = view;
    const rows = view.table.filter((place): place is Place => place !== undefined);
    const name = doc.name === "-" ? "" : `${doc.name} `;
    const several = this.#files.length > 1 ? `(file ${this.#file + 1} of ${this.#files.length}) ` : "";
    const end = view.nextOffset;
    const size = doc.size === undefined ? "" : `/${doc.size}`;
    const where = view.atEnd ? "(END)" : this.#percent();
    const range = `lines ${(rows[0]?.line ?? 0) + 1}-${(rows[rows.length - 1]?.line ?? 0) + 1}${doc.ended || this.#isFile() ? `/${this.#totalLines()}` : ""} `;
    return `${name}${several}${this.#options.numbers || this.#modern ? range : ""}byte ${end}${size} ${where}`.trimEnd();
  }

  *#askOption(): Task<void> {
    this.#screen.put("\r\x1b[K-");
    const event = yield* this.#keyboard.next();
    if ("signal" in event || event.key === "\x1b") return;
    const sentence = toggleOption(this.#options, event.key);
    this.#screen.resets = this.#options.raw === "R";
    this.#view.relayout();
    yield* this.#error(sentence ?? `There is no -${event.key} option ("less --help" for help)`);
    if (sentence !== undefined) yield* this.#view.repaint();
  }

  *#mark(sets: boolean): Task<void> {
    this.#screen.put(`\r\x1b[K${sets ? "set mark: " : "goto mark: "}`);
    const event = yield* this.#keyboard.next();
    if ("signal" in event) return;
    this.#screen.clearBottom();
    const { top } = this.#view;
    if (sets && top !== undefined) this.#marks.set(event.key, top);
    if (sets) return;
    if (event.key === "'" && this.#previous !== undefined) {
      const back = this.#previous;
      this.#previous = top;
      return yield* this.#view.jump(back);
    }
    if (event.key === "^" || event.key === "'") return yield* this.#goToLine(1);
    if (event.key === "$") return yield* this.#view.jumpToEnd();
    const place = this.#marks.get(event.key);
    if (place === undefined) return yield* this.#error("Mark not set");
    yield* this.#view.jump(place);
  }

  *#otherFile(step: number): Task<void> {
    for (let index = this.#file + step; ; index += step) {
      const name = this.#files[index];
      if (name === undefined) return yield* this.#error(step > 0 ? "No next file" : "No previous file");
      const doc = openDocument(this.#io, name);
      if (typeof doc === "string") {
        yield* this.#error(doc);
        continue;
      }
      this.#file = index;
      this.#isNew = true;
      const { pattern } = this.#view;
      this.#view = this.#makeView(doc);
      this.#view.pattern = pattern;
      this.#view.firstTime = false;
      this.#screen.put("...skipping...\n");
      yield* this.#view.forward(this.#view.height, yield* this.#view.at(0), true);
      return;
    }
  }

  *#help(): Task<void> {
    const kept = this.#view;
    this.#screen.clearBottom();
    const doc = new LessDocument(this.#io, "HELP", -1);
    doc.lines.push(...HELP.split("\n"));
    doc.lines.forEach((line) => void doc.offsets.push((doc.offsets[doc.offsets.length - 1] ?? 0) + line.length + 1));
    doc.ended = true;
    this.#view = this.#makeView(doc);
    yield* this.#view.repaint();
    while (this.#status === undefined) {
      this.#screen.put(
        `\x1b[7mHELP -- ${this.#view.atEnd ? "END -- Press g to see it again" : "Press RETURN for more"}, or q when done\x1b[27m\x1b[K`,
      );
      yield* this.#handle(yield* this.#keyboard.next());
      if (!this.#view.forwardPrompt) this.#screen.clearBottom();
    }
    this.#status = undefined;
    this.#view = kept;
    yield* kept.repaint();
  }

  *#edit(): Task<void> {
    const { doc } = this.#view;
    if (doc.name === "-") return yield* this.#error("Cannot edit standard input");
    const editor = this.#io.sys.env.VISUAL ?? this.#io.sys.env.EDITOR ?? "vi";
    const middle = this.#view.table[Math.floor(this.#view.table.length / 2)]?.line ?? 0;
    yield* this.#spawn(`${editor} +${middle + 1} '${doc.name.replaceAll("'", "'\\''")}'`);
    const fresh = openDocument(this.#io, doc.name);
    if (typeof fresh === "string") return;
    const { top } = this.#view;
    this.#view = this.#makeView(fresh);
    yield* this.#view.repaint((yield* this.#view.at(top?.line ?? 0)) ?? (yield* this.#view.at(0)));
  }

  *#shell(): Task<void> {
    const command = yield* this.#ask("!");
    if (command === undefined) return;
    yield* this.#spawn(command === "" ? (this.#io.sys.env.SHELL ?? "sh") : command);
    this.#screen.put("!done  (press RETURN)");
    yield* this.#keyboard.next();
    yield* this.#view.repaint();
  }

  /** Runs a command with the terminal as it was before. */
  *#spawn(command: string): Task<void> {
    const { sys } = this.#io;
    this.#screen.put(`\r\x1b[K!${command}\n`);
    this.#stop();
    yield* this.#io.flush();
    const tty = this.#keyboard.fd;
    const pid = sys.spawn({ path: "/bin/sh", argv: ["sh", "-c", command], fds: { 0: tty, 1: 1, 2: 2 } });
    if (!isErrno(pid)) {
      for (;;) {
        const ended = yield* sys.waitpid(pid);
        if (!isErrno(ended) || ended.code !== "EINTR") break;
      }
    }
    sys.takeSignal();
    this.#rawMode();
    this.#start();
  }
}

/** An input to be shown, or why it cannot be. */
function openDocument(io: Io, name: string): LessDocument | string {
  if (name !== "-") {
    const stat = io.sys.stat(name);
    if (isErrno(stat)) return `${name}: ${stat.text}`;
    if (stat.type === "directory") return `${name} is a directory`;
  }
  const fd = io.open(name);
  return isErrno(fd) ? `${name}: ${(fd as Errno).text}` : new LessDocument(io, name, fd);
}

/** Without a terminal on stdout less is cat. */
function* copyAll(io: Io, files: readonly string[]): Task<number> {
  let status = 0;
  for (const name of files) {
    const doc = openDocument(io, name);
    if (typeof doc === "string") {
      io.printError(`${doc}\n`);
      status = 1;
      continue;
    }
    for (;;) {
      const bytes = yield* io.read(doc.fd);
      if (isErrno(bytes) || bytes.length === 0) break;
      io.print(bytes);
      yield* io.flush();
      if (io.writeError !== undefined) return 1;
      if (io.sys.due()) yield* io.sys.rest();
    }
    io.close(doc.fd);
  }
  return status;
}

function* readArguments(io: Io, options: LessOptions): Task<readonly string[]> {
  for (const word of (io.sys.env.LESS ?? "").split(/\s+/))
    setOptions(options, word.replace(/^-/, "").replace(/\$$/, ""));
  const files: string[] = [];
  for (let i = 0; i < io.args.length; i++) {
    const word = io.args[i] ?? "";
    if (word === "--") {
      files.push(...io.args.slice(i + 1));
      break;
    }
    if (word === "--help" || word === "-?") {
      io.print(`${HELP}\n`);
      yield* io.flush();
      return yield* io.sys.exit(0);
    }
    if (word === "--version" || word === "-V") {
      io.print(`less ${toolProfile(io.sys).versions.less} (GNU regular expressions)\n`);
      yield* io.flush();
      return yield* io.sys.exit(0);
    }
    if (word.startsWith("+"))
      options.start =
        word === "+F" || /^\+[0-9]*[gG]?$/.test(word)
          ? word.slice(1).replace(/^(\d+)$/, "$1g")
          : word.startsWith("+/")
            ? `${word.slice(1)}\r`
            : word.slice(1);
    else if (word.startsWith("-") && word !== "-") {
      const problem = setOptions(options, word.slice(1));
      if (problem !== undefined) {
        io.printError(`${problem}\n`);
        yield* io.flush();
        return yield* io.sys.exit(1);
      }
    } else files.push(word);
  }
  return files;
}

const COMMAND: CommandRecord = {
  name: "less",
  summary: "Show text a screen at a time.",
  usage: ["[options] [file ...]"],
  package: "less",
  *run(io, sys) {
    const options = defaultOptions();
    const files = yield* readArguments(io, options);
    if (files.length === 0 && sys.isatty(0)) {
      io.printError('Missing filename ("less --help" for help)\n');
      return 1;
    }
    const names = files.length > 0 ? files : ["-"];
    if (!sys.isatty(1)) return yield* copyAll(io, names);
    let doc: LessDocument | undefined;
    let index = 0;
    for (; index < names.length && doc === undefined; index++) {
      const opened = openDocument(io, names[index] ?? "-");
      if (typeof opened === "string") io.printError(`${opened}\n`);
      else doc = opened;
    }
    if (doc === undefined) return 1;
    yield* io.flush();
    const tty = sys.open("/dev/tty", { read: true, write: true });
    const less = new Less(io, options, names, doc, isErrno(tty) ? 2 : tty);
    return yield* less.run();
  },
};

export const less = defineCommand(COMMAND);
export const pager = { ...less, name: "pager" };
