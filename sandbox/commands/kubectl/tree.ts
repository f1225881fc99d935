// All commands of kubectl in the order in which it registers them: that of its suggestions.

import { canI, reconcile, whoami } from "./auth.ts";
import type { KubectlCommand } from "./command.ts";
import * as config from "./config-command.ts";
import { GET_FLAGS, get } from "./get.ts";
import { options } from "./help.ts";
import { apiResources, apiVersions, clusterInfo, clusterInfoDump, top, version } from "./info.ts";
import { pluginList } from "./plugins.ts";

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
      run: config.setProperty,
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
      run: config.unsetProperty,
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
      flags:
        "dry-run?unchanged filename:f* kustomize:k= output:o= recursive:R! remove-extra-permissions! remove-extra-subjects!",
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
  {
    name: "get",
    short: "Display one or many resources",
    usage:
      "[(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file|custom-columns|custom-columns-file|wide] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags] [options]",
    flags: GET_FLAGS,
    run: get,
  },
  {
    name: "cluster-info",
    short: "Display cluster information",
    usage: "[flags] [options]",
    sub: [
      {
        name: "dump",
        short: "Dump relevant information for debugging and diagnosis",
        flags: "all-namespaces:A! namespaces* output:o= output-directory=",
        run: clusterInfoDump,
      },
    ],
    run: clusterInfo,
  },
  {
    name: "top",
    short: "Display resource (CPU/memory) usage",
    long: "Display resource (CPU/memory) usage.\n\n The numbers come from the Metrics Server, which must be installed in the cluster.",
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
  authCommand,
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
  configCommand,
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
];
