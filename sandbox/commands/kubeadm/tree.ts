// The tree of kubeadm's commands with their flags.

import { CERTIFICATES, certificateKey, checkExpiration, renew } from "./certs.ts";
import type { Command } from "./command.ts";
import { listImages, printDefaults, pullImages, validateConfig, versionText } from "./config.ts";
import { init, initKubeconfig, initPreflight, kubeconfigUser, kubeletStart, uploadConfig } from "./init.ts";
import { join } from "./join.ts";
import { CERTIFICATE_PHASES, initCerts, initControlPlane, initEtcd, markControlPlane, upgradeDiff } from "./phases.ts";
import { reset } from "./reset.ts";
import { createToken, deleteToken, listTokens, newToken } from "./token.ts";
import { upgradeApply, upgradeKubeletConfig, upgradeNode, upgradePlan } from "./upgrade.ts";

const KUBECONFIG = "kubeconfig=/etc/kubernetes/admin.conf";
const OUTPUT = "output:o=text experimental-output= show-managed-fields! allow-missing-template-keys!true";
const JOIN_FLAGS =
  "apiserver-advertise-address= apiserver-bind-port# certificate-key= config= control-plane! cri-socket= discovery-file= discovery-token= discovery-token-ca-cert-hash* discovery-token-unsafe-skip-ca-verification! dry-run! ignore-preflight-errors* node-name= patches= skip-phases* tls-bootstrap-token= token=";
const IMAGE_FLAGS = "config= feature-gates= image-repository= kubernetes-version=";
const UPGRADE_FLAGS = `certificate-renewal!true config= dry-run! etcd-upgrade!true ignore-preflight-errors* ${KUBECONFIG} patches= skip-phases* allow-experimental-upgrades! allow-release-candidate-upgrades! feature-gates= force:f! print-config! yes:y! ${OUTPUT}`;
const INIT_FLAGS =
  "apiserver-advertise-address= apiserver-bind-port# apiserver-cert-extra-sans* cert-dir= certificate-key= config= control-plane-endpoint= cri-socket= dry-run! feature-gates= ignore-preflight-errors* image-repository= kubernetes-version= node-name= patches= pod-network-cidr= service-cidr= service-dns-domain= skip-certificate-key-print! skip-phases* skip-token-print! token= token-ttl@ upload-certs! kubeconfig-dir= kubeconfig=";

const leaf = (name: string, short: string, run: Command["run"] = "unmodelled", flags = ""): Command => ({
  name,
  short,
  flags,
  ...(run === undefined ? {} : { run }),
});
const certFlags = `cert-dir=/etc/kubernetes/pki config= ${KUBECONFIG}`;

const initPhase = (name: string, short: string, run: Command["run"] = "unmodelled"): Command =>
  leaf(name, short, run, INIT_FLAGS);

export const TREE: Command = {
  name: "kubeadm",
  short: "kubeadm: easily bootstrap a secure Kubernetes cluster",
  commands: [
    {
      name: "certs",
      short: "Commands related to handling Kubernetes certificates",
      aliases: ["certificates"],
      commands: [
        leaf("certificate-key", "Generate certificate keys", certificateKey),
        leaf(
          "check-expiration",
          "Check certificates expiration for a Kubernetes cluster",
          checkExpiration,
          `${certFlags} ${OUTPUT}`,
        ),
        leaf("generate-csr", "Generate keys and certificate signing requests"),
        {
          name: "renew",
          short: "Renew certificates for a Kubernetes cluster",
          long: "This command is not meant to be run on its own. See list of available subcommands.",
          commands: [
            ...CERTIFICATES.map((each) => leaf(each.name, `Renew the ${each.longName}`, renew(each.name), certFlags)),
            leaf("all", "Renew all available certificates", renew("all"), certFlags),
          ],
        },
      ],
    },
    leaf("completion", "Output shell completion code for the specified shell (bash, zsh or fish)"),
    {
      name: "config",
      short: "Manage configuration for a kubeadm cluster persisted in a ConfigMap in the cluster",
      long: `
There is a ConfigMap in the kube-system namespace called "kubeadm-config" that kubeadm uses to store internal configuration about the
cluster. kubeadm CLI v1.8.0+ automatically creates this ConfigMap with the config used with 'kubeadm init', but if you
initialized your cluster using kubeadm v1.7.x or lower, you must use the 'kubeadm init phase upload-config' command to
create this ConfigMap. This is required so that 'kubeadm upgrade' can configure your upgraded cluster correctly.`,
      flags: KUBECONFIG,
      commands: [
        {
          name: "images",
          short: "Interact with container images used by kubeadm",
          commands: [
            leaf(
              "list",
              "Print a list of images kubeadm will use. The configuration file is used in case any images or image repositories are customized",
              listImages,
              `${IMAGE_FLAGS} ${OUTPUT}`,
            ),
            leaf("pull", "Pull images used by kubeadm", pullImages, `${IMAGE_FLAGS} cri-socket=`),
          ],
        },
        leaf(
          "migrate",
          "Read an older version of the kubeadm configuration API types from a file, and output the similar config object for the newer version",
          "unmodelled",
          "old-config= new-config= allow-experimental-api!",
        ),
        {
          name: "print",
          short: "Print configuration",
          long: "This command prints configurations for subcommands provided.\nFor details, see: https://pkg.go.dev/k8s.io/kubernetes/cmd/kubeadm/app/apis/kubeadm#section-directories",
          commands: (["init", "join", "reset", "upgrade"] as const).map((kind) =>
            leaf(
              `${kind}-defaults`,
              `Print default ${kind} configuration, that can be used for 'kubeadm ${kind}'`,
              printDefaults(kind),
              "component-configs*",
            ),
          ),
        },
        leaf(
          "validate",
          "Read a file containing the kubeadm configuration API and report any validation problems",
          validateConfig,
          "config= allow-experimental-api!",
        ),
      ],
    },
    {
      name: "init",
      short: "Run this command in order to set up the Kubernetes control plane",
      flags: INIT_FLAGS,
      run: init,
      commands: [
        {
          name: "phase",
          short: 'Use this command to invoke single phase of the "init" workflow',
          commands: [
            initPhase("addon", "Install required addons for passing conformance tests"),
            initPhase("bootstrap-token", "Generates bootstrap tokens used to join a node to a cluster"),
            {
              name: "certs",
              short: "Certificate generation",
              commands: CERTIFICATE_PHASES.map((name) =>
                initPhase(
                  name,
                  name === "all" ? "Generate all certificates" : `Generate what belongs to ${name}`,
                  initCerts(name),
                ),
              ),
            },
            {
              name: "control-plane",
              short: "Generate all static Pod manifest files necessary to establish the control plane",
              commands: ["all", "apiserver", "controller-manager", "scheduler"].map((name) =>
                initPhase(
                  name,
                  name === "all"
                    ? "Generate all static Pod manifest files"
                    : `Generates the kube-${name} static Pod manifest`,
                  initControlPlane(name),
                ),
              ),
            },
            {
              name: "etcd",
              short: "Generate static Pod manifest file for local etcd",
              commands: [
                initPhase(
                  "local",
                  "Generate the static Pod manifest file for a local, single-node local etcd instance",
                  initEtcd,
                ),
              ],
            },
            {
              name: "kubeconfig",
              short:
                "Generate all kubeconfig files necessary to establish the control plane and the admin kubeconfig file",
              commands: ["all", "admin", "super-admin", "kubelet", "controller-manager", "scheduler"].map((name) =>
                initPhase(
                  name,
                  name === "all" ? "Generate all kubeconfig files" : `Generate a kubeconfig file: ${name}`,
                  initKubeconfig(name),
                ),
              ),
            },
            initPhase("kubelet-finalize", "Updates settings relevant to the kubelet after TLS bootstrap"),
            initPhase("kubelet-start", "Write kubelet settings and (re)start the kubelet", kubeletStart),
            initPhase("mark-control-plane", "Mark a node as a control-plane", markControlPlane),
            initPhase("preflight", "Run pre-flight checks", initPreflight),
            initPhase("show-join-command", "Show the join command for control-plane and worker node"),
            initPhase("upload-certs", "Upload certificates to kubeadm-certs"),
            {
              name: "upload-config",
              short: "Upload the kubeadm and kubelet configuration to a ConfigMap",
              commands: (["all", "kubeadm", "kubelet"] as const).map((name) =>
                initPhase(
                  name,
                  name === "all"
                    ? "Upload all configuration to a config map"
                    : `Upload the ${name === "kubeadm" ? "kubeadm ClusterConfiguration" : "kubelet component config"} to a ConfigMap`,
                  uploadConfig(name),
                ),
              ),
            },
            initPhase("wait-control-plane", "Wait for the control plane to start"),
          ],
        },
      ],
    },
    {
      name: "join",
      short: "Run this on any machine you wish to join an existing cluster",
      args: "[api-server-endpoint]",
      flags: JOIN_FLAGS,
      run: join,
      commands: [
        {
          name: "phase",
          short: 'Use this command to invoke single phase of the "join" workflow',
          commands: [
            "control-plane-join",
            "control-plane-prepare",
            "etcd-join",
            "kubelet-start",
            "kubelet-wait-bootstrap",
            "preflight",
            "wait-control-plane",
          ].map((name) => leaf(name, `Phase ${name}`, "unmodelled", JOIN_FLAGS)),
        },
      ],
    },
    {
      name: "kubeconfig",
      short: "Kubeconfig file utilities",
      commands: [
        leaf(
          "user",
          "Output a kubeconfig file for an additional user",
          kubeconfigUser,
          "client-name= config= org* token= validity-period@",
        ),
      ],
    },
    {
      ...leaf(
        "reset",
        "Performs a best effort revert of changes made to this host by 'kubeadm init' or 'kubeadm join'",
        reset,
        `cert-dir= cleanup-tmp-dir! config= cri-socket= dry-run! force:f! ignore-preflight-errors* ${KUBECONFIG} skip-phases*`,
      ),
    },
    {
      name: "token",
      short: "Manage bootstrap tokens",
      long: `This command manages bootstrap tokens. It is optional and needed only for advanced use cases.

In short, bootstrap tokens are used for establishing bidirectional trust between a client and a server.
A bootstrap token can be used when a client (for example a node that is about to join the cluster) needs
to trust the server it is talking to. Then a bootstrap token with the "signing" usage can be used.
bootstrap tokens can also function as a way to allow short-lived authentication to the API Server
(the token serves as a way for the API Server to trust the client), for example for doing the TLS Bootstrap.`,
      flags: `dry-run! ${KUBECONFIG}`,
      commands: [
        {
          ...leaf(
            "create",
            "Create bootstrap tokens on the server",
            createToken,
            "certificate-key= config= description= groups* print-join-command! ttl@ usages*",
          ),
          args: "[token]",
        },
        { ...leaf("delete", "Delete bootstrap tokens on the server", deleteToken), args: "[token-value] ..." },
        leaf("generate", "Generate and print a bootstrap token, but do not create it on the server", function* (k) {
          yield* k.print(`${newToken(k)}\n`);
        }),
        leaf("list", "List bootstrap tokens on the server", listTokens, OUTPUT),
      ],
    },
    {
      name: "upgrade",
      short: "Upgrade your cluster smoothly to a newer version with this command",
      commands: [
        {
          ...leaf("apply", "Upgrade your Kubernetes cluster to the specified version", upgradeApply, UPGRADE_FLAGS),
          args: "[version]",
        },
        {
          ...leaf(
            "diff",
            "Show what differences would be applied to existing static pod manifests. See also: kubeadm upgrade apply --dry-run",
            upgradeDiff,
            UPGRADE_FLAGS,
          ),
          args: "[version]",
        },
        {
          name: "node",
          short: "Upgrade commands for a node in the cluster",
          flags: UPGRADE_FLAGS,
          run: upgradeNode,
          commands: [
            {
              name: "phase",
              short: 'Use this command to invoke single phase of the "node" workflow',
              commands: [
                leaf("addon", "Upgrade the default kubeadm addons", "unmodelled", UPGRADE_FLAGS),
                leaf(
                  "control-plane",
                  "Upgrade the control plane instance deployed on this node, if any",
                  "unmodelled",
                  UPGRADE_FLAGS,
                ),
                leaf(
                  "kubelet-config",
                  "Upgrade the kubelet configuration for this node",
                  upgradeKubeletConfig,
                  UPGRADE_FLAGS,
                ),
                leaf("post-upgrade", "Run post upgrade tasks", "unmodelled", UPGRADE_FLAGS),
                leaf("preflight", "Run upgrade node pre-flight checks", "unmodelled", UPGRADE_FLAGS),
              ],
            },
          ],
        },
        {
          ...leaf(
            "plan",
            "Check which versions are available to upgrade to and validate whether your current cluster is upgradeable.",
            upgradePlan,
            UPGRADE_FLAGS,
          ),
          args: "[version]",
        },
      ],
    },
    leaf(
      "version",
      "Print the version of kubeadm",
      function* (k) {
        yield* k.print(versionText(k.flags.text("output")));
      },
      "output:o=",
    ),
  ],
};
