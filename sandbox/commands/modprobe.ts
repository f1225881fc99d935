// modprobe: modules that a node's services ask for are part of this kernel, so there is nothing to load.

import { defineCommand } from "./define.ts";

export const modprobe = defineCommand({
  name: "modprobe",
  summary: "Add a module to the kernel.",
  usage: ["MODULE..."],
  *run(io) {
    const unknown = io.args.find((word) => !word.startsWith("-") && !MODULES.has(word.replaceAll("-", "_")));
    if (unknown === undefined) return 0;
    io.printError(`modprobe: FATAL: Module ${unknown} not found in directory /lib/modules/${io.sys.machine.release}\n`);
    return 1;
  },
});

const MODULES: ReadonlySet<string> = new Set([
  "overlay",
  "br_netfilter",
  "configfs",
  "drm",
  "efi_pstore",
  "fuse",
  "nf_conntrack",
  "ip_tables",
]);
