// Which Debian packages a machine's disk says it has: /var/lib/dpkg/status, and the programs that belong to each.

import type { Fs } from "../kernel/fs/fs.ts";

export interface PackageFacts {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** Paths of its files that people ask about. */
  readonly files: readonly string[];
  readonly held?: boolean;
}

/** Name, version, description, programs: the part of Debian 13 that the lessons touch. */
const DEBIAN: readonly (readonly [name: string, version: string, description: string, files: string])[] = [
  ["bash", "5.2.37-2+b5", "GNU Bourne Again SHell", "/usr/bin/bash"],
  ["coreutils", "9.7-3", "GNU core utilities", "/usr/bin/ls /usr/bin/cat /usr/bin/cp /usr/bin/chmod /usr/bin/chown"],
  ["curl", "8.14.1-2+deb13u7", "command line tool for transferring data with URL syntax", "/usr/bin/curl"],
  ["iproute2", "6.15.0-1", "networking and traffic control tools", "/usr/sbin/ip /usr/bin/ss"],
  ["iptables", "1.8.11-2", "administration tools for packet filtering and NAT", "/usr/sbin/iptables"],
  ["jq", "1.7.1-6+deb13u1", "lightweight and flexible command-line JSON processor", "/usr/bin/jq"],
  ["less", "668-1", "pager program similar to more", "/usr/bin/less"],
  ["lsof", "4.99.4+dfsg-2", "utility to list open files", "/usr/bin/lsof"],
  ["nano", "8.4-1", "small, friendly text editor inspired by Pico", "/usr/bin/nano"],
  ["net-tools", "2.10-1.3", "NET-3 networking toolkit", "/usr/bin/netstat /usr/sbin/ifconfig"],
  [
    "openssh-client",
    "1:10.0p1-7+deb13u4",
    "secure shell (SSH) client, for secure access to remote machines",
    "/usr/bin/ssh /usr/bin/scp /usr/bin/ssh-keygen",
  ],
  [
    "openssh-server",
    "1:10.0p1-7+deb13u4",
    "secure shell (SSH) server, for secure access from remote machines",
    "/usr/sbin/sshd",
  ],
  ["openssl", "3.5.7-1~deb13u1", "Secure Sockets Layer toolkit - cryptographic utility", "/usr/bin/openssl"],
  ["procps", "2:4.0.4-9", "/proc file system utilities", "/usr/bin/ps /usr/bin/top /usr/bin/pgrep /usr/bin/free"],
  ["sudo", "1.9.16p2-3+deb13u1", "Provide limited super user privileges to specific users", "/usr/bin/sudo"],
  [
    "systemd",
    "257.13-1~deb13u1",
    "system and service manager",
    "/usr/lib/systemd/systemd /usr/bin/systemctl /usr/bin/journalctl",
  ],
  ["ufw", "0.36.2-9", "program for managing a Netfilter firewall", "/usr/sbin/ufw"],
  ["vim", "2:9.1.1230-2", "Vi IMproved - enhanced vi editor", "/usr/bin/vim"],
  ["wget", "1.25.0-2", "retrieves files from the web", "/usr/bin/wget"],
];

const block = ({ name, version, description, held }: PackageFacts) =>
  `Package: ${name}\nStatus: ${held ? "hold" : "install"} ok installed\nPriority: optional\nSection: admin\nArchitecture: amd64\nVersion: ${version}\nDescription: ${description}\n`;

/** Writes down that these packages are installed, besides Debian's own. */
export function installPackages(fs: Fs, more: readonly PackageFacts[] = []): void {
  const own = DEBIAN.map(([name, version, description, files]) => ({
    name,
    version,
    description,
    files: files.split(" "),
  }));
  const all = [...own, ...more];
  fs.install("/var/lib/dpkg/status", { data: all.map(block).join("\n"), mode: 0o644 });
  for (const { name, files } of all)
    fs.install(`/var/lib/dpkg/info/${name}.list`, { data: `/.\n${files.join("\n")}\n`, mode: 0o644 });
}
