// The commands of kubectl in the order in which it registers them, that of its suggestions. What is not needed every day comes later.

import { APPLY_FLAGS, apply, setLastApplied, viewLastApplied } from "./apply.ts";
import { canI, whoami } from "./auth.ts";
import { clusterInfo, clusterInfoDump, DUMP_FLAGS } from "./cluster-info.ts";
import type { KubectlCommand } from "./command.ts";
import * as config from "./config-command.ts";
import { setProperty, unsetProperty } from "./config-property.ts";
import { DELETE_FLAGS, deleteObjects, waitCommand } from "./delete.ts";
import { DESCRIBE_FLAGS, describe } from "./describe.ts";
import { GET_FLAGS, get } from "./get.ts";
import { options } from "./help.ts";
import { apiResources, apiVersions, top, version } from "./info.ts";
import { LOGS_FLAGS, logs } from "./logs.ts";
import { annotate, label, META_FLAGS } from "./metadata.ts";
import { pluginList } from "./plugins.ts";
import { RECONCILE_FLAGS, reconcile } from "./reconcile.ts";
import { taint } from "./taint.ts";
import { Fail } from "./values.ts";

const stderrHelp = { fd: 2, code: 1 } as const;

const configCommand: KubectlCommand = {
  name: "config",
  short: "Modify kubeconfig files",
  long: `Modify kubeconfig files using subcommands like "kubectl config set current-context my-context".

 The file is that of --kubeconfig; else the files of $KUBECONFIG, merged; else ${"${HOME}"}/.kube/config.`,
  bare: stderrHelp,
  sub: [
    { name: "current-context", short: "Display the current-context", run: config.currentContext },
    {
      name: "delete-cluster",
      short: "Delete the specified cluster from the kubeconfig",
      usage: "NAME [options]",
      run: config.deleteCluster,
    },
    {
      name: "delete-context",
      short: "Delete the specified context from the kubeconfig",
      usage: "NAME [options]",
      run: config.deleteContext,
    },
    {
      name: "delete-user",
      short: "Delete the specified user from the kubeconfig",
      usage: "NAME [options]",
      run: config.deleteUser,
    },
    { name: "get-clusters", short: "Display clusters defined in the kubeconfig", run: config.getClusters },
    {
      name: "get-contexts",
      short: "Describe one or many contexts",
      usage: "[(-o|--output=)name)] [options]",
      flags: "no-headers! output:o=",
      run: config.getContexts,
    },
    { name: "get-users", short: "Display users defined in the kubeconfig", run: config.getUsers },
    {
      name: "rename-context",
      short: "Rename a context from the kubeconfig file",
      usage: "CONTEXT_NAME NEW_NAME [options]",
      run: config.renameContext,
    },
    {
      name: "set",
      short: "Set an individual value in a kubeconfig file",
      usage: "PROPERTY_NAME PROPERTY_VALUE [options]",
      flags: "set-raw-bytes!",
      run: setProperty,
    },
    {
      name: "set-cluster",
      short: "Set a cluster entry in kubeconfig",
      usage:
        "NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [--insecure-skip-tls-verify=true] [--tls-server-name=example.com] [options]",
      flags: "embed-certs! proxy-url=",
      run: config.setCluster,
    },
    {
      name: "set-context",
      short: "Set a context entry in kubeconfig",
      usage: "[NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace] [options]",
      flags: "current!",
      run: config.setContext,
    },
    {
      name: "set-credentials",
      short: "Set a user entry in kubeconfig",
      usage:
        "NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token] [--username=basic_user] [--password=basic_password] [options]",
      flags: "embed-certs! auth-provider= auth-provider-arg+ exec-command= exec-api-version= exec-arg+ exec-env+",
      run: config.setCredentials,
    },
    {
      name: "unset",
      short: "Unset an individual value in a kubeconfig file",
      usage: "PROPERTY_NAME [options]",
      run: unsetProperty,
    },
    {
      name: "use-context",
      short: "Set the current-context in a kubeconfig file",
      aliases: ["use"],
      usage: "CONTEXT_NAME [options]",
      run: config.useContext,
    },
    {
      name: "view",
      short: "Display merged kubeconfig settings or a specified kubeconfig file",
      flags: "allow-missing-template-keys! flatten! merge! minify! output:o= raw! show-managed-fields! template=",
      run: config.configView,
    },
  ],
};

const authCommand: KubectlCommand = {
  name: "auth",
  short: "Inspect authorization",
  long: "Inspect authorization.",
  usage: "[flags] [options]",
  bare: stderrHelp,
  sub: [
    {
      name: "can-i",
      short: "Check whether an action is allowed",
      usage: "VERB [TYPE | TYPE/NAME | NONRESOURCEURL] [options]",
      flags: "all-namespaces:A! list! no-headers! quiet:q! subresource=",
      run: canI,
    },
    {
      name: "reconcile",
      short: "Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects",
      usage: "-f FILENAME [options]",
      flags: RECONCILE_FLAGS,
      run: reconcile,
    },
    {
      name: "whoami",
      short: "Experimental: Check self subject attributes",
      flags: "allow-missing-template-keys! output:o= show-managed-fields! template=",
      run: whoami,
    },
  ],
};

const TOP_FLAGS = "no-headers! selector:l= show-capacity! show-swap! sort-by= use-protocol-buffers!";

export const COMMANDS: readonly KubectlCommand[] = [
  { name: "create", short: "Create a resource from a file or from stdin", later: true },
  {
    name: "expose",
    short: "Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service",
    later: true,
  },
  { name: "run", short: "Run a particular image on the cluster", later: true },
  { name: "set", short: "Set specific features on objects", later: true },
  { name: "explain", short: "Get documentation for a resource", later: true },
  {
    name: "get",
    short: "Display one or many resources",
    usage:
      "[(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file|custom-columns|custom-columns-file|wide] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags] [options]",
    flags: GET_FLAGS,
    run: get,
  },
  { name: "edit", short: "Edit a resource on the server", later: true },
  {
    name: "delete",
    short: "Delete resources by file names, stdin, resources and names, or by resources and label selector",
    usage: "([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)]) [options]",
    flags: DELETE_FLAGS,
    run: deleteObjects,
  },
  { name: "rollout", short: "Manage the rollout of a resource", later: true },
  { name: "scale", short: "Set a new size for a deployment, replica set, or replication controller", later: true },
  {
    name: "autoscale",
    short: "Auto-scale a deployment, replica set, stateful set, or replication controller",
    later: true,
  },
  { name: "certificate", short: "Modify certificate resources", later: true },
  {
    name: "cluster-info",
    short: "Display cluster information",
    usage: "[flags] [options]",
    sub: [
      {
        name: "dump",
        short: "Dump relevant information for debugging and diagnosis",
        flags: DUMP_FLAGS,
        run: clusterInfoDump,
      },
    ],
    run: clusterInfo,
  },
  {
    name: "top",
    short: "Display resource (CPU/memory) usage",
    long: "Display resource (CPU/memory) usage.\n\n The numbers come from the Metrics Server, which must be installed in the cluster.",
    usage: "[flags] [options]",
    bare: stderrHelp,
    sub: [
      {
        name: "node",
        short: "Display resource (CPU/memory) usage of nodes",
        aliases: ["nodes", "no"],
        flags: TOP_FLAGS,
        run: top,
      },
      {
        name: "pod",
        short: "Display resource (CPU/memory) usage of pods",
        aliases: ["pods", "po"],
        flags: `${TOP_FLAGS} all-namespaces:A! containers! field-selector= sum!`,
        run: top,
      },
    ],
  },
  { name: "cordon", short: "Mark node as unschedulable", later: true },
  { name: "uncordon", short: "Mark node as schedulable", later: true },
  { name: "drain", short: "Drain node in preparation for maintenance", later: true },
  {
    name: "taint",
    short: "Update the taints on one or more nodes",
    usage: "NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N [options]",
    flags: META_FLAGS,
    run: taint,
  },
  {
    name: "describe",
    short: "Show details of a specific resource or group of resources",
    usage: "(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME) [options]",
    flags: DESCRIBE_FLAGS,
    run: describe,
  },
  {
    name: "logs",
    short: "Print the logs for a container in a pod",
    usage: "[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER] [options]",
    flags: LOGS_FLAGS,
    run: logs,
  },
  { name: "attach", short: "Attach to a running container", later: true },
  { name: "exec", short: "Execute a command in a container", later: true },
  { name: "port-forward", short: "Forward one or more local ports to a pod", later: true },
  { name: "proxy", short: "Run a proxy to the Kubernetes API server", later: true },
  { name: "cp", short: "Copy files and directories to and from containers", later: true },
  authCommand,
  { name: "debug", short: "Create debugging sessions for troubleshooting workloads and nodes", later: true },
  { name: "events", short: "List events", later: true },
  { name: "diff", short: "Diff the live version against a would-be applied version", later: true },
  {
    name: "apply",
    short: "Apply a configuration to a resource by file name or stdin",
    usage: "(-f FILENAME | -k DIRECTORY) [options]",
    flags: APPLY_FLAGS,
    run: apply,
    sub: [
      {
        name: "edit-last-applied",
        short: "Edit latest last-applied-configuration annotations of a resource/object",
        run: function* () {
          throw new Fail("kubectl apply edit-last-applied is not modelled in this sandbox", 2);
        },
      },
      {
        name: "set-last-applied",
        short: "Set the last-applied-configuration annotation on a live object to match the contents of a file",
        usage: "-f FILENAME [options]",
        flags: "create-annotation! dry-run?unchanged filename:f* output:o= template=",
        run: setLastApplied,
      },
      {
        name: "view-last-applied",
        short: "View the latest last-applied-configuration annotations of a resource/object",
        usage: "(TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME) [options]",
        flags: "all! filename:f* kustomize:k= output:o=yaml recursive:R! selector:l=",
        run: viewLastApplied,
      },
    ],
  },
  { name: "patch", short: "Update fields of a resource", later: true },
  { name: "replace", short: "Replace a resource by file name or stdin", later: true },
  waitCommand,
  { name: "kustomize", short: "Build a kustomization target from a directory or URL", later: true },
  {
    name: "label",
    short: "Update the labels on a resource",
    usage: "[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version] [options]",
    flags: META_FLAGS,
    run: label,
  },
  {
    name: "annotate",
    short: "Update the annotations on a resource",
    usage: "[--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version] [options]",
    flags: META_FLAGS,
    run: annotate,
  },
  {
    name: "completion",
    short: "Output shell completion code for the specified shell (bash, zsh, fish, or powershell)",
    later: true,
  },
  configCommand,
  { name: "kuberc", short: "Manage kuberc configuration files", later: true },
  {
    name: "plugin",
    short: "Provides utilities for interacting with plugins",
    bare: stderrHelp,
    sub: [
      {
        name: "list",
        short: "List all visible plugin executables on a user's PATH",
        flags: "name-only!",
        run: pluginList,
      },
    ],
  },
  {
    name: "version",
    short: "Print the client and server version information",
    flags: "client! output:o=",
    run: version,
  },
  {
    name: "api-versions",
    short: 'Print the supported API versions on the server, in the form of "group/version"',
    run: apiVersions,
  },
  {
    name: "api-resources",
    short: "Print the supported API resources on the server",
    flags: "api-group= cached! categories* namespaced! no-headers! output:o= show-managed-fields! sort-by= verbs*",
    run: apiResources,
  },
  {
    name: "options",
    short: "List flags that all commands take",
    *run(kube) {
      yield* kube.out(options());
      return 0;
    },
  },
  { name: "__complete", short: "", later: true },
  { name: "__completeNoDesc", short: "", later: true },
];
