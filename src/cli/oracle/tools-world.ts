// The machines of the tools recordings (TOOLS.md): Debian 13 with systemd and a kubelet, or a plain one with TLS servers.

import { Fleet, type FleetState } from "../../../sandbox/fleet.ts";
import { installProgram } from "../../../sandbox/images/base.ts";
import { installUnits } from "../../../sandbox/images/kubernetes.ts";
import { BASE_UNITS, KUBELET_UNITS } from "../../../sandbox/images/units.ts";
import { isErrno } from "../../../sandbox/kernel/errno.ts";
import type { Fs } from "../../../sandbox/kernel/fs/fs.ts";
import { ROOT } from "../../../sandbox/kernel/fs/inode.ts";
import type { MachineState } from "../../../sandbox/kernel/kernel.ts";
import type { Program } from "../../../sandbox/kernel/sys.ts";
import { decode } from "../../../sandbox/kernel/text.ts";
import { hashPassword } from "../../../sandbox/lib/password.ts";
import { createMachine } from "../../../sandbox/machine.ts";
import { Programs } from "../../../sandbox/programs.ts";
import { standInKubelet } from "./stand-in-kubelet.ts";
import { tlsServers } from "./tls-servers.ts";

export interface BaseFile {
  readonly path: string;
  readonly content: string;
  readonly mode?: string;
}

export interface Base {
  readonly files?: readonly BaseFile[];
  readonly hosts?: BaseFile;
}

export type Bases = Readonly<Record<string, Base>>;

/** The moment the machines were booted: a little before the first recordings. */
const BOOT = Date.UTC(2026, 10, 21, 21, 45, 0);
const UP = 1_200_000;

/** Programs of the sandbox, and the two that only the recordings had. */
export class ToolPrograms extends Programs {
  readonly #own = new Map<string, Program>([
    ["stand-in-kubelet", standInKubelet],
    ["tls-servers", tlsServers],
  ]);

  override known(name: string): boolean {
    return this.#own.has(name) || super.known(name);
  }

  override get(name: string): Program | undefined {
    return this.#own.get(name) ?? super.get(name);
  }
}

/** Programs that the recording machines did not have. */
const ABSENT = new Set([
  "kubectl",
  "kubelet-papers",
  "kubeadm",
  "crictl",
  "nc",
  "vim",
  "nano",
  "yq",
  "docker",
  "nft",
  "crontab",
  "getenforce",
  "fdisk",
]);

const USERS: readonly (readonly [name: string, uid: number])[] = [
  ["student", 1000],
  ["guest", 1001],
  ["ops", 1002],
];

const SUDOERS = `Defaults\tenv_reset
Defaults\tmail_badpass
Defaults\tsecure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
Defaults\tuse_pty
root\tALL=(ALL:ALL) ALL
%sudo\tALL=(ALL:ALL) ALL
@includedir /etc/sudoers.d
`;

function text(fs: Fs, path: string): string {
  const found = fs.walk(path, "/", ROOT);
  return isErrno(found) ? "" : decode(fs.read(found.inode, 0, found.inode.size));
}

/** The people of the recordings, with their passwords and rights. */
function installPeople(fs: Fs): void {
  let passwd = text(fs, "/etc/passwd");
  let group = text(fs, "/etc/group").replace(/^sudo:x:27:.*$/m, "sudo:x:27:student");
  let shadow = `root:${hashPassword("root", "oracle")}:20000:0:99999:7:::\n`;
  for (const [name, uid] of USERS) {
    passwd += `${name}:x:${uid}:${uid}::/home/${name}:/bin/bash\n`;
    group += `${name}:x:${uid}:\n`;
    shadow += `${name}:${name === "ops" ? "!" : hashPassword(name, "oracle")}:20000:0:99999:7:::\n`;
    fs.installFolder(`/home/${name}`, { mode: 0o700, uid, gid: uid });
    fs.install(`/home/${name}/.bashrc`, { data: DEBIAN_BASHRC, mode: 0o644, uid, gid: uid });
    fs.install(`/home/${name}/.bash_history`, { data: "exit\n", mode: 0o600, uid, gid: uid });
    fs.install(`/home/${name}/.profile`, {
      data: 'if [ -n "$BASH_VERSION" ]; then\n  . "$HOME/.bashrc"\nfi\n',
      mode: 0o644,
      uid,
      gid: uid,
    });
  }
  fs.install("/etc/passwd", { data: passwd, mode: 0o644 });
  fs.install("/etc/group", { data: group, mode: 0o644 });
  fs.install("/etc/shadow", { data: shadow, mode: 0o640, gid: 42 });
  fs.install("/etc/sudoers", { data: SUDOERS, mode: 0o440 });
  fs.install("/etc/sudoers.d/ops", { data: "ops ALL=(ALL) NOPASSWD: ALL\n", mode: 0o440 });
  // root's shell was plain: no colours, no aliases.
  fs.install("/root/.bashrc", { data: "PS1='\\u@\\h:\\w\\$ '\n" });
  fs.install("/root/.bash_history", { data: "exit\n", mode: 0o600 });
  fs.install("/root/.profile", { data: '[ -n "$BASH" ] && . ~/.bashrc\n' });
}

/** A user's prompt as Debian's skeleton makes it on a terminal with colours. */
const DEBIAN_BASHRC = `case $- in
  *i*) ;;
  *) return ;;
esac
PS1='\\[\\e]0;\\u@\\h: \\w\\a\\]\\[\\033[01;32m\\]\\u@\\h\\[\\033[00m\\]:\\[\\033[01;34m\\]\\w\\[\\033[00m\\]\\$ '
alias ls='ls --color=auto'
alias grep='grep --color=auto'
`;

function installFiles(fs: Fs, base: Base | undefined): void {
  for (const file of base?.files ?? []) {
    fs.install(file.path, { data: file.content, mode: Number.parseInt(file.mode ?? "644", 8) });
  }
}

const VM_BOOT = "d19b75ad8e144e3fb7116c08d7d90870";
const CONTAINER_BOOT = "d19b75ad8e144e3fb7116c08d7d90872";

/** Facts of the recording machines: their kernel, network and disks. */
function describeMachine(machine: MachineState, kind: string): void {
  const vm = kind === "vm";
  Object.assign(machine.facts, {
    release: "6.12.117+deb13-cloud-amd64",
    version: "#1 SMP PREEMPT_DYNAMIC Debian 6.12.117-1 (2026-11-12)",
    memory: 3_049_472,
    virtualization: vm ? "qemu" : "systemd-nspawn",
    // The seed of the tables in which the kernel lists sockets.
    bootId: vm ? VM_BOOT : CONTAINER_BOOT,
  });
  machine.sysctl["kernel/osrelease"] = machine.facts.release;
  const [lo] = machine.interfaces;
  if (lo === undefined) return;
  const eth0 = {
    index: 2,
    name: "eth0",
    mac: "52:54:00:8a:1f:0b",
    mtu: 1500,
    up: true,
    addresses: ["192.168.121.11/24", "fec0::5054:ff:fe8a:1f0b/64"],
    altnames: ["enp0s3", "ens3", "enx5254008a1f0b"],
  };
  // The others' own network has both machines' addresses: whoever asks for controlplane gets node01 itself.
  const extra = ["192.168.121.10/32", "192.168.121.11/32"];
  machine.interfaces = vm ? [lo, eth0] : [{ ...lo, addresses: [...lo.addresses, ...extra] }];
  if (vm) {
    const disk = { source: "/dev/vda", size: 3_024_764, used: 1_021_148, available: 1_829_436 };
    machine.mounts = machine.mounts.map((mount) =>
      mount.target === "/" ? { ...mount, ...disk } : { ...mount, ...memorySize(mount.target) },
    );
    machine.commandLine = "root=/dev/vda rw console=ttyS0 net.ifnames=0 systemd.show_status=1";
    machine.sysctl["vm/overcommit_memory"] = "1";
  } else machine.mounts = machine.mounts.map((mount) => (mount.target === "/" ? { ...mount, type: "overlay" } : mount));
}

/** File systems in the memory of the smaller machine: a half of it, or a tenth. */
function memorySize(target: string): { size: number; used: number; available: number } | undefined {
  const [size, used] =
    target === "/dev" || target === "/dev/shm" || target === "/tmp"
      ? [1_524_736, 0]
      : target === "/run"
        ? [304_948, 380]
        : target === "/run/user/0"
          ? [304_944, 4]
          : [0, 0];
  return size === 0 ? undefined : { size, used, available: size - used };
}

/** A booted machine of one kind and base, as a state to fork from. */
export async function bootBase(programs: ToolPrograms, bases: Bases, kind: string, name: string): Promise<FleetState> {
  const plain = kind === "chroot";
  const machine = createMachine({
    name: "node01",
    address: "192.168.121.11",
    seed: `tools/${kind}/${name}`,
    boot: BOOT,
    hosts: [
      ["192.168.121.10", "controlplane"],
      ["192.168.121.11", "node01"],
    ],
    programs: programs.names.filter((program) => !ABSENT.has(program)),
    install: (fs) => {
      installPeople(fs);
      fs.install("/etc/hosts", { data: bases.node?.hosts?.content ?? "" });
      if (plain) {
        installProgram(fs, "init", "/usr/lib/init/init");
        installProgram(fs, "tls-servers", "/usr/lib/oracle/tls-servers");
      } else {
        installUnits(fs, BASE_UNITS);
        fs.install("/etc/network/interfaces", {
          data: "auto eth0\niface eth0 inet static\n  address 192.168.121.11/24\n  gateway 192.168.121.2\n",
        });
        if (name !== "showargs") installUnits(fs, KUBELET_UNITS);
        installProgram(fs, name === "node-real" ? "kubelet" : "stand-in-kubelet", "/usr/bin/kubelet");
        fs.installFolder("/etc/kubernetes/manifests", { mode: 0o755 });
        fs.installFolder("/var/lib/kubelet/pki", { mode: 0o755 });
      }
      installFiles(fs, bases[name]);
    },
  });
  describeMachine(machine, kind);
  const fleet = new Fleet(
    { world: { now: BOOT, nextStream: 1, streams: new Map() }, machines: [machine], terminals: [] },
    programs,
  );
  const kernel = fleet.machine("node01");
  const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LANG: "C.UTF-8" };
  if (plain) {
    kernel.spawn(undefined, { path: "/usr/lib/init/init", argv: ["init"], env });
    await settle(fleet, programs, 1000);
    kernel.spawn(kernel.process(1), { path: "/usr/lib/oracle/tls-servers", argv: ["tls-servers"], env, fds: {} });
  } else {
    kernel.spawn(undefined, { path: "/sbin/init", argv: ["/sbin/init"], env });
    // What starts at boot has three digits, what comes later four, as on the recording machines.
    machine.nextPid = 143;
  }
  await settle(fleet, programs, UP);
  // The virtual machine was young when it was recorded: its pids have three digits, which cut lines show.
  // The recorder made this folder when its container was up.
  for (const path of ["/var/lib/kubelet", "/var/lib/kubelet/pki"]) {
    const found = kernel.fs.walk(path, "/", ROOT);
    if (!isErrno(found)) kernel.fs.own(found.inode).btime = fleet.now;
  }
  if (!plain) machine.nextPid = Math.max(machine.nextPid, kind === "vm" ? 700 : 2800);
  return fleet.snapshot();
}

/** Lets time pass, loading programs on the way. */
export async function settle(fleet: Fleet, programs: Programs, ms: number): Promise<void> {
  fleet.world.goal = Math.max(fleet.world.goal, fleet.now + ms);
  while (fleet.run() === "loading") await programs.loadAll([...fleet.world.wanted]);
}
