// What runs inside containers: pause, the stand-in for servers, and busybox's id.

import { isErrno } from "../kernel/errno.ts";
import type { Program } from "../kernel/sys.ts";
import { answerOnce } from "./answer.ts";

/** Holds a pod's namespaces and waits. */
export const pause: Program = {
  name: "pause",
  service: {
    *start(sys) {
      sys.setMemory(1_024, 560);
      return undefined;
    },
    signals: ["SIGTERM", "SIGINT"],
    *signal(sys) {
      yield* sys.exit(0);
    },
  },
};

/** Ports of servers that people put into pods. */
const PORTS: Readonly<Record<string, number>> = { nginx: 80, "redis-server": 6379 };

/** A server that says that it started, and answers each request with OK at the port it is known for. fidelity: not its own protocol. */
export const containerApp: Program = {
  name: "container-app",
  service: {
    *start(sys, argv) {
      const program = argv.map(baseName).find((word) => word in PORTS) ?? baseName(argv[0] ?? "app");
      const name = sys.env.CONTAINER_NAME ?? program;
      sys.setMemory(12_000, 5_400);
      yield* sys.write(
        1,
        `${name}: starting
${name}: ready
${name}: listening on :8080
`,
      );
      const port = PORTS[program];
      if (port !== undefined) sys.listen({ family: "tcp", address: "", port });
      return undefined;
    },
    *connection(sys, fd) {
      yield* answerOnce(sys, fd, "OK");
    },
    signals: ["SIGTERM", "SIGQUIT", "SIGINT"],
    *signal(sys) {
      yield* sys.exit(0);
    },
  },
};

const baseName = (word: string): string => word.replace(/^.*\//, "");

/** busybox as far as containers here need it: `id`. */
export const busybox: Program = {
  name: "busybox",
  *main(sys, argv) {
    const name = (argv[0] ?? "").replace(/^.*\//, "");
    if (name !== "id") {
      yield* sys.write(2, `busybox: ${name} is not modelled in this sandbox\n`);
      return 2;
    }
    const { euid, egid } = sys.info;
    const named = (id: number): string => (id === 0 ? "0(root)" : String(id));
    const done = yield* sys.write(1, argv[1] === "-u" ? `${euid}\n` : `uid=${named(euid)} gid=${named(egid)}\n`);
    return isErrno(done) ? 1 : 0;
  },
};
