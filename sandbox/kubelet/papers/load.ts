// The kubelet's papers: self-signed pairs and certificates that the API server signs. Loaded when the first one is needed.

import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { makeFolders, readText } from "../files.ts";
import type { KubeletState } from "../state.ts";

/** PEM of a certificate (with its chain) and of its key. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

export const PAPERS_PROGRAM = "kubelet-papers";

export interface PapersProgram extends Program {
  readonly papers: {
    createSelfSigned(sys: Sys, hostname: string): Pair;
    /** Goes on with the certificate of a purpose: asks, waits, takes what was signed, or waits for its time. */
    tend(sys: Sys, state: KubeletState, purpose: Purpose): Task;
  };
}

/** What the kubelet has certificates for: to ask the API server, and to serve. */
export type Purpose = "client" | "server";

export function* loadPapers(sys: Sys): Task<PapersProgram["papers"]> {
  const program = (yield* sys.load(PAPERS_PROGRAM)) as PapersProgram | undefined;
  if (program === undefined) throw new Error("the kubelet's papers cannot be loaded");
  return program.papers;
}

/** The pair kept in --cert-dir, made now where there is none. */
export function* defaultPair(sys: Sys, folder: string, hostname: string): Task<Pair> {
  const certificate = readText(sys, `${folder}/kubelet.crt`);
  const key = readText(sys, `${folder}/kubelet.key`);
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  const made = (yield* loadPapers(sys)).createSelfSigned(sys, hostname);
  makeFolders(sys, folder);
  sys.writeFile(`${folder}/kubelet.crt`, made.certificate, { mode: 0o644 });
  sys.writeFile(`${folder}/kubelet.key`, made.key, { mode: 0o600 });
  return made;
}

/** Where the current pair of a purpose lies. */
export const currentPath = (state: Pick<KubeletState, "effective">, purpose: Purpose): string =>
  `${String(state.effective.flags["cert-dir"] ?? "/var/lib/kubelet/pki")}/kubelet-${purpose}-current.pem`;

/** Certificate and key of one file. */
export function splitPem(text: string | undefined): Pair | undefined {
  const blocks = text?.match(/-----BEGIN [^-]*-----[^-]*-----END [^-]*-----\n?/g) ?? [];
  const certificate = blocks.filter((b) => b.includes("BEGIN CERTIFICATE")).join("");
  const key = blocks.find((b) => b.includes("PRIVATE KEY"));
  return certificate === "" || key === undefined ? undefined : { certificate, key };
}
