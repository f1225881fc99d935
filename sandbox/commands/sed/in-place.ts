// sed -i: each file is copied to a new one beside it, which then takes its name.

import { isErrno } from "../../kernel/errno.ts";
import { concat, encode } from "../../kernel/text.ts";
import type { Io } from "../define.ts";
import { type Output, StreamSink } from "./output.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

export class InPlace {
  /** Where the lines of the file being edited go. */
  output: Output | undefined;
  readonly #io: Io;
  readonly #end: string;
  readonly #suffix: string;
  readonly #follow: boolean;
  #path = "";
  #copy = "";
  #parts: Uint8Array[] = [];

  constructor(io: Io, end: string, suffix: string, follow: boolean) {
    this.#io = io;
    this.#end = end;
    this.#suffix = suffix;
    this.#follow = follow;
  }

  /** Starts a file; false where it cannot be edited. */
  begin(path: string): boolean {
    const { sys } = this.#io;
    const real = this.#follow ? sys.realpath(path) : path;
    this.#path = isErrno(real) ? path : real;
    const stat = sys.stat(this.#path);
    if (isErrno(stat)) return this.#refuse(2, `can't read ${path}: ${stat.text}`);
    if (stat.type !== "file") return this.#refuse(4, `couldn't edit ${path}: not a regular file`);
    const open = sys.access(this.#path, "r");
    if (open !== undefined) return this.#refuse(2, `can't read ${path}: ${open.text}`);
    this.#copy = this.#makeName();
    const made = sys.writeFile(this.#copy, "", { exclusive: true, mode: 0o600 });
    if (made !== undefined) return this.#refuse(4, `couldn't open temporary file ${this.#copy}: ${made.text}`);
    sys.chown(this.#copy, stat.uid, stat.gid);
    sys.chmod(this.#copy, stat.mode);
    this.#parts = [];
    this.output = new StreamSink((text) => void this.#parts.push(encode(text)), this.#end);
    return true;
  }

  end(): void {
    const { sys } = this.#io;
    this.output = undefined;
    const failed = sys.writeFile(this.#copy, concat(this.#parts));
    if (failed !== undefined) {
      this.#refuse(4, `couldn't write to ${this.#copy}: ${failed.text}`);
      return;
    }
    if (this.#suffix !== "") sys.rename(this.#path, this.#backupName());
    const moved = sys.rename(this.#copy, this.#path);
    if (moved !== undefined) this.#refuse(4, `cannot rename ${this.#copy}: ${moved.text}`);
  }

  #refuse(status: number, text: string): false {
    this.#io.warn(text);
    this.#io.status = status;
    return false;
  }

  /** A `*` in the suffix stands for the name; a slash puts the backup elsewhere. */
  #backupName(): string {
    const slash = this.#path.lastIndexOf("/") + 1;
    const folder = this.#path.slice(0, slash);
    const base = this.#path.slice(slash);
    const name = this.#suffix.includes("*") ? this.#suffix.replaceAll("*", base) : base + this.#suffix;
    return name.includes("/") ? name : folder + name;
  }

  #makeName(): string {
    const slash = this.#path.lastIndexOf("/");
    const folder = slash < 0 ? "./" : this.#path.slice(0, slash + 1);
    const letters = [...this.#io.sys.random(6)].map((byte) => LETTERS[byte % LETTERS.length]);
    return `${folder}sed${letters.join("")}`;
  }
}
