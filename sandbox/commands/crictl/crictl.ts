// crictl 1.36: containers, pods, images and logs asked of the container runtime itself, past the kubelet and the API server.

import type { Program, Sys, Task } from "../../kernel/sys.ts";
import { type Call, print } from "./call.ts";
import { onContainers, onSandboxes, pull, rmi } from "./change.ts";
import { flagTable, parseFlags } from "./flags.ts";
import { info, inspect, inspecti, inspectp, version } from "./inspect.ts";
import { images, pods, ps, stats } from "./lists.ts";
import { Fatal, findEndpoints, formatLog, Runtime } from "./runtime.ts";
import { exec, logs } from "./streams.ts";

interface Verb {
  /** Its name, then others for it. */
  readonly names: string;
  readonly help: string;
  readonly usage?: string;
  /** As `flagTable` reads them. */
  readonly flags: string;
  run(call: Call): Task<number | undefined>;
}

const GLOBAL = flagTable("config:c= debug:D! image-endpoint:i= runtime-endpoint:r= timeout:t= help:h! version:v!");
const OUTPUT = "output:o= quiet:q!";
const LIST = `${OUTPUT} all:a! id= image= latest:l! label= last:n= name= namespace= no-trunc! pod:p= state:s= verbose:v!`;
const SHOW = `${OUTPUT} template=`;
const REMOVE = "all:a! force:f! keep-logs!";

const VERBS: readonly Verb[] = [
  {
    names: "exec",
    help: "Run a command in a running container",
    usage: "CONTAINER-ID COMMAND [ARG...]",
    flags: "interactive:i! tty:t! sync:s! timeout= quiet:q!",
    run: exec,
  },
  {
    names: "images image img",
    help: "List images",
    usage: "[REPOSITORY[:TAG]]",
    flags: `${OUTPUT} digests! no-trunc! verbose:v!`,
    run: images,
  },
  {
    names: "inspect",
    help: "Display the status of one or more containers",
    usage: "CONTAINER-ID [CONTAINER-ID...]",
    flags: SHOW,
    run: inspect,
  },
  {
    names: "inspecti",
    help: "Return the status of one or more images",
    usage: "IMAGE-ID [IMAGE-ID...]",
    flags: SHOW,
    run: inspecti,
  },
  {
    names: "inspectp",
    help: "Display the status of one or more pods",
    usage: "POD-ID [POD-ID...]",
    flags: SHOW,
    run: inspectp,
  },
  {
    names: "logs",
    help: "Fetch the logs of a container",
    usage: "CONTAINER-ID",
    flags: "follow:f! tail= timestamps:t! since= previous:p!",
    run: logs,
  },
  { names: "ps", help: "List containers", flags: LIST, run: ps },
  {
    names: "pull",
    help: "Pull an image from a registry",
    usage: "NAME[:TAG|@DIGEST]",
    flags: "creds= auth=",
    run: pull,
  },
  {
    names: "rm",
    help: "Remove one or more containers",
    usage: "CONTAINER-ID [CONTAINER-ID...]",
    flags: REMOVE,
    run: (call) => onContainers(call, "rm"),
  },
  {
    names: "rmi",
    help: "Remove one or more images",
    usage: "IMAGE-ID [IMAGE-ID...]",
    flags: "all:a! prune:q!",
    run: rmi,
  },
  {
    names: "rmp",
    help: "Remove one or more pods",
    usage: "POD-ID [POD-ID...]",
    flags: REMOVE,
    run: (call) => onSandboxes(call, "rm"),
  },
  { names: "pods", help: "List pods", flags: LIST, run: pods },
  { names: "info", help: "Display information of the container runtime", flags: OUTPUT, run: info },
  {
    names: "stop",
    help: "Stop one or more running containers",
    usage: "CONTAINER-ID [CONTAINER-ID...]",
    flags: "timeout:t= all:a!",
    run: (call) => onContainers(call, "stop"),
  },
  {
    names: "stopp",
    help: "Stop one or more running pods",
    usage: "POD-ID [POD-ID...]",
    flags: "all:a!",
    run: (call) => onSandboxes(call, "stop"),
  },
  {
    names: "stats",
    help: "List container(s) resource usage statistics",
    flags: `${OUTPUT} all:a! id=`,
    run: stats,
  },
  { names: "version", help: "Display runtime version information", flags: "", run: version },
];
const UNMODELLED =
  "attach checkpoint completion config create events port-forward run runp runtime-config imagefsinfo start statsp metricsp update update-runtime-config metricdescs".split(
    " ",
  );

const help = (): string => `NAME:
   crictl - client for CRI

USAGE:
   crictl [global options] command [command options]

VERSION:
   v1.36.0

COMMANDS:
${VERBS.map(({ names, help: text }) => `   ${names.replaceAll(" ", ", ").padEnd(22)}${text}\n`).join("")}
GLOBAL OPTIONS:
   --config value, -c value            Location of the client config file (default: "/etc/crictl.yaml") [$CRI_CONFIG_FILE]
   --debug, -D                         Enable debug mode (default: false)
   --image-endpoint value, -i value    Endpoint of CRI image manager service [$IMAGE_SERVICE_ENDPOINT]
   --runtime-endpoint value, -r value  Endpoint of CRI container runtime service [$CONTAINER_RUNTIME_ENDPOINT]
   --timeout value, -t value           Timeout of connecting to the server in seconds (default: 2s)
   --help, -h                          show help
   --version, -v                       print the version
`;

function* run(sys: Sys, argv: readonly string[]): Task<number> {
  const { flags: global, rest } = parseFlags(argv.slice(1), GLOBAL);
  const [name, ...words] = rest;
  if (global.version !== undefined) {
    yield* print(sys, "crictl version v1.36.0\n");
    return 0;
  }
  if (name === undefined || name === "help" || name === "h" || global.help !== undefined) {
    yield* print(sys, help());
    return 0;
  }
  const verb = VERBS.find((each) => each.names.split(" ").includes(name));
  if (verb === undefined) {
    if (!UNMODELLED.includes(name)) throw new Fatal(`No help topic for '${name}'`, 3);
    yield* sys.write(2, `crictl: ${name} is not modelled in this sandbox\n`);
    return 2;
  }
  const { flags, rest: args } = parseFlags(words, flagTable(`${verb.flags} help:h!`.trim()));
  if (flags.help !== undefined) {
    yield* print(
      sys,
      `NAME:\n   crictl ${verb.names.split(" ")[0]} - ${verb.help}\n\nUSAGE:\n   crictl ${verb.names.split(" ")[0]} [command options] ${verb.usage ?? ""}\n`,
    );
    return 0;
  }
  const { runtime, warnings } = findEndpoints(sys, global);
  for (const warning of warnings) yield* sys.write(2, formatLog(sys, "warning", warning));
  return (yield* verb.run({ sys, runtime: new Runtime(sys, runtime), flags, args })) ?? 0;
}

export const crictl: Program = {
  name: "crictl",
  *main(sys, argv) {
    try {
      return yield* run(sys, argv);
    } catch (error) {
      if (!(error instanceof Fatal)) throw error;
      yield* sys.write(2, error.status === 3 ? `${error.message}\n` : formatLog(sys, "fatal", error.message));
      return error.status;
    }
  },
};
