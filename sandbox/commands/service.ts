// service(8): Debian's script that hands its work to systemctl.

import { isErrno } from "../kernel/errno.ts";
import type { Program } from "../kernel/sys.ts";

const USAGE = "Usage: service < option > | --status-all | [ service_name [ command | --full-restart ] ]\n";
const ACTIONS = new Set([
  "start",
  "stop",
  "restart",
  "status",
  "try-restart",
  "reload",
  "force-reload",
  "reload-or-restart",
]);

export const service: Program = {
  name: "service",
  *main(sys, argv) {
    const [name, action, ...rest] = argv.slice(1);
    if (name === undefined || name === "-h" || name === "--help") {
      yield* sys.write(name === undefined ? 2 : 1, USAGE);
      return name === undefined ? 1 : 0;
    }
    if (name === "--status-all" || name === "--version") {
      yield* sys.write(2, `service: ${name} is not modelled in this sandbox\n`);
      return 1;
    }
    if (action === undefined) {
      yield* sys.write(2, USAGE);
      return 1;
    }
    const verbs = action === "--full-restart" ? ["restart"] : ACTIONS.has(action) ? [action] : undefined;
    if (verbs === undefined) {
      yield* sys.write(2, `${name}: unrecognized service\n`);
      return 1;
    }
    const unit = /\.(?:service|socket|target|timer)$/.test(name) ? name : `${name}.service`;
    const failed = yield* sys.exec("/usr/bin/systemctl", ["systemctl", ...verbs, ...rest, unit]);
    yield* sys.write(2, `service: ${isErrno(failed) ? failed.text : ""}\n`);
    return 1;
  },
};
