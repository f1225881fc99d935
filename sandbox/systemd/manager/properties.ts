// What PID 1 tells of a unit, by the names of its bus properties, in the order in which `systemctl show` prints them.

import { DEPENDENCIES, descriptionOf, EXEC_KINDS, type ExecKind, settingOf, settingsOf } from "../definition.ts";
import { viewOf } from "../file-view.ts";
import { presetOf, unitFileState } from "../install.ts";
import { defaultSlice, needsReload, serviceType } from "../load-unit.ts";
import type { CommandState, PropertyValue } from "../protocol.ts";
import { parseTimespan } from "../time.ts";
import { parseUnitName } from "../unit-name.ts";
import { parseBoolean, parseBytes } from "../values.ts";
import { hasCommands, loadProblem } from "./jobs.ts";
import { activeState, type ExecRecord, hasControllers, isDown, type Manager, type UnitRuntime } from "./state.ts";
import { cgroupOf, dependents, isTransient, logComplaints, processesOf } from "./units.ts";

type Draft = Record<string, PropertyValue>;

const yes = (text: string | undefined, fallback: boolean): boolean => parseBoolean(text ?? "") ?? fallback;

function commandStates(unit: UnitRuntime, kind: ExecKind): CommandState[] {
  return unit.definition.commands[kind].map((command, index) => {
    const record: ExecRecord | undefined = unit.records[`${kind}:${index}`];
    return {
      path: command.path,
      argv: command.argv,
      ignore: command.ignoreFailure,
      start: record?.start ?? 0,
      stop: record?.stop ?? 0,
      pid: record?.pid ?? 0,
      code: record?.code ?? "",
      status: record?.status ?? 0,
    };
  });
}

/** A time span; one without end is a number that JSON can tell. */
const usec = (text: string | undefined, fallback: number): number =>
  Math.min(parseTimespan(text ?? "") ?? fallback, Number.MAX_SAFE_INTEGER);

function serviceProperties(unit: UnitRuntime, draft: Draft): void {
  const { definition } = unit;
  const one = (key: string) => settingOf(definition, `Service.${key}`);
  const span = (key: string, fallback: number): number => usec(one(key) ?? one("TimeoutSec"), fallback);
  const type = serviceType(definition);
  const stop = span("TimeoutStopSec", 90_000);
  Object.assign(draft, {
    Type: type,
    ExitType: one("ExitType") ?? "main",
    Restart: one("Restart") ?? "no",
    RestartMode: one("RestartMode") ?? "normal",
    ...(one("PIDFile") === undefined ? {} : { PIDFile: one("PIDFile") }),
    NotifyAccess: one("NotifyAccess") ?? (type.startsWith("notify") ? "main" : "none"),
    RestartUSec: parseTimespan(one("RestartSec") ?? "") ?? 100,
    RestartSteps: Number(one("RestartSteps") ?? 0),
    RestartMaxDelayUSec: usec(one("RestartMaxDelaySec"), Number.MAX_SAFE_INTEGER),
    RestartUSecNext: parseTimespan(one("RestartSec") ?? "") ?? 100,
    TimeoutStartUSec: span("TimeoutStartSec", type === "oneshot" ? Number.MAX_SAFE_INTEGER : 90_000),
    TimeoutStopUSec: stop,
    TimeoutAbortUSec: usec(one("TimeoutAbortSec"), stop),
    TimeoutStartFailureMode: one("TimeoutStartFailureMode") ?? "terminate",
    TimeoutStopFailureMode: one("TimeoutStopFailureMode") ?? "terminate",
    RuntimeMaxUSec: usec(one("RuntimeMaxSec"), Number.MAX_SAFE_INTEGER),
    RuntimeRandomizedExtraUSec: 0,
    WatchdogUSec: unit.main === undefined ? Number.MAX_SAFE_INTEGER : (parseTimespan(one("WatchdogSec") ?? "") ?? 0),
    WatchdogTimestampMonotonic: 0,
    RootDirectoryStartOnly: false,
    RemainAfterExit: yes(one("RemainAfterExit"), false),
    GuessMainPID: yes(one("GuessMainPID"), true),
    ...successStatus(one("SuccessExitStatus")),
    MainPID: unit.mainPid,
    ControlPID: unit.controlPid,
    FileDescriptorStoreMax: Number(one("FileDescriptorStoreMax") ?? 0),
    NFileDescriptorStore: 0,
    FileDescriptorStorePreserve: "restart",
    StatusText: unit.statusText,
    StatusErrno: 0,
    Result: unit.result,
    ReloadResult: "success",
    CleanResult: "success",
    UID: "[not set]",
    GID: "[not set]",
    NRestarts: unit.restarts,
    OOMPolicy: one("OOMPolicy") ?? "stop",
    ReloadSignal: 1,
    ExecMainStartTimestamp: unit.main?.start ?? 0,
    ExecMainExitTimestamp: unit.main?.stop ?? 0,
    ExecMainPID: unit.main?.pid ?? 0,
    ExecMainCode:
      unit.main?.code === undefined ? 0 : unit.main.code === "exited" ? 1 : unit.main.code === "killed" ? 2 : 3,
    ExecMainStatus: unit.main?.status ?? 0,
  });
  for (const kind of EXEC_KINDS) if (definition.commands[kind].length > 0) draft[kind] = commandStates(unit, kind);
}

function successStatus(text: string | undefined): Draft {
  return text === undefined ? {} : { SuccessExitStatus: text };
}

function usage(manager: Manager, unit: UnitRuntime, draft: Draft): void {
  const pids = processesOf(manager, unit);
  let memory = 0;
  let tasks = 0;
  let cpu = unit.cpu;
  for (const pid of pids) {
    const process = manager.sys.process(pid);
    if (process === undefined) continue;
    memory += process.rss * 1024;
    tasks += process.threads;
    cpu += process.cpuTime;
  }
  unit.memoryPeak = Math.max(unit.memoryPeak, memory);
  const counted = hasControllers(manager);
  // What the kernel allows threads, of which a unit has 15 % without a word.
  const mostTasks = Math.floor(manager.sys.machine.memory / 169.65);
  const running = pids.length > 0;
  Object.assign(draft, {
    Slice: settingOf(unit.definition, "Service.Slice") ?? defaultSlice(unit.definition.id),
    ControlGroup: running ? cgroupOf(unit) : "",
    MemoryCurrent: counted && running ? memory : "[not set]",
    MemoryPeak: counted && unit.memoryPeak > 0 ? unit.memoryPeak : "[not set]",
    CPUUsageNSec: (unit.invocation === "" || cpu < 0) && !running ? "[not set]" : Math.round(cpu * 1e6),
    TasksCurrent: counted && running ? tasks : "[not set]",
    Delegate: yes(settingOf(unit.definition, "Service.Delegate"), false),
    CPUWeight: settingOf(unit.definition, "Service.CPUWeight") ?? "[not set]",
    MemoryMax: limitOf(unit, "MemoryMax", manager.sys.machine.memory * 1024),
    MemoryHigh: limitOf(unit, "MemoryHigh", manager.sys.machine.memory * 1024),
    TasksMax: limitOf(unit, "TasksMax", mostTasks, Math.floor(mostTasks * 0.15)),
  });
}

/** A limit of bytes or tasks, also as a share of all there are. */
function limitOf(unit: UnitRuntime, key: string, whole: number, fallback: PropertyValue = "infinity"): PropertyValue {
  const text = settingOf(unit.definition, `Service.${key}`);
  if (text === undefined) return fallback;
  if (text.endsWith("%")) return Math.floor((whole * Number.parseFloat(text)) / 100);
  return parseBytes(text) ?? "infinity";
}

function execProperties(unit: UnitRuntime, draft: Draft): void {
  const { definition } = unit;
  const one = (key: string) => settingOf(definition, `Service.${key}`);
  draft.Environment = Object.entries(definition.environment).map(([name, { value }]) => `${name}=${value}`);
  draft.EnvironmentFiles = definition.environmentFiles.map(
    (file) => `${file.path} (ignore_errors=${file.optional ? "yes" : "no"})`,
  );
  Object.assign(draft, {
    UMask: (one("UMask") ?? "0022").padStart(4, "0"),
    LimitNOFILE: one("LimitNOFILE")?.split(":").at(-1) ?? 524_288,
    LimitNOFILESoft: one("LimitNOFILE")?.split(":")[0] ?? 1024,
    WorkingDirectory: one("WorkingDirectory") ?? "",
    OOMScoreAdjust: Number(one("OOMScoreAdjust") ?? 0),
    Nice: Number(one("Nice") ?? 0),
    StandardInput: one("StandardInput") ?? "null",
    StandardOutput: one("StandardOutput") ?? "journal",
    StandardError: one("StandardError") ?? "inherit",
    SyslogIdentifier: one("SyslogIdentifier") ?? "",
    User: one("User") ?? "",
    Group: one("Group") ?? "",
    DynamicUser: yes(one("DynamicUser"), false),
    PrivateTmp: yes(one("PrivateTmp"), false),
    ProtectHome: one("ProtectHome") ?? "no",
    ProtectSystem: one("ProtectSystem") ?? "no",
    NoNewPrivileges: yes(one("NoNewPrivileges"), false),
    KillMode: one("KillMode") ?? "control-group",
    SendSIGKILL: yes(one("SendSIGKILL"), true),
    SendSIGHUP: yes(one("SendSIGHUP"), false),
  });
}

/** enabled, static …: read once after each load, which is when the journal hears what is wrong in the files. */
export function fileStateOf(manager: Manager, unit: UnitRuntime): string {
  if (isTransient(unit.definition)) return "transient";
  if (unit.fileState === undefined && unit.definition.fragment !== undefined) {
    const { state, complaints } = unitFileState(viewOf(manager.sys), unit.definition.id);
    logComplaints(manager, unit.definition.id, complaints);
    unit.fileState = state === "not-found" ? "bad" : state;
  }
  return unit.fileState ?? "";
}

const REVERSE: Readonly<Record<string, string>> = {
  RequiredBy: "Requires",
  RequisiteOf: "Requisite",
  WantedBy: "Wants",
  BoundBy: "BindsTo",
  UpheldBy: "Upholds",
  ConsistsOf: "PartOf",
  ConflictedBy: "Conflicts",
};

function unitProperties(manager: Manager, unit: UnitRuntime, draft: Draft): void {
  const { definition } = unit;
  const own = (key: string) => settingOf(definition, `Unit.${key}`);
  const state = activeState(unit);
  draft.Id = definition.id;
  draft.Names = definition.names;
  for (const kind of DEPENDENCIES)
    if (definition.dependencies[kind].length > 0) draft[kind] = definition.dependencies[kind];
  for (const [name, kind] of Object.entries(REVERSE)) {
    const others = dependents(manager, definition.id, [kind as (typeof DEPENDENCIES)[number]]).map(
      (other) => other.definition.id,
    );
    if (others.length > 0) draft[name] = others;
  }
  // What the show verb derives from these alone it derives itself.
  draft.Settings = Object.entries(definition.settings).flatMap(([key, list]) =>
    list.map(({ value }) => `${key}=${value}`),
  );
  if (unit.timer !== undefined)
    Object.assign(draft, { TimerNext: unit.timer.next ?? 0, TimerLast: unit.timer.last, TimerSpecs: unit.timer.specs });
  const triggers = triggeredBy(manager, unit);
  if (triggers.length > 0) draft.TriggeredBy = triggers;
  const problem = loadProblem(unit);
  Object.assign(draft, {
    Documentation: settingsOf(definition, "Unit.Documentation").flatMap((text) => text.split(/\s+/)),
    Description: descriptionOf(definition),
    LoadState: definition.load,
    ActiveState: state,
    FreezerState: "running",
    SubState: unit.sub === "active" || unit.sub in {} ? unit.sub : unit.sub,
    ...(definition.fragment === undefined ? {} : { FragmentPath: definition.fragment }),
    ...(definition.dropIns.length > 0 ? { DropInPaths: definition.dropIns } : {}),
    UnitFileState: fileStateOf(manager, unit),
    UnitFilePreset:
      definition.fragment === undefined || definition.load === "masked"
        ? ""
        : presetOf(viewOf(manager.sys), definition.id),
    StateChangeTimestamp: unit.stateChange,
    InactiveExitTimestamp: unit.inactiveExit,
    ActiveEnterTimestamp: unit.activeEnter,
    ActiveExitTimestamp: unit.activeExit,
    InactiveEnterTimestamp: unit.inactiveEnter,
    CanStart: problem === undefined,
    CanStop: true,
    CanReload: definition.commands.ExecReload.length > 0,
    CanIsolate: yes(own("AllowIsolate"), false),
    CanFreeze: hasCommands(unit),
    StopWhenUnneeded: yes(own("StopWhenUnneeded"), false),
    RefuseManualStart: yes(own("RefuseManualStart"), false),
    RefuseManualStop: yes(own("RefuseManualStop"), false),
    AllowIsolate: yes(own("AllowIsolate"), false),
    DefaultDependencies: yes(own("DefaultDependencies"), true),
    NeedDaemonReload: needsReload(viewOf(manager.sys), definition),
    Job: unit.job ?? 0,
    ConditionResult: unit.conditionResult || unit.conditionFailed?.startsWith("Assert") === true,
    AssertResult: unit.conditionTested > 0 && unit.conditionFailed?.startsWith("Assert") !== true,
    ConditionTimestamp: unit.conditionTested,
    ...(unit.conditionFailed === undefined ? {} : { ConditionFailed: unit.conditionFailed }),
    LoadError: problem === undefined ? "" : problem.message,
    StartLimitIntervalUSec:
      parseTimespan(own("StartLimitIntervalSec") ?? settingOf(definition, "Service.StartLimitInterval") ?? "10s") ?? 0,
    StartLimitBurst: Number(own("StartLimitBurst") ?? settingOf(definition, "Service.StartLimitBurst") ?? 5),
    InvocationID: unit.invocation,
  });
}

/** Timers, sockets and paths that start this unit. */
function triggeredBy(manager: Manager, unit: UnitRuntime): string[] {
  const found: string[] = [];
  for (const other of Object.values(manager.state.units)) {
    const { type } = parseUnitName(other.definition.id);
    if (
      ["timer", "socket", "path"].includes(type) &&
      other.definition.dependencies.Before.includes(unit.definition.id)
    ) {
      found.push(other.definition.id);
    }
  }
  return found.sort();
}

/** All properties of a unit. */
export function propertiesOf(manager: Manager, unit: UnitRuntime): Record<string, PropertyValue> {
  const draft: Draft = {};
  const { type } = parseUnitName(unit.definition.id);
  if (type === "service") serviceProperties(unit, draft);
  if (type === "service" || type === "slice" || type === "scope") usage(manager, unit, draft);
  if (type === "service") execProperties(unit, draft);
  if (type === "socket" || type === "path") draft.Result = unit.result;
  if (type === "socket") {
    const callers = Object.values(manager.state.units).filter(({ caller }) => caller?.socket === unit.definition.id);
    Object.assign(draft, {
      NAccepted: unit.accepted,
      NConnections: callers.filter(({ sub }) => sub !== "dead").length,
    });
    // Those of the network cost the moment of a child.
    if (unit.cpu > 0) draft.CPUUsageNSec = unit.cpu * 1e6;
  }
  unitProperties(manager, unit, draft);
  draft.Pids = processesOf(manager, unit).map(String);
  draft.Transient = unit.definition.id === "init.scope" || isTransient(unit.definition);
  return draft;
}

/** Properties of the manager itself. */
export function managerProperties(manager: Manager): Record<string, PropertyValue> {
  const units = Object.values(manager.state.units);
  const failed = units.filter((unit) => activeState(unit) === "failed").length;
  const jobs = Object.keys(manager.state.jobs).length;
  const state =
    manager.state.bootFinished === 0
      ? "starting"
      : manager.state.shutdown !== undefined
        ? "stopping"
        : failed > 0
          ? "degraded"
          : "running";
  return {
    Version: "257.13-1~deb13u1",
    Architecture: "x86-64",
    Virtualization: manager.sys.machine.virtualization,
    KernelTimestamp: manager.sys.bootTime(),
    UserspaceTimestamp: manager.state.started,
    FinishTimestamp: manager.state.bootFinished,
    NNames: units.filter((unit) => unit.definition.load === "loaded" || !isDown(activeState(unit))).length,
    NFailedUnits: failed,
    NJobs: jobs,
    Environment: Object.entries(manager.state.environment).map(([name, value]) => `${name}=${value}`),
    SystemState: state,
    DefaultTarget: "multi-user.target",
  };
}
