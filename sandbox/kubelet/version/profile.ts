// The two kubelets as data: what differs between 1.36.2 and 1.20.2 beyond fields, flags and gates, which carry their own versions.

export interface Profile {
  /** Name in the exec table. */
  readonly program: string;
  /** As `kubelet --version` prints it. */
  readonly version: string;
  /** Minor version of Kubernetes 1.x. */
  readonly minor: number;
  /** Exit status of a failed start. */
  readonly failStatus: number;
  /** Klog wrote free text before structured logging. */
  readonly structured: boolean;
  /** Where the decoders' scheme was made; it shows in "no kind … is registered". */
  readonly scheme: string;
  /** Redirect for a missing slash. */
  readonly slashRedirect: 301 | 307;
  /** Nodes have subresources of their own for pods, healthz and configz. */
  readonly fineGrained: boolean;
}

export const kubelet136: Profile = Object.freeze({
  program: "kubelet",
  version: "v1.36.2",
  minor: 36,
  failStatus: 1,
  structured: true,
  scheme: "pkg/kubelet/apis/config/scheme/scheme.go:33",
  slashRedirect: 307,
  fineGrained: true,
});

export const kubelet120: Profile = Object.freeze({
  program: "kubelet-1.20",
  version: "v1.20.2",
  minor: 20,
  failStatus: 255,
  structured: false,
  scheme: "pkg/kubelet/apis/config/scheme/scheme.go:32",
  slashRedirect: 301,
  fineGrained: false,
});

/** The profile for a version such as 1.36, 1.36.2 or v1.20.2. */
export function profileOf(version: string): Profile {
  return /^v?1\.20(\.|$)/.test(version) ? kubelet120 : kubelet136;
}
