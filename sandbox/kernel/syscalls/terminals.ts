// Terminals: modes, sizes, who has the foreground.

import { type Errno, errno, isErrno } from "../errno.ts";
import type { Termios, WindowSize } from "../sys.ts";
import { openTty, resizeTty } from "../terminals.ts";
import { encode } from "../text.ts";
import { FileCalls } from "./files.ts";

export class TerminalCalls extends FileCalls {
  #tty(fd: number) {
    const file = this.file(fd);
    if (file === undefined) return errno("EBADF");
    if (file.kind !== "tty" && file.kind !== "master") return errno("ENOTTY");
    return this.kernel.state.ttys.get(file.tty) ?? errno("EIO");
  }

  isatty(fd: number): boolean {
    return this.file(fd)?.kind === "tty";
  }

  ttyName(fd: number): string | Errno {
    const tty = this.#tty(fd);
    return isErrno(tty) ? tty : `/dev/pts/${tty.id}`;
  }

  tcgetattr(fd: number): Termios | Errno {
    const tty = this.#tty(fd);
    return isErrno(tty) ? tty : { ...tty.modes };
  }

  tcsetattr(fd: number, modes: Partial<Termios>): Errno | undefined {
    const tty = this.#tty(fd);
    if (isErrno(tty)) return tty;
    const process = this.caller;
    // From the background this stops the whole group, as Linux does; a shell ignores the signal.
    if (
      process.tty === tty.id &&
      tty.sid === process.sid &&
      tty.pgrp !== process.pgid &&
      !process.ignored.has("SIGTTOU")
    ) {
      if (this.kernel.isOrphaned(process.pgid)) return errno("EIO");
      this.kernel.signalGroup(process.pgid, "SIGTTOU");
      return errno("EINTR");
    }
    const wasCooked = tty.modes.icanon;
    Object.assign(tty.modes, modes);
    if (wasCooked && !tty.modes.icanon && tty.line !== "") {
      tty.ready.push(encode(tty.line));
      tty.line = "";
    }
    return undefined;
  }

  windowSize(fd: number): WindowSize | Errno {
    const tty = this.#tty(fd);
    return isErrno(tty) ? tty : tty.size;
  }

  setWindowSize(fd: number, size: WindowSize): Errno | undefined {
    const tty = this.#tty(fd);
    if (isErrno(tty)) return tty;
    resizeTty(this.kernel, tty, size);
    return undefined;
  }

  tcgetpgrp(fd: number): number | Errno {
    const tty = this.#tty(fd);
    return isErrno(tty) ? tty : tty.pgrp;
  }

  tcsetpgrp(fd: number, pgid: number): Errno | undefined {
    const tty = this.#tty(fd);
    if (isErrno(tty)) return tty;
    tty.pgrp = pgid;
    return undefined;
  }

  openpty(size: WindowSize): { master: number; slave: string } {
    const stream = this.openStream().id;
    const tty = openTty(this.kernel, { kind: "master", stream }, size, { uid: this.caller.euid });
    const master = this.give({ kind: "master", refs: 1, tty: tty.id, stream });
    return { master, slave: `pts/${tty.id}` };
  }
}
