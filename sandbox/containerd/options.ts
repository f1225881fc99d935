// containerd's command line: where it listens, its version and its configuration; and its wait for another containerd to end.

import type { Sys, Task } from "../kernel/sys.ts";
import { CONTAINERD_SOCKET } from "./protocol.ts";

/** What `containerd config default` prints: the tables that people look at and change. */
const CONFIG = `version = 3
root = '/var/lib/containerd'
state = '/run/containerd'
temp = ''
disabled_plugins = []
required_plugins = []
oom_score = 0
imports = []

[grpc]
  address = '${CONTAINERD_SOCKET}'
  tcp_address = ''
  uid = 0
  gid = 0

[debug]
  address = ''
  level = ''

[metrics]
  address = ''

[plugins]
  [plugins.'io.containerd.cri.v1.images']
    snapshotter = 'overlayfs'

    [plugins.'io.containerd.cri.v1.images'.pinned_images]
      sandbox = 'registry.k8s.io/pause:3.10'

    [plugins.'io.containerd.cri.v1.images'.registry]
      config_path = ''

  [plugins.'io.containerd.cri.v1.runtime']
    enable_selinux = false
    max_container_log_line_size = 16384

    [plugins.'io.containerd.cri.v1.runtime'.containerd]
      default_runtime_name = 'runc'

      [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
        runtime_type = 'io.containerd.runc.v2'

        [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
          SystemdCgroup = false

    [plugins.'io.containerd.cri.v1.runtime'.cni]
      bin_dirs = ['/opt/cni/bin']
      conf_dir = '/etc/cni/net.d'

  [plugins.'io.containerd.grpc.v1.cri']
    disable_tcp_service = true
    stream_server_address = '127.0.0.1'
    stream_server_port = '0'
`;

const VERSION = "containerd github.com/containerd/containerd/v2 v2.1.4\n";
/** Options with a value. */
const VALUED = new Set(["address", "a", "config", "c", "log-level", "l", "root", "state"]);

/** What the words ask for: an address to listen at, or a text to print and a status to end with. */
export function readArgs(argv: readonly string[]): { address: string } | { text: string; status: number } {
  let address = CONTAINERD_SOCKET;
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i] ?? "";
    const [, name = "", inline] = /^--?([\w-]+)(?:=(.*))?$/.exec(word) ?? [];
    if (name === "version" || name === "v") return { text: VERSION, status: 0 };
    if (VALUED.has(name)) {
      const value = inline ?? argv[++i];
      if (value === undefined) return { text: `containerd: flag needs an argument: ${word}\n`, status: 1 };
      if (name === "address" || name === "a") address = value;
    } else if (word.startsWith("-"))
      return { text: `containerd: flag provided but not defined: -${name}\n`, status: 1 };
    else if (word === "config" && /^(default|dump)$/.test(argv[i + 1] ?? "")) return { text: CONFIG, status: 0 };
    else return { text: `containerd: ${argv.slice(i).join(" ")} is not modelled in this sandbox\n`, status: 1 };
  }
  return { address };
}

/** A second containerd waits for the first: both keep their records in one file, which only one may hold. */
export function* waitForOthers(sys: Sys): Task<void> {
  const alone = () =>
    !sys.processes().some((each) => each.comm === "containerd" && each.pid < sys.pid && each.state !== "Z");
  if (alone() || (yield* sys.waitUntil(alone, sys.now() + 10_000)) !== false) return;
  const path = "/var/lib/containerd/io.containerd.metadata.v1.bolt/meta.db";
  const time = new Date(sys.now()).toISOString().replace(/Z$/, "000000Z");
  yield* sys.write(
    2,
    `time="${time}" level=warning msg="waiting for response from boltdb open" path="${path}" plugin=bolt\n`,
  );
  yield* sys.waitUntil(alone, Number.POSITIVE_INFINITY);
}
