// The depot: a plain web server of the fleet with the binaries of Kubernetes and their checksums, laid out as dl.k8s.io lays them.

import { executable } from "../kernel/fs/executable.ts";
import type { Fs } from "../kernel/fs/fs.ts";
import { encode } from "../kernel/text.ts";
import { hash } from "../lib/crypto/hash.ts";
import { KUBERNETES_VERSION } from "../lib/kubeadm-manifests.ts";
import { installProgram } from "./base.ts";

const ROOT = "/srv/depot";
const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

const UNIT = `[Unit]
Description=Depot of release binaries
After=network.target

[Service]
ExecStart=/usr/bin/darkhttpd ${ROOT} --port 80
Restart=on-failure

[Install]
WantedBy=multi-user.target
`;

/** Lays the binaries down and starts the server at boot. */
export function installDepot(fs: Fs, programs: readonly string[]): void {
  installProgram(fs, "darkhttpd");
  fs.install("/etc/systemd/system/depot.service", { data: UNIT, mode: 0o644 });
  fs.install("/etc/systemd/system/multi-user.target.wants/depot.service", {
    target: "/etc/systemd/system/depot.service",
  });
  fs.install(`${ROOT}/release/stable.txt`, { data: KUBERNETES_VERSION, mode: 0o644 });
  const folder = `${ROOT}/release/${KUBERNETES_VERSION}/bin/linux/amd64`;
  for (const name of ["kubelet", "kubeadm", "kubectl"]) {
    if (!programs.includes(name)) continue;
    const data = executable(name);
    fs.install(`${folder}/${name}`, { data, mode: 0o644 });
    fs.install(`${folder}/${name}.sha256`, { data: encode(hex(hash("sha256", data))), mode: 0o644 });
  }
}
