// The system calls: all that a program can see of the machine. Types only; `syscalls/` implements them.
// Calls that may have to wait are tasks (`yield* sys.read(...)`); the others answer at once. A failure is an Errno value.

import type { Errno, ErrnoCode } from "./errno.ts";
import type { SignalName } from "./signal.ts";

/** What a waiting thread waits for. The scheduler asks `ready` again whenever something may have changed. */
export interface Wait {
  ready(): boolean;
  /** Virtual time (ms since the epoch) at which the wait ends in any case. */
  until?: number;
  /** True where a caught signal ends the wait (the call then answers EINTR). */
  interruptible?: boolean;
}

/** A computation that may have to wait. Everything runs in these, so the scheduler alone decides the order. */
export type Task<T = void> = Generator<Wait, T, void>;

/** Anything that can be snapshotted: no functions, no class instances, no cycles. */
export type Data =
  | undefined
  | null
  | boolean
  | number
  | string
  | bigint
  | Uint8Array
  | readonly Data[]
  | { readonly [key: string]: Data }
  | ReadonlyMap<string | number, Data>
  | ReadonlySet<string | number>;

/**
 * A program of the exec table. `main` runs to its exit status. A program that must outlive snapshots and forks
 * (a daemon) implements `service` instead: plain state, and handlers that run as short threads of its process.
 */
export interface Program {
  readonly name: string;
  main?(sys: Sys, argv: readonly string[]): Task<number>;
  /** Takes up an interrupted `main` after undo or restore, from what it kept in `sys.kept`. Without it the process ends with SIGHUP. */
  resume?(sys: Sys, argv: readonly string[]): Task<number>;
  service?: Service;
}

/** A daemon. Its whole memory is `sys.kept` (plain data); handlers may wait, but a snapshot drops handlers in flight. */
export interface Service {
  /** Runs at exec. It must not sleep (use `sys.setTimer`). A number is an exit status: the process ends. */
  start(sys: Sys, argv: readonly string[]): Task<number | undefined>;
  /** A connection accepted on one of its listening sockets. `fd` is the connection, `listener` the listening descriptor. */
  connection?(sys: Sys, fd: number, listener: number): Task<void>;
  /** Data, or the end, arrived on a descriptor given to `sys.watch`. */
  readable?(sys: Sys, fd: number): Task<void>;
  /** Whether connections at a listening descriptor are accepted for `connection`; those of others wait, and `watch` tells of them. */
  takes?(sys: Sys, listener: number): boolean;
  /** In a copy of the machine: a connection given to `sys.keep`, whose handler stayed behind. */
  resume?(sys: Sys, fd: number): Task<void>;
  timer?(sys: Sys, name: string): Task<void>;
  /** A signal listed in `signals` arrived; others have their default action. */
  signal?(sys: Sys, signal: SignalName): Task<void>;
  readonly signals?: readonly SignalName[];
  /** A child ended (already reaped). */
  child?(sys: Sys, pid: number, status: ExitStatus): Task<void>;
}

/** How a process ended. */
export type ExitStatus =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "killed"; readonly signal: SignalName; readonly core: boolean }
  | { readonly kind: "stopped"; readonly signal: SignalName };

export type FileType = "file" | "directory" | "symlink" | "fifo" | "socket" | "char" | "block";

/** What stat(2) tells. Times are ms since the epoch (fractions are kept). */
export interface Stat {
  readonly dev: number;
  readonly ino: number;
  readonly type: FileType;
  /** Permission bits with setuid, setgid and sticky: 0o7777. */
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** 512-byte blocks, as in st_blocks. */
  readonly blocks: number;
  readonly atime: number;
  readonly mtime: number;
  readonly ctime: number;
  readonly btime: number;
  /** Major and minor numbers of a device file. */
  readonly rdev?: readonly [number, number];
}

export interface OpenFlags {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly append?: boolean;
  readonly create?: boolean;
  readonly exclusive?: boolean;
  readonly truncate?: boolean;
  readonly directory?: boolean;
  readonly noFollow?: boolean;
  /** Mode of a file that is made, before the umask; 0o666 unless told. */
  readonly mode?: number;
}

export interface DirEntry {
  readonly name: string;
  readonly ino: number;
  readonly type: FileType;
}

/** Terminal modes, as far as programs here change them. */
export interface Termios {
  /** Line editing and line buffering by the kernel. */
  icanon: boolean;
  echo: boolean;
  /** ^C, ^Z and ^\ make signals. */
  isig: boolean;
  /** CR from the keyboard becomes NL. */
  icrnl: boolean;
  /** NL to the screen becomes CR NL. */
  opost: boolean;
  ixon: boolean;
}

export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

export type SocketAddress =
  | {
      readonly family: "tcp" | "udp";
      readonly address: string;
      readonly port: number;
      /** IPV6_V6ONLY: `::` without the addresses of IPv4. */
      readonly v6only?: boolean;
      /** Connections that may wait to be accepted (listen's second argument). */
      readonly backlog?: number;
    }
  | { readonly family: "unix"; readonly path: string };

/** What setuid(2), setgid(2), seteuid(2), setegid(2) and setgroups(2) change; a real id takes the effective one along. */
export interface IdChange {
  uid?: number;
  gid?: number;
  groups?: readonly number[];
  euid?: number;
  egid?: number;
}

/** A row of the process table, as /proc shows it to everyone. */
export interface ProcessInfo {
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  readonly sid: number;
  readonly uid: number;
  readonly euid: number;
  readonly gid: number;
  readonly egid: number;
  readonly groups: readonly number[];
  readonly comm: string;
  readonly exe: string;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly root: string;
  readonly umask: number;
  /** Name of the controlling terminal below /dev, such as `pts/0`. */
  readonly tty: string | undefined;
  /** Foreground process group of that terminal. */
  readonly tpgid: number;
  readonly state: "R" | "S" | "T" | "Z";
  readonly startTime: number;
  readonly nice: number;
  readonly threads: number;
  /** Processor time used so far, ms (simulated). */
  readonly cpuTime: number;
  /** Virtual and resident memory, kB (simulated). */
  readonly vsz: number;
  readonly rss: number;
  /** Control group path, such as /system.slice/kubelet.service. */
  readonly cgroup: string;
}

/** A socket as `ss` sees it. */
export interface SocketInfo {
  readonly family: "tcp" | "udp" | "unix";
  readonly state: "LISTEN" | "ESTAB" | "TIME-WAIT" | "CLOSE-WAIT" | "UNCONN";
  readonly local: string;
  readonly localPort: number;
  readonly peer: string;
  readonly peerPort: number;
  readonly owners: readonly { readonly pid: number; readonly comm: string; readonly fd: number }[];
  readonly inode: number;
  readonly uid: number;
  /** A socket of IPv6 alone. */
  readonly v6only: boolean;
  /** Listeners: how many connections may wait. */
  readonly backlog: number;
  /** Bytes that came and were not read, and that the other side has not read yet. */
  readonly received: number;
  readonly sent: number;
  /** Unix sockets: the inode of the other end. */
  readonly peerInode: number;
}

/** What a new process is given; anything left out is inherited. */
export interface SpawnOptions {
  readonly path: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly groups?: readonly number[];
  readonly umask?: number;
  /** Descriptors of the child: its number → the parent's number. Without it 0, 1 and 2 are inherited. */
  readonly fds?: Readonly<Record<number, number>>;
  /** New session (and so no terminal), or a process group: 0 makes the child its own group's leader. */
  readonly session?: boolean;
  readonly pgid?: number;
  /** Controlling terminal for a new session, such as `pts/1`. */
  readonly tty?: string;
  readonly cgroup?: string;
  /** Root folder (containers). */
  readonly root?: string;
  /** A host name of its own (containers). */
  readonly hostname?: string;
  /** A network namespace made before (pods). */
  readonly netns?: string;
  readonly nice?: number;
}

/** The system calls of one process. */
export interface Sys {
  // --- self ---
  readonly pid: number;
  readonly ppid: number;
  readonly info: ProcessInfo;
  readonly argv: readonly string[];
  /** The environment; a live record, changed in place. */
  readonly env: Record<string, string>;
  /** Plain data that survives snapshot and restore (see Program.resume and Service). */
  kept: Data;
  umask(mask?: number): number;
  getcwd(): string;
  chdir(path: string): Errno | undefined;
  chroot(path: string): Errno | undefined;
  setIds(ids: IdChange): Errno | undefined;
  setpgid(pid: number, pgid: number): Errno | undefined;
  setsid(): number | Errno;
  /** Ends the whole process now. Never returns. */
  exit(status: number): Task<never>;

  // --- machine ---
  readonly hostname: string;
  /** Kernel release, boot id, memory and the like: fixed facts of this machine. */
  readonly machine: MachineFacts;
  setHostname(name: string): Errno | undefined;
  /** Virtual time, ms since the epoch. */
  now(): number;
  /** Virtual time at which the machine booted. */
  bootTime(): number;
  /** Seeded random bytes of this machine. */
  random(count: number): Uint8Array<ArrayBuffer>;
  /** Text of a kernel parameter by its /proc/sys path, such as `vm/overcommit_memory`; with a value, sets it (root only). */
  sysctl(name: string, value?: string): string | Errno;

  // --- time and order ---
  /** Waits; EINTR where a caught signal ended the wait early. */
  sleep(ms: number): Task<Errno | undefined>;
  /** Waits until `ready` holds (asked again after every change), or until the given time. False: the time ran out. EINTR as above. */
  waitUntil(ready: () => boolean, until?: number): Task<boolean | Errno>;
  /** Lets others run when this thread has had its share. Call it in long loops: `if (sys.due()) yield* sys.rest();` */
  due(): boolean;
  rest(): Task<void>;

  // --- files (paths may be relative; errors ENOENT, EACCES, ENOTDIR, ELOOP, … as Linux) ---
  open(path: string, flags: OpenFlags): number | Errno;
  close(fd: number): Errno | undefined;
  dup(fd: number, to?: number): number | Errno;
  /** dup to the lowest free number from `least` on, closed by exec (F_DUPFD_CLOEXEC): for what a shell puts aside. */
  dupAside(fd: number, least: number): number | Errno;
  /** Descriptors open in this process, in order. */
  openFds(): readonly number[];
  /** What a descriptor is, as the link in /proc/PID/fd tells: a path, `pipe:[7]`, `socket:[9]`. */
  fdTarget(fd: number): string | Errno;
  /** Up to `max` bytes (64 KiB unless told); an empty array is the end of the file. Waits for pipes, sockets and terminals. */
  read(fd: number, max?: number): Task<Uint8Array | Errno>;
  /** Writes all of it. Waits while a pipe is full. EPIPE comes with SIGPIPE. */
  write(fd: number, data: Uint8Array | string): Task<number | Errno>;
  /** Whether a read would answer at once. */
  readable(fd: number): boolean;
  seek(fd: number, offset: number, whence?: "set" | "cur" | "end"): number | Errno;
  truncate(path: string, size: number): Errno | undefined;
  ftruncate(fd: number, size: number): Errno | undefined;
  fstat(fd: number): Stat | Errno;
  stat(path: string): Stat | Errno;
  lstat(path: string): Stat | Errno;
  /** access(2) with the real user: any of "r", "w", "x" together; "" asks only whether it exists. */
  access(path: string, want: string): Errno | undefined;
  readdir(path: string): readonly DirEntry[] | Errno;
  readlink(path: string): string | Errno;
  realpath(path: string): string | Errno;
  mkdir(path: string, mode?: number): Errno | undefined;
  rmdir(path: string): Errno | undefined;
  unlink(path: string): Errno | undefined;
  rename(from: string, to: string): Errno | undefined;
  link(from: string, to: string): Errno | undefined;
  symlink(target: string, path: string): Errno | undefined;
  /** Shows a file or folder at a second place that has nothing yet (a bind mount in a container's root). Root only. */
  bind(source: string, target: string): Errno | undefined;
  /** Takes such a place away; EINVAL where nothing is mounted. Root only. */
  unbind(target: string): Errno | undefined;
  mknod(
    path: string,
    type: "fifo" | "socket" | "char" | "block",
    mode?: number,
    rdev?: readonly [number, number],
  ): Errno | undefined;
  chmod(path: string, mode: number): Errno | undefined;
  /** -1 leaves an id as it is. */
  chown(path: string, uid: number, gid: number, options?: { noFollow?: boolean }): Errno | undefined;
  utimes(path: string, atime: number, mtime: number, options?: { noFollow?: boolean }): Errno | undefined;
  /** Whole file at once: open, read, close. Regular files and /proc only, so it never waits. */
  readFile(path: string): Uint8Array | Errno;
  /** Whole file at once, by default truncating. */
  writeFile(
    path: string,
    data: Uint8Array | string,
    flags?: { append?: boolean; mode?: number; exclusive?: boolean },
  ): Errno | undefined;
  /** A number that grows whenever the file behind the path changes (inotify's use); 0 where there is none. */
  version(path: string): number;
  /** Mounted file systems in the order of /proc/mounts, with sizes in kB. */
  mounts(): readonly MountInfo[];

  // --- processes ---
  /** A child that runs `child` with a copy of this process's descriptors, environment and directory. Its result is its exit status. */
  fork(child: (sys: Sys) => Task<number>, options?: { pgid?: number; tty?: "foreground" }): number;
  /** Replaces the program of this process; answers only where it fails (ENOENT, EACCES, ENOEXEC). */
  exec(path: string, argv: readonly string[], env?: Readonly<Record<string, string>>): Task<Errno>;
  /** An entry of the exec table with its code loaded, for programs that come in parts; undefined where there is none. */
  load(name: string): Task<Program | undefined>;
  /** fork and exec in one; the pid, or why the program cannot be run. */
  spawn(options: SpawnOptions): number | Errno;
  /** Waits for a child (-1: any; -PGID: any of a group). With noHang it answers undefined where none has ended. */
  waitpid(
    pid: number,
    options?: { noHang?: boolean; untraced?: boolean },
  ): Task<{ pid: number; status: ExitStatus } | undefined | Errno>;
  kill(pid: number, signal: SignalName | 0): Errno | undefined;
  /** "catch": the signal ends waits with EINTR and is fetched with takeSignal. */
  sigaction(signal: SignalName, action: "default" | "ignore" | "catch"): void;
  takeSignal(): SignalName | undefined;
  processes(): readonly ProcessInfo[];
  process(pid: number): ProcessInfo | undefined;
  setNice(pid: number, nice: number): Errno | undefined;
  setComm(name: string): void;
  /** Overwrites what ps shows as the command line (setproctitle). */
  setTitle(title: string): void;
  setCgroup(pid: number, path: string): void;
  /** What this process would use, for ps and systemctl status: memory (kB) and threads. */
  setMemory(vsz: number, rss: number, threads?: number): void;

  // --- pipes and terminals ---
  pipe(): { read: number; write: number };
  isatty(fd: number): boolean;
  ttyName(fd: number): string | Errno;
  tcgetattr(fd: number): Termios | Errno;
  tcsetattr(fd: number, modes: Partial<Termios>): Errno | undefined;
  windowSize(fd: number): WindowSize | Errno;
  setWindowSize(fd: number, size: WindowSize): Errno | undefined;
  tcgetpgrp(fd: number): number | Errno;
  tcsetpgrp(fd: number, pgid: number): Errno | undefined;
  /** A descriptor without a file, such as Go's runtime takes two of: `eventpoll` (epoll_create), `eventfd`. */
  openAnonymous(kind: string): number;
  /** A new pseudo-terminal: master descriptor and the slave's name below /dev (sshd, script). */
  openpty(size: WindowSize): { master: number; slave: string };

  // --- network ---
  /** TCP: address "" or "::" is every address of both families (with v6only of IPv6), "0.0.0.0" of IPv4. Unix: makes the socket file. */
  listen(address: SocketAddress): number | Errno;
  accept(fd: number): Task<number | Errno>;
  connect(address: SocketAddress, options?: ConnectOptions): Task<number | Errno>;
  /** No more will be written; the other side reads the end. */
  shutdown(fd: number): Errno | undefined;
  getsockname(fd: number): SocketAddress | Errno;
  getpeername(fd: number): SocketAddress | Errno;
  /** The process at the other end of a unix socket (SO_PEERCRED). */
  peerCredentials(fd: number): { pid: number; uid: number; gid: number } | Errno;
  sockets(): readonly SocketInfo[];
  /** The interfaces of this process's network; set anew where some are given. */
  interfaces(changed?: readonly InterfaceInfo[]): readonly InterfaceInfo[];
  /** The main table of routes, the narrowest first; undefined where it still follows from the interfaces. */
  routes(changed?: readonly RouteInfo[]): readonly RouteInfo[] | undefined;
  /** Enters a namespace of another process. Root only. */
  setns(pid: number, namespace: Namespace): Errno | undefined;
  /** Makes a network namespace with these interfaces, or takes it away. Root only. */
  setNetns(name: string, interfaces: readonly InterfaceInfo[] | undefined): Errno | undefined;
  /** Addresses that stand for others; set anew where some are given. */
  forwarded(changed?: readonly Forwarded[]): readonly Forwarded[];
  /** Firewall rules of this machine, as plain data kept by the kernel; undefined where none were set. */
  netfilter(rules?: Data): Data;

  // --- services only ---
  /** `timer` runs once at that time; setting a name again moves it, `undefined` cancels it. */
  setTimer(name: string, at: number | undefined): void;
  timers(): ReadonlyMap<string, number>;
  /** `readable` runs whenever there is something to read on the descriptor. */
  watch(fd: number, on?: boolean): void;
  /** Copies of the machine keep the connection of the handler that calls this, and `resume` goes on with it there. */
  keep(fd: number, on?: boolean): void;

  // --- kernel log ---
  /** A line for dmesg and the journal's kernel messages. */
  printk(priority: number, text: string): void;
  dmesg(): readonly { readonly time: number; readonly priority: number; readonly text: string }[];
}

export interface MountInfo {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  readonly options: string;
  readonly size: number;
  readonly used: number;
  readonly available: number;
  readonly inodes: number;
  readonly inodesUsed: number;
}

export interface ConnectOptions {
  readonly timeout?: number;
  /** The address to speak from. */
  readonly from?: string;
  /** Another network namespace to speak in, as after setns: root only. */
  readonly netns?: string;
}

/** What a process can have for itself: host name, network, and what it sees as the root folder. */
export type Namespace = "uts" | "net" | "mnt";

/** An address and port behind which others serve in turn (DNAT); where nobody does, connections are refused. */
export interface Forwarded {
  readonly address: string;
  readonly port: number;
  readonly to: readonly (readonly [address: string, port: number])[];
}

export interface InterfaceInfo {
  readonly index: number;
  readonly name: string;
  readonly mac: string;
  readonly mtu: number;
  readonly up: boolean;
  /** Addresses with prefix length, such as 172.30.2.2/16. */
  readonly addresses: readonly string[];
  /** Other names that udev gives it. */
  readonly altnames?: readonly string[];
  /** Of an interface that was made: dummy, bridge. */
  readonly kind?: string;
  readonly alias?: string;
  readonly promisc?: boolean;
  /** What was said of addresses that were set by hand, by address. */
  readonly given?: Readonly<Record<string, { readonly broadcast?: string; readonly label?: string }>>;
}

/** A line of the main table of routes. */
export interface RouteInfo {
  /** `default` or a network such as 172.30.0.0/16. */
  readonly to: string;
  readonly gateway?: string | undefined;
  /** Empty for a route that refuses. */
  readonly device: string;
  readonly source?: string | undefined;
  readonly protocol?: string | undefined;
  readonly scope?: string | undefined;
  readonly metric?: number | undefined;
  /** `blackhole`, `unreachable` or `prohibit`, and what a sender is told. */
  readonly type?: string | undefined;
  readonly refusal?: ErrnoCode | undefined;
}

/** Fixed facts of a machine. */
export interface MachineFacts {
  readonly machineId: string;
  readonly bootId: string;
  /** uname -r, -v and -m. */
  readonly release: string;
  readonly version: string;
  readonly architecture: string;
  readonly cpus: number;
  readonly cpuModel: string;
  /** kB */
  readonly memory: number;
  /** Virtualisation as systemd-detect-virt says it. */
  readonly virtualization: string;
}
