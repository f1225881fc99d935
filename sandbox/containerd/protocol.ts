// What is said over /run/containerd/containerd.sock: one JSON object a line, one answer for each. fidelity: the real CRI is gRPC.

export const CONTAINERD_SOCKET = "/run/containerd/containerd.sock";

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
}

export type RuntimeRequest =
  | { readonly method: "Version" }
  | {
      readonly method: "RunPodSandbox";
      readonly name: string;
      readonly namespace: string;
      readonly uid: string;
      readonly hostNetwork: boolean;
    }
  | { readonly method: "StopPodSandbox"; readonly sandbox: string }
  | {
      readonly method: "RunContainer";
      readonly sandbox: string;
      readonly container: ContainerSpec;
      readonly logPath: string;
    }
  | { readonly method: "ListContainers" }
  | { readonly method: "ExecSync"; readonly container: string; readonly command: readonly string[] };

export interface RuntimeContainer {
  readonly id: string;
  readonly sandbox: string;
  readonly name: string;
  readonly pod: string;
  readonly namespace: string;
  readonly uid: string;
  readonly ip: string;
  readonly image: string;
  /** What every process of the container finds in its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly pid: number;
  readonly startedAt: number;
  readonly running: boolean;
  readonly exitCode: number;
}

export type RuntimeReply =
  | { readonly error: string }
  | { readonly runtime: string; readonly version: string }
  | { readonly sandbox: string; readonly ip: string; readonly pid: number }
  | { readonly container: RuntimeContainer }
  | { readonly containers: readonly RuntimeContainer[] }
  | { readonly stdout: string; readonly stderr: string; readonly exitCode: number }
  | { readonly stopped: true };
