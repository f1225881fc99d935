// What systemd-analyze security looks at: the settings of systemd 257, what each weighs, and what is said where it is not used and where it is.

export interface Rule {
  readonly name: string;
  readonly weight: number;
  /** What is wrong without the setting, and right with it; rules that have more to say than that tell it themselves. */
  readonly bad: string;
  readonly good: string;
}

/** Lines are `weight name|bad|good`; `Service ` stands before both, and a good half that only denies the bad one is left out. */
const RULES = `
2000 User=/DynamicUser=|runs as root user
200 SupplementaryGroups=|runs with supplementary groups|has no supplementary groups
1000 PrivateDevices=|potentially has access to hardware devices|has no access to hardware devices
1000 PrivateMounts=|may install system mounts
2500 PrivateNetwork=|has access to the host's network
1000 PrivateTmp=|has access to other software's temporary files
1000 PrivateUsers=|has access to other users|does not have access to other users
1000 ProtectControlGroups=|may modify the control group file system
1000 ProtectKernelModules=|may load or read kernel modules
1000 ProtectKernelTunables=|may alter kernel tunables|cannot alter kernel tunables (/proc/sys, …)
1000 ProtectKernelLogs=|may read from or write to the kernel log ring buffer
1000 ProtectClock=|may write to the hardware clock or system clock
1000 ProtectHome=|has full access to home directories
50 ProtectHostname=|may change system host/domainname
1000 ProtectSystem=|has full access to the OS file hierarchy
200 RootDirectory=/RootImage=|runs within the host's root directory|has its own root directory/image
100 LockPersonality=|may change ABI personality
100 MemoryDenyWriteExecute=|may create writable executable memory mappings
1000 NoNewPrivileges=|processes may acquire new privileges
1500 CapabilityBoundingSet=~CAP_SYS_ADMIN|has administrator privileges
1500 CapabilityBoundingSet=~CAP_SET(UID|GID|PCAP)|may change UID/GID identities/capabilities
1500 CapabilityBoundingSet=~CAP_SYS_PTRACE|has ptrace() debugging abilities
1000 CapabilityBoundingSet=~CAP_SYS_TIME|processes may change the system clock
1000 CapabilityBoundingSet=~CAP_NET_ADMIN|has network configuration privileges
1000 CapabilityBoundingSet=~CAP_SYS_RAWIO|has raw I/O access
1000 CapabilityBoundingSet=~CAP_SYS_MODULE|may load kernel modules
500 CapabilityBoundingSet=~CAP_AUDIT_*|has audit subsystem access
500 CapabilityBoundingSet=~CAP_SYSLOG|has access to kernel logging
500 CapabilityBoundingSet=~CAP_SYS_(NICE|RESOURCE)|has privileges to change resource use parameters
500 CapabilityBoundingSet=~CAP_MKNOD|may create device nodes
1000 CapabilityBoundingSet=~CAP_(CHOWN|FSETID|SETFCAP)|may change file ownership/access mode/capabilities unrestricted|cannot change file ownership/access mode/capabilities
1000 CapabilityBoundingSet=~CAP_(DAC_*|FOWNER|IPC_OWNER)|may override UNIX file/IPC permission checks
500 CapabilityBoundingSet=~CAP_KILL|may send UNIX signals to arbitrary processes
500 CapabilityBoundingSet=~CAP_NET_(BIND_SERVICE|BROADCAST|RAW)|has elevated networking privileges
100 CapabilityBoundingSet=~CAP_SYS_BOOT|may issue reboot()
100 CapabilityBoundingSet=~CAP_MAC_*|may adjust SMACK MAC
75 CapabilityBoundingSet=~CAP_LINUX_IMMUTABLE|may mark files immutable
50 CapabilityBoundingSet=~CAP_IPC_LOCK|may lock memory into RAM
50 CapabilityBoundingSet=~CAP_SYS_CHROOT|may issue chroot()
25 CapabilityBoundingSet=~CAP_BLOCK_SUSPEND|may establish wake locks
25 CapabilityBoundingSet=~CAP_WAKE_ALARM|may program timers that wake up the system
25 CapabilityBoundingSet=~CAP_LEASE|may create file leases
25 CapabilityBoundingSet=~CAP_SYS_TTY_CONFIG|may issue vhangup()
25 CapabilityBoundingSet=~CAP_SYS_PACCT|may use acct()
25 CapabilityBoundingSet=~CAP_BPF|may load BPF programs|may not load BPF programs
100 UMask=|
1000 KeyringMode=|shares key material with other service|doesn't share key material with other services
1000 ProtectProc=|has full access to process tree (/proc hidepid=)|has restricted access to process tree (/proc hidepid=)
10 ProcSubset=|has full access to non-process /proc files (/proc subset=)|has no access to non-process /proc files (/proc subset=)
1000 NotifyAccess=|child processes may alter service state
100 RemoveIPC=|user may leave SysV IPC objects around
100 Delegate=|maintains its own delegated control group subtree|does not maintain its own delegated control group subtree
500 RestrictRealtime=|may acquire realtime scheduling|realtime scheduling access is restricted
1000 RestrictSUIDSGID=|may create SUID/SGID files|SUID/SGID file creation by service is restricted
1500 RestrictNamespaces=~user|may create user namespaces
500 RestrictNamespaces=~mnt|may create file system namespaces
500 RestrictNamespaces=~ipc|may create IPC namespaces
500 RestrictNamespaces=~pid|may create process namespaces
500 RestrictNamespaces=~cgroup|may create cgroup namespaces
500 RestrictNamespaces=~net|may create network namespaces
100 RestrictNamespaces=~uts|may create hostname namespaces
1500 RestrictAddressFamilies=~AF_(INET|INET6)|may allocate Internet sockets
25 RestrictAddressFamilies=~AF_UNIX|may allocate local sockets
200 RestrictAddressFamilies=~AF_NETLINK|may allocate netlink sockets
1000 RestrictAddressFamilies=~AF_PACKET|may allocate packet sockets
1250 RestrictAddressFamilies=~…|may allocate exotic sockets
1000 SystemCallArchitectures=|may execute system calls with all ABIs|may execute system calls only with native ABI
1000 SystemCallFilter=~@swap|
250 SystemCallFilter=~@obsolete|
1000 SystemCallFilter=~@clock|
250 SystemCallFilter=~@cpu-emulation|
1000 SystemCallFilter=~@debug|
1000 SystemCallFilter=~@mount|
1000 SystemCallFilter=~@module|
1000 SystemCallFilter=~@raw-io|
1000 SystemCallFilter=~@reboot|
700 SystemCallFilter=~@privileged|
700 SystemCallFilter=~@resources|
1000 IPAddressDeny=|does not define an IP address allow list|blocks all IP address ranges
1000 DeviceAllow=|has no device ACL|has a minimal device ACL
500 AmbientCapabilities=|process receives ambient capabilities|process does not receive ambient capabilities
`;

/** What denies a bad half. */
function denied(bad: string): string {
  return bad.replace(/^(has )(?:full )?/, "$1no ").replace(/\bmay\b/, "cannot");
}

export const rules: readonly Rule[] = RULES.trim()
  .split("\n")
  .map((line) => {
    const [, weight, text = ""] = /^(\d+) (.*)$/.exec(line) ?? [];
    // A bar within brackets belongs to the name.
    const [name = "", bad = "", good = denied(bad)] = text.split(/\|(?![^()]*\))/);
    const whole = (half: string) => (/^[A-Z]/.test(half) ? half : `Service ${half}`);
    return { name, weight: Number(weight), bad: whole(bad), good: whole(good) };
  });
