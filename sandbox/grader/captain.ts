// The saved and the running layer of a kubelet: what the next start would use, and what the live process uses.

import type { ServerState } from "../cluster/state.ts";
import type { Fleet } from "../fleet.ts";
import { isErrno } from "../kernel/errno.ts";
import { resolveExecutable } from "../kernel/exec.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Process } from "../kernel/process.ts";
import type { Sys } from "../kernel/sys.ts";
import { decode } from "../kernel/text.ts";
import type { Effective } from "../kubelet/config/effective.ts";
import { type Loaded, loadKubelet } from "../kubelet/config/load.ts";
import { hostFacts } from "../kubelet/index.ts";
import type { KubeletState } from "../kubelet/state.ts";
import { type Profile, profileOf } from "../kubelet/version/profile.ts";
import type { Source, Trace } from "../lib/trace.ts";
import { viewOf } from "../systemd/file-view.ts";
import { needsReload } from "../systemd/load-unit.ts";
import type { ManagerState } from "../systemd/manager/state.ts";
import { activeState } from "../systemd/manager/state.ts";
import { type CommandLine, type PlacedWord, readCommandLine } from "./command-line.ts";
import type { CaptainView, IgnoredKey, Origin, SettingView, UnitView } from "./evidence.ts";

const UNIT = "kubelet.service";

/** Keys that strict decoding names as unknown, with the lines on which a key of that name stands. */
function readIgnored(loaded: Loaded, file: string | undefined, text: string): IgnoredKey[] {
  if (file === undefined) return [];
  const log = loaded.log.map((line) => ("plain" in line ? line.plain : line.text)).join("\n");
  const fields = [...log.matchAll(/unknown field \\?"([^"\\]+)\\?"/g)].map((match) => match[1] ?? "");
  const lines = text.split("\n");
  return fields.map((field) => {
    const name = field.slice(field.lastIndexOf(".") + 1);
    const inner = field.includes(".");
    const at = lines.findIndex((line) => line.trimStart().startsWith(`${name}:`) && (inner || !/^\s/.test(line)));
    return { field, file, ...(at < 0 ? {} : { line: at + 1 }) };
  });
}

function originOf(source: Source | undefined, words: readonly PlacedWord[]): Origin {
  if (source === undefined) return { kind: "default", mode: "file" };
  switch (source.kind) {
    case "default":
      return { kind: "default", mode: source.mode };
    case "flag": {
      const placed = words.find(({ text }) => text === source.word) ?? words[source.index + 1];
      return {
        kind: "flag",
        word: source.word,
        ...(placed === undefined ? {} : { file: placed.file, line: placed.line }),
      };
    }
    default:
      return { kind: source.kind, file: source.file, ...(source.line === undefined ? {} : { line: source.line }) };
  }
}

function settingIn(
  effective: Effective | undefined,
  field: string,
  words: readonly PlacedWord[],
): SettingView | undefined {
  if (effective === undefined) return undefined;
  return { value: effective.values[field], origin: originOf(effective.sources[field], words) };
}

/** What would hold if no flag said anything about the field: the value that the flags hide. */
function hiddenBelow(
  sys: Sys,
  profile: Profile,
  argv: readonly string[],
  index: number,
  field: string,
): SettingView["hidden"] {
  const without = argv.filter((_, at) => at !== index);
  const loaded = loadKubelet(profile, without, hostFacts(sys));
  if (loaded.kind !== "ok") return undefined;
  const next = loaded.effective.sources[field];
  if (next?.kind === "flag") return hiddenBelow(sys, profile, without, next.index, field);
  const below = settingIn(loaded.effective, field, []);
  return below === undefined || below.origin.kind === "default" ? undefined : below;
}

const configOf = (words: readonly string[]): string | undefined => {
  const at = words.findLastIndex((word) => /^--?config(=|$)/.test(word));
  const word = words[at];
  return word?.includes("=") ? word.slice(word.indexOf("=") + 1) : at < 0 ? undefined : words[at + 1];
};

/** Version of the kubelet behind a path, as its program is named. */
function profileAt(path: string, kernel: Kernel): Profile {
  const found = resolveExecutable(kernel, path, [path], "/", { uid: 0, gid: 0, groups: [0] });
  return profileOf(!isErrno(found) && /1\.20/.test(found.program) ? "1.20.2" : "1.36.2");
}

/** What the next start would use; undefined where the unit has no command. */
function viewSaved(sys: Sys, kernel: Kernel, command: CommandLine): CaptainView {
  const [program, ...rest] = command.words;
  const argv = rest.map((word) => word.text);
  const profile = profileAt(program?.text ?? "", kernel);
  const loaded = loadKubelet(profile, argv, hostFacts(sys));
  const effective = loaded.kind === "ok" ? loaded.effective : undefined;
  const configFile = configOf(argv);
  const bytes = configFile === undefined ? undefined : sys.readFile(configFile);
  const text = bytes === undefined || isErrno(bytes) ? "" : decode(bytes);
  const hidden = new Map<number, Map<string, SettingView["hidden"]>>();
  const hiddenOf = (index: number, field: string): SettingView["hidden"] => {
    const known = hidden.get(index) ?? new Map<string, SettingView["hidden"]>();
    hidden.set(index, known);
    if (!known.has(field)) known.set(field, hiddenBelow(sys, profile, argv, index, field));
    return known.get(field);
  };
  return {
    argv: command.words.map((word) => word.text),
    mode: effective?.mode,
    configFile,
    failure: loaded.kind === "fail" ? loaded.error : undefined,
    ignored: readIgnored(loaded, configFile, text),
    fields: Object.keys(effective?.values ?? {}),
    setting(field) {
      const view = settingIn(effective, field, command.words);
      const source = effective?.sources[field];
      if (view === undefined || source?.kind !== "flag") return view;
      const below = hiddenOf(source.index, field);
      return below === undefined ? view : { ...view, hidden: below };
    },
  };
}

const isKubelet = (process: Process): boolean =>
  process.program.startsWith("kubelet") && process.state === "running" && process.service;

/** The kubelet that runs on a machine. */
export function kubeletProcess(kernel: Kernel): Process | undefined {
  return [...kernel.state.processes.values()].find(isKubelet);
}

/** The memory of the kubelet that runs on a machine; undefined where none does. */
export function runningKubelet(kernel: Kernel): KubeletState | undefined {
  const process = kubeletProcess(kernel);
  const state = process?.kept as unknown as KubeletState | undefined;
  return state?.effective === undefined ? undefined : state;
}

/** What a kube-apiserver that runs there remembers of people's requests. */
export function harbourRequests(kernel: Kernel): readonly Trace[] {
  for (const { program, state, kept } of kernel.state.processes.values())
    if (program === "kube-apiserver" && state === "running" && kept !== undefined)
      return ((kept as unknown as ServerState).gates["requests"] ?? []) as unknown as readonly Trace[];
  return [];
}

/** The machine whose kubelet a lesson is about: the first with the unit that is not the control plane. */
export function captainOf(fleet: Fleet): string | undefined {
  const hasUnit = (kernel: Kernel): boolean =>
    (kernel.process(1)?.kept as unknown as ManagerState | undefined)?.units?.[UNIT] !== undefined;
  const names = fleet.machines.filter(hasUnit).map((kernel) => kernel.state.name);
  return names.find((name) => name !== "controlplane") ?? names[0];
}

/** What the live process uses; undefined where none runs. */
function viewRunning(kernel: Kernel, words: readonly PlacedWord[]): CaptainView | undefined {
  const state = runningKubelet(kernel);
  if (state === undefined) return undefined;
  return {
    argv: state.argv,
    mode: state.effective.mode,
    configFile: configOf(state.argv),
    failure: undefined,
    ignored: [],
    fields: Object.keys(state.effective.values),
    setting: (field) => settingIn(state.effective, field, words),
  };
}

function viewUnit(sys: Sys, kernel: Kernel, command: CommandLine | undefined): UnitView | undefined {
  const manager = kernel.process(1)?.kept as unknown as ManagerState | undefined;
  const unit = manager?.units?.[UNIT];
  if (unit === undefined) return undefined;
  return {
    active: activeState(unit),
    sub: unit.sub,
    restarts: unit.restarts,
    needReload: needsReload(viewOf(sys), unit.definition),
    complaints: command?.complaints ?? [],
  };
}

export interface Captain {
  readonly saved: CaptainView | undefined;
  readonly running: CaptainView | undefined;
  readonly unit: UnitView | undefined;
}

/** Both layers of the kubelet on a machine, and its unit. */
export function viewCaptain(fleet: Fleet, machine: string): Captain {
  const kernel = fleet.machine(machine);
  const sys = kernel.sys(1);
  const { machineId, bootId, release, architecture } = sys.machine;
  const facts = { hostname: sys.hostname, machineId, bootId, kernel: release, architecture };
  const command = readCommandLine(viewOf(sys), UNIT, facts);
  return {
    saved: command === undefined ? undefined : viewSaved(sys, kernel, command),
    running: viewRunning(kernel, command?.words ?? []),
    unit: viewUnit(sys, kernel, command),
  };
}
