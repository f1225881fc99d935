// What runs inside containers: pause, the stand-in for servers, and busybox's id.

import { isErrno } from "../kernel/errno.ts";
import type { Program } from "../kernel/sys.ts";

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

/** A server that says that it started, and then serves nobody. fidelity: it opens no port. */
export const containerApp: Program = {
  name: "container-app",
  service: {
    *start(sys, argv) {
      const name = sys.env["CONTAINER_NAME"] ?? (argv[0] ?? "app").replace(/^.*\//, "");
      sys.setMemory(12_000, 5_400);
      yield* sys.write(
        1,
        `${name}: starting
${name}: ready
${name}: listening on :8080
`,
      );
      return undefined;
    },
    signals: ["SIGTERM", "SIGQUIT", "SIGINT"],
    *signal(sys) {
      yield* sys.exit(0);
    },
  },
};

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
