// kubectl run: one pod from flags, with a service for it or a terminal on it where asked.

import type { Task } from "../../kernel/sys.ts";
import { mergePatch } from "../../lib/kube/merge-patch.ts";
import { afterDash, MAKE, needFlags, post, show, splitLabel } from "./create/generator.ts";
import { attachNew } from "./exec.ts";
import type { Kube } from "./kube.ts";
import { dryRun } from "./print.ts";
import { CAUSE, Fail, filled, type Obj, q } from "./values.ts";

export const RUN_FLAGS = `${MAKE} annotations+ attach! attach-no! cascade?background command! detach-keys= env+ expose! filename:f* force! grace-period#-1 image= image-pull-policy= kustomize:k= labels:l* leave-stdin-open! override-type= overrides= pod-running-timeout@ port# privileged! quiet:q! recursive:R! restart= rm! stdin:i! timeout@ tty:t! wait!`;

/** What does not go together. */
function checkFlags({ flags }: Kube, image: string, restart: string): void {
  const repository = image.replace(/[:@].*$/, "").replace(/^[^/]*\.[^/]*\//, "");
  if (!/^[\w.\-/:@]+$/.test(image) || /[A-Z]/.test(repository))
    throw new Fail(`Invalid image name ${q(image)}: invalid reference format`);
  if (!["Always", "OnFailure", "Never"].includes(restart))
    throw new Fail(`invalid restart policy: ${restart}\nSee 'kubectl run -h' for help and examples`);
  if (flags.on("rm") && !flags.on("stdin") && !flags.on("attach"))
    throw new Fail("--rm should only be used for attached containers\nSee 'kubectl run -h' for help and examples");
  if (flags.on("tty") && !flags.on("stdin")) throw new Fail("stdin is required for containers with -t/--tty");
}

function variable(pair: string): Obj {
  const equals = pair.indexOf("=");
  if (equals <= 0) throw new Fail(`invalid env: ${pair}`);
  return { name: pair.slice(0, equals), value: pair.slice(equals + 1) };
}

function containerOf({ flags }: Kube, name: string, image: string, words: readonly string[]): Obj {
  return {
    name,
    image,
    ...filled({
      [flags.on("command") ? "command" : "args"]: words,
      env: flags.list("env").map(variable),
      ports: flags.has("port") ? [{ containerPort: flags.number("port", 0) }] : [],
    }),
    resources: {},
    ...filled({ imagePullPolicy: flags.text("image-pull-policy") }),
    ...(flags.on("privileged") ? { securityContext: { privileged: true } } : {}),
    ...(flags.on("stdin") ? { stdin: true, stdinOnce: true } : {}),
    ...(flags.on("tty") ? { tty: true } : {}),
  };
}

/** The pod with what --overrides says instead. */
function overridden(pod: Obj, overrides: string): Obj {
  try {
    return mergePatch(pod, JSON.parse(overrides)) as Obj;
  } catch {
    throw new Fail("Invalid JSON Patch");
  }
}

export function* run(kube: Kube): Task<number> {
  const { flags } = kube;
  needFlags(kube, "image");
  const [name, ...more] = flags.dash < 0 ? kube.args : kube.args.slice(0, flags.dash);
  if (name === undefined) throw kube.usage("NAME is required for run");
  const image = flags.text("image");
  if (image === "") throw new Fail("--image is required");
  const restartPolicy = flags.text("restart", "Always");
  checkFlags(kube, image, restartPolicy);
  const labels = flags.has("labels") ? Object.fromEntries(flags.list("labels").map(splitLabel)) : { run: name };
  const annotations = Object.fromEntries(flags.list("annotations").map(splitLabel));
  if (kube.cause !== undefined) annotations[CAUSE] = kube.cause;
  const container = containerOf(kube, name, image, [...more, ...afterDash(kube)]);
  if ((flags.on("stdin") || flags.on("attach") || flags.on("tty")) && dryRun(kube) !== "")
    throw kube.usage(
      "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)",
    );
  let pod: Obj = {
    kind: "Pod",
    apiVersion: "v1",
    metadata: { name, labels, ...filled({ annotations }) },
    spec: { containers: [container], restartPolicy, dnsPolicy: "ClusterFirst" },
    status: {},
  };
  if (flags.has("overrides")) pod = overridden(pod, flags.text("overrides"));
  yield* (yield* kube.discovery()).ofKind("v1", "Pod", 2);
  if (flags.on("stdin") || flags.on("attach")) return yield* attachNew(kube, pod);
  if (flags.on("expose")) {
    const port = flags.number("port", 0);
    if (port === 0) throw kube.usage("--port must be set when exposing a service");
    const service = {
      kind: "Service",
      apiVersion: "v1",
      metadata: { name },
      spec: { ports: [{ protocol: "TCP", port, targetPort: port }], selector: labels },
      status: { loadBalancer: {} },
    };
    yield* show(kube, yield* post(kube, service, undefined, "kubectl-run"));
    if (flags.text("output") === "yaml") yield* kube.out("---\n---\n");
  }
  yield* show(kube, yield* post(kube, pod, undefined, "kubectl-run"));
  return 0;
}
