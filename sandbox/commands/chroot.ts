// chroot: runs a program, or a shell, with another folder as its root.

import { isErrno } from "../kernel/errno.ts";
import { quote } from "../lib/quote.ts";
import { defineCommand } from "./define.ts";

export const chroot = defineCommand({
  name: "chroot",
  summary: "Run COMMAND with root directory set to NEWROOT.",
  usage: ["[OPTION] NEWROOT [COMMAND [ARG]...]", "OPTION"],
  posix: true,
  usageStatus: 125,
  options: "",
  *run(io, sys) {
    const [root, ...given] = io.operands;
    if (root === undefined) return yield* io.usageError("missing operand");
    const refused = sys.chroot(root);
    if (refused !== undefined)
      return yield* io.die(125, `cannot change root directory to ${quote(root)}: ${refused.text}`);
    sys.chdir("/");
    const command = given.length > 0 ? given : [sys.env.SHELL || "/bin/sh", "-i"];
    const [name = ""] = command;
    const places = name.includes("/")
      ? [name]
      : (sys.env.PATH ?? "/usr/bin:/bin").split(":").map((folder) => `${folder}/${name}`);
    const path = places.find((place) => !isErrno(sys.stat(place))) ?? places[0] ?? name;
    yield* io.flush();
    const failed = yield* sys.exec(path, command);
    return yield* io.die(failed.code === "ENOENT" ? 127 : 126, `failed to run command ${quote(name)}: ${failed.text}`);
  },
});
