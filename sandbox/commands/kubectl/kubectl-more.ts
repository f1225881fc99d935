import { AUTOSCALE_FLAGS, autoscale } from "./autoscale.ts";
import { certificateCommand } from "./certificate.ts";
import type { MoreCommands } from "./command.ts";
import { complete, completion } from "./complete.ts";
import { COPY_FLAGS, copy } from "./cp.ts";
import { createCommand } from "./create/create.ts";
import { DEBUG_FLAGS, debug } from "./debug.ts";
import { DIFF_FLAGS, diff } from "./diff.ts";
import { CORDON_FLAGS, cordon, DRAIN_FLAGS, drain, uncordon } from "./drain.ts";
import { EDIT_FLAGS, edit } from "./edit.ts";
import { EVENTS_FLAGS, events } from "./events.ts";
import { attach, EXEC_FLAGS, exec } from "./exec.ts";
import { EXPLAIN_FLAGS, explain } from "./explain.ts";
import { EXPOSE_FLAGS, expose } from "./expose.ts";
import type { Kube } from "./kube.ts";
import { PATCH_FLAGS, patch } from "./patch.ts";
import { FORWARD_FLAGS, portForward } from "./port-forward.ts";
import { PROXY_FLAGS, proxy } from "./proxy.ts";
import { REPLACE_FLAGS, replace } from "./replace.ts";
import { refuseKustomize } from "./resources.ts";
import { rolloutCommand } from "./rollout.ts";
import { RUN_FLAGS, run } from "./run.ts";
import { SCALE_FLAGS, scale } from "./scale.ts";
import { setCommand } from "./set.ts";
import { Fail } from "./values.ts";

function* kustomize(kube: Kube): Generator<never, number, void> {
  if (kube.args.length > 1) throw new Fail("specify one path to kustomization.yaml");
  throw refuseKustomize(kube, kube.args[0] ?? ".");
}

const notModelled = (name: string) =>
  function* (): Generator<never, number, void> {
    throw new Fail(`kubectl ${name} is not modelled in this sandbox`, 2);
  };

export const kubectlMore: MoreCommands = {
  name: "kubectl-more",
  commands: [
    createCommand,
    {
      name: "expose",
      short: "Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service",
      usage:
        "(-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type] [options]",
      flags: EXPOSE_FLAGS,
      run: expose,
    },
    {
      name: "run",
      short: "Run a particular image on the cluster",
      usage:
        'NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...] [options]',
      flags: RUN_FLAGS,
      run,
    },
    setCommand,
    {
      name: "explain",
      short: "Get documentation for a resource",
      usage:
        "TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2] [options]",
      flags: EXPLAIN_FLAGS,
      run: explain,
    },
    {
      name: "edit",
      short: "Edit a resource on the server",
      usage: "(RESOURCE/NAME | -f FILENAME) [options]",
      flags: EDIT_FLAGS,
      run: edit,
    },
    rolloutCommand,
    {
      name: "scale",
      short: "Set a new size for a deployment, replica set, or replication controller",
      usage:
        "[--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME) [options]",
      flags: SCALE_FLAGS,
      run: scale,
    },
    {
      name: "autoscale",
      short: "Auto-scale a deployment, replica set, stateful set, or replication controller",
      flags: AUTOSCALE_FLAGS,
      usage: "(-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [options]",
      run: autoscale,
    },
    certificateCommand,
    { name: "cordon", short: "Mark node as unschedulable", usage: "NODE [options]", flags: CORDON_FLAGS, run: cordon },
    {
      name: "uncordon",
      short: "Mark node as schedulable",
      usage: "NODE [options]",
      flags: CORDON_FLAGS,
      run: uncordon,
    },
    {
      name: "drain",
      short: "Drain node in preparation for maintenance",
      usage: "NODE [options]",
      flags: DRAIN_FLAGS,
      run: drain,
    },
    {
      name: "attach",
      short: "Attach to a running container",
      usage: "(POD | TYPE/NAME) -c CONTAINER [options]",
      flags: EXEC_FLAGS,
      run: attach,
    },
    {
      name: "exec",
      short: "Execute a command in a container",
      usage: "(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...] [options]",
      flags: EXEC_FLAGS,
      run: exec,
    },
    {
      name: "port-forward",
      short: "Forward one or more local ports to a pod",
      usage: "TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]",
      flags: FORWARD_FLAGS,
      run: portForward,
    },
    {
      name: "proxy",
      short: "Run a proxy to the Kubernetes API server",
      usage: "[--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix] [options]",
      flags: PROXY_FLAGS,
      run: proxy,
    },
    {
      name: "cp",
      short: "Copy files and directories to and from containers",
      usage: "<file-spec-src> <file-spec-dest> [options]",
      flags: COPY_FLAGS,
      run: copy,
    },
    {
      name: "debug",
      short: "Create debugging sessions for troubleshooting workloads and nodes",
      usage: "(POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ] [options]",
      flags: DEBUG_FLAGS,
      run: debug,
    },
    {
      name: "events",
      short: "List events",
      usage:
        "[(-o|--output=)json|yaml|kyaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file] [--for TYPE/NAME] [--watch] [--types=Normal,Warning] [options]",
      flags: EVENTS_FLAGS,
      run: events,
    },
    {
      name: "diff",
      short: "Diff the live version against a would-be applied version",
      usage: "-f FILENAME [options]",
      flags: DIFF_FLAGS,
      run: diff,
    },
    {
      name: "patch",
      short: "Update fields of a resource",
      usage: "(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE] [options]",
      flags: PATCH_FLAGS,
      run: patch,
    },
    {
      name: "replace",
      short: "Replace a resource by file name or stdin",
      usage: "-f FILENAME [options]",
      flags: REPLACE_FLAGS,
      run: replace,
    },
    { name: "kustomize", short: "Build a kustomization target from a directory or URL", run: kustomize },
    {
      name: "completion",
      short: "Output shell completion code for the specified shell (bash, zsh, fish, or powershell)",
      usage: "SHELL",
      run: completion,
    },
    { name: "kuberc", short: "Manage kuberc configuration files", run: notModelled("kuberc") },
    { name: "__complete", short: "", run: complete },
    { name: "__completeNoDesc", short: "", run: complete },
  ],
};
