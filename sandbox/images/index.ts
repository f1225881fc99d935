// Turns a scene into a fleet: machines from their images, one cluster's papers, the scene's own files on top, and a boot.

import { Fleet } from "../fleet.ts";
import { isErrno } from "../kernel/errno.ts";
import type { Fs } from "../kernel/fs/fs.ts";
import { ROOT } from "../kernel/fs/inode.ts";
import type { MachineState } from "../kernel/kernel.ts";
import { decode, encode } from "../kernel/text.ts";
import { findUserId } from "../login.ts";
import { createMachine } from "../machine.ts";
import type { Programs } from "../programs.ts";
import type { ImageName, Scene, SceneFile, SceneMachine } from "../scene.ts";
import { installProgram } from "./base.ts";
import { clusterObjects } from "./cluster-objects.ts";
import { installDepot } from "./depot.ts";
import { useKubeadm120 } from "./kubeadm-120.ts";
import {
  API_SERVER,
  installByHand,
  installControlPlane,
  installKubeadmNode,
  installPackages,
  installUnits,
  POD_SUBNET,
  preloadImages,
} from "./kubernetes.ts";
import { type ClusterPki, createClusterPki } from "./pki.ts";
import { BASE_UNITS, CONTAINERD_UNITS } from "./units.ts";

const ADDRESSES: Readonly<Record<string, string>> = {
  controlplane: "172.30.1.2",
  node01: "172.30.2.2",
  node02: "172.30.2.3",
  outsider: "172.30.9.9",
  quay: "172.30.0.2",
  depot: "172.30.0.80",
};
const CLOCK = "2026-11-21T14:00:00Z";
/** How long before the scene's clock machines were switched on: time for services to come up and settle. */
const UPTIME = 180_000;
/** How long before that the cluster was made. */
const CLUSTER_AGE = 40 * 86_400_000;

/** Address of a machine of a scene. */
export function addressOf(machine: SceneMachine): string {
  return machine.address ?? ADDRESSES[machine.name] ?? "172.30.3.2";
}

/** The fleet of a scene, switched on and settled at the scene's clock. Programs that boot needs are loaded on the way. */
export async function bootScene(scene: Scene, programs: Programs): Promise<Fleet> {
  const fleet = createFleet(scene, programs);
  const arrival = Date.parse(scene.clock ?? CLOCK);
  fleet.world.goal = arrival;
  while (fleet.run() === "loading") await programs.loadAll([...fleet.world.wanted]);
  return fleet;
}

/** The fleet of a scene at the moment of switching on: PID 1 of each machine is about to start. */
export function createFleet(scene: Scene, programs: Programs): Fleet {
  const arrival = Date.parse(scene.clock ?? CLOCK);
  const boot = arrival - UPTIME;
  const hosts = scene.machines.map((machine) => [addressOf(machine), machine.name] as const);
  const born = boot - CLUSTER_AGE;
  const pki = createClusterPki(scene.seed, born, [
    "controlplane",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
    "10.96.0.1",
    "172.30.1.2",
  ]);
  const machines = scene.machines.map((machine): MachineState => {
    const state = createMachine({
      name: machine.name,
      address: addressOf(machine),
      seed: scene.seed,
      boot,
      hosts,
      programs: programs.names,
      install: (fs) => {
        installUnits(fs, BASE_UNITS);
        images[machine.image]({ fs, pki, machine, born, scene, programs: programs.names });
        replacePaper(fs, pki, machine);
        overlay(fs, machine);
      },
    });
    return state;
  });
  const fleet = new Fleet(
    { world: { now: boot, nextStream: 1, streams: new Map() }, machines, terminals: [] },
    programs,
  );
  for (const kernel of fleet.machines) {
    const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };
    kernel.spawn(undefined, { path: "/sbin/init", argv: ["/sbin/init"], env });
    // The first pids go to kernel threads, which are not shown here.
    kernel.state.nextPid = 231 + (kernel.state.random[0] & 31);
  }
  return fleet;
}

interface ImageWork {
  readonly fs: Fs;
  readonly pki: ClusterPki;
  readonly machine: SceneMachine;
  readonly born: number;
  readonly scene: Scene;
  readonly programs: readonly string[];
}

/** What each image adds to Debian's disk. */
const images: Readonly<Record<ImageName, (work: ImageWork) => void>> = {
  worker({ fs, pki, machine, born, programs }) {
    installProgram(fs, machine.version === "1.20.2" ? "kubelet-1.20" : "kubelet", "/usr/bin/kubelet");
    installContainerd(fs);
    installTools(fs, programs);
    installKubeadmNode(fs, pki, machine.name, born);
    if (machine.version === "1.20.2") useKubeadm120(fs);
    preloadImages(fs, false);
  },
  "hand-installed"({ fs, pki, machine, born, programs }) {
    installProgram(fs, machine.version === "1.36.2" ? "kubelet" : "kubelet-1.20", "/usr/local/bin/kubelet");
    installSurveyor(fs, programs);
    installContainerd(fs);
    installByHand(fs, pki, machine.name, born);
    // The newer kubelet does not know this flag any more.
    if (machine.version === "1.36.2")
      editFile(fs, machine.name, "/etc/systemd/system/kubelet.service", [["  --container-runtime=remote \\\n", ""]]);
  },
  controlplane({ fs, pki, machine, born, scene, programs }) {
    installProgram(fs, "kubelet");
    installContainerd(fs);
    installTools(fs, programs);
    installKubeadmNode(fs, pki, machine.name, born, false);
    installControlPlane(fs, pki, { name: machine.name, address: addressOf(machine), programs });
    installSeed(fs, pki, born, scene);
    preloadImages(fs, true);
  },
  unjoined({ fs, programs }) {
    installProgram(fs, "kubelet");
    installContainerd(fs);
    installTools(fs, programs);
    installPackages(fs);
  },
  bare({ fs }) {
    installContainerd(fs);
  },
  quay() {},
  depot({ fs, programs }) {
    installDepot(fs, programs);
  },
  outsider({ fs }) {
    addUser(fs, "pirate", 1000);
  },
};

/** What administrators work with, as far as the exec table has it. */
function installTools(fs: Fs, programs: readonly string[]): void {
  for (const name of ["kubeadm", "kubectl", "crictl"]) if (programs.includes(name)) installProgram(fs, name);
  installSurveyor(fs, programs);
  if (programs.includes("kubectl")) appendLine(fs, "/root/.bashrc", "alias k=kubectl");
}

/** kube-bench, wherever there is a kubelet to look at. */
function installSurveyor(fs: Fs, programs: readonly string[]): void {
  if (programs.includes("kube-bench")) installProgram(fs, "kube-bench", "/usr/local/bin/kube-bench");
}

/** What the API server finds in its storage: what kubeadm made, and what the scene adds. */
function installSeed(fs: Fs, pki: ClusterPki, born: number, scene: Scene): void {
  const kinds: readonly ImageName[] = ["controlplane", "worker", "hand-installed"];
  const nodes = kinds.flatMap((image) => scene.machines.filter((each) => each.image === image));
  const objects = clusterObjects(pki, {
    server: API_SERVER,
    podSubnet: POD_SUBNET,
    born,
    nodes: nodes.map(({ name, image }) => ({ name, controlPlane: image === "controlplane" })),
  });
  const time = `${new Date(born).toISOString().slice(0, 19)}Z`;
  const data = JSON.stringify({ born: time, objects: [...objects, ...(scene.objects ?? [])] });
  fs.install("/etc/kubernetes/cluster.json", { data, mode: 0o600 });
}

function installContainerd(fs: Fs): void {
  installProgram(fs, "containerd");
  installProgram(fs, "containerd-shim", "/usr/bin/containerd-shim-runc-v2");
  installUnits(fs, CONTAINERD_UNITS);
}

/** An ordinary user with a home. */
function addUser(fs: Fs, name: string, uid: number): void {
  appendLine(fs, "/etc/passwd", `${name}:x:${uid}:${uid}::/home/${name}:/bin/bash`);
  appendLine(fs, "/etc/group", `${name}:x:${uid}:`);
  fs.installFolder(`/home/${name}`, { mode: 0o700, uid, gid: uid });
  for (const file of [".bashrc", ".profile"]) {
    const skeleton = fs.walk(`/etc/skel/${file}`, "/", ROOT);
    if (!isErrno(skeleton))
      fs.install(`/home/${name}/${file}`, { data: skeleton.inode.data ?? "", mode: 0o644, uid, gid: uid });
  }
}

function appendLine(fs: Fs, path: string, line: string): void {
  const found = fs.walk(path, "/", ROOT);
  const before = isErrno(found) ? "" : decode((found.inode.data ?? new Uint8Array()).subarray(0, found.inode.size));
  fs.install(path, { data: `${before}${line}\n` });
}

/** Another client certificate for the kubelet, where the scene says when it ends. */
function replacePaper(fs: Fs, pki: ClusterPki, { name, clientCertificateUntil }: SceneMachine): void {
  if (clientCertificateUntil === undefined) return;
  const found = fs.walk("/var/lib/kubelet/pki/kubelet-client-current.pem", "/", ROOT);
  if (isErrno(found)) throw new Error(`scene: ${name} has no client certificate that could end`);
  const { cert, key } = pki.node(name, Date.parse(clientCertificateUntil));
  const inode = fs.own(found.inode);
  inode.data = encode(cert + key);
  inode.size = inode.data.length;
}

/** The scene's own files, over the image's. */
function overlay(fs: Fs, machine: SceneMachine): void {
  for (const path of machine.remove ?? []) {
    const place = fs.place(path, "/", ROOT);
    if (!isErrno(place) && place.inode) fs.unlink(place, ROOT);
  }
  for (const [path, pairs] of Object.entries(machine.edits ?? {})) editFile(fs, machine.name, path, pairs);
  for (const [path, given] of Object.entries(machine.files ?? {})) {
    const file: SceneFile = typeof given === "string" ? { content: given } : given;
    const there = fs.walk(path, "/", ROOT);
    fs.install(path, {
      data: file.content,
      ...(file.mode === undefined ? (isErrno(there) ? { mode: 0o644 } : {}) : { mode: file.mode }),
      ...(file.owner === undefined ? {} : { uid: findUserId(fs, "/etc/passwd", file.owner) }),
      ...(file.group === undefined ? {} : { gid: findUserId(fs, "/etc/group", file.group) }),
    });
  }
  for (const [path, wanted] of Object.entries(machine.modes ?? {})) setMode(fs, machine.name, path, wanted);
  for (const unit of machine.disabled ?? []) {
    const place = fs.place(`/etc/systemd/system/multi-user.target.wants/${unit}`, "/", ROOT);
    if (!isErrno(place) && place.inode) fs.unlink(place, ROOT);
  }
}

/** Mode and owner of what is there already. */
function setMode(fs: Fs, machine: string, path: string, { mode, owner, group }: Omit<SceneFile, "content">): void {
  const found = fs.walk(path, "/", ROOT);
  if (isErrno(found)) throw new Error(`scene: ${machine}:${path} is to get a mode and does not exist`);
  const inode = fs.own(found.inode);
  if (mode !== undefined) inode.mode = mode;
  if (owner !== undefined) inode.uid = findUserId(fs, "/etc/passwd", owner);
  if (group !== undefined) inode.gid = findUserId(fs, "/etc/group", group);
}

/** Replaces texts in a file of the image; a text that is not there is the author's mistake. */
function editFile(
  fs: Fs,
  machine: string,
  path: string,
  pairs: readonly (readonly [from: string, to: string])[],
): void {
  const found = fs.walk(path, "/", ROOT);
  if (isErrno(found)) throw new Error(`scene: ${machine}:${path} is to be edited and does not exist`);
  let text = decode((found.inode.data ?? new Uint8Array()).subarray(0, found.inode.size));
  for (const [from, to] of pairs) {
    if (!text.includes(from)) throw new Error(`scene: ${machine}:${path} has no “${from}” to edit`);
    text = text.replace(from, () => to);
  }
  fs.install(path, { data: text });
}
