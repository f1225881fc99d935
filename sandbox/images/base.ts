// The starting disk of a Debian 13 machine, as every machine of the fleet has it before its own files come on top.

import { executable } from "../kernel/fs/executable.ts";
import { emptyFs, Fs, type FsState } from "../kernel/fs/fs.ts";
import { installPackages } from "./packages.ts";

/** What an image needs to know of its machine. */
export interface ImageFacts {
  readonly hostname: string;
  readonly machineId: string;
  /** Time of installation, ms since the epoch: the age of the files. */
  readonly installed: number;
  /** Names of the programs to install, as in the exec table. */
  readonly programs: readonly string[];
  /** Lines of /etc/hosts besides localhost and the machine itself: address, names. */
  readonly hosts: readonly (readonly [address: string, names: string])[];
}

/** Bytes of disk a machine may fill: what a browser can spare. */
const CAPACITY = 96 * 1024 * 1024;

/** Programs that live in /usr/sbin. */
const SBIN: ReadonlySet<string> = new Set([
  "chroot",
  "dmesg",
  "groupadd",
  "ifconfig",
  "ip",
  "iptables",
  "iptables-save",
  "iptables-restore",
  "ip6tables",
  "modprobe",
  "nologin",
  "nft",
  "poweroff",
  "reboot",
  "service",
  "shutdown",
  "sshd",
  "swapoff",
  "swapon",
  "sysctl",
  "ufw",
  "addgroup",
  "adduser",
  "chpasswd",
  "delgroup",
  "deluser",
  "groupdel",
  "groupmod",
  "runuser",
  "useradd",
  "userdel",
  "usermod",
  "visudo",
  "halt",
]);
/** Programs with a place of their own. */
const PLACES: Readonly<Record<string, string>> = {
  systemd: "/usr/lib/systemd/systemd",
  "systemd-journald": "/usr/lib/systemd/systemd-journald",
  init: "/usr/lib/init/init",
  agetty: "/usr/sbin/agetty",
  cron: "/usr/sbin/cron",
  polkitd: "/usr/lib/polkit-1/polkitd",
  "systemd-logind": "/usr/lib/systemd/systemd-logind",
  "systemd-networkd": "/usr/lib/systemd/systemd-networkd",
  "systemd-networkd-wait-online": "/usr/lib/systemd/systemd-networkd-wait-online",
  "systemd-timesyncd": "/usr/lib/systemd/systemd-timesyncd",
  "systemd-udevd": "/usr/lib/systemd/systemd-udevd",
  sshd: "/usr/sbin/sshd",
};
/** Programs that only some machines have (their image installs them), and parts of programs, which are files nowhere. */
const OPTIONAL: ReadonlySet<string> = new Set([
  "bash-more",
  "systemd-more",
  "busybox",
  "container-app",
  "kubelet",
  "kubelet-1.20",
  "kubelet-life",
  "kubelet-doors",
  "kubelet-papers",
  "containerd",
  "containerd-shim",
  "kube-apiserver",
  "kubectl",
  "kubectl-more",
  "kubectl-expressions",
  "kubeadm",
  "crictl",
  "kube-bench",
  "darkhttpd",
  "etcd",
  "kube-controller-manager",
  "kube-scheduler",
  "kube-proxy",
  "coredns",
  "etcdctl",
  "pause",
  "probe",
]);
const SETUID: ReadonlySet<string> = new Set(["sudo", "su", "passwd", "chsh", "gpasswd", "mount", "umount", "ping"]);

const FOLDERS: readonly (readonly [path: string, mode: number])[] = [
  ["/boot", 0o755],
  ["/dev", 0o755],
  ["/dev/pts", 0o755],
  ["/dev/shm", 0o1777],
  ["/etc", 0o755],
  ["/etc/default", 0o755],
  ["/etc/skel", 0o755],
  ["/etc/systemd/system", 0o755],
  ["/home", 0o755],
  ["/media", 0o755],
  ["/mnt", 0o755],
  ["/opt", 0o755],
  ["/proc", 0o555],
  ["/root", 0o700],
  ["/root/.ssh", 0o700],
  ["/run", 0o755],
  ["/run/credentials/getty@tty1.service", 0o500],
  ["/run/credentials/systemd-journald.service", 0o500],
  ["/run/credentials/systemd-networkd.service", 0o500],
  ["/run/lock", 0o1777],
  ["/run/user/0", 0o700],
  ["/run/systemd", 0o755],
  ["/srv", 0o755],
  ["/sys", 0o555],
  ["/tmp", 0o1777],
  ["/usr/bin", 0o755],
  ["/usr/lib", 0o755],
  ["/usr/lib64", 0o755],
  ["/usr/local/bin", 0o755],
  ["/usr/local/sbin", 0o755],
  ["/usr/sbin", 0o755],
  ["/usr/share", 0o755],
  ["/var/cache", 0o755],
  ["/var/lib", 0o755],
  ["/var/log", 0o755],
  ["/var/spool", 0o755],
  ["/var/tmp", 0o1777],
];

const DEVICES: readonly (readonly [name: string, major: number, minor: number, mode: number])[] = [
  ["null", 1, 3, 0o666],
  ["zero", 1, 5, 0o666],
  ["full", 1, 7, 0o666],
  ["random", 1, 8, 0o666],
  ["urandom", 1, 9, 0o666],
  ["kmsg", 1, 11, 0o644],
  ["tty", 5, 0, 0o666],
  ["ptmx", 5, 2, 0o666],
];

const PASSWD = `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
sys:x:3:3:sys:/dev:/usr/sbin/nologin
sync:x:4:65534:sync:/bin:/bin/sync
games:x:5:60:games:/usr/games:/usr/sbin/nologin
man:x:6:12:man:/var/cache/man:/usr/sbin/nologin
lp:x:7:7:lp:/var/spool/lpd:/usr/sbin/nologin
mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
news:x:9:9:news:/var/spool/news:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
backup:x:34:34:backup:/var/backups:/usr/sbin/nologin
_apt:x:42:65534::/nonexistent:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
systemd-network:x:998:998:systemd Network Management:/:/usr/sbin/nologin
messagebus:x:996:996:System Message Bus:/nonexistent:/usr/sbin/nologin
sshd:x:995:65534:sshd user:/run/sshd:/usr/sbin/nologin
`;

const GROUP = `root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
disk:x:6:
lp:x:7:
mail:x:8:
news:x:9:
man:x:12:
kmem:x:15:
sudo:x:27:
www-data:x:33:
backup:x:34:
shadow:x:42:
utmp:x:43:
staff:x:50:
games:x:60:
users:x:100:
nogroup:x:65534:
systemd-journal:x:999:
systemd-network:x:998:
messagebus:x:996:
`;

const OS_RELEASE = `PRETTY_NAME="Debian GNU/Linux 13 (trixie)"
NAME="Debian GNU/Linux"
VERSION_ID="13"
VERSION="13 (trixie)"
VERSION_CODENAME=trixie
DEBIAN_VERSION_FULL=13.2
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
`;

const PROFILE = `# /etc/profile: read by login shells

if [ "$(id -u)" -eq 0 ]; then
  PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
else
  PATH="/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games"
fi
export PATH

if [ "\${PS1-}" ] && [ -f /etc/bash.bashrc ]; then
  . /etc/bash.bashrc
fi
`;

const BASH_BASHRC = `# /etc/bash.bashrc: read by interactive shells
[ -z "\${PS1-}" ] && return
shopt -s checkwinsize
PS1='\\u@\\h:\\w\\$ '
`;

const USER_BASHRC = `# ~/.bashrc: read by interactive shells that are not login shells
case $- in
  *i*) ;;
  *) return ;;
esac
HISTCONTROL=ignoreboth
shopt -s histappend checkwinsize
PS1='\\[\\e[01;36m\\]\\u@\\h\\[\\e[00m\\]:\\[\\e[01;34m\\]\\w\\[\\e[00m\\]\\$ '
alias ls='ls --color=auto'
alias grep='grep --color=auto'
alias ll='ls -l'
`;

const USER_PROFILE = `# ~/.profile: read by login shells
if [ -n "$BASH_VERSION" ] && [ -f "$HOME/.bashrc" ]; then
  . "$HOME/.bashrc"
fi
`;

const SSHD_CONFIG = `# sshd_config(5): what is commented out is the default

Include /etc/ssh/sshd_config.d/*.conf

#Port 22
#ListenAddress 0.0.0.0
#ListenAddress ::

#PermitRootLogin prohibit-password
#MaxAuthTries 6

#PubkeyAuthentication yes
#AuthorizedKeysFile	.ssh/authorized_keys .ssh/authorized_keys2

#PasswordAuthentication yes
#PermitEmptyPasswords no
KbdInteractiveAuthentication no

UsePAM yes
X11Forwarding yes
PrintMotd no

AcceptEnv LANG LC_* COLORTERM NO_COLOR
Subsystem	sftp	/usr/lib/openssh/sftp-server
`;

const FIXED_FILES: Readonly<Record<string, string>> = {
  "/etc/passwd": PASSWD,
  "/etc/group": GROUP,
  "/usr/lib/os-release": OS_RELEASE,
  "/etc/debian_version": "13.2\n",
  "/etc/issue": "Debian GNU/Linux 13 \\n \\l\n\n",
  "/etc/profile": PROFILE,
  "/etc/bash.bashrc": BASH_BASHRC,
  "/etc/shells": "/bin/sh\n/usr/bin/sh\n/bin/bash\n/usr/bin/bash\n",
  "/etc/fstab":
    "# <file system> <mount point> <type> <options> <dump> <pass>\n/dev/vda1 / ext4 errors=remount-ro 0 1\n",
  "/etc/nsswitch.conf": "passwd:         files\ngroup:          files\nhosts:          files dns\n",
  "/etc/login.defs": "UMASK\t\t022\nUID_MIN\t\t1000\nGID_MIN\t\t1000\n",
  "/etc/resolv.conf": "nameserver 172.30.0.1\n",
  "/etc/timezone": "Etc/UTC\n",
  "/usr/lib/sysctl.d/10-coredump-debian.conf": "kernel.core_pattern=core\n",
  "/usr/lib/sysctl.d/50-pid-max.conf": "kernel.pid_max = 4194304\n",
  "/etc/ssh/ssh_config":
    "Include /etc/ssh/ssh_config.d/*.conf\n\nHost *\n    SendEnv LANG LC_* COLORTERM NO_COLOR\n    HashKnownHosts yes\n    GSSAPIAuthentication yes\n",
  "/etc/ssh/sshd_config": SSHD_CONFIG,
  "/root/.bashrc": USER_BASHRC,
  "/root/.profile": USER_PROFILE,
  "/etc/skel/.bashrc": USER_BASHRC,
  "/etc/skel/.profile": USER_PROFILE,
};

/** A Debian 13 disk. The answer is a state of its own, ready to be changed. */
export function baseImage(facts: ImageFacts): FsState {
  const state = emptyFs(facts.installed, CAPACITY);
  const fs = new Fs(state, () => facts.installed);
  for (const [path, mode] of FOLDERS) fs.installFolder(path, { mode });
  for (const [link, target] of [
    ["/bin", "usr/bin"],
    ["/sbin", "usr/sbin"],
    ["/lib", "usr/lib"],
    ["/lib64", "usr/lib64"],
    ["/var/run", "/run"],
    ["/var/lock", "/run/lock"],
  ] as const) {
    fs.install(link, { target });
  }
  mountPoints(fs);
  for (const [name, major, minor, mode] of DEVICES)
    fs.install(`/dev/${name}`, { type: "char", mode, rdev: [major, minor] });
  for (const [name, target] of [
    ["fd", "/proc/self/fd"],
    ["stdin", "/proc/self/fd/0"],
    ["stdout", "/proc/self/fd/1"],
    ["stderr", "/proc/self/fd/2"],
  ] as const) {
    fs.install(`/dev/${name}`, { target });
  }
  for (const [path, data] of Object.entries(FIXED_FILES)) fs.install(path, { data, mode: 0o644 });
  fs.install("/etc/os-release", { target: "../usr/lib/os-release" });
  fs.install("/etc/shadow", { data: "root:*:20000:0:99999:7:::\n", mode: 0o640, gid: 42 });
  fs.install("/etc/hostname", { data: `${facts.hostname}\n` });
  fs.install("/etc/machine-id", { data: `${facts.machineId}\n`, mode: 0o444 });
  fs.install("/etc/hosts", { data: hostsFile(facts) });
  fs.install("/etc/localtime", { target: "/usr/share/zoneinfo/Etc/UTC" });
  for (const name of facts.programs) if (!OPTIONAL.has(name)) installProgram(fs, name);
  installPackages(fs);
  fs.install("/usr/bin/sh", { target: "bash" });
  fs.install("/usr/sbin/init", { target: "../lib/systemd/systemd" });
  return state;
}

/** File systems of their own: their folders carry another device number. */
function mountPoints(fs: Fs): void {
  const devices: readonly (readonly [string, number])[] = [
    ["/proc", 20],
    ["/dev", 5],
    ["/dev/pts", 6],
    ["/dev/shm", 7],
    ["/run", 8],
    ["/run/lock", 9],
    ["/tmp", 10],
    ["/sys", 11],
  ];
  for (const [path, dev] of devices) {
    const inode = fs.installFolder(path);
    const moved = { ...inode, dev };
    fs.state.inodes.set(
      inode.ino,
      path === "/proc" || path === "/sys" ? { ...moved, virtual: path === "/sys" ? "sys" : "proc" } : moved,
    );
  }
}

function hostsFile(facts: ImageFacts): string {
  const rows = [
    "127.0.0.1\tlocalhost",
    "::1\tlocalhost ip6-localhost ip6-loopback",
    ...facts.hosts.map(([address, names]) => `${address}\t${names}`),
  ];
  return `${rows.join("\n")}\n`;
}

/** Puts an executable where its package would. */
export function installProgram(
  fs: Fs,
  name: string,
  path = PLACES[name] ?? `/usr/${SBIN.has(name) ? "sbin" : "bin"}/${name}`,
): void {
  // chage reads /etc/shadow for everybody, so it runs with that file's group.
  if (name === "chage") fs.install(path, { data: executable(name), mode: 0o2755, gid: 42 });
  else fs.install(path, { data: executable(name), mode: SETUID.has(name) ? 0o4755 : 0o755 });
}
