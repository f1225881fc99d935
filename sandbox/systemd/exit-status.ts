// Names of exit statuses as systemd shows them (systemd.exec(5)): 203/EXEC, 1/FAILURE, 9/KILL.

import { SIGNALS, type SignalName } from "../kernel/signal.ts";

const NAMES: Readonly<Record<number, string>> = {
  0: "SUCCESS",
  1: "FAILURE",
  2: "INVALIDARGUMENT",
  3: "NOTIMPLEMENTED",
  4: "NOPERMISSION",
  5: "NOTINSTALLED",
  6: "NOTCONFIGURED",
  7: "NOTRUNNING",
  64: "USAGE",
  65: "DATAERR",
  66: "NOINPUT",
  67: "NOUSER",
  68: "NOHOST",
  69: "UNAVAILABLE",
  70: "SOFTWARE",
  71: "OSERR",
  72: "OSFILE",
  73: "CANTCREAT",
  74: "IOERR",
  75: "TEMPFAIL",
  76: "PROTOCOL",
  77: "NOPERM",
  78: "CONFIG",
  200: "CHDIR",
  201: "NICE",
  202: "FDS",
  203: "EXEC",
  204: "MEMORY",
  205: "LIMITS",
  206: "OOM_ADJUST",
  207: "SIGNAL_MASK",
  208: "STDIN",
  209: "STDOUT",
  210: "CHROOT",
  211: "IOPRIO",
  212: "TIMERSLACK",
  213: "SECUREBITS",
  214: "SETSCHEDULER",
  215: "CPUAFFINITY",
  216: "GROUP",
  217: "USER",
  218: "CAPABILITIES",
  219: "CGROUP",
  220: "SETSID",
  221: "CONFIRM",
  222: "STDERR",
  224: "PAM",
  225: "NETWORK",
  226: "NAMESPACE",
  227: "NO_NEW_PRIVILEGES",
  228: "SECCOMP",
  229: "SELINUX_CONTEXT",
  230: "PERSONALITY",
  231: "APPARMOR",
  232: "ADDRESS_FAMILIES",
  233: "RUNTIME_DIRECTORY",
  235: "CHOWN",
  236: "SMACK_PROCESS_LABEL",
  237: "KEYRING",
  238: "STATE_DIRECTORY",
  239: "CACHE_DIRECTORY",
  240: "LOGS_DIRECTORY",
  241: "CONFIGURATION_DIRECTORY",
  242: "NUMA_POLICY",
  243: "CREDENTIALS",
  244: "BPF",
  245: "KSM",
  255: "EXCEPTION",
};

/** `EXEC` for 203; undefined where the status has no name. */
export function exitStatusName(status: number): string | undefined {
  return NAMES[status];
}

/** The name where a status page gives one: the C library's and systemd's own, not what init scripts and sysexits.h agreed on. */
export function shownStatusName(status: number): string | undefined {
  return status <= 1 || status >= 200 ? NAMES[status] : undefined;
}

/** Number of an exit status by its name. */
export function exitStatusNumber(name: string): number | undefined {
  const found = Object.keys(NAMES).find((key) => NAMES[Number(key)] === name);
  return found === undefined ? undefined : Number(found);
}

/** `KILL` for 9. */
export function signalName(number: number): string | undefined {
  return Object.keys(SIGNALS)
    .find((name) => SIGNALS[name as SignalName] === number)
    ?.slice(3);
}
