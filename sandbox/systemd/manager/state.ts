// The memory of PID 1: units with their run-time state, jobs, open doors. Plain data, kept in `sys.kept`.

import { isErrno } from "../../kernel/errno.ts";
import type { Data, Sys } from "../../kernel/sys.ts";
import type { Definition, ExecKind } from "../definition.ts";
import type { FileView } from "../file-view.ts";
import type { SpecifierFacts } from "../specifiers.ts";

/** How the process of a command went. */
export interface ExecRecord {
  pid: number;
  start: number;
  stop: number | undefined;
  code: "exited" | "killed" | "dumped" | undefined;
  /** Exit status, or number of the signal. */
  status: number;
}

export interface UnitRuntime {
  definition: Definition;
  /** Low-level state: `running`, `auto-restart`, `dead`, `listening` … */
  sub: string;
  result: string;
  mainPid: number;
  controlPid: number;
  /** The command that runs as control process. */
  control: { kind: ExecKind; index: number } | undefined;
  /** Which ExecStart= of a oneshot runs. */
  mainIndex: number;
  main: ExecRecord | undefined;
  /** `ExecStartPre:0` → how it went. */
  records: Record<string, ExecRecord>;
  stateChange: number;
  inactiveExit: number;
  activeEnter: number;
  activeExit: number;
  inactiveEnter: number;
  conditionTested: number;
  conditionResult: boolean;
  /** First condition that did not hold, as written. */
  conditionFailed: string | undefined;
  invocation: string;
  restarts: number;
  flushRestarts: boolean;
  forbidRestart: boolean;
  rateBegin: number;
  rateCount: number;
  job: number | undefined;
  /** enabled, disabled, static …; asked once after each load, as PID 1 does. */
  fileState: string | undefined;
  statusText: string;
  /** Of a timer: when it elapsed last and will next (ms), and its settings as they are shown. */
  timer: { readonly last: number; readonly next: number | undefined; readonly specs: readonly string[] } | undefined;
  /** Of a socket: its listening descriptors, and how many connections were handed on. */
  doors: number[];
  accepted: number;
  /** Of a service with a socket that takes each connection: this one, its socket, and who is at the other end. */
  caller: { readonly fd: number; readonly socket: string; readonly peer?: string } | undefined;
  /** Of a path: what its files were like at the last look. */
  trace: string | undefined;
  /** The unit whose OnFailure= or OnSuccess= started this one. */
  monitors: string | undefined;
  /** Processor time of ended processes, ms. */
  cpu: number;
  memoryPeak: number;
  /** Descriptor of sd_notify messages not used: notifications come by the control door. */
  killing: "SIGTERM" | "SIGKILL" | undefined;
}

export type JobType = "start" | "stop" | "restart" | "reload" | "verify-active" | "nop";
export type JobResult =
  | "done"
  | "canceled"
  | "timeout"
  | "failed"
  | "dependency"
  | "skipped"
  | "invalid"
  | "assert"
  | "unsupported";

export interface Job {
  readonly id: number;
  readonly unit: string;
  type: JobType;
  running: boolean;
  /** Connections that want to hear of its end. */
  waiters: number[];
  /** Asked for by hand or needed by Requires=: its failure counts for those who need it. */
  irreversible: boolean;
}

export interface ManagerState {
  units: Record<string, UnitRuntime>;
  /** Alias → real name. */
  aliases: Record<string, string>;
  jobs: Record<number, Job>;
  nextJob: number;
  /** Lines that wait to be written, by descriptor; -1 is the journal. */
  outbox: { fd: number; text: string }[];
  journal: number;
  control: number;
  /** Half-read requests by connection. */
  requests: Record<number, string>;
  /** The jobs of the boot are not done yet. */
  booting: boolean;
  bootFinished: number;
  started: number;
  /** Last moment given out, µs. */
  clock: number;
  /** Some unit has ended: PID 1 forgets it where nothing else names it. */
  ended: boolean;
  /** Environment that services get. */
  environment: Record<string, string>;
  shutdown: string | undefined;
}

/** PID 1's hands during one handler. */
export interface Manager {
  readonly sys: Sys;
  readonly state: ManagerState;
  readonly facts: SpecifierFacts;
  /** The disk as it is during one reading of all units. */
  readonly view?: FileView;
}

export function managerOf(sys: Sys): Manager {
  const { machineId, bootId, release, architecture } = sys.machine;
  return {
    sys,
    state: sys.kept as unknown as ManagerState,
    facts: { hostname: sys.hostname, machineId, bootId, kernel: release, architecture },
  };
}

/** A moment of its own for each event, ms: what happens later has a greater one, though the clock of the machine stands still. */
export function moment(manager: Manager): number {
  const { state, sys } = manager;
  state.clock = Math.max(state.clock + 1, Math.round(sys.now() * 1000));
  return state.clock / 1000;
}

/** Whether this machine counts tasks and memory by control group (it lists its controllers). */
export function hasControllers(manager: Manager): boolean {
  return !isErrno(manager.sys.stat("/sys/fs/cgroup/cgroup.controllers"));
}

export function initialState(): ManagerState {
  return {
    units: {},
    aliases: {},
    jobs: {},
    nextJob: 1,
    outbox: [],
    journal: -1,
    control: -1,
    requests: {},
    booting: false,
    bootFinished: 0,
    started: 0,
    clock: 0,
    ended: false,
    environment: { LANG: "C.UTF-8", PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin" },
    shutdown: undefined,
  };
}

/** Makes a state the memory of this process. */
export function keep(sys: Sys, state: ManagerState): void {
  sys.kept = state as unknown as Data;
}

export function newRuntime(definition: Definition): UnitRuntime {
  return {
    definition,
    sub: "dead",
    result: "success",
    mainPid: 0,
    controlPid: 0,
    control: undefined,
    mainIndex: 0,
    main: undefined,
    records: {},
    stateChange: 0,
    inactiveExit: 0,
    activeEnter: 0,
    activeExit: 0,
    inactiveEnter: 0,
    conditionTested: 0,
    conditionResult: false,
    conditionFailed: undefined,
    invocation: "",
    restarts: 0,
    flushRestarts: false,
    forbidRestart: false,
    rateBegin: 0,
    rateCount: 0,
    job: undefined,
    fileState: undefined,
    statusText: "",
    timer: undefined,
    doors: [],
    accepted: 0,
    caller: undefined,
    trace: undefined,
    monitors: undefined,
    cpu: 0,
    memoryPeak: 0,
    killing: undefined,
  };
}

const ACTIVE: Readonly<Record<string, string>> = {
  dead: "inactive",
  failed: "failed",
  "auto-restart": "activating",
  "auto-restart-queued": "activating",
  "failed-before-auto-restart": "failed",
  "dead-before-auto-restart": "inactive",
  condition: "activating",
  "start-pre": "activating",
  start: "activating",
  "start-post": "activating",
  running: "active",
  exited: "active",
  reload: "reloading",
  stop: "deactivating",
  "stop-sigterm": "deactivating",
  "stop-sigkill": "deactivating",
  "stop-post": "deactivating",
  "final-sigterm": "deactivating",
  "final-sigkill": "deactivating",
};

/** High-level state of a low-level one; units that are no services are active in theirs. */
export function activeState(unit: UnitRuntime): string {
  return ACTIVE[unit.sub] ?? "active";
}

export const isActive = (state: string): boolean => state === "active" || state === "reloading";
export const isDown = (state: string): boolean => state === "inactive" || state === "failed";
