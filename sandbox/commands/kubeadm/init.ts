// kubeadm init and the phases of it that stand alone: papers, kubelet settings, uploads.

import type { Task } from "../../kernel/sys.ts";
import { clusterConfiguration, KUBELET_CONFIGURATION } from "../../lib/kubeadm-config.ts";
import { extension } from "../../lib/x509/build.ts";
import { USAGE } from "../../lib/x509/certificate.ts";
import { createGoName } from "../../lib/x509/name.ts";
import { Fail, type Obj } from "../kubectl/values.ts";
import { authorityOf, readCa, signCertificate } from "./certs.ts";
import { readConfigFile } from "./config.ts";
import {
  base64,
  createOrUpdate,
  DEFAULT_SOCKET,
  formatKubeconfig,
  KUBELET_CONF,
  type Kubeadm,
  lookUpVersion,
  PKI,
  reasonOf,
} from "./context.ts";
import { restartKubelet, writeInstanceConfig, writeKubeletConfig, writeKubeletFlags } from "./join.ts";
import { ownAddress } from "./phases.ts";
import { initChecks, isRoot, runChecks } from "./preflight.ts";

/** init as far as its checks: the clusters of this sandbox are there already. */
export function* init(k: Kubeadm): Task {
  const given = k.flags.text("config") === "" ? undefined : yield* readConfigFile(k, k.flags.text("config"));
  const version: string = given?.get("ClusterConfiguration")?.kubernetesVersion ?? (yield* lookUpVersion(k));
  yield* k.print(`[init] Using Kubernetes version: ${version}\n[preflight] Running pre-flight checks\n`);
  if (k.flags.on("dry-run")) {
    const folder = `/etc/kubernetes/tmp/kubeadm-init-dryrun${k.random(9, "0123456789")}`;
    yield* k.warn(
      "constants.go:631",
      `Using dry-run directory ${folder}. To override it, set the environment variable KUBEADM_INIT_DRYRUN_DIR`,
    );
  }
  yield* runChecks(k, [isRoot]);
  yield* runChecks(k, initChecks(DEFAULT_SOCKET, k.sys.hostname));
  throw new Fail("kubeadm: making a cluster is not modelled in this sandbox", 2);
}

export function* initPreflight(k: Kubeadm): Task {
  yield* k.print("[preflight] Running pre-flight checks\n");
  yield* runChecks(k, [isRoot]);
  yield* runChecks(k, initChecks(DEFAULT_SOCKET, k.sys.hostname));
}

/** The phases look for the newest version first, as init does. */
function* prepare(k: Kubeadm): Task<Map<string, Obj>> {
  const path = k.flags.text("config");
  const found = path === "" ? new Map<string, Obj>() : yield* readConfigFile(k, path);
  if (found.get("ClusterConfiguration")?.kubernetesVersion === undefined) yield* lookUpVersion(k);
  return found;
}

function externalCa(k: Kubeadm): void {
  if (k.exists(`${PKI}/ca.key`) || !k.exists(`${PKI}/ca.crt`) || k.exists(`${PKI}/apiserver.key`)) return;
  const key = `${PKI}/apiserver.key`;
  throw new Fail(
    `invalid or incomplete external CA: failure loading key for apiserver: couldn't load the private key file ${key}: open ${key}: no such file or directory`,
  );
}

export function* kubeletStart(k: Kubeadm): Task {
  yield* prepare(k);
  externalCa(k);
  yield* writeKubeletFlags(k, []);
  yield* writeInstanceConfig(k, k.flags.text("cri-socket") || DEFAULT_SOCKET);
  yield* writeKubeletConfig(k, KUBELET_CONFIGURATION);
  yield* restartKubelet(k);
}

const CONFIGS: Readonly<Record<string, readonly [user: string, groups: readonly string[]]>> = {
  admin: ["kubernetes-admin", ["kubeadm:cluster-admins"]],
  "super-admin": ["kubernetes-super-admin", ["system:masters"]],
  kubelet: ["system:node:", ["system:nodes"]],
  "controller-manager": ["system:kube-controller-manager", []],
  scheduler: ["system:kube-scheduler", []],
};

/** A kubeconfig with a certificate of its own; one that is there already is kept. */
export const initKubeconfig = (which: string) =>
  function* (k: Kubeadm): Task {
    yield* prepare(k);
    if (which === "all") yield* k.print('[kubeconfig] Using kubeconfig folder "/etc/kubernetes"\n');
    for (const [name, [user, groups]] of Object.entries(CONFIGS)) {
      if (which !== "all" && which !== name) continue;
      const path = name === "kubelet" ? KUBELET_CONF : `/etc/kubernetes/${name}.conf`;
      if (k.exists(path)) {
        yield* k.print(`[kubeconfig] Using existing kubeconfig file: "${path}"\n`);
        continue;
      }
      const who = name === "kubelet" ? `${user}${k.flags.text("node-name") || k.sys.hostname}` : user;
      yield* k.print(`[kubeconfig] Writing "${path.slice("/etc/kubernetes/".length)}" kubeconfig file\n`);
      k.write(path, userConfig(k, who, groups), 0o600);
    }
  };

function userConfig(k: Kubeadm, user: string, groups: readonly string[]): string {
  const made = signCertificate(k, authorityOf(k, "ca"), createGoName(user, groups), [
    extension.extendedKeyUsage([USAGE.client]),
  ]);
  const own = ownAddress(k);
  const server =
    /server:\s*(\S+)/.exec(k.read("/etc/kubernetes/admin.conf") ?? k.read(KUBELET_CONF) ?? "")?.[1] ??
    `https://${own}:6443`;
  return formatKubeconfig(server, readCa(k), user, {
    "client-certificate-data": base64(made.cert),
    "client-key-data": base64(made.key),
  });
}

/** kubeadm kubeconfig user: a kubeconfig for somebody else, on the screen. */
export function* kubeconfigUser(k: Kubeadm): Task {
  const user = k.flags.text("client-name");
  if (user === "") throw new Fail('required flag(s) "client-name" not set');
  if (k.flags.text("config") === "") yield* lookUpVersion(k);
  yield* k.print(`${userConfig(k, user, k.flags.list("org"))}\n`);
}

export const uploadConfig = (which: "all" | "kubeadm" | "kubelet") =>
  function* (k: Kubeadm): Task {
    const given = yield* prepare(k);
    if (given.size > 0) throw new Fail("kubeadm: upload-config --config is not modelled in this sandbox", 2);
    const client = k.client(k.adminConfig());
    const maps = "/api/v1/namespaces/kube-system/configmaps";
    const put = function* (name: string, data: Obj): Task {
      const metadata = { name, namespace: "kube-system" };
      try {
        yield* createOrUpdate(client, maps, { apiVersion: "v1", kind: "ConfigMap", metadata, data });
      } catch (error) {
        throw new Fail(
          `error execution phase upload-config/${name === "kubeadm-config" ? "kubeadm" : "kubelet"}: ${reasonOf(error)}`,
        );
      }
    };
    if (which !== "kubelet") {
      yield* k.print(
        '[upload-config] Storing the configuration used in ConfigMap "kubeadm-config" in the "kube-system" Namespace\n',
      );
      yield* put("kubeadm-config", { ClusterConfiguration: clusterConfiguration("v1.36.2") });
    }
    if (which !== "kubeadm") {
      yield* k.print(
        '[kubelet] Creating a ConfigMap "kubelet-config" in namespace kube-system with the configuration for the kubelets in the cluster\n',
      );
      yield* put("kubelet-config", { kubelet: KUBELET_CONFIGURATION });
    }
  };
