// kubeadm 1.36: the tree of its commands with their flags, help, and the way errors end it.

import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { DialError, StatusError } from "../kubectl/client.ts";
import { type FlagSpec, type Flags, parseFlags, parseSpecs, takesNext } from "../kubectl/flags.ts";
import { Fail } from "../kubectl/values.ts";
import { CERTIFICATES, certificateKey, checkExpiration, renew } from "./certs.ts";
import { listImages, printDefaults, pullImages, validateConfig, versionText } from "./config.ts";
import { Kubeadm } from "./context.ts";
import { init, initKubeconfig, initPreflight, kubeconfigUser, kubeletStart, uploadConfig } from "./init.ts";
import { join } from "./join.ts";
import { CERTIFICATE_PHASES, initCerts, initControlPlane, initEtcd, markControlPlane, upgradeDiff } from "./phases.ts";
import { reset } from "./reset.ts";
import { createToken, deleteToken, listTokens, newToken } from "./token.ts";
import { upgradeApply, upgradeKubeletConfig, upgradeNode, upgradePlan } from "./upgrade.ts";

/** A command, or a group of them. */
interface Command {
  readonly name: string;
  readonly short: string;
  /** Stands for `short` at the top of its own help. */
  readonly long?: string;
  /** What follows the name in usage lines. */
  readonly args?: string;
  readonly aliases?: readonly string[];
  /** As kubectl/flags reads them. */
  readonly flags?: string;
  readonly commands?: readonly Command[];
  /** Without it the command is a group; "unmodelled" is said in one line. */
  readonly run?: ((k: Kubeadm) => Task) | "unmodelled";
}

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

const TREE: Command = {
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

const GLOBAL = parseSpecs("rootfs= v:v#0 vmodule= help:h!");

/** What flags say about themselves in help. */
const FLAG_HELP: Readonly<Record<string, readonly [type: string, text: string]>> = {
  kubeconfig: [
    "string",
    'The kubeconfig file to use when talking to the cluster. If the flag is not set, a set of standard locations can be searched for an existing kubeconfig file. (default "/etc/kubernetes/admin.conf")',
  ],
  "dry-run": ["", "Whether to enable dry-run mode or not"],
  config: ["string", "Path to a kubeadm configuration file."],
  token: [
    "string",
    "Use this token for both discovery-token and tls-bootstrap-token when those values are not provided.",
  ],
};
const TYPES: Readonly<Record<string, string>> = {
  "!": "",
  "=": "string",
  "#": "int32",
  "*": "strings",
  "@": "duration",
  "+": "strings",
  "?": "string",
};

function flagLines(specs: readonly FlagSpec[], own: string): string {
  const list = [
    ...specs.map(({ name, short, kind }) => ({
      name,
      short,
      type: FLAG_HELP[name]?.[0] ?? TYPES[kind] ?? "",
      text: FLAG_HELP[name]?.[1] ?? "",
    })),
    { name: "help", short: "h", type: "", text: `help for ${own}` },
  ];
  const shown = list
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(
      ({ name, short, type, text }) =>
        [`${short === "" ? "      " : `  -${short}, `}--${name}${type === "" ? "" : ` ${type}`}`, text] as const,
    );
  const width = Math.max(...shown.map(([left]) => left.length));
  return shown
    .map(([left, text]) => `${left.padEnd(width)}   ${text}`.trimEnd())
    .map((line) => `${line}\n`)
    .join("");
}

const GLOBAL_HELP = `Global Flags:
      --rootfs string        The path to the 'real' host root filesystem. This will cause kubeadm to chroot into the provided path.
  -v, --v Level              number for the log level verbosity
      --vmodule moduleSpec   comma-separated list of pattern=N settings for file-filtered logging
`;

/** Help as cobra lays it out. */
function helpText(path: readonly Command[]): string {
  const here = path.at(-1) as Command;
  const name = path.map((each) => each.name).join(" ");
  const own = path.length === 1 ? "kubeadm" : here.name;
  const specs = parseSpecs(here.flags ?? "");
  const usage =
    here.commands === undefined
      ? [`  ${name}${here.args === undefined ? "" : ` ${here.args}`} [flags]`]
      : [
          `  ${name}${here.args === undefined ? "" : ` ${here.args}`}${path.length === 1 ? "" : " [flags]"}`,
          `  ${name} [command]`,
        ];
  let text = `${here.long ?? here.short}\n\nUsage:\n${usage.filter((line) => path.length > 1 || line.includes("[command]")).join("\n")}\n`;
  if (here.aliases !== undefined) text += `\nAliases:\n  ${[here.name, ...here.aliases].join(", ")}\n`;
  if (here.commands !== undefined) {
    const sorted = [...here.commands].sort((a, b) => (a.name < b.name ? -1 : 1));
    const width = Math.max(11, ...sorted.map((each) => each.name.length));
    text += `\nAvailable Commands:\n${sorted.map((each) => `  ${each.name.padEnd(width)} ${each.short}\n`).join("")}`;
  }
  text += `\nFlags:\n${flagLines(specs, own)}`;
  if (path.length > 1) text += `\n${GLOBAL_HELP}`;
  if (here.commands !== undefined) text += `\nUse "${name} [command] --help" for more information about a command.\n`;
  return text;
}

/** The command that the words name, what is left of them, and the flags it knows. */
function find(words: readonly string[]): { path: Command[]; rest: string[]; specs: FlagSpec[] } {
  const path = [TREE];
  let specs = [...GLOBAL];
  let rest = [...words];
  for (;;) {
    const here = path.at(-1) as Command;
    specs = [...specs, ...parseSpecs(here.flags ?? "")];
    let at = 0;
    while (at < rest.length && (rest[at] as string).startsWith("-")) at += takesNext(rest[at] as string, specs) ? 2 : 1;
    const word = rest[at];
    const next =
      word === undefined
        ? undefined
        : here.commands?.find((each) => each.name === word || each.aliases?.includes(word));
    if (next === undefined) return { path, rest, specs };
    rest = [...rest.slice(0, at), ...rest.slice(at + 1)];
    path.push(next);
  }
}

function* run(sys: Sys, argv: readonly string[]): Task<number> {
  const { path, rest, specs } = find(argv.slice(1));
  const here = path.at(-1) as Command;
  const name = path.map((each) => each.name).join(" ");
  let flags: Flags;
  try {
    flags = parseFlags(rest, specs, name);
  } catch (error) {
    // pflag's hint belongs to kubectl.
    throw error instanceof Fail ? new Fail(error.message.split("\n")[0] as string) : error;
  }
  if (flags.on("help")) {
    yield* sys.write(1, helpText(path));
    return 0;
  }
  if (here.run === undefined) {
    const [word] = flags.args;
    if (word !== undefined) throw new Fail(`unknown command ${JSON.stringify(word)} for ${JSON.stringify(name)}`);
    yield* sys.write(1, helpText(path));
    if (path.length === 1) return 0;
    throw new Fail("\nerror: subcommand is required");
  }
  if (here.run === "unmodelled") throw new Fail(`${name}: this command is not modelled in this sandbox`, 2);
  if (here.args === undefined && flags.args.length > 0)
    throw new Fail(`unknown command ${JSON.stringify(flags.args[0])} for ${JSON.stringify(name)}`);
  yield* here.run(new Kubeadm(sys, flags));
  return 0;
}

export const kubeadm: Program = {
  name: "kubeadm",
  *main(sys, argv) {
    try {
      return yield* run(sys, argv);
    } catch (error) {
      if (!(error instanceof Fail || error instanceof StatusError || error instanceof DialError)) throw error;
      const code = error instanceof Fail ? error.code : 1;
      if (code === 2) yield* sys.write(2, `${error.message}\n`);
      else
        yield* sys.write(
          2,
          `error: ${error.message}\nTo see the stack trace of this error execute with --v=5 or higher\n`,
        );
      return code;
    }
  },
};
