// lsblk: the block devices.

import { formatHuman } from "../lib/sizes.ts";
import { defineCommand } from "./define.ts";

export const lsblk = defineCommand({
  name: "lsblk",
  package: "util-linux",
  summary: "List information about block devices.",
  usage: ["[options] [<device> ...]"],
  options:
    "a,all  print all devices\nf,fs  output info about filesystems\nn,noheadings  don't print headings\no,output=list  output columns",
  *run(io, sys) {
    if (io.has("f") || io.has("o")) return yield* io.notModelled(io.has("f") ? "-f" : "-o", 1);
    const disks = sys.mounts().filter((one) => one.source.startsWith("/dev/"));
    if (!io.has("n")) io.print("NAME   MAJ:MIN RM  SIZE RO TYPE MOUNTPOINTS\n");
    for (const one of disks) {
      const name = one.source.slice(5);
      const disk = name.replace(/\d+$/, "");
      const size = formatHuman(one.size * 1024 * 1.05);
      if (disk !== name)
        io.print(
          `${disk.padEnd(6)} 254:0    0 ${size.padStart(5)}  0 disk \n└─${name.padEnd(4)} 254:1    0 ${size.padStart(5)}  0 part ${one.target}\n`,
        );
      else io.print(`${name.padEnd(6)} 254:0    0 ${size.padStart(5)}  0 disk ${one.target}\n`);
    }
    return 0;
  },
});
