// The texts of the whole machine right below /proc: time, load, memory, processors.

import type { Kernel } from "./kernel.ts";

/** The text of a file right below /proc. */
export function readTop(kernel: Kernel, name: string): string {
  const { facts } = kernel.state;
  switch (name) {
    case "uptime": {
      const up = (kernel.world.now - kernel.state.bootTime) / 1000;
      return `${up.toFixed(2)} ${(up * facts.cpus * 0.95).toFixed(2)}\n`;
    }
    case "loadavg":
      return `0.08 0.05 0.01 1/${kernel.state.processes.size} ${kernel.state.nextPid - 1}\n`;
    case "version":
      return `Linux version ${facts.release} (debian-kernel@lists.debian.org) ${facts.version}\n`;
    case "cmdline":
      return `${kernel.state.commandLine ?? `BOOT_IMAGE=/boot/vmlinuz-${facts.release} root=/dev/vda1 ro quiet`}\n`;
    case "partitions":
      return "major minor  #blocks  name\n\n 254        0   20971520 vda\n 254        1   20134592 vda1\n";
    case "modules":
      return ["overlay", "br_netfilter", "bridge", "virtio_net", "ext4"]
        .map((module) => `${module} 16384 0 - Live 0x0000000000000000\n`)
        .join("");
    case "filesystems":
      return "nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tcgroup2\n\text4\nnodev\toverlay\n";
    case "swaps":
      return "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";
    case "stat":
      return `cpu  5120 0 3088 901244 210 0 88 0 0 0\nbtime ${Math.floor(kernel.state.bootTime / 1000)}\nprocesses ${kernel.state.nextPid - 1}\n`;
    case "meminfo":
      return meminfo(facts.memory);
    case "cpuinfo":
      return Array.from(
        { length: facts.cpus },
        (_, i) =>
          `processor\t: ${i}\nvendor_id\t: GenuineIntel\nmodel name\t: ${facts.cpuModel}\ncpu MHz\t\t: 2400.000\ncpu cores\t: ${facts.cpus}\n\n`,
      ).join("");
    default:
      return "";
  }
}

function meminfo(total: number): string {
  const row = (name: string, value: number): string =>
    `${`${name}:`.padEnd(16)}${String(Math.round(value)).padStart(8)} kB\n`;
  return (
    row("MemTotal", total) +
    row("MemFree", total * 0.45) +
    row("MemAvailable", total * 0.72) +
    row("Buffers", total * 0.02) +
    row("Cached", total * 0.26) +
    row("SwapCached", 0) +
    row("Active", total * 0.21) +
    row("Inactive", total * 0.17) +
    row("Mlocked", 0) +
    row("SwapTotal", 0) +
    row("SwapFree", 0) +
    row("Dirty", 120) +
    row("Writeback", 0) +
    row("AnonPages", total * 0.1) +
    row("Mapped", total * 0.06) +
    row("Shmem", 1012) +
    row("Slab", total * 0.03) +
    row("CommitLimit", total / 2) +
    row("Committed_AS", total * 0.18) +
    row("HugePages_Total", 0).replace(" kB", "") +
    row("HugePages_Free", 0).replace(" kB", "") +
    row("Hugepagesize", 2048)
  );
}
