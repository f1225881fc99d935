// Puts a machine together: facts, disk, network. What it is for comes from its image and its scene.

import type { ImageFacts } from "./images/base.ts";
import { baseImage } from "./images/base.ts";
import { Fs } from "./kernel/fs/fs.ts";
import type { MachineState } from "./kernel/kernel.ts";
import { nextBytes, seedRandom } from "./kernel/random.ts";
import type { MountInfo } from "./kernel/sys.ts";

/** What a machine is made from. */
export interface MachineSpec {
  /** Name in the fleet, and its host name. */
  readonly name: string;
  /** Its address on the fleet's network. */
  readonly address: string;
  /** Seed of all its randomness. */
  readonly seed: string;
  /** Virtual time at boot, ms since the epoch. */
  readonly boot: number;
  readonly hosts: readonly (readonly [address: string, names: string])[];
  /** Programs installed, by name. */
  readonly programs: readonly string[];
  /** Lays the image's own files over the base disk. */
  readonly install?: (fs: Fs, facts: ImageFacts) => void;
}

const DAY = 86_400_000;
const GIB = 1024 * 1024;

const SYSCTL: Readonly<Record<string, string>> = {
  "kernel/hostname": "",
  "kernel/osrelease": "6.12.48+deb13-amd64",
  "kernel/ostype": "Linux",
  "kernel/panic": "0",
  "kernel/panic_on_oops": "0",
  "kernel/core_pattern": "core",
  "kernel/keys/root_maxbytes": "25000000",
  "kernel/keys/root_maxkeys": "1000000",
  "kernel/pid_max": "4194304",
  "net/ipv4/ip_forward": "1",
  "net/bridge/bridge-nf-call-iptables": "1",
  "net/ipv4/conf/all/rp_filter": "0",
  "vm/overcommit_memory": "0",
  "vm/panic_on_oom": "0",
  "vm/swappiness": "60",
  "fs/file-max": "9223372036854775807",
  "fs/inotify/max_user_watches": "65536",
};

const MOUNTS: readonly MountInfo[] = [
  mount("sysfs", "/sys", "sysfs", "rw,nosuid,nodev,noexec,relatime", 0, 0),
  mount("proc", "/proc", "proc", "rw,nosuid,nodev,noexec,relatime", 0, 0),
  mount("udev", "/dev", "devtmpfs", "rw,nosuid,relatime", 1_988_400, 0),
  mount("devpts", "/dev/pts", "devpts", "rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=000", 0, 0),
  mount("tmpfs", "/run", "tmpfs", "rw,nosuid,nodev,noexec,relatime", 401_872, 904),
  mount("/dev/vda1", "/", "ext4", "rw,relatime,errors=remount-ro", 20_134_592, 4_816_216),
  mount("tmpfs", "/dev/shm", "tmpfs", "rw,nosuid,nodev,inode64", 2_009_348, 0),
  mount("tmpfs", "/run/lock", "tmpfs", "rw,nosuid,nodev,noexec,relatime", 5_120, 0),
  mount(
    "cgroup2",
    "/sys/fs/cgroup",
    "cgroup2",
    "rw,nosuid,nodev,noexec,relatime,nsdelegate,memory_recursiveprot",
    0,
    0,
  ),
  mount("tmpfs", "/tmp", "tmpfs", "rw,nosuid,nodev", 2_009_348, 0),
  ...["systemd-journald.service", "systemd-networkd.service", "getty@tty1.service"].map((unit) =>
    mount("tmpfs", `/run/credentials/${unit}`, "tmpfs", "ro,nosuid,nodev,noexec,relatime,nosymfollow", 1_024, 0),
  ),
  mount("tmpfs", "/run/user/0", "tmpfs", "rw,nosuid,nodev,relatime,size=401868k,mode=700", 401_868, 4),
];

function mount(source: string, target: string, type: string, options: string, size: number, used: number): MountInfo {
  const inodes = size === 0 ? 0 : Math.round(size / 16);
  return {
    source,
    target,
    type,
    options,
    size,
    used,
    available: size - used,
    inodes,
    inodesUsed: size === 0 ? 0 : Math.round(used / 40) + 1,
  };
}

/** A machine that has not started anything yet. */
export function createMachine(spec: MachineSpec): MachineState {
  const random = seedRandom(`${spec.seed}/${spec.name}`);
  const machineId = hex(nextBytes(random, 16));
  const bootId = hex(nextBytes(random, 16));
  const facts: ImageFacts = {
    hostname: spec.name,
    machineId,
    installed: spec.boot - 30 * DAY,
    programs: spec.programs,
    hosts: spec.hosts,
  };
  const fsState = baseImage(facts);
  if (spec.install) spec.install(new Fs(fsState, () => facts.installed), facts);
  const mac = [0x52, 0x54, 0x00, ...nextBytes(random, 3)].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
  return {
    name: spec.name,
    hostname: spec.name,
    facts: {
      machineId,
      bootId,
      release: "6.12.48+deb13-amd64",
      version: "#1 SMP PREEMPT_DYNAMIC Debian 6.12.48-1 (2025-09-20)",
      architecture: "x86_64",
      cpus: 2,
      cpuModel: "Intel Xeon Processor (Cascadelake)",
      memory: 4 * GIB - 175_608,
      virtualization: "kvm",
    },
    bootTime: spec.boot,
    random,
    fs: fsState,
    processes: new Map(),
    nextPid: 1,
    files: new Map(),
    nextFile: 1,
    ttys: new Map(),
    nextTty: 0,
    nextSocket: 20_500,
    nextPort: 32_768 + ((nextBytes(random, 1)[0] ?? 0) << 5),
    interfaces: [
      { index: 1, name: "lo", mac: "00:00:00:00:00:00", mtu: 65_536, up: true, addresses: ["127.0.0.1/8", "::1/128"] },
      {
        index: 2,
        name: "enp1s0",
        mac,
        mtu: 1500,
        up: true,
        addresses: [`${spec.address}/16`],
        altnames: [`enx${mac.replaceAll(":", "")}`],
      },
    ],
    mounts: MOUNTS.map((each) => ({ ...each })),
    netfilter: undefined,
    sysctl: { ...SYSCTL, "kernel/hostname": spec.name },
    dmesg: [],
  };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
