// How sshd starts: its command line, the keys of the host, its sockets.

import { isErrno } from "../kernel/errno.ts";
import type { Data, Sys, Task } from "../kernel/sys.ts";
import { parsePrivateFile } from "../lib/ssh/keys.ts";
import { readArgs, readText, setting, USAGE } from "./config.ts";
import { ensureHostKey, HOST_KEY } from "./host-keys.ts";

/** Marks the process that stays when sshd puts itself into the background. */
const DAEMON = "SSHD_DAEMON";

export function* start(sys: Sys, argv: readonly string[]): Task<number | undefined> {
  const asked = readArgs(argv);
  if (asked.bad !== undefined) {
    const extra = asked.bad.startsWith("Extra");
    yield* sys.write(
      2,
      extra ? `${asked.bad}\n` : `${asked.bad}\nOpenSSH_10.0p2 Debian-7, OpenSSL 3.5.4 30 Sep 2025\n${USAGE}`,
    );
    return 1;
  }
  for (const letter of "TGdif") {
    if (!asked.has.has(letter)) continue;
    yield* sys.write(2, `sshd: -${letter} is not modelled in this sandbox\n`);
    return 1;
  }
  if (!(argv[0] ?? "").startsWith("/") && !asked.has.has("t") && sys.env.NOTIFY_SOCKET === undefined) {
    yield* sys.write(2, "sshd requires execution with an absolute path\n");
    return 255;
  }
  ensureHostKey(sys);
  if (parsePrivateFile(readText(sys, HOST_KEY)) === undefined) {
    yield* sys.write(2, "sshd: no hostkeys available -- exiting.\n");
    return 1;
  }
  if (asked.has.has("t")) return 0;
  if (!asked.has.has("D") && sys.env.NOTIFY_SOCKET === undefined && sys.env[DAEMON] === undefined) {
    const nowhere = sys.open("/dev/null", { read: true, write: true });
    const fds = isErrno(nowhere) ? {} : { 0: nowhere, 1: nowhere, 2: nowhere };
    sys.spawn({ path: "/usr/sbin/sshd", argv, env: { ...sys.env, [DAEMON]: "1" }, session: true, fds });
    return 0;
  }
  sys.kept = { sessions: {}, outputs: {}, nextSession: 100, lastLogin: {} } as unknown as Data;
  const given = asked.settings.find((text) => /^port[\s=]/i.test(text))?.replace(/^port[\s=]+/i, "");
  const port = asked.ports[0] ?? Number(given ?? setting(sys, "Port", "22"));
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    yield* sys.write(2, "Bad port number.\n");
    return 1;
  }
  // Its pipes to sshd-auth and the configuration it passes on come first: the sockets are 6 and 7.
  while (sys.openFds().length < 6) sys.open("/dev/null", { read: true });
  const fds = [
    sys.listen({ family: "tcp", address: "0.0.0.0", port, backlog: 128 }),
    sys.listen({ family: "tcp", address: "::", port, v6only: true, backlog: 128 }),
  ];
  const fd = fds.find((each) => !isErrno(each)) ?? fds[0];
  if (fd === undefined || isErrno(fd)) {
    yield* sys.write(
      2,
      `error: Bind to port ${port} on 0.0.0.0 failed: ${fd?.text}.\nerror: Bind to port ${port} on :: failed: ${fd?.text}.\nfatal: Cannot bind any address.\n`,
    );
    return 255;
  }
  sys.setMemory(11_780, 8_148);
  sys.setTitle(`sshd: ${argv.join(" ")} [listener] 0 of 10-100 startups`);
  yield* sys.write(2, `Server listening on 0.0.0.0 port ${port}.\nServer listening on :: port ${port}.\n`);
  if (sys.env.NOTIFY_SOCKET !== undefined) {
    const notify = yield* sys.connect({ family: "unix", path: sys.env.NOTIFY_SOCKET });
    if (!isErrno(notify)) {
      yield* sys.write(notify, "READY=1\n");
      sys.close(notify);
    }
  }
  return undefined;
}
