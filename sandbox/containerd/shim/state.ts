// What a shim keeps: its processes, their logs, and who is connected to them.

/** One end of a pipe from a container's process to its log. */
export interface LogStream {
  readonly log: string;
  readonly name: "stdout" | "stderr";
  /** Whose output it is: those who attached get it too. */
  readonly container?: string;
  partial: string;
}

/** The writing end of a container's standard input, or its terminal's master. */
export interface Input {
  readonly fd: number;
  readonly tty: boolean;
  /** It ends with the first who attached. */
  readonly once: boolean;
}

/** Somebody at the input and output of a container's own process. */
export interface Attached {
  readonly container: string;
  pending: Uint8Array;
}

/** A command with somebody at the other end of a connection. */
export interface Session {
  readonly fd: number;
  readonly pid: number;
  /** Writing end of its stdin, or the terminal's master; -1 when closed. */
  input: number;
  readonly tty: boolean;
  /** Descriptors whose data goes out, with their channel. */
  outputs: Record<number, number>;
  pending: Uint8Array;
  exit: number | undefined;
}

export interface State {
  /** Container of each process that it started for good. */
  readonly tasks: Map<number, string>;
  /** How processes of ExecSync ended, until they are asked for. */
  readonly exits: Map<number, number>;
  readonly logs: Map<number, LogStream>;
  readonly sessions: Map<number, Session>;
  /** By container. */
  inputs?: Map<string, Input>;
  /** By connection. */
  attached?: Map<number, Attached>;
  /** The pod is gone; the shim follows. */
  done: boolean;
}
