// The small daemons that a node runs beside what the course is about: they are there, take memory, answer signals, and do no more.

import type { Program } from "../kernel/sys.ts";
import { notifyReady } from "../lib/sd-notify.ts";

function daemon(name: string, vsz: number, rss: number): Program {
  return {
    name,
    service: {
      *start(sys) {
        sys.setMemory(vsz, rss);
        yield* notifyReady(sys);
        return undefined;
      },
    },
  };
}

/** Comes back when an interface has its address: a moment after networkd started. */
const waitOnline: Program = {
  name: "systemd-networkd-wait-online",
  *main(sys) {
    yield* sys.sleep(1_180);
    return 0;
  },
};

/** By the name in the exec table, which is the file's name. */
export const daemons: Readonly<Record<string, Program>> = {
  "dbus-daemon": daemon("dbus-daemon", 8_312, 4_608),
  "systemd-logind": daemon("systemd-logind", 19_136, 9_088),
  "systemd-udevd": daemon("systemd-udevd", 33_924, 10_112),
  "systemd-timesyncd": daemon("systemd-timesyncd", 91_028, 7_936),
  "systemd-networkd": daemon("systemd-networkd", 19_720, 9_728),
  "systemd-networkd-wait-online": waitOnline,
  polkitd: daemon("polkitd", 308_484, 9_216),
  pkttyagent: daemon("pkttyagent", 300_000, 8_000),
  cron: daemon("cron", 6_696, 2_816),
  agetty: daemon("agetty", 8_152, 2_176),
};
