// The small folders that stand for container images: a busybox root, and what nginx and the control plane need to start.

import { executable } from "../kernel/fs/fs.ts";
import type { Sys } from "../kernel/sys.ts";

/** Commands in a container's /bin, by the program that runs them. */
export const imageCommands: readonly string[] = [
  "cat",
  "ls",
  "echo",
  "env",
  "hostname",
  "ps",
  "sleep",
  "mkdir",
  "rm",
  "cp",
  "mv",
  "grep",
  "sed",
  "head",
  "tail",
  "wc",
  "sort",
  "uniq",
  "cut",
  "tee",
  "touch",
  "date",
  "uname",
  "printenv",
  "pwd",
  "true",
  "false",
  "whoami",
  "stat",
  "find",
  "curl",
  "wget",
];

/** Makes the root folder of a container. */
export function unpackImage(sys: Sys, root: string, image: string, hostname: string): void {
  for (const folder of [
    "",
    "/bin",
    "/etc",
    "/root",
    "/tmp",
    "/proc",
    "/dev",
    "/var",
    "/var/log",
    "/usr",
    "/usr/bin",
    "/usr/sbin",
  ])
    sys.mkdir(root + folder, folder === "/root" ? 0o700 : 0o755);
  sys.chmod(`${root}/tmp`, 0o1777);
  const program = (path: string, name: string): void => {
    sys.writeFile(root + path, executable(name), { mode: 0o755 });
  };
  program("/bin/sh", "bash");
  program("/bin/id", "busybox");
  for (const name of imageCommands) program(`/bin/${name}`, name);
  if (/(^|\/)nginx[:@]/.test(`${image}:`)) {
    sys.mkdir(`${root}/usr/share`, 0o755);
    program("/bin/bash", "bash");
    program("/usr/sbin/nginx", "container-app");
  } else program("/usr/bin/app", "container-app");
  sys.writeFile(`${root}/etc/passwd`, "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n", {
    mode: 0o644,
  });
  sys.writeFile(`${root}/etc/group`, "root:x:0:\nnobody:x:65534:\n", { mode: 0o644 });
  sys.writeFile(`${root}/etc/hostname`, `${hostname}\n`, { mode: 0o644 });
}

/** What an image runs when the pod names no command. */
export function entrypointOf(image: string): readonly string[] {
  return /(^|\/)nginx[:@]/.test(`${image}:`) ? ["nginx", "-g", "daemon off;"] : ["app"];
}
