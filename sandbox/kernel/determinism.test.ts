// The same seed and input give the same state to the byte, whenever the host pauses and however often it looks or forks.

import fc from "fast-check";
import { expect, it } from "vitest";
import { bareFleet } from "#test/support/machine.ts";
import type { Fleet } from "../fleet.ts";
import { pack } from "../host/pack.ts";
import { isErrno } from "./errno.ts";
import type { Sys, Task } from "./sys.ts";

type Action =
  | { kind: "write"; name: number; size: number }
  | { kind: "random" }
  | { kind: "pipe"; lines: number }
  | { kind: "sleep"; ms: number }
  | { kind: "kill" }
  | { kind: "remove"; name: number };

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constant("write" as const), name: fc.nat(4), size: fc.nat(3000) }),
  fc.record({ kind: fc.constant("random" as const) }),
  fc.record({ kind: fc.constant("pipe" as const), lines: fc.nat(40) }),
  fc.record({ kind: fc.constant("sleep" as const), ms: fc.nat(500) }),
  fc.record({ kind: fc.constant("kill" as const) }),
  fc.record({ kind: fc.constant("remove" as const), name: fc.nat(4) }),
);

function* perform(sys: Sys, actions: readonly Action[]): Task<number> {
  for (const each of actions) {
    switch (each.kind) {
      case "write":
        sys.writeFile(`/tmp/f${each.name}`, "x".repeat(each.size), { append: true });
        break;
      case "remove":
        sys.unlink(`/tmp/f${each.name}`);
        break;
      case "random":
        sys.writeFile("/tmp/random", sys.random(8), { append: true });
        break;
      case "sleep":
        yield* sys.sleep(each.ms);
        break;
      case "kill": {
        const pid = sys.fork(function* (child) {
          for (;;) yield* child.sleep(10);
        });
        yield* sys.rest();
        sys.kill(pid, "SIGTERM");
        yield* sys.waitpid(pid);
        break;
      }
      case "pipe": {
        const pipe = sys.pipe();
        const pid = sys.fork(function* (child) {
          child.close(pipe.read);
          for (let i = 0; i < each.lines; i++) yield* child.write(pipe.write, `line ${i} ${"y".repeat(4000)}\n`);
          return 0;
        });
        sys.close(pipe.write);
        for (;;) {
          const part = yield* sys.read(pipe.read, 1000);
          if (isErrno(part) || part.length === 0) break;
        }
        sys.close(pipe.read);
        yield* sys.waitpid(pid);
        break;
      }
    }
  }
  return 0;
}

function begin(actions: readonly (readonly Action[])[]): Fleet {
  const fleet = bareFleet([]);
  const kernel = fleet.machine("node01");
  for (const list of actions) {
    const process = kernel.createProcess(kernel.process(1));
    fleet.world.addThread(kernel, process.pid, perform(kernel.sys(process.pid), list), false);
  }
  return fleet;
}

/** All but the epochs, which count forks and are nobody's business. */
const content = (fleet: Fleet): string => pack(fleet.snapshot()).replace(/"epoch":\d+/g, '"epoch":0');

it("does not depend on pauses, looks and forks", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(action, { maxLength: 6 }), { minLength: 1, maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 20 }),
      (actions, pauses) => {
        const straight = begin(actions);
        straight.world.goal = straight.now + 20_000;
        expect(straight.run()).toBe("idle");
        const halting = begin(actions);
        halting.world.goal = halting.now + 20_000;
        for (const pause of pauses) {
          let left = pause;
          halting.run(() => --left <= 0);
          halting.fork().run();
        }
        expect(halting.run()).toBe("idle");
        expect(content(halting)).toBe(content(straight));
      },
    ),
    { numRuns: 60 },
  );
});
