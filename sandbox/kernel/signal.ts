// Signals of Linux on x86-64: numbers and default actions.

export const SIGNALS = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGSTKFLT: 16,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGURG: 23,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGVTALRM: 26,
  SIGPROF: 27,
  SIGWINCH: 28,
  SIGIO: 29,
  SIGPWR: 30,
  SIGSYS: 31,
} as const;

export type SignalName = keyof typeof SIGNALS;

export type DefaultAction = "terminate" | "core" | "ignore" | "stop" | "continue";

const CORE: ReadonlySet<SignalName> = new Set<SignalName>([
  "SIGQUIT",
  "SIGILL",
  "SIGTRAP",
  "SIGABRT",
  "SIGBUS",
  "SIGFPE",
  "SIGSEGV",
  "SIGXCPU",
  "SIGXFSZ",
  "SIGSYS",
]);
const IGNORED: ReadonlySet<SignalName> = new Set<SignalName>(["SIGCHLD", "SIGURG", "SIGWINCH"]);
const STOP: ReadonlySet<SignalName> = new Set<SignalName>(["SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU"]);

/** What a signal does to a process that neither catches nor ignores it. */
export function defaultAction(signal: SignalName): DefaultAction {
  if (CORE.has(signal)) return "core";
  if (IGNORED.has(signal)) return "ignore";
  if (STOP.has(signal)) return "stop";
  return signal === "SIGCONT" ? "continue" : "terminate";
}

/** Signal by number or by name with or without SIG; undefined where there is none. */
export function findSignal(word: string): SignalName | undefined {
  if (/^\d+$/.test(word)) {
    const number = Number(word);
    return (Object.keys(SIGNALS) as SignalName[]).find((name) => SIGNALS[name] === number);
  }
  const upper = word.toUpperCase();
  const name = upper.startsWith("SIG") ? upper : `SIG${upper}`;
  return name in SIGNALS ? (name as SignalName) : undefined;
}
