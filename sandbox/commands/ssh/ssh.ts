// ssh: a shell or a command on another machine.

import { isErrno } from "../../kernel/errno.ts";
import type { Data, Program, Sys, Task, Termios } from "../../kernel/sys.ts";
import { concat } from "../../kernel/text.ts";
import { sendFrame, sendMessage, takeFrames } from "../../lib/ssh/wire.ts";
import { type Connection, openConnection, say } from "./connect.ts";
import { parseArguments, resolveTarget, type Target } from "./options.ts";

const USAGE = `usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] [-B bind_interface] [-b bind_address]
           [-c cipher_spec] [-D [bind_address:]port] [-E log_file]
           [-e escape_char] [-F configfile] [-I pkcs11] [-i identity_file]
           [-J destination] [-L address] [-l login_name] [-m mac_spec]
           [-O ctl_cmd] [-o option] [-P tag] [-p port] [-R address]
           [-S ctl_path] [-W host:port] [-w local_tun[:remote_tun]]
           destination [command [argument ...]]
       ssh [-Q query_option]
`;

/** What outlives undo and restore: the open session and the terminal as it was before. */
interface Kept {
  readonly fd: number;
  readonly host: string;
  readonly pty: boolean;
  readonly modes: Termios | undefined;
  readonly input: boolean;
  readonly settings: Target["settings"];
}

const RAW: Partial<Termios> = { icanon: false, echo: false, isig: false, icrnl: false, opost: false, ixon: false };

/** Carries bytes both ways until the session ends; its exit status. */
function* relay(sys: Sys, kept: Kept, connection: Connection): Task<number> {
  let input = kept.input;
  let column = true;
  let tilde = false;
  sys.sigaction("SIGWINCH", "catch");
  const restore = () => {
    if (kept.modes !== undefined) sys.tcsetattr(0, kept.modes);
  };
  for (;;) {
    const { frames, rest } = takeFrames(connection.pending);
    connection.pending = rest;
    for (const frame of frames) {
      if (frame.kind !== "message") yield* sys.write(frame.kind === "error" ? 2 : 1, frame.bytes);
      else if (frame.message.type === "exit") {
        restore();
        if (kept.pty) yield* say(sys, kept, `Connection to ${kept.host} closed.`);
        return frame.message.status;
      }
    }
    const woken = yield* sys.waitUntil(() => sys.readable(connection.fd) || (input && sys.readable(0)));
    if (isErrno(woken)) {
      while (sys.takeSignal() !== undefined);
      const size = sys.windowSize(0);
      if (kept.pty && !isErrno(size)) yield* sendMessage(sys, connection.fd, { type: "resize", ...size });
      continue;
    }
    if (sys.readable(connection.fd)) {
      const bytes = yield* sys.read(connection.fd);
      if (isErrno(bytes) || bytes.length === 0) {
        restore();
        yield* say(
          sys,
          kept,
          kept.pty
            ? `Connection to ${kept.host} closed by remote host.\r\nConnection to ${kept.host} closed.`
            : `Connection to ${kept.host} closed by remote host.`,
        );
        return 255;
      }
      connection.pending = concat([connection.pending, bytes]);
      continue;
    }
    const bytes = yield* sys.read(0);
    if (isErrno(bytes) || bytes.length === 0) {
      input = false;
      yield* sendMessage(sys, connection.fd, { type: "eof" });
      continue;
    }
    // `~.` at the begin of a line hangs up.
    if (kept.pty && tilde && bytes[0] === 46) {
      restore();
      yield* say(sys, kept, `Connection to ${kept.host} closed.`);
      return 255;
    }
    tilde = column && bytes.length === 1 && bytes[0] === 126;
    column = bytes.at(-1) === 13 || bytes.at(-1) === 10;
    yield* sendFrame(sys, connection.fd, { kind: "data", bytes });
  }
}

function* run(sys: Sys, argv: readonly string[]): Task<number> {
  const parsed = parseArguments(argv.slice(1));
  if (parsed.error !== undefined) yield* sys.write(2, `${parsed.error}\n`);
  if (parsed.flags.has("V")) {
    yield* sys.write(2, "OpenSSH_10.0p2 Debian-7+deb13u4, OpenSSL 3.5.7 9 Jun 2026\n");
    return 0;
  }
  if (parsed.error !== undefined || parsed.destination === undefined) {
    yield* sys.write(2, USAGE);
    return 255;
  }
  const forbidden = [..."BbDIJLRSWw"].find((letter) => parsed.values[letter] !== undefined);
  if (forbidden !== undefined) {
    yield* sys.write(2, `ssh: -${forbidden} is not modelled in this sandbox\n`);
    return 255;
  }
  const target = resolveTarget(sys, parsed.destination, parsed);
  const connection = yield* openConnection(sys, target);
  if (connection === undefined) return 255;
  const command = parsed.command.length === 0 ? undefined : parsed.command.join(" ");
  const size = sys.windowSize(0);
  const pty = !parsed.flags.has("T") && !isErrno(size) && (command === undefined || parsed.flags.has("t"));
  if (command === undefined && !pty && !parsed.flags.has("T")) {
    yield* say(sys, target, "Pseudo-terminal will not be allocated because stdin is not a terminal.");
  }
  yield* sendMessage(sys, connection.fd, {
    type: "session",
    lang: sys.env.LANG ?? "C.UTF-8",
    ...(command === undefined ? {} : { command }),
    ...(pty ? { pty: { ...size, term: sys.env.TERM ?? "xterm" } } : {}),
  });
  const modes = pty ? sys.tcgetattr(0) : undefined;
  const kept: Kept = {
    fd: connection.fd,
    host: target.hostName,
    pty,
    modes: modes === undefined || isErrno(modes) ? undefined : { ...modes },
    input: !parsed.flags.has("n"),
    settings: target.settings,
  };
  if (pty) sys.tcsetattr(0, RAW);
  else if (!kept.input) yield* sendMessage(sys, connection.fd, { type: "eof" });
  sys.kept = kept as unknown as Data;
  return yield* relay(sys, kept, connection);
}

export const ssh: Program = {
  name: "ssh",
  main: run,
  *resume(sys) {
    const kept = sys.kept as unknown as Kept;
    if (kept.pty) sys.tcsetattr(0, RAW);
    return yield* relay(sys, kept, { fd: kept.fd, pending: new Uint8Array(0) });
  },
};
