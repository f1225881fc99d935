// What is said over a container runtime's socket: one JSON object a line, one answer for each. fidelity: the real CRI is gRPC.

export const CONTAINERD_SOCKET = "/run/containerd/containerd.sock";

/** A folder or file of the node (or of the kubelet's volumes) at a place inside the container. */
export interface Mount {
  readonly containerPath: string;
  readonly hostPath: string;
  readonly readOnly?: boolean;
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly workingDir?: string;
  readonly mounts?: readonly Mount[];
  readonly runAsUser?: number;
  readonly privileged?: boolean;
  readonly tty?: boolean;
  /** Its standard input stays open for those who attach; with `stdinOnce` until the first of them has gone. */
  readonly stdin?: boolean;
  readonly stdinOnce?: boolean;
}

export type RuntimeRequest =
  | { readonly method: "Version" }
  | {
      readonly method: "RunPodSandbox";
      readonly name: string;
      readonly namespace: string;
      readonly uid: string;
      readonly hostNetwork: boolean;
      readonly hostPid?: boolean;
      readonly attempt?: number;
      readonly labels?: Readonly<Record<string, string>>;
    }
  /** Ends what still runs in the pod, and its network. */
  | { readonly method: "StopPodSandbox"; readonly sandbox: string }
  | { readonly method: "RemovePodSandbox"; readonly sandbox: string }
  | { readonly method: "ListPodSandbox" }
  /** CreateContainer and StartContainer in one. */
  | {
      readonly method: "RunContainer";
      readonly sandbox: string;
      readonly container: ContainerSpec;
      readonly logPath: string;
      readonly attempt?: number;
    }
  /** SIGTERM, and SIGKILL after so many seconds; the answer comes when the process has ended. */
  | { readonly method: "StopContainer"; readonly container: string; readonly timeout: number }
  | { readonly method: "RemoveContainer"; readonly container: string }
  /** With `running` only the ids of those that run: what is compared every other second. */
  | { readonly method: "ListContainers"; readonly running?: true }
  /** A shim tells how a container's process ended. */
  | { readonly method: "TaskExit"; readonly container: string; readonly exitCode: number }
  | { readonly method: "ExecSync"; readonly container: string; readonly command: readonly string[] }
  /** After the answer `{ streaming: true }` the connection carries frames; see `EXEC_FRAME`. */
  | {
      readonly method: "Exec";
      readonly container: string;
      readonly command: readonly string[];
      readonly stdin: boolean;
      readonly tty: boolean;
    }
  /** The container's own process: frames as those of Exec, its output from now on. */
  | { readonly method: "Attach"; readonly container: string }
  | { readonly method: "ListImages" }
  | { readonly method: "PullImage"; readonly image: string }
  /** By name or id; `{ images: [] }` where it is not there. */
  | { readonly method: "ImageStatus"; readonly image: string }
  | { readonly method: "RemoveImage"; readonly image: string };

/**
 * Frames of a streaming exec: one byte of channel, four bytes of length (big endian), payload.
 * 0 stdin (an empty frame is its end), 1 stdout, 2 stderr, 3 the exit status as decimal text, 4 window size as `{"Width":80,"Height":24}`.
 */
export const EXEC_FRAME = 5;

/** One frame. */
export function execFrame(channel: number, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(EXEC_FRAME + payload.length);
  new DataView(frame.buffer).setUint32(1, payload.length);
  frame[0] = channel;
  frame.set(payload, EXEC_FRAME);
  return frame;
}

/** The whole frames at the start of what arrived, and what is left of it. */
export function readFrames(bytes: Uint8Array): {
  frames: { readonly channel: number; readonly payload: Uint8Array }[];
  rest: Uint8Array;
} {
  const frames: { readonly channel: number; readonly payload: Uint8Array }[] = [];
  let at = 0;
  while (bytes.length - at >= EXEC_FRAME) {
    const size = new DataView(bytes.buffer, bytes.byteOffset + at + 1, 4).getUint32(0);
    if (bytes.length - at - EXEC_FRAME < size) break;
    frames.push({ channel: bytes[at] as number, payload: bytes.slice(at + EXEC_FRAME, at + EXEC_FRAME + size) });
    at += EXEC_FRAME + size;
  }
  return { frames, rest: bytes.slice(at) };
}

export interface RuntimeSandbox {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly ip: string;
  readonly hostNetwork: boolean;
  readonly pid: number;
  readonly createdAt?: number;
  readonly running?: boolean;
  readonly attempt?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface RuntimeContainer {
  readonly id: string;
  readonly sandbox: string;
  readonly name: string;
  readonly pod: string;
  readonly namespace: string;
  readonly uid: string;
  readonly ip: string;
  readonly image: string;
  /** Digest of the image's configuration, sha256:… */
  readonly imageId?: string;
  /** How the image is told of to people: its repository with the digest it has there. */
  readonly imageRef?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly mounts?: readonly Mount[];
  readonly createdAt?: number;
  /** Why it never ran: StartError, with the text of the refusal. */
  readonly reason?: string;
  readonly message?: string;
  /** What every process of the container finds in its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly pid: number;
  readonly startedAt: number;
  readonly running: boolean;
  readonly exitCode: number;
  readonly finishedAt?: number;
  /** Which start of this container of its pod it is, from 0. */
  readonly attempt?: number;
  readonly logPath?: string;
}

export interface RuntimeImage {
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
  readonly size: number;
}

export type RuntimeReply =
  | { readonly error: string }
  | { readonly runtime: string; readonly version: string }
  | { readonly sandbox: string; readonly ip: string; readonly pid: number }
  | { readonly sandboxes: readonly RuntimeSandbox[] }
  | { readonly container: RuntimeContainer }
  | { readonly containers: readonly RuntimeContainer[] }
  | { readonly running: readonly string[] }
  | { readonly images: readonly RuntimeImage[] }
  | { readonly image: string }
  | { readonly stdout: string; readonly stderr: string; readonly exitCode: number }
  | { readonly streaming: true }
  | { readonly stopped: true };
