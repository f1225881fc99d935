import { describe, expect, it } from "vitest";
import { bareFleet, readAll, runAs } from "#test/support/machine.ts";
import type { Fleet } from "../fleet.ts";
import { isErrno } from "./errno.ts";
import type { Program, Sys, Task } from "./sys.ts";
import { decode } from "./text.ts";

const cat: Program = {
  name: "cat",
  *main(sys) {
    for (;;) {
      const part = yield* sys.read(0);
      if (isErrno(part)) return 1;
      if (part.length === 0) return 0;
      if (isErrno(yield* sys.write(1, part))) return 1;
    }
  },
};
const yes: Program = {
  name: "yes",
  *main(sys) {
    for (;;) if (isErrno(yield* sys.write(1, "y\n".repeat(4096)))) return 1;
  },
};
const spin: Program = {
  name: "spin",
  *main(sys) {
    for (;;) if (sys.due()) yield* sys.rest();
  },
};
const echoServer: Program = {
  name: "echod",
  service: {
    *start(sys) {
      sys.kept = { served: 0 };
      const fd = sys.listen({ family: "tcp", address: "", port: 7 });
      if (isErrno(fd)) return 1;
      sys.setTimer("tick", sys.now() + 1000);
      return undefined;
    },
    *connection(sys, fd) {
      const kept = sys.kept as { served: number };
      kept.served += 1;
      const part = yield* sys.read(fd);
      if (!isErrno(part)) yield* sys.write(fd, part);
      sys.close(fd);
    },
    *timer(sys) {
      (sys.kept as { served: number }).served += 100;
    },
  },
};

/** Answers each message of a connection with how many there were; between two of them a copy may go on with it. */
function* countMessages(sys: Sys, fd: number): Task {
  const kept = sys.kept as { count: number };
  for (;;) {
    sys.keep(fd);
    yield* sys.waitUntil(() => sys.readable(fd));
    sys.keep(fd, false);
    const part = yield* sys.read(fd);
    if (isErrno(part) || part.length === 0) break;
    kept.count += 1;
    yield* sys.write(fd, `${kept.count} `);
  }
  sys.close(fd);
}
const countServer: Program = {
  name: "countd",
  service: {
    *start(sys) {
      sys.kept = { count: 0 };
      return isErrno(sys.listen({ family: "tcp", address: "", port: 8 })) ? 1 : undefined;
    },
    connection: countMessages,
    resume: countMessages,
  },
};
/** Sends a message every second over the one connection it has, and keeps what it hears. */
const asker: Program = {
  name: "askd",
  service: {
    *start(sys) {
      sys.kept = { heard: "" };
      sys.setTimer("ask", sys.now() + 1000);
      return undefined;
    },
    *timer(sys) {
      const kept = sys.kept as { fd?: number; heard: string };
      if (kept.fd === undefined) {
        const fd = yield* sys.connect({ family: "tcp", address: "127.0.0.1", port: 8 });
        if (isErrno(fd)) return;
        kept.fd = fd;
        sys.watch(fd);
      }
      yield* sys.write(kept.fd, "?");
      sys.setTimer("ask", sys.now() + 1000);
    },
    *readable(sys, fd) {
      const part = yield* sys.read(fd);
      (sys.kept as { heard: string }).heard += isErrno(part) ? part.code : part.length === 0 ? "END" : decode(part);
      if (isErrno(part) || part.length === 0) sys.close(fd);
    },
  },
};

describe("the kernel", () => {
  it("carries bytes through pipes between processes and reports how they ended", () => {
    const fleet = bareFleet([cat, yes]);
    const result = runAs(fleet, function* (sys) {
      const pipe = sys.pipe();
      const pid = sys.fork(function* (child) {
        child.close(pipe.read);
        yield* child.write(pipe.write, "cargo\n");
        return 3;
      });
      sys.close(pipe.write);
      const text = yield* readAll(sys, pipe.read);
      return { text, ended: yield* sys.waitpid(pid), pid };
    });
    expect(result.text).toBe("cargo\n");
    expect(result.ended).toEqual({ pid: result.pid, status: { kind: "exited", code: 3 } });
  });

  it("ends a writer with SIGPIPE when nobody reads any more", () => {
    const fleet = bareFleet([yes]);
    const status = runAs(fleet, function* (sys) {
      const pipe = sys.pipe();
      const pid = sys.spawn({ path: "/usr/bin/yes", argv: ["yes"], fds: { 1: pipe.write } });
      if (isErrno(pid)) throw new Error(pid.code);
      sys.close(pipe.write);
      const first = yield* sys.read(pipe.read, 4);
      expect(isErrno(first) ? "" : decode(first)).toBe("y\ny\n");
      sys.close(pipe.read);
      return yield* sys.waitpid(pid);
    });
    expect(status).toMatchObject({ status: { kind: "killed", signal: "SIGPIPE" } });
  });

  it("enforces modes: another user neither reads nor removes", () => {
    const fleet = bareFleet([], (fs) => fs.install("/etc/secret", { data: "key", mode: 0o600 }));
    const seen = runAs(
      fleet,
      function* (sys) {
        const read = sys.readFile("/etc/secret");
        const removed = sys.unlink("/etc/secret");
        const through = sys.stat("/root/.bashrc");
        return [read, removed, through].map((each) => (isErrno(each) ? each.code : "ok"));
      },
      "nobody",
    );
    expect(seen).toEqual(["EACCES", "EACCES", "EACCES"]);
    expect(
      runAs(fleet, function* (sys) {
        return sys.readFile("/etc/secret");
      }),
    ).toEqual(new TextEncoder().encode("key"));
  });

  it("stops a tight loop by ^C from the terminal", () => {
    const fleet = bareFleet([spin], (fs) =>
      fs.install("/etc/passwd", { data: "root:x:0:0:root:/root:/usr/bin/spin\n" }),
    );
    fleet.openTerminal("t1", "node01", "root", { columns: 80, rows: 24 });
    const steps = (count: number) => {
      let left = count;
      return () => --left <= 0;
    };
    expect(fleet.run(steps(50))).toBe("busy");
    fleet.type("t1", "\x03");
    expect(fleet.run(steps(50))).toBe("idle");
    expect(fleet.screen("t1")).toBe("^C");
    expect(fleet.world.closedTerminals.has("t1")).toBe(true);
  });

  it("keeps services through a fork, with their state, sockets and timers, and leaves the original alone", () => {
    const fleet = bareFleet([echoServer]);
    const kernel = fleet.machine("node01");
    kernel.spawn(kernel.process(1), { path: "/usr/bin/echod", argv: ["echod"], fds: {} });
    fleet.run();
    const fork = fleet.fork();
    fork.advance(1500);
    const answer = (on: Fleet): string =>
      runAs(on, function* (sys) {
        const fd = yield* sys.connect({ family: "tcp", address: "127.0.0.1", port: 7 });
        if (isErrno(fd)) return fd.code;
        yield* sys.write(fd, "ahoy");
        return yield* readAll(sys, fd);
      });
    expect(answer(fork)).toBe("ahoy");
    const served = (on: Fleet): unknown =>
      [...on.machine("node01").state.processes.values()].find((each) => each.comm === "echod")?.kept;
    expect(served(fork)).toEqual({ served: 101 });
    expect(served(fleet)).toEqual({ served: 0 });
    expect(fleet.now).toBeLessThan(fork.now);
  });

  it("goes on in a copy with the connections that a service kept, and as often as it is copied", () => {
    const fleet = bareFleet([countServer, asker]);
    runAs(fleet, function* (sys) {
      for (const name of ["countd", "askd"])
        sys.spawn({ path: `/usr/bin/${name}`, argv: [name], env: {}, fds: {}, cgroup: "/" });
      return 0;
    });
    fleet.advance(2500);
    const heard = (on: Fleet): unknown =>
      [...on.machine("node01").state.processes.values()].find((each) => each.comm === "askd")?.kept;
    const fork = fleet.fork().fork();
    fork.advance(2000);
    fleet.advance(1000);
    expect(heard(fork)).toMatchObject({ heard: "1 2 3 4 " });
    expect(heard(fleet)).toMatchObject({ heard: "1 2 3 " });
    const last = fleet.handOn();
    last.advance(1000);
    expect(heard(last)).toMatchObject({ heard: "1 2 3 4 " });
  });

  it("copies files on write: neither side of a fork sees the other's changes", () => {
    const fleet = bareFleet([], (fs) => fs.install("/etc/log", { data: "one\n" }));
    const fork = fleet.fork();
    const append = (on: Fleet, text: string): string =>
      runAs(on, function* (sys) {
        sys.writeFile("/etc/log", text, { append: true });
        const read = sys.readFile("/etc/log");
        return isErrno(read) ? read.code : decode(read);
      });
    expect(append(fork, "fork\n")).toBe("one\nfork\n");
    expect(append(fleet, "two\n")).toBe("one\ntwo\n");
    expect(append(fork, "again\n")).toBe("one\nfork\nagain\n");
  });

  it("shows processes and parameters below /proc", () => {
    const fleet = bareFleet([]);
    const seen = runAs(fleet, function* (sys) {
      const text = (path: string): string => {
        const read = sys.readFile(path);
        return isErrno(read) ? read.code : decode(read);
      };
      return [
        text("/proc/1/cmdline"),
        text("/proc/self/comm"),
        text("/proc/sys/vm/overcommit_memory"),
        text("/proc/999/stat"),
        sys.readlink("/proc/1/exe"),
      ];
    });
    expect(seen).toEqual(["init\0", "probe\n", "0\n", "ENOENT", "/usr/lib/init/init"]);
  });

  it("refuses, drops and routes connections as a network does", () => {
    const fleet = bareFleet([echoServer]);
    const codes = runAs(fleet, function* (sys) {
      const closed = yield* sys.connect({ family: "tcp", address: "127.0.0.1", port: 9 });
      const near = yield* sys.connect({ family: "tcp", address: "172.30.5.5", port: 9 });
      const before = sys.now();
      const far = yield* sys.connect({ family: "tcp", address: "10.0.0.1", port: 9 }, { timeout: 2000 });
      return [closed, near, far, sys.now() - before].map((each) => (isErrno(each) ? each.code : each));
    });
    expect(codes).toEqual(["ECONNREFUSED", "EHOSTUNREACH", "ETIMEDOUT", 2000]);
  });
});
