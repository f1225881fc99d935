// What a check is, as data: a question to a machine, what its answer should be, and what to say when it is not. No logic here.

/** Where a setting can be behind: in the files, in the live process, or in what callers get. */
export type Layer = "saved" | "running" | "behaving";

export type VerdictWord = "pass" | "not-yet" | "unknown";

/** Who asks. Certificates and tokens are files of the machine that asks. */
export type Identity =
  | { readonly kind: "none" }
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "certificate"; readonly cert: string; readonly key: string }
  /** The user of a kubeconfig. */
  | { readonly kind: "kubeconfig"; readonly file: string }
  /** A ServiceAccount, with a token made for this one question; only from the controlplane, whose administrator asks for it. */
  | { readonly kind: "service-account"; readonly namespace: string; readonly name: string };

/** A request over the network, from one machine to another. Server certificates are not verified unless `cacert` names a file. */
export interface HttpProbe {
  readonly kind: "http";
  readonly from: string;
  readonly url: string;
  readonly method?: "GET" | "POST";
  readonly as?: Identity;
  readonly cacert?: string;
  /** Asks for another protocol, as exec does; 101 is the answer of a server that grants it. */
  readonly upgrade?: boolean | "websocket";
  /** JSON to send along with a POST. */
  readonly body?: string;
}

/** A command line, run by bash as root with nothing on its input. */
export interface CommandProbe {
  readonly kind: "command";
  readonly on: string;
  readonly run: string;
}

/** Mode, owner and content of a file. */
export interface FileProbe {
  readonly kind: "file";
  readonly on: string;
  readonly path: string;
}

/** The oldest process of a name and its command line. */
export interface ProcessProbe {
  readonly kind: "process";
  readonly on: string;
  readonly name: string;
}

/** Who listens on a TCP port, and on which address. */
export interface PortProbe {
  readonly kind: "port";
  readonly on: string;
  readonly port: number;
}

/** State of a systemd unit as `systemctl show` tells it. */
export interface UnitProbe {
  readonly kind: "unit";
  readonly on: string;
  readonly unit: string;
}

/** Messages of a unit since it was last started. */
export interface JournalProbe {
  readonly kind: "journal";
  readonly on: string;
  readonly unit: string;
}

/** Condition Ready of a Node object, and what it keeps back from pods, as the API server has it. */
export interface NodeProbe {
  readonly kind: "node";
  readonly name: string;
}

export type Probe =
  | HttpProbe
  | CommandProbe
  | FileProbe
  | ProcessProbe
  | PortProbe
  | UnitProbe
  | JournalProbe
  | NodeProbe;

/** What a probe brought back: named facts. A fact that could not be had is missing. */
export type Observation = Readonly<Record<string, string | number | boolean>>;

/**
 * Facts by probe. http: `status`, `body`, `error` (refused, timeout, tls, closed, unreachable, account: there is none of that name) · command: `exit`, `stdout`, `stderr` ·
 * file: `exists`, `mode` (octal text), `owner`, `group`, `content` · process: `running`, `args` · port: `open`, `address`, `owner` ·
 * unit: `active`, `sub`, `restarts`, `needReload` · journal: `text` · node: `ready` (True, False, Unknown), `exists`,
 * `keptMemory` (Mi) and `keptCpu` (thousandths): capacity without what is allocatable.
 */
export type Operator =
  | { readonly is: string | number | boolean }
  | { readonly not: string | number | boolean }
  | { readonly oneOf: readonly (string | number)[] }
  | { readonly has: string }
  | { readonly hasAll: readonly string[] }
  /** A whole line. */
  | { readonly hasLine: string }
  | { readonly lacks: string }
  | { readonly atLeast: number }
  | { readonly atMost: number }
  /** Octal mode that grants nothing beyond this one. */
  | { readonly modeWithin: string };

/** All of the named facts must hold. */
export type Expectation = Readonly<Record<string, Operator>>;

/** A kubelet setting behind the check, by its path in KubeletConfiguration: used to say which layer lags, never to decide. */
export interface SettingWanted {
  readonly on: string;
  readonly field: string;
  readonly value: string | number | boolean;
}

/** What to say for one way to fail. `{fact}` stands for what was seen. */
export interface Failure {
  readonly when: Expectation;
  readonly say: string;
}

/** Three stages, each shown on request only. */
export interface Hints {
  readonly nudge: string;
  readonly pointer: string;
  /** What to do, and the commands that do it. */
  readonly solution: { readonly text: string; readonly commands: readonly string[] };
}

export interface Check {
  readonly id: string;
  /** The step of the lesson it belongs to, by its id in the prose. */
  readonly step: string;
  /** The order as the learner reads it: one sentence. */
  readonly goal: string;
  readonly probe: Probe;
  readonly expect: Expectation;
  /** Asked on a fork where this was done first: `restart` re-reads the units and restarts the kubelet. */
  readonly after?: "restart";
  /** Ways to fail with words of their own; the first that holds is used. Without one the operator's own sentence is. */
  readonly failures?: readonly Failure[];
  readonly setting?: SettingWanted;
  /** Sentence for a pass. */
  readonly passed: string;
  readonly hints: Hints;
}

/** One row of the boarding party's or the pilot's list. */
export interface Call {
  readonly id: string;
  /** What is tried, in a few words: "list pods without credentials". */
  readonly what: string;
  readonly probe: HttpProbe | NodeProbe;
}

/** What a lesson grades with. */
export interface Grading {
  /** The machine whose kubelet is looked at for layers and misconceptions; the first that is not the control plane unless told. */
  readonly captain?: string;
  readonly checks: readonly Check[];
  /** What an attacker tries after each change. */
  readonly boarding: readonly Call[];
  /** What the ship's friends try after each change. */
  readonly pilot: readonly Call[];
}

/** One layer as the orders show it. */
export interface LayerFinding {
  readonly layer: Layer;
  /** Whether this layer is as wanted; undefined where it could not be told. */
  readonly good: boolean | undefined;
  /** What is there, and from which file and line, flag or default. */
  readonly seen: string;
}

export interface Verdict {
  readonly id: string;
  readonly verdict: VerdictWord;
  /** The layer that lags; null where the check passes or nothing can be said. */
  readonly layer: Layer | null;
  readonly seen: string;
  readonly wanted: string;
  readonly message: string;
  /** The three layers, where a setting stands behind the check. */
  readonly layers: readonly LayerFinding[];
  /** Ids of the catalogue, most telling first. */
  readonly misconceptions: readonly string[];
}

/** What a caller got: shown side by side before and after a change. */
export interface CallResult {
  readonly id: string;
  readonly what: string;
  /** In words: "200, 2 pods", "401 Unauthorized", "connection refused". */
  readonly got: string;
  /** Whether the caller got what it came for. */
  readonly served: boolean;
}

/** A misconception as the learner reads it. */
export interface RecognisedMisconception {
  readonly id: string;
  readonly title: string;
  readonly explanation: string;
}

export interface GradeReport {
  readonly verdicts: readonly Verdict[];
  /** Those recognised now, most telling first. */
  readonly misconceptions: readonly RecognisedMisconception[];
  readonly boarding: readonly CallResult[];
  readonly pilot: readonly CallResult[];
}
