// mount and umount.

import { isErrno } from "../kernel/errno.ts";
import { defineCommand } from "./define.ts";

export const mount = defineCommand({
  name: "mount",
  package: "util-linux",
  summary: "Mount a filesystem, or show what is mounted.",
  usage: ["[-lhV]", "-a [options]", "[options] [--source] <source> | [--target] <directory>"],
  options: `
    a,all  mount all filesystems mentioned in fstab
    l,show-labels  show also filesystem labels
    t,types=list  limit the set of filesystem types
    o,options=list  comma-separated list of mount options
    r,read-only  mount the filesystem read-only
    B,bind  mount a subtree somewhere else
    v,verbose  say what is being done
    h,help  display this help
    V,version  display version`,
  *run(io, sys) {
    if (io.operands.length > 0 || io.has("a")) {
      if (sys.info.euid !== 0) {
        const target = io.operands.at(-1) ?? "";
        return yield* io.die(
          1,
          io.operands.length > 1
            ? `${target}: must be superuser to use mount.\n       dmesg(1) may have more information after failed mount system call.`
            : "must be superuser to use mount.",
        );
      }
      return yield* io.notModelled("mounting", 1);
    }
    const type = io.value("t");
    for (const one of sys.mounts()) {
      if (type !== undefined && one.type !== type) continue;
      io.print(`${one.source} on ${one.target} type ${one.type} (${one.options})\n`);
    }
    return 0;
  },
});

export const umount = defineCommand({
  name: "umount",
  package: "util-linux",
  summary: "Unmount filesystems.",
  usage: ["[options] <source> | <directory>"],
  options:
    "f,force  force unmount\nl,lazy  detach the filesystem now, clean up things later\nv,verbose  say what is being done",
  *run(io, sys) {
    const [target] = io.operands;
    if (target === undefined) return yield* io.usageError("bad usage");
    const known = sys.mounts().some((one) => one.target === target || one.source === target);
    if (!known)
      return yield* io.die(
        32,
        isErrno(sys.stat(target)) ? `${target}: no mount point specified.` : `${target}: not mounted.`,
      );
    if (sys.info.euid !== 0) return yield* io.die(32, `${target}: must be superuser to unmount.`);
    return yield* io.die(32, `${target}: target is busy.`);
  },
});
