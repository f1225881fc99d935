// Every message between a page and the machine's worker, in two unions. Only plain data crosses.

import type { GradeReport, Grading } from "./grader/check.ts";
import type { ShipFacts } from "./grader/facts.ts";
import type { FileType } from "./kernel/sys.ts";
import type { Trace } from "./lib/trace.ts";
import type { Scene, Setup } from "./scene.ts";

/** The points of a time line as they are kept: the start whole, each other point as a change (`host/delta.ts`) from an older one; both packed. */
export interface SavedTimeline {
  readonly entries: readonly TimelineEntry[];
  readonly current: number;
  readonly start: string;
  readonly points: readonly { readonly entry: number; readonly from: number; readonly delta: string }[];
}

/** A laboratory as it is kept on the reader's device. `format` tells whether this build can read it. */
export interface SavedLab {
  readonly format: number;
  /** Which lesson or drill it belongs to. */
  readonly lab: string;
  /** The fleet as it is now, as a packed change from the start of the time line. */
  readonly fleet: string;
  readonly timeline: SavedTimeline;
}

/** The way a shared fleet took: its time line from a start that is shared like any fleet. */
export interface SharedWay {
  /** The fleet as it is now, as a packed change from the start. */
  readonly fleet: string;
  readonly timeline: Omit<SavedTimeline, "start">;
}

/** The format that this build writes and reads. */
export const SAVED_FORMAT = 3;

/** A fleet at one moment, told by what changed since its scene was booted at build time: for links, codes and files. */
export interface SharedFleet {
  /** Fingerprint of the booted scene that the change belongs to. */
  readonly base: string;
  /** Packed change. */
  readonly change: string;
}

/** Both packed parts of a scene booted at build time. */
export interface PrebuiltScene {
  readonly first: string;
  readonly rest: string;
}

/** What the machine is to become. */
export interface Boot {
  /** Id of the lesson or drill, kept with what is saved. */
  readonly lab: string;
  readonly scene: Scene;
  /** Done to the scene before anybody sits down, as part of its start; not to a laboratory that is taken up again, nor to a shared one. */
  readonly setup?: Setup;
  readonly grading?: Grading;
  /** A laboratory to take up again. One that cannot be read is answered with a fault of kind "saved", and the scene is booted. */
  readonly saved?: unknown;
  /** First part of the scene as it was booted at build time; the second follows in a message `rest`. */
  readonly prebuilt?: string;
  /**
   * A fleet somebody shared: the scene as it was booted, and what changed since; with a way, `fleet` is the start of it.
   * Unreadable ones are answered with a fault of kind "shared".
   */
  readonly shared?: PrebuiltScene & { readonly fleet: SharedFleet; readonly way?: SharedWay };
  /** Output waits until what was sent before it is said to be `shown`, so that a flood neither piles up nor outruns Ctrl-C. */
  readonly paced?: boolean;
  /** Columns and rows of new terminals. */
  readonly size: { readonly columns: number; readonly rows: number };
}

/** Messages to the machine. Those with an `id` are answered by a message with the same `id`. */
export type ToMachine =
  | { readonly type: "boot"; readonly boot: Boot }
  /** The second part of a prebuilt scene. Keys typed before it arrives wait. */
  | { readonly type: "rest"; readonly text: string }
  | { readonly type: "input"; readonly terminal: string; readonly data: string }
  /** So many bytes of output have been drawn; sent where the boot asked for pace. */
  | { readonly type: "shown"; readonly terminal: string; readonly bytes: number }
  | { readonly type: "resize"; readonly terminal: string; readonly columns: number; readonly rows: number }
  | { readonly type: "open-terminal"; readonly id: number; readonly machine: string; readonly user: string }
  | { readonly type: "close-terminal"; readonly terminal: string }
  | { readonly type: "list-dir"; readonly id: number; readonly machine: string; readonly path: string }
  | { readonly type: "read-file"; readonly id: number; readonly machine: string; readonly path: string }
  | {
      readonly type: "write-file";
      readonly id: number;
      readonly machine: string;
      readonly path: string;
      readonly content: string;
    }
  /** A file as it was when the captain of that machine was last started: what is *running*. */
  | { readonly type: "read-running"; readonly id: number; readonly machine: string; readonly path: string }
  /** Asks for the fleet as it is, or as it was at a point of the time line. */
  | { readonly type: "share"; readonly id: number; readonly base: PrebuiltScene; readonly entry?: number }
  /** Asks for the start of the time line and the way from there, with so many points at most. */
  | { readonly type: "share-way"; readonly id: number; readonly base: PrebuiltScene; readonly most: number }
  /** Files an editor has open: a change on disk is told by `file-changed`. */
  | { readonly type: "watch-files"; readonly files: readonly { readonly machine: string; readonly path: string }[] }
  /** Asks for verdicts; on a fork that has lived so many milliseconds more, where services are to have time to come up or to fail. */
  | { readonly type: "grade"; readonly id: number; readonly settle?: number }
  | { readonly type: "undo" }
  | { readonly type: "redo" }
  | { readonly type: "go-to"; readonly entry: number }
  /** Goes to a point, and shows what its command printed. */
  | { readonly type: "replay"; readonly entry: number }
  /** Back to a point (the start unless told) by a new point, so that going back can itself be undone. */
  | { readonly type: "reset"; readonly to?: number }
  /** Asks what differs between two points; without a number, the fleet as it is now. */
  | { readonly type: "compare"; readonly id: number; readonly from?: number; readonly to?: number }
  | { readonly type: "save"; readonly id: number }
  | { readonly type: "requests"; readonly id: number }
  /** Lets virtual time pass (tests and *wait* buttons). */
  | { readonly type: "advance"; readonly ms: number }
  /** A page in the background: the clock stands still. */
  | { readonly type: "pause"; readonly paused: boolean };

/** One point of the time line: the state after a command or a save. */
export interface TimelineEntry {
  readonly entry: number;
  /** Virtual time, ms since the epoch. */
  readonly at: number;
  readonly kind: "start" | "command" | "save" | "reset";
  readonly machine: string;
  /** The command line, or the path that was saved. */
  readonly label: string;
  /** For a reset: the point whose state it brought back. */
  readonly to?: number;
  /** The entry it grew from; branches are entries with the same parent. */
  readonly parent: number | undefined;
  /** Its state is no longer kept: it can be read and not gone to. Told, never saved. */
  readonly gone?: boolean;
}

/** A file at one point. `text` is absent where it is no text, or a long one. */
export interface FileFacts {
  readonly type: FileType;
  /** Octal. */
  readonly mode: string;
  readonly owner: string;
  readonly size: number;
  readonly text?: string;
}

/** A file that differs between two points; absent where it does not exist. */
export interface FileChange {
  readonly machine: string;
  readonly path: string;
  readonly before?: FileFacts;
  readonly after?: FileFacts;
}

/** A kubelet's setting that differs: value and where it comes from, each in words; absent where nothing can be said. */
export interface SettingChange {
  readonly machine: string;
  readonly field: string;
  /** What the next start would use, or what the live process uses. */
  readonly layer: "saved" | "running";
  readonly before?: { readonly value: string; readonly from: string };
  readonly after?: { readonly value: string; readonly from: string };
}

/** A kubelet at one point. */
export interface CaptainFacts {
  /** When the running one was started; absent where none runs. */
  readonly since?: number;
  /** Why the next start would fail. */
  readonly failure?: string;
}

/** What callers get, and whether the checks are met, at one point. */
export interface Behaviour {
  readonly report: GradeReport;
  readonly facts: ShipFacts;
}

/** What differs between two points of the time line. */
export interface Comparison {
  /** Files people work on, by machine and path. */
  readonly files: readonly FileChange[];
  /** How many files differ that the machine keeps for itself: logs, databases, state of services. */
  readonly own: number;
  readonly settings: readonly SettingChange[];
  readonly captains: readonly {
    readonly machine: string;
    readonly before: CaptainFacts;
    readonly after: CaptainFacts;
  }[];
  /** Both whole: what is the same is an answer, too. */
  readonly before: Behaviour;
  readonly after: Behaviour;
}

export interface OpenTerminal {
  readonly terminal: string;
  readonly machine: string;
  readonly user: string;
}

export interface MachineInfo {
  readonly name: string;
  readonly address: string;
}

export interface DirItem {
  readonly name: string;
  readonly type: "file" | "directory" | "symlink" | "other";
}

/** A request that reached a server of the fleet, with the decisions that led to its answer. */
export interface SeenRequest {
  readonly machine: string;
  readonly trace: Trace;
}

/** What went wrong on our side, and what it means for the learner. */
export type FaultKind = "crash" | "saved" | "scene" | "shared";

/** Messages from the machine. */
export type FromMachine =
  | {
      readonly type: "ready";
      readonly lab: string;
      readonly machines: readonly MachineInfo[];
      readonly terminals: readonly OpenTerminal[];
      /** True where a saved laboratory was taken up. */
      readonly resumed: boolean;
    }
  | { readonly type: "output"; readonly terminal: string; readonly data: Uint8Array }
  /** The terminal's program waits for input, or it is at its prompt. */
  | {
      readonly type: "idle";
      readonly prompts: readonly string[];
      /** Exit status of the last command, by terminal. */
      readonly statuses: Readonly<Record<string, number>>;
    }
  | {
      readonly type: "terminal-opened";
      readonly id: number;
      readonly terminal: OpenTerminal | undefined;
      readonly error?: string;
    }
  | { readonly type: "terminal-closed"; readonly terminal: string }
  | { readonly type: "dir"; readonly id: number; readonly items: readonly DirItem[]; readonly error?: string }
  | { readonly type: "file"; readonly id: number; readonly content: string; readonly error?: string }
  | { readonly type: "written"; readonly id: number; readonly error?: string }
  | {
      readonly type: "file-changed";
      readonly machine: string;
      readonly path: string;
      readonly content: string | undefined;
    }
  | { readonly type: "report"; readonly id?: number; readonly report: GradeReport; readonly facts: ShipFacts }
  | { readonly type: "requests"; readonly id: number; readonly requests: readonly SeenRequest[] }
  | {
      readonly type: "timeline";
      readonly entries: readonly TimelineEntry[];
      readonly current: number;
      readonly canUndo: boolean;
      readonly canRedo: boolean;
    }
  /** The machine was moved to another point: terminals were cleared, open files may differ. `front` is the terminal whose command led there, where that was asked for. */
  | {
      readonly type: "moved";
      readonly entry: number;
      readonly terminals: readonly OpenTerminal[];
      readonly front?: string;
    }
  | { readonly type: "saved"; readonly id: number; readonly lab: SavedLab }
  /** Without a fleet where the point is no longer known. */
  | { readonly type: "shared"; readonly id: number; readonly fleet: SharedFleet | undefined }
  | { readonly type: "shared-way"; readonly id: number; readonly start: SharedFleet; readonly way: SharedWay }
  /** Without a comparison where one of the points is no longer known. */
  | { readonly type: "compared"; readonly id: number; readonly comparison: Comparison | undefined }
  /** Code that did not come is waited for: the whole machine stands, or only verdicts do; undefined once all of it is there. It is asked for again and again. */
  | { readonly type: "waits"; readonly what: "machine" | "verdicts" | undefined; readonly why: string }
  | { readonly type: "fault"; readonly kind: FaultKind; readonly text: string };
