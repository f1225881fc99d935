// Time and order: clocks, sleeping, waiting, timers.

import { type Errno, errno } from "../errno.ts";
import type { Task } from "../sys.ts";
import { READY } from "../world.ts";
import { Caller } from "./caller.ts";

export class TimeCalls extends Caller {
  now(): number {
    return this.world.now;
  }

  bootTime(): number {
    return this.kernel.state.bootTime;
  }

  *sleep(ms: number): Task<Errno | undefined> {
    const until = this.world.now + ms;
    for (;;) {
      if (this.world.now >= until) return undefined;
      if (this.interrupted()) return errno("EINTR");
      yield { ready: () => false, until, interruptible: true };
    }
  }

  *waitUntil(ready: () => boolean, until?: number): Task<boolean | Errno> {
    for (;;) {
      if (ready()) return true;
      if (until !== undefined && this.world.now >= until) return false;
      if (this.interrupted()) return errno("EINTR");
      yield { ready, interruptible: true, ...(until === undefined ? {} : { until }) };
    }
  }

  due(): boolean {
    return this.world.spend();
  }

  *rest(): Task<void> {
    yield READY;
  }

  setTimer(name: string, at: number | undefined): void {
    if (at === undefined) this.caller.timers.delete(name);
    else this.caller.timers.set(name, at);
  }

  timers(): ReadonlyMap<string, number> {
    return this.caller.timers;
  }
}
