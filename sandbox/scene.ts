// A scene: the fleet as a lesson or a drill finds it. Data only; `images/index.ts` turns it into a fleet.

/**
 * Start disks: kubeadm's worker, the node of old course notes, the harbour, the pirate's boat; and machines on their way to become a node:
 * with the packages installed and not joined, or with no more than containerd; the depot that serves their binaries over HTTP; and the
 * quay, a plain machine from which people go to the others by ssh.
 */
export type ImageName =
  | "worker"
  | "hand-installed"
  | "controlplane"
  | "outsider"
  | "unjoined"
  | "bare"
  | "depot"
  | "quay";

/** A file laid over the image. */
export interface SceneFile {
  readonly content: string;
  /** Permission bits; those of the replaced file, else 0644. */
  readonly mode?: number;
  /** User and group by name; root unless told. */
  readonly owner?: string;
  readonly group?: string;
}

export interface SceneMachine {
  readonly name: string;
  readonly image: ImageName;
  /** Address on the fleet's network; the usual one of the name unless told. */
  readonly address?: string;
  /** Kubernetes version of its kubelet: the image's own unless told. */
  readonly version?: "1.36.2" | "1.20.2";
  /** By absolute path. */
  readonly files?: Readonly<Record<string, SceneFile | string>>;
  /** Changes to the image's own files: each pair replaces the first place where its text stands, which must be there. */
  readonly edits?: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>>;
  readonly remove?: readonly string[];
  /** When the client certificate of its kubelet ends, ISO 8601; a year after the cluster's birth unless told. */
  readonly clientCertificateUntil?: string;
  /** Permission bits, user and group of files and folders that are there, by absolute path; links are followed. */
  readonly modes?: Readonly<Record<string, Pick<SceneFile, "mode" | "owner" | "group">>>;
  /** Units that do not start at boot. */
  readonly disabled?: readonly string[];
}

/** A terminal that is open at the start. */
export interface SceneTerminal {
  readonly machine: string;
  readonly user: string;
}

export interface Scene {
  /** Seed of everything random in it: keys, ids, ports. */
  readonly seed: string;
  /** Virtual time at boot, ISO 8601; 2026-11-21T14:00:00Z unless told. */
  readonly clock?: string;
  readonly machines: readonly SceneMachine[];
  readonly terminals?: readonly SceneTerminal[];
  /** Manifests that the API server holds from the start, besides what kubeadm made. */
  readonly objects?: readonly SceneObject[];
}

/** A Kubernetes object as its manifest. */
export interface SceneObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

/** One thing that somebody did to the machines before the learner came: a command line, run by bash as root; a file laid down; or time that passes. */
export type SetupStep =
  | { readonly on: string; readonly run: string }
  | ({ readonly on: string; readonly path: string } & SceneFile)
  | { readonly wait: number };

/** What is done to a scene that is up, in order and in virtual time, before anybody sits down at it. Waits are in seconds. */
export type Setup = readonly SetupStep[];
