// setpriv: runs a program as another user or group, as far as user and group ids go.

import { isErrno } from "../kernel/errno.ts";
import type { Program } from "../kernel/sys.ts";

const USAGE = "Try 'setpriv --help' for more information.\n";

export const setpriv: Program = {
  name: "setpriv",
  *main(sys, argv) {
    const ids: { uid?: number; gid?: number; groups?: readonly number[]; euid?: number; egid?: number } = {};
    let at = 1;
    for (; at < argv.length && argv[at]?.startsWith("--"); at++) {
      const word = argv[at] as string;
      if (word === "--") {
        at += 1;
        break;
      }
      const [name = "", given] = word.slice(2).split(/=(.*)/s);
      if (name === "clear-groups") ids.groups = [];
      else if (name === "reuid" || name === "regid" || name === "groups") {
        const value = given ?? argv[++at] ?? "";
        const numbers = value.split(",").map(Number);
        if (value === "" || numbers.some((number) => !Number.isInteger(number))) {
          yield* sys.write(2, `setpriv: failed to parse ${name}: '${value}'\n`);
          return 1;
        }
        if (name === "groups") ids.groups = numbers;
        else
          Object.assign(
            ids,
            name === "reuid" ? { uid: numbers[0], euid: numbers[0] } : { gid: numbers[0], egid: numbers[0] },
          );
      } else {
        yield* sys.write(2, `setpriv: ${word} is not modelled in this sandbox\n`);
        return 1;
      }
    }
    const command = argv.slice(at);
    const [program] = command;
    if (program === undefined) {
      yield* sys.write(2, `setpriv: No program specified\n${USAGE}`);
      return 1;
    }
    const refused = sys.setIds(ids);
    if (refused !== undefined) {
      yield* sys.write(2, `setpriv: setresuid failed: ${refused.text}\n`);
      return 127;
    }
    const places = program.includes("/")
      ? [program]
      : (sys.env.PATH ?? "/usr/bin:/bin").split(":").map((folder) => `${folder}/${program}`);
    const path = places.find((place) => !isErrno(sys.stat(place))) ?? program;
    const failed = yield* sys.exec(path, command);
    yield* sys.write(2, `setpriv: failed to execute ${program}: ${failed.text}\n`);
    return 127;
  },
};
